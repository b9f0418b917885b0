import fc from "fast-check";
import { OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import { DESCRIPTION, PATH, TAG_KEY, TAG_VALUE } from "../../modules/support-app/model/limits";
import { NOTIFY_EVENTS } from "../../modules/support-app/model/notify";
import { GITLAB_ADDRESSES } from "./backend-limits";

const unit = (min: number, max: number) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const name = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."abcXYZ0189_+=,.@-"), minLength: 1, maxLength: Math.min(maxLength, 12) });
const latinText = fc
  .string({ unit: fc.oneof(unit(0x20, 0x7e), unit(0xa1, 0xff)), minLength: 1, maxLength: 40 })
  .filter((text) => DESCRIPTION.pattern.test(text));
const path = fc
  .string({ unit: fc.constantFrom(..."abcXYZ0189.,+@=_-/"), minLength: 1, maxLength: 20 })
  .map((text) => `/${text}/`)
  .filter((text) => PATH.pattern.test(text));
/** Tag keys that a notation could take for something else. */
const awkwardKey = fc.constantFrom(
  "for",
  "if",
  "null",
  "true",
  "-",
  "-a",
  "0",
  "1.5",
  "a.b",
  "a:b",
  " ",
  "=",
  "//",
  "é",
);
const text = fc.string({ unit: "grapheme", maxLength: 20 }).map((raw) => raw.normalize("NFC"));
const tagKey = fc.oneof(awkwardKey, text).filter((key) => TAG_KEY.pattern.test(key) && key !== "__proto__");
const tagValue = text.filter((value) => TAG_VALUE.pattern.test(value));
const tags = fc
  .uniqueArray(fc.tuple(tagKey, tagValue), { maxLength: 4, selector: ([key]) => key.toLowerCase() })
  .map((entries) => Object.fromEntries(entries));

