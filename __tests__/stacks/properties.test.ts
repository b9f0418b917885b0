import { homedir, hostname, tmpdir } from "node:os";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { authorize } from "../../cli/iam/authorize";
import { endsIn } from "../../cli/iam/condition";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { inSeconds } from "../../modules/support-app/model/until";
import { newApp, withPatches } from "../../stacks/cdktf/app";
import { parseEnvironments } from "../../stacks/environments/environments";
import { parseRules } from "../../stacks/environments/rules/rules";
import type { RuleSet, RulesFile } from "../../stacks/environments/rules/rules-schema";
import { YamlFileError } from "../../stacks/environments/yaml/yaml-file-error";
import { portableEnvironment } from "../../stacks/portable/portable";
import { SupportAppStack } from "../../stacks/support-app-stack";
import type { Terraform as Portable } from "../../stacks/written-stack";
import { awsManagedPolicy, permissionsOf, withoutEnd } from "../support/access";
import type { RoleAccess } from "../support/environment-access";
import { environmentFile } from "../support/environment-files";
import { NOW } from "../support/now";
import { type Notation, parseTerraform, synthesize, type Texts } from "../support/synthesize";
import { accessIn } from "../support/terraform-access";
import { propertyRuns } from "../support/thorough";

/** What the guide's example policy allows. */
const GUIDE = awsManagedPolicy("AWSSupportAppFullAccess");

interface WrittenAccess {
  readonly without?: readonly string[];
  readonly temporarily?: readonly { readonly capability: string }[];
  readonly until?: string;
  readonly channels?: readonly { readonly channel: string }[];
}

type WrittenEntry = Readonly<Partial<Record<"read-only" | "full", WrittenAccess>>> & {
  readonly retired?: boolean;
  readonly teams?: Readonly<Record<string, WrittenAccess & { readonly access: string }>>;
};

/** The accesses of an environment as it is written, by the name in Terraform that each must have. */
function writtenAccesses(entry: unknown): [address: string, written: { level: string; access: WrittenAccess }][] {
  const { teams = {}, ...levels } = entry as WrittenEntry;
  return [
    ...(["read-only", "full"] as const).flatMap((level): ReturnType<typeof writtenAccesses> => {
      const access = levels[level];
      return access ? [[level.replace("-", "_"), { level, access }]] : [];
    }),
    ...Object.entries(teams).map(([team, access]): ReturnType<typeof writtenAccesses>[number] => [
      `team_${team.replaceAll("-", "_")}`,
      { level: access.access, access },
    ]),
  ];
}

/** All properties use the same files, so that each is synthesized once in each notation. */
const synthesized = new Map<string, Texts>();

function forEveryFile(check: (yaml: string) => void, part = 20): void {
  fc.assert(
    fc.property(environmentFile, (file) => check(stringify(file))),
    propertyRuns(20, part),
  );
}

/** The result of a file, cached after its first use. */
function textsOf(yaml: string, notation: Notation = "json"): Texts {
  const texts = synthesized.get(notation + yaml) ?? synthesize(yaml, notation);
  synthesized.set(notation + yaml, texts);
  return texts;
}

test("nobody can do what AWS's example policy doesn't let them, a read-only role never writes, and nothing grants access except the attached policy", () => {
  const types = [
    "aws_cloudcontrolapi_resource",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_iam_service_linked_role",
    "terraform_data", // which only remembers the account and the region
  ];
  const roleArguments =
    /^(?:name|description|path|assume_role_policy|permissions_boundary|max_session_duration|tags|lifecycle|depends_on)$/;
  const levelCounts = { "read-only": 0, full: 0 };
  forEveryFile((yaml) => {
    const { environments } = parse(yaml);
    for (const [name, text] of Object.entries(textsOf(yaml))) {
      const terraform = parseTerraform(text);
      const { resource = {}, data = {} } = terraform;
      const levels = new Map(writtenAccesses(environments[name]));
      expect(types).toEqual(expect.arrayContaining(Object.keys(resource)));
      expect(Object.keys(data)).toEqual(resource.aws_iam_role ? ["aws_iam_policy_document"] : []);
      for (const document of Object.values(data.aws_iam_policy_document ?? {}))
        expect(Object.keys(document)).toEqual(["statement"]);
      for (const [address, role] of Object.entries(resource.aws_iam_role ?? {})) {
        for (const argument of Object.keys(role)) expect(argument).toMatch(roleArguments);
        const actual = [...permissionsOf(terraform, address)].map(withoutEnd);
        expect(actual.length).toBeGreaterThan(0);
        expect(actual.filter((permission) => !GUIDE.has(permission))).toEqual([]);
        const { level } = levels.get(address) ?? {};
        if (resource.aws_iam_policy?.[address]) levelCounts[level as keyof typeof levelCounts]++;
        if (level === "read-only")
          for (const permission of actual) expect(permission).toMatch(/^Allow support:Describe\w+ on \*$/);
      }
    }
  }, 4);
  expect(Math.min(...Object.values(levelCounts))).toBeGreaterThan(0); // or this would prove nothing
});

