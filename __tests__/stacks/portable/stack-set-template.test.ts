import fc from "fast-check";
import { stringify } from "yaml";
import { readPolicy } from "../../../cli/iam/policy";
import type { Fields } from "../../../common/fields";
import { fieldsIn, list } from "../../../common/json";
import { type Environment, withoutRetired } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { stackSetTemplate } from "../../../stacks/portable/stack-set-template";
import { environmentAccess } from "../../support/environment-access";
import { environmentFile } from "../../support/environment-files";
import { notifyOf } from "../../support/notify-of";
import { propertyRuns } from "../../support/thorough";

const environmentsOf = (yaml: string) => parseEnvironments(yaml, "environments.yaml");

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string;
  readonly Properties: Fields;
}

/** What the template creates in an account and a region, by its name there, as CloudFormation evaluates its conditions. */
function createdIn(template: Fields, account: string, region: string): Map<string, Resource> {
  const place: Fields = { "AWS::AccountId": account, "AWS::Region": region };
  const isMet = (name: string) =>
    list(fieldsIn(fieldsIn(template.Conditions)[name])["Fn::And"]).every((condition) => {
      const [reference, value] = list(fieldsIn(condition)["Fn::Equals"]);
      return place[String(fieldsIn(reference).Ref)] === value;
    });
  const resources = Object.entries(fieldsIn(template.Resources)) as [string, Resource][];
  return new Map(resources.filter(([, { Condition }]) => Condition !== undefined && isMet(Condition)));
}

/** What whoever is in a channel may do, and everything else, read from nothing but the template. */
function accessIn(created: ReadonlyMap<string, Resource>) {
  const ofType = (type: string) => [...created.values()].filter(({ Type }) => Type === type);
  const statementsOf = (document: unknown) => readPolicy(JSON.stringify(document)).statements;
  const roles = [...created].flatMap(([id, { Type, Properties }]) => {
    if (Type !== "AWS::IAM::Role") return [];
    const [policy] = list(Properties.ManagedPolicyArns);
    const customerManaged = created.get(String(fieldsIn(policy).Ref))?.Properties;
    const role = {
      name: Properties.RoleName,
      path: Properties.Path ?? "/",
      boundary: Properties.PermissionsBoundary,
      maxSessionDuration: Properties.MaxSessionDuration,
      trust: statementsOf(Properties.AssumeRolePolicyDocument),
      permissions: customerManaged ? statementsOf(customerManaged.PolicyDocument) : policy,
      policy: customerManaged && `${customerManaged.Path ?? "/"}${customerManaged.ManagedPolicyName}`,
    };
    return [[id, role] as const];
  });
  const roleNames = new Map(roles.map(([id, { name }]) => [id, name]));
  return {
    roles: roles.map(([, role]) => role),
    labels: ofType("AWS::IAM::Role").map(({ Properties: { Description, Tags } }) => ({
      description: Description,
      tags: Object.fromEntries(list(Tags).map((tag) => [fieldsIn(tag).Key, fieldsIn(tag).Value])),
    })),
    channels: ofType("AWS::SupportApp::SlackChannelConfiguration").map(({ Properties }) => {
      const { TeamId, ChannelId, ChannelName, ChannelRoleArn, ...notify } = Properties;
      const [roleId] = list(fieldsIn(ChannelRoleArn)["Fn::GetAtt"]);
      const channel = { workspace: TeamId, channel: ChannelId, name: ChannelName, notify: notifyOf(notify) };
      return { ...channel, role: roleNames.get(String(roleId)) };
    }),
    workspaces: ofType("AWS::SupportApp::SlackWorkspaceConfiguration").map(({ Properties }) => Properties.TeamId),
    alias: ofType("AWS::SupportApp::AccountAlias").map(({ Properties }) => Properties.AccountAlias)[0],
    hasServiceQuotasRole: ofType("AWS::IAM::ServiceLinkedRole").length > 0,
  };
}

/** The same of the environment, as a review knows it. */
function expectedOf(environment: Environment) {
  const { roles, channels, workspaces, alias } = environmentAccess(environment);
  const isAwsManaged = (name: string) =>
    environment.accesses.some((access) => access.policy === "aws-managed" && roleNameOf(access) === name);
  const roleNameOf = ({ access, team }: { readonly access: string; readonly team?: string }) =>
    roles.get((team === undefined ? access : `team-${team}`).replaceAll("-", "_"))?.name;
  return {
    roles: [...roles.values()].map((role) => ({
      ...role,
      permissions: isAwsManaged(role.name) ? expect.stringMatching(/^arn:aws:iam::aws:policy\//) : role.permissions,
    })),
    labels: withoutRetired(environment).accesses.map(({ description, tags = {} }) => ({ description, tags })),
    channels: channels.map((channel) => ({ ...channel, role: roles.get(channel.role)?.name })),
    workspaces,
    alias,
    hasServiceQuotasRole:
      !environment.retired && environment.accesses.some(({ serviceQuotasRole }) => serviceQuotasRole === "create"),
  };
}

test("in the account and region of any environment, the template gives what the environment gives, and elsewhere nothing", () => {
  fc.assert(
    fc.property(environmentFile, (file) => {
      const environments = environmentsOf(stringify(file));
      const template = JSON.parse(JSON.stringify(stackSetTemplate(environments)));
      for (const environment of environments) {
        const { account, region } = environment;
        expect(accessIn(createdIn(template, account, region))).toEqual(expectedOf(environment));
        expect(createdIn(template, account, region === "us-east-1" ? "eu-west-1" : "us-east-1").size).toBe(0);
      }
      expect(createdIn(template, "999999999999", "us-east-1").size).toBe(0);
    }),
    propertyRuns(100),
  );
});

test("teams whose names are alike have resources of their own", () => {
  const keys = ["a-1", "a1", "a--1"].map(
    (team, index) => `${team}: { access: full, role-name: R${index}, policy-name: R${index} }`,
  );
  const environments = environmentsOf(
    `environments: { a: { account: "111122223333", region: us-east-1, teams: { ${keys.join(", ")} } } }`,
  );
  expect(Object.keys(fieldsIn(stackSetTemplate(environments).Resources))).toHaveLength(7);
});

test("a channel waits for the registration of its workspace, and nothing refers to what isn't in the same account", () => {
  const level = (channel: string) => `{ channels: [{ name: oncall, workspace: T1, channel: ${channel} }] }`;
  const environments = environmentsOf(`environments:
  a: { account: "111122223333", region: us-east-1, slack-workspaces: [T1], full: ${level("C1")} }
  b: { account: "222233334444", region: eu-west-1, read-only: ${level("C1")} }`);
  const resources = Object.entries(fieldsIn(stackSetTemplate(environments).Resources)) as [string, Resource][];
  expect(resources.find(([id]) => id === "Account111122223333ChannelT1xC1")?.[1].DependsOn).toBe(
    "Account111122223333WorkspaceT1",
  );
  for (const [id, resource] of resources) {
    const account = /^Account\d{12}/.exec(id)?.[0];
    const accounts = JSON.stringify(resource).match(/Account\d{12}/g) ?? [];
    expect([id, new Set(accounts)]).toEqual([id, new Set(account ? [account] : [])]);
    expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
  }
});
