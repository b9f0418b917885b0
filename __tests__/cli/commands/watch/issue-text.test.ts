import { idOf, NOT_LOOKED_AT } from "../../../../cli/commands/watch/finding-key";
import {
  closingWords,
  fitting,
  issueText,
  type Mark,
  markIn,
  withoutMark,
} from "../../../../cli/commands/watch/issue-text";
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
\`support-app doctor\` finds this in \`production\`, account \`111122223333\`.

      unhealthy: trust: it is otherwise

<sub>This issue closes itself when doctor no longer finds this. Close it as not planned to silence it while it lasts. Write comments: the text above is replaced.</sub>
`);
});

test("an issue about what is unknown says so", () => {
  const unknown: Found = { ...FOUND, check: NOT_LOOKED_AT, checks: ["role"], answer: "unknown" };
  const { body } = issueText(FILE, "111122223333", unknown);
  expect(body).toContain(
    "\nWhat `support-app doctor` couldn't look at in `production`, account `111122223333`. Issues about it stay open until it can.\n",
  );
  expect(body).toContain("<sub>This issue closes itself when doctor leaves nothing unknown. ");
});

test("doctor's lines are cut where GitHub would refuse the text, which has at most 65,536 characters", () => {
  const lines = Array.from({ length: 1_000 }, () => "`\u{1f600}".repeat(30));
  const { body } = issueText(FILE, "111122223333", { ...FOUND, lines });
  expect(body.length).toBeLessThan(65_536);
  expect(body).toContain("\n    Cut here. For all of it, run: npx support-app doctor production\n\n<sub>");
});

test.each([
  [6, ["ab", "cd"]],
  [5, ["ab", "…"]],
  [2, ["…"]],
])("of two lines with a line break each, those are shown that fit into %d characters", (length, shown) => {
  expect(fitting(["ab", "cd"], length, "…")).toEqual(shown);
});

test.each<[string, Parameters<typeof closingWords>[1], string]>([
  ["trust", "healed", "Closed: doctor no longer finds this, or environments.yaml no longer has it."],
  [NOT_LOOKED_AT, "healed", "Closed: nothing is unknown any more."],
  [
    "trust",
    "environment-removed",
    "Closed: the environment `production` is no longer in the environment file. Its account wasn't looked at.",
  ],
  ["trusty", "check-removed", "Closed: this version of doctor has no check `trusty`."],
])("an issue of %s that is %s closes with the reason", (check, because, words) => {
  expect(closingWords({ ...MARK, check }, because)).toBe(words);
});
