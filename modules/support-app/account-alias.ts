import type { CloudcontrolapiResource } from "@cdktf/provider-aws/lib/cloudcontrolapi-resource";
import { Construct } from "constructs";
import { type CloudControlType, cloudControlResource } from "./cloud-control";
import { ACCOUNT_ALIAS } from "./limits";
import { throwIfAny } from "./problem";
import { textProblems } from "./validation";

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
 * @throws Error when AWS wouldn't take the alias
 */
export class AccountAlias extends Construct {
  /** The alias. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: AccountAliasProps) {
    super(scope, id);
    throwIfAny(this, textProblems(props ?? {}, { alias: ACCOUNT_ALIAS }));
    this.resource = cloudControlResource(this, TYPE, { AccountAlias: props.alias });
  }
}