function defined(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

// Made once: to make an arbitrary out of a pattern is slow.
const channelName = fc.stringMatching(/^[a-zä0-9_-]{1,20}$/);
const channelId = fc.stringMatching(/^[CG][A-Z0-9]{1,6}$/);
const accountAlias = fc.stringMatching(/^[A-Za-z0-9_ -]{1,30}$/);

const event = fc.constantFrom(...NOTIFY_EVENTS);
const notify = fc.oneof(
  fc.constant({ severity: "none" }),
  fc.record({ severity: fc.constantFrom("high", "all"), events: fc.uniqueArray(event, { minLength: 1 }) }),
);
/** Names of teams, among them one that every object in JavaScript has. */
export const TEAMS = ["payments", "on-call", "constructor", "data-2"] as const;
const OWNERS: readonly string[] = ["read-only", "full", ...TEAMS];

/** Channels of one access level or team; the last digits of their IDs tell the owners apart. */
const channels = (owner: string) =>
  fc.uniqueArray(
    fc
      .record({
        name: channelName,
        workspace: fc.constantFrom("T1", "T2"),
        channel: channelId.map((id) => `${id}${OWNERS.indexOf(owner)}`),
        notify: maybe(notify),
      })
      .map(defined),
    { maxLength: 3, selector: (channel) => JSON.stringify([Reflect.get(channel, "channel")]) },
  );

const common = (level: string, account: string) => ({
  "role-name": maybe(name(50).map((text) => `${level}-${text}`)),
  description: maybe(latinText),
  "permissions-boundary": maybe(
    fc.constantFrom("arn:aws:iam::aws:policy/PowerUserAccess", `arn:aws:iam::${account}:policy/team/boundary`),
  ),
  "max-session-duration": maybe(fc.integer({ min: 3600, max: 43200 })),
  path: maybe(path),
  adopt: maybe(fc.boolean()),
  channels: maybe(channels(level)),
  "source-account-condition": maybe(fc.boolean()),
});
const ownPolicy = (level: string) => ({
  policy: maybe(fc.constant("customer-managed")),
  "policy-name": maybe(name(100).map((text) => `${level}-${text}`)),
  "policy-description": maybe(latinText),
});
const awsPolicy = { policy: fc.constant("aws-managed") };
const narrowed = fc
  .record({
    without: fc.subarray([...OPTIONAL_CAPABILITIES]),
    "service-quotas-role": maybe(fc.constantFrom("on-demand", "create", "adopt", "existing")),
  })
  .map((access) => (access.without.includes("request-quota-increases") ? { without: access.without } : access));

const readOnly = (account: string, owner = "read-only") =>
  fc
    .oneof(
      fc.record({ ...common(owner, account), ...ownPolicy(owner) }),
      fc.record({ ...common(owner, account), ...awsPolicy }),
    )
    .map(defined);
const full = (account: string, owner = "full") =>
  fc
    .oneof(
      fc
        .tuple(fc.record({ ...common(owner, account), ...ownPolicy(owner) }), narrowed)
        .map(([a, b]) => ({ ...a, ...b })),
      fc.record({ ...common(owner, account), ...awsPolicy }),
    )
    .map(defined);
const team = (account: string, name: string) =>
  fc.oneof(
    readOnly(account, name).map((entry) => ({ access: "read-only", ...entry })),
    full(account, name).map((entry) => ({ access: "full", ...entry })),
  );

const backend = fc.oneof(
  fc.constant({ type: "local" }),
  fc.record({ type: fc.constant("s3"), bucket: fc.constant("tf-state"), region: fc.constant("eu-west-1") }),
  fc.record({ type: fc.constant("cloud"), organization: fc.constantFrom("acme", "a-b_c") }),
  fc.record({ type: fc.constant("http"), address: fc.constantFrom(...GITLAB_ADDRESSES) }),
);

/** An environment of an account, whose every value AWS would take. */
export const environment = (account: string) =>
  fc
    .record({
      levels: fc.constantFrom<("read-only" | "full" | "teams")[]>(
        ["read-only"],
        ["full"],
        ["read-only", "full"],
        ["teams"],
        ["read-only", "full", "teams"],
      ),
      teams: fc
        .tuple(
          fc.subarray([...TEAMS], { minLength: 1 }),
          fc.record(Object.fromEntries(TEAMS.map((name) => [name, team(account, name)]))),
        )
        .map(([names, teams]) => Object.fromEntries(names.map((name) => [name, teams[name]]))),
      "read-only": readOnly(account),
      full: full(account),
      rest: fc.record({
        account: fc.constant(account),
        region: fc.constantFrom("us-east-1", "eu-central-1", "ap-northeast-1"),
        backend: maybe(backend),
        tags: maybe(tags),
        "slack-workspaces": maybe(fc.subarray(["T1", "T2", "T3"])),
        "account-alias": maybe(accountAlias),
        "deploy-role": maybe(fc.constant(`arn:aws:iam::${account}:role/ci/deploy`)),
        "plan-role": maybe(fc.constant(`arn:aws:iam::${account}:role/ci/plan`)),
        retired: fc.option(fc.constant(true), { nil: undefined, freq: 4 }),
      }),
    })
    .map(({ levels, rest, ...levelEntries }) =>
      withOneServiceQuotasRole({
        ...defined(rest),
        ...Object.fromEntries(levels.map((level) => [level, levelEntries[level]])),
      }),
    );

type Access = Readonly<Record<string, unknown>>;
type Entry = Readonly<Record<string, unknown>> & { readonly teams?: Readonly<Record<string, Access>> };

/** An environment with each of its accesses changed. */
function withEachAccess(entry: Entry, change: (access: Access) => Access): Entry {
  const levels = (["read-only", "full"] as const).flatMap((level) =>
    level in entry ? [[level, change(entry[level] as Access)] as const] : [],
  );
  const teams = Object.entries(entry.teams ?? {}).map(([name, access]) => [name, change(access)] as const);
  return {
    ...entry,
    ...Object.fromEntries(levels),
    ...(teams.length > 0 && { teams: Object.fromEntries(teams) }),
  };
}

/** Without what contradicts the rest: an account has one such role. */
function withOneServiceQuotasRole(entry: Entry): Entry {
  let isManaged = false;
  return withEachAccess(entry, (access) => {
    if (!["create", "adopt"].includes(String(access["service-quotas-role"]))) return access;
    const isSecond = isManaged;
    isManaged = true;
    return isSecond ? { ...access, "service-quotas-role": "existing" } : access;
  });
}

/** Of ends, those of a level come after those of a single capability. */
const until = (year: number) =>
  fc.oneof(
    fc.constantFrom(`${year}-02-28`, `${year}-12-31`),
    fc.constantFrom(`${year}-06-30T18:00:00+05:30`, `${year}-06-30T23:59:59Z`),
  );
const ends = fc.record({
  whole: fc.infiniteStream(maybe(until(2098))),
  temporarily: fc.infiniteStream(maybe(until(2097))),
});

/** An environment with ends wherever its policies can have some. */
const endingEnvironment = (account: string) =>
  fc.tuple(environment(account), ends).map(([entry, { whole, temporarily }]) =>
    withEachAccess(entry, (access) => {
      if (access.policy === "aws-managed") return access;
      const endings = ((access.without ?? []) as string[]).flatMap((capability) => {
        const [end] = [...temporarily.take(1)];
        return end === undefined ? [] : [{ capability, until: end }];
      });
      const [end] = [...whole.take(1)];
      return defined({ ...access, until: end, temporarily: endings.length > 0 ? endings : undefined }) as Access;
    }),
  );

/** Environment files of one to three environments, whose every value AWS would take. */
export const environmentFile = fc
  .uniqueArray(
    fc.record({ name: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/), account: fc.stringMatching(/^[0-9]{12}$/) }),
    { minLength: 1, maxLength: 3, selector: ({ name }) => name },
  )
  .filter((list) => new Set(list.map(({ account }) => account)).size === list.length)
  .chain((list) =>
    fc.tuple(...list.map(({ account }) => endingEnvironment(account))).map((environments) => ({
      environments: Object.fromEntries(list.map(({ name }, index) => [name, environments[index]])),
    })),
  );
