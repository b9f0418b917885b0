import fc from "fast-check";
import { parse, stringify } from "yaml";
import { parseEnvironments } from "../../stacks/environments/environments";
import { MISTAKES, mergingYaml, NO_MISTAKE } from "../bench/environments";
import { cpuTime } from "../support/cpu-time";
import { errorsOf } from "../support/errors";
import { isThorough, propertyRuns, thoroughTest } from "../support/thorough";

const HEAD = "defaults: { region: us-east-1 }\nenvironments:\n";

/** A base in lines 3 to 5, and what merges it from line 6 on. */
function merging(...lines: string[]): string {
  return `${HEAD}  base: &base\n    account: "100000000000"\n    full: { without: [live-chat] }\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function environmentsOf(yaml: string) {
  return Object.fromEntries(parseEnvironments(yaml, "environments.yaml").map(({ name, ...rest }) => [name, rest]));
}

describe("an environment has what it merges", () => {
  test("its own keys replace merged ones, wherever the merge key is", () => {
    const yaml = merging(
      'first: { <<: *base, account: "200000000000", tags: { A: b } }',
      'last: { account: "300000000000", full: {}, <<: *base }',
    );
    const { base, first, last } = environmentsOf(yaml);
    expect(base?.accesses).toMatchObject([{ access: "full", without: ["live-chat"], account: "100000000000" }]);
    expect(first?.accesses).toMatchObject([{ without: ["live-chat"], account: "200000000000", tags: { A: "b" } }]);
    expect(last?.accesses).toEqual([{ access: "full", account: "300000000000" }]);
  });

  test("of several, the earlier one in the list wins, and a merged mapping may merge others", () => {
    const yaml = merging(
      'team: &team { <<: *base, account: "200000000000", account-alias: team }',
      'both: { <<: [{ account-alias: both }, *team], account: "300000000000" }',
      "same: { <<: [*team, { account-alias: other }], account: '400000000000' }",
    );
    const { both, same } = environmentsOf(yaml);
    expect(both).toMatchObject({ accountAlias: "both", accesses: [{ without: ["live-chat"] }] });
    expect(same).toMatchObject({ accountAlias: "team" });
  });

  test("tags, access levels, channels and backends merge, too", () => {
    const yaml = `${HEAD}  a:
    account: "100000000000"
    backend: &backend { type: s3, bucket: states, region: us-east-1 }
    full: &full
      tags: &tags { Team: a, Owner: platform }
      channels: [&channel { name: oncall, workspace: T1, channel: C1 }]
  b:
    account: "200000000000"
    backend: { <<: *backend, prefix: b }
    full: { <<: *full, tags: { <<: *tags, Team: b }, channels: [{ <<: *channel, channel: C2 }] }
`;
    expect(environmentsOf(yaml).b).toMatchObject({
      backend: { type: "s3", bucket: "states", prefix: "b" },
      accesses: [{ tags: { Team: "b", Owner: "platform" } }],
      channels: [{ name: "oncall", workspace: "T1", channel: "C2" }],
    });
  });
});

describe("a mistake in a merged mapping is reported once, at its place, with the number of environments that have it", () => {
  test.each<[name: string, yaml: string, ...errors: (string | RegExp)[]]>([
    [
      "a wrong value, but not for environments that replace it",
      merging(
        'b: &b { account: "200000000000", read-only: { adopt: 5 } }',
        "c: { <<: *b, account: '300000000000' }",
        "d: { <<: *b, account: '400000000000' }",
        "e: { <<: *b, account: '500000000000', read-only: {} }",
      ),
      '6:56: environments.b.read-only.adopt: received the number 5, expected true or false. 2 other environments have it through the anchor "b".',
    ],
    [
      "a scalar of the environment itself",
      merging('b: &b { account: "200000000000", full: {}, retired: 1 }', "c: { <<: *b, account: '300000000000' }"),
      '6:55: environments.b.retired: received the number 1, expected true or false. 1 other environment has it through the anchor "b".',
    ],
    [
      "a misspelled key, which isn't reported as missing in each environment, too",
      merging("b: &b { acount: '200000000000', full: {} }", "c: { <<: *b }", "d: { <<: *b }"),
      /^6:11: environments\.b\.acount: .*\. Did you mean account\? 2 other environments have it through the anchor "b"\.$/,
    ],
    [
      "an unknown key in a mapping that is only in the merge key",
      merging("b: { <<: { ful: {} }, account: '200000000000', full: {} }"),
      /^6:14: environments\.b\.ful: received the unknown key "ful", expected one of account, .*retired\.$/,
    ],
    [
      "a duplicate key",
      merging("b: &b { account: '200000000000', full: {}, full: {} }", "c: { <<: *b, account: '300000000000' }"),
      '6:46: environments.b.full: received the key "full" a second time, expected it once: line 6 already has it. 1 other environment has it through the anchor "b".',
    ],
    [
      "values that don't fit together",
      merging(
        "b: &b { account: '200000000000', full: &f { policy: aws-managed } }",
        "c: { account: '300000000000', full: { <<: *f, without: [live-chat] } }",
      ),
      /^7:49: environments\.c\.full\.without: received live-chat, expected nothing to leave out: AWS's managed policy/,
    ],
    [
      "a role in another environment's account",
      merging(
        "b: &b { account: '200000000000', deploy-role: 'arn:aws:iam::200000000000:role/r', full: {} }",
        "c: { <<: *b, account: '300000000000' }",
        "d: { <<: *b, account: '400000000000' }",
      ),
      '6:49: environments.c.deploy-role: received a role of the account 200000000000, expected one of 300000000000, which this environment deploys to. 1 other environment has it through the anchor "b".',
    ],
    [
      "a merged account is a duplicate account",
      merging("b: { <<: *base }", "c: { <<: *base }"),
      '4:14: environments.b.account: received "100000000000", expected a unique account: base already has this one. An account is one environment, which can have both access levels. 1 other environment has it through the anchor "base".',
    ],
    [
      "retirement, which the account's error mentions",
      merging("b: &b { account: '200000000000', retired: true }", "c: { <<: *b }"),
      /^6:20: environments\.c\.account: .*: b already has this one\. b is retired: deploy it and remove it from the file first\.$/,
    ],
    [
      "keys that the backend's own type doesn't have",
      merging(
        "b: { account: '200000000000', full: {}, backend: &b { type: s3, bucket: states, region: us-east-1 } }",
        "c: { account: '300000000000', full: {}, backend: { <<: *b, type: cloud, organization: o } }",
      ),
      /^6:67: environments\.c\.backend\.bucket: received the unknown key "bucket", expected one of type, organization, workspace-prefix, hostname\.$/,
      /^6:83: environments\.c\.backend\.region: received the unknown key "region"/,
    ],
    [
      "a type that no backend has",
      merging("b: { account: '200000000000', full: {}, backend: { <<: { type: s4 } } }"),
      /^6:66: environments\.b\.backend\.type: received "s4", expected one of local, s3, cloud/,
    ],
    [
      "too many tags together",
      merging(
        `b: { account: '200000000000', full: { tags: &t { ${Array.from({ length: 50 }, (_, n) => `t${n}: a`).join(", ")} } } }`,
        "c: { account: '300000000000', full: { tags: { <<: *t, more: a } } }",
      ),
      "7:41: environments.c.full.tags: received a mapping of 51, expected at most 50 tags, the IAM limit for a role or a policy.",
    ],
  ])("%s", (_, yaml, ...errors) => {
    const found = errorsOf(yaml);
    expect(found).toHaveLength(errors.length);
    for (const [index, error] of errors.entries()) {
      const line = found[index]?.replace("environments.yaml:", "");
      if (typeof error === "string") expect(line).toBe(error);
      else expect(line).toMatch(error);
    }
  });

  test("an environment's own mistake is reported in its own line, not at the anchor", () => {
    const yaml = merging(
      'b: { <<: *base, account: "200000000000", full: { adopt: 5 } }',
      'c: { <<: *base, account: "300000000000", ful: {} }',
      'd: { account: "400000000000", full: { tags: { <<: &t { Owner: a }, owner: b } } }',
    );
    expect(errorsOf(yaml).map((error) => error.slice(0, error.indexOf(": received")))).toEqual([
      "environments.yaml:6:59: environments.b.full.adopt",
      "environments.yaml:7:44: environments.c.ful",
      "environments.yaml:8:77: environments.d.full.tags.owner",
    ]);
  });
});

describe("an invalid merge key", () => {
  const EXPECTED = "expected a mapping, such as *base, or a list of mappings, such as [*base, *more].";

  test.each<[name: string, environment: string, ...errors: string[]]>([
    ["nothing", "{ <<: , full: {} }", `6:12: received nothing to merge with <<, ${EXPECTED}`],
    ["a number", "{ <<: 5 }", `6:12: received the number 5 to merge with <<, ${EXPECTED}`],
    ["an alias of a text", "{ a: &a text, <<: *a }", `6:24: received "text" to merge with <<, ${EXPECTED}`],
    ["a text in a list", "{ <<: [*base, base] }", `6:20: received "base" to merge with <<, ${EXPECTED}`],
    ["a list in a list", "{ <<: [[*base]] }", `6:13: received a list to merge with <<, ${EXPECTED}`],
    ["an alias of a list with a text", "{ a: &a [b], <<: *a }", `6:15: received "b" to merge with <<, ${EXPECTED}`],
    [
      "a duplicate one",
      "{ <<: *base, <<: *base }",
      "6:19: received << a second time, expected it once. Merge several mappings with one, such as <<: [*base, *more].",
    ],
    [
      "one of itself",
      "&b { <<: *b }",
      '6:15: received the alias "b" inside the value of its own anchor, expected an alias of another value: this value would never end.',
    ],
    [
      "one of a missing anchor",
      "{ <<: *nowhere }",
      '6:12: received the alias "nowhere", expected an alias whose anchor is before it.',
    ],
  ])("%s", (_, environment, ...errors) => {
    expect(errorsOf(merging(`b: ${environment}`))).toEqual(errors.map((error) => `environments.yaml:${error}`));
  });

  test("in quotes it is an ordinary key, which nothing has", () => {
    for (const key of ['"<<"', "!!str <<"]) {
      expect(errorsOf(merging(`b: { ${key}: *base, account: "200000000000", full: {} }`))).toEqual([
        expect.stringContaining('environments.b."<<": received the unknown key "<<"'),
      ]);
    }
  });
});

/** Environments that merge those before them, also within, as YAML. */
function files(): fc.Arbitrary<string> {
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

test("a file with merge keys has the same errors as without, and means the same", () => {
  fc.assert(
    fc.property(files(), (text) => {
      const plain = stringify(parse(text, { merge: true, maxAliasCount: -1 }), { aliasDuplicateObjects: false });
      const errors = errorsOf(text);
      expect(words(errors)).toEqual(words(errorsOf(plain)));
      expect(errors.length).toBeLessThanOrEqual(errorsOf(plain).length);
      if (errors.length === 0) expect(environmentsOf(text)).toEqual(environmentsOf(plain));
    }),
    { numRuns: propertyRuns(150) },
  );
});

thoroughTest("a mistake that 300 environments merge costs at most twice what none does", () => {
  const time = (yaml: string) => cpuTime(() => errorsOf(yaml), 5);
  const right = time(mergingYaml(300, NO_MISTAKE));
  for (const access of Object.values(MISTAKES)) {
    const mistaken = mergingYaml(300, access);
    expect(errorsOf(mistaken)).toHaveLength(1);
    expect(time(mistaken) / right).toBeLessThanOrEqual(2);
  }
});

const LINKS = isThorough ? 4000 : 400;
test(`a chain of ${LINKS} environments of which each merges the one before is read`, () => {
  const link = (index: number) =>
    `  e${index}: &e${index} { <<: *e${index - 1}, account: "${100_000_000_000 + index}" }\n`;
  const yaml = `${HEAD}  e0: &e0 { account: "100000000000", full: {} }\n${Array.from({ length: LINKS }, (_, n) => link(n + 1)).join("")}`;
  expect(parseEnvironments(yaml, "environments.yaml")).toHaveLength(LINKS + 1);
  expect(errorsOf(yaml.replace("full: {}", "full: 5"))).toEqual([
    expect.stringMatching(
      new RegExp(`environments\\.e0\\.full: .* ${LINKS} other environments have it through the anchor "e0"\\.$`),
    ),
  ]);
});

thoroughTest("a chain in which each adds a key is refused where it comes to too many", () => {
  const links = Array.from({ length: 3_000 }, (_, n) => `  e${n + 1}: &e${n + 1} { <<: *e${n}, k${n}: 1 }\n`);
  const yaml = `${HEAD}  e0: &e0 { account: "100000000000", full: {} }\n${links.join("")}`;
  expect(errorsOf(yaml)).toEqual([
    "environments.yaml:634:17: received merge keys that expand to more than 200000 keys, expected fewer. Merge fewer mappings that merge others.",
  ]);
});

thoroughTest("a list that names one mapping hundreds of times is merged once", () => {
  const keys = Array.from({ length: 400 }, (_, n) => `k${n}: 1`).join(", ");
  const list = Array.from({ length: 600 }, () => "*t").join(", ");
  const merging = Array.from({ length: 600 }, () => "  - <<: *l\n").join("");
  const yaml = `x: &t { ${keys} }\ny: &l [${list}]\nz:\n${merging}`;
  const time = (text: string) => cpuTime(() => errorsOf(text), 3);
  expect(time(yaml) / time(yaml.replace(list, "*t"))).toBeLessThan(10); // 600 when each is gone through
});
