import { jsonText } from "../../../common/json";
import type { TokenIssuer } from "../../forge/bootstrap";
import type { Forge } from "../../forge/forge";
import type { JobRole } from "./roles";
import { bucketParts, type StateBucket } from "./state-buckets";

/** The mapping of accounts whose identity providers have different audiences. */
const AUDIENCES = "Audiences";

/** The roles of an account. */
export interface AccountRoles {
  readonly account: string;
  readonly roles: readonly JobRole[];
}

/** A template that has, in each of these accounts, the identity provider, that account's roles and its bucket: one for all accounts, as a stack in each or as a StackSet. */
export function accountTemplate(
  accounts: readonly AccountRoles[],
  buckets: readonly StateBucket[],
  forge: Forge,
  issuer: TokenIssuer,
) {
  const conditionOf = (account: string) => `Account${account}`;
  const resources = accounts.flatMap(({ account, roles }) =>
    roles.map(({ purpose, name, path, trust, permissions }) => {
      const logicalId = `${purpose === "deployer" ? "Deployer" : "Reader"}${account}`;
      const properties = {
        RoleName: name,
        Path: path,
        AssumeRolePolicyDocument: trust,
        Policies: [{ PolicyName: `support-app-${purpose}`, PolicyDocument: permissions }],
      };
      const resource = { Type: "AWS::IAM::Role", Condition: conditionOf(account), DependsOn: "OidcProvider" };
      return [logicalId, { ...resource, Properties: properties }] as const;
    }),
  );
  const conditions = accounts.map(
    ({ account }) => [conditionOf(account), { "Fn::Equals": [{ Ref: "AWS::AccountId" }, account] }] as const,
  );
  const audiences = accounts.map(({ account, roles }) => [account, audiencesOf(roles, issuer)] as const);
  const parts = bucketParts(buckets);
  const roleAccounts = accounts.map(({ account }) => account);
  const bucketAccounts = new Set(buckets.map(({ account }) => account).filter((id) => !roleAccounts.includes(id)));
  const areAlike = new Set(audiences.map(([, list]) => jsonText(list))).size === 1;
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `The roles with which a repository's ${forge.bootstrap.pipelines} deploy and read the AWS Support App, in each account.`,
    Metadata: {
      Dependencies:
        "The roles depend on the identity provider. Where CreateOidcProvider is false, CloudFormation ignores the dependency.",
      "cfn-lint": { config: { ignore_checks: ["E3005"] } },
    },
    Parameters: {
      CreateOidcProvider: {
        Type: "String",
        Default: "true",
        AllowedValues: ["true", "false"],
        Description: `Whether to create the identity provider of ${forge.ci} (${issuer.host}), of which an account can have only one.`,
      },
      ...parts.Parameters,
    },
    ...(buckets.length > 0 && { Rules: parts.Rules }),
    ...(areAlike
      ? {}
      : {
          Mappings: {
            [AUDIENCES]: Object.fromEntries(audiences.map(([account, ClientIds]) => [account, { ClientIds }])),
          },
        }),
    Conditions: {
      CreateOidcProvider: [...bucketAccounts].reduce<object>(
        (condition, account) => ({
          "Fn::And": [condition, not({ "Fn::Equals": [{ Ref: "AWS::AccountId" }, account] })],
        }),
        { "Fn::Equals": [{ Ref: "CreateOidcProvider" }, "true"] },
      ),
      ...Object.fromEntries(conditions),
      ...parts.Conditions,
    },
    Resources: {
      OidcProvider: {
        Type: "AWS::IAM::OIDCProvider",
        Condition: "CreateOidcProvider",
        Properties: {
          Url: `https://${issuer.host}`,
          ClientIdList: areAlike
            ? audiences[0]?.[1]
            : { "Fn::FindInMap": [AUDIENCES, { Ref: "AWS::AccountId" }, "ClientIds"] },
        },
      },
      ...Object.fromEntries(resources),
      ...parts.Resources,
    },
  };
}

const not = (condition: object) => ({ "Fn::Not": [condition] });

/** Whom the tokens are for with which jobs assume these roles. */
function audiencesOf(roles: readonly JobRole[], issuer: TokenIssuer): string[] {
  return [...new Set(roles.flatMap(({ environments }) => environments.map(({ name }) => issuer.audienceOf(name))))];
}
