import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
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
import { BRANCH, matching, nameOfA } from "../../arguments/option-values";
import { DEFAULT_BRANCH, type RepositorySetup } from "../../forge/bootstrap";
import type { Forge } from "../../forge/forge";
import { addForgeOptions, chosenForge, FORGES } from "../../forge/forges";
import { expectNamesApart, expectStateForJobs } from "../../forge/job-environments";
import { CommandError } from "../../terminal/command-error";
import { print } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { accountTemplate } from "./account-template";
import { accountTerraform } from "./account-terraform";
import { setupAt } from "./repository-option";
import { expectTwoRoles, rolesOf } from "./roles";

interface BootstrapOptions {
  readonly repository: string;
  readonly out: string;
  readonly branch: string;
}

/** The forge of a repository whose forge isn't named. */
const DEFAULT_FORGE = FORGES[0];

/** Adds `support-app bootstrap`. */
export function addCommand(program: Command): void {
  const forgeNames = FORGES.map(({ name }) => name).join(" or ");
  const command = program
    .command("bootstrap")
    .summary("what CI needs in every account and in the repository")
    .description(
      `Write what CI needs, for all environments of environments.yaml: the identity provider of ${forgeNames} and two roles in each account, one that deploys and one that can only read, as Terraform and as one CloudFormation template for a StackSet, and a script that sets the repository up and, run again, repairs it. Only jobs of this repository, in its environments there, can assume the roles. It changes nothing in AWS or in the repository.`,
    )
    .requiredOption(
      "--repository <repository>",
      `${FORGES.map(({ bootstrap }) => bootstrap.repositoryForm).join(", or ")}; spelled as it is there`,
    )
    .requiredOption("--out <folder>", "where to write; other files there stay", nameOfA("folder"))
    .option("--branch <name>", "the branch that deploys", matching(BRANCH), DEFAULT_BRANCH)
    .addHelpText("after", "\nExit status: 0 written; 1 an error; 2 wrong usage.")
    .action(bootstrap);
  addForgeOptions(
    command,
    ({ name }) => `the repository is on ${name}${name === DEFAULT_FORGE.name ? " (default)" : ""}`,
  );
}

function bootstrap(options: BootstrapOptions): void {
  const { repository, out, branch } = options;
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

/** The folders of environments that aren't in the file, whose roles are still in their accounts. */
function strangeFolders(out: string, names: readonly string[]): string[] {
  const folder = join(out, "terraform");
  return existsSync(folder) ? readdirSync(folder).filter((name) => !names.includes(name)) : [];
}

function nextSteps(out: string, forge: Forge, setup: RepositorySetup, names: readonly string[]): string[] {
  const path = (name: string) => describePath(join(out, name));
  const { name: forgeName } = forge;
  const steps: readonly (readonly string[])[] = [
    ...setup.firstSteps(path(scriptOf(forge))),
    [
      "Read the roles' policies. A deployer's role without a permissions-boundary in its environment is as strong as an administrator: npx support-app permissions deploy ENVIRONMENT",
    ],
    [
      "Create the roles in every account, as an administrator, in one of two ways:",
      `   - Terraform, once for each environment: terraform -chdir=${path("terraform/ENVIRONMENT")} init, and the same with apply. In an account that has ${forgeName}'s identity provider: apply -var create_oidc_provider=false`,
      `   - one CloudFormation StackSet for all accounts, with ${path("template.json")} and the capability CAPABILITY_NAMED_IAM. In accounts that have ${forgeName}'s identity provider, override the parameter CreateOidcProvider with false.`,
      ...setup.roleNotes,
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
