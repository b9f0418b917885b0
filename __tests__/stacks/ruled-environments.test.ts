import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironments } from "../../stacks/environments/environments";
import { errorsWith, file } from "./ruled-environments";

describe("a tier", () => {
  const TIERS = "tiers: { production: { access-levels: [] }, sandbox: {} }";

  test.each<[string, string | undefined, string, string]>([
    [
      "is reported as missing",
      TIERS,
      "read-only: {}",
      "3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ],
    [
      "must be in rules.yaml",
      TIERS,
      "tier: sandbx, read-only: {}",
      '58: environments.a.tier: received "sandbx", expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Did you mean sandbox?',
    ],
    [
      "of only letters isn't found in every JavaScript object either",
      "tiers: { valueof: {} }",
      "tier: values, read-only: {}",
      '58: environments.a.tier: received "values", expected valueof, as tiers in rules.yaml:1:1 says. Did you mean valueof?',
    ],
    [
      "is required for a retired environment, too",
      TIERS,
      "retired: true",
      "3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ],
  ])("%s", (_, rules, levels, expected) => {
    expect(errorsWith(rules, file(levels))).toEqual([`environments.yaml:2:${expected}`]);
  });

  test("can't be a default: deleting a line would free an environment", () => {
    expect(errorsWith(TIERS, `defaults: { tier: sandbox }\n${file("read-only: {}")}`)).toEqual([
      'environments.yaml:1:13: defaults.tier: received the unknown key "tier", expected one of region, backend, profile, tags, read-only, full. Did you mean environments.NAME.tier?',
      "environments.yaml:3:3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ]);
  });
});

describe("a mistake of many environments", () => {
  const environments = (count: number, levels: (index: number) => string, head = "") =>
    `defaults: { region: us-east-1${head} }\nenvironments:\n${Array.from({ length: count }, (_, index) => `  e${index}: { account: "${111122223333 + index}", ${levels(index)} }\n`).join("")}`;

  test("in each of them is one error for all, unless they are few", () => {
    const rules = "all: { permissions-boundary: policy/b }";
    expect(
      errorsWith(
        rules,
        environments(50, () => "full: {}"),
      ),
    ).toEqual([
      'environments.yaml:3:34: environments.e0.full: received nothing, expected "arn:aws:iam::111122223333:policy/b", as all.permissions-boundary in rules.yaml:1:30 says. Set permissions-boundary to it. 49 other environments have it, too: e1, e2, e3, e4, e5 and 44 more.',
    ]);
    expect(
      errorsWith(
        rules,
        environments(5, () => "full: {}"),
      ),
    ).toHaveLength(5);
    expect(
      errorsWith(
        "tiers: { one: {} }",
        environments(50, () => "full: {}"),
      ),
    ).toEqual([
      "environments.yaml:3:3: environments.e0: received no tier, expected one, as tiers in rules.yaml:1:1 says. Add tier. 49 other environments have it, too: e1, e2, e3, e4, e5 and 44 more.",
    ]);
  });
});

describe("an environment file that is a link", () => {
  const FREE = file("full: {}");
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), "rules-link-"));
    for (const name of ["given", "real"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "real/environments.yaml"), FREE);
    symlinkSync("../real/environments.yaml", join(folder, "given/environments.yaml"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const load = () => loadEnvironments(join(folder, "given/environments.yaml"));
  const rule = (path: string, rules: string) => writeFileSync(join(folder, path), rules);

  test("keeps the rules in the folder of its name", () => {
    expect(load).not.toThrow();
    rule("given/rules.yaml", "all: { access-levels: [read-only] }");
    expect(load).toThrow("environments.a.full: received full, expected only read-only");
  });

  test.each([
    ["none", undefined],
    ["others", "all: {}"],
  ])("can't lead away from rules to %s", (_, rules) => {
    rule("real/rules.yaml", "all: { access-levels: [read-only] }");
    if (rules !== undefined) rule("given/rules.yaml", rules);
    const at = (path: string) => join(folder, path);
    expect(load).toThrow(
      `${at("given/environments.yaml")} has an error. Nothing was written.\n${at("given/environments.yaml")}: received a link to ${at("real/environments.yaml")}, beside which there are other rules, expected no rules but ${at("given/rules.yaml")}. Set SUPPORT_APP_ENVIRONMENTS to ${at("real/environments.yaml")}, or make ${at("given/rules.yaml")} a link to ${at("real/rules.yaml")}.`,
    );
  });

  test("can't lead away from rules with a name that nothing reads, or through a folder's parent", () => {
    rule("real/rules.yml", "all: {}");
    expect(load).toThrow("beside which there are other rules");
    rmSync(join(folder, "real/rules.yml"));
    rule("real/rules.yaml", "all: {}");
    mkdirSync(join(folder, "real/inner"));
    symlinkSync("../real/inner", join(folder, "given/inner"));
    // The system goes to real, and the name to given.
    expect(() => loadEnvironments(`${folder}/given/inner/../environments.yaml`)).toThrow(
      "beside which there are other rules",
    );
  });
});
