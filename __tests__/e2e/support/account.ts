import { randomInt } from "node:crypto";
import {
  CloudControlClient,
  CreateResourceCommand,
  ListResourcesCommand,
  UpdateResourceCommand,
} from "@aws-sdk/client-cloudcontrol";
import {
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { OrganizationsClient } from "@aws-sdk/client-organizations";
import { S3Client } from "@aws-sdk/client-s3";
import { simulatedActions } from "../../support/simulated-actions";

/** Who calls AWS. */
export interface Identity {
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A number that no other test uses. */
export function newAccount(): string {
  return String(randomInt(100_000_000_000, 999_999_999_999));
}

/** Whoever may do everything in an account: to the emulator, an access key that is the account's number. */
export function rootOf(account: string): Identity {
  return { account, accessKeyId: account, secretAccessKey: "test" };
}

/** The emulated AWS that the tests run against. */
export function endpoint(): string {
  const url = process.env.AWS_ENDPOINT_URL;
  if (!url) throw new Error("Received no AWS_ENDPOINT_URL, expected that of the emulator. Start with npm run e2e.");
  return url;
}

function clientConfig({ accessKeyId, secretAccessKey }: Identity, url: string, region = "us-east-1") {
  return { region, endpoint: url, credentials: { accessKeyId, secretAccessKey } };
}

/** By what Cloud Control knows the account's alias. */
export function aliasIdOf(account: string): string {
  return `account-alias-of-${account}`; // as like-aws.py makes it
}

/** IAM as that identity sees it. */
export function iamOf(identity: Identity, url = endpoint()): IAMClient {
  return new IAMClient(clientConfig(identity, url));
}

/** IAM as the account's root sees it. */
export function iamIn(account: string): IAMClient {
  return iamOf(rootOf(account));
}

/** Cloud Control as the account's root sees it. */
export function cloudControlIn(account: string, region?: string): CloudControlClient {
  return new CloudControlClient(clientConfig(rootOf(account), endpoint(), region));
}

/** Makes a resource of the Support App by hand. */
export async function createByHand(account: string, TypeName: string, settings: object, region?: string) {
  const DesiredState = JSON.stringify(settings);
  await cloudControlIn(account, region).send(new CreateResourceCommand({ TypeName, DesiredState }));
}

/** Changes the first resource of a type by hand. */
export async function changeByHand(account: string, TypeName: string, properties: Readonly<Record<string, unknown>>) {
  const client = cloudControlIn(account);
  const { ResourceDescriptions = [] } = await client.send(new ListResourcesCommand({ TypeName }));
  const [{ Identifier } = {}] = ResourceDescriptions;
  const patch = Object.entries(properties).map(([name, value]) => ({ op: "add", path: `/${name}`, value }));
  await client.send(new UpdateResourceCommand({ TypeName, Identifier, PatchDocument: JSON.stringify(patch) }));
}

/** S3 as the account's root sees it. */
export function s3In(account: string): S3Client {
  return new S3Client(clientConfig(rootOf(account), endpoint()));
}

/** Organizations as the account's root sees it. */
export function organizationsOf(account: string): OrganizationsClient {
  return new OrganizationsClient(clientConfig(rootOf(account), endpoint()));
}

/** A policy document, as AWS keeps it. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** One statement of a policy document. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A role with everything that decides what it may do, read back from AWS. */
export interface Role {
  readonly arn: string;
  readonly description?: string;
  readonly maxSessionDuration?: number;
  readonly boundary?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly trust: PolicyDocument;
  /** Names of the attached policies. */
  readonly attached: readonly string[];
  /** Names of the policies written into the role. */
  readonly inline: readonly string[];
}

/** Reads a role back. Undefined: there is none. */
export async function readRole(account: string, RoleName: string): Promise<Role | undefined> {
  const iam = iamIn(account);
  const answer = await iam.send(new GetRoleCommand({ RoleName })).catch((error: Error) => {
    if (error.name === "NoSuchEntityException") return undefined;
    throw error;
  });
  if (!answer?.Role) return undefined;
  const { Arn, Description, MaxSessionDuration, PermissionsBoundary, Tags, AssumeRolePolicyDocument } = answer.Role;
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const inline = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  return {
    arn: Arn ?? "",
    description: Description || undefined,
    maxSessionDuration: MaxSessionDuration,
    boundary: PermissionsBoundary?.PermissionsBoundaryArn,
    tags: Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    trust: document(AssumeRolePolicyDocument),
    attached: (attached.AttachedPolicies ?? []).map(({ PolicyName }) => String(PolicyName)).sort(),
    inline: (inline.PolicyNames ?? []).sort(),
  };
}

/** The document that a customer managed policy has now. */
export async function readPolicy(account: string, name: string, path = "/"): Promise<PolicyDocument> {
  const PolicyArn = `arn:aws:iam::${account}:policy${path}${name}`;
  const { Policies } = await iamIn(account).send(new ListPoliciesCommand({ Scope: "Local" }));
  const policy = Policies?.find(({ Arn }) => Arn === PolicyArn);
  const { PolicyVersion } = await iamIn(account).send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: policy?.DefaultVersionId ?? "none" }),
  );
  return document(PolicyVersion?.Document);
}

