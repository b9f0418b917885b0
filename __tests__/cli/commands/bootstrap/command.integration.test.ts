import { existsSync, readFileSync } from "node:fs";
import { GITHUB } from "../../../../cli/forge/github/github";
import { GITLAB } from "../../../../cli/forge/gitlab/gitlab";
import { allowedBeyond } from "../../../../cli/iam/allowed-beyond";
import { authorize } from "../../../../cli/iam/authorize";
import { readPolicy } from "../../../../cli/iam/policy";
import { callerPolicy, deployerPolicy } from "../../../../cli/permissions/deployer-policy";
import { readerCallerPolicy, readerPolicy } from "../../../../cli/permissions/reader-policy";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { commandInTests } from "../../../support/commanding";

const REPOSITORY = "acme/slack-access";
const [ONE, TWO] = ["111122223333", "444455556666"];
const [DEPLOYS, PLANS] = ["ci/deploys", "plans"].map((name) => `arn:aws:iam::${TWO}:role/${name}`);
const YAML = `defaults: { region: us-east-1, backend: { type: s3, bucket: states, region: eu-west-1, bucket-account: "${ONE}" } }
environments:
  staging: { account: "${ONE}", full: {} }
  production: { account: "${TWO}", deploy-role: "${DEPLOYS}", plan-role: "${PLANS}", read-only: {}, full: {} }
`;
const [staging, production] = parseEnvironments(YAML, "environments.yaml") as [Environment, Environment];
const ISSUER = "token.actions.githubusercontent.com";

const { path, environmentsAre, run } = commandInTests("bootstrap", YAML);
const bootstrap = (...args: string[]) => run("--repository", REPOSITORY, "--out", path("out"), ...args);
const fileText = (name: string) => readFileSync(path(`out/${name}`), "utf8");

interface Role {
  readonly arn: string;
  readonly trust: { readonly Statement: readonly { readonly Sid: string; readonly Principal: object }[] };
  readonly permissions: object;
}
type Roles = Readonly<Record<"deployer" | "reader", Role>>;

/** The roles that CloudFormation creates in an account. */
function rolesIn({ account }: Environment): Roles {
  const { Resources, Conditions } = JSON.parse(fileText("template.json"));
  const isThere = (name: string) => {
    const [reference, value] = Conditions[name]["Fn::Equals"];
    expect(reference).toEqual({ Ref: "AWS::AccountId" });
    return value === account;
  };
  const roles = Object.entries<{ Type: string; Condition: string; Properties: Record<string, never> }>(Resources)
    .filter(([, { Type, Condition }]) => Type === "AWS::IAM::Role" && isThere(Condition))
    .map(([id, { Properties }]) => {
      const { RoleName, Path, AssumeRolePolicyDocument: trust, Policies } = Properties;
      const permissions = (Policies?.[0] as { PolicyDocument: object } | undefined)?.PolicyDocument ?? {};
      const arn = `arn:aws:iam::${account}:role${Path}${RoleName}`;
      return [id.startsWith("Deployer") ? "deployer" : "reader", { arn, trust: trust ?? {}, permissions }] as const;
    });
  expect(roles).toHaveLength(2);
  return Object.fromEntries(roles) as never;
}

/** Whether a job with a token can assume a role: the identity provider stands for itself, as a service that asks. */
function decide({ trust }: Role, account: string, sub: string, aud = "sts.amazonaws.com") {
  const [jobs] = trust.Statement;
  expect(jobs?.Principal).toEqual({ Federated: `arn:aws:iam::${account}:oidc-provider/${ISSUER}` });
  const policy = readPolicy(JSON.stringify({ ...trust, Statement: [{ ...jobs, Principal: { Service: ISSUER } }] }));
  expect(policy.unreadable).toEqual([]);
  const keys = { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: aud };
  return authorize([{ name: "trust", policy }], { action: "sts:AssumeRoleWithWebIdentity", service: ISSUER, keys }).is;
}

const statementsOf = (...policies: object[]) =>
  policies.flatMap((policy) => readPolicy(JSON.stringify(policy)).statements);
const expectAlike = (a: object, ...b: object[]) => {
  const [statements, otherStatements] = [statementsOf(a), statementsOf(...b)];
  expect(allowedBeyond(statements, otherStatements)).toEqual([]);
  expect(allowedBeyond(otherStatements, statements)).toEqual([]);
};

