import fc from "fast-check";
import { reportOf } from "../../../../cli/commands/review/report/report";
import { markdownOf } from "../../../../cli/commands/review/report/sections";
import type { EnvironmentChange } from "../../../../cli/commands/review/review";
import { reviewBetween, stacksOf } from "../../../support/edited-stack";
import { propertyRuns } from "../../../support/thorough";

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
  /** Of the capabilities in `without`, those that are granted until `sooner`. */
  readonly temporarily: readonly string[];
  readonly sooner: string;
  readonly adopt: boolean;
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
/** Access that ended on that day is none. */
const PAST = "2025-01-31";
const levelOf = (name: string): { [K in keyof Level]: fc.Arbitrary<Level[K]> } => ({
  access: fc.constantFrom("read-only", "full"),
  "role-name": fc.constantFrom(name, name, name, "Other"),
  path: fc.constantFrom("/", "/", "/", "/team/"),
  policy: fc.constantFrom("customer-managed", "customer-managed", "customer-managed", "aws-managed"),
  boundary: fc.constantFrom("", "", "one", "other"),
  until: fc.constantFrom(NEVER, NEVER, NEVER, "2098-01-31", "2098-06-30", PAST),
  without: fc.subarray(OTHERS),
  temporarily: fc.subarray(OTHERS),
  sooner: fc.constantFrom("2097-01-31", "2097-06-30", "2024-01-31"),
  adopt: fc.constantFrom(false, false, false, true),
  mode: fc.constantFrom("on-demand", "existing"),
  isConditional: fc.boolean(),
});
const level = (name: string) => fc.record<Level>(levelOf(name));
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
const KEYS = Object.keys(levelOf("")) as (keyof Level)[];

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
    const mayEnd = isOwn && levelSettings.until !== PAST; // an earlier end than that of all
    const temporarily = levelSettings.temporarily.filter((capability) => mayEnd && without.includes(capability));
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
      levelName === name ? [`{ name: in-${channel.toLowerCase()}, workspace: T01, channel: ${channel} }`] : [],
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
            `temporarily: [${levelSettings.temporarily.map((capability) => `{ capability: ${capability}, until: ${levelSettings.sooner} }`).join(", ")}]`,
          ]),
      ...(levelSettings.adopt ? ["adopt: true"] : []),
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

/** Who can do what until when, by channels and by the roles of the levels and teams. What has ended is none. */
interface Model {
  readonly account: string;
  readonly rights: ReadonlyMap<string, string>;
  /** What else decides access, by the level or team. */
  readonly decisions: ReadonlyMap<string, string>;
  /** Name and path of each role. */
  readonly roles: ReadonlyMap<string, string>;
  readonly adopted: ReadonlySet<string>;
}

function modelOf({ account, retired, levels, channels }: File): Model {
  const rights = new Map<string, string>();
  const [decisions, roles] = [new Map<string, string>(), new Map<string, string>()];
  const adopted = new Set<string>();
  for (const [name, settings] of retired ? [] : Object.entries(levels)) {
    const isFull = accessOf(name, settings) === "full";
    const people = Object.entries(channels).flatMap(([channel, levelName]) => (levelName === name ? [channel] : []));
    const capabilities = isFull ? [...READING, ...OTHERS] : READING;
    for (const principal of [`role ${name}`, ...people.map((channel) => `channel ${channel}`)])
      for (const capability of capabilities) {
        const isTemporary = settings.temporarily.includes(capability);
        if (settings.without.includes(capability) && !isTemporary) continue;
        const end = isTemporary ? settings.sooner : settings.until;
        if (end > PAST) rights.set(`${principal} ${capability}`, end);
      }
    decisions.set(name, JSON.stringify([settings.policy, settings.boundary, settings.mode, settings.isConditional]));
    roles.set(name, settings.path + settings["role-name"]);
    if (settings.adopt) adopted.add(`${account} ${settings.path} ${settings["role-name"]} ${name} ${settings.policy}`);
  }
  return { account, rights, decisions, roles, adopted };
}

