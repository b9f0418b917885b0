import { groupByKey } from "../../../common/group-by-key";
import { isSameOwner } from "../../../modules/support-app/model/team";
import { untilWords } from "../../iam/until-words";
import { linesOf } from "../../terminal/markdown";
import type { PublishedAccess, PublishedChannel, PublishedEnvironment } from "./access-document";

/** A channel with its access, or an access that no channel in code has. */
export interface AccessRow {
  readonly channel?: PublishedChannel;
  readonly access: PublishedAccess;
}

/** Who can do what in an environment, a row for each channel, in the order of the accesses. */
export function accessRows({ accesses, channels }: PublishedEnvironment): AccessRow[] {
  return accesses.flatMap((access) => {
    const ownChannels = channels.filter((channel) => isSameOwner(channel, access));
    return ownChannels.length > 0 ? ownChannels.map((channel) => ({ channel, access })) : { access };
  });
}

/** What people can do, what ends apart, with its end. */
export function abilityLines({ capabilities, until }: PublishedAccess): string[] {
  const byEnd = groupByKey(capabilities, (capability) => until?.[capability] ?? "");
  return [...byEnd].map(([end, names]) => `${end === "" ? "" : `${untilWords(end)}: `}${names.join(", ")}`);
}

/** What else decides what people can do. @param asText makes an ARN a part of the text */
export function limitsInWords(
  { permissionsBoundary, policySource }: PublishedAccess,
  asText: (arn: string) => string = String,
): string[] {
  return linesOf(
    permissionsBoundary !== undefined && `less what the boundary ${asText(permissionsBoundary)} takes away`,
    policySource === "aws-managed" && "AWS's own policy, which AWS may change",
  );
}
