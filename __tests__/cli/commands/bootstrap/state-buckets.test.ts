import { rolesOf } from "../../../../cli/commands/bootstrap/roles";
import { bucketParts, type StateBucket, stateBucketsOf } from "../../../../cli/commands/bootstrap/state-buckets";
import { GITHUB } from "../../../../cli/forge/github/github";
import { tokenIssuer } from "../../../../cli/forge/github/trust";
import { authorize } from "../../../../cli/iam/authorize";
import { readPolicy } from "../../../../cli/iam/policy";
import { standsFor } from "../../../../cli/iam/principal";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";

const [ONE, TWO, THREE, HUB] = ["111122223333", "444455556666", "777788889999", "999900001111"];
const environmentsIn = (yaml: string) => parseEnvironments(yaml, "environments.yaml");
/** Two accounts share `states` in a fourth account, one of them with roles of other names; the third has a bucket of its own. */
const [staging, production, search] = environmentsIn(`
defaults: { region: us-east-1, backend: { type: s3, bucket: states, region: eu-west-1, bucket-account: "${HUB}" } }
environments:
  staging: { account: "${ONE}", full: {} }
  production:
    account: "${TWO}"
    deploy-role: "arn:aws:iam::${TWO}:role/ci/deploys"
    plan-role: "arn:aws:iam::${TWO}:role/plans"
    backend: { type: s3, bucket: states, region: eu-west-1, bucket-account: "${HUB}", prefix: slack }
    full: {}
  search: { account: "${THREE}", full: {}, backend: { type: s3, bucket: search.states, region: us-east-1 } }
`) as [Environment, Environment, Environment];
const ALL = [staging, production, search];
const [shared, single] = stateBucketsOf(ALL, ALL) as [StateBucket, StateBucket];

interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** What a bucket's policy says to somebody of an account. */
function bucketDecision({ policy }: StateBucket, { account, arn }: Caller, action: string, path = "", tls = true) {
  const { statements, unreadable } = readPolicy(JSON.stringify(policy));
  expect(unreadable).toEqual([]);
  const callerStatements = statements.filter(({ principals }) =>
    principals?.all.some((principal) => standsFor(principal, { type: "AWS", id: account })),
  );
  const resource = `arn:aws:s3:::states${path}`;
  const keys = { "aws:principalarn": arn, "aws:securetransport": String(tls) };
  const policies = [{ name: "bucket", policy: { statements: callerStatements, unreadable: [] } }];
  return authorize(policies, { action, resource, keys }).is;
}

const ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy", "s3:DeleteObjectVersion"];
const STATES = { staging: "/support-app/staging.tfstate", production: "/slack/production.tfstate" };
const jobRolesOf = (environment: Environment) =>
  rolesOf(environment, GITHUB, tokenIssuer("acme/slack-access")).map((role) => ({
    ...role,
    account: environment.account,
  }));

test("in a shared bucket, each account's deployer and reader can do with their own state what their own policies allow", () => {
  for (const environment of [staging, production]) {
    const state = STATES[environment.name as keyof typeof STATES];
    for (const role of jobRolesOf(environment)) {
      const policies = [{ name: role.purpose, policy: readPolicy(JSON.stringify(role.permissions)) }];
      const allowedActions = [...ACTIONS, "s3:ListBucket"].flatMap((action) =>
        ["", state, `${state}.tflock`].flatMap((path) => {
          const { is } = authorize(policies, { action, resource: `arn:aws:s3:::states${path}` });
          return is === "allowed" ? [[action, path] as const] : [];
        }),
      );
      expect(allowedActions).toHaveLength(role.purpose === "deployer" ? 6 : 2);
      for (const [action, path] of allowedActions)
        expect([role.arn, action, path, bucketDecision(shared, role, action, path)]).toEqual([
          ...[role.arn, action, path],
          "allowed",
        ]);
    }
  }
});

