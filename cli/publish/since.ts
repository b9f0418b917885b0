import { CAPABILITIES, type Capability } from "../../modules/support-app/capability";
import { compare } from "../review/compare";
import { readDocument, type Statement } from "../review/policy";
import type {
  AccessDocument,
  PolicyDocument,
  PublishedAccess,
  PublishedChannel,
  PublishedEnvironment,
} from "./access-document";

/** What changed for somebody since an earlier publication, as a sentence in plain text. */
export interface Change {
  readonly environment: string;
  readonly text: string;
  /** Whether somebody can do more, or it isn't known that nobody can. */
  readonly gives: boolean;
}

type Said = Omit<Change, "environment">;

/** What access changed between two publications, environment by environment. */
export function changesSince(before: AccessDocument, after: AccessDocument): Change[] {
  const name = (environment: PublishedEnvironment) => environment.name;
  return paired(before.environments, after.environments, name).flatMap(([environment, old, now]) =>
    changesOf(old, now).map((said) => ({ environment, ...said })),
  );
}

function changesOf(old: PublishedEnvironment | undefined, now: PublishedEnvironment | undefined): Said[] {
  const account = old && now && old.account !== now.account;
  const access = (one: PublishedAccess) => one.access;
  const place = ({ workspace, channel }: PublishedChannel) => `${workspace} ${channel}`;
  return [
    ...(account ? [{ gives: true, text: `The account ${old.account} becomes ${now.account}.` }] : []),
    ...paired(old?.accesses ?? [], now?.accesses ?? [], access).flatMap(([, was, is]) => roleChanges(was, is)),
    ...paired(old?.channels ?? [], now?.channels ?? [], place).flatMap(([, was, is]) => channelChanges(was, is)),
  ];
}

function channelChanges(old: PublishedChannel | undefined, now: PublishedChannel | undefined): Said[] {
  if (now && !old) return [{ gives: true, text: `#${now.name} comes, with ${now.capabilities.join(", ")}.` }];
  if (old && !now) return [{ gives: false, text: `#${old.name} goes.` }];
  if (!old || !now) return [];
  const renamed = old.name === now.name ? [] : [{ gives: false, text: `#${old.name} is called #${now.name}.` }];
  return [...renamed, ...capabilityChanges(`People in #${now.name}`, old.capabilities, now.capabilities)];
}

function roleChanges(old: PublishedAccess | undefined, now: PublishedAccess | undefined): Said[] {
  if (now && !old) {
    return [{ gives: true, text: `The role ${nameOf(now)} comes, with ${now.capabilities.join(", ")}.` }];
  }
  if (old && !now) return [{ gives: false, text: `The role ${nameOf(old)} goes.` }];
  if (!old || !now) return [];
  const role = `The role ${nameOf(now)}`;
  const policy = compare(statementsOf(old.policy), statementsOf(now.policy));
  const trust = compare(statementsOf(old.trust), statementsOf(now.trust));
  const capabilities = capabilityChanges(
    `Channels that were configured by hand with ${nameOf(now)}`,
    old.capabilities,
    now.capabilities,
  );
  const [boundary, newBoundary] = [old.permissionsBoundary ?? "none", now.permissionsBoundary ?? "none"];
  const changes: (readonly [isSo: boolean, gives: boolean, text: string])[] = [
    [
      old.roleArn !== now.roleArn,
      true,
      `The role ${old.roleArn} is replaced by ${now.roleArn}. A channel that was configured by hand keeps the old one, which goes.`,
    ],
    [old.policySource !== now.policySource, true, `${role} has ${WHOSE[now.policySource]}.`],
    [
      capabilities.length === 0 && policy.gained.length + policy.lost.length > 0,
      policy.gained.length > 0,
      `${role} has another policy with the same capabilities.`,
    ],
    [trust.gained.length > 0, true, `${role} may be assumed in more cases.`],
    [
      trust.lost.length > 0,
      false,
      `${role} may be assumed in fewer cases: the Support App may no longer work with it.`,
    ],
    [
      boundary !== newBoundary,
      boundary !== "none",
      `${role} has another permissions boundary: ${boundary} becomes ${newBoundary}.`,
    ],
  ];
  return [...changes.flatMap(([isSo, gives, text]) => (isSo ? [{ gives, text }] : [])), ...capabilities];
}

const WHOSE: Readonly<Record<PublishedAccess["policySource"], string>> = {
  "aws-managed": "AWS's own policy now, which AWS may change",
  "customer-managed": "a policy of the account now, in place of AWS's own",
};

function capabilityChanges(who: string, old: readonly Capability[], now: readonly Capability[]): Said[] {
  const gained = CAPABILITIES.filter((one) => now.includes(one) && !old.includes(one));
  const lost = CAPABILITIES.filter((one) => old.includes(one) && !now.includes(one));
  return [
    ...(gained.length > 0 ? [{ gives: true, text: `${who} gain ${gained.join(", ")}.` }] : []),
    ...(lost.length > 0 ? [{ gives: false, text: `${who} lose ${lost.join(", ")}.` }] : []),
  ];
}

/** What stands under the same key before and after, in the order of the keys. */
function paired<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (one: T) => string,
): [key: string, old: T | undefined, now: T | undefined][] {
  const [old, now] = [before, after].map((all) => new Map(all.map((one) => [keyOf(one), one])));
  const keys = [...new Set([...before, ...after].map(keyOf))].sort();
  return keys.map((key) => [key, old?.get(key), now?.get(key)]);
}

function nameOf({ roleArn }: PublishedAccess): string {
  return roleArn.slice(roleArn.lastIndexOf("/") + 1);
}

function statementsOf(document: PolicyDocument): readonly Statement[] {
  return readDocument(JSON.stringify(document)).statements;
}
