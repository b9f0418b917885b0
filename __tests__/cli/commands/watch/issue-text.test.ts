import { idOf } from "../../../../cli/commands/watch/finding-key";
import { fitting, issueText, type Mark, markIn, withoutMark } from "../../../../cli/commands/watch/issue-text";
import type { Found } from "../../../../cli/commands/watch/watch-run";

const FILE = "environments.yaml";
const MARK: Mark = { file: FILE, environment: "production", check: "trust", about: ["full"] };
const FOUND: Found = {
  ...{ id: "a", environment: "production", check: "trust", about: ["full"] },
  ...{ answer: "unhealthy", lines: ["  unhealthy: trust: it is otherwise"] },
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

const LINE = `<!-- support-app watch ${encoded(MARK)} -->`;

describe("the mark of an issue", () => {
  test.each([
    ["as it was written", `${LINE}\nThe text.`],
    ["where people have put it, with line breaks of Windows", `Alice looks into it.\r\n${LINE}\r\nThe text.`],
    ["with more in it", `<!-- support-app watch ${encoded({ ...MARK, healed: true })} -->`],
  ])("is read %s", (_, body) => {
    expect(markIn(body)).toEqual(MARK);
    expect(markIn(withoutMark(body))).toBeUndefined();
    expect(withoutMark(body).split("\n").at(-1)).toBe(body.includes("\n") ? "The text." : "");
  });

  test.each([
    ["is missing", "The text."],
    ["isn't on a line of its own", ` ${LINE}`],
    ["isn't Base64 of JSON", "<!-- support-app watch abcd -->"],
    ["is of another form", `<!-- support-app watch ${encoded({ ...MARK, about: "full" })} -->`],
  ])("that %s counts as none", (_, body) => {
    expect(markIn(body)).toBeUndefined();
  });
});

test("an issue says what doctor finds, where, and how to silence it", () => {
  const { title, body } = issueText(FILE, "111122223333", FOUND);
  expect(title).toBe(`production: trust: full (${idOf(FILE, FOUND)})`);
  expect(body).toBe(`${LINE}
\`support-app doctor\` reports in \`production\`, account \`111122223333\`:

      unhealthy: trust: it is otherwise

<sub>This issue closes itself when this is no longer reported. Close it as not planned to silence it while it lasts. Write comments: the text above is replaced.</sub>
`);
});

test("doctor's lines are cut where GitHub would refuse the text, which has at most 65,536 characters", () => {
  const lines = Array.from({ length: 1_000 }, () => "`\u{1f600}".repeat(30));
  const { body } = issueText(FILE, "111122223333", { ...FOUND, lines });
  expect(body.length).toBeLessThan(65_536);
  expect(body).toContain("\n    Cut here. The report of the run has the rest.\n\n<sub>");
});

test.each([
  [6, ["ab", "cd"]],
  [5, ["ab", "…"]],
  [2, ["…"]],
])("of two lines with a line break each, those are shown that fit into %d characters", (length, shown) => {
  expect(fitting(["ab", "cd"], length, "…")).toEqual(shown);
});
