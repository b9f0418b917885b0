import { readFileSync } from "node:fs";
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { type Identity, iamIn, newAccount, type PolicyDocument, s3In } from "./account";

/** The repository's environments.yaml in accounts of its own. */
export interface Example {
  readonly environmentsYaml: string;
  readonly staging: string;
  readonly production: string;
}

/** The repository's environments.yaml, with an account for each environment that no other test uses. */
export function exampleEnvironments(): Example {
  const staging = newAccount();
  const production = newAccount();
  const environmentsYaml = readFileSync("environments.yaml", "utf8")
    .replaceAll("111122223333", staging)
    .replaceAll("444455556666", production);
  return { environmentsYaml, staging, production };
}

/** Any statement list as a policy document. */
export function policyDocument(...statements: PolicyDocument["Statement"]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The trust of a role that an AWS service assumes, as the console writes it. */
export function trustIn(Service: string): string {
  return policyDocument({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } });
}

/** Makes the role that production's `deploy-role` names, which may do everything unless a policy is given. */
export async function createDeployRole(
  account: string,
  policy = policyDocument({ Effect: "Allow", Action: "*", Resource: "*" }),
  trusted = account,
): Promise<void> {
  await iamIn(account).send(
    new CreateRoleCommand({
      RoleName: "terraform",
      AssumeRolePolicyDocument: policyDocument({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: `arn:aws:iam::${trusted}:root` },
      }),
    }),
  );
  await iamIn(account).send(
    new PutRolePolicyCommand({ RoleName: "terraform", PolicyName: "deploy", PolicyDocument: policy }),
  );
}

/** Makes a policy that can serve as a permissions boundary, and tells its ARN. It allows all of the Support App unless told. */
export async function createBoundary(account: string, ...actions: string[]): Promise<string> {
  const Action = actions.length > 0 ? actions : ["support:*", "servicequotas:*"];
  await iamIn(account).send(
    new CreatePolicyCommand({
      PolicyName: "boundary",
      PolicyDocument: policyDocument({ Effect: "Allow", Action, Resource: "*" }),
    }),
  );
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
  return {
    account,
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}

/** Gives a user a policy, instead of the one that was given before. */
export function allowUser(account: string, UserName: string, PolicyDocument: string) {
  return iamIn(account).send(new PutUserPolicyCommand({ UserName, PolicyName: "given", PolicyDocument }));
}
