import fc from "fast-check";
import { reportOf } from "../../../../cli/commands/review/report/report";
import { markdownOf } from "../../../../cli/commands/review/report/sections";
import type { Review } from "../../../../cli/commands/review/review";
import { reviewBetween, stacksOf } from "../../../support/edited-stack";
import { propertyRuns } from "../../../support/thorough";

/*
 * Pairs of environments.yaml with up to two environments, reviewed, and judged by a model of its own: what AWS has after a deploy of each
 * file, from the values that the files are made of. It knows roles by account, path and name, and channels by their IDs.
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

interface Entry {
  readonly account: string;
  readonly region: string;
  readonly retired: boolean;
  /** The access levels and teams. */
  readonly levels: Readonly<Partial<Record<Owner, Level>>>;
  /** Which of both names each of the teams has. */
  readonly areTeamsExchanged: boolean;
  /** The level or team of each channel. */
  readonly channels: Readonly<Record<Channel, Owner | "none">>;
  /** What the file calls each channel. */
  readonly names: Readonly<Record<Channel, string>>;
}

const CHANNELS = ["C01", "C02"] as const;
type Channel = (typeof CHANNELS)[number];

type EnvironmentName = "us" | "eu";

/** The environments of a file. */
type File = Readonly<Partial<Record<EnvironmentName, Entry>>>;

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
const entry = fc.record<Entry>({
  account: fc.constantFrom("111122223333", "111122223333", "111122223333", "444455556666"),
  region: fc.constantFrom("us-east-1", "us-east-1", "us-east-1", "eu-west-1"),
  retired: fc.constantFrom(false, false, false, false, true),
  levels: fc.record(
    { "read-only": level("Reading"), full: level("Full"), payments: level("Paying"), "on-call": level("Calling") },
    { requiredKeys: [] },
  ),
  areTeamsExchanged: fc.boolean(),
  channels: fc.record({ C01: fc.constantFrom(...OWNERS, "none"), C02: fc.constantFrom(...OWNERS, "none") }),
  names: fc.record({
    C01: fc.constantFrom("oncall", "oncall", "devs"),
    C02: fc.constantFrom("devs", "devs", "oncall"),
  }),
});
const PARTS = ["account", "region", "retired", "levels", "areTeamsExchanged", "channels", "names"] as const;
const KEYS = Object.keys(levelOf("")) as (keyof Level)[];

/** An environment after a change: most are small. */
const entryPair = fc
  .tuple(entry, entry, fc.constantFrom(...PARTS), fc.constantFrom(...OWNERS), fc.constantFrom(...KEYS), fc.nat(5))
  .map(([base, otherEntry, part, name, key, kind]): readonly [Entry, Entry] => {
    const [level, otherLevel] = [base.levels[name], otherEntry.levels[name]];
    if (kind === 0) return [base, { ...otherEntry, [part]: base[part] }];
    if (kind === 1 || !level || !otherLevel) return [base, { ...base, [part]: otherEntry[part] }];
    return [base, { ...base, levels: { ...base.levels, [name]: { ...level, [key]: otherLevel[key] } } }];
  });

const ADOPTION = { adopt: true } as const;
/** The same roles, adopted, in another environment, with other channels. */
const takeOver = (entry: Entry, { channels, names, region }: Entry): Entry => ({
  ...entry,
  channels,
  names,
  region,
  levels: Object.fromEntries(Object.entries(entry.levels).map(([name, level]) => [name, { ...level, ...ADOPTION }])),
});

/** A file after a change: of one environment or two, or with what one leaves behind taken over by another. */
const pair = fc
  .tuple(entryPair, entryPair, fc.nat(4))
  .map(([[before, after], [otherBefore, otherAfter], kind]): readonly [File, File] => {
    const otherPlace = { ...otherBefore, account: "777788889999" };
    if (kind === 0) return [{ us: whole(before) }, { eu: whole(takeOver(after, otherAfter)) }];
    if (kind === 1)
      return [
        { us: whole(before), eu: whole(otherPlace) },
        {
          us: whole({ ...otherAfter, account: "777788889999" }),
          eu: whole(takeOver({ ...after, account: before.account }, otherAfter)),
        },
      ];
    if (kind === 2)
      return [
        { us: whole(before), eu: whole(otherPlace) },
        { us: whole(after), eu: whole({ ...otherAfter, account: "777788889999" }) },
      ];
    return [{ us: whole(before) }, { us: whole(after) }];
  });