/** Everything that somebody gains or loses between two files, as the model says and in another order as the review does. */
function differencesIn(base: File, head: File): { readonly gains: string[]; readonly loses: string[] } {
  const [{ rights: before, account }, { rights: after, account: accountAfter }] = [modelOf(base), modelOf(head)];
  const earlier = account === accountAfter ? before : new Map<string, string>();
  const gains = [...after].filter(([right, end]) => end > (earlier.get(right) ?? ""));
  const loses = [...earlier].filter(([right, end]) => end > (after.get(right) ?? ""));
  return { gains: gains.map(([right]) => right).sort(), loses: loses.map(([right]) => right).sort() };
}

/** The same as the review says. */
function reportedIn({ people = [] }: Partial<EnvironmentChange>, key: "gains" | "loses"): string[] {
  return people
    .flatMap(({ kind, channel, owner, ...person }) => {
      const principal = kind === "channel" ? `channel ${channel}` : `role ${owner.replace("team ", "")}`;
      return person[key].map(({ capability }) => `${principal} ${capability}`);
    })
    .sort();
}

const stacksIn = (version: File) => stacksOf(yamlOf(version));
const label = (name: string) => (name === "full" || name === "read-only" ? name : `team ${name}`);

test("whatever two files say, everybody who gains or loses something is named with exactly that, and so is everything else that decides access", () => {
  const runs = propertyRuns(20_000, 500);
  const counts = { giving: 0, taking: 0, neither: 0 };
  fc.assert(
    fc.property(pair, ([base, head]) => {
      const review = reviewBetween(stacksIn(base), stacksIn(head));
      const [change] = review.environments;
      const report = markdownOf(reportOf(review));
      const { gains, loses } = differencesIn(base, head);
      counts[gains.length > 0 ? "giving" : loses.length > 0 ? "taking" : "neither"]++;
      expect(change?.unproven ?? []).toEqual([]);
      expect([reportedIn(change ?? {}, "gains"), yamlOf(head)]).toEqual([gains, yamlOf(head)]);
      expect(reportedIn(change ?? {}, "loses")).toEqual(loses);
      for (const gain of gains) {
        const [kind, name, capability = ""] = gain.split(" ");
        const isOfChannel = gains.includes(`channel C01 ${capability}`) || gains.includes(`channel C02 ${capability}`);
        if (kind === "channel") expect(report).toContain(`\`#in-${name?.toLowerCase()}\``);
        else if (!isOfChannel) expect(report).toContain(`\`${head.levels[name as Owner]?.["role-name"]}\``);
        expect(report).toContain(capability);
      }
      const [before, after] = [modelOf(base), modelOf(head)];
      for (const [name, decision] of after.decisions) {
        const isNew = !before.decisions.has(name) || before.account !== after.account;
        const isKept = before.decisions.get(name) === decision && before.roles.get(name) === after.roles.get(name);
        const isRow = (change?.settings ?? []).some(
          ({ owner, compared }) => owner === label(name) && ["access", "name"].includes(compared),
        );
        if (!isNew && !isKept) expect([isRow, yamlOf(base), yamlOf(head)]).toEqual([true, yamlOf(base), yamlOf(head)]);
      }
      const takeOvers = [...after.adopted].filter((role) => !before.adopted.has(role));
      expect((change?.notes ?? []).filter(({ kind }) => kind === "takes-over")).toHaveLength(takeOvers.length);
      for (const role of takeOvers) expect(report).toContain(`imports the role \`${role.split(" ")[2]}\``);
    }),
    runs,
  );
  expect(counts.giving / runs.numRuns).toBeGreaterThan(0.1); // otherwise, this would prove nothing
  expect(Math.min(counts.taking, counts.neither)).toBeGreaterThan(0);
});
