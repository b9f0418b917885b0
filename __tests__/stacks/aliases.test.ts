import fc from "fast-check";
import { stringify } from "yaml";
import { parseEnvironments } from "../../stacks/environments/environments";
import { aliasedYaml, MISTAKES, NO_MISTAKE } from "../bench/environments";
import { cpuTime } from "../support/cpu-time";
import { errorsOf } from "../support/errors";
import { synthesize } from "../support/synthesize";
import { propertyRuns, thoroughTest } from "../support/thorough";

/** Environments: the first with anchors, the others with aliases. */
function environments(...entries: string[]): string {
  const lines = entries.map((entry, index) => `  e${index}: { account: "${accountOf(index)}", ${entry} }\n`);
  return `defaults: { region: us-east-1 }\nenvironments:\n${lines.join("")}`;
}

function accountOf(index: number): string {
  return String(100_000_000_000 + index);
}

/** The paths of errors, the text at their places, and the other environments that have each. */
function linesOf(yaml: string): string[] {
  const lines = yaml.split("\n");
  return errorsOf(yaml).map((error) => {
    const [, line, column, path, others = ""] =
      /^environments\.yaml:(\d+):(\d+): (\S+): received .*?( \d+ (?:other )?environments? ha(?:s|ve) it .*)?$/.exec(
        error,
      ) ?? [];
    const there = lines[Number(line) - 1]?.slice(Number(column) - 1);
    return `${path} at ${line}, ${there?.split(/[\s,\]}]/)[0]}.${others}`;
  });
}

describe("a problem of an anchor's value is reported once, at the anchor", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
    [
      "an unknown key",
      environments("full: &f { witout: [] }", "full: *f", "full: *f"),
      'environments.e0.full.witout at 3, witout:. 2 other environments have it through the anchor "f".',
    ],
    [
      "a wrong value",
      environments("full: &f { without: [chat] }", "full: *f"),
      'environments.e0.full.without[0] at 3, chat. 1 other environment has it through the anchor "f".',
    ],
    [
      "a required key that is missing",
      environments("full: &f { channels: [{ name: a, workspace: T1 }] }", "full: *f"),
      'environments.e0.full.channels[0].channel at 3, {. 1 other environment has it through the anchor "f".',
    ],
    [
      "values that don't fit together",
      environments("full: &f { policy: aws-managed, policy-name: p }", "full: *f"),
      'environments.e0.full.policy-name at 3, p. 1 other environment has it through the anchor "f".',
    ],
    [
      "a value that doesn't fit any of the accounts",
      environments(
        "full: &f { permissions-boundary: 'arn:aws:iam::100000000000:policy/b' }",
        "full: *f",
        "full: *f",
        "full: *f",
      ),
      `environments.e1.full.permissions-boundary at 3, 'arn:aws:iam::100000000000:policy/b'. 2 other environments have it through the anchor "f".`,
    ],
    [
      "a duplicate key",
      environments("full: &f { adopt: true, adopt: true }", "full: *f"),
      'environments.e0.full.adopt at 3, adopt:. 1 other environment has it through the anchor "f".',
    ],
    [
      "a list",
      environments("full: { channels: &c [{ name: a, workspace: t1, channel: C1 }] }", "full: { channels: *c }"),
      'environments.e0.full.channels[0].workspace at 3, t1. 1 other environment has it through the anchor "c".',
    ],
    [
      "an item of lists",
      environments("full: { channels: [&c { name: a, workspace: t1, channel: C1 }] }", "full: { channels: [*c] }"),
      'environments.e0.full.channels[0].workspace at 3, t1. 1 other environment has it through the anchor "c".',
    ],
    [
      "a scalar",
      environments("full: { role-name: &r a b }", "full: { role-name: *r }", "read-only: { role-name: *r }"),
      'environments.e0.full.role-name at 3, a. 2 other environments have it through the anchor "r".',
    ],
    [
      "a whole value of the wrong kind",
      environments("full: &f [live-chat]", "full: *f"),
      'environments.e0.full at 3, full:. 1 other environment has it through the anchor "f".',
    ],
    [
      "an environment",
      `${environments("ful: {}").replace("{ account", "&e { account")}  other: *e\n`,
      'environments.other.account at 3, "100000000000".',
      'environments.e0.ful at 3, ful:. 1 other environment has it through the anchor "e".',
    ],
    [
      "an anchor within another",
      environments("full: &f { tags: &t { a: 5 } }", "full: *f", "full: { tags: *t }", "tags: *t, full: {}"),
      'environments.e0.full.tags.a at 3, 5. 3 other environments have it through the anchors "f", "t".',
    ],
    [
      "an anchor with an alias in it",
      environments("tags: &t { a: 5 }, full: &f { tags: *t }", "full: *f"),
      'environments.e0.tags.a at 3, 5. 1 other environment has it through the anchor "t".',
    ],
    [
      "the defaults",
      `defaults: { region: us-east-1, tags: &t { a: 5 } }\n${environments("full: { tags: *t }").split("\n").slice(1).join("\n")}`,
      'defaults.tags.a at 1, 5. 1 environment has it through the anchor "t".',
    ],
    [
      "both access levels of one environment, which is one",
      environments("read-only: &a { adopt: &b 5 }, full: *a"),
      "environments.e0.read-only.adopt at 3, 5.",
    ],
    [
      "an environment whose name is wrong, and those with right ones",
      environments("full: &f { adopt: 5 }", "full: *f").replace("e0", "E0"),
      "environments.E0 at 3, E0:.",
      'environments.E0.full.adopt at 3, 5. 1 other environment has it through the anchor "f".',
    ],
    [
      "an anchor that is wrong because of text elsewhere",
      environments("full: { without: &l [live-chat] }", "slack-workspaces: *l, full: {}"),
      "environments.e1.slack-workspaces[0] at 3, live-chat.",
    ],
    [
      "an item of a list that is too long as well",
      environments(
        `full: { channels: &c [&d { name: a, workspace: 5, channel: C1 }${", *d".repeat(20)}] }`,
        "full: { channels: [*d] }, read-only: { channels: *c }",
      ),
      'environments.e0.full.channels at 3, channels:. 1 other environment has it through the anchor "c".',
      'environments.e0.full.channels[0].workspace at 3, 5. 1 other environment has it through the anchors "c", "d".',
    ],
  ])("%s", (_, yaml, ...errors) => {
    expect(linesOf(yaml)).toEqual(errors);
  });

  test("in a sentence of its own", () => {
    const yaml = environments("full: &f { adopt: 5 }", "full: *f");
    expect(errorsOf(yaml)).toEqual([
      'environments.yaml:3:52: environments.e0.full.adopt: received the number 5, expected true or false. 1 other environment has it through the anchor "f".',
    ]);
  });
});