test("a retired environment gives no access, and every other environment gives what it gave", () => {
  let count = 0;
  forEveryFile((yaml) => {
    const synthesized = textsOf(yaml);
    const asBefore = textsOf(yaml.replaceAll("retired: true", "retired: false"));
    for (const { name, retired } of parseEnvironments(yaml, "environments.yaml")) {
      if (!retired) expect(synthesized[name]).toBe(asBefore[name]);
      else {
        const { "//": _, ...sections } = JSON.parse(synthesized[name] ?? "");
        expect(Object.keys(sections.output)).toEqual(["support_app_digest"]);
        expect(Object.keys(sections).sort()).toEqual(["output", "provider", "removed", "terraform"]);
        count++;
      }
    }
  }, 4);
  expect(count).toBeGreaterThan(0);
});

test("two runs give the same bytes, with nothing about the machine", () => {
  forEveryFile((yaml) => {
    for (const notation of ["json", "hcl"] as const) {
      const texts = synthesize(yaml, notation);
      expect(texts).toEqual(textsOf(yaml, notation));
      for (const trace of [process.cwd(), tmpdir(), homedir(), hostname()])
        if (!yaml.includes(trace)) expect(Object.values(texts).join("\n")).not.toContain(trace);
    }
  });
});

test("tokens are resolved as CDKTF resolves them", () => {
  forEveryFile((yaml) => {
    for (const environment of parseEnvironments(yaml, "environments.yaml")) {
      const stack = new SupportAppStack(newApp(), environment);
      const expected = JSON.stringify(stack.toTerraform());
      expect(withPatches(() => JSON.stringify(stack.toTerraform()))).toBe(expected);
    }
  });
});

/** Nothing in so many of ten cases. */
const without = <T>(weight: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 10 - weight, arbitrary });

/** Nearly all of some values, so that there is something that keeps a rule. */
const nearlyAll = <T>(values: readonly T[]) =>
  fc.oneof(
    fc.constant([...values]),
    fc.subarray([...values]),
    fc.subarray([...values], { minLength: values.length - 1 }),
  );

/** What IAM decides. The other rules compare a text with a text. */
const ruleSet = fc
  .record({
    "access-levels": without(7, nearlyAll(["read-only", "full"])),
    capabilities: without(6, nearlyAll(CAPABILITIES)),
    temporarily: without(6, fc.subarray([...CAPABILITIES], { maxLength: 3 })),
    "max-days-until-end": without(6, fc.constantFrom(1, 25_900, 26_200, 36_000)),
  })
  .map(({ capabilities, temporarily, ...rest }) => ({
    ...rest,
    capabilities,
    temporarily: temporarily?.filter((capability) => !capabilities?.includes(capability)),
  }))
  .map((rules) => JSON.parse(JSON.stringify(rules)) as RuleSet); // without what isn't ruled

const rulesFile: fc.Arbitrary<RulesFile> = fc.oneof(
  fc.record({ all: ruleSet }),
  fc.record({ all: ruleSet, tiers: fc.record({ one: ruleSet, two: ruleSet }) }),
);

/** Environments, with tiers if there are any. */
const ruledFile = fc
  .tuple(rulesFile, environmentFile, fc.infiniteStream(fc.constantFrom("one", "two")))
  .map(([rules, { environments }, tiers]) => ({
    rules,
    tierOf: new Map(Object.keys(environments).map((name) => [name, String([...tiers.take(1)])])),
    file: { environments },
  }));

/** What people with the role can do at a time, as IAM decides. */
function capabilitiesAt(role: RoleAccess, time: string): Capability[] {
  return CAPABILITIES.filter((capability) => actionsOf([capability]).every((action) => mayCall(role, action, time)));
}

function mayCall({ permissions }: RoleAccess, action: string, time: string): boolean {
  const policy = { statements: permissions, unreadable: [] };
  const keys = { "aws:currenttime": time };
  const request = { action, keys, resource: "arn:aws:servicequotas:us-east-1::a" };
  return authorize([{ name: "own", policy }], request).is === "allowed";
}

test("everybody can do what the file says of their access level or team, and nothing else, as IAM decides", () => {
  let count = 0;
  fc.assert(
    fc.property(environmentFile, (file) => {
      const yaml = stringify(file);
      for (const environment of parseEnvironments(yaml, "e.yaml")) {
        const entry = (file.environments as Record<string, WrittenEntry>)[environment.name] as WrittenEntry;
        const { roles, channels } = accessIn(portableEnvironment(environment));
        const fileAccesses = new Map(entry.retired ? [] : writtenAccesses(entry));
        expect([...roles.keys()].sort()).toEqual([...fileAccesses.keys()].sort());
        for (const [address, { level, access }] of fileAccesses) {
          const role = roles.get(address) as RoleAccess;
          const ofLevel = level === "full" ? CAPABILITIES : ["view-cases"];
          const { without = [], temporarily = [], until } = access;
          const lastingCapabilities = ofLevel.filter((capability) => !without.includes(capability));
          const first = [...lastingCapabilities, ...temporarily.map(({ capability }) => capability)];
          expect([yaml, address, capabilitiesAt(role, AT_FIRST).sort()]).toEqual([yaml, address, first.sort()]);
          expect(capabilitiesAt(role, AT_LAST).sort()).toEqual(until === undefined ? lastingCapabilities.sort() : []);
          expect(NO_CAPABILITY.filter((action) => mayCall(role, action, AT_FIRST))).toEqual([]);
          count++;
        }
        const places = [...fileAccesses].flatMap(
          ([
            address,
            {
              access: { channels: list = [] },
            },
          ]) => list.map(({ channel }) => `${channel} ${address}`),
        );
        expect(channels.map(({ channel, role }) => `${channel} ${role}`).sort()).toEqual(places.sort());
      }
    }),
    propertyRuns(2_000, 100),
  );
  expect(count).toBeGreaterThan(0);
});