test("in a shared bucket, no role of an account can use another account's state, and nobody else of an account any state", () => {
  for (const environment of [staging, production])
    for (const role of jobRolesOf(environment))
      for (const [name, state] of Object.entries(STATES).filter(([name]) => name !== environment.name))
        for (const path of [state, `${state}.tflock`, `/support-app/${environment.name}.tfstate2`, "/x"])
          for (const action of ACTIONS)
            expect([role.arn, name, path, bucketDecision(shared, role, action, path)]).toEqual([
              ...[role.arn, name, path],
              "implicit-deny",
            ]);
  const strangers = [
    { account: ONE, arn: `arn:aws:iam::${ONE}:role/admin` },
    { account: ONE, arn: `arn:aws:iam::${ONE}:role/x/support-app-deployer` },
    { account: TWO, arn: `arn:aws:iam::${TWO}:role/support-app-deployer` },
    { account: THREE, arn: `arn:aws:iam::${ONE}:role/support-app-deployer` },
    { account: "*", arn: `arn:aws:iam::${ONE}:role/support-app-deployer` },
  ];
  for (const stranger of strangers)
    for (const path of ["", ...Object.values(STATES)])
      for (const action of [...ACTIONS, "s3:ListBucket"])
        expect([stranger, bucketDecision(shared, stranger, action, path)]).toEqual([stranger, "implicit-deny"]);
});

test("a bucket is used over TLS only, also by whoever may use it; a bucket of one account gives nobody anything more", () => {
  const [deployer] = jobRolesOf(staging);
  for (const path of ["", STATES.staging])
    for (const action of [...ACTIONS, "s3:ListBucket"]) {
      expect(bucketDecision(shared, deployer as Caller, action, path, false)).toBe("explicit-deny");
      expect(bucketDecision(shared, { account: "*", arn: "" }, action, path, false)).toBe("explicit-deny");
    }
  expect(single.policy).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::search.states", "arn:aws:s3:::search.states/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
});

type Resources = Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
const resourcesOf = (...buckets: StateBucket[]) => bucketParts(buckets).Resources as Resources;

