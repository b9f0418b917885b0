import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { printableLines } from "../../../../common/printable";
import { loadEnvironments, parseEnvironments } from "../../../../stacks/environments/environments";
import { parseRules, readRules, rulesOfTier } from "../../../../stacks/environments/rules/rules";
import { YamlFileError } from "../../../../stacks/environments/yaml/yaml-file-error";
import { expectPlain, table } from "../../../bad-inputs/table";
import { folderInTests } from "../../../support/folder";
import { CHANNEL, errorsWith, file } from "../../ruled-environments";

describe("docs/rules.md", () => {
  const page = readFileSync("docs/rules.md", "utf8");
  const [rules = "", environments = ""] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text);
  const [, output = ""] = page.match(/```text\n(.*?)\n```/s) ?? [];

  test("docs/rules.md has an example whose environments keep its rules", () => {
    expect(errorsWith(rules, environments)).toEqual([]);
  });

  test("docs/rules.md shows the errors of the change that it names", () => {
    const changed = environments.replace("  playground:", "    full: {}\n  playground:");
    expect(changed).not.toBe(environments);
    expect(errorsWith(rules, changed)).toEqual(output.split("\n").slice(1));
  });

  test("docs/rules.md names every rule", () => {
    const { properties } = JSON.parse(readFileSync("stacks/rules.schema.json", "utf8")).properties.all;
    const [, table = ""] = page.match(/\n(\| rule .*?\n)\n/s) ?? [];
    const ruleNames = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(.*?)`/g)].map(([, key]) => key),
    );
    expect(ruleNames.sort()).toEqual(Object.keys(properties).sort());
  });
});

/** The lines of an error, without the heading. */
function linesOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof YamlFileError) return error.lines;
    throw error;
  }
  return [];
}

/** Bad rules, or rules that environments break. */
interface BadRules {
  readonly what: string;
  readonly rules: string;
  /** The environments, or what is in the only one. */
  readonly environments?: string;
  readonly a?: string;
  /** A line each, without the name of rules.yaml. */
  readonly errors: string;
}

/** Valid environments. */
const GOOD = `environments:
  a: { account: "111122223333", region: us-east-1, full: { channels: [{ ${CHANNEL} }] } }
  b: { account: "222233334444", region: us-east-1, read-only: {}, deploy-role: "arn:aws:iam::222233334444:role/terraform" }
`;

describe("the rules of a text", () => {
  const errors = (text: string) => linesOf(() => parseRules(text, "rules.yaml"));

  test("the rules of a text are its content, with the places", () => {
    const { file: name, value, source } = parseRules("all: { path: /p/ }", "dir/rules.yaml");
    expect({ name, value }).toEqual({ name: "dir/rules.yaml", value: { all: { path: "/p/" } } });
    expect(source.locate(["all", "path"])).toMatchObject({ line: 1, column: 14 });
  });

  test.each(table<BadRules>("rules"))("rules can't be $what", ({ rules, a, environments, errors: expected }) => {
    const actual = linesOf(() => {
      const parsed = parseRules(rules, "rules.yaml");
      parseEnvironments(environments ?? (a === undefined ? GOOD : file(a)), "environments.yaml", parsed);
    }).map((line) => printableLines([line.replace(/^rules\.yaml:/, "")]));
    expectPlain(actual.join("\n"));
    expect(`${actual.join("\n")}\n`).toBe(expected);
  });

  test("rules give a capability for good or with an end, not both, in each set of rules", () => {
    const conflictingRules = "capabilities: [view-cases, live-chat], temporarily: [resolve-cases, live-chat]";
    expect(errors(`tiers: { t: { ${conflictingRules} } }`)).toEqual([
      expect.stringContaining(":1:83: tiers.t.temporarily[1]: "),
    ]);
    expect(errors("all: { temporarily: [live-chat] }\ntiers: { t: { capabilities: [live-chat] } }")).toEqual([]);
  });

  test("rules whose values are wrong have no other error", () => {
    expect(errors("all: { path: a, capabilities: [live-chat], temporarily: [live-chat] }")).toEqual([
      expect.stringContaining("all.path: received"),
    ]);
  });
});

test("a tier has the rules of all and its own", () => {
  const commonRules = { path: "/a/" };
  const t = { path: "/t/" };
  const ofAll = { path: ["all"], rules: commonRules };
  const ofT = { path: ["tiers", "t"], rules: t };
  expect(rulesOfTier({ all: commonRules, tiers: { t } }, "t")).toEqual([ofAll, ofT]);
  expect(rulesOfTier({ all: commonRules, tiers: { t } }, undefined)).toEqual([ofAll]);
  expect(rulesOfTier({ tiers: { t } }, "t")).toEqual([ofT]);
  expect(rulesOfTier({ all: commonRules, tiers: { t } }, "other")).toEqual([ofAll]);
  expect(rulesOfTier({ all: commonRules }, "t")).toEqual([ofAll]);
  expect(rulesOfTier({ tiers: { t } }, "constructor")).toEqual([]);
  expect(rulesOfTier({ all: commonRules, tiers: { undefined: t } }, undefined)).toEqual([ofAll]);
});

describe("the file with the rules", () => {
  const folder = folderInTests({ isReal: true });
  const readFolderRules = () => readRules(folder("environments.yaml"));
  const put = (name: string, text = "all: { path: /p/ }") => writeFileSync(folder(name), text);
  /** The error's lines, with DIR for the folder. */
  const errors = () => linesOf(readFolderRules).map((line) => line.replaceAll(folder(), "DIR"));

  test("the file with the rules is beside the environment file, and needn't be there", () => {
    expect(readFolderRules()).toBeUndefined();
    put("rules.yaml");
    expect(readFolderRules()).toMatchObject({ file: folder("rules.yaml"), value: { all: { path: "/p/" } } });
    expect(readRules(folder("none/environments.yaml"))).toBeUndefined();
  });

  test("the file with the rules may be a link, and begin with a byte order mark", () => {
    put("real.yaml", "\ufeffall: { path: /p/ }");
    symlinkSync("real.yaml", folder("rules.yaml"));
    expect(readFolderRules()?.source.locate(["all"])).toMatchObject({ line: 1, column: 1 });
  });

  test.each(["rules.yml", "Rules.yaml", "RULES.YML"])(
    "the file with the rules can't be called %s: nobody would notice that nothing reads it",
    (name) => {
      put(name);
      expect(errors()).toEqual([
        `DIR/${name}: received rules under the name ${name}, expected them in rules.yaml, which is the only file that is read. Rename it.`,
      ]);
      put("rules.yaml");
      expect(errors()).toHaveLength(1);
    },
  );

  test.each(["rules.yaml.bak", "my-rules.yaml", "rules.json", "rules-yaml"])("%s isn't read", (name) => {
    put(name);
    expect(readFolderRules()).toBeUndefined();
  });

  test("a broken link instead of the file with the rules is reported in one sentence", () => {
    symlinkSync("nowhere", folder("rules.yaml"));
    expect(() => readFolderRules()).toThrow(
      `Can't read "${folder("rules.yaml")}": there is no such file or folder. Nothing was written. Correct it, or remove it if there are no rules.`,
    );
  });
});

