import { formatList } from "../../../common/format-list";
import { groupByKey } from "../../../common/group-by-key";
import type { Environment } from "../../../stacks/environments/environment";
import { stateKey } from "../../../stacks/environments/state-location";
import { CommandError } from "../../terminal/command-error";
import { roleArnsOf } from "./roles";

/** Maximum size of a bucket policy, in bytes. Source: Amazon S3 User Guide, Bucket policies. */
export const MAX_BUCKET_POLICY = 20 * 1024;

type S3Backend = Extract<Environment["backend"], { type: "s3" }>;
type BucketUser = Environment & { readonly backend: S3Backend };

/** A bucket in which environments keep their state. */
export interface StateBucket {
  readonly name: string;
  readonly region: string;
  /** The account in which it is created, which may have no environment. */
  readonly account: string;
  /** All environments of the file that use it. */
  readonly users: readonly [BucketUser, ...BucketUser[]];
  readonly policy: object;
  /** Whether S3 takes the policy. */
  readonly isPolicyInLimit: boolean;
}

/**
 * The buckets of some environments.
 *
 * @param allEnvironments of the file, since a bucket's policy is for all of them
 * @throws CommandError when environments share a bucket without a bucket-account: whichever of them had it could be removed
 */
export function stateBucketsOf(
  environments: readonly Environment[],
  allEnvironments: readonly Environment[],
): StateBucket[] {
  const names = environments.filter(hasBucket).map(({ backend }) => backend.bucket);
  const usersByName = groupByKey(allEnvironments.filter(hasBucket), ({ backend }) => backend.bucket);
  return [...usersByName].flatMap(([name, users]) => {
    if (!names.includes(name)) return [];
    const account = users[0].backend["bucket-account"] ?? users[0].account;
    if (users.length > 1 && users[0].backend["bucket-account"] === undefined) throw unownedBucket(name, users);
    const policy = policyOf(name, users);
    const isPolicyInLimit = Buffer.byteLength(JSON.stringify(policy)) <= MAX_BUCKET_POLICY;
    return [{ name, region: users[0].backend.region, account, users, policy, isPolicyInLimit }];
  });
}

function unownedBucket(name: string, users: StateBucket["users"]): CommandError {
  const names = formatList(users.map((user) => user.name));
  return new CommandError(
    `Received the bucket ${name} of ${names} without bucket-account, expected the account in which it is created, so that any of them can be removed. Add bucket-account beside bucket in each backend; if the bucket exists, the account that has it.`,
  );
}

function hasBucket(environment: Environment): environment is BucketUser {
  return environment.backend.type === "s3";
}

export function isShared({ users }: StateBucket): boolean {
  return users.length > 1; // an account is in one environment
}

/** TLS only, and to each of several accounts' roles their own state, as far as the roles' own policies allow it. */
function policyOf(name: string, users: readonly BucketUser[]) {
  const bucket = `arn:aws:s3:::${name}`;
  const grants = users.map((environment) => {
    const state = `${bucket}/${stateKey(environment.name, environment.backend)}`;
    return {
      Effect: "Allow",
      // The roles may not exist yet, so they can't be named as the principals.
      Principal: { AWS: `arn:aws:iam::${environment.account}:root` },
      Action: ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
      Resource: [bucket, state, `${state}.tflock`],
      Condition: { ArnEquals: { "aws:PrincipalArn": roleArnsOf(environment) } },
    };
  });
  const tlsOnly = {
    Sid: "OnlyTls",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucket, `${bucket}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return { Version: "2012-10-17", Statement: [tlsOnly, ...(users.length > 1 ? grants : [])] };
}

/** The parts of a template that create buckets, each in its account. */
export function bucketParts(buckets: readonly StateBucket[]) {
  const parts = buckets.map((bucket) => {
    const isCreated = {
      "Fn::And": [
        { "Fn::Equals": [{ Ref: "CreateStateBucket" }, "true"] },
        { "Fn::Equals": [{ Ref: "AWS::AccountId" }, bucket.account] },
      ],
    };
    return { id: logicalIdOf(bucket.name), isCreated, bucket };
  });
  return {
    Parameters: {
      ...(buckets.length > 0 && {
        CreateStateBucket: {
          Type: "String",
          Default: "true",
          AllowedValues: ["true", "false"],
          Description: "Whether to create the bucket for the state. false: it exists.",
        },
      }),
    },
    Conditions: Object.fromEntries(parts.map(({ id, isCreated }) => [id, isCreated])),
    Rules: Object.fromEntries(parts.map(({ id, isCreated, bucket }) => [id, regionRule(bucket, isCreated)])),
    Resources: Object.assign({}, ...parts.map(({ id, bucket }) => bucketResources(id, bucket))),
  };
}

/** Unique, and the same whatever else the file has: a bucket's name has no capital letters. */
function logicalIdOf(name: string): string {
  return `StateBucket${name.replaceAll("-", "X").replaceAll(".", "Z")}`;
}

/** Elsewhere, Terraform wouldn't find it, and its name would be taken. */
function regionRule({ name, region }: StateBucket, RuleCondition: object) {
  const AssertDescription = `The bucket ${name} is in ${region}: create the stack there, or set CreateStateBucket to false if the bucket exists.`;
  return {
    RuleCondition,
    Assertions: [{ Assert: { "Fn::Equals": [{ Ref: "AWS::Region" }, region] }, AssertDescription }],
  };
}

/** The policy stays, too: without it, the other accounts have no state. */
function bucketResources(id: string, { name, users, policy }: StateBucket) {
  // Retain would also keep the bucket of a creation that fails for another reason, so that the next one fails for the bucket.
  const retention = { Condition: id, DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" };
  const keys = new Set(users.map(({ backend }) => backend["kms-key"]));
  const [key] = keys;
  const encryption =
    keys.size > 1 || key === undefined ? { SSEAlgorithm: "AES256" } : { SSEAlgorithm: "aws:kms", KMSMasterKeyID: key };
  return {
    [id]: {
      Type: "AWS::S3::Bucket",
      ...retention,
      Properties: {
        BucketName: name,
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: encryption }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: "Enabled" },
      },
    },
    [`${id}Policy`]: {
      Type: "AWS::S3::BucketPolicy",
      ...retention,
      Properties: { Bucket: { Ref: id }, PolicyDocument: policy },
    },
  };
}
