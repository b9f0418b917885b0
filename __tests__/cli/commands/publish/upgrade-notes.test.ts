import { upgrading } from "../../../../cli/commands/publish/upgrade-notes";

const NOTES = [
  ["0.3.0", "Third."],
  ["0.2.0", "Second."],
  ["0.1.0", "First."],
] as const;
const release = { version: "7.0.0", generatorVersion: "0.3.0" };

test("without an earlier publication, all notes are listed by generator version", () => {
  expect(upgrading(release, undefined, NOTES)).toBe(
    `## Upgrading

Version 7.0.0 is made by cdktf-support-app-access 0.3.0. What its versions changed in the modules:

- 0.3.0: Third.
- 0.2.0: Second.
- 0.1.0: First.
`,
  );
});

test.each([
  ["0.1.0", "From version `6.0.0` to 7.0.0:\n\n- Third.\n- Second.\n"],
  ["0.2.0", "From version `6.0.0` to 7.0.0:\n\n- Third.\n"],
  ["0.3.0", "From version `6.0.0` to 7.0.0, nothing in the modules needs your attention.\n"],
  [undefined, "From version `6.0.0` to 7.0.0:\n\n- Third.\n- Second.\n- First.\n"],
  ["nonsense", "From version `6.0.0` to 7.0.0:\n\n- Third.\n- Second.\n- First.\n"],
  [
    "0.4.0",
    "From version `6.0.0` to 7.0.0: unknown, since a newer cdktf-support-app-access (`0.4.0`) made the former. Compare the two before you upgrade.\n",
  ],
])("since a publication by version %s, only later changes are listed", (generatorVersion, expected) => {
  expect(upgrading(release, { version: "6.0.0", generatorVersion }, NOTES)).toBe(`## Upgrading\n\n${expected}`);
});