test("a job of exactly the repository's GitHub environment can assume a role, and no other job", async () => {
  expect(await bootstrap()).toMatchObject({ status: 0 });
  for (const environment of [staging, production]) {
    const { name, account } = environment;
    const { deployer, reader } = rolesIn(environment);
    const subjectOf = (githubEnvironment: string, repository = REPOSITORY) =>
      `repo:${repository}:environment:${githubEnvironment}`;
    const readers = [`plan-${name}`, `doctor-${name}`, `drift-${name}`];
    expect(decide(deployer, account, subjectOf(name))).toBe("allowed");
    for (const job of readers) {
      expect(decide(reader, account, subjectOf(job))).toBe("allowed");
      expect(decide(deployer, account, subjectOf(job))).toBe("implicit-deny");
    }
    const strangers = [
      ...["acme/other", "other/slack-access", "acme/slack-access2", "Acme/slack-access", "acme/*"].flatMap(
        (repository) => [name, ...readers].map((job) => subjectOf(job, repository)),
      ),
      ...["fleet", `${name}2`, `x${name}`, "*", `${name}:x`].map((job) => subjectOf(job)),
      ...[`repo:${REPOSITORY}:ref:refs/heads/main`, `repo:${REPOSITORY}:pull_request`, ""],
    ];
    for (const subject of strangers)
      for (const role of [deployer, reader])
        expect([subject, decide(role, account, subject)]).toEqual([subject, "implicit-deny"]);
    expect(decide(reader, account, subjectOf(name))).toBe("implicit-deny");
    expect(decide(deployer, account, subjectOf(name), `https://github.com/acme`)).toBe("implicit-deny");
  }
});

test("the roles have the printed policies; roles of environments.yaml may also assume themselves, as Terraform does", async () => {
  await bootstrap();
  const [inStaging, inProduction] = [rolesIn(staging), rolesIn(production)];
  expectAlike(inStaging.deployer.permissions, deployerPolicy(staging));
  expectAlike(inStaging.reader.permissions, readerPolicy(staging));
  expectAlike(inProduction.deployer.permissions, deployerPolicy(production), callerPolicy(production));
  expectAlike(inProduction.reader.permissions, readerPolicy(production), readerCallerPolicy(production));
  expect([inProduction.deployer.arn, inProduction.reader.arn]).toEqual([DEPLOYS, PLANS]);
  for (const { trust, arn } of [inProduction.deployer, inProduction.reader])
    expect(trust.Statement[1]).toEqual({
      Sid: "Itself",
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS: `arn:aws:iam::${TWO}:root` },
      Condition: { ArnEquals: { "aws:PrincipalArn": arn } },
    });
  expect(inStaging.deployer.arn).toBe(`arn:aws:iam::${ONE}:role/support-app-deployer`);
  for (const { trust } of Object.values(inStaging)) expect(trust.Statement).toHaveLength(1);
});

test("roles with an external ID or a session name in environments.yaml assume themselves only with it, and jobs sign in as before", async () => {
  environmentsAre(
    YAML.replace(
      `deploy-role: "${DEPLOYS}"`,
      `deploy-role: { arn: "${DEPLOYS}", external-id: acme, session-name: ci }`,
    ).replace(`plan-role: "${PLANS}"`, `plan-role: { arn: "${PLANS}", external-id: acme }`),
  );
  await bootstrap();
  const roles = rolesIn(production);
  const conditionOf = ({ trust }: Role) => Reflect.get(trust.Statement[1] ?? {}, "Condition");
  expect(conditionOf(roles.deployer)).toEqual({
    ArnEquals: { "aws:PrincipalArn": DEPLOYS },
    StringEquals: { "sts:ExternalId": "acme", "sts:RoleSessionName": "ci" },
  });
  expect(conditionOf(roles.reader)).toEqual({
    ArnEquals: { "aws:PrincipalArn": PLANS },
    StringEquals: { "sts:ExternalId": "acme" },
  });
  expect(decide(roles.deployer, TWO, `repo:${REPOSITORY}:environment:production`)).toBe("allowed");
  expect(decide(roles.reader, TWO, `repo:${REPOSITORY}:environment:plan-production`)).toBe("allowed");
});

const manyEnvironments = (count: number) =>
  environmentsAre(
    `defaults: { region: us-east-1, backend: { type: s3, bucket: states, region: eu-west-1, bucket-account: "${ONE}" } }
environments:
${Array.from({ length: count }, (_, index) => `  e${index}: { account: "${100000000000 + index}", read-only: {} }\n`).join("")}`,
  );

