import type { CloudcontrolapiResource } from "./aws-bindings";
import { type CloudControlType, cloudControlResource, cloudControlSchema } from "./cloud-control";
import { Construct, type TerraformProvider } from "./framework";
import { ACCOUNT_ALIAS } from "./limits";
import { neighbours } from "./neighbours";
import { describe, sentence, throwIfAny } from "./problem";
import { providerProblems } from "./provider";
import { textProblems, unknownProblems } from "./validation";

/** The Cloud Control type of an account alias. */
export const ACCOUNT_ALIAS_TYPE = "AWS::SupportApp::AccountAlias";

/** Source: CloudFormation User Guide, AWS::SupportApp::AccountAlias. */
const TYPE: CloudControlType = {
  typeName: ACCOUNT_ALIAS_TYPE,
  properties: { AccountAlias: { type: "string" }, AccountAliasResourceId: { type: "string" } },
  required: ["AccountAlias"],
  primaryIdentifier: ["/properties/AccountAliasResourceId"],
  readOnlyProperties: ["/properties/AccountAliasResourceId"],
};

/** The type's schema, as JSON for Terraform. */
export const ACCOUNT_ALIAS_SCHEMA = cloudControlSchema(TYPE);

/** The alias of an account. */
export interface AccountAliasProps {
  /** 1 to 30 letters, digits, spaces, `_` and `-`. */
  readonly alias: string;

  /**
   * The provider of the account, for a stack with aliased providers. Must be in the same stack.
   *
   * @default - the stack's default AWS provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * The alias that people in Slack see instead of the account ID. AWS advises against one alias for a whole organization.
 *
 * @throws Error when AWS would reject the alias. A second alias in a stack is reported at synthesis.
 */
export class AccountAlias extends Construct {
  /** The alias. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: AccountAliasProps) {
    super(scope, id);
    throwIfAny(this, [
      ...unknownProblems(props ?? {}, ["alias", "provider"]),
      ...textProblems(props ?? {}, { alias: ACCOUNT_ALIAS }),
      ...providerProblems(this, props?.provider),
    ]);
    const { alias, provider } = props;
    this.resource = cloudControlResource(this, TYPE, { AccountAlias: alias }, { provider });
    this.node.addValidation({
      validate: () => {
        const [first = this] = neighbours(this.resource, AccountAlias, ({ resource }) => resource);
        if (first === this) return [];
        const message = `received ${describe(alias)}, expected one alias per account: ${describe(first.node.path)} already sets it.`;
        return [sentence(this, { path: ["alias"], message })];
      },
    });
  }
}
