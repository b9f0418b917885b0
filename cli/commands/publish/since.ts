import { zipByKey } from "../../../common/zip-by-key";
import type { Capability } from "../../../modules/support-app/model/capability";
import { addressOfOwner } from "../../../modules/support-app/model/team";
import { capabilitiesInWords, endChangeWords } from "../../iam/until-words";
import { type ChannelChange, compareAccess, type RoleChange, verdictOf } from "../../terraform/access-changes";
import { capabilitiesOfRole, capabilityChanges, endsOfRole } from "../../terraform/capability-changes";
import type { RoleAccess } from "../../terraform/environment-access";
import { needsApproval } from "../../terraform/verdict";
import { type AccessDocument, type PublishedAccess, type PublishedRoles, publishedAccess } from "./access-document";

/** A change since an earlier publication, as a sentence in plain text. */
export interface PublicationChange {
  readonly environment: string;
  readonly text: string;
  /** Whether somebody can, or may be able to, do more. */
  readonly gives: boolean;
}

/** The change of an environment. Undefined: there is none of this kind. */
type Sentence = readonly [gives: boolean, text: string] | false;

const NOWHERE: PublishedRoles = { account: "", accesses: [], channels: [] };

/** The changes of access between two publications, environment by environment. */
export function changesSince(before: AccessDocument, after: AccessDocument): PublicationChange[] {
  const byName = ({ environments }: AccessDocument) =>
    new Map(environments.map((environment) => [environment.name, environment]));
  return zipByKey(byName(before), byName(after)).flatMap(([environment, old = NOWHERE, now = NOWHERE]) =>
    environmentSentences(old, now).flatMap((sentence) =>
      sentence ? [{ environment, gives: sentence[0], text: sentence[1] }] : [],
    ),
  );
}

function environmentSentences(before: PublishedRoles, after: PublishedRoles): Sentence[] {
  const changes = compareAccess(publishedAccess(before), publishedAccess(after));
  const isOtherAccount = before.account !== after.account && before.account !== "" && after.account !== "";
  const publishedRole = ({ accesses }: PublishedRoles, role: string) =>
    accesses.find((access) => addressOfOwner(access) === role);
  return [
    isOtherAccount && [true, `The account changes: ${before.account} → ${after.account}.`],
    ...changes.roles.flatMap((change) =>
      roleSentences(change, publishedRole(before, change.role), publishedRole(after, change.role)),
    ),
    ...changes.channels.flatMap(channelSentences),
  ];
}

function channelSentences({ before, after }: ChannelChange): Sentence[] {
  if (!after) return [[false, `#${before?.name} is removed.`]];
  if (!before) return [[true, `#${after.name} is added, with ${canWords(after.access)}.`]];
  return [
    before.name !== after.name && [false, `#${before.name} is now called #${after.name}.`],
    ...peopleChanges(`People in #${after.name}`, before.access, after.access),
  ];
}

function roleSentences(
  { before, after, permissions, trust, capabilities }: RoleChange,
  old: PublishedAccess | undefined,
  now: PublishedAccess | undefined,
): Sentence[] {
  if (!after || !now) return [[false, `The role ${before?.name} is removed.`]];
  if (!before || !old) return [[true, `The role ${after.name} is added, with ${canWords(after)}.`]];
  const role = `The role ${after.name}`;
  const people = peopleChanges(`Channels that were configured by hand with ${after.name}`, before, after);
  const policy = verdictOf(permissions);
  const boundaries = `${before.boundary ?? "none"} → ${after.boundary ?? "none"}`;
  return [
    old.roleArn !== now.roleArn && [
      true,
      `The role ${old.roleArn} is replaced by ${now.roleArn}. A channel that was configured by hand keeps the old one, which is removed.`,
    ],
    old.policySource !== now.policySource && [
      true,
      `${role} has ${now.policySource === "aws-managed" ? "an AWS managed policy now, which AWS may change" : "a customer managed policy now, instead of AWS's own"}.`,
    ],
    people.every((sentence) => !sentence) &&
      policy !== "unchanged" && [needsApproval(policy), `${role} has a different policy with the same capabilities.`],
    needsApproval(verdictOf(trust)) && [true, `${role} may be assumed in more cases.`],
    trust.lost.length > 0 && [
      false,
      `${role} may be assumed in fewer cases: the Support App may no longer work with it.`,
    ],
    before.boundary !== after.boundary && [
      before.boundary !== undefined,
      `${role} has a different permissions boundary: ${boundaries}.`,
    ],
    ...(capabilities ? people : []), // otherwise, a channel in the code gains and loses the same
  ];
}

/** What people can do only under conditions counts as lost. */
function peopleChanges(people: string, before: RoleAccess, after: RoleAccess): Sentence[] {
  const { gained, shortened = [], ends } = capabilityChanges(before, after);
  const capabilitiesAfter = capabilitiesOfRole(after);
  const lost = capabilitiesOfRole(before).filter((capability) => !capabilitiesAfter.includes(capability));
  const listWords = (capabilities: readonly Capability[], isGiven: boolean) => {
    const endOf = (capability: Capability) =>
      endChangeWords(ends?.before[capability], ends?.after[capability], isGiven);
    return capabilities
      .map((capability) => (endOf(capability) === "" ? capability : `${capability} (${endOf(capability)})`))
      .join(", ");
  };
  return [
    gained.length > 0 && [true, `${people} gain ${listWords(gained, true)}.`],
    lost.length > 0 && [false, `${people} lose ${listWords(lost, false)}.`],
    shortened.length > 0 && [false, `${people} keep for a shorter time than before ${listWords(shortened, true)}.`],
  ];
}

function canWords(role: RoleAccess): string {
  return capabilitiesInWords(capabilitiesOfRole(role), endsOfRole(role));
}
