import type { CloudcontrolapiResource } from "@cdktf/provider-aws/lib/cloudcontrolapi-resource";
import { Construct } from "constructs";
import { type CloudControlType, cloudControlResource } from "./cloud-control";
import { ACCOUNT_ALIAS } from "./limits";
import { neighbours } from "./neighbours";
import { describe, sentence, throwIfAny } from "./problem";
import { textProblems, unknownProblems } from "./validation";

/** Source: CloudFormation User Guide, AWS::SupportApp::AccountAlias. */
const TYPE: CloudControlType = {
  typeName: "AWS::SupportApp::AccountAlias",
  properties: { AccountAlias: { type: "string" }, AccountAliasResourceId: { type: "string" } },
  required: ["AccountAlias"],
  primaryIdentifier: ["/properties/AccountAliasResourceId"],
  readOnlyProperties: ["/properties/AccountAliasResourceId"],
};

/** What an account is called. */
export interface AccountAliasProps {
  /** 1 to 30 letters, digits, spaces, `_` and `-`. */
  readonly alias: string;
}

/**
 * What people in Slack see instead of the account's number. AWS advises against one alias for a whole organization.
 *
 * @throws Error when AWS wouldn't take the alias. A second one in a stack shows when the stack is synthesized.
 */
export class AccountAlias extends Construct {
  /** The alias. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: AccountAliasProps) {
    super(scope, id);
    throwIfAny(this, [
      ...unknownProblems(props ?? {}, ["alias"]),
      ...textProblems(props ?? {}, { alias: ACCOUNT_ALIAS }),
    ]);
    this.resource = cloudControlResource(this, TYPE, { AccountAlias: props.alias });
    this.node.addValidation({
      validate: () => {
        const [first] = neighbours(this.resource, AccountAlias, ({ resource }) => resource);
        if (first === undefined || first === this) return [];
        const message = `received ${describe(props.alias)}, expected one alias, as an account has: ${describe(first.node.path)} sets it already.`;
        return [sentence(this, { path: ["alias"], message })];
      },
    });
  }
}