/** Without what contradicts the rest: environments.yaml can't have it. */
function whole({ levels, ...settings }: Entry): Entry {
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

/** What the file calls a level or team. */
function nameInFile(name: string, { areTeamsExchanged }: Entry): string {
  if (!areTeamsExchanged) return name;
  return name === "payments" ? "on-call" : name === "on-call" ? "payments" : name;
}

function yamlOf(file: File): string {
  return `environments: { ${Object.entries(file)
    .map(([name, settings]) => entryYaml(name, settings))
    .join(", ")} }`;
}

function entryYaml(environment: string, version: Entry): string {
  const { account, region, retired, levels, channels, names } = version;
  const entries = Object.entries(levels).map(([name, levelSettings]) => {
    const channelLines = Object.entries(channels).flatMap(([channel, levelName]) =>
      levelName === name ? [`{ name: ${names[channel as Channel]}, workspace: T01, channel: ${channel} }`] : [],
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
      `${nameInFile(name, version)}: { ${[...(isTeam ? [`access: ${levelSettings.access}`] : []), ...keys].join(", ")} }`,
    ] as const;
  });
  const [teams, levelEntries] = [true, false].map((forTeams) =>
    entries.flatMap(([isTeam, entry]) => (isTeam === forTeams ? [entry] : [])),
  );
  const rest = [
    ...[`account: "${account}"`, `region: ${region}`, ...(retired ? ["retired: true"] : []), ...(levelEntries ?? [])],
    ...(teams && teams.length > 0 ? [`teams: { ${teams.join(", ")} }`] : []),
  ];
  return `${environment}: { ${rest.join(", ")} }`;
}

/** When each capability ends. What has ended is none. */
type Rights = Readonly<Record<string, string>>;

interface Role {
  readonly environment: string;
  /** What the file calls its level or team. */
  readonly owner: string;
  readonly rights: Rights;
  /** What else decides access. */
  readonly decisions: string;
  readonly isAdopted: boolean;
}

/** What AWS has: roles by account, path and name, and the role of each channel by account, region and ID. */
interface Aws {
  readonly roles: ReadonlyMap<string, Role>;
  readonly configurations: ReadonlyMap<string, { readonly environment: string; readonly role: string }>;
}

const NOTHING: Aws = { roles: new Map(), configurations: new Map() };

/** What AWS has once all environments of a file are deployed, of which each replaces what it had in its account and region. */
function deployed(file: File, { roles, configurations }: Aws = NOTHING, former: File = {}): Aws {
  const replacedNames = Object.entries(file).flatMap(([name, { account, region }]) => {
    const before = former[name as EnvironmentName];
    return before?.account === account && before.region === region ? [name] : [];
  });
  const isKept = ([, { environment }]: readonly [string, { readonly environment: string }]) =>
    !replacedNames.includes(environment);
  const result = {
    roles: new Map([...roles].filter(isKept)),
    configurations: new Map([...configurations].filter(isKept)),
  };
  for (const [environment, entry] of Object.entries(file)) {
    const { account, region, retired, levels, channels } = entry;
    for (const [name, settings] of retired ? [] : Object.entries(levels)) {
      const role = `${account} ${settings.path} ${settings["role-name"]}`;
      const capabilities = accessOf(name, settings) === "full" ? [...READING, ...OTHERS] : READING;
      const rights = capabilities.flatMap((capability) => {
        const isTemporary = settings.temporarily.includes(capability);
        const end = isTemporary ? settings.sooner : settings.until;
        return (settings.without.includes(capability) && !isTemporary) || end <= PAST ? [] : [[capability, end]];
      });
      const { policy, boundary, mode, isConditional, adopt } = settings;
      result.roles.set(role, {
        environment,
        owner: nameInFile(name, entry),
        rights: Object.fromEntries(rights),
        isAdopted: adopt,
        decisions: JSON.stringify([policy, boundary, mode, isConditional]),
      });
      for (const channel of CHANNELS)
        if (channels[channel] === name)
          result.configurations.set(`${account} ${region} ${channel}`, { environment, role });
    }
  }
  return result;
}

/** What people in each channel of an account can do until when: with any of its configurations. */
function peopleOf({ roles, configurations }: Aws): ReadonlyMap<string, string> {
  const people = new Map<string, string>();
  for (const [place, { role }] of configurations) {
    const [account, , channel] = place.split(" ");
    for (const [capability, end] of Object.entries(roles.get(role)?.rights ?? {})) {
      const key = `channel ${account} ${channel} ${capability}`;
      if (end > (people.get(key) ?? "")) people.set(key, end);
    }
  }
  return people;
}

/** What whoever uses each role can do until when, and before: with the same role or, if that is gone, with the role of the same level or team. */
function usersOf(
  before: Aws,
  after: Aws,
  replacedNames: readonly string[],
): readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>] {
  const rightsBefore = new Map<string, string>();
  const rightsAfter = new Map<string, string>();
  const add = (map: Map<string, string>, role: string, { environment, owner }: Role, { rights }: Role) => {
    const [account, , name] = role.split(" ");
    for (const [capability, end] of Object.entries(rights))
      map.set(`role ${environment} ${account} ${name} ${owner} ${capability}`, end);
  };
  const renamedRoles = new Set<string>();
  for (const [key, role] of after.roles) {
    if (before.roles.get(key) === role) continue; // nobody deploys it
    add(rightsAfter, key, role, role);
    const former = [...before.roles].find(
      ([keyBefore, { environment, owner }]) =>
        !after.roles.has(keyBefore) &&
        replacedNames.includes(environment) &&
        environment === role.environment &&
        owner === role.owner,
    );
    const roleBefore = before.roles.get(key) ?? former?.[1];
    if (!before.roles.has(key) && former) renamedRoles.add(former[0]);
    if (roleBefore) add(rightsBefore, key, role, roleBefore);
  }
  for (const [key, role] of before.roles)
    if (!after.roles.has(key) && !renamedRoles.has(key)) add(rightsBefore, key, role, role);
  return [rightsBefore, rightsAfter];
}

