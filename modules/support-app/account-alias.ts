import type { CloudcontrolapiResource } from "./aws-bindings";
import { type ProviderProps, propProblems, providerOf, textCheck } from "./check-props";
import { cloudControlResource } from "./cloud-control";
import { assertNoProblems, describeProp, validateInStack } from "./format-problem";
import { Construct } from "./framework";
import { ACCOUNT_ALIAS_TYPE } from "./model/cloud-control-types";
import { ACCOUNT_ALIAS } from "./model/limits";
import { neighbours } from "./neighbours";

/** The alias of an account. */
export interface AccountAliasProps extends ProviderProps {
  /** 1 to 30 letters, digits, spaces, `_` and `-`. */
  readonly alias: string;
}

/**
 * The alias that people in Slack see instead of the account ID. AWS advises against one alias for a whole organization.
 *
 * @hideconstructor
 */
export class AccountAlias extends Construct {
  /** The alias. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: AccountAliasProps) {
    super(scope, id);
    assertNoProblems(this, propProblems(props ?? {}, { alias: textCheck(ACCOUNT_ALIAS), provider: providerOf(this) }));
    const { alias, provider } = props;
    this.resource = cloudControlResource(this, ACCOUNT_ALIAS_TYPE, { AccountAlias: alias }, { provider });
    validateInStack(this, () => {
      const [first = this] = neighbours(this.resource, AccountAlias, ({ resource }) => resource);
      if (first === this) return [];
      const message = `received ${describeProp(alias)}, expected one alias per account: ${describeProp(first)} already sets it.`;
      return [{ path: ["alias"], message }];
    });
  }
}