describe("a project on GitLab", () => {
  const PROJECT = "acme/platform/slack-access";
  const bootstrapGitLab = (...args: string[]) =>
    run("--gitlab", "--repository", PROJECT, "--out", path("out"), ...args);

  test("each account trusts GitLab with its own environments as audiences", async () => {
    expect(await bootstrapGitLab()).toMatchObject({ status: 0 });
    expect([existsSync(path("out/gitlab.sh")), existsSync(path("out/github.sh"))]).toEqual([true, false]);
    const { Mappings, Resources } = JSON.parse(fileText("template.json"));
    expect(Resources.OidcProvider.Properties).toEqual({
      Url: "https://gitlab.com",
      ClientIdList: { "Fn::FindInMap": ["Audiences", { Ref: "AWS::AccountId" }, "ClientIds"] },
    });
    for (const environment of [staging, production]) {
      const { name, account } = environment;
      // No job of a merge request has a role.
      expect(Mappings.Audiences[account].ClientIds).toEqual([name, `doctor-${name}`, `drift-${name}`]);
      const [jobs] = rolesIn(environment).deployer.trust.Statement;
      expect(jobs).toMatchObject({
        Sid: "GitLab",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/gitlab.com` },
        Condition: {
          StringEquals: {
            "gitlab.com:aud": [name],
            "gitlab.com:sub": `project_path:${PROJECT}:ref_type:branch:ref:main`,
          },
        },
      });
    }
  });

  test("the next steps begin with GitLab, name its script, its token and its pipelines, and nothing of GitHub", async () => {
    const { output } = await bootstrapGitLab("--branch", "trunk");
    expect(output).toMatch(
      /\n1\. Replace @YOUR-ORGANIZATION\/YOUR-OWNERS in \.gitlab\/CODEOWNERS .*push everything to trunk\..*bash .*gitlab\.sh.*glab auth login --hostname gitlab\.com\n.*before you create the roles.*scope api.*GITLAB_TOKEN --masked --scope support-app\/ci --repo https:\/\/gitlab\.com\/acme\/platform\/slack-access.*a stack in each account/s,
    );
    expect(output).toContain("only jobs of https://gitlab.com/acme/platform/slack-access can assume them.");
    expect(output).toContain("glab variable set NAME true --repo https://gitlab.com/acme/platform/slack-access");
    expect(output + fileText("gitlab.sh") + fileText("template.json")).not.toMatch(/github|workflow/i);
    expect(fileText("gitlab.sh")).toContain(`.gitlab-ci.yml@${PROJECT}:trunk`);
  });

  test("a project on another GitLab is trusted as that GitLab's, and its script asks that GitLab", async () => {
    const url = "https://gitlab.example.com/acme/slack-access";
    const { output } = await bootstrapGitLab("--repository", url);
    expect(output).toContain(`only jobs of ${url} can assume them.`);
    expect(fileText("gitlab.sh")).toContain(
      "host='gitlab.example.com'\npath='acme/slack-access'\nproject='projects/acme%2Fslack-access'",
    );
    const [jobs] = rolesIn(staging).deployer.trust.Statement;
    expect(Object.keys(Object(Object(jobs).Condition.StringEquals))).toEqual([
      "gitlab.example.com:aud",
      "gitlab.example.com:sub",
    ]);
  });

  test("states on another GitLab than the project are refused, since its jobs would send it their token", async () => {
    const inGitLab = (host: string) =>
      YAML.replace(
        /backend: \{.*\} \}/,
        `backend: { type: http, address: "https://${host}/api/v4/projects/1/terraform/state" } }`,
      );
    environmentsAre(inGitLab("gitlab.com"));
    const repository = ["--repository", "https://gitlab.example.com/acme/slack-access"];
    expect(await bootstrapGitLab(...repository)).toEqual({
      status: 1,
      output: `Received environments whose state is on another GitLab than the project, expected addresses that begin with https://gitlab.example.com/: jobs read their state with a token of their own GitLab. Correct backend in environments.yaml, or --repository.
staging: https://gitlab.com/api/v4/projects/1/terraform/state
production: https://gitlab.com/api/v4/projects/1/terraform/state`,
    });
    expect(existsSync(path("out"))).toBe(false);
    environmentsAre(inGitLab("gitlab.example.com"));
    expect(await bootstrapGitLab(...repository)).toMatchObject({ status: 0 });
  });
});