interface Difference {
  readonly gains: readonly string[];
  readonly loses: readonly string[];
}

/** Everything that somebody gains or loses, as the model says. */
function differencesIn(base: File, head: File): Difference {
  const before = deployed(base);
  const after = deployed(head, before, base);
  const replacedNames = Object.keys(head).filter((name) => name in base);
  const sides = [[peopleOf(before), peopleOf(after)], usersOf(before, after, replacedNames)] as const;
  const moreIn = (rights: ReadonlyMap<string, string>, otherRights: ReadonlyMap<string, string>) =>
    [...rights].flatMap(([key, end]) => (end > (otherRights.get(key) ?? "") ? [key] : []));
  return {
    gains: sides.flatMap(([rights, rightsAfter]) => moreIn(rightsAfter, rights)).sort(),
    loses: sides.flatMap(([rights, rightsAfter]) => moreIn(rights, rightsAfter)).sort(),
  };
}

/** The same as the review says. */
function reportedIn({ environments }: Review, key: "gains" | "loses"): string[] {
  return environments
    .flatMap(({ environment, account, people }) =>
      people.flatMap(({ kind, name, channel, owner, ...person }) => {
        const principal =
          kind === "channel"
            ? `channel ${account} ${channel}`
            : `role ${environment} ${account} ${name} ${owner.replace("team ", "")}`;
        return person[key].map(({ capability }) => `${principal} ${capability}`);
      }),
    )
    .sort();
}

/**
 * Which channels gain something, for a reader of the tables who knows what the file called which channel before, and reads an ID as it
 * is. Where environments share a row, their channels are in the fold.
 */