describe("a problem of an alias's place is reported at the alias", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
    [
      "a duplicate account",
      environments("full: {}", "full: {}")
        .replace('"100000000000"', '&a "100000000000"')
        .replace('"100000000001"', "*a"),
      "environments.e1.account at 4, *a.",
    ],
    [
      "a role of another account",
      environments("deploy-role: &r 'arn:aws:iam::100000000000:role/r', full: {}", "deploy-role: *r, full: {}"),
      "environments.e1.deploy-role at 4, *r.",
    ],
    [
      "a mode that fits only one of the levels",
      environments("full: { service-quotas-role: &m create }, read-only: { service-quotas-role: *m }"),
      "environments.e0.read-only.service-quotas-role at 3, *m.",
    ],
    [
      "a text that is right elsewhere",
      environments("full: { description: &d a b, role-name: *d }"),
      "environments.e0.full.role-name at 3, *d.",
    ],
    [
      "one channel in both levels",
      environments("full: { channels: &c [{ name: a, workspace: T1, channel: C1 }] }, read-only: { channels: *c }"),
      "environments.e0.full.channels[0].channel at 3, C1.",
    ],
  ])("%s", (_, yaml, ...errors) => {
    expect(linesOf(yaml)).toEqual(errors);
  });
});

describe("aliases without a value", () => {
  const WITHIN = "inside the value of its own anchor, expected an alias of another value: this value would never end.";
  const TOO_MANY =
    "received aliases that expand to more than 5000000 values, expected fewer. Use fewer aliases of aliases.";
  const TOO_DEEP =
    "received values nested more than 100 deep, expected at most 8 levels: neither environments.yaml nor rules.yaml has more.";

  test.each<[name: string, yaml: string, ...errors: string[]]>([
    ["the file in itself", "&r { environments: *r }", `1:20: received the alias "r" ${WITHIN}`],
    ["an access in itself", environments("full: &f { tags: *f }"), `3:51: received the alias "f" ${WITHIN}`],
    ["a list in itself", environments("full: { channels: &c [*c] }"), `3:56: received the alias "c" ${WITHIN}`],
    [
      "more than can be",
      ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        .concat(Array.from({ length: 60 }, (_, n) => `a${n}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(", ")}]`))
        .join("\n"),
      `7:30: ${TOO_MANY}`,
    ],
    [
      "deeper than can be",
      ["a: &a0 [x]"].concat(Array.from({ length: 200 }, (_, n) => `a${n}: &a${n + 1} [*a${n}]`)).join("\n"),
      `101:13: ${TOO_DEEP}`,
    ],
  ])("%s", (_, yaml, ...errors) => {
    expect(errorsOf(yaml)).toEqual(errors.map((error) => `environments.yaml:${error}`));
  });
});

thoroughTest("thousands of environments may share one anchor, and what they come to is as without", () => {
  const access = "{ without: [live-chat], tags: { a: b } }";
  const shared = environments(`full: &f ${access}`, ...Array<string>(2000).fill("full: *f"));
  const alone = environments(...Array<string>(2001).fill(`full: ${access}`));
  expect(parseEnvironments(shared, "e.yaml")).toEqual(parseEnvironments(alone, "e.yaml"));
  const few = (yaml: string) => synthesize(yaml.split("\n").slice(0, 5).join("\n"));
  expect(few(shared)).toEqual(few(alone));
});