test.each([
  [
    GITHUB,
    [],
    "the workflows run several environments in a job of the GitHub environments fleet, doctor-fleet, drift-fleet, whose roles",
  ],
  [
    GITLAB,
    ["--gitlab"],
    "the pipelines run several environments in a job of the GitLab environments fleet, doctor-fleet, drift-fleet, whose roles",
  ],
])(
  "more environments than a forge runs jobs are refused, also if only some are chosen, since their jobs share roles",
  async (forge, args, words) => {
    jest.replaceProperty(forge, "maxJobs", 1); // the help has the number
    for (const only of [undefined, "staging"]) {
      if (only !== undefined) process.env.SUPPORT_APP_ONLY = only;
      expect(await bootstrap(...args)).toMatchObject({
        status: 1,
        output: expect.stringContaining(
          `Received 2 environments, expected at most 1, ${forge.name}'s limit of jobs: with more, ${words}`,
        ),
      });
    }
    expect(existsSync(path("out"))).toBe(false);
  },
);

test("more environments than a template takes are refused, and can be written in parts", async () => {
  manyEnvironments(250);
  expect(await bootstrap()).toMatchObject({ status: 1, output: expect.stringContaining("SUPPORT_APP_ONLY=") });
  process.env.SUPPORT_APP_ONLY = "e1,e2";
  expect(await bootstrap()).toMatchObject({ status: 0 });
  expect(Object.keys(JSON.parse(fileText("template.json")).Resources)).toHaveLength(5);
});

test("first of all the owners are named, then GitHub is set up, before the roles exist: a job of any branch could have them otherwise", async () => {
  const { output } = await bootstrap("--branch", "trunk");
  expect(output).toMatch(
    /\n1\. Replace @YOUR-ORGANIZATION\/YOUR-OWNERS in \.github\/CODEOWNERS .*push everything to trunk\..*bash .*github\.sh.*before the roles exist.*a stack in each account/s,
  );
  const script = fileText("github.sh");
  for (const { name } of [staging, production])
    for (const job of [name, `plan-${name}`, `doctor-${name}`, `drift-${name}`])
      expect(script).toMatch(
        new RegExp(`^environment '${job}' 'arn:\\S+'${job.startsWith("plan-") ? "" : " 'trunk'"}$`, "m"),
      );
});

test("the next steps create the stacks in the bucket's region, name the account that gets a shared bucket, and say what an account may have already", async () => {
  const { output } = await bootstrap();
  expect(output).toContain("aws cloudformation deploy --region eu-west-1 --stack-name");
  expect(output).toContain("one StackSet for all accounts, in eu-west-1, with");
  expect(output).toContain(
    `The bucket states, which 2 environments share, is created in ${ONE}: update its stack whenever an environment is added or removed. From the other accounts, only CI reaches it, through the roles of the template: for deploys by hand, give each account a bucket of its own.`,
  );
  expect(output).toContain("   If the first creation of a stack fails, it stays as ROLLBACK_COMPLETE: delete it (");
  expect(output).toContain("If the bucket exists, set CreateStateBucket to false");
  expect(output).toContain(
    "   In an account that has GitHub's identity provider, set the parameter CreateOidcProvider to false.",
  );
  expect(output).toContain("Read the roles' policies. A deployer's role without a permissions-boundary");
  const { Parameters, Resources, Conditions, Rules } = JSON.parse(fileText("template.json"));
  for (const part of [Resources, Conditions, Rules]) expect(Object.keys(part)).toContain("StateBucketstates");
  const parameter = { Type: "String", Default: "true", AllowedValues: ["true", "false"] };
  const provider = expect.stringContaining(`the identity provider of GitHub Actions (${ISSUER})`);
  expect(Parameters).toEqual({
    CreateOidcProvider: { ...parameter, Description: provider },
    CreateStateBucket: { ...parameter, Description: expect.stringContaining("the bucket for the state") },
  });
  expect(Conditions.CreateOidcProvider).toEqual({ "Fn::Equals": [{ Ref: "CreateOidcProvider" }, "true"] });
  expect(Resources.OidcProvider).toEqual({
    Type: "AWS::IAM::OIDCProvider",
    Condition: "CreateOidcProvider",
    Properties: { Url: `https://${ISSUER}`, ClientIdList: ["sts.amazonaws.com"] },
  });
});

test("an account that has the bucket and no environment gets no identity provider", async () => {
  const hub = "999900001111";
  environmentsAre(YAML.replace(`bucket-account: "${ONE}"`, `bucket-account: "${hub}"`));
  expect(await bootstrap()).toMatchObject({ status: 0 });
  const isHub = { "Fn::Equals": [{ Ref: "AWS::AccountId" }, hub] };
  expect(JSON.parse(fileText("template.json")).Conditions).toMatchObject({
    CreateOidcProvider: {
      "Fn::And": [{ "Fn::Equals": [{ Ref: "CreateOidcProvider" }, "true"] }, { "Fn::Not": [isHub] }],
    },
    StateBucketstates: { "Fn::And": [expect.anything(), isHub] },
  });
});

