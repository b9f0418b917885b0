import type { Fields } from "../../../common/fields";
import { AUDIENCE, ISSUER, PROVIDER_CHOICE, type WorkflowRole } from "./roles";

/** The roles of an account. */
export interface AccountRoles {
  readonly account: string;
  readonly roles: readonly WorkflowRole[];
}

/** A template that has, in each of these accounts, the identity provider and that account's roles: a StackSet has one template for all accounts. */
export function accountTemplate(accounts: readonly AccountRoles[]): Fields {
  const conditionOf = (account: string) => `Account${account}`;
  const resources = accounts.flatMap(({ account, roles }) =>
    roles.map(({ purpose, name, path, trust, permissions }) => {
      const logicalId = `${purpose === "deployer" ? "Deployer" : "Reader"}${account}`;
      const properties = {
        ...{ RoleName: name, Path: path, AssumeRolePolicyDocument: trust },
        Policies: [{ PolicyName: `support-app-${purpose}`, PolicyDocument: permissions }],
      };
      const resource = { Type: "AWS::IAM::Role", Condition: conditionOf(account), DependsOn: "OidcProvider" };
      return [logicalId, { ...resource, Properties: properties }] as const;
    }),
  );
  const conditions = accounts.map(
    ({ account }) => [conditionOf(account), { "Fn::Equals": [{ Ref: "AWS::AccountId" }, account] }] as const,
  );
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "The roles with which a repository's workflows deploy and read the AWS Support App, in each account.",
    Parameters: {
      CreateOidcProvider: {
        Type: "String",
        Default: "true",
        AllowedValues: ["true", "false"],
        Description: PROVIDER_CHOICE,
      },
    },
    Conditions: {
      CreateOidcProvider: { "Fn::Equals": [{ Ref: "CreateOidcProvider" }, "true"] },
      ...Object.fromEntries(conditions),
    },
    Resources: {
      OidcProvider: {
        ...{ Type: "AWS::IAM::OIDCProvider", Condition: "CreateOidcProvider" },
        Properties: { Url: `https://${ISSUER}`, ClientIdList: [AUDIENCE] },
      },
      ...Object.fromEntries(resources),
    },
  };
}
