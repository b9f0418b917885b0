import { MAX_CHANNELS } from "../../../modules/support-app/model/limits";
import { SUPPORT_APP_SERVICE } from "../../../modules/support-app/model/policy-statements";
import { REGIONS, type Region } from "../../../stacks/environments/environments-schema";
import { listed } from "../../../stacks/listed";
import { adviceFor, ONE_REGION_ADVICE } from "../../aws/advice";
import { onlyInAccount, removeChannelCommand } from "../../aws/commands";
import { unsupportedWords } from "../../aws/live-document";
import { knownOf, type Lookup, type LookupFailure } from "../../aws/lookup";
import { type RoleJudgement, unlessLimited } from "../../aws/role-judgement";
import { abilityWords, actionsWords, isEverything } from "../../iam/ability-words";
import { endsIn } from "../../iam/condition";
import type { Targets } from "../../iam/policy";
import { strangersWords } from "../../iam/right-words";
import type { Danger, DangerKind } from "../../reports/audit-report";
import { endWords } from "../../terminal/until-words";
import type { AccountRead } from "./read-account";

/** A channel of an account, with what is known of it. */
export interface ChannelPlace {
  readonly region: string;
  /** Cloud Control's identifier. */
  readonly identifier: string;
  readonly about: readonly string[];
  readonly words: string;
  /** ARN of its role. */
  readonly role: Lookup<string>;
}

export function danger(
  kind: DangerKind,
  about: readonly string[],
  found: string,
  fix: string,
  commands: readonly string[] = [],
): Danger {
  return { kind, about: [...about], found, fix, commands: [...commands] };
}

/** A role that the Support App may be able to assume, and what is concluded from it. */
export interface JudgedRole {
  readonly name: string;
  readonly arn: string;
  readonly judgement: RoleJudgement;
}

/** Everything in an account that couldn't be read. What is the same in several regions is one. */
export function unknownIn(
  read: AccountRead,
  roles: readonly JudgedRole[],
  channels: readonly ChannelPlace[],
): Danger[] {
  const ofRoles = roles.flatMap(({ judgement }) => judgement.unread.map((unknown) => ({ unknown })));
  const all: readonly { readonly region?: string; readonly lookup: Lookup<unknown> }[] = [
    ...[read.roles, ...ofRoles].map((lookup) => ({ lookup })),
    ...read.regions.flatMap(({ region, ...of }) => Object.values(of).map((lookup) => ({ region, lookup }))),
    ...channels.map(({ region, role }) => ({ region, lookup: role })),
  ];
  const failed = all.flatMap(({ region, lookup }) => ("unknown" in lookup ? [{ ...lookup.unknown, region }] : []));
  const messages = new Map(failed.map((one) => [`${one.action} ${one.message}`, one]));
  return [...messages].map(([message, failure]) => {
    const alike = failed.filter((one) => `${one.action} ${one.message}` === message);
    return unknown(failure, [...new Set(alike.flatMap(({ region = [] }) => region))]);
  });
}

/** Something that couldn't be read. @param regions in which. Empty: in all of the account */
export function unknown(failure: LookupFailure, regions: readonly string[] = []): Danger {
  const { text, commands } = adviceFor(failure, "audit");
  const message = failure.message.replace(/\.$/, "");
  const about = ["account", failure.action];
  if (regions.length === 0) return danger("unknown", about, `${message}.`, text, commands);
  const orElse = "If nobody uses the Support App there, choose the other regions with --region.";
  return danger("unknown", about, `${message} (${regions.join(", ")}).`, `${text} ${orElse}`, commands);
}

/** What to do about the dangers of a role. */
const FIXES = {
  unknown: "Look at the role in the IAM console, and rewrite what is unsupported.",
  administrators:
    "Detach those of its policies that allow more, or give the channels another role. If nobody needs the role, delete it.",
  "open-trust": `Remove everybody but ${SUPPORT_APP_SERVICE} from its trust policy. If others need the role, give the channels a role of their own.`,
  "writes-as-read-only":
    "Detach the policies that allow it, or give the channels a role whose name says what they can do.",
  "no-channel": "Delete the role if nobody needs it, or remove the Support App from its trust policy.",
  ended: "Remove what has ended, so that nobody extends it unnoticed.",
} as const;

/** What people with a role can do, in a clause. @param can such as `people in it can` */
function abilityClause({ ability }: RoleJudgement, can: string): string {
  return ability ? `${can} ${abilityWords(ability)}` : `what ${can} do is unknown`;
}

/** How much a role gives beyond AWSSupportAppFullAccess, and whether people in a channel have it. */
export function rankOf(excess: readonly Targets[], isInUse: boolean): NonNullable<Danger["rank"]> {
  const actions = [...new Set(excess.flatMap(({ not, patterns }) => (not ? [] : patterns)))];
  const services = new Set(actions.map((action) => action.split(":")[0]));
  const beyond = excess.some(isEverything)
    ? "everything"
    : excess.some(({ not }) => not)
      ? "everything-except"
      : actions.some((action) => /^[^:]+:\*+$/.test(action))
        ? "whole-services"
        : actions.length > 0
          ? "actions"
          : "nothing";
  return { isInUse, beyond, services: services.size, actions: actions.length };
}

