import type { Command } from "commander";
import { describe } from "../../modules/support-app/problem";
import type { Environment } from "../../stacks/environment";
import { loadEnvironments } from "../../stacks/environments";
import { isPrincipalArn, MAX_POLICY_LENGTH } from "../../stacks/published-guardrail-module";
import { CommandError, UsageError } from "../command-error";
import { environmentsNamed } from "../environment";
import { accountOfArn } from "../iam/arn";
import { jsonText } from "../json";
import { print, tell } from "../print";
import { guardrailOf } from "./guardrail";

interface GuardrailOptions {
  readonly all?: boolean;
  readonly deployer?: readonly string[];
  readonly boundary?: boolean;
}

/** Maximum length in characters, without white space. Source for a boundary: IAM User Guide, IAM and AWS STS quotas. */
const MAX_LENGTH = { policy: MAX_POLICY_LENGTH, boundary: 6144 };

/** Most names of environments, or accounts, in an error. */
const MAX_NAMES = 20;

/** What neither kind prevents. */
const NEVER_PREVENTED = [
  "Anyone who can become a deployer counts as one: through its role's trust policy, a new role with that ARN, or an access key of that user.",
  "Anyone who may change the named roles can change what people in their channels can do, through their policies, trust and boundary.",
  "That AWS checks iam:PassRole for the Support App as supportapp.amazonaws.com is inferred; AWS has not confirmed it.",
];

/** What each kind doesn't prevent. */
const NOT_PREVENTED = {
  policy: [
    "No service control policy applies to the organization's management account, or to service-linked roles.",
    ...NEVER_PREVENTED,
  ],
  boundary: [
    "It applies only to principals that have it as their boundary, until someone removes it.",
    ...NEVER_PREVENTED,
  ],
};

/** Adds `support-app guardrail ENV…`. */
export function addGuardrailCommand(program: Command): void {
  program
    .command("guardrail")
    .summary("a service control policy against Slack channels configured outside the code")
    .description(
      "Print a service control policy for the accounts of environments: only the deployers may configure the Support App, and only the roles in environments.yaml may be passed to it. Attach it again right before a deploy that adds a role, renames it or changes its path, and before somebody else deploys: the previous policy refuses those, and the new one refuses the previous roles.",
    )
    .argument("[environments...]", "names of environments in environments.yaml, may be separated by commas")
    .option("--all", "for all environments, in one policy")
    .option(
      "--deployer <arn>",
      "a role or user that deploys in its account, besides the environments' deploy-roles; several separated by commas, or repeated",
      (arns: string, all: readonly string[] = []) => [...all, ...separated(arns)],
    )
    .option("--boundary", "print a permissions boundary, for an account outside an organization")
    .addHelpText("after", "\nExit status: 0 printed; 1 an error; 2 wrong usage.")
    .action(printGuardrail);
}

/** ARNs that are separated by commas. A name may have a comma, but no ARN has the beginning of another one in it. */
function separated(arns: string): string[] {
  return arns.split(/,\s*(?=arn:)/);
}

function printGuardrail(names: readonly string[], { all, deployer = [], boundary = false }: GuardrailOptions): void {
  if ((all === true) === names.length > 0) {
    throw new UsageError(
      `Received ${all ? "--all and names of environments" : "neither an environment nor --all"}, expected one of them.`,
    );
  }
  const loaded = loadEnvironments();
  const environments = all ? loaded : environmentsNamed(names, loaded);
  const kind = boundary ? "boundary" : "policy";
  checkDeployers(environments, deployer);
  const policyFor = (some: readonly Environment[]) => guardrailOf(some, deployersOf(some, deployer), boundary);
  const policy = policyFor(environments);
  const [text, short] = [jsonText(policy), JSON.stringify(policy)];
  if (short.length > MAX_LENGTH[kind]) {
    throw new CommandError(
      `Received ${environments.length} environments, which need a policy of ${short.length} characters, expected at most ${MAX_LENGTH[kind]}, AWS's limit. ${fittingWords(environments, (some) => JSON.stringify(policyFor(some)).length <= MAX_LENGTH[kind])} Name fewer environments or deployers at a time, and attach each policy to the accounts that it is for.`,
    );
  }
  print(text.length > MAX_LENGTH[kind] ? short : text.split("\n")); // AWS counts white space
  tell(["What it doesn't prevent:", ...NOT_PREVENTED[kind].map((line) => `- ${line}`)]);
}

/** How many of the environments one policy has room for. */
function fittingWords(environments: readonly Environment[], fits: (some: readonly Environment[]) => boolean): string {
  let [fitting, tooMany] = [0, environments.length];
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (fits(environments.slice(0, middle))) fitting = middle;
    else tooMany = middle;
  }
  if (fitting === 0) return `${environments[0]?.name} alone, with its roles and deployers, doesn't fit.`;
  return fitting === 1 ? "The first of them fits in one policy." : `The first ${fitting} of them fit in one policy.`;
}

/** Refuses a deployer that is none, and environments without one. */
function checkDeployers(environments: readonly Environment[], given: readonly string[]): void {
  const accounts = environments.map(({ account }) => account);
  for (const arn of given) {
    // A comma at the end, or before something that isn't an ARN, separated another one.
    const isOne = isPrincipalArn(arn) && !/,$|[,;].*[/:]|;/.test(arn);
    if (!isOne || !accounts.includes(String(accountOfArn(arn)))) {
      const example = `arn:aws:iam::${accounts[0]}:role/terraform`;
      throw new UsageError(
        `Received --deployer ${describe(arn)}, expected the ARN of a role or user of ${accounts.length > 1 ? "one of the accounts" : `the account ${accounts[0]}`}, without *, ? or a policy variable, such as ${example}. For a session, give the ARN of its role in IAM, with the path.`,
      );
    }
  }
  const without = environments.filter(
    ({ account, deployRole }) => deployRole === undefined && !given.some((arn) => accountOfArn(arn) === account),
  );
  if (without.length === 0) return;
  const [one, account, have, its, it] =
    without.length === 1
      ? [without[0]?.name, without[0]?.account, "has", "its deployer", "it"]
      : [listed(without.map(({ name }) => name)), "ACCOUNT", "have", "their deployers", "them"];
  const each =
    without.length === 1 ? "" : ` for each of the accounts ${listed([...new Set(without.map((of) => of.account))])}`;
  throw new UsageError(
    `Received no --deployer for ${one}, which ${have} no deploy-role, expected ${its}: otherwise the policy would stop everyone from deploying ${it}. Add --deployer arn:aws:iam::${account}:role/NAME${each}.`,
  );
}

/** The first names of many, and how many more there are. */
function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The principals that configure the Support App in the environments' accounts. */
function deployersOf(environments: readonly Environment[], given: readonly string[]): string[] {
  const accounts = environments.map(({ account }) => account);
  const theirs = given.filter((arn) => accounts.includes(String(accountOfArn(arn))));
  return [...new Set([...environments.flatMap(({ deployRole }) => deployRole ?? []), ...theirs])];
}