/** Actions that nothing gives. The Service Quotas role is the only role that full access may give the right to create. */
const NO_CAPABILITY = [
  "iam:CreateRole",
  "iam:PassRole",
  "support:PutCaseAttributes",
  "supportapp:CreateSlackChannelConfiguration",
];

/** Before every future end that the environments have, and after all of them. */
const AT_FIRST = inSeconds(NOW);
const AT_LAST = "2099-12-31T00:00:00Z";

/** The rules that a synthesized environment breaks, judged only by its Terraform. */
function brokenIn(terraform: Portable, rules: RuleSet, entry: unknown): string[] {
  const fileAccesses = new Map(writtenAccesses(entry));
  const { roles } = accessIn(terraform);
  const { "access-levels": levels, capabilities, temporarily = [], "max-days-until-end": days } = rules;
  const may = capabilities === undefined ? CAPABILITIES : [...capabilities, ...temporarily];
  const mayLast = capabilities ?? CAPABILITIES.filter((capability) => !temporarily.includes(capability));
  const last = days && inSeconds(new Date(Date.UTC(2026, 5, 1 + days + 1)));
  return [...roles].flatMap(([name, role]) => {
    const [atFirst, atLast] = [capabilitiesAt(role, AT_FIRST), capabilitiesAt(role, AT_LAST)];
    const isKept = {
      "access-levels": levels?.some((level) => level === fileAccesses.get(name)?.level) ?? true,
      capabilities: atFirst.every((capability) => may.includes(capability)),
      temporarily: atLast.every((capability) => mayLast.includes(capability) || !may.includes(capability)),
      "max-days-until-end": last === undefined || endsIn(role.permissions).every((end) => end <= last),
    };
    return Object.entries(isKept).flatMap(([rule, isSatisfied]) => (isSatisfied ? [] : [rule]));
  });
}

/** The rules of `rules.yaml` that an error names. */
function namedRules(error: YamlFileError): string[] {
  return error.lines.flatMap((line) => line.match(/ as ((?:all|tiers\.\w+)\.[\w-]+)\S* in /)?.[1] ?? []);
}

afterEach(() => jest.useRealTimers());

test("environments that pass give no more than the rules allow, and refused ones break exactly the named rules, judged by the Terraform", () => {
  jest.useFakeTimers({ now: NOW, doNotFake: ["setImmediate"] });
  const count = { passed: 0, refused: 0 };
  fc.assert(
    fc.property(ruledFile, ({ rules, tierOf, file }) => {
      const entries = Object.entries(file.environments).map(([name, entry]) => [
        name,
        rules.tiers ? { ...(entry as object), tier: tierOf.get(name) } : entry,
      ]);
      const text = stringify({ ...file, environments: Object.fromEntries(entries) });
      const parsed = parseRules(JSON.stringify(rules), "rules.yaml");
      const environments = parseEnvironments(text, "e.yaml", "unchecked");
      const broken = environments.flatMap((environment) => {
        const tier = tierOf.get(environment.name) ?? "";
        const terraform = portableEnvironment(environment);
        const environmentEntry = (file.environments as Record<string, unknown>)[environment.name];
        const sets = { all: rules.all, ...(rules.tiers ? { [`tiers.${tier}`]: rules.tiers[tier] } : {}) };
        return Object.entries(sets).flatMap(([scope, set]) =>
          set === undefined ? [] : brokenIn(terraform, set, environmentEntry).map((rule) => `${scope}.${rule}`),
        );
      });
      let errorRules: string[] = [];
      try {
        expect(parseEnvironments(text, "e.yaml", parsed)).toEqual(environments);
        count.passed++;
      } catch (error) {
        if (!(error instanceof YamlFileError)) throw error;
        errorRules = namedRules(error);
        expect(errorRules.length).toBeGreaterThan(0);
        count.refused++;
      }
      expect([...new Set(errorRules)].sort()).toEqual([...new Set(broken)].sort());
    }),
    propertyRuns(800, 30), // fewer might refuse none by chance
  );
  // Rules that nothing keeps, or that everything does, would prove nothing.
  expect(Math.min(count.passed, count.refused)).toBeGreaterThan(0);
});