describe("what many environments share costs little", () => {
  const time = (yaml: string) => cpuTime(() => errorsOf(yaml), 5);

  thoroughTest("a mistake costs at most twice the time of the file without it", () => {
    const right = time(aliasedYaml(300, NO_MISTAKE));
    for (const access of Object.values(MISTAKES)) {
      const mistaken = aliasedYaml(300, access);
      expect(errorsOf(mistaken)).toHaveLength(1);
      expect(time(mistaken) / right).toBeLessThanOrEqual(2);
    }
  });

  thoroughTest(
    "eight times as many mistakes behind eight times as many aliases cost about that, not sixty-four times",
    () => {
      const channels = (count: number) =>
        `{ channels: [${Array.from({ length: count }, (_, n) => `{ name: a, workspace: T1, channel: c${n} }`).join(", ")}] }`;
      const [some, more] = [aliasedYaml(100, channels(50)), aliasedYaml(800, channels(400))];
      expect(errorsOf(more)).toHaveLength(401);
      expect(time(more) / time(some)).toBeLessThanOrEqual(24);
    },
  );
});

/**
 * Environments in JavaScript, in which one object may be in many places.
 *
 * @param inAnyMeaning whether also in places where something else is expected
 */
function files(inAnyMeaning: boolean): fc.Arbitrary<object> {
  const scalar = fc.constantFrom<unknown>("a", "T1", "C1", "live-chat", "aws-managed", "a b", 5, null, true);
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 2, maxLength: 2 });
  const parts = fc.record({
    lists: some(fc.array(scalar, { maxLength: 3 })),
    workspaces: some(fc.array(scalar, { maxLength: 3 })),
    tags: some(fc.dictionary(fc.constantFrom("a", "A", "aws:a", "b"), scalar)),
    notifies: some(fc.record({ severity: fc.constantFrom("none", "high", 5), on: fc.array(scalar, { maxLength: 4 }) })),
    channels: some(fc.record({ name: scalar, workspace: scalar, channel: scalar }, { requiredKeys: ["name"] })),
  });
  return parts.chain(({ lists, workspaces, tags, notifies, channels }) => {
    const all = [...channels, ...channels.map((channel, index) => ({ ...channel, notify: notifies[index] }))];
    const anything = [...lists, ...workspaces, ...tags, ...all, "a", 5];
    const from = (meant: readonly unknown[]) => fc.constantFrom(...(inAnyMeaning ? [...meant, ...anything] : meant));
    return some(fc.array(from(all), { maxLength: 3 })).chain((channelLists) => {
      const keys = { without: from(lists), channels: from(channelLists), tags: from(tags), policy: scalar };
      const access = fc.record({ ...keys, witout: fc.constantFrom(...anything) }, { requiredKeys: [] });
      return some(access).chain((accesses) => {
        const level = from(accesses);
        const environment = fc.record(
          { "read-only": level, full: level, tags: from(tags), "slack-workspaces": from(workspaces) },
          { requiredKeys: [] },
        );
        return fc.array(environment, { minLength: 1, maxLength: 3 }).map((entries) => ({
          defaults: { region: "us-east-1" },
          environments: Object.fromEntries(
            entries.map((entry, index) => [`e${index}`, { account: accountOf(index), ...entry }]),
          ),
        }));
      });
    });
  });
}

/** Tag keys that differ in case are one error at either of them: at the one without another error. */
const TWINS = /^\S+: received the tag keys "(\S+)" and "\S+"/;

/** The errors of each key, wherever it is. */
function words(errors: readonly string[]): string[] {
  const all = errors.map((error) => {
    const [, key, message] =
      /^environments\.yaml:\d+:\d+: (?:\S*[.[])?([^.[\s]+): (received .*?)(?: \d+ (?:other )?env.*)?$/.exec(error) ??
      [];
    return `${key}: ${message}`.replace(TWINS, (_, twin: string) => `two tag keys "${twin.toLowerCase()}"`);
  });
  return [...new Set(all)].sort();
}

test("a file means the same with aliases as without", () => {
  fc.assert(
    fc.property(files(false), (file) => {
      const withAliases = errorsOf(stringify(file));
      const without = errorsOf(stringify(JSON.parse(JSON.stringify(file))));
      expect(words(withAliases)).toEqual(words(without));
      expect(withAliases.length).toBeLessThanOrEqual(without.length);
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("and nothing else, even if an alias is used for different things: rules wait until values are valid", () => {
  fc.assert(
    fc.property(files(true), (file) => {
      const withAliases = words(errorsOf(stringify(file)));
      const without = words(errorsOf(stringify(JSON.parse(JSON.stringify(file)))));
      expect(without).toEqual(expect.arrayContaining(withAliases));
      expect(withAliases.length > 0).toBe(without.length > 0);
    }),
    { numRuns: propertyRuns(100) },
  );
});
