import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import pLimit from "p-limit";
import { formatCount } from "../../../common/format-count";
import { jsonText } from "../../../common/json";
import { describePath } from "../../../common/problem";
import type { Environment } from "../../../stacks/environments/environment";
import {
  environmentsFile,
  loadEnvironments,
  parseEnvironments,
  readEnvironments,
} from "../../../stacks/environments/environments";
import { excessOf } from "../../../stacks/portable/stack-set-template";
import { BRANCH, matching } from "../../arguments/option-values";
import { connect } from "../../aws/connection";
import { DEFAULT_BRANCH, type JobEnvironment, type RepositorySetup, type TokenIssuer } from "../../forge/bootstrap";
import type { Forge } from "../../forge/forge";
import { addForgeOptions, chosenForge, FORGES } from "../../forge/forges";
import { expectNamesApart, expectStateForJobs } from "../../forge/job-environments";
import { unknown } from "../../forge/shortfall";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { accountTemplate } from "./account-template";
import { accountTerraform } from "./account-terraform";
import { checkAccount } from "./check-account";
import { setupAt } from "./repository-option";
import { expectTwoRoles, type JobRole, rolesOf } from "./roles";

interface BootstrapOptions {
  readonly repository: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly branch: string;
}

/** The forge of a repository whose forge isn't named. */
const DEFAULT_FORGE = FORGES[0];

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
  const forgeNames = FORGES.map(({ name }) => name).join(" or ");
  const tokens = FORGES.map(({ option }) => `${option.toUpperCase()}_TOKEN`).join(" or ");
  const command = program
    .command("bootstrap")
    .summary("what CI needs in every account and in the repository")
    .description(
      `Write what CI needs, for all environments of environments.yaml: the identity provider of ${forgeNames} and two roles in each account, one that deploys and one that can only read, as Terraform and as one CloudFormation template for a StackSet, and a script with commands that set the repository up. Only jobs of this repository, in its environments there, can assume the roles. It changes nothing in AWS or in the repository. With --check, it reads the accounts and the repository instead, and lists what they lack. The repository is read with the token in ${tokens}.`,
    )
    .requiredOption(
      "--repository <repository>",
      `${FORGES.map(({ bootstrap }) => bootstrap.repositoryForm).join(", or ")}; spelled as it is there`,
    )
    .option("--out <folder>", "where to write; other files there stay")
    .option("--check", "write nothing, and list what the accounts and the repository lack of it")
    .option("--branch <name>", "the branch that deploys", matching(BRANCH), DEFAULT_BRANCH)
    .addHelpText(
      "after",
      `\nExit status: 0 written, or with --check nothing is missing; ${MISSING} with --check, something is missing or differs; ${UNKNOWN} with --check, something couldn't be read; 1 an error; 2 wrong usage.`,
    )
    .action(async (options: BootstrapOptions) => exitWith(await bootstrap(options)));
  addForgeOptions(
    command,
    ({ name }) => `the repository is on ${name}${name === DEFAULT_FORGE.name ? " (default)" : ""}`,
  );
}

async function bootstrap(options: BootstrapOptions): Promise<number> {
  const { repository, out, check: isCheck = false, branch } = options;
  if ((out === undefined) !== isCheck) {
    const words = isCheck ? "both --out and --check" : "neither --out nor --check";
    throw new UsageError(`Received ${words}, expected one of them: --out FOLDER writes, --check compares.`);
  }
  const forge = chosenForge(options) ?? DEFAULT_FORGE;
  const setup = setupAt(forge, repository, branch);
  const { issuer } = setup;
  const file = environmentsFile();
  const environments = loadEnvironments(file);
  expectNamesApart(environments.map(({ name }) => name));
  expectStateForJobs(environments, forge);
  expectStateBesideProject(environments, forge, setup.url);
  expectTwoRoles(environments, parseEnvironments(readEnvironments(file), file, "unchecked").length, forge);
  const accounts = environments.map((environment) => {
    return { environment, account: environment.account, roles: rolesOf(environment, forge, issuer) };
  });
  const jobEnvironments = accounts.flatMap(({ roles }) => roles.flatMap((role) => role.environments));
  if (out === undefined) return check(forge, setup, accounts, jobEnvironments);
  const template = accountTemplate(accounts, forge, issuer);
  const templateText = jsonText(template);
  const excess = excessOf(template, templateText);
  if (excess !== undefined) {
    throw new CommandError(
      `Received ${environments.length} environments, which need ${excess}. Write them in parts, each into its own folder, with SUPPORT_APP_ONLY=ENVIRONMENT,…`,
    );
  }
  const files: readonly (readonly [path: string, text: string])[] = [
    ...accounts.map(({ environment, roles }) => {
      const text = jsonText(accountTerraform(environment, roles, forge, issuer));
      return [`terraform/${environment.name}/main.tf.json`, `${text}\n`] as const;
    }),
    ["template.json", `${templateText}\n`],
    [scriptOf(forge), setup.script(jobEnvironments)],
  ];
  for (const [path, text] of files) replaceFile({ file: join(out, path), text, command: "bootstrap" });
  const names = environments.map(({ name }) => name);
  print(nextSteps(out, forge, setup, names));
  return 0;
}

