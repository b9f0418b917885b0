import { readFileSync } from "node:fs";
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { SLACK_CHANNEL_TYPE } from "../../../modules/support-app/model/cloud-control-types";
import { policyText } from "../../support/policy-text";
import { createByHand, type Identity, iamIn, newAccount, type Statement, s3In } from "./account";

/** The repository's environments.yaml, with an account for each environment that no other test uses. */
export function exampleEnvironments() {
  const staging = newAccount();
  const production = newAccount();
  const environmentsYaml = readFileSync("environments.yaml", "utf8")
    .replaceAll("111122223333", staging)
    .replaceAll("444455556666", production);
  return { environmentsYaml, staging, production };
}

/** A policy that allows actions on everything. */
const allowing = (Action: string | readonly string[]) => policyText({ Effect: "Allow", Action, Resource: "*" });

/** The trust of a role that somebody assumes. */
const trusting = (Principal: object) => policyText({ Effect: "Allow", Action: "sts:AssumeRole", Principal });

/** The trust of a role that an AWS service assumes, as the console writes it. */
export const trustIn = (Service: string) => trusting({ Service });

/** A policy that allows everything. */
export const EVERYTHING = allowing("*");

/** What a policy for viewing cases allows. */
export const VIEWING: Statement = {
  Effect: "Allow",
  Resource: "*",
  Action: ["support:DescribeCases", "support:DescribeCommunications"],
};

/** Makes a policy for a role, and tells its ARN. */
export async function attachPolicy(account: string, RoleName: string, PolicyName: string, ...statements: Statement[]) {
  const iam = iamIn(account);
  const PolicyDocument = policyText(...statements);
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
  return Policy?.Arn;
}

/** Makes a role of the Support App with one policy, as AWS's guide has it clicked, and tells the policy's ARN. */
export async function clickRole(account: string, RoleName: string, ...statements: Statement[]) {
  const AssumeRolePolicyDocument = trustIn("supportapp.amazonaws.com");
  await iamIn(account).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return attachPolicy(account, RoleName, `${RoleName}Policy`, ...statements);
}

/** Configures a channel by hand, with a role. */
export function clickChannel(account: string, role: string, settings: object = {}, region?: string): Promise<void> {
  const ChannelRoleArn = `arn:aws:iam::${account}:role/${role}`;
  const channel = { TeamId: "T012ABCDEFG", ChannelId: "C01", ChannelName: "oncall", NotifyOnCaseSeverity: "none" };
  return createByHand(account, SLACK_CHANNEL_TYPE, { ...channel, ChannelRoleArn, ...settings }, region);
}

/** Makes the role that production's `deploy-role` names, which may do everything unless a policy is given. */
export async function createDeployRole(account: string, PolicyDocument = EVERYTHING, trusted = account): Promise<void> {
  const RoleName = "terraform";
  const AssumeRolePolicyDocument = trusting({ AWS: `arn:aws:iam::${trusted}:root` });
  await iamIn(account).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await iamIn(account).send(new PutRolePolicyCommand({ RoleName, PolicyName: "deploy", PolicyDocument }));
}

/** Makes a policy that can serve as a permissions boundary, and tells its ARN. It allows all of the Support App unless told. */
export async function createBoundary(account: string, ...actions: string[]): Promise<string> {
  const PolicyDocument = allowing(actions.length > 0 ? actions : ["support:*", "servicequotas:*"]);
  await iamIn(account).send(new CreatePolicyCommand({ PolicyName: "boundary", PolicyDocument }));
  return `arn:aws:iam::${account}:policy/boundary`;
}

/** Makes the Service Quotas role under the name that AWS gives it. */
export async function createServiceQuotasRole(account: string): Promise<void> {
  await iamIn(account).send(
    new CreateRoleCommand({
      RoleName: "AWSServiceRoleForServiceQuotas",
      Path: "/aws-service-role/servicequotas.amazonaws.com/",
      Description: "Written by AWS",
      AssumeRolePolicyDocument: trustIn("servicequotas.amazonaws.com"),
    }),
  );
}

/** Makes a bucket for state, and tells its name. */
export async function createBucket(account: string): Promise<string> {
  const Bucket = `state-${account}`;
  await s3In(account).send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

/** A user of the account who may do nothing yet. */
export async function createUser(account: string, UserName: string): Promise<Identity> {
  const iam = iamIn(account);
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { account, accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

/** Gives a user a policy, instead of the one that was given before. */
export function allowUser(account: string, UserName: string, PolicyDocument: string) {
  return iamIn(account).send(new PutUserPolicyCommand({ UserName, PolicyName: "given", PolicyDocument }));
}
