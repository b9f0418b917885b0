import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import pLimit from "p-limit";
import { formatCount } from "../../../common/format-count";
import { jsonText } from "../../../common/json";
import { describe, describePath } from "../../../common/problem";
import type { Environment } from "../../../stacks/environments/environment";
import {
  environmentsFile,
  loadEnvironments,
  parseEnvironments,
  readEnvironments,
} from "../../../stacks/environments/environments";
import { MAX_RESOURCES, MAX_TEMPLATE } from "../../../stacks/portable/stack-set-template";
import { BRANCH, matching } from "../../arguments/option-values";
import { connect } from "../../aws/connection";
import { GITHUB } from "../../forge/github/github";
import { expectNamesApart, expectStateInS3 } from "../../forge/job-environments";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { accountTemplate } from "./account-template";
import { accountTerraform } from "./account-terraform";
import { checkAccount } from "./check-account";
import { checkGitHub, readableRepository } from "./check-github";
import { type GitHubEnvironment, githubEnvironmentsOf, githubScript, SWITCHES } from "./github-script";
import { expectTwoRoles, rolesOf, type WorkflowRole } from "./roles";
import { type Shortfall, unknown } from "./shortfall";

/** Source: GitHub, names of accounts and repositories. */
const REPOSITORY = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/(?!\.{1,2}$)[\w.-]{1,100}$/;

interface BootstrapOptions {
  readonly repository: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly branch: string;
}

/** Exit statuses of a check that finds something missing, or can't look. */
const [MISSING, UNKNOWN] = [4, 5];

/** How many accounts are checked in parallel. */
const PARALLEL = 16;

/**
 * Adds `support-app bootstrap`.
 *
 * @param exitWith receives the exit status
 */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  program
    .command("bootstrap")
    .summary("what GitHub Actions needs in every account, and in GitHub")
    .description(
      "Write what the workflows need, for all environments of environments.yaml: GitHub's identity provider and two roles in each account, one that deploys and one that can only read, as Terraform and as one CloudFormation template for a StackSet, and a script with the commands of the GitHub CLI. Only jobs of this repository's GitHub environments can assume the roles. It changes nothing in AWS or in GitHub. With --check, it reads the accounts and the repository instead, and lists what they lack. GitHub is read with the token in GITHUB_TOKEN.",
    )
    .requiredOption("--repository <owner/name>", "the repository on GitHub, spelled as GitHub spells it")
    .option("--out <folder>", "where to write; other files there stay")
    .option("--check", "write nothing, and list what the accounts and the repository lack of it")
    .option("--branch <name>", "the branch that deploys", matching(BRANCH), "main")
    .addHelpText(
      "after",
      `\nExit status: 0 written, or with --check nothing is missing; ${MISSING} with --check, something is missing or differs; ${UNKNOWN} with --check, something couldn't be read; 1 an error; 2 wrong usage.`,
    )
    .action(async (options: BootstrapOptions) => exitWith(await bootstrap(options)));
}

async function bootstrap({ repository, out, check: isCheck = false, branch }: BootstrapOptions): Promise<number> {
  if ((out === undefined) !== isCheck)
    throw new UsageError("Received both or neither of --out and --check, expected one of them.");
  if (!REPOSITORY.test(repository)) {
    throw new UsageError(
      `Received --repository ${describe(repository)}, expected the owner and the name of a repository on GitHub, such as acme/slack-access. Its roles trust exactly this repository.`,
    );
  }
  const file = environmentsFile();
  const environments = loadEnvironments(file);
  expectNamesApart(environments.map(({ name }) => name));
  expectStateInS3(environments);
  expectTwoRoles(environments, parseEnvironments(readEnvironments(file), file, "unchecked").length);
  const accounts = environments.map((environment) => {
    return { environment, account: environment.account, roles: rolesOf(environment, repository) };
  });
  const githubEnvironments = githubEnvironmentsOf(
    branch,
    accounts.flatMap(({ roles }) => roles),
  );
  if (out === undefined) return check(repository, branch, accounts, githubEnvironments);
  const template = jsonText(accountTemplate(accounts));
  if (Buffer.byteLength(template) > MAX_TEMPLATE || 2 * accounts.length + 1 > MAX_RESOURCES) {
    throw new CommandError(
      `Received ${environments.length} environments, which need a template of ${Buffer.byteLength(template)} bytes and ${2 * accounts.length + 1} resources, expected at most ${MAX_TEMPLATE} bytes and ${MAX_RESOURCES} resources, AWS's limits. Write them in parts, each into its own folder, with SUPPORT_APP_ONLY=ENVIRONMENT,…`,
    );
  }
  const files: readonly (readonly [path: string, text: string])[] = [
    ...accounts.map(
      ({ environment, roles }) =>
        [`terraform/${environment.name}/main.tf.json`, `${jsonText(accountTerraform(environment, roles))}\n`] as const,
    ),
    ["template.json", `${template}\n`],
    ["github.sh", githubScript(repository, branch, githubEnvironments)],
  ];
  for (const [path, text] of files) replaceFile({ file: join(out, path), text, command: "bootstrap" });
  const names = environments.map(({ name }) => name);
  print(nextSteps(out, repository, names, strangeFolders(out, names)));
  return 0;
}

