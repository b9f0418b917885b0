import type { Command } from "commander";
import { jsonText } from "../../../common/json";
import { describe } from "../../../common/problem";
import {
  guardrailStatements,
  isPrincipalArn,
  MAX_POLICY_LENGTH,
} from "../../../modules/support-app/model/guardrail-statements";
import { roleArnOf } from "../../../modules/support-app/model/iam-names";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { accountOfArn } from "../../iam/arn";
import { type PolicyDocument, policyDocument, type StatementJson } from "../../iam/policy";
import { CommandError, UsageError } from "../../terminal/command-error";
import { environmentsNamed, expectNameOrAll } from "../../terminal/environment-arguments";
import { listParser, matching } from "../../terminal/option-values";
import { print, printError } from "../../terminal/print";

type GuardrailOptions = Readonly<{ all?: boolean; deployer?: readonly string[]; boundary?: boolean }>;

/** What neither kind prevents. */
const NEVER_PREVENTED = [
  "Anyone who can become a deployer counts as one: through its role's trust policy, a new role with that ARN, or an access key of that user.",
  "Anyone who may change the named roles can change what people in their channels can do, through their policies, trust and boundary.",
  "That AWS checks iam:PassRole for the Support App as supportapp.amazonaws.com is inferred; AWS has not confirmed it.",
];

/** Maximum length in characters, without white space. Source: IAM User Guide, IAM and AWS STS quotas. */
const MAX_BOUNDARY_LENGTH = 6144;

export function addCommand(program: Command): void {
  program
    .command("guardrail")
    .summary("a service control policy for the accounts")
    .description(
      "Print a service control policy for the accounts of environments: only the deployers may configure the Support App, and only the roles in environments.yaml may be passed to it. Attach it again right before a deploy that adds a role, renames it or changes its path, and before somebody else deploys.",
    )
    .argument("[environments...]", "names of environments in environments.yaml")
    .option("--all", "for all environments, in one policy")
    .option(
      "--deployer <arn...>",
      "roles or users that deploy in their account, besides the environments' deploy-roles",
      listParser(deployerArn, /,\s*(?=arn:)/), // a role's name may have a comma
    )
    .option("--boundary", "print a permissions boundary, for an account outside an organization")
    .action(printGuardrail);
}

/** An ARN, not the name of an environment. What kind of ARN, depends on the environments. */
const deployerArn = matching({
  pattern: /^arn:/,
  expected: "the ARN of a role or user. Names of environments come before --deployer",
});

function printGuardrail(
  names: readonly string[],
  { all: isForAll, deployer = [], boundary = false }: GuardrailOptions,
): void {
  expectNameOrAll(names[0], isForAll);
  const allEnvironments = loadEnvironments();
  const environments = isForAll ? allEnvironments : environmentsNamed(names, allEnvironments);
  const maxLength = boundary ? MAX_BOUNDARY_LENGTH : MAX_POLICY_LENGTH;
  const notPrevented = boundary
    ? "It applies only to principals that have it as their boundary, until someone removes it."
    : "No service control policy applies to the organization's management account, or to service-linked roles.";
  assertDeployers(environments, deployer);
  const deployers = new Set([...environments.flatMap(({ deployRole }) => deployRole?.arn ?? []), ...deployer]);
  const policy = guardrailOf(environments, [...deployers], boundary);
  const [text, short] = [jsonText(policy), JSON.stringify(policy)];
  if (short.length > maxLength) {
    throw new CommandError(
      `Received ${environments.length} environments, which need a policy of ${short.length} characters, expected at most ${maxLength}, AWS's limit. Name fewer environments or deployers at a time, and attach each policy to the accounts that it is for.`,
    );
  }
  print(text.length > maxLength ? short : text.split("\n")); // AWS counts white space
  printError(["What it doesn't prevent:", ...[notPrevented, ...NEVER_PREVENTED].map((line) => `- ${line}`)]);
}

function assertDeployers(environments: readonly Environment[], deployers: readonly string[]): void {
  const accounts = environments.map(({ account }) => account);
  for (const arn of deployers) {
    const isArn = isPrincipalArn(arn) && !arn.includes(";"); // which would be two in one path
    if (isArn && accounts.includes(String(accountOfArn(arn)))) continue;
    throw new UsageError(
      `Received --deployer ${describe(arn)}, expected the ARN of a role or user of ${accounts.length > 1 ? "one of the accounts" : `the account ${accounts[0]}`}, without *, ? or a policy variable, such as arn:aws:iam::${accounts[0]}:role/terraform. For a session, give the ARN of its role in IAM, with the path.`,
    );
  }
  const without = environments.filter(({ account, deployRole }) =>
    [deployRole?.arn ?? [], deployers].flat().every((arn) => accountOfArn(arn) !== account),
  );
  if (without.length === 0) return;
  throw new UsageError(
    `Received no deployer for ${without.map(({ name }) => name).join(", ")}, expected a deploy-role or a --deployer: without either, the policy would refuse every deploy. For each account, add --deployer arn:aws:iam::${without[0]?.account}:role/NAME.`,
  );
}

/** Without this, a permissions boundary would allow nothing. */
const EVERYTHING: StatementJson = { Sid: "Everything", Effect: "Allow", Action: ["*"], Resource: ["*"] };

/**
 * The service control policy of the environments' accounts: only the deployers can configure the Support App, and only
 * the environments' roles can be passed to it. ARNs contain the account, so each account has its own.
 *
 * @param deployers ARNs of the roles and users that Terraform acts as
 * @param isBoundary whether to write a permissions boundary, which allows everything else
 */
export function guardrailOf(
  environments: readonly Environment[],
  deployers: readonly string[],
  isBoundary: boolean,
): PolicyDocument {
  const roles = environments.flatMap(({ retired, accesses }) => (retired ? [] : accesses.map(roleArnOf)));
  const denials = guardrailStatements([...deployers], roles).map(
    ({ sid, actions, resources, notResources, condition: { test, variable, values } }): StatementJson => ({
      Sid: sid,
      Effect: "Deny",
      Action: actions,
      ...(notResources ? { NotResource: notResources } : { Resource: resources }),
      Condition: { [test]: { [variable]: values } },
    }),
  );
  return policyDocument(isBoundary ? [EVERYTHING, ...denials] : denials);
}
