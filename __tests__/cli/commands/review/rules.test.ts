import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { parseRules } from "../../../../stacks/rules/rules";
import { obeyedIn } from "../../../support/hostile";
import { reviewingInTests } from "../../../support/reviewing";
import { synthesizeInto } from "../../../support/synthesize";
import { sample } from "../../../support/thorough";

const { review, scratch } = reviewingInTests();

/** A folder of environments that keep those rules. Undefined: there is no rules.yaml, or an earlier version has synthesized it. */
function folderOf(rules: string | undefined, environments: string): string {
  const key = JSON.stringify([rules, environments]);
  const known = folders.get(key) ?? synthesized(rules, environments);
  folders.set(key, known);
  return known;
}

const folders = new Map<string, string>();

function synthesized(rules: string | undefined, environments: string): string {
  const folder = mkdtempSync(join(scratch, "rules-"));
  const parsed = rules === undefined ? undefined : parseRules(rules, "rules.yaml");
  synthesizeInto(folder, parseEnvironments(environments, "environments.yaml", parsed), "json", parsed?.value);
  return folder;
}

const environment = (name: string, said = "", account = "111122223333") =>
  `  ${name}: { account: "${account}", region: us-east-1, read-only: {}, tags: { Owner: platform }${said === "" ? "" : `, ${said}`} }\n`;
const file = (...environments: readonly string[]) => `environments:\n${environments.join("")}`;
const ONE = file(environment("one"));
const tier = (name: string) => file(environment("one", `tier: ${name}`));

/** What stands on both sides of a change, with and without rules. */
interface Sides {
  readonly rules: readonly [base: string | undefined, head: string | undefined];
  readonly environments?: readonly [base: string, head: string];
}

async function reviewed({ rules: [was, is], environments: [base, head] = [ONE, ONE] }: Sides, ...args: string[]) {
  const { status, output } = await review(
    "--base",
    folderOf(was, base),
    "--head",
    folderOf(is, head),
    "--format",
    "json",
    ...args,
  );
  return { status, ...JSON.parse(output) };
}