type EnvironmentRoles = { readonly environment: Environment; readonly roles: readonly WorkflowRole[] };

/** Checks a place after the other, and lists what each lacks. */
async function check(
  repository: string,
  branch: string,
  accounts: readonly EnvironmentRoles[],
  githubEnvironments: readonly GitHubEnvironment[],
): Promise<number> {
  const readable = readableRepository(process.env, repository); // first: a token that can't be one is refused
  const inAccounts = await checkAccounts(accounts);
  const inGitHub = readable ? await checkGitHub(readable, branch, githubEnvironments) : [unreadGitHub(repository)];
  const places = [
    ...inAccounts.map(({ environment: { name, account }, shortfalls }) => {
      return { place: `${name} (${account})`, words: "has both roles", shortfalls };
    }),
    { place: `${GITHUB.name} (${repository})`, words: "has the environments and the protection", shortfalls: inGitHub },
  ];
  for (const { place, words, shortfalls } of places) {
    print(
      shortfalls.length === 0
        ? [`${place} ${words}, as bootstrap writes them.`]
        : shortfalls.map(({ message, isUnknown }) => `${place}: ${isUnknown ? "unknown: " : ""}${message}`),
    );
  }
  const shortfalls = places.flatMap((place) => place.shortfalls);
  if (shortfalls.some(({ isUnknown }) => !isUnknown)) return MISSING;
  return shortfalls.length > 0 ? UNKNOWN : 0;
}

function unreadGitHub(repository: string): Shortfall {
  return unknown(
    `only AWS was checked. To check ${GITHUB.name}, too, as an administrator of the repository: GITHUB_TOKEN="$(gh auth token)" npx support-app bootstrap --repository ${repository} --check`,
  );
}

async function checkAccounts(accounts: readonly EnvironmentRoles[]) {
  const connection = connect();
  const limit = pLimit(PARALLEL);
  try {
    return await Promise.all(
      accounts.map(({ environment, roles }) =>
        limit(async () => ({ environment, shortfalls: await checkAccount(connection, environment, roles) })),
      ),
    );
  } finally {
    connection.destroy();
  }
}

/** The folders of environments that aren't in the file, whose roles are still in their accounts. */
function strangeFolders(out: string, names: readonly string[]): string[] {
  const folder = join(out, "terraform");
  return existsSync(folder) ? readdirSync(folder).filter((name) => !names.includes(name)) : [];
}

function nextSteps(
  out: string,
  repository: string,
  names: readonly string[],
  strangeNames: readonly string[],
): string[] {
  const path = (name: string) => describePath(join(out, name));
  return [
    `Wrote the roles of ${formatCount(names.length, "environment")} to ${describePath(out)}. Nothing was changed in AWS or in GitHub. Next:`,
    `1. Read the roles' policies. A deployer's role without a permissions-boundary in its environment is as strong as an administrator: npx support-app permissions deploy ENVIRONMENT`,
    `2. Set GitHub up, as an administrator of the repository: bash ${path("github.sh")}`,
    `   Do so before the roles exist: until the GitHub environments have their deployment branch, a job of any branch could have their roles.`,
    `3. Add the reviewers of deploys to the GitHub environments ${names.join(", ")}, and reviewers of plans to plan-ENVIRONMENT, with "Prevent self-review" and without "Allow administrators to bypass configured protection rules". Replace the owners in .github/CODEOWNERS.`,
    `4. Create the roles in every account, as an administrator, in one of two ways:`,
    `   - Terraform, once for each environment: terraform -chdir=${path("terraform/ENVIRONMENT")} init, and the same with apply. In an account that has GitHub's identity provider: apply -var create_oidc_provider=false`,
    `   - one CloudFormation StackSet for all accounts, with ${path("template.json")} and the capability CAPABILITY_NAMED_IAM. In accounts that have GitHub's identity provider, override the parameter CreateOidcProvider with false.`,
    `5. Check what is missing, with credentials of the accounts and the token of an administrator of the repository: GITHUB_TOKEN="$(gh auth token)" npx support-app bootstrap --repository ${repository} --check`,
    `6. Once the reviewers are set, switch the workflows on, each with gh variable set NAME --repo ${repository} --body true: ${SWITCHES.join(", ")}`,
    ...strangeNames.map(
      (name) =>
        `${path(`terraform/${name}`)} is of no environment in environments.yaml: its roles are still there until somebody runs terraform destroy in it.`,
    ),
  ];
}