function channelsRead(report: string, base: File): string[] {
  const ofSeveral = /\| (\w+) \| (\d+) \| [\w-]+ \| everyone in (.*?) \|(?: \*\*|$)/gm;
  const ofOneEnvironment = /^\| \*\*(?:new: )?(\w+)\*\* \((\d+), [\w-]+\) \| everyone in (.*?) \| \*\*/gm;
  return [
    ...report.matchAll(ofOneEnvironment),
    ...(/^\| (?:new: )?\d+: .*? \| everyone in .*? \| \*\*/m.test(report) ? report.matchAll(ofSeveral) : []),
  ]
    .flatMap(([, environment, account, people = ""]) =>
      people.split(", ").map((person) => {
        const [, name = "", id] = person.match(/^`#(\w+)`(?: \(`(\w+)` of `T01`\))?$/) ?? [];
        const { channels, names, levels } = base[environment as EnvironmentName] ?? { levels: {} };
        const namesakes = CHANNELS.filter(
          (channel) => String(channels?.[channel]) in levels && names?.[channel] === name,
        );
        return `${account} ${id ?? namesakes.join(" or ")}`;
      }),
    )
    .sort();
}

const stacksIn = (file: File) => stacksOf(yamlOf(file));
const label = (name: string) => (name === "full" || name === "read-only" ? name : `team ${name}`);

test("whatever two files say, everybody who gains or loses something is named with exactly that, each channel so that a reader knows which it is, and so is everything else that decides access", () => {
  const runs = propertyRuns(20_000, 500);
  const counts = { giving: 0, taking: 0, neither: 0, exchanging: 0, adopting: 0 };
  fc.assert(
    fc.property(pair, ([base, head]) => {
      // GIVEN
      const yaml = [yamlOf(base), yamlOf(head)];
      // WHEN
      const review = reviewBetween(stacksIn(base), stacksIn(head));
      const report = markdownOf(reportOf(review));
      // THEN
      const { gains, loses } = differencesIn(base, head);
      counts[gains.length > 0 ? "giving" : loses.length > 0 ? "taking" : "neither"]++;
      if (review.environments.some(({ people }) => people.some(({ isKnownByName }) => isKnownByName === false)))
        counts.exchanging++;
      expect([review.environments.flatMap(({ unproven }) => unproven), ...yaml]).toEqual([[], ...yaml]);
      expect([reportedIn(review, "gains"), ...yaml]).toEqual([gains, ...yaml]);
      expect([reportedIn(review, "loses"), ...yaml]).toEqual([loses, ...yaml]);
      const gaining = gains.flatMap((gain) => gain.match(/^channel (\d+ C\d+) /)?.[1] ?? []);
      expect([[...new Set(channelsRead(report, base))], ...yaml]).toEqual([[...new Set(gaining)].sort(), ...yaml]);
      const [before, after] = [deployed(base), deployed(head)];
      for (const [key, { owner, environment, decisions }] of after.roles) {
        const former = before.roles.get(key);
        const { settings = [] } = review.environments.find((change) => change.environment === environment) ?? {};
        if (former?.environment !== environment || former.decisions === decisions) continue;
        const isRow = settings.some(
          (setting) => setting.owner === label(owner) && ["access", "name"].includes(setting.compared),
        );
        expect([isRow, ...yaml]).toEqual([true, ...yaml]);
      }
      const adoptions = [...after.roles].filter(([, { isAdopted }]) => isAdopted);
      for (const [role, { environment }] of adoptions) {
        const name = role.split(" ")[2];
        const former = before.roles.get(role);
        if (former?.isAdopted && former.environment === environment) continue;
        counts.adopting++;
        const words = former && former.environment !== environment ? ` of ${former.environment}` : "";
        expect([report, ...yaml]).toEqual([
          expect.stringContaining(`${environment} imports the role \`${name}\`${words}`),
          ...yaml,
        ]);
      }
    }),
    runs,
  );
  // Otherwise, this would prove nothing.
  for (const kind of ["giving", "exchanging", "adopting"] as const)
    expect(counts[kind] / runs.numRuns).toBeGreaterThan(0.1);
  expect(Math.min(counts.taking, counts.neither)).toBeGreaterThan(0);
});
