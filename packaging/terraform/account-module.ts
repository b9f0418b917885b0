import { AccountAlias, SlackWorkspace } from "../../modules/support-app";
import { ENVIRONMENT_PROPERTIES } from "../../modules/support-app/model/properties";
import { expression, type Module, moduleWith, output } from "./module";
import { propertyVariable } from "./variable";

/** The variables of the account's module. */
export const ACCOUNT_VARIABLES = [
  propertyVariable("slack_workspaces", ENVIRONMENT_PROPERTIES.slackWorkspaces, []),
  propertyVariable("account_alias", ENVIRONMENT_PROPERTIES.accountAlias, null),
];

/** The module with what an account has once, whatever its access levels. */
export function accountModule(): Module {
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
