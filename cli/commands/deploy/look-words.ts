import { describe } from "../../../common/problem";
import { accessWords } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import type { ForeignChannel, LiveDifference } from "./live-state";

/** What differs between AWS and the state. @param isDeploy whether it becomes part of the state now */
export function differenceLine(
  { address, identifier, inState, properties }: LiveDifference,
  isDeploy: boolean,
): string {
  const placeWords = `${address} (${identifier})`;
  const next = (diff: string) =>
    isDeploy ? "The plan is made from what AWS has, which a deploy puts into the state first." : `A deploy ${diff}.`;
  if (inState === "gone") return `AWS doesn't have ${placeWords}, which is in the state. A deploy creates it again.`;
  if (inState === "missing") return `AWS has ${placeWords}, which isn't in the state. ${next("takes it over")}`;
  if (inState === "tainted")
    return `AWS has ${placeWords}, which the state has as incomplete. ${next("takes it over")}`;
  const words = properties.map(
    ({ name, live, stated: statedValue }) => `${name} is ${describe(live)}, not ${describe(statedValue)}`,
  );
  return `AWS has other settings of ${placeWords} than the state: ${words.join("; ")}. ${next("corrects it")}`;
}

/** A channel that may be somebody else's, and what to do. */
export function foreignMessage(
  { name }: Pick<Environment, "name">,
  { address, identifier, liveRole, channel }: ForeignChannel,
): string {
  const subject = `AWS has a configuration of the channel ${identifier}, with the role ${describe(liveRole)}`;
  if (channel === undefined)
    return `${subject}. An interrupted deploy may have created it, but ${name} in environments.yaml doesn't have it, so it may be somebody else's. If nobody needs it, delete it in the AWS Support Center Console. Then run terraform -chdir=cdktf.out/stacks/${name} state rm ${address}, and deploy again.`;
  return `${subject}, which the state of ${name} doesn't have, or only as incomplete, so somebody else may have made it. To take it over, set adopt: true for #${channel.name}: a deploy then gives it the role of ${accessWords(channel)}, in place. Otherwise, delete it in the AWS Support Center Console, and deploy again.`;
}

/** A new name of a role or policy that something else may have. @param occupied name of a role, or ARN of a policy */
export function occupiedMessage({ name }: Pick<Environment, "name">, occupied: string): string {
  return `The new name ${describe(occupied)} in ${name} exists in AWS already, and isn't as an interrupted deploy leaves it, so somebody else may have created it. Choose another name, or delete it if nobody needs it, and deploy again.`;
}
