import { nameInWords, namesInWords, namesLines } from "../../../../../cli/commands/review/report/phrases";
import type { Violation } from "../../../../../cli/commands/review/violations";
import type { Difference } from "../../../../../cli/iam/compare";
import { ANYTHING, type Targets } from "../../../../../cli/iam/policy";
import { ACCOUNT, environment, inAccess, list, names, role, SAME } from "./reported";

test("up to five names stand in the sentence, and more are listed below", () => {
  expect(namesInWords(names(5))).toBe("e0, e1, e2, e3, e4");
  expect(namesLines(names(5), "that change")).toEqual([]);
  expect(namesInWords(names(6))).toBe("6 environments, listed below");
  expect(namesLines(names(6), "that change")).toEqual([
    "<details><summary>The 6 environments that change</summary>",
    "",
    "e0,\ne1,\ne2,\ne3,\ne4,\ne5",
    "",
    "</details>",
    "",
  ]);
});

test("a new or a removed environment has its account beside its name: it may not be the expected one", () => {
  expect(nameInWords(environment())).toBe("`paid`");
  expect(nameInWords(environment({ isNew: true }))).toBe(`\`paid\` (\`${ACCOUNT}\`)`);
  expect(nameInWords(environment({ isRemoved: true }))).toBe(`\`paid\` (\`${ACCOUNT}\`)`);
  expect(nameInWords(environment({ isNew: true, account: undefined }))).toBe("`paid`");
});

test("an environment with something unsupported lists what is unsupported, each once, and not again if it is forbidden", () => {
  const [open, forbidden] = ["a", "b"].map((address) => ({ reason: "expression", address, source: "x" }) as const);
  if (!open || !forbidden) throw new Error();
  const violations: Violation[] = [
    { kind: "read-only-writes", role: "Reading", actions: { not: false, patterns: ["s3:*"] } },
    { kind: "read-only-unreadable", role: "Reading", unreadable: forbidden },
  ];
  expect(list({ unreadable: [open, forbidden, { ...open }], violations }).slice(2)).toEqual([
    "- Unsupported: an expression, in `a` (`x`).",
  ]);
});

test.each<[unknown, string]>([
  [undefined, ""],
  ["a text", " (`a text`)"],
  [{ b: 1, a: [true] }, ' (`{"a":[true],"b":1}`)'],
  ["x".repeat(300), ` (\`${"x".repeat(300)}\`)`],
  ["x".repeat(301), ` (\`${"x".repeat(300)}… (301 characters)\`)`],
])("an environment with something unsupported shows as much of what is unsupported as helps: %j", (source, suffix) => {
  expect(list({ unreadable: [{ reason: "expression", address: "a", source }] })).toEqual([
    `- Unsupported: an expression, in \`a\`${suffix}.`,
  ]);
});

test("an environment with something unsupported lists what can't be decided, of permissions and trust, each once", () => {
  const [create, resolve] = ["createcase", "resolvecase"].map((name) => ({
    not: false,
    patterns: [`support:${name}`],
  }));
  const undecidedOf = (...targets: Difference["undecided"]): Difference => ({ ...SAME, undecided: targets });
  const roles = [
    role({ permissions: undecidedOf(ANYTHING, create as Targets) }),
    role({ permissions: undecidedOf(create as Targets), trust: undecidedOf(resolve as Targets) }),
  ];
  expect(inAccess({ roles })).toEqual(
    ["*", "support:CreateCase", "support:ResolveCase"].map(
      (action) => `- Unsupported: too many patterns or combinations of conditions to try, of \`${action}\`.`,
    ),
  );
});
