import type { Environment } from "../../../../stacks/environments/environment";
import { onlyInAccount, removeChannelCommand } from "../../../aws/aws-cli";
import type { Orphan, Orphans } from "../../../aws/orphans";
import { type Draft, manualFix, unhealthy } from "../../../findings/finding";
import { orphanWords, unseenWords } from "../../../findings/orphan-words";
import { deployFix, type Outcome, unknownFinding } from "../check";

const EXPECTED = "nothing of the retired environment";

/** What AWS has left of a retired environment, in its state or not. */
export function retiredOutcome(environment: Environment, { orphans, unseen }: Orphans): Outcome {
  const unknown = unseen.map((hidden) => {
    const location = { resource: unseenWords(hidden), about: [hidden.kind, hidden.name] };
    return unknownFinding(location, EXPECTED, hidden.failure);
  });
  return { findings: [...orphans.map((orphan) => orphanDraft(environment, orphan)), ...unknown] };
}

function orphanDraft(environment: Environment, orphan: Orphan): Draft {
  const { kind, id, region } = orphan;
  const location = { resource: orphanWords(orphan), about: [kind, ...(region === undefined ? [] : [region]), id] };
  if (region !== undefined && region !== environment.region) {
    const place = { account: environment.account, region };
    const fix = manualFix("Remove its configuration:", onlyInAccount(place, removeChannelCommand(place, id)));
    return unhealthy(location, EXPECTED, "configured", fix);
  }
  const text =
    "Deploy the environment, which removes it or, if its state doesn't have it, says how to take it over first.";
  return unhealthy(location, EXPECTED, "it is there", deployFix(environment, text));
}
