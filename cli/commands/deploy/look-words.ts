import { describe } from "../../../common/problem";
import { accessWords } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import type { Orphan, Unseen } from "../../aws/orphans";
import { orphanWords, unseenWords } from "../../findings/orphan-words";
import type { ForeignChannel, LiveDifference } from "./live-state";
import type { Look } from "./look";
import type { ChangeKind } from "./terraform-run";

/** What a look has found, in lines. */
export function lookLines(
  environment: Environment,
  { differences, orphans, unseen }: Pick<Look, "differences" | "orphans" | "unseen">,
): string[] {
  return [
    ...differences.map(differenceLine),
    ...(orphans.length > 0 ? [orphansLine(environment, orphans)] : []),
    ...unseen.map(unseenLine),
  ];
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

/** What no deploy of an environment changes or removes, and what to do. */
function orphansLine({ name }: Pick<Environment, "name">, orphans: readonly Orphan[]): string {
  const isAny = (isChannel: boolean) => orphans.some(({ kind }) => (kind === "channel") === isChannel);
  return [
    `AWS has what neither environments.yaml nor the state of ${name} has: ${orphans.map(orphanWords).join("; ")}.`,
    "People in a channel with such a role have its access, and a deploy doesn't change that.",
    ...(isAny(true) ? [`What to do about a channel: npx support-app doctor ${name}.`] : []),
    ...(isAny(false)
      ? [
          "To remove a role, add its access level, deploy, which takes it over, then remove the level and deploy again. If somebody else manages it, set other-channels: true.",
        ]
      : []),
  ].join(" ");
}

/** That a command that did all it could has left something. */
export function orphansMessage({ name }: Pick<Environment, "name">, orphans: readonly Orphan[]): string {
  return `AWS isn't as environments.yaml says for ${name}: it also has ${orphans.map(orphanWords).join("; ")}. See above what to do.`;
}

/** Why nothing can be removed by a state that doesn't have it. */
export function lostMessage(
  { name, retired }: Pick<Environment, "name" | "retired">,
  kind: ChangeKind,
  orphans: readonly Orphan[],
): string {
  const [removal, start, end] =
    kind === "destroy" || !retired
      ? ["A destroy", "deploy", "destroy it again"]
      : ["A retirement", "remove retired: true and deploy", "retire it again"];
  return `AWS has what the state of ${name} doesn't have: ${orphans.map(orphanWords).join("; ")}. ${removal} would leave all of it there, and people would keep their access. If the state is somewhere else, such as on another machine or at a former place, use that state. Otherwise, ${start}, which takes over what AWS has, then ${end}.`;
}

function unseenLine(unseen: Unseen): string {
  return `Can't see whether AWS has more under the environment's names, in ${unseenWords(unseen)}: ${unseen.failure.message}.`;
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
