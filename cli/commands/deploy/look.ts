import { IAMClient } from "@aws-sdk/client-iam";
import type { Environment } from "../../../stacks/environments/environment";
import { otherAccountWords, withSignedIn } from "../../aws/identity";
import type { Lookup } from "../../aws/lookup";
import { missingIn, type State, type StateEdit } from "../../terraform/state";
import { findLeftovers, findNewNames, importableOf, type NewNames, renamesOf, taintedInIam } from "./leftovers";
import { type LiveState, readLiveState, targetsOf } from "./live-state";

/** What differs between AWS and a state, as far as Terraform itself doesn't see it. */
export interface Look extends Pick<LiveState, "differences" | "foreign">, Pick<NewNames, "occupied"> {
  /** What makes the state as AWS is. */
  readonly edits: readonly StateEdit[];
  /** What an interrupted deploy has created although the state doesn't have it: Terraform's IDs, by address. */
  readonly imports: ReadonlyMap<string, string>;
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
  const missing = missingIn(state, resources);
  const [targets, renames, importable] = [
    targetsOf(environment, state, resources),
    renamesOf(environment, state),
    importableOf(environment, missing),
  ];
  const taintedEdits = taintedInIam(environment, state, resources);
  const NOTHING_SEEN: Look = { differences: [], foreign: [], occupied: [], edits: taintedEdits, imports: new Map() };
  const isCertain = targets.length === 0 && renames.length === 0;
  if (isCertain && importable.length === 0) return { known: NOTHING_SEEN };
  return withSignedIn(environment, environment.deployRole, "support-app-deploy", async (signedIn, profile) => {
    if ("unknown" in signedIn) return isCertain ? { known: NOTHING_SEEN } : signedIn;
    const { config, account } = signedIn.known;
    if (account !== environment.account) {
      const { received, expected } = otherAccountWords(signedIn.known, environment.account, profile);
      const message = `received ${received}, expected ${expected}`;
      return isCertain
        ? { known: NOTHING_SEEN }
        : { unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message } };
    }
    const iam = new IAMClient(config);
    const [live, newNames, imports] = await Promise.all([
      readLiveState(config, environment, targets),
      findNewNames(iam, renames),
      findLeftovers(iam, importable, missing),
    ]);
    const unknown = live.unread ?? newNames.unread;
    if (unknown !== undefined) return { unknown };
    const { differences, foreign } = live;
    const edits = [...taintedEdits, ...differences.flatMap(({ edit = [] }) => edit), ...newNames.edits];
    return { known: { differences, foreign, occupied: newNames.occupied, edits, imports } };
  });
}
