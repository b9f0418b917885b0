import { textOf } from "../../../terminal/json";
import { code, codeOr } from "../../../terminal/markdown";
import type { AwsProvider, Backend } from "../../../terraform/stack";
import type { StateChange } from "../state-changes";
import { changeWords } from "./phrases";

/** What changes around the access, in words. */
export function stateWords(change: StateChange): string {
  switch (change.kind) {
    case "account":
      return textChangeWords("The account", change, "any");
    case "backend":
      if (!change.before) return `The state is in ${backendWords(change.after)}.`;
      return `${changeWords("The backend", backendWords(change.before), backendWords(change.after))} The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.`;
    case "provider":
      if (!change.before) return `Terraform acts in ${providerWords(change.after)}.`;
      return `${changeWords("The region that Terraform acts in, or the role that it acts as,", providerWords(change.before), providerWords(change.after))}${change.isLeft ? " Channels and registrations stay in the old region, where no deploy will find them. Retire the environment and deploy first." : ""}`;
    case "profile":
      return textChangeWords(
        `The AWS profile whose credentials ${change.of === "provider" ? "Terraform acts with" : "read the state"}`,
        change,
      );
    case "provider-version":
      return textChangeWords("The version constraint of the AWS provider", change);
    case "terraform-version":
      return textChangeWords("The version constraint of Terraform", change);
    case "import":
      return `${code(change.id)} is imported as ${code(change.to)}.${change.isTakenOver ? " Whoever already uses it gets the access of this code." : ""}`;
    case "name-of-other":
      return `The name ${code(change.role)} belonged to a role of ${code(change.environment)}, in the same account. A channel that was configured by hand with it gets the access of this role.`;
    case "readdressed":
      return `${code(change.from)} becomes ${code(change.to)} without a ${code("moved")} block: Terraform deletes ${code(change.from)} and creates ${code(change.to)}, which is the same in AWS. The deploy fails, or it ends up missing.`;
    case "read-only-address":
      return `The read-only role ${code(change.role)} gets a new address in Terraform. From then on, nothing stops it from writing.`;
    case "move":
      return `${code(change.from)} is moved to ${code(change.to)} in the state.`;
  }
}

function textChangeWords(what: string, { before, after }: { before?: string; after?: string }, none = "none"): string {
  return changeWords(what, codeOr(before, none), codeOr(after, none));
}

function backendWords(backend: Backend | undefined): string {
  if (!backend) return "none";
  const settings = Object.entries(backend.settings).map(([name, value]) => `${name} ${code(textOf(value))}`);
  return [backend.type, settings.join(", ")].filter((part) => part !== "").join(" with ");
}

function providerWords({ region, assumeRole }: AwsProvider): string {
  return `${codeOr(region, "the default region")}${assumeRole === undefined ? "" : ` as ${code(assumeRole)}`}`;
}
