import fc from "fast-check";
import { needsApproval } from "../../../../cli/terraform/verdict";
import { change, stacksOf } from "../../../support/edited-stack";
import { isThorough, propertyRuns } from "../../../support/thorough";

/*
 * Pairs of environments.yaml, reviewed, and judged by a model of its own: what each role and each channel can do until when, from the values
 * that the file is made of.
 */

const READING = ["view-cases"];
const OTHERS = [
  "create-cases",
  "reply-to-cases",
  "attach-files",
  "resolve-cases",
  "live-chat",
  "request-quota-increases",
];

const OWNERS = ["read-only", "full", "payments", "on-call"] as const;
type Owner = (typeof OWNERS)[number];

interface Level {
  /** Of a team. */
  readonly access: "read-only" | "full";
  readonly "role-name": string;
  readonly path: string;
  readonly policy: "customer-managed" | "aws-managed";
  readonly boundary: string;
  readonly until: string;
  readonly without: readonly string[];
  /** Of the capabilities in `without`, those that are granted until then. */
  readonly temporarily: readonly string[];
  readonly mode: "on-demand" | "existing";
  readonly isConditional: boolean;
}

interface File {
  readonly account: string;
  readonly retired: boolean;
  /** The access levels and teams. */
  readonly levels: Readonly<Partial<Record<Owner, Level>>>;
  /** The level or team of each channel. */
  readonly channels: Readonly<Record<string, Owner | "none">>;
}

const NEVER = "9999-12-31";
const SOONER = "2097-01-31";
const level = (name: string) =>
  fc.record<Level>({
    access: fc.constantFrom("read-only", "full"),
    "role-name": fc.constantFrom(name, name, name, "Other"),
    path: fc.constantFrom("/", "/", "/", "/team/"),
    policy: fc.constantFrom("customer-managed", "customer-managed", "customer-managed", "aws-managed"),
    boundary: fc.constantFrom("", "", "one", "other"),
    until: fc.constantFrom(NEVER, NEVER, "2098-01-31", "2098-06-30"),
    without: fc.subarray(OTHERS),
    temporarily: fc.subarray(OTHERS),
    mode: fc.constantFrom("on-demand", "existing"),
    isConditional: fc.boolean(),
  });
const file = fc.record<File>({
  account: fc.constantFrom("111122223333", "111122223333", "111122223333", "444455556666"),
  retired: fc.constantFrom(false, false, false, false, true),
  levels: fc.record(
    { "read-only": level("Reading"), full: level("Full"), payments: level("Paying"), "on-call": level("Calling") },
    { requiredKeys: [] },
  ),
  channels: fc.record({
    C01: fc.constantFrom(...OWNERS, "none"),
    C02: fc.constantFrom(...OWNERS, "none"),
  }),
});
const PARTS = ["account", "retired", "levels", "channels"] as const;
const KEYS = [
  "access",
  "role-name",
  "path",
  "policy",
  "boundary",
  "until",
  "without",
  "temporarily",
  "mode",
  "isConditional",
] as const;

/** A file after a change: most are small. */
const pair = fc
  .tuple(file, file, fc.constantFrom(...PARTS), fc.constantFrom(...OWNERS), fc.constantFrom(...KEYS), fc.nat(5))
  .map(([base, otherFile, part, name, key, kind]): readonly [File, File] => {
    const [level, otherLevel] = [base.levels[name], otherFile.levels[name]];
    if (kind === 0) return [whole(base), whole({ ...otherFile, [part]: base[part] })];
    if (kind === 1 || !level || !otherLevel) return [whole(base), whole({ ...base, [part]: otherFile[part] })];
    return [whole(base), whole({ ...base, levels: { ...base.levels, [name]: { ...level, [key]: otherLevel[key] } } })];
  });

/** Without what contradicts the rest: environments.yaml can't have it. */
function whole({ levels, ...settings }: File): File {
  const roleNames = new Set<string>();
  const normal = Object.entries(levels).map(([name, levelSettings]) => {
    const isOwn = levelSettings.policy === "customer-managed";
    const isFull = accessOf(name, levelSettings) === "full";
    const without = isFull && isOwn ? levelSettings.without : [];
    const temporarily = levelSettings.temporarily.filter((capability) => without.includes(capability));
    const role = roleNames.has(levelSettings["role-name"]) ? `Another${roleNames.size}` : levelSettings["role-name"];
    roleNames.add(role);
    const hasQuotas =
      isFull &&
      isOwn &&
      !(without.includes("request-quota-increases") && !temporarily.includes("request-quota-increases"));
    return [
      name,
      {
        ...levelSettings,
        without,
        temporarily,
        "role-name": role,
        until: isOwn ? levelSettings.until : NEVER,
        mode: hasQuotas ? levelSettings.mode : "on-demand",
      },
    ] as const;
  });
  return { ...settings, levels: Object.fromEntries(normal), retired: settings.retired || normal.length === 0 };
}

/** How much people of an access level or team can do. */
function accessOf(name: string, { access }: Level): "read-only" | "full" {
  return name === "read-only" || name === "full" ? name : access;
}

