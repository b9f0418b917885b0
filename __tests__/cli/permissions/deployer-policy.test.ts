import { authorize } from "../../../cli/iam/authorize";
import { type PolicyDocument, readPolicy } from "../../../cli/iam/policy";
import { callerPolicy, deployerPolicy, notPreventedBy } from "../../../cli/permissions/deployer-policy";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { environmentOf } from "../../support/live-account";

const environment = (yaml: string) => environmentOf(yaml, "payments");

const CHANNELS = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
const S3 = "backend: { type: s3, bucket: states, region: us-east-1 }";

function statement({ Statement }: PolicyDocument, sid: string) {
  return Statement.find(({ Sid }) => Sid === sid);
}

function services({ Statement }: PolicyDocument): string[] {
  return [...new Set(Statement.flatMap(({ Action }) => Action.map((action) => action.replace(/:.*/, ""))))].sort();
}

test("for a role and its policy, it allows only IAM, and only these two resources", () => {
  const policy = deployerPolicy(environment("other-channels: true, read-only: { path: /support/ }"));
  expect(services(policy)).toEqual(["iam"]);
  expect(new Set(policy.Statement.flatMap(({ Resource }) => Resource))).toEqual(
    new Set([
      "arn:aws:iam::111122223333:role/support/AWSSupportAppReadOnlyRole",
      "arn:aws:iam::111122223333:policy/support/AWSSupportAppReadOnlyRolePolicy",
    ]),
  );
});

describe("the deployer", () => {
  const IAM = "arn:aws:iam::111122223333";
  const [FULL, READ_ONLY] = [`${IAM}:role/AWSSupportAppFullRole`, `${IAM}:role/AWSSupportAppReadOnlyRole`];
  const [BOUNDARY, OTHER] = [`${IAM}:policy/boundary`, `${IAM}:policy/other`];
  const bounded = `permissions-boundary: "${BOUNDARY}"`;

  /** What the printed policy says to a request. */
  function decided(yaml: string, action: string, resource: string, keys: Record<string, string | undefined> = {}) {
    const { statements, unreadable } = readPolicy(JSON.stringify(deployerPolicy(environment(yaml))));
    expect(unreadable).toEqual([]);
    const requestKeys = { "iam:permissionsboundary": undefined, "iam:policyarn": undefined, ...keys };
    return authorize([{ name: "deployer", policy: { statements, unreadable } }], {
      action,
      resource,
      keys: requestKeys,
    }).is;
  }

  test("the deployer can't attach one level's or team's policy to another role, creates each only with its boundary, and removes only a boundary that no role should have", () => {
    const yaml = `read-only: {}, full: {}, teams: { a1: { access: full, ${bounded} }, a-1: { access: read-only, role-name: Other, policy-name: Other } }`;
    const roles = [READ_ONLY, FULL, `${IAM}:role/AWSSupportAppA1Role`, `${IAM}:role/Other`];
    const policies = ["ReadOnlyRolePolicy", "FullRolePolicy", "A1RolePolicy"].map((name) => `AWSSupportApp${name}`);
    const withBoundary = { "iam:permissionsboundary": BOUNDARY };
    const attachments = roles.map((role) =>
      [...policies, "Other"].map((policy) =>
        decided(yaml, "iam:AttachRolePolicy", role, { "iam:policyarn": `${IAM}:policy/${policy}`, ...withBoundary }),
      ),
    );
    const [yes, no] = ["allowed", "implicit-deny"];
    expect(attachments).toEqual([
      [yes, no, no, no],
      [no, yes, no, no],
      [no, no, yes, no],
      [no, no, no, yes],
    ]);
    expect(roles.map((role) => decided(yaml, "iam:CreateRole", role))).toEqual([yes, yes, no, yes]);
    expect(decided(yaml, "iam:CreateRole", roles[2] ?? "", withBoundary)).toBe(yes);
    const removals = roles.map((role) => decided(yaml, "iam:DeleteRolePermissionsBoundary", role, withBoundary));
    expect(removals).toEqual([yes, yes, no, yes]);
    const withThird = yaml.replace(/\}$/, `, b: { access: full, permissions-boundary: "${BOUNDARY}2" } }`);
    expect(deployerPolicy(environment(withThird)).Statement.map(({ Sid }) => Sid)).toEqual([
      ...["Roles", "ReadOnlyRole", "AttachReadOnlyPolicy", "FullRole", "AttachFullPolicy"],
      ...["TeamRoleWithItsBoundary", "Team2Role", "Team3RoleWithItsBoundary"],
      ...["AttachTeamA1Policy", "AttachTeamA1OtherPolicy", "AttachTeamBPolicy", "Policies"],
    ]);
  });

  test.each(["create", "adopt"])(
    "the deployer gets the rights to a Service Quotas role that only a team has: %s",
    (mode) => {
      const { Statement } = deployerPolicy(
        environment(
          `full: { service-quotas-role: existing }, teams: { a: { access: full, service-quotas-role: ${mode} } }`,
        ),
      );
      const created = Statement.some(({ Sid }) => Sid === "CreateServiceQuotasRole");
      expect([Statement.some(({ Sid }) => Sid === "ServiceQuotasRole"), created]).toEqual([true, mode === "create"]);
    },
  );

  test("the deployer can't exceed the boundary by rewriting the policy and the trust policy and assuming the role", () => {
    const yaml = `full: { ${bounded}, ${CHANNELS} }`;
    const decide = (action: string, keys = {}) => decided(yaml, action, FULL, keys);
    // The steps with which the deployer could assume the role with a policy of their own.
    expect(decided(yaml, "iam:CreatePolicyVersion", `${IAM}:policy/AWSSupportAppFullRolePolicy`)).toBe("allowed");
    expect(decide("iam:UpdateAssumeRolePolicy")).toBe("allowed");
    // Nothing removes the boundary from the role, creates the role without it, or changes the boundary's policy.
    expect(decide("iam:DeleteRolePermissionsBoundary")).toBe("implicit-deny");
    for (const action of ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]) {
      const decisions = [BOUNDARY, OTHER, undefined].map((arn) => decide(action, { "iam:permissionsboundary": arn }));
      expect(decisions).toEqual(["allowed", "implicit-deny", "implicit-deny"]);
    }
    for (const action of ["CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy", "CreatePolicy"]) {
      expect(decided(yaml, `iam:${action}`, BOUNDARY)).toBe("implicit-deny");
    }
    // There is no other way to give a role more.
    for (const action of ["iam:PutRolePolicy", "iam:CreateServiceLinkedRole", "iam:PassRole", "sts:AssumeRole"]) {
      expect(decided(yaml, action, `${IAM}:role/another`)).toBe("implicit-deny");
    }
    const policyKeys = { "iam:policyarn": `${IAM}:policy/AWSSupportAppFullRolePolicy` };
    expect(decide("iam:AttachRolePolicy", { ...policyKeys, "iam:permissionsboundary": BOUNDARY })).toBe("allowed");
    expect(decide("iam:AttachRolePolicy", policyKeys)).toBe("implicit-deny");
    expect(decide("iam:PutRolePolicy", { "iam:permissionsboundary": BOUNDARY })).toBe("implicit-deny");
  });
});

