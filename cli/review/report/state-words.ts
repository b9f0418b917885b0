import { SERVICE_QUOTAS_ROLE_NAME } from "../../../modules/support-app/service-quotas-role";
import { textOf } from "../../json";
import { code, codeOr } from "../../markdown";
import type { AccessChanges, RegistrationChange } from "../../terraform/access-changes";
import type { AwsProvider, Backend } from "../../terraform/stack";
import type { StateChange } from "../state-changes";

/** The change of a registration, in words. */
export function registrationWords({ address, before, after }: RegistrationChange): string {
  const what = (after ?? before)?.kind === "workspace" ? "The registered Slack workspace" : "The account's alias";
  if (!before) return `${what} ${code(after?.value ?? "")} is added (${code(address)}).`;
  if (!after) return `${what} ${code(before.value)} is removed (${code(address)}).`;
  return `${what} changes: ${code(before.value)} → ${code(after.value)}.`;
}

/** What becomes of the Service Quotas role, in words. */
export function serviceQuotasWords({ becomes, isAwaited }: NonNullable<AccessChanges["serviceQuotasRole"]>): string {
  const role = `The Service Quotas role ${code(SERVICE_QUOTAS_ROLE_NAME)}`;
  if (becomes === "handed-back") return `${role} leaves the stack. It stays in the account.`;
  if (becomes === "destroyed") {
    return `${role} is **destroyed**: the stack neither has it nor hands it back to the account.`;
  }
  return isAwaited
    ? `${role} is created. Whoever may request quota increases, but couldn't create the role, may have been waiting for it.`
    : `${role} is managed by the stack.`;
}

/** What changes around the access, in words. */
export function stateWords(change: StateChange): string {
  switch (change.kind) {
    case "account":
      return `The account changes: ${codeOr(change.before, "any")} → ${codeOr(change.after, "any")}.`;
    case "backend":
      if (!change.before) return `The state is in ${backendWords(change.after)}.`;
      return `The backend changes: ${backendWords(change.before)} → ${backendWords(change.after)}. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.`;
    case "provider":
      if (!change.before) return `Terraform acts in ${providerWords(change.after)}.`;
      return `The region that Terraform acts in, or the role that it acts as, changes: ${providerWords(change.before)} → ${providerWords(change.after)}.${change.isLeft ? " Channels and registrations stay in the old region, where no deploy will find them. Retire the environment and deploy first." : ""}`;
    case "profile":
      if (change.isNew)
        return `Terraform acts with the credentials of the AWS profile ${codeOr(change.after, "none")}.`;
      return `The AWS profile whose credentials ${change.of === "provider" ? "Terraform acts with" : "read the state"} changes: ${codeOr(change.before, "none")} → ${codeOr(change.after, "none")}.`;
    case "provider-version":
      return `The version constraint of the AWS provider changes: ${codeOr(change.before, "none")} → ${codeOr(change.after, "none")}.`;
    case "terraform-version":
      return `The version constraint of Terraform changes: ${codeOr(change.before, "none")} → ${codeOr(change.after, "none")}.`;
    case "import":
      return change.isTakenOver
        ? `${code(change.id)} is imported as ${code(change.to)}. Whoever already uses it gets the access of this code.`
        : `${code(change.id)} is imported as ${code(change.to)}.`;
    case "name-of-other":
      return `The name ${code(change.role)} belonged to a role of ${code(change.environment)}, in the same account. A channel that was configured by hand with it gets the access of this role.`;
    case "readdressed":
      return `${code(change.from)} becomes ${code(change.to)} without a ${code("moved")} block: Terraform deletes the one and creates the other, and both are the same in AWS. The deploy fails, or it ends up missing.`;
    case "read-only-address":
      return `The read-only role ${code(change.role)} gets a new address in Terraform. From then on, nothing stops it from writing.`;
    case "move":
      return `${code(change.from)} is moved to ${code(change.to)} in the state.`;
  }
}

function backendWords(backend: Backend | undefined): string {
  if (!backend) return "none";
  const settings = Object.entries(backend.settings).map(([name, value]) => `${name} ${code(textOf(value))}`);
  return [backend.type, settings.join(", ")].filter((part) => part !== "").join(" with ");
}

function providerWords({ region, assumeRole }: AwsProvider): string {
  return `${codeOr(region, "the default region")}${assumeRole === undefined ? "" : ` as ${code(assumeRole)}`}`;
}
