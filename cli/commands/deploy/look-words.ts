import { describe } from "../../../common/problem";
import { accessWords } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import type { ForeignChannel, LiveDifference, LiveState, StrayChannel } from "./live-state";

/** What a look has found, in lines. */
export function lookLines(
  environment: Pick<Environment, "name" | "retired">,
  { differences, strays }: Pick<LiveState, "differences" | "strays">,
): string[] {
  return [...differences.map(differenceLine), ...strays.map((stray) => strayLine(environment, stray))];
}

/** What differs between AWS and the state. */
function differenceLine({ address, identifier, inState, properties }: LiveDifference): string {
  const placeWords = `${address} (${identifier})`;
  const next = "The plan is made from what AWS has, which a deploy puts into the state first.";
  if (inState === "gone") return `AWS doesn't have ${placeWords}, which is in the state. A deploy creates it again.`;
  if (inState === "missing") return `AWS has ${placeWords}, which isn't in the state. ${next}`;
  if (inState === "tainted") return `AWS has ${placeWords}, which the state has as incomplete. ${next}`;
  const words = properties.map(({ name, live, expected }) => `${name} is ${describe(live)}, not ${describe(expected)}`);
  return `AWS has other settings of ${placeWords} than the state: ${words.join("; ")}. ${next}`;
}

/** A channel that a deploy doesn't change, and where to read what to do. */
function strayLine(
  { name, retired }: Pick<Environment, "name" | "retired">,
  { identifier, role }: StrayChannel,
): string {
  const subject = `The channel ${identifier} is configured in AWS with the role ${describe(role)}, but isn't in ${name} of environments.yaml`;
  if (retired)
    return `${subject}. A deploy removes the role and leaves the configuration: delete it in the AWS Support Center Console.`;
  return `${subject}. People in the channel have the role's access, and a deploy doesn't change that. What to do: npx support-app doctor ${name}`;
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