function yamlOf({ account, retired, levels, channels }: File): string {
  const entries = Object.entries(levels).map(([name, levelSettings]) => {
    const channelLines = Object.entries(channels).flatMap(([channel, levelName]) =>
      levelName === name ? [`{ name: a, workspace: T01, channel: ${channel} }`] : [],
    );
    const boundary = `"arn:aws:iam::${account}:policy/${levelSettings.boundary}"`;
    const keys = [
      ...[
        `role-name: ${levelSettings["role-name"]}`,
        `policy-name: ${name}`,
        `path: ${levelSettings.path}`,
        `channels: [${channelLines.join(", ")}]`,
      ],
      `source-account-condition: ${levelSettings.isConditional}`,
      ...(levelSettings.policy === "aws-managed" ? ["policy: aws-managed"] : []),
      ...(levelSettings.boundary === "" ? [] : [`permissions-boundary: ${boundary}`]),
      ...(levelSettings.until === NEVER ? [] : [`until: ${levelSettings.until}`]),
      ...(levelSettings.without.length === 0 ? [] : [`without: [${levelSettings.without.join(", ")}]`]),
      ...(levelSettings.temporarily.length === 0
        ? []
        : [
            `temporarily: [${levelSettings.temporarily.map((capability) => `{ capability: ${capability}, until: ${SOONER} }`).join(", ")}]`,
          ]),
      ...(levelSettings.mode === "existing" ? ["service-quotas-role: existing"] : []),
    ].filter((key) => levelSettings.policy !== "aws-managed" || !key.startsWith("policy-name"));
    const isTeam = name !== "read-only" && name !== "full";
    return [
      isTeam,
      `${name}: { ${[...(isTeam ? [`access: ${levelSettings.access}`] : []), ...keys].join(", ")} }`,
    ] as const;
  });
  const [teams, levelEntries] = [true, false].map((forTeams) =>
    entries.flatMap(([isTeam, entry]) => (isTeam === forTeams ? [entry] : [])),
  );
  const rest = [
    ...[`account: "${account}"`, "region: us-east-1", ...(retired ? ["retired: true"] : []), ...(levelEntries ?? [])],
    ...(teams && teams.length > 0 ? [`teams: { ${teams.join(", ")} }`] : []),
  ];
  return `environments: { paid: { ${rest.join(", ")} } }`;
}

/** The last day of each right, by who has it and what it is. */
type Rights = ReadonlyMap<string, string>;

function rightsIn({ account, retired, levels, channels }: File): {
  rights: Rights;
  bounds: ReadonlyMap<string, string>;
} {
  const rights = new Map<string, string>();
  const bounds = new Map<string, string>();
  if (retired) return { rights, bounds };
  for (const [name, levelSettings] of Object.entries(levels)) {
    const role = `role ${account}${levelSettings.path}${levelSettings["role-name"]}`.toLowerCase();
    const people = Object.entries(channels).flatMap(([channel, levelName]) =>
      levelName === name ? [`${account} ${channel}`] : [],
    );
    const isFull = accessOf(name, levelSettings) === "full";
    const lasting = isFull
      ? [...READING, ...OTHERS].filter((capability) => !levelSettings.without.includes(capability))
      : READING;
    for (const principal of [role, ...people]) {
      bounds.set(principal, levelSettings.boundary);
      for (const capability of lasting) rights.set(`${principal} ${capability}`, levelSettings.until);
      for (const capability of levelSettings.temporarily) rights.set(`${principal} ${capability}`, SOONER);
      if (isFull && levelSettings.mode === "on-demand" && rights.has(`${principal} request-quota-increases`))
        rights.set(
          `${principal} create the Service Quotas role`,
          rights.get(`${principal} request-quota-increases`) ?? "",
        );
    }
    if (!levelSettings.isConditional) rights.set(`${role} for any account`, NEVER);
  }
  return { rights, bounds };
}

/** Whether somebody can do more, or may: a boundary that goes, or is another one, may have kept something away. */
function isGaining(base: File, head: File): boolean {
  const [before, after] = [rightsIn(base), rightsIn(head)];
  const isLater = [...after.rights].some(([right, end]) => end > (before.rights.get(right) ?? ""));
  const isFreed = [...after.bounds].some(([principal, bound]) => {
    const earlierBound = before.bounds.get(principal) ?? "";
    return earlierBound !== "" && bound !== earlierBound;
  });
  return isLater || isFreed;
}

/** Whether a read-only team gets another level, from which on nothing forbids it to write. */
function isUnbound(base: File, head: File): boolean {
  if (base.retired || head.retired) return false;
  return (["payments", "on-call"] as const).some((team) => {
    const [before, after] = [base.levels[team], head.levels[team]];
    return before?.access === "read-only" && after?.access === "full";
  });
}

const stackIn = (version: File) => stacksOf(yamlOf(version)).get("paid");

test("whatever two files say, nobody gains anything without an approval, and most changes that give nothing pass", () => {
  const runs = propertyRuns(isThorough ? 20_000 : 1_200);
  const counts = { giving: 0, quiet: 0, asking: 0 };
  fc.assert(
    fc.property(pair, ([base, head]) => {
      const { verdict, violations, unreadable } = change(stackIn(base), stackIn(head));
      const isAsking = needsApproval(verdict) || violations.length > 0;
      expect(unreadable).toEqual([]);
      if (isGaining(base, head) || isUnbound(base, head)) {
        counts.giving++;
        expect([isAsking, yamlOf(base), yamlOf(head)]).toEqual([true, yamlOf(base), yamlOf(head)]);
      } else counts[isAsking ? "asking" : "quiet"]++;
    }),
    runs,
  );
  expect(counts.giving / runs.numRuns).toBeGreaterThan(0.1); // otherwise, this would prove nothing
  expect(counts.quiet).toBeGreaterThan(counts.asking);
});

test("a file that stays as it is changes nothing, whatever it says", () => {
  fc.assert(
    fc.property(file, (version) => {
      const stack = stackIn(whole(version));
      expect(change(stack, stackIn(whole(version)))).toMatchObject({
        verdict: "unchanged",
        unreadable: [],
        violations: [],
      });
    }),
    propertyRuns(400),
  );
});