test("a deployer whose policy is longer than IAM takes inline is refused before anything is written", async () => {
  const teams = Array.from({ length: 40 }, (_, index) => `team-${index}: { access: full }`).join(", ");
  environmentsAre(YAML.replace("full: {} }", `teams: { ${teams} } }`));
  const { status, output } = await bootstrap();
  expect(status).toBe(1);
  expect(output).toMatch(
    /^Received staging, whose deployer needs a policy of 1\d{4} characters, expected at most 10240, IAM's limit .*support-app permissions deploy staging\).*SUPPORT_APP_ONLY=/,
  );
  expect(existsSync(path("out"))).toBe(false);
});

test("with buckets in several regions, the next steps name the region of each environment's, and ask for no account", async () => {
  environmentsAre(YAML.replace("full: {} }\n", "full: {}, backend: { type: s3, bucket: own, region: us-west-2 } }\n"));
  const { output } = await bootstrap();
  expect(output).toContain("Create the roles and the buckets for the state, as an administrator");
  expect(output).toContain("--region REGION ");
  expect(output).toContain("REGION is the bucket's: us-west-2 for staging; eu-west-1 for production");
});

test("without a bucket, or with one whose policy would be too long, the template creates none and the next steps say why", async () => {
  const expectNoBucket = () => {
    const { Parameters, Resources, Rules } = JSON.parse(fileText("template.json"));
    expect([Object.keys(Parameters), Rules]).toEqual([["CreateOidcProvider"], undefined]);
    expect(JSON.stringify(Resources)).not.toContain("AWS::S3::");
  };
  manyEnvironments(60);
  const tooMany = await bootstrap();
  expect(tooMany.output).toContain(
    "The template has no bucket states: a policy for its 60 environments is longer than S3's limit of 20480 bytes. Create the bucket yourself, or give some of them another one.",
  );
  expect(tooMany.output).not.toMatch(/--region|CreateStateBucket/);
  expectNoBucket();
  const address = "https://gitlab.com/api/v4/projects/1/terraform/state";
  environmentsAre(YAML.replace(/backend: \{.*\} \}/, `backend: { type: http, address: "${address}" } }`));
  const { output } = await run("--gitlab", "--repository", "acme/access", "--out", path("out"));
  expect(output).toContain("Create the roles, as an administrator");
  expect(output).not.toMatch(/--region|buckets|CreateStateBucket/);
  expectNoBucket();
});

test.each<[string, string[], string]>([
  ["no owner", ["--repository", "slack-access"], "expected the owner and the name of a repository"],
  ["no group", ["--gitlab", "--repository", "slack-access"], "expected the path of a project on gitlab.com"],
  ["a branch that is a command", ["--branch", "a;id"], "Expected the name of a branch"],
])("%s is refused, and nothing is written", async (_, args, message) => {
  const { status, output } = await bootstrap(...args);
  expect(status).toBe(2);
  expect(output).toContain(message);
  expect(existsSync(path("out"))).toBe(false);
});

test.each([
  [
    "a deploy-role alone",
    YAML.replace(`plan-role: "${PLANS}", `, ""),
    `Received production with a deploy-role and no plan-role, expected both: plans and drift would assume the deploy-role, which can write. Add to each:\nproduction: plan-role: arn:aws:iam::${TWO}:role/support-app-reader`,
  ],
  [
    "one role for both",
    YAML.replace(`"${PLANS}"`, `"${DEPLOYS}"`),
    "received the role of deploy-role, expected another one, which can only read",
  ],
  [
    "a plan-role that has the deployer's name",
    YAML.replace(/, deploy-role: "[^"]*"/, "").replace(
      `"${PLANS}"`,
      `"arn:aws:iam::${TWO}:role/plans/Support-App-Deployer"`,
    ),
    "Received production, whose deployer and reader would be roles of one name",
  ],
  [
    "local state",
    YAML.replace(/backend: \{.*\} \}/, "backend: { type: local } }"),
    "Received environments whose state a job can't use",
  ],
])("environments with %s are refused, and nothing is written", async (_, yaml, message) => {
  environmentsAre(yaml);
  const { status, output } = await bootstrap();
  expect(status).toBe(1);
  expect(output).toContain(message);
  expect(existsSync(path("out"))).toBe(false);
});