/** The report in Markdown, without what is about environments. */
async function rulesSection({ rules: [was, is], environments: [base, head] = [ONE, ONE] }: Sides): Promise<string[]> {
  const { output } = await review("--base", folderOf(was, base), "--head", folderOf(is, head));
  const [, section = ""] = output.match(/### Rules: (.*?)(?=\n###|\n<details>|$)/s) ?? [];
  return section.split("\n").filter((line) => line !== "");
}

const all = (rules: string) => `all: { ${rules} }`;
const LOOSER =
  "The rules limit what environments.yaml may say. More may be given than before. **This needs an approval.**";
const STRICTER = "The rules limit what environments.yaml may say. Nothing may be given that could not be given before.";

/** Two forms of a rule, the stricter first, and how the change from it to the other is told. */
const PAIRS: readonly (readonly [strict: string, loose: string, ...told: string[]])[] = [
  ["access-levels: [read-only]", "", "access levels: `read-only` → any"],
  ["access-levels: [read-only]", "access-levels: [full, read-only]", "access levels: `read-only` → any"],
  [
    "capabilities: [view-cases, create-cases]",
    "capabilities: [live-chat, view-cases, create-cases]",
    "capabilities that may be given without an end: `create-cases`, `view-cases` → `create-cases`, `live-chat`, `view-cases`",
    "capabilities that may be given with an end: `create-cases`, `view-cases` → `create-cases`, `live-chat`, `view-cases`",
  ],
  [
    "capabilities: [view-cases]",
    "capabilities: [view-cases], temporarily: [live-chat]",
    "capabilities that may be given with an end: `view-cases` → `live-chat`, `view-cases`",
  ],
  [
    "capabilities: [view-cases], temporarily: [live-chat]",
    "capabilities: [view-cases, live-chat]",
    "capabilities that may be given without an end: `view-cases` → `live-chat`, `view-cases`",
  ],
  [
    "temporarily: [live-chat]",
    "",
    "capabilities that may be given without an end: `attach-files`, `create-cases`, `reply-to-cases`, `request-quota-increases`, `resolve-cases`, `view-cases` → any",
  ],
  ["longest: { days: 90 }", "longest: { days: 91 }", "maximum days until an end: 90 → 91"],
  ["longest: { days: 90 }", "", "maximum days until an end: 90 → any"],
  ["slack-workspaces: []", "slack-workspaces: [T2]", "Slack workspaces: none → `T2`"],
  ["slack-workspaces: [T1]", "slack-workspaces: [T2, T1]", "Slack workspaces: `T1` → `T1`, `T2`"],
  ["policy: customer-managed", "", "policies: `customer-managed` → any"],
  ["path: /", "", "required path: `/` → none"],
  ["tags: { Owner: {} }", "", "required tags: `Owner` → none"],
  ["tags: { Owner: { values: [platform] } }", "tags: { Owner: {} }", "values of the tag `Owner`: `platform` → any"],
  [
    "tags: { Owner: { values: [platform] } }",
    "tags: { Owner: { values: [platform, security] } }",
    "values of the tag `Owner`: `platform` → `platform`, `security`",
  ],
  ["private: required", "", "`private`: `required` → none"],
  ["guests: refused", "", "`guests`: `refused` → none"],
  ["shared: refused", "", "`shared`: `refused` → none"],
  ["members: { at-most: 25 }", "members: { at-most: 26 }", "maximum people in a channel: 25 → 26"],
];

describe("a rule that is loosened needs an approval, and the same tightened needs none", () => {
  test.each(sample(PAIRS, 3))("%s, and { %s }", async (strict, loose, ...told) => {
    const loosened: Sides = { rules: [all(strict), all(loose)] };
    const tightened: Sides = { rules: [all(loose), all(strict)] };
    const nothing = await reviewed({ rules: [undefined, undefined] });
    expect(nothing).toMatchObject({ status: 0, approvalNeeded: false });
    expect(nothing).not.toHaveProperty("rules");

    const looser = await reviewed(loosened);
    expect(looser).toMatchObject({ status: 3, approvalNeeded: true, rules: { isLoosened: true }, environments: [] });
    expect(looser.digest).not.toBe(nothing.digest);
    expect(await reviewed(loosened, "--approved", looser.digest)).toMatchObject({ status: 0, isApproved: true });
    expect(await rulesSection(loosened)).toEqual([
      "loosened",
      LOOSER,
      "- The rules of every environment change (`one`):",
      ...told.map((one) => `  - **loosened**: ${one}`),
    ]);

    const stricter = await reviewed(tightened);
    expect(stricter).toMatchObject({ status: 0, approvalNeeded: false, rules: { isLoosened: false } });
    expect(stricter.digest).toBe(nothing.digest);
    expect((await rulesSection(tightened)).slice(0, 3)).toEqual([
      "tightened",
      STRICTER,
      "- The rules of every environment change (`one`):",
    ]);
  });

  test("each loosened rule has a digest of its own", async () => {
    const digests: string[] = [];
    for (const [strict, loose] of PAIRS) digests.push((await reviewed({ rules: [all(strict), all(loose)] })).digest);
    // The second row comes to the same as the first.
    expect(new Set(digests).size).toBe(PAIRS.length - 1);
  });

  test("a tightened rule beside it doesn't change the digest", async () => {
    const loosened = await reviewed({ rules: [all("path: /"), all("")] });
    const both = await reviewed({ rules: [all("path: /"), all("private: required")] });
    expect(both.rules.tiers[0].changes).toHaveLength(2);
    expect(both.digest).toBe(loosened.digest);
  });

  test("another boundary is both looser and stricter, and so needs an approval", async () => {
    const bounded = (name: string) =>
      file(
        `  one: { account: "111122223333", region: us-east-1, read-only: { permissions-boundary: 'arn:aws:iam::111122223333:policy/${name}' } }\n`,
      );
    const sides: Sides = {
      rules: [all("permissions-boundary: policy/a"), all("permissions-boundary: policy/b")],
      environments: [bounded("a"), bounded("b")],
    };
    expect(await reviewed(sides)).toMatchObject({ status: 3, rules: { isLoosened: true } });
    expect(await rulesSection(sides)).toContain(
      "  - **loosened**: required permissions boundary: `policy/a` → `policy/b`",
    );
  });
});

describe("the file", () => {
  const RULES = all("path: /, access-levels: [read-only]");

  test("that is added tightens, whatever synthesized the base", async () => {
    expect(await reviewed({ rules: [undefined, RULES] })).toMatchObject({ status: 0, rules: { isLoosened: false } });
    expect(
      await reviewed({ rules: [undefined, "tiers: { t: { path: / } }"], environments: [ONE, tier("t")] }),
    ).toMatchObject({
      status: 0,
      rules: { tiers: [{ after: "t", environments: ["one"] }] },
    });
  });

  test.each<[string, Sides]>([
    ["that is removed", { rules: [RULES, undefined] }],
    ["with tiers that is removed", { rules: ["tiers: { t: { path: / } }", undefined], environments: [tier("t"), ONE] }],
    [
      "whose tiers no environment has, and which is removed",
      {
        rules: ["tiers: { t: { path: / }, u: {} }", undefined],
        environments: [tier("u"), ONE],
      },
    ],
    ["whose rules are all gone", { rules: [RULES, "all: {}"] }],
  ])("%s needs an approval", async (_, sides) => {
    expect(await reviewed(sides)).toMatchObject({ status: 3, rules: { isLoosened: true } });
  });

  test("that says the same in another way changes nothing", async () => {
    for (const same of [
      all("access-levels: [read-only], path: /, temporarily: []"),
      "x: &x { path: / }".replace("x: ", "all: ").replace("path: /", "access-levels: [read-only], path: /"),
    ]) {
      const { status, ...found } = await reviewed({ rules: [RULES, same] });
      expect(status).toBe(0);
      expect(found).not.toHaveProperty("rules");
    }
    // From all to each of the tiers, and with a tag that comes from both.
    const moved = await reviewed({
      rules: [
        "{ all: { path: /, tags: { Owner: {} } }, tiers: { t: {}, u: {} } }",
        "tiers: { t: { path: /, tags: { Owner: {} } }, u: { path: /, tags: { Owner: {} } } }",
      ],
      environments: [tier("t"), tier("t")],
    });
    expect(moved).not.toHaveProperty("rules");
  });
});

describe("a tier", () => {
  const TIERS =
    "tiers: { strict: { path: /, access-levels: [read-only] }, free: {}, same: { access-levels: [read-only], path: / } }";

  test("that changes to a looser one needs an approval, and to a stricter one none", async () => {
    const freed = await reviewed({ rules: [TIERS, TIERS], environments: [tier("strict"), tier("free")] });
    expect(freed).toMatchObject({
      status: 3,
      rules: { isLoosened: true, tiers: [{ before: "strict", after: "free", environments: ["one"] }] },
    });
    const bound = await reviewed({ rules: [TIERS, TIERS], environments: [tier("free"), tier("strict")] });
    expect(bound).toMatchObject({ status: 0, rules: { isLoosened: false } });
    const same = { rules: [TIERS, TIERS], environments: [tier("strict"), tier("same")] } as const;
    expect(await reviewed(same)).toMatchObject({ status: 0, rules: { isLoosened: false } });
    expect(await rulesSection(same)).toEqual([
      "tiers change",
      STRICTER,
      "- The tier changes: `strict` → `same` (`one`). The same rules apply.",
    ]);
  });

  test("follows the account: another name doesn't loosen the rules", async () => {
    const renamed = (name: string) => file(environment("two", `tier: ${name}`));
    const kept = await reviewed({ rules: [TIERS, TIERS], environments: [tier("strict"), renamed("strict")] });
    expect(kept).not.toHaveProperty("rules");
    const freed = await reviewed({ rules: [TIERS, TIERS], environments: [tier("strict"), renamed("free")] });
    expect(freed).toMatchObject({
      rules: { isLoosened: true, tiers: [{ before: "strict", after: "free", environments: ["two"] }] },
    });
    expect(freed.digest).not.toBe(kept.digest);
  });

  test("follows the name, too, if the account is another", async () => {
    const moved = (name: string) => file(environment("one", `tier: ${name}`, "222233334444"));
    expect(await reviewed({ rules: [TIERS, TIERS], environments: [tier("strict"), moved("free")] })).toMatchObject({
      rules: { isLoosened: true },
    });
  });

  test("of two environments that swap names follows each account", async () => {
    const both = (one: string, two: string) =>
      file(environment("one", `tier: ${one}`), environment("two", `tier: ${two}`, "222233334444"));
    const swapped = file(environment("two", "tier: strict"), environment("one", "tier: free", "222233334444"));
    expect(
      await reviewed({ rules: [TIERS, TIERS], environments: [both("strict", "free"), swapped] }),
    ).not.toHaveProperty("rules");
    expect(
      await reviewed({ rules: [TIERS, TIERS], environments: [both("strict", "free"), both("free", "strict")] }),
    ).toMatchObject({ rules: { isLoosened: true, tiers: [{ environments: ["one"] }, { environments: ["two"] }] } });
  });

  test("without environments is compared, too: one could get it next", async () => {
    const sides: Sides = {
      rules: [TIERS, TIERS.replace("same: { access-levels: [read-only], path: / }", "same: {}")],
      environments: [tier("strict"), tier("strict")],
    };
    expect(await reviewed(sides)).toMatchObject({ status: 3, rules: { isLoosened: true } });
    expect(await rulesSection(sides)).toContain("- The rules of the tier `same` change (no environment):");
  });

  test("of a new environment is reported, and an approval covers its rules", async () => {
    const added = (name: string) =>
      file(environment("one", "tier: strict"), environment("two", `tier: ${name}`, "222233334444"));
    const sides = (name: string, rules = TIERS): Sides => ({
      rules: [TIERS, rules],
      environments: [tier("strict"), added(name)],
    });
    const [strict, free] = [await reviewed(sides("strict")), await reviewed(sides("free"))];
    expect(strict.environments).toMatchObject([{ environment: "two", isNew: true, tier: "strict" }]);
    expect(free.digest).not.toBe(strict.digest);
    expect((await reviewed(sides("same"))).digest).not.toBe(strict.digest); // though the same rules hold
    expect((await reviewed(sides("strict"))).digest).toBe(strict.digest);
    const ofNewTier = TIERS.replace("free: {}", "free: {}, late: { path: / }");
    const later = TIERS.replace("free: {}", "free: {}, late: {}");
    expect((await reviewed(sides("late", later))).digest).not.toBe((await reviewed(sides("late", ofNewTier))).digest);
    const { output } = await review(
      "--base",
      folderOf(TIERS, tier("strict")),
      "--head",
      folderOf(TIERS, added("free")),
    );
    expect(output).toContain("- This environment is new, in the account `222233334444`, and has the tier `free`.");
  });
});

describe("a new tier", () => {
  const bound = "access-levels: [read-only], longest: { days: 9 }";
  /** The file of those tiers, in which everybody is of one of them. */
  const sides = (was: string, is: string, ...tiers: [base: string | undefined, head: string]): Sides => ({
    rules: [was, is],
    environments: [tiers[0] === undefined ? ONE : tier(tiers[0]), tier(tiers[1])],
  });
  const LOOSER_THAN_ALL: readonly string[] = [
    "  - **loosened**: access levels: `read-only` → any",
    "  - **loosened**: maximum days until an end: 9 → any",
  ];

  test("without a rule that applied to everybody needs an approval, even before an environment has it", async () => {
    const freed = sides(`{ all: { ${bound} }, tiers: { p: {} } }`, `tiers: { p: { ${bound} }, free: {} }`, "p", "p");
    const { digest, ...found } = await reviewed(freed);
    expect(found).toMatchObject({
      status: 3,
      approvalNeeded: true,
      rules: { isLoosened: true, tiers: [{ before: "p", after: "free", isNew: true, environments: [] }] },
    });
    expect(await reviewed(freed, "--approved", digest)).toMatchObject({ status: 0, isApproved: true });
    expect(await rulesSection(freed)).toEqual([
      "loosened",
      LOOSER,
      "- The tier `free` is new. Compared with the tier `p` before:",
      ...LOOSER_THAN_ALL,
    ]);
  });

  test("that replaces an old one, with fewer rules, needs an approval", async () => {
    const strict = "access-levels: [read-only]";
    const renamed = sides(
      `tiers: { p: { ${strict} }, u: { ${strict} } }`,
      `tiers: { p: { ${strict} }, v: {} }`,
      "p",
      "p",
    );
    expect(await reviewed(renamed)).toMatchObject({ status: 3, rules: { isLoosened: true } });
    // Each of the rules is one that some tier didn't have, and no tier had neither.
    const mixed = sides(
      "tiers: { p: { access-levels: [read-only] }, u: { longest: { days: 9 } } }",
      "tiers: { p: { access-levels: [read-only] }, u: { longest: { days: 9 } }, v: {} }",
      "p",
      "p",
    );
    expect(await reviewed(mixed)).toMatchObject({ status: 3, rules: { isLoosened: true } });
  });

  test("that allows more than everybody was allowed before there were tiers needs an approval", async () => {
    const split = sides(`all: { ${bound} }`, `tiers: { p: { ${bound} }, free: {} }`, undefined, "p");
    expect(await reviewed(split)).toMatchObject({ status: 3, rules: { isLoosened: true } });
    expect(await rulesSection(split)).toEqual([
      "loosened",
      LOOSER,
      "- The tier changes: none → `p`, which is new (`one`). The same rules apply.",
      "- The tier `free` is new. Compared with every environment before:",
      ...LOOSER_THAN_ALL,
    ]);
  });

  test("as strict as an old one is reported, and needs no approval", async () => {
    const was = `tiers: { p: { ${bound} }, free: {} }`;
    const nothing = await reviewed(sides(was, was, "p", "p"));
    for (const [rules, told] of [
      [bound, ["- The tier `late` is new, with the same rules as the tier `p` before."]],
      ["", ["- The tier `late` is new, with the same rules as the tier `free` before."]],
      [
        `${bound}, path: /`,
        ["- The tier `late` is new. Compared with the tier `p` before:", "  - tightened: required path: none → `/`"],
      ],
    ] as const) {
      const added = sides(was, `tiers: { p: { ${bound} }, free: {}, late: { ${rules} } }`, "p", "p");
      const { status, digest, ...found } = await reviewed(added);
      expect(found).toMatchObject({ approvalNeeded: false, rules: { isLoosened: false, tiers: [{ isNew: true }] } });
      expect({ status, digest }).toEqual({ status: 0, digest: nothing.digest });
      expect(await rulesSection(added)).toEqual(["tiers change", STRICTER, ...told]);
    }
    const renamed = sides(was, was.replace("p:", "q:"), "p", "q");
    expect(await reviewed(renamed)).toMatchObject({ status: 0, rules: { isLoosened: false } });
    expect(await rulesSection(renamed)).toEqual([
      "tiers change",
      STRICTER,
      "- The tier changes: `p` → `q`, which is new (`one`). The same rules apply.",
    ]);
  });

  test("with a new environment in it is reported as new, with the rules that it lacks", async () => {
    const was = `tiers: { p: { ${bound} } }`;
    const is = `tiers: { p: { ${bound} }, free: {} }`;
    const added = file(environment("one", "tier: p"), environment("two", "tier: free", "222233334444"));
    const both: Sides = { rules: [was, is], environments: [tier("p"), added] };
    expect(await rulesSection(both)).toEqual([
      "loosened",
      LOOSER,
      "- The tier `free` is new. Compared with the tier `p` before:",
      ...LOOSER_THAN_ALL,
    ]);
    const alone = await reviewed(sides(was, is, "p", "p"));
    expect((await reviewed(both)).digest).not.toBe(alone.digest);
  });

  test("has a digest for the rules that it loosens, and for the environments that move to it", async () => {
    const was = `tiers: { p: { ${bound} }, q: { ${bound} } }`;
    const is = (rules: string) => `tiers: { p: { ${bound} }, q: { ${bound} }, free: { ${rules} } }`;
    const digests: string[] = [];
    for (const one of [
      sides(was, is(""), "p", "p"),
      sides(was, is("access-levels: [read-only]"), "p", "p"),
      sides(was, is(""), "p", "free"),
    ]) {
      digests.push((await reviewed(one)).digest);
    }
    expect(new Set(digests).size).toBe(3);
  });

  test("is reported with the others that have the same rules", async () => {
    const was = `tiers: { p: { ${bound} } }`;
    expect(await rulesSection(sides(was, `tiers: { p: { ${bound} }, a: {}, b: {} }`, "p", "p"))).toEqual([
      "loosened",
      LOOSER,
      "- The tiers `a`, `b` are new. Compared with the tier `p` before:",
      ...LOOSER_THAN_ALL,
    ]);
  });
});

describe("many environments", () => {
  const many = (tierOf: (index: number) => string) =>
    file(
      ...Array.from({ length: 40 }, (_, index) =>
        environment(`e${index}`, `tier: ${tierOf(index)}`, String(111122223333 + index)),
      ),
    );
  const rules = (days: number) => `{ all: { longest: { days: ${days} } }, tiers: { a: {}, b: {}, c: { path: / } } }`;

  test("whose rules change in the same way are one paragraph, with the names at the end", async () => {
    const environments = many((index) => "abc".charAt(index % 3));
    const { output } = await review(
      "--base",
      folderOf(rules(30), environments),
      "--head",
      folderOf(rules(60), environments),
    );
    expect(output.split("\n").filter((line) => /^ *- /.test(line))).toEqual([
      "- The rules of the tiers `a`, `b`, `c` change (40 environments, listed below):",
      "  - **loosened**: maximum days until an end: 30 → 60",
    ]);
    expect(output).toMatch(
      /<summary>The 40 environments for which the rules of the tiers a, b, c change<\/summary>\n\n`e0`, `e1`, /,
    );
    expect(output).toMatch(
      /^## ⚠️ Nobody's access changes, and rules are loosened\n\nDigest of this change: `\w{40}`\n/,
    );
  });

  test("that change their tier are one paragraph for each change, and the digest has every one", async () => {
    const review = (moving: number) =>
      reviewed({
        rules: [rules(30), rules(30)],
        environments: [many(() => "c"), many((index) => (index < moving ? "a" : "c"))],
      });
    const [twenty, thirty] = [await review(20), await review(30)];
    expect(twenty.rules.tiers).toMatchObject([{ before: "c", after: "a" }]);
    expect(twenty.rules.tiers[0].environments).toHaveLength(20);
    expect(thirty.digest).not.toBe(twenty.digest);
  });
});

test("foreign text in a rule is code in the report", async () => {
  const nasty = "a\u2028::error::b @everyone";
  const owned = file(environment("one").replace("Owner: platform", `"${nasty}": "<img src=x>"`.replace(/[<>]/g, "_")));
  const { output } = await review(
    "--base",
    folderOf(all(`tags: { ${JSON.stringify(nasty)}: { values: ["_img src=x_"] } }`), owned),
    "--head",
    folderOf(all(""), owned),
  );
  expect(output).toContain("required tags: `a\\u{2028}::error::b @everyone` → none");
  expect(obeyedIn(output)).toEqual([]);
});
