import { parseEnvironments } from "../../stacks/environments/environments";
import { errorsOf } from "../support/errors";
import { isThorough } from "../support/thorough";

const HEAD = "defaults: { region: us-east-1 }\nenvironments:\n";

/** Environments: the first with anchors, the others with aliases. */
function environments(...entries: string[]): string {
  const lines = entries.map((entry, index) => `  e${index}: { account: "${accountOf(index)}", ${entry} }\n`);
  return HEAD + lines.join("");
}

function accountOf(index: number): string {
  return String(100_000_000_000 + index);
}

/** A base in lines 3 to 5, and what merges it from line 6 on. */
function merging(...lines: string[]): string {
  return `${HEAD}  base: &base\n    account: "100000000000"\n    full: { without: [live-chat] }\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** The line, the path, the first word at its place, and the other environments that have each error. */
function linesOf(yaml: string): string[] {
  const lines = yaml.split("\n");
  return errorsOf(yaml).map((error) => {
    const [, line, column, path, others = ""] =
      /^environments\.yaml:(\d+):(\d+): (\S+): received .*?(?:[.?] (\d+ (?:other )?env.* (?:have|has) it, too: .*)\.)?$/.exec(
        error,
      ) ?? [];
    const there = lines[Number(line) - 1]?.slice(Number(column) - 1);
    return `${line} ${path} at ${there?.split(/[\s,\]}]/)[0]}${others && `, ${others.replace(/ environments? ha(ve|s) it, too:/, "")}`}`;
  });
}

describe("a problem of a shared value is reported once, at the anchor, and of an alias's place at the alias", () => {
  test.each<[what: string, yaml: string, ...errors: string[]]>([
    [
      "an unknown key",
      environments("full: &f { witout: [] }", "full: *f", "full: *f"),
      "3 environments.e0.full.witout at witout:, 2 other e1, e2",
    ],
    [
      "values that don't fit together",
      environments("full: &f { policy: aws-managed, policy-name: p }", "full: *f"),
      "3 environments.e0.full.policy-name at p, 1 other e1",
    ],
    [
      "a value that doesn't fit any of the other accounts",
      environments("full: &f { permissions-boundary: 'arn:aws:iam::100000000000:policy/b' }", "full: *f", "full: *f"),
      "3 environments.e1.full.permissions-boundary at 'arn:aws:iam::100000000000:policy/b', 1 other e2",
    ],
    [
      "an anchor within another",
      environments("full: &f { tags: &t { a: 5 } }", "full: *f", "full: { tags: *t }", "tags: *t, full: {}"),
      "3 environments.e0.full.tags.a at 5, 3 other e1, e2, e3",
    ],
    [
      "both access levels of one environment, which is one",
      environments("read-only: &a { adopt: &b 5 }, full: *a"),
      "3 environments.e0.read-only.adopt at 5",
    ],
    [
      "a duplicate account",
      environments("full: {}", "full: {}")
        .replace('"100000000000"', '&a "100000000000"')
        .replace('"100000000001"', "*a"),
      "4 environments.e1.account at *a",
    ],
    [
      "a merged value, but not for environments that replace it",
      merging(
        'b: &b { account: "200000000000", read-only: { adopt: 5 } }',
        "c: { <<: *b, account: '300000000000' }",
        "d: { <<: *b, account: '500000000000', read-only: {} }",
      ),
      "6 environments.b.read-only.adopt at 5, 1 other c",
    ],
    [
      "a merged misspelled key, which isn't reported as missing in each environment, too",
      merging("b: &b { acount: '200000000000', full: {} }", "c: { <<: *b }"),
      "6 environments.b.acount at acount:, 1 other c",
    ],
    [
      "a merged account",
      merging("b: { <<: *base }", "c: { <<: *base }"),
      '4 environments.b.account at "100000000000", 1 other c',
    ],
    [
      "keys that the backend's own type doesn't have",
      merging(
        "b: { account: '200000000000', full: {}, backend: &b { type: s3, bucket: states, region: us-east-1 } }",
        "c: { account: '300000000000', full: {}, backend: { <<: *b, type: cloud, organization: o } }",
      ),
      "6 environments.c.backend.bucket at bucket:",
      "6 environments.c.backend.region at region:",
    ],
  ])("%s", (_, yaml, ...errors) => {
    expect(linesOf(yaml)).toEqual(errors);
  });
});

const LINKS = isThorough ? 4000 : 100;
test(`a chain of ${LINKS} environments of which each merges the one before is read`, () => {
  const link = (index: number) =>
    `  e${index}: &e${index} { <<: *e${index - 1}, account: "${100_000_000_000 + index}" }\n`;
  const yaml = `${HEAD}  e0: &e0 { account: "100000000000", full: {} }\n${Array.from({ length: LINKS }, (_, n) => link(n + 1)).join("")}`;
  expect(parseEnvironments(yaml, "environments.yaml")).toHaveLength(LINKS + 1);
  expect(errorsOf(yaml.replace("full: {}", "full: 5"))).toEqual([
    expect.stringMatching(new RegExp(`environments\\.e0\\.full: .* ${LINKS} other environments have it, too: e1, `)),
  ]);
});