test("with AWS's own policy, no right to create policies is needed", () => {
  const policy = deployerPolicy(environment("read-only: { policy: aws-managed }"));
  expect(statement(policy, "Policies")).toBeUndefined();
  expect(statement(policy, "AttachReadOnlyPolicy")?.Condition).toEqual({
    ArnEquals: { "iam:PolicyARN": ["arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess"] },
  });
});

test.each([
  ["on-demand", []],
  ["existing", []],
  ["adopt", ["iam:GetRole", "iam:TagRole", "iam:UntagRole"]],
  ["create", ["iam:GetRole", "iam:TagRole", "iam:UntagRole", "iam:CreateServiceLinkedRole"]],
])("a Service Quotas role that is %s needs %j", (mode, actions) => {
  const { Statement } = deployerPolicy(environment(`full: { service-quotas-role: ${mode} }`));
  const onRole = Statement.filter(({ Resource = [] }) => Resource.some((arn) => arn.includes("/aws-service-role/")));
  expect(onRole.flatMap(({ Action }) => Action)).toEqual(actions);
  for (const { Resource } of onRole) {
    expect(Resource).toEqual(["arn:aws:iam::111122223333:role/aws-service-role/servicequotas.amazonaws.com/*"]);
  }
});

test("a state in GitLab needs no permission in AWS", () => {
  const backend = "backend: { type: http, address: https://gitlab.com/api/v4/projects/42/terraform/state }";
  expect(deployerPolicy(environment(`${backend}, full: {}`))).toEqual(deployerPolicy(environment("full: {}")));
});

describe("state in S3", () => {
  test("a state in S3 needs only the caller if there is a deploy-role; the caller may otherwise only assume that", () => {
    const role = "arn:aws:iam::111122223333:role/terraform";
    const withRole = environment(`${S3}, deploy-role: "${role}", full: { ${CHANNELS} }`);
    expect(services(deployerPolicy(withRole))).not.toContain("s3");
    const caller = callerPolicy(withRole);
    expect(caller.Statement[0]).toMatchObject({ Action: ["sts:AssumeRole"], Resource: [role] });
    expect(services(caller)).toEqual(["s3", "sts"]);
  });

  const KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-96ef-1234567890ab";
  test.each([
    [KEY, [KEY], undefined],
    [
      "arn:aws:kms:us-east-1:111122223333:alias/state",
      ["arn:aws:kms:us-east-1:111122223333:key/*"],
      { "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/state"] } },
    ],
  ])("a state in S3 that is encrypted by %s needs the key", (arn, resource, condition) => {
    const policy = deployerPolicy(environment(`${S3.replace(" }", `, kms-key: "${arn}" }`)}, full: {}`));
    expect(statement(policy, "EncryptState")).toEqual({
      Sid: "EncryptState",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: resource,
      ...(condition && { Condition: condition }),
    });
  });
});

