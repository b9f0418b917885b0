import { AccountAlias, SlackWorkspace } from "../../modules/support-app";
import { ACCOUNT_ALIAS } from "../../modules/support-app/model/limits";
import type { Terraform } from "../../stacks/written-stack";
import { workspaceValidations } from "./channel-variables";
import { expression, moduleWith, output } from "./module-parts";
import { type ModuleVariable, moduleVariable, textVariable } from "./variable";

/** The variables of the account's module, in the order in which people read them. */
export const ACCOUNT_VARIABLES: readonly ModuleVariable[] = [
  moduleVariable(
    "slack_workspaces",
    "list(string)",
    [],
    "IDs of the Slack workspaces to register for the account, which must be in an organization whose management account has authorized them. At most 5, including those of the channels.",
    workspaceValidations("slack_workspaces"),
  ),
  textVariable("account_alias", null, ACCOUNT_ALIAS, "What people in Slack see instead of the account's number."),
];

/** The module with what an account has once, whatever its access levels. */
export function accountModule(): Terraform {
  return moduleWith(ACCOUNT_VARIABLES, (stack) => {
    const { resource } = new SlackWorkspace(stack, "workspace", { workspace: expression(stack, "each.value") });
    resource.addOverride("for_each", "${toset(var.slack_workspaces)}");
    const alias = new AccountAlias(stack, "account-alias", { alias: expression(stack, "var.account_alias") });
    alias.resource.addOverride("count", "${var.account_alias == null ? 0 : 1}");
    const workspacesOutput = output(
      stack,
      "slack_workspaces",
      "The workspaces, once they are registered. Pass them to the modules with channels, as registered_workspaces.",
      "${var.slack_workspaces}",
    );
    workspacesOutput.addOverride("depends_on", [resource.fqn]); // without it, Terraform wouldn't wait: the IDs are known earlier
  });
}
