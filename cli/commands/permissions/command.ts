import { Argument, type Command } from "commander";
import { jsonText } from "../../../common/json";
import { ROLE_PATH_AND_NAME } from "../../../modules/support-app/model/limits";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { auditCallerPolicy, auditPolicy } from "../../aws/read-policy";
import { MAX_INLINE, MAX_MANAGED, type PolicyDocument, policySize } from "../../iam/policy";
import { callerPolicy, deployerPolicy, notPreventedBy } from "../../permissions/deployer-policy";
import { doctorPolicy } from "../../permissions/doctor-policy";
import { readerCallerPolicy, readerPolicy } from "../../permissions/reader-policy";
import { UsageError } from "../../terminal/command-error";
import { environmentsNamed } from "../../terminal/environment-arguments";
import { matching } from "../../terminal/option-values";
import { print, printError } from "../../terminal/print";

/** What has permissions that depend on the environment, with the policy of whatever acts in it and of callers of several. */
const BY_ENVIRONMENT = {
  deploy: { policyOf: deployerPolicy, callerPolicyOf: callerPolicy },
  plan: { policyOf: readerPolicy, callerPolicyOf: readerCallerPolicy },
} as const;

type PermissionsOptions = Readonly<{ caller?: boolean; organization?: boolean; assumeRole?: string }>;

/** What the permissions are for, with the options that it takes. */
const PURPOSES = {
  deploy: ["caller"],
  plan: ["caller"],
  doctor: [],
  audit: ["organization", "assumeRole"],
} as const satisfies Record<string, readonly (keyof PermissionsOptions)[]>;
type Purpose = keyof typeof PURPOSES;

const FLAGS: Readonly<Record<keyof PermissionsOptions, string>> = {
  caller: "--caller",
  organization: "--organization",
  assumeRole: "--assume-role",
};

export function addCommand(program: Command): void {
  program
    .command("permissions")
    .summary("the least privilege of whoever deploys, plans, diagnoses or audits")
    .description(
      "Print the IAM policy with the least privilege. deploy: to deploy, change and destroy an environment. plan: for plans, drift and doctor of an environment; it can't write anything. Attach them to the deploy-role and the plan-role or, without one, to the credentials that are used. doctor and audit: for these commands alone, the same in every account.",
    )
    .addArgument(new Argument("<for>", "what the permissions are for").choices(Object.keys(PURPOSES)))
    .argument("[environments...]", "with deploy and plan: the name of an environment; with --caller, of several")
    .option(
      "--caller",
      "with deploy and plan: for the credentials that assume the environments' roles: that, and access to the states",
    )
    .option("--organization", "with audit: for the credentials that list the organization; takes --assume-role")
    .option(
      "--assume-role <name>",
      "with audit: for the credentials that assume this role in other accounts",
      matching(ROLE_PATH_AND_NAME),
    )
    .action(printPermissions);
}

function printPermissions(purpose: Purpose, names: readonly string[], options: PermissionsOptions): void {
  expectFitting(purpose, names, options);
  if (purpose === "doctor") printPolicy(doctorPolicy());
  else if (purpose === "audit") printAuditPolicy(options);
  else printEnvironmentPolicy(purpose, environmentsNamed(names, loadEnvironments()), options.caller);
}

function printAuditPolicy({ organization: isOrganization = false, assumeRole }: PermissionsOptions): void {
  printPolicy(assumeRole === undefined ? auditPolicy() : auditCallerPolicy(assumeRole, isOrganization));
}

function printEnvironmentPolicy(
  purpose: keyof typeof BY_ENVIRONMENT,
  environments: readonly Environment[],
  isCaller = false,
): void {
  const { policyOf, callerPolicyOf } = BY_ENVIRONMENT[purpose];
  if (isCaller) {
    printPolicy(callerPolicyOf(...environments));
    return;
  }
  const environment = onlyEnvironment(purpose, environments);
  printPolicy(policyOf(environment));
  const notPrevented = purpose === "deploy" ? notPreventedBy(environment) : [];
  if (notPrevented.length > 0) printError(["What it doesn't prevent:", ...notPrevented.map((line) => `- ${line}`)]);
}

function expectFitting(purpose: Purpose, names: readonly string[], options: PermissionsOptions): void {
  const takenOptions: readonly (keyof PermissionsOptions)[] = PURPOSES[purpose];
  const wrong = (Object.keys(options) as (keyof PermissionsOptions)[]).find((option) => !takenOptions.includes(option));
  if (wrong !== undefined) {
    const flags = takenOptions.map((option) => FLAGS[option]);
    throw new UsageError(
      `Received ${FLAGS[wrong]} with permissions ${purpose}, expected ${flags.length === 0 ? "no option" : `no option but ${flags.join(" and ")}`}. Leave ${FLAGS[wrong]} out.`,
    );
  }
  if (options.organization && options.assumeRole === undefined) {
    throw new UsageError("Received --organization without --assume-role, expected them together. Add --assume-role.");
  }
  const takesNames = purpose === "deploy" || purpose === "plan";
  if (takesNames && names.length === 0) {
    throw new UsageError(
      `Received permissions ${purpose} without an environment, expected its name, such as permissions ${purpose} production.`,
    );
  }
  if (!takesNames && names.length > 0) {
    throw new UsageError(
      `Received permissions ${purpose} of ${names.join(", ")}, expected no environment: the policy is the same in every account. Leave the names out.`,
    );
  }
}

/** The policy of whatever acts in an account has ARNs of that account alone. */
function onlyEnvironment(purpose: Purpose, environments: readonly Environment[]): Environment {
  const [environment, ...otherEnvironments] = environments;
  if (environment !== undefined && otherEnvironments.length === 0) return environment;
  throw new UsageError(
    `Received permissions ${purpose} of ${environments.map(({ name }) => name).join(", ")}, expected one environment: each account has a policy of its own. Name one at a time. Only the policy of --caller can be of several.`,
  );
}

function printPolicy(policy: PolicyDocument): void {
  print(jsonText(policy).split("\n"));
  const size = policySize(policy);
  if (size <= MAX_MANAGED) return;
  const fix =
    size > MAX_INLINE
      ? `A role's inline policies have at most ${MAX_INLINE}. Divide its statements among several managed policies.`
      : "Add it to the role as an inline policy, which may have more.";
  printError(`It has ${size} characters, and IAM accepts ${MAX_MANAGED} in a managed policy. ${fix}`);
}