/** Which of the actions the role may do now, as AWS judges it. */
export function allowedActions({ arn }: Role, actions: readonly string[]): Promise<string[]> {
  return simulatedActions(iamIn(arn.split(":")[4] ?? ""), arn, actions);
}

/** What Cloud Control knows of the Support App in the account: the properties of each, by the last part of its type. */
export async function readSupportApp(
  account: string,
  region?: string,
): Promise<Record<string, Record<string, unknown>[]>> {
  const client = cloudControlIn(account, region);
  const types = ["SlackChannelConfiguration", "SlackWorkspaceConfiguration", "AccountAlias"];
  const lists = types.map(async (type) => {
    const { ResourceDescriptions } = await client.send(
      new ListResourcesCommand({ TypeName: `AWS::SupportApp::${type}` }),
    );
    return [type, (ResourceDescriptions ?? []).map(({ Properties }) => JSON.parse(Properties ?? "{}"))];
  });
  return Object.fromEntries(await Promise.all(lists));
}

/** The channel configurations of the account, by channel ID. */
export async function readChannels(account: string): Promise<Record<string, Record<string, unknown>>> {
  const { SlackChannelConfiguration = [] } = await readSupportApp(account);
  return Object.fromEntries(SlackChannelConfiguration.map((channel) => [channel.ChannelId, channel]));
}

/** Everything in the account and region that this software could have made or changed. Two of these are equal if nothing was. */
export async function readAccount(account: string, region?: string) {
  const iam = iamIn(account);
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
  const roles = Roles.map(({ RoleName }) => String(RoleName)).sort();
  const policies = Policies.map(({ PolicyName }) => String(PolicyName)).sort();
  const pathOf = (name: string) => Policies.find(({ PolicyName }) => PolicyName === name)?.Path;
  return {
    roles: Object.fromEntries(await Promise.all(roles.map(async (name) => [name, await readRole(account, name)]))),
    policies: Object.fromEntries(
      await Promise.all(policies.map(async (name) => [name, await readPolicy(account, name, pathOf(name))])),
    ),
    supportApp: await readSupportApp(account, region),
  };
}

/** The same, but for the account's number and in one order, to be compared with another account's. */
export async function comparableAccount(account: string): Promise<unknown> {
  const { supportApp, ...iam } = await readAccount(account);
  const sorted = Object.entries(supportApp).map(([type, resources]) => [
    type,
    resources.map((resource) => JSON.stringify(resource)).sort(),
  ]);
  return JSON.parse(JSON.stringify({ ...iam, sorted }).replaceAll(account, "ACCOUNT"));
}

/** IAM hands documents out URL-encoded. */
function document(encoded: string | undefined): PolicyDocument {
  return JSON.parse(decodeURIComponent(encoded ?? "{}"));
}
