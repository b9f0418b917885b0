import { AccountAlias, SlackWorkspace } from "../../modules/support-app";
import { type App, ref, TerraformStack, Token } from "../../modules/support-app/framework";
import { ACCOUNT_ALIAS } from "../../modules/support-app/model/limits";
import { workspaceRules } from "./channel-variables";
import { declare, output, REQUIRED } from "./module-parts";
import { formOf, type ModuleVariable, textVariable } from "./module-variable";
import { synthesized, type Terraform } from "./portable";

/** The variables of the account's module, in the order in which people read them. */
export const ACCOUNT_VARIABLES: readonly ModuleVariable[] = [
  {
    name: "slack_workspaces",
    type: "list(string)",
    description:
      "IDs of the Slack workspaces to register for the account, which must be in an organization whose management account has authorized them. At most 5, including those of the channels.",
    default: [],
    rules: workspaceRules("slack_workspaces"),
  },
  textVariable(
    "account_alias",
    null,
    formOf(ACCOUNT_ALIAS),
    "What people in Slack see instead of the account's number.",
  ),
];

/** The module with what an account has once, whatever its access levels. */
export function publishedAccountModule(): Terraform {
  return { ...synthesized(moduleStack), terraform: REQUIRED };
}

function moduleStack(app: App): TerraformStack {
  const stack = new TerraformStack(app, "module");
  for (const variable of ACCOUNT_VARIABLES) declare(stack, variable);
  const { resource } = new SlackWorkspace(stack, "workspace", { workspace: Token.asString(ref("each.value", stack)) });
  resource.addOverride("for_each", "${toset(var.slack_workspaces)}");
  const alias = new AccountAlias(stack, "account-alias", { alias: Token.asString(ref("var.account_alias", stack)) });
  alias.resource.addOverride("count", "${var.account_alias == null ? 0 : 1}");
  const registered = output(
    stack,
    "slack_workspaces",
    "The workspaces, once they are registered. Pass them to the modules with channels, as registered_workspaces.",
    "${var.slack_workspaces}",
  );
  registered.addOverride("depends_on", [resource.fqn]); // without it, Terraform wouldn't wait: the IDs are known earlier
  return stack;
}