test("unless others configure the account, it reads the roles of default names that the file doesn't have: a lost state may have had them", () => {
  const policy = deployerPolicy(environment("full: { role-name: Oncall }"));
  expect(statement(policy, "RolesOfDefaultNames")).toMatchObject({
    Action: ["iam:GetRole"],
    Resource: ["ReadOnly", "Full"].map((level) => `arn:aws:iam::111122223333:role/AWSSupportApp${level}Role`),
  });
});

describe("a retired environment", () => {
  const entries = `${S3}, slack-workspaces: [T01], account-alias: a, full: { service-quotas-role: create, ${CHANNELS} }`;

  test("a retired environment needs the rights to remove its entries, the same as before", () => {
    expect(deployerPolicy(environment(`${entries}, retired: true`))).toEqual(deployerPolicy(environment(entries)));
  });

  test("a retired environment without an access level names no role and no policy", () => {
    const { Statement } = deployerPolicy(environment("account-alias: a, other-channels: true, retired: true"));
    expect(Statement.map(({ Sid }) => Sid)).toEqual(["CloudControl", "SupportApp"]);
  });
});

test("the policy of an environment with everything fits into a managed policy's 6,144 characters", () => {
  const everything = `${S3}, slack-workspaces: [T01], account-alias: a, read-only: { ${CHANNELS} }, full: { service-quotas-role: create }`;
  const policy = deployerPolicy(environment(everything));
  expect(JSON.stringify(policy).length).toBeLessThan(6144);
  expect(policy).toMatchSnapshot();
});

describe("what it doesn't prevent", () => {
  const sentences = (yaml: string) => notPreventedBy(environment(yaml)).map((line) => line.slice(0, line.indexOf(":")));
  const OWN = 'permissions-boundary: "arn:aws:iam::111122223333:policy/b"';
  const OF_AWS = 'permissions-boundary: "arn:aws:iam::aws:policy/ReadOnlyAccess"';
  const ADMINISTRATOR = "Whoever has it can become an administrator of the account";
  const NOT_THERE = "A boundary that doesn't exist yet limits nothing, and whoever creates it decides what it allows";
  const FIRST = "Until the first deploy, an adopted role has the boundary that it has now, or none";
  const OTHERS = "Whoever else has an adopted policy gets what is written into it, without the role's boundary";

  test.each<[string, string[]]>([
    ["full: {}", [ADMINISTRATOR]],
    [`read-only: {}, full: { ${OWN} }`, [ADMINISTRATOR, NOT_THERE]],
    [`full: { ${OWN} }`, [NOT_THERE]],
    [`full: { ${OF_AWS} }`, []],
    [`full: { ${OWN}, adopt: true }`, [NOT_THERE, FIRST, OTHERS]],
    [`full: { ${OF_AWS}, adopt: true, policy: aws-managed }`, [FIRST]],
    ["full: { adopt: true }", [ADMINISTRATOR, OTHERS]],
    ["retired: true", []],
  ])("what the policy doesn't prevent is listed for an environment with %s", (yaml, lines) => {
    expect(sentences(yaml)).toEqual(lines);
  });
});

test("the policy of a caller of several environments has one statement for what is alike, and an ID for each statement", () => {
  const key = (alias: string) => `kms-key: "arn:aws:kms:us-east-1:111122223333:alias/${alias}"`;
  const yaml = (name: string, account: string, alias: string) =>
    `  ${name}: { account: "${account}", region: us-east-1, ${S3.replace(" }", `, ${key(alias)} }`)}, deploy-role: "arn:aws:iam::${account}:role/deploys", full: {} }\n`;
  const environments = `environments:\n${yaml("a", "111122223333", "one")}${yaml("b", "444455556666", "one")}${yaml("c", "777788889999", "two")}`;
  const { Statement } = callerPolicy(...parseEnvironments(environments, "environments.yaml"));
  expect(Statement.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
    [
      "AssumeDeployRole",
      ["111122223333", "444455556666", "777788889999"].map((id) => `arn:aws:iam::${id}:role/deploys`),
    ],
    ["FindState", ["arn:aws:s3:::states"]],
    ["State", ["a", "b", "c"].map((name) => `arn:aws:s3:::states/support-app/${name}.tfstate`)],
    ["LockState", ["a", "b", "c"].map((name) => `arn:aws:s3:::states/support-app/${name}.tfstate.tflock`)],
    ["EncryptState", ["arn:aws:kms:us-east-1:111122223333:key/*"]],
    ["EncryptState2", ["arn:aws:kms:us-east-1:111122223333:key/*"]],
  ]);
});
