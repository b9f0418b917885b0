import { addressOfLevel } from "../../../modules/support-app/model/access-level";
import type { Capability } from "../../../modules/support-app/model/capability";
import { capabilitiesInWords, endChangeWords } from "../../terminal/until-words";
import { zipByKey } from "../../terminal/zip-by-key";
import type { RoleAccess } from "../../terraform/access";
import { type ChannelChange, compareAccess, type RoleChange, verdictOf } from "../../terraform/access-changes";
import {
  type CapabilityChanges,
  capabilitiesOfRole,
  capabilityChanges,
  endsOfRole,
} from "../../terraform/capability-changes";
import { needsApproval } from "../../terraform/verdict";
import { type AccessDocument, accessOf, type PublishedAccess, type PublishedEnvironment } from "./access-document";

/** A change since an earlier publication, as a sentence in plain text. */
export interface Change {
  readonly environment: string;
  readonly text: string;
  /** Whether somebody can, or may be able to, do more. */
  readonly gives: boolean;
}

/** The change of an environment. */
type UnnamedChange = Omit<Change, "environment">;

const gives = (text: string): UnnamedChange => ({ gives: true, text });
const takes = (text: string): UnnamedChange => ({ gives: false, text });

type Access = Pick<PublishedEnvironment, "account" | "accesses" | "channels">;
const NOWHERE: Access = { account: "", accesses: [], channels: [] };

/** The changes of access between two publications, environment by environment. */
export function changesSince(before: AccessDocument, after: AccessDocument): Change[] {
  const byName = ({ environments }: AccessDocument) => new Map(environments.map((one) => [one.name, one]));
  return zipByKey(byName(before), byName(after)).flatMap(([environment, old = NOWHERE, now = NOWHERE]) =>
    environmentChanges(old, now).map((change) => ({ environment, ...change })),
  );
}

function environmentChanges(before: Access, after: Access): UnnamedChange[] {
  const changes = compareAccess(accessOf(before), accessOf(after));
  const isOtherAccount = before.account !== after.account && before.account !== "" && after.account !== "";
  const published = ({ accesses }: Access, role: string) =>
    accesses.find(({ access }) => addressOfLevel(access) === role);
  return [
    ...(isOtherAccount ? [gives(`The account changes: ${before.account} → ${after.account}.`)] : []),
    ...changes.roles.flatMap((change) =>
      roleChanges(change, published(before, change.movedFrom ?? change.role), published(after, change.role)),
    ),
    ...changes.channels.flatMap(channelChanges),
  ];
}

function channelChanges(change: ChannelChange): UnnamedChange[] {
  const { before, after } = change;
  if (!after) return before ? [takes(`#${before.name} is removed.`)] : [];
  if (!before) return [gives(`#${after.name} is added, with ${canWords(after.access)}.`)];
  const isRenamed = before.name !== after.name;
  return [
    ...(isRenamed ? [takes(`#${before.name} is now called #${after.name}.`)] : []),
    ...peopleChanges(`People in #${after.name}`, change),
  ];
}

function roleChanges(
  { before, after, permissions, trust }: RoleChange,
  old: PublishedAccess | undefined,
  now: PublishedAccess | undefined,
): UnnamedChange[] {
  if (!after || !now) return before ? [takes(`The role ${before.name} is removed.`)] : [];
  if (!before || !old) return [gives(`The role ${after.name} is added, with ${canWords(after)}.`)];
  const role = `The role ${after.name}`;
  const [could, can] = [capabilitiesOfRole(before), capabilitiesOfRole(after)];
  const capabilities = peopleChanges(`Channels that were configured by hand with ${after.name}`, {
    ...capabilityChanges(before, after),
    lost: could.filter((one) => !can.includes(one)),
  });
  const policy = verdictOf(permissions);
  const boundaries = `${before.boundary ?? "none"} → ${after.boundary ?? "none"}`;
  const changes: (false | UnnamedChange)[] = [
    old.roleArn !== now.roleArn &&
      gives(
        `The role ${old.roleArn} is replaced by ${now.roleArn}. A channel that was configured by hand keeps the old one, which is removed.`,
      ),
    old.policySource !== now.policySource && gives(`${role} has ${WHOSE[now.policySource]}.`),
    capabilities.length === 0 &&
      policy !== "unchanged" && {
        gives: needsApproval(policy),
        text: `${role} has a different policy with the same capabilities.`,
      },
    needsApproval(verdictOf(trust)) && gives(`${role} may be assumed in more cases.`),
    trust.lost.length > 0 &&
      takes(`${role} may be assumed in fewer cases: the Support App may no longer work with it.`),
    before.boundary !== after.boundary && {
      gives: before.boundary !== undefined,
      text: `${role} has a different permissions boundary: ${boundaries}.`,
    },
  ];
  return [...changes.filter((change) => change !== false), ...capabilities];
}

const WHOSE: Readonly<Record<PublishedAccess["policySource"], string>> = {
  "aws-managed": "an AWS managed policy now, which AWS may change",
  "customer-managed": "a customer managed policy now, instead of AWS's own",
};

function peopleChanges(who: string, { gained, lost, shortened = [], ends }: CapabilityChanges): UnnamedChange[] {
  const listed = (all: readonly Capability[], isGiven: boolean) =>
    all
      .map((capability) => {
        const end = endChangeWords(ends?.before[capability], ends?.after[capability], isGiven);
        return end === "" ? capability : `${capability} (${end})`;
      })
      .join(", ");
  return [
    ...(gained.length > 0 ? [gives(`${who} gain ${listed(gained, true)}.`)] : []),
    ...(lost.length > 0 ? [takes(`${who} lose ${listed(lost, false)}.`)] : []),
    ...(shortened.length > 0 ? [takes(`${who} keep for a shorter time than before ${listed(shortened, true)}.`)] : []),
  ];
}

function canWords(role: RoleAccess): string {
  return capabilitiesInWords(capabilitiesOfRole(role), endsOfRole(role));
}
