import { IAMClient } from "@aws-sdk/client-iam";
import type { Environment } from "../../../stacks/environments/environment";
import { otherAccountWords, withSignedIn } from "../../aws/identity";
import type { Lookup } from "../../aws/lookup";
import type { State, StateEdit } from "../../terraform/state";
import { findLeftovers, iamQuestions, type Leftovers } from "./leftovers";
import { type LiveState, readLiveState, targetsOf } from "./live-state";
import { isRemote } from "./terraform-run";

/** What differs between AWS and a state, as far as Terraform itself doesn't see it. */
export interface Look
  extends Pick<LiveState, "differences" | "foreign" | "strays">,
    Pick<Leftovers, "imports" | "takenOver"> {
  /** What makes the state as AWS is. */
  readonly edits: readonly StateEdit[];
}

/**
 * Looks at AWS as the deployer. If there is nothing that only AWS knows, it isn't asked.
 *
 * @param resources addresses of the stack
 */
export async function lookAtAws(
  environment: Environment,
  state: State | undefined,
  resources: readonly string[],
): Promise<Lookup<Look>> {
  const targets = targetsOf(environment, state, resources);
  const { edits: statedEdits, leaving, ...questions } = iamQuestions(environment, state, resources);
  const unstated = isRemote(environment) ? [] : questions.unstated; // nobody could look at the plan first
  const nothingSeen: Look = {
    ...{ differences: [], foreign: [], strays: [], edits: statedEdits, imports: new Map(), takenOver: new Map() },
  };
  const isCertain = targets.length === 0;
  if (isCertain && unstated.length + leaving.length === 0) return { known: nothingSeen };
  return withSignedIn(environment, environment.deployRole, "support-app-deploy", async (signedIn, profile) => {
    if ("unknown" in signedIn) return isCertain ? { known: nothingSeen } : signedIn;
    const { config, account } = signedIn.known;
    if (account !== environment.account) {
      const { received, expected } = otherAccountWords(signedIn.known, environment.account, profile);
      const message = `received ${received}, expected ${expected}`;
      return isCertain
        ? { known: nothingSeen }
        : { unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message } };
    }
    const [live, leftovers] = await Promise.all([
      readLiveState(config, environment, targets, state),
      findLeftovers(new IAMClient(config), { unstated, leaving }, state),
    ]);
    const { unread, ...liveState } = live;
    if (unread !== undefined) return { unknown: unread };
    const edits = [...statedEdits, ...liveState.differences.flatMap(({ edit = [] }) => edit), ...leftovers.edits];
    return { known: { ...liveState, ...leftovers, edits } };
  });
}
