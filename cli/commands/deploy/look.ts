import { IAMClient } from "@aws-sdk/client-iam";
import type { Environment } from "../../../stacks/environments/environment";
import { otherAccountWords, withSignedIn } from "../../aws/identity";
import type { Lookup } from "../../aws/lookup";
import { findOrphans, type Orphan, type Orphans } from "../../aws/orphans";
import { hasNames, type Instance, instancesIn, type State, type StateEdit } from "../../terraform/state";
import { findLeftovers, iamQuestions, type Leftovers } from "./leftovers";
import { type LiveState, readLiveState, targetsOf } from "./live-state";
import { isRemote } from "./terraform-run";

/** What differs between AWS and a state, as far as Terraform itself doesn't see it. */
export interface Look
  extends Pick<LiveState, "differences" | "foreign">,
    Pick<Leftovers, "imports" | "takenOver">,
    Orphans {
  /** What makes the state as AWS is. */
  readonly edits: readonly StateEdit[];
  /** What a removal would leave, since the state doesn't have it. A channel alone can do nothing once its role is gone. */
  readonly lost: readonly Orphan[];
}

/**
 * Looks at AWS as the deployer.
 *
 * @param resources addresses of the stack
 * @param isRemoved whether nothing of the environment is to stay
 */
export async function lookAtAws(
  environment: Environment,
  state: State | undefined,
  resources: readonly string[],
  isRemoved: boolean,
): Promise<Lookup<Look>> {
  const targets = targetsOf(environment, state, resources);
  const { edits: statedEdits, leaving, ...questions } = iamQuestions(environment, state, resources);
  const unstated = isRemote(environment) ? [] : questions.unstated; // nobody could look at the plan first
  const instances = instancesIn(state);
  const keeping = {
    isRemoved,
    isStated: (kind: Orphan["kind"], name: string) => instances.some((instance) => isNamed(instance, kind, name)),
    statedRoles: instances.flatMap(({ attributes: { arn } }) => (typeof arn === "string" ? arn : [])),
  };
  return withSignedIn(environment, environment.deployRole, "support-app-deploy", async (signedIn, profile) => {
    if ("unknown" in signedIn) return signedIn;
    const { config, account } = signedIn.known;
    if (account !== environment.account) {
      const { received, expected } = otherAccountWords(signedIn.known, environment.account, profile);
      const message = `received ${received}, expected ${expected}`;
      return { unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message } };
    }
    const [live, leftovers, search] = await Promise.all([
      readLiveState(config, environment, targets),
      findLeftovers(new IAMClient(config), { unstated, leaving }, state),
      findOrphans(config, environment, keeping),
    ]);
    const { unread, ...liveState } = live;
    if (unread !== undefined) return { unknown: unread };
    const { orphans, unseen } = search;
    const decisive = unseen.find(({ isDecisive }) => isDecisive);
    if (decisive !== undefined) return { unknown: decisive.failure };
    const isLost = ({ kind, role }: Orphan) =>
      isRemoved && (kind !== "channel" || orphans.some(({ id }) => id === role));
    const edits = [...statedEdits, ...liveState.differences.flatMap(({ edit = [] }) => edit), ...leftovers.edits];
    const [lost, remaining] = [orphans.filter(isLost), orphans.filter((orphan) => !isLost(orphan))];
    return { known: { ...liveState, ...leftovers, edits, lost, orphans: remaining, unseen } };
  });
}

/** The attribute with which a state names an orphan, by the type of the resource. */
const NAMED_BY: Readonly<Record<Orphan["kind"], readonly [type: string, attribute: string]>> = {
  role: ["aws_iam_role", "name"],
  policy: ["aws_iam_policy", "id"],
  channel: ["aws_cloudcontrolapi_resource", "id"],
  workspace: ["aws_cloudcontrolapi_resource", "id"],
  "account-alias": ["aws_cloudcontrolapi_resource", "id"],
};

function isNamed({ address, attributes }: Instance, kind: Orphan["kind"], name: string): boolean {
  const [type, attribute] = NAMED_BY[kind];
  return address.startsWith(`${type}.`) && hasNames(attributes, { [attribute]: name });
}
