import { textOf } from "../../../../common/json";
import type { AssumedRole } from "../../../../stacks/environments/environment";
import { code, linesOf } from "../../../terminal/markdown";
import type { AwsProvider, Backend, MovedFrom, StateChange } from "../state-changes";
import { changeWords } from "./phrases";

/** What changes around the access, in words. */
export function stateWords(change: StateChange): string {
  switch (change.kind) {
    case "account":
      return `${changeWords("The account", code(change.before), code(change.after))} ${moveWords("account", "roles, channels and registrations", change.from)}`;
    case "backend":
      if (!change.before) return `The state is in ${backendWords(change.after)}.`;
      return `${changeWords("The backend", backendWords(change.before), backendWords(change.after))}${change.verdict === "unknown" ? " The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved." : ""}`;
    case "provider":
      if (!change.before) return `Terraform acts in ${providerWords(change.after)}.`;
      return `${changeWords("The region that Terraform acts in, or the role or profile that it acts with,", providerWords(change.before), providerWords(change.after))}${change.from === undefined ? "" : ` ${moveWords("region", "channels and registrations", change.from)}`}`;
    case "adopted":
      return `The role ${code(change.role)} is imported with its policy.${change.isTakenOver ? " Whoever already uses the role gets the access of this code." : ""}`;
    case "name-of-other":
      return `The name ${code(change.role)} belonged to a role of ${code(change.environment)}, in the same account.`;
    case "readdressed":
      return `${code(change.from)} becomes ${code(change.to)} without a ${code("moved")} block: Terraform deletes ${code(change.from)} and creates ${code(change.to)}, which is the same in AWS. The deploy fails, or it ends up missing.`;
    case "read-only-address":
      return `The read-only role ${code(change.role)} gets a new address in Terraform. From then on, nothing stops it from writing.`;
    case "read-only-level":
      return `The team of the read-only role ${code(change.role)} gets full access. From then on, nothing stops the role from writing.`;
  }
}

/** What happens to what is deployed when an environment gets another account or region. */
function moveWords(place: "account" | "region", label: string, from: MovedFrom): string {
  const stay = `would stay in the old ${place}, in no state`;
  switch (from) {
    case "in-use":
      return `The deploy refuses this unless the environment was retired first: ${label} ${stay}, including any that the code dropped before and no deploy removed. Retire it, deploy, change the ${place}, and deploy again.`;
    case "retiring":
      return `The environment is retired at the same time, so only ${code("support-app deploy")} refuses this: with another tool, ${label} ${stay}. Retire it, deploy, and only then change the ${place}.`;
    case "retired":
      return `The environment was retired before. Make sure that its retirement was deployed: otherwise ${label} ${stay}.`;
  }
}

function backendWords(backend: Backend | undefined): string {
  if (!backend) return "none";
  const { type, settings } = backend;
  const words = Object.entries(settings)
    .map(([name, value]) => `${plainOrCode(name)} ${code(textOf(value))}`)
    .join(", ");
  return words === "" ? plainOrCode(type) : `${plainOrCode(type)} with ${words}`;
}

/** A name of Terraform's as it is; a stack that nobody synthesized may have anything in its place. */
function plainOrCode(name: string): string {
  return /^[a-z]\w*$/.test(name) ? name : code(name);
}

function roleWords({ arn, externalId, sessionName }: AssumedRole): string {
  const externalIdWords = externalId !== undefined && `with the external ID ${code(externalId)}`;
  return linesOf(code(arn), externalIdWords, sessionName !== undefined && `in the session ${code(sessionName)}`).join(
    " ",
  );
}

function providerWords({ region, deployRole, planRole, profile }: AwsProvider): string {
  return linesOf(
    code(region),
    deployRole !== undefined && `as ${roleWords(deployRole)}`,
    planRole !== undefined && `(plans as ${roleWords(planRole)})`,
    profile !== undefined && `with the profile ${code(profile)}`,
  ).join(" ");
}
