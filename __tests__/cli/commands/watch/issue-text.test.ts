import { idOf } from "../../../../cli/commands/watch/finding-key";
import { fitting, issueText, type Mark, markIn, withoutMark } from "../../../../cli/commands/watch/issue-text";
import type { KeptFinding } from "../../../../cli/commands/watch/watch-run";
import { finding } from "../../../support/watching";

const FILE = "environments.yaml";
/** As every version has written it. */
const WRITTEN = { file: FILE, environment: "production", check: "trust", about: ["full"] };
const MARK: Mark = { file: FILE, subject: { environment: "production" }, kind: "trust", about: ["full"] };
const REPORTED = finding({ resource: "the role", expected: "it", found: "another" });
const FOUND: KeptFinding = {
  ...{ id: "a", subject: { environment: "production" }, kind: "trust", about: ["full"] },
  ...{ answer: "unhealthy", reported: [REPORTED] },
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

const LINE = `<!-- support-app watch ${encoded(WRITTEN)} -->`;

test("the mark of an issue about an account, as every version has written it, is read", () => {
  const mark = { ...WRITTEN, environment: "account 999988887777", check: "audit-administrators" };
  expect(markIn(`<!-- support-app watch ${encoded(mark)} -->`)).toEqual({
    ...{ file: FILE, subject: { account: "999988887777" }, kind: "audit-administrators", about: ["full"] },
  });
});

describe("the mark of an issue", () => {
  test.each([
    ["as it was written", `${LINE}\nThe text.`],
    ["where people have put it, with line breaks of Windows", `Alice looks into it.\r\n${LINE}\r\nThe text.`],
    ["with more in it", `<!-- support-app watch ${encoded({ ...WRITTEN, healed: true })} -->`],
  ])("the mark of an issue is read %s", (_, body) => {
    expect(markIn(body)).toEqual(MARK);
    expect(markIn(withoutMark(body))).toBeUndefined();
    expect(withoutMark(body).split("\n").at(-1)).toBe(body.includes("\n") ? "The text." : "");
  });

  test.each([
    ["is missing", "The text."],
    ["isn't on a line of its own", ` ${LINE}`],
    ["isn't Base64 of JSON", "<!-- support-app watch abcd -->"],
    ["is of another form", `<!-- support-app watch ${encoded({ ...WRITTEN, about: "full" })} -->`],
  ])("the mark of an issue that %s counts as none", (_, body) => {
    expect(markIn(body)).toBeUndefined();
  });
});

test("an issue says what doctor finds, where, and how to silence it", () => {
  const { title, body } = issueText(FILE, "111122223333", FOUND, "close it as not planned");
  expect(title).toBe(`production: trust: full (${idOf(FILE, FOUND)})`);
  expect(body).toBe(`${LINE}
\`support-app doctor\` reports in \`production\`, account \`111122223333\`:

      unhealthy: trust: the role
        means     People can do more.
        expected  it
        found     another
        fix       Deploy the environment.
                  $ npx support-app deploy production

<sub>This issue closes itself when this is no longer reported. To silence it while it lasts, close it as not planned. Write comments: the text above is replaced.</sub>
`);
});

test("doctor's lines are cut where GitHub would refuse the text, which has at most 65,536 characters", () => {
  const reported = Array.from({ length: 200 }, () => finding({ found: "`\u{1f600}".repeat(150) }));
  const { body } = issueText(FILE, "111122223333", { ...FOUND, reported }, "close it");
  expect(body.length).toBeLessThan(65_536);
  expect(body).toContain("\n    Cut here. The report of the run has the rest.\n\n<sub>");
});

test.each([
  [6, ["ab", "cd"]],
  [5, ["ab", "…"]],
  [2, ["…"]],
])("as many of two lines with a line break each are shown as fit into %d characters: %j", (length, expected) => {
  expect(fitting(["ab", "cd"], length, "…")).toEqual(expected);
});
