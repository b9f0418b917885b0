import { addressOfLevel } from "../../modules/support-app/access-level";
import type { Capability } from "../../modules/support-app/capability";
import { paired } from "../paired";
import type { RoleAccess } from "../terraform/access";
import { compareAccess } from "../terraform/access-changes";
import {
  type CapabilityChanges,
  capabilitiesOfRole,
  capabilityChanges,
  endsOfRole,
} from "../terraform/capability-changes";
import type { ChannelChange } from "../terraform/channel-changes";
import { type RoleChange, verdictOf } from "../terraform/role-changes";
import { needsApproval } from "../terraform/verdict";
import { capabilitiesInWords, endChangeWords } from "../until-words";
import { type AccessDocument, accessOf, type PublishedAccess, type PublishedEnvironment } from "./access-document";

/** A change since an earlier publication, as a sentence in plain text. */
export interface Change {
  readonly environment: string;
  readonly text: string;
  /** Whether somebody can, or may be able to, do more. */
  readonly gives: boolean;
}

type Said = Omit<Change, "environment">;

const NOWHERE = { account: "", accesses: [], channels: [] };

/** The changes of access between two publications, environment by environment. */
export function changesSince(before: AccessDocument, after: AccessDocument): Change[] {
  const byName = ({ environments }: AccessDocument) => new Map(environments.map((one) => [one.name, one]));
  return paired(byName(before), byName(after)).flatMap(([environment, old, now]) =>
    changesOf(old, now).map((said) => ({ environment, ...said })),
  );
}

function changesOf(old: PublishedEnvironment | undefined, now: PublishedEnvironment | undefined): Said[] {
  const changes = compareAccess(accessOf({ ...NOWHERE, ...old }), accessOf({ ...NOWHERE, ...now }));
  const isOtherAccount = old && now && old.account !== now.account;
  const published = (one: PublishedEnvironment | undefined, role: string) =>
    one?.accesses.find(({ access }) => addressOfLevel(access) === role);
  return [
    ...(isOtherAccount ? [{ gives: true, text: `The account changes: ${old.account} → ${now.account}.` }] : []),
    ...changes.roles.flatMap((change) =>
      roleChanges(change, published(old, change.movedFrom ?? change.role), published(now, change.role)),
    ),
    ...changes.channels.flatMap(channelChanges),
  ];
}

function channelChanges(change: ChannelChange): Said[] {
  const { before, after } = change;
  if (after && !before) {
    const can = canWords(after.access);
    return [{ gives: true, text: `#${after.name} is added, with ${can}.` }];
  }
  if (before && !after) return [{ gives: false, text: `#${before.name} is removed.` }];
  if (!before || !after) return [];
  const renamed =
    before.name === after.name ? [] : [{ gives: false, text: `#${before.name} is now called #${after.name}.` }];
  return [...renamed, ...saidOf(`People in #${after.name}`, change)];
}

function roleChanges(
  { before, after, permissions, trust }: RoleChange,
  old: PublishedAccess | undefined,
  now: PublishedAccess | undefined,
): Said[] {
  if (after && !before) {
    const can = canWords(after);
    return [{ gives: true, text: `The role ${after.name} is added, with ${can}.` }];
  }
  if (before && !after) return [{ gives: false, text: `The role ${before.name} is removed.` }];
  if (!before || !after || !old || !now) return [];
  const role = `The role ${after.name}`;
  const [could, can] = [capabilitiesOfRole(before), capabilitiesOfRole(after)];
  const capabilities = saidOf(`Channels that were configured by hand with ${after.name}`, {
    ...capabilityChanges(before, after),
    lost: could.filter((one) => !can.includes(one)),
  });
  const policy = verdictOf(permissions);
  const [boundary, newBoundary] = [before.boundary ?? "none", after.boundary ?? "none"];
  const changes: (readonly [isSo: boolean, gives: boolean, text: string])[] = [
    [
      old.roleArn !== now.roleArn,
      true,
      `The role ${old.roleArn} is replaced by ${now.roleArn}. A channel that was configured by hand keeps the old one, which is removed.`,
    ],
    [old.policySource !== now.policySource, true, `${role} has ${WHOSE[now.policySource]}.`],
    [
      capabilities.length === 0 && policy !== "unchanged",
      needsApproval(policy),
      `${role} has a different policy with the same capabilities.`,
    ],
    [needsApproval(verdictOf(trust)), true, `${role} may be assumed in more cases.`],
    [
      trust.lost.length > 0,
      false,
      `${role} may be assumed in fewer cases: the Support App may no longer work with it.`,
    ],
    [
      before.boundary !== after.boundary,
      before.boundary !== undefined,
      `${role} has a different permissions boundary: ${boundary} → ${newBoundary}.`,
    ],
  ];
  return [...changes.flatMap(([isSo, gives, text]) => (isSo ? [{ gives, text }] : [])), ...capabilities];
}

const WHOSE: Readonly<Record<PublishedAccess["policySource"], string>> = {
  "aws-managed": "an AWS managed policy now, which AWS may change",
  "customer-managed": "a customer managed policy now, instead of AWS's own",
};

function saidOf(who: string, { gained, lost, shortened = [], ends }: CapabilityChanges): Said[] {
  const listed = (all: readonly Capability[], isGiven: boolean) =>
    all
      .map((capability) => {
        const end = endChangeWords(ends?.before[capability], ends?.after[capability], isGiven);
        return end === "" ? capability : `${capability} (${end})`;
      })
      .join(", ");
  return [
    ...(gained.length > 0 ? [{ gives: true, text: `${who} gain ${listed(gained, true)}.` }] : []),
    ...(lost.length > 0 ? [{ gives: false, text: `${who} lose ${listed(lost, false)}.` }] : []),
    ...(shortened.length > 0
      ? [{ gives: false, text: `${who} keep for a shorter time than before ${listed(shortened, true)}.` }]
      : []),
  ];
}

function canWords(role: RoleAccess): string {
  return capabilitiesInWords(capabilitiesOfRole(role), endsOfRole(role));
}