/**
 * The dangers of a role that the Support App may assume.
 *
 * @param searched the regions of which these are all channels. Undefined: some channels aren't known
 * @param now as `2027-01-01T00:00:00Z`
 */
export function roleDangers(
  { name, arn, judgement }: JudgedRole,
  account: string,
  channels: readonly ChannelPlace[],
  searched: readonly Region[] | undefined,
  now: string,
): Danger[] {
  const users = channels.filter((one) => knownOf(one.role) === arn).map(({ words }) => words);
  const unreadChannels = searched ? "" : "channels that couldn't be read, or in ";
  const who = `People in ${listed(users, MAX_CHANNELS) || `${unreadChannels}any channel that is given it`}`;
  const { excess, spell, unreadable, canWrite } = judgement;
  const statements = judgement.policies.flatMap(({ policy }) => policy.statements);
  const names = judgement.policies.map((policy) => policy.name);
  const readOnly = [name, ...names].find((text) => /read[-_.]?only/i.test(text));
  const others = strangersWords(judgement.strangers, account);
  const ends = endsIn(statements.filter(({ effect }) => effect === "Allow")).filter((end) => end <= now);
  const calls = excess.some(isEverything)
    ? "do everything in the account"
    : `call ${actionsWords(excess, spell)}, which AWSSupportAppFullAccess doesn't allow,`;
  const isReadOnlyByName = excess.length === 0 && readOnly !== undefined;
  const isUnused = excess.length === 0 && users.length === 0 && searched !== undefined;
  const where = isUnused && searched.length < REGIONS.length ? `in ${searched.join(", ")} ` : "";
  const found: Partial<Record<DangerKind, string | false>> = {
    unknown: unreadable.length > 0 && `In the role ${name}, ${unsupportedWords(unreadable)}.`,
    administrators:
      excess.length > 0 &&
      `${who} can ${calls} with the role ${name} (its policies: ${names.join(", ")})${unlessLimited(judgement)}.`,
    "open-trust": others.length > 0 && `${others.join("; ")} may assume the role ${name}, too.`,
    "writes-as-read-only":
      isReadOnlyByName &&
      canWrite &&
      `${who} can ${judgement.ability ? abilityWords(judgement.ability) : "write"} with the role ${name}, although ${readOnly} says read-only.`,
    "no-channel":
      isUnused &&
      `No channel ${where}has the role ${name}. Whoever may configure channels can give it to one, and ${abilityClause(judgement, "people in it can then")}.`,
    ended:
      ends.length > 0 && `Policies of the role ${name} have access that ended at ${ends.map(endWords).join(", ")}.`,
  };
  const rank = rankOf(excess, users.length > 0);
  return (Object.keys(FIXES) as (keyof typeof FIXES)[]).flatMap((kind) => {
    const sentence = found[kind];
    return sentence ? [{ ...danger(kind, ["role", name], sentence, FIXES[kind]), rank }] : [];
  });
}

/** A role that anybody may assume under a condition that only a real request decides: perhaps the Support App, too. */
export function openRole({ name, judgement }: JudgedRole): Danger {
  const found = `Anybody may assume the role ${name} under a condition, and perhaps the Support App, too: ${abilityClause(judgement, "people in a channel with it could")}.`;
  const fix = "Name who may assume it in its trust policy, instead of everybody.";
  return { ...danger("open-trust", ["role", name], found, fix), rank: rankOf(judgement.excess, false) };
}

/** The dangers of channels, whatever their roles allow. @param roles that the Support App may be able to assume */
export function channelDangers(channels: readonly ChannelPlace[], account: string, roles: AccountRead["roles"]) {
  const remove = ({ region, identifier }: ChannelPlace) =>
    onlyInAccount({ account, region }, removeChannelCommand({ account, region }, identifier));
  const missing = channels.flatMap((channel) => {
    const { about, words, role } = channel;
    if (!("known" in role && "known" in roles) || roles.known.some(({ arn }) => arn === role.known)) return [];
    const found = `${words} has the role ${role.known}, which doesn't exist or doesn't let the Support App in: people in it can do nothing. Whoever creates a role of that name decides what they can do.`;
    const fix =
      "Give the channel another role in the AWS Support Center Console or, if nobody needs it, remove its configuration:";
    return [danger("missing-role", about, found, fix, [remove(channel)])];
  });
  const repeated = [...new Set(channels.map(({ identifier }) => identifier))].flatMap((identifier) => {
    const places = channels.filter((one) => one.identifier === identifier);
    const [first, ...others] = places;
    if (first === undefined || others.length === 0) return [];
    const where = places.map(({ region, role }) => `${region} with ${knownOf(role) ?? "a role that isn't known"}`);
    const found = `${first.words} is configured in ${where.join(", and in ")}. AWS advises to use one region, since several can conflict.`;
    return [danger("configured-twice", first.about, found, ONE_REGION_ADVICE)];
  });
  return [...missing, ...repeated];
}
