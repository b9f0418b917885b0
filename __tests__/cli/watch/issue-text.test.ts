import { idOf, NOT_LOOKED_AT } from "../../../cli/watch/finding-key";
import { closingWords, fenced, idIn, issueText, type Mark, markIn, withMark } from "../../../cli/watch/issue-text";
import type { Found } from "../../../cli/watch/night";
import { outsideOfCode } from "../../support/hostile";

const FILE = "environments.yaml";
const MARK: Mark = {
  ...{ file: FILE, environment: "production", check: "trust", about: ["full"] },
  ...{ digest: "0123456789abcdef", times: 1, healed: false },
};
const FOUND: Found = {
  ...{ id: "a", environment: "production", check: "trust", about: ["full"] },
  ...{ answer: "unhealthy", lines: ["  unhealthy: trust: it is otherwise"] },
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

describe("the mark of an issue", () => {
  test("is read as it was written, wherever people have put it, and with line breaks of Windows", () => {
    const body = withMark("The text.", MARK);
    expect(body).toBe(`<!-- support-app watch ${encoded(MARK)} -->\nThe text.`);
    expect(markIn(body)).toEqual(MARK);
    expect(markIn(`Alice looks into it.\r\n${body.replaceAll("\n", "\r\n")}`)).toEqual(MARK);
  });

  test("is replaced by another one, and what people have written stays", () => {
    const healed = { ...MARK, healed: true };
    const body = `Alice looks into it.\r\n${withMark("The text.", MARK).replace("\n", "\r\n")}`;
    expect(withMark(body, healed)).toBe(body.replace(encoded(MARK), encoded(healed)));
  });

  test.each([
    ["is missing", "The text."],
    ["isn't on a line of its own", ` ${withMark("", MARK)}`],
    ["isn't Base64 of JSON", "<!-- support-app watch abcd -->"],
    ["is of another form", `<!-- support-app watch ${encoded({ ...MARK, times: 0 })} -->`],
    ["has another key", `<!-- support-app watch ${encoded({ ...MARK, more: 1 })} -->`],
  ])("that %s counts as none", (_, body) => {
    expect(markIn(body)).toBeUndefined();
  });
});

test.each([
  ["production: trust: full (0123456789ab)", "0123456789ab"],
  ["The trust thing (0123456789ab) ", "0123456789ab"],
  ["production: trust: full (0123456789ab) again", undefined],
  ["production: trust: full (0123456789a)", undefined],
])("the title %j ends with the ID %s", (title, id) => {
  expect(idIn(title)).toBe(id);
});

test("an issue says what doctor finds, where, and how to silence it", () => {
  const { title, body, mark } = issueText(FILE, "111122223333", FOUND, 2);
  expect(title).toBe(`production: trust: full (${idOf(FILE, FOUND)})`);
  expect(body).toBe(`<!-- support-app watch ${encoded(mark)} -->
\`support-app doctor\` finds this in \`production\`, account \`111122223333\`.

\`\`\`text
  unhealthy: trust: it is otherwise
\`\`\`

<sub>This issue closes itself when doctor no longer finds this. Close it as not planned to silence it while it lasts. The text above is replaced when it changes; comments stay.</sub>
`);
  expect(mark).toEqual({ ...MARK, times: 2, checks: undefined, digest: expect.stringMatching(/^[\da-f]{16}$/) });
});

test("an issue about what is unknown says so", () => {
  const unknown: Found = { ...FOUND, check: NOT_LOOKED_AT, checks: ["role"], answer: "unknown" };
  const { body, mark } = issueText(FILE, "111122223333", unknown, 1);
  expect(body).toContain(
    "\nWhat `support-app doctor` couldn't look at in `production`, account `111122223333`. Issues about it stay open until it can.\n",
  );
  expect(body).toContain("<sub>This issue closes itself when doctor leaves nothing unknown. ");
  expect(mark.checks).toEqual(["role"]);
});

test("an issue's digest changes with its text, its title and its checks, and with nothing else", () => {
  const digestOf = (found: Partial<Found>, account = "1", times = 1) =>
    issueText(FILE, account, { ...FOUND, ...found }, times).mark.digest;
  const digests = [
    digestOf({}),
    digestOf({}, "2"),
    digestOf({ lines: ["other"] }),
    digestOf({ about: ["read-only"] }),
    digestOf({ checks: ["role"] }),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(digestOf({ id: "b" }, "1", 2)).toBe(digests[0]);
});

describe("a code block", () => {
  test("can't be ended by what is in it, and nothing in it is Markdown", () => {
    expect(fenced(["a"], "production")).toEqual(["```text", "a", "```"]);
    const lines = fenced(["```", "@acme", "````", "<img src=x>"], "production");
    expect([lines[0], lines.at(-1)]).toEqual(["`````text", "`````"]);
    expect(outsideOfCode(lines.join("\n"))).not.toMatch(/@acme|<img/);
  });

  test("is cut after 45,000 characters, line breaks included, and says where all of it is", () => {
    const first = Array.from({ length: 10 }, () => "x".repeat(4_498));
    const cut = "Cut here. For all of it, run: npx support-app doctor production";
    expect(fenced([...first, "0123456789"], "production").slice(1, -1)).toEqual([...first, "0123456789"]);
    expect(fenced([...first, "0123456789a", "more"], "production").slice(1, -1)).toEqual([
      ...first,
      "0123456789…",
      cut,
    ]);
  });

  test("a long line doesn't cut the fix below it", () => {
    expect(fenced(["x".repeat(91_492), "    fix       Deploy."], "production").slice(1, -1)).toEqual([
      `${"x".repeat(5_000)}… (cut here: 86492 more)`,
      "    fix       Deploy.",
    ]);
  });

  test.each([
    ["emoji", "\u{1f600}x`".repeat(40_000)],
    ["backticks, of which the fence has one more", "`".repeat(40_000)],
  ])("leaves room for what is around it, for GitHub allows 65,536 characters: %s", (_, line) => {
    const about = Array.from({ length: 1_024 }, () => "\u{1f600}"); // as many characters as a report may have
    expect(issueText(FILE, "111122223333", { ...FOUND, about, lines: [line] }, 1).body.length).toBeLessThan(65_536);
  });

  test("cuts a run of more than 100 backticks", () => {
    const run = "`".repeat(100);
    expect(fenced([`a${run}b`, `a${run}${run}\`b`], "production")).toEqual([
      `${run}\`text`,
      `a${run}b`,
      `a${run}…b`,
      `${run}\``,
    ]);
  });
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
])("an issue of %s that is %s closes with the reason", (check, fate, words) => {
  expect(closingWords({ ...MARK, check }, fate)).toBe(words);
});