test("a bucket is encrypted, versioned, closed to the public, and stays with its policy when the stack is deleted", () => {
  const stays = {
    Condition: "StateBucketstates",
    DeletionPolicy: "RetainExceptOnCreate",
    UpdateReplacePolicy: "Retain",
  };
  expect(resourcesOf(shared)).toEqual({
    StateBucketstates: {
      Type: "AWS::S3::Bucket",
      ...stays,
      Properties: {
        BucketName: "states",
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
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
    StateBucketstatesPolicy: {
      Type: "AWS::S3::BucketPolicy",
      ...stays,
      Properties: { Bucket: { Ref: "StateBucketstates" }, PolicyDocument: shared.policy },
    },
  });
});

/** Environments in accounts of their own, with these ends of their backends. */
const sharing = (...backends: string[]) =>
  environmentsIn(
    `environments:\n${backends
      .map(
        (end, index) =>
          `  e${index}: { account: "${100000000000 + index}", region: us-east-1, full: {}, backend: { type: s3, bucket: ${end} } }\n`,
      )
      .join("")}`,
  );
const bucketsOf = (environments: Environment[]) => stateBucketsOf(environments, environments);

test("a bucket whose environments name one KMS key is encrypted with it by default, and otherwise with S3's own key", () => {
  const arn = "arn:aws:kms:us-east-1:111122223333:alias";
  const encryptionOf = (...keys: string[]) => {
    const ends = keys.map(
      (key) => `states, region: us-east-1, bucket-account: "${HUB}"${key && `, kms-key: "${arn}/${key}"`}`,
    );
    return JSON.stringify(resourcesOf(...bucketsOf(sharing(...ends))).StateBucketstates?.Properties.BucketEncryption);
  };
  const withKey = `{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"${arn}/a"}`;
  for (const keys of [["a"], ["a", "a"]]) expect(encryptionOf(...keys)).toContain(withKey);
  for (const keys of [[""], ["a", "b"], ["a", ""], ["", "a"]])
    expect(encryptionOf(...keys)).toContain('{"SSEAlgorithm":"AES256"}');
});

type Values = Readonly<Record<string, string>>;
type Expression = string | { readonly Ref: string } | { readonly [name: string]: readonly Expression[] };

/** The value of an expression, as CloudFormation works it out. */
function evaluate(expression: Expression, values: Values): string | boolean {
  if (typeof expression === "string") return expression;
  const [[name, operands]] = Object.entries(expression) as [[string, string & readonly Expression[]]];
  if (name === "Ref") {
    expect(Object.keys(values)).toContain(operands);
    return values[operands] ?? "";
  }
  const results = operands.map((operand) => evaluate(operand, values));
  if (name === "Fn::And") return results.every((result) => result === true);
  expect(name).toBe("Fn::Equals");
  return results[0] === results[1];
}

/** The buckets that a stack creates, or what its rules refuse. */
function createdIn(account: string, region: string, parameters: Values = {}): string[] {
  const { Parameters, Conditions, Rules } = bucketParts([shared, single]);
  const defaults = Object.entries(Parameters).map(([name, { Default }]) => [name, Default] as const);
  const values = {
    ...Object.fromEntries(defaults),
    ...parameters,
    "AWS::AccountId": account,
    "AWS::Region": region,
  };
  const refusals = Object.values(Rules).flatMap(({ RuleCondition, Assertions }) =>
    evaluate(RuleCondition as Expression, values) === true
      ? Assertions.filter(({ Assert }) => evaluate(Assert, values) !== true)
      : [],
  );
  if (refusals.length > 0) return refusals.map(({ AssertDescription }) => AssertDescription);
  return Object.keys(Conditions).filter((id) => evaluate(Conditions[id] as Expression, values) === true);
}

test("a shared bucket is created in its bucket-account, another one in its environment's account, and neither if it exists", () => {
  const created = [HUB, ONE, TWO, THREE].map((account) =>
    createdIn(account, account === THREE ? "us-east-1" : "eu-west-1"),
  );
  expect(created).toEqual([["StateBucketstates"], [], [], ["StateBucketsearchZstates"]]);
  for (const account of [HUB, ONE, TWO, THREE])
    expect(createdIn(account, "ap-south-1", { CreateStateBucket: "false" })).toEqual([]);
});

test("a stack that would create a bucket in another region than its own is refused, and other stacks may be anywhere", () => {
  expect(createdIn(HUB, "us-east-1")).toEqual([
    "The bucket states is in eu-west-1: create the stack there, or set CreateStateBucket to false if the bucket exists.",
  ]);
  expect(createdIn(TWO, "us-east-1")).toEqual([]);
});

test("a bucket that environments share has no account until they name it, and one of a single environment can be elsewhere, too", () => {
  const shares = sharing("states, region: us-east-1", "states, region: us-east-1", "single, region: us-east-1");
  expect(() => bucketsOf(shares)).toThrow(
    "Received the bucket states of e0, e1 without bucket-account, expected the account in which it is created, so that any of them can be removed. Add bucket-account beside bucket in each backend; if the bucket exists, the account that has it.",
  );
  const [hubBucket] = bucketsOf(sharing(`states, region: us-east-1, bucket-account: "${HUB}"`));
  expect(hubBucket).toMatchObject({ account: HUB, users: [{ account: "100000000000" }] });
});

test("the policy of a shared bucket is for all environments of the file, also if only some are chosen", () => {
  expect(stateBucketsOf([production], ALL)).toEqual([shared]);
  expect(stateBucketsOf([search], ALL)).toEqual([single]);
});

test("buckets with similar names are different resources, and backends that aren't S3 need none", () => {
  const names = ["a-bc", "a.bc", "abc", "axbc", "a-1", "a-b-c"];
  const resources = resourcesOf(...bucketsOf(sharing(...names.map((name) => `${name}, region: us-east-1`))));
  expect(Object.keys(resources)).toHaveLength(2 * names.length);
  const localEnvironments = environmentsIn(`environments: { a: { account: "${ONE}", region: us-east-1, full: {} } }`);
  expect(bucketsOf(localEnvironments)).toEqual([]);
  expect(bucketParts([])).toEqual({ Parameters: {}, Conditions: {}, Rules: {}, Resources: {} });
});

test("a policy for more accounts than S3 takes in one is out of the limit", () => {
  const isInLimit = (count: number) =>
    bucketsOf(sharing(...Array(count).fill(`acme-terraform-state, region: us-east-1, bucket-account: "${HUB}"`)))[0]
      ?.isPolicyInLimit;
  expect([35, 45].map(isInLimit)).toEqual([true, false]);
});
