import fc from "fast-check";
import { parse, stringify } from "yaml";
import { parseEnvironments } from "../../stacks/environments/environments";
import { errorsOf } from "../support/errors";
import { isThorough, propertyRuns } from "../support/thorough";

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

function environmentsOf(yaml: string) {
  return Object.fromEntries(parseEnvironments(yaml, "environments.yaml").map(({ name, ...rest }) => [name, rest]));
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

/** The errors of each key, wherever it is. */
function words(errors: readonly string[]): string[] {
  const all = errors.map((error) => {
    const [, key, message] =
      /^environments\.yaml:\d+:\d+: (?:\S*[.[])?([^.[\s]+): (received .*?)(?: Did you mean .*?\?)?(?: \d+ (?:other )?env.*)?$/.exec(
        error,
      ) ?? [];
    return `${key}: ${message}`;
  });
  return [...new Set(all)].sort();
}

/** Environments that merge those before them, also within, as YAML. */
function merged(): fc.Arbitrary<string> {
  const scalar = fc.constantFrom("a", "T1", "C1", "aws-managed", '"a b"', "5", "~", "true");
  const without = fc.constantFrom("[]", "[live-chat]", "[live-cat]", "live-chat", "[live-chat, live-chat]");
  const bases = fc.array(fc.nat(), { maxLength: 2 });
  const tags = fc.record({
    bases,
    own: fc.dictionary(fc.constantFrom("a", "A", '"aws:a"', "b"), scalar, { maxKeys: 3 }),
  });
  const level = fc.record({
    bases,
    own: fc.record({ without, policy: scalar, "role-name": scalar, witout: without }, { requiredKeys: [] }),
    tags: fc.option(tags),
    isFirst: fc.boolean(),
  });
  const environment = fc.record({
    bases,
    own: fc.record({ retired: scalar, ful: scalar }, { requiredKeys: [] }),
    hasAccount: fc.boolean(),
    full: fc.option(level),
    readOnly: fc.option(level),
    isFirst: fc.boolean(),
  });
  return fc.array(environment, { minLength: 1, maxLength: 4 }).map((environments) => {
    const anchors: Record<string, number> = {};
    const mapping = (kind: string, picks: readonly number[], own: readonly string[], isFirst: boolean) => {
      const known = anchors[kind] ?? 0;
      const aliases = known === 0 ? [] : picks.map((pick) => `*${kind}${pick % known}`);
      const merge = aliases.length === 0 ? [] : [`<<: ${aliases.length === 1 ? aliases[0] : `[${aliases}]`}`];
      anchors[kind] = known + 1;
      return `&${kind}${known} { ${[...(isFirst ? merge : []), ...own, ...(isFirst ? [] : merge)].join(", ")} }`;
    };
    const pairs = (own: object) => Object.entries(own).map(([key, value]) => `${key}: ${value}`);
    type Level = { bases: number[]; own: object; tags: { bases: number[]; own: object } | null; isFirst: boolean };
    const levelOf = (key: string, level: Level | null) => {
      if (level === null) return [];
      const inside = level.tags ? [`tags: ${mapping("t", level.tags.bases, pairs(level.tags.own), true)}`] : [];
      return [`${key}: ${mapping("l", level.bases, [...pairs(level.own), ...inside], level.isFirst)}`];
    };
    const lines = environments.map(({ bases, own, hasAccount, full, readOnly, isFirst }, index) => {
      const account = hasAccount ? [`account: "${100_000_000_000 + index}"`] : [];
      const keys = [...account, ...pairs(own), ...levelOf("full", full), ...levelOf("read-only", readOnly)];
      return `  e${index}: ${mapping("e", bases, keys, isFirst)}\n`;
    });
    return `${HEAD}${lines.join("")}`;
  });
}

test("a file with merge keys has the same errors as without, and means the same", () => {
  fc.assert(
    fc.property(merged(), (text) => {
      const plain = stringify(parse(text, { merge: true, maxAliasCount: -1 }), { aliasDuplicateObjects: false });
      const errors = errorsOf(text);
      expect(words(errors)).toEqual(words(errorsOf(plain)));
      expect(errors.length).toBeLessThanOrEqual(errorsOf(plain).length);
      if (errors.length === 0) expect(environmentsOf(text)).toEqual(environmentsOf(plain));
    }),
    { numRuns: propertyRuns(50) },
  );
});

const LINKS = isThorough ? 4000 : 400;
test(`a chain of ${LINKS} environments of which each merges the one before is read`, () => {
  const link = (index: number) =>
    `  e${index}: &e${index} { <<: *e${index - 1}, account: "${100_000_000_000 + index}" }\n`;
  const yaml = `${HEAD}  e0: &e0 { account: "100000000000", full: {} }\n${Array.from({ length: LINKS }, (_, n) => link(n + 1)).join("")}`;
  expect(parseEnvironments(yaml, "environments.yaml")).toHaveLength(LINKS + 1);
  expect(errorsOf(yaml.replace("full: {}", "full: 5"))).toEqual([
    expect.stringMatching(new RegExp(`environments\\.e0\\.full: .* ${LINKS} other environments have it, too: e1, `)),
  ]);
});

describe("a mistake in the defaults is reported once, there", () => {
  /** Defaults from line 2 on, and environments, each in one line. */
  function file(defaults: string, ...entries: string[]): string {
    return environments(...entries).replace(HEAD, `defaults:\n  region: us-east-1\n  ${defaults}\nenvironments:\n`);
  }

  test.each<[name: string, defaults: string, environments: string[], error: string]>([
    [
      "an invalid value",
      "full: { path: a }",
      ["full: {}", "full: {}"],
      '3:17: defaults.full.path: received "a", expected a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes.',
    ],
    [
      "narrowing a policy that can't be narrowed, in the environments that set the policy",
      "full: { without: [live-chat] }",
      ["full: { policy: aws-managed }", "full: {}", "full: { policy: aws-managed, without: [] }"],
      `3:11: defaults.full.without: received "live-chat", expected nothing: AWS's managed policy can't be changed. Set policy to customer-managed, or remove without. 1 environment inherits it: e0.`,
    ],
    [
      "a boundary of one account in all others",
      "full: { permissions-boundary: 'arn:aws:iam::100000000000:policy/b' }",
      Array.from({ length: 8 }, () => "full: {}"),
      "3:33: defaults.full.permissions-boundary: received a policy of the account 100000000000, expected one of 100000000001 or an AWS managed policy, since IAM accepts no other boundary. 7 environments inherit it: e1, e2, e3, e4, e5 and 2 more.",
    ],
    [
      "a name that both levels have",
      "full: { role-name: support }\n  read-only: { role-name: Support }",
      ["full: {}, read-only: {}", "full: {}", "read-only: {}", "full: {}, read-only: { role-name: other }"],
      '3:22: defaults.full.role-name: received "support", expected a unique name: read-only already has this one, and IAM ignores case. Set another role-name. 1 environment inherits it: e0.',
    ],
    [
      "too many tags together with the tags of the file",
      `tags: { ${Array.from({ length: 30 }, (_, n) => `a${n}: a`).join(", ")} }\n  full: { tags: { ${Array.from({ length: 30 }, (_, n) => `b${n}: a`).join(", ")} } }`,
      ["full: {}", "full: {}", "read-only: {}"],
      "4:11: defaults.full.tags: received 60 tags, expected at most 50, the IAM limit for a role or a policy. 2 environments inherit it: e0, e1.",
    ],
  ])("%s", (_, defaults, entries, error) => {
    expect(errorsOf(file(defaults, ...entries))).toEqual([`environments.yaml:${error}`]);
  });
});