describe("an environment file that is a link", () => {
  const FREE = file("full: {}");
  const folder = folderInTests({ isReal: true });
  beforeEach(() => {
    for (const name of ["given", "real"]) mkdirSync(folder(name));
    writeFileSync(folder("real/environments.yaml"), FREE);
    symlinkSync("../real/environments.yaml", folder("given/environments.yaml"));
  });
  const load = () => loadEnvironments(folder("given/environments.yaml"));
  const rule = (path: string, rules: string) => writeFileSync(folder(path), rules);

  test("an environment file that is a link keeps the rules in the folder of its name", () => {
    expect(load).not.toThrow();
    rule("given/rules.yaml", "all: { access-levels: [read-only] }");
    expect(load).toThrow("environments.a.full: received full, expected only read-only");
  });

  test.each([
    ["none", undefined],
    ["others", "all: {}"],
  ])("an environment file that is a link can't lead away from rules to %s", (_, rules) => {
    rule("real/rules.yaml", "all: { access-levels: [read-only] }");
    if (rules !== undefined) rule("given/rules.yaml", rules);
    const pathOf = (path: string) => folder(path);
    expect(load).toThrow(
      `${pathOf("given/environments.yaml")} has an error. Nothing was written.\n${pathOf("given/environments.yaml")}: received a link to ${pathOf("real/environments.yaml")}, beside which there are other rules, expected no rules but ${pathOf("given/rules.yaml")}. Set SUPPORT_APP_ENVIRONMENTS to ${pathOf("real/environments.yaml")}, or make ${pathOf("given/rules.yaml")} a link to ${pathOf("real/rules.yaml")}.`,
    );
  });

  test("an environment file that is a link may have rules beside it that are a link to those where it leads", () => {
    rule("real/rules.yaml", "all: { access-levels: [read-only] }");
    symlinkSync("../real/rules.yaml", folder("given/rules.yaml"));
    expect(load).toThrow("environments.a.full: received full, expected only read-only");
  });

  test("an environment file that is a link can't lead away from rules with a name that nothing reads, or through a folder's parent", () => {
    rule("real/rules.yml", "all: {}");
    expect(load).toThrow("beside which there are other rules");
    rmSync(folder("real/rules.yml"));
    rule("real/rules.yaml", "all: {}");
    mkdirSync(folder("real/inner"));
    symlinkSync("../real/inner", folder("given/inner"));
    // The system goes to real, and the name to given.
    expect(() => loadEnvironments(`${folder()}/given/inner/../environments.yaml`)).toThrow(
      "beside which there are other rules",
    );
  });
});
