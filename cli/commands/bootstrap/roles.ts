import { formatList } from "../../../common/format-list";
import type { AssumedRole, Environment } from "../../../stacks/environments/environment";
import type { JobEnvironment, TokenIssuer } from "../../forge/bootstrap";
import type { Forge } from "../../forge/forge";
import { FLEET } from "../../forge/forge";
import { MAX_INLINE, type PolicyDocument, policyDocument, policySize } from "../../iam/policy";
import { callerPolicy, deployerPolicy } from "../../permissions/deployer-policy";
import { readerCallerPolicy, readerPolicy } from "../../permissions/reader-policy";
import { CommandError } from "../../terminal/command-error";

/** What a role of an account is for. */
export type Purpose = "deployer" | "reader";

/** A role that jobs of the repository have in an account. */
export interface JobRole {
  readonly purpose: Purpose;
  readonly arn: string;
  readonly path: string;
  readonly name: string;
  /** The forge's environments whose jobs have it. */
  readonly environments: readonly JobEnvironment[];
  /** As a policy document of IAM. */
  readonly trust: TrustDocument;
  readonly permissions: PolicyDocument;
}

interface TrustDocument {
  readonly Version: string;
  readonly Statement: readonly TrustStatement[];
}

interface TrustStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: string;
  readonly Principal: Readonly<Record<string, string>>;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The ARN of the issuer's identity provider in an account. */
function providerArnOf(account: string, { host }: TokenIssuer): string {
  return `arn:aws:iam::${account}:oidc-provider/${host}`;
}

/** The roles of an environment's account: its deploy-role and plan-role, or roles of these names if it has none. */
export function rolesOf(environment: Environment, forge: Forge, issuer: TokenIssuer): readonly [JobRole, JobRole] {
  const { name, account, deployRole, planRole } = environment;
  const [deployerArn, readerArn] = roleArnsOf(environment);
  const deploying = [deployerPolicy(environment), ...(deployRole === undefined ? [] : [callerPolicy(environment)])];
  const reading = [readerPolicy(environment), ...(planRole === undefined ? [] : [readerCallerPolicy(environment)])];
  const role = (
    purpose: Purpose,
    arn: string,
    namedRole: AssumedRole | undefined,
    policies: readonly PolicyDocument[],
    jobs: readonly JobEnvironment["job"][],
  ): JobRole => {
    const [, path = "", roleName = ""] = /^[^/]*(\/(?:.*\/)?)([^/]*)$/.exec(arn) ?? [];
    const environments = jobs.map((job) => ({ name: job === "deploy" ? name : `${job}-${name}`, roleArn: arn, job }));
    const names = environments.map((jobEnvironment) => jobEnvironment.name);
    const trust = trustInJobs(account, forge, issuer, names, namedRole);
    const permissions = policyDocument(policies.flatMap(({ Statement }) => Statement));
    return { purpose, arn, path, name: roleName, environments, trust, permissions };
  };
  return [
    role("deployer", deployerArn, deployRole, deploying, ["deploy"]),
    role("reader", readerArn, planRole, reading, forge.bootstrap.readerJobs),
  ];
}

function arnOf(account: string, purpose: Purpose): string {
  return `arn:aws:iam::${account}:role/support-app-${purpose}`;
}

/** The roles of an environment's account, which may not exist yet. */
export function roleArnsOf({ account, deployRole, planRole }: Environment): [deployer: string, reader: string] {
  return [deployRole?.arn ?? arnOf(account, "deployer"), planRole?.arn ?? arnOf(account, "reader")];
}

/**
 * A trust in jobs of exactly these environments of exactly the issuer's repository. Terraform assumes a role that environments.yaml
 * names, also with its own credentials: IAM lets a role assume itself only if its trust allows it. It does so with the external ID and
 * the session name of environments.yaml.
 */
function trustInJobs(
  account: string,
  forge: Forge,
  issuer: TokenIssuer,
  environments: readonly string[],
  itself: AssumedRole | undefined,
): TrustDocument {
  const { aud, sub } = issuer.claimsOf(environments);
  const jobs: TrustStatement = {
    Sid: forge.name,
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: providerArnOf(account, issuer) },
    Condition: { StringEquals: { [`${issuer.host}:aud`]: aud, [`${issuer.host}:sub`]: sub } },
  };
  if (itself === undefined) return { Version: "2012-10-17", Statement: [jobs] };
  const { arn, externalId, sessionName } = itself;
  const sessionConditions = {
    ...(externalId === undefined ? {} : { "sts:ExternalId": externalId }),
    ...(sessionName === undefined ? {} : { "sts:RoleSessionName": sessionName }),
  };
  const hasSession = Object.keys(sessionConditions).length > 0;
  // The role may not exist yet, so it can't be named as the principal.
  const selfTrust: TrustStatement = {
    Sid: "Itself",
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Condition: {
      ArnEquals: { "aws:PrincipalArn": arn },
      ...(hasSession ? { StringEquals: sessionConditions } : {}),
    },
  };
  return { Version: "2012-10-17", Statement: [jobs, selfTrust] };
}

/** Refuses roles whose policies IAM doesn't take. */
export function expectInlinePolicies(name: string, roles: readonly JobRole[]): void {
  const role = roles.find(({ permissions }) => policySize(permissions) > MAX_INLINE);
  if (role === undefined) return;
  throw new CommandError(
    `Received ${name}, whose ${role.purpose} needs a policy of ${policySize(role.permissions)} characters, expected at most ${MAX_INLINE}, IAM's limit for the inline policies of a role. Create the role ${role.name} yourself, with its statements divided among several managed policies (npx support-app permissions ${role.purpose === "deployer" ? "deploy" : "plan"} ${name}), and run bootstrap for the other environments: SUPPORT_APP_ONLY=ENVIRONMENT,…`,
  );
}

/**
 * Refuses environments for which two roles of an account aren't enough.
 *
 * @param count how many environments the file has, also those that aren't chosen
 */
export function expectTwoRoles(environments: readonly Environment[], count: number, forge: Forge): void {
  const { name: forgeName, maxJobs, bootstrap } = forge;
  if (count > maxJobs) {
    const fleets = [FLEET, ...bootstrap.readerJobs.filter((job) => job !== "plan").map((job) => `${job}-${FLEET}`)];
    throw new CommandError(
      `Received ${count} environments, expected at most ${maxJobs}, ${forgeName}'s limit of jobs: with more, the ${bootstrap.pipelines} run several environments in a job of the ${forgeName} environments ${fleets.join(", ")}, whose roles assume the deploy-role or the plan-role of every account, and environments.yaml doesn't say in which account these roles are. Split the environments among several repositories, or set the roles up by hand.`,
    );
  }
  const unread = environments.filter(({ deployRole, planRole }) => deployRole !== undefined && planRole === undefined);
  if (unread.length > 0) {
    throw new CommandError([
      `Received ${formatList(unread.map(({ name }) => name))} with a deploy-role and no plan-role, expected both: plans and drift would assume the deploy-role, which can write. Add to each:`,
      ...unread.map(({ name, account }) => `${name}: plan-role: ${arnOf(account, "reader")}`),
    ]);
  }
  const twin = environments.find((environment) => {
    return new Set(roleArnsOf(environment).map((arn) => arn.split("/").at(-1)?.toLowerCase())).size === 1;
  });
  if (twin === undefined) return;
  throw new CommandError(
    `Received ${twin.name}, whose deployer and reader would be roles of one name, expected two roles: one that deploys, and one that can only read. The default names are support-app-deployer and support-app-reader. Set deploy-role and plan-role to roles with other names.`,
  );
}