/** With its state elsewhere, a job would send the token that reads the state to another host. */
function expectStateBesideProject(environments: readonly Environment[], forge: Forge, url: string): void {
  const origin = `${new URL(url).origin}/`;
  const lines = environments.flatMap(({ name, backend }) =>
    backend.type === "http" && !backend.address.startsWith(origin) ? [`${name}: ${backend.address}`] : [],
  );
  if (lines.length === 0) return;
  throw new CommandError([
    `Received environments whose state is on another ${forge.name} than the project, expected addresses that begin with ${origin}: jobs read their state with a token of their own ${forge.name}. Correct backend in environments.yaml, or --repository.`,
    ...lines,
  ]);
}

const scriptOf = ({ option }: Forge) => `${option}.sh`;

type EnvironmentRoles = { readonly environment: Environment; readonly roles: readonly JobRole[] };

/** Checks a place after the other, and lists what each lacks. */
async function check(
  { name: forgeName }: Forge,
  setup: RepositorySetup,
  accounts: readonly EnvironmentRoles[],
  jobEnvironments: readonly JobEnvironment[],
): Promise<number> {
  const { repository, issuer, completeWords, howToCheck } = setup;
  const checkRepository = setup.checkWith(process.env); // first: a token that can't be one is refused
  const inAccounts = await checkAccounts(accounts, issuer);
  const hint = `only AWS was checked. To check ${forgeName}, too, as ${howToCheck.who}: ${howToCheck.command}`;
  const inRepository = checkRepository ? await checkRepository(jobEnvironments) : [unknown(hint)];
  const places = [
    ...inAccounts.map(({ environment: { name, account }, shortfalls }) => {
      return { place: `${name} (${account})`, words: "has both roles", shortfalls };
    }),
    { place: `${forgeName} (${repository})`, words: completeWords, shortfalls: inRepository },
  ];
  const shortfalls = places.flatMap((place) => place.shortfalls);
  print([
    ...places.flatMap(({ place, words, shortfalls: placeShortfalls }) =>
      placeShortfalls.length === 0
        ? [`${place} ${words}, as bootstrap writes them.`]
        : placeShortfalls.map(({ message, isUnknown }) => `${place}: ${isUnknown ? "unknown: " : ""}${message}`),
    ),
    ...new Set(shortfalls.flatMap(({ advice = [] }) => advice)),
  ]);
  if (shortfalls.some(({ isUnknown }) => !isUnknown)) return MISSING;
  return shortfalls.length > 0 ? UNKNOWN : 0;
}

async function checkAccounts(accounts: readonly EnvironmentRoles[], issuer: TokenIssuer) {
  const connection = connect();
  const limit = pLimit(PARALLEL);
  try {
    return await Promise.all(
      accounts.map(({ environment, roles }) =>
        limit(async () => ({ environment, shortfalls: await checkAccount(connection, environment, roles, issuer) })),
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

function nextSteps(out: string, forge: Forge, setup: RepositorySetup, names: readonly string[]): string[] {
  const path = (name: string) => describePath(join(out, name));
  const { name: forgeName } = forge;
  const { howToCheck } = setup;
  const steps: readonly (readonly string[])[] = [
    [
      "Read the roles' policies. A deployer's role without a permissions-boundary in its environment is as strong as an administrator: npx support-app permissions deploy ENVIRONMENT",
    ],
    ...setup.firstSteps(path(scriptOf(forge)), names),
    [
      "Create the roles in every account, as an administrator, in one of two ways:",
      `   - Terraform, once for each environment: terraform -chdir=${path("terraform/ENVIRONMENT")} init, and the same with apply. In an account that has ${forgeName}'s identity provider: apply -var create_oidc_provider=false`,
      `   - one CloudFormation StackSet for all accounts, with ${path("template.json")} and the capability CAPABILITY_NAMED_IAM. In accounts that have ${forgeName}'s identity provider, override the parameter CreateOidcProvider with false.`,
      ...setup.roleNotes,
    ],
    [
      `Check what is missing, with credentials of the accounts and the token of ${howToCheck.who}: ${howToCheck.command}`,
    ],
    ...setup.lastSteps,
  ];
  return [
    `Wrote the roles of ${formatCount(names.length, "environment")} to ${describePath(out)}: only jobs of ${setup.url} can assume them. Nothing was changed in AWS or in ${forgeName}. Next:`,
    ...steps.flatMap(([line, ...linesBelow], index) => [`${index + 1}. ${line}`, ...linesBelow]),
    ...strangeFolders(out, names).map(
      (name) =>
        `${path(`terraform/${name}`)} is of no environment in environments.yaml: its roles are still there until somebody runs terraform destroy in it.`,
    ),
  ];
}
