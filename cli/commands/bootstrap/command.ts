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
import { sizeBeyondLimits } from "../../../stacks/portable/stack-set-template";
import { DEFAULT_BRANCH, type RepositorySetup } from "../../forge/bootstrap";
import type { Forge } from "../../forge/forge";
import { expectNamesApart } from "../../forge/forge";
import { addForgeOptions, chosenForge, expectStateForJobs, FORGES } from "../../forge/forges";
import { CommandError } from "../../terminal/command-error";
import { BRANCH, matching, nameOfA } from "../../terminal/option-values";
import { print } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { accountTemplate } from "./account-template";
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
      `Write what CI needs, for all environments of environments.yaml: the identity provider of ${forgeNames} and two roles in each account, one that deploys and one that can only read, as one CloudFormation template for stacks or a StackSet, and a script that sets the repository up and, run again, repairs it. Only jobs of this repository, in its environments there, can assume the roles. It changes nothing in AWS or in the repository.`,
    )
    .requiredOption(
      "--repository <repository>",
      `${FORGES.map(({ bootstrap }) => bootstrap.repositoryForm).join(", or ")}; spelled as it is there`,
    )
    .requiredOption("--out <folder>", "where to write; other files there stay", nameOfA("folder"))
    .option("--branch <name>", "the branch that deploys", matching(BRANCH), DEFAULT_BRANCH)
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
    return { account: environment.account, roles: rolesOf(environment, forge, issuer) };
  });
  const jobEnvironments = accounts.flatMap(({ roles }) => roles.flatMap((role) => role.environments));
  const template = accountTemplate(accounts, forge, issuer);
  const templateText = jsonText(template);
  const excess = sizeBeyondLimits(template, templateText);
  if (excess !== undefined) {
    throw new CommandError(
      `Received ${environments.length} environments, which need ${excess}. Write them in parts, each into its own folder, with SUPPORT_APP_ONLY=ENVIRONMENT,…`,
    );
  }
  const [templateFile, script] = [join(out, "template.json"), join(out, `${forge.option}.sh`)];
  replaceFile({ file: templateFile, text: `${templateText}\n`, command: "bootstrap" });
  replaceFile({ file: script, text: setup.script(jobEnvironments), command: "bootstrap" });
  print([
    `Wrote the roles of ${formatCount(environments.length, "environment")} to ${describePath(out)}: only jobs of ${setup.url} can assume them. Nothing was changed in AWS or in ${forge.name}. Next:`,
    ...nextSteps({ template: describePath(templateFile), script: describePath(script), forge, setup }),
  ]);
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

interface NextSteps {
  readonly template: string;
  readonly script: string;
  readonly forge: Forge;
  readonly setup: RepositorySetup;
}

function nextSteps({ template, script, forge, setup }: NextSteps): string[] {
  const steps: readonly (readonly string[])[] = [
    ...setup.firstSteps(script),
    [
      "Read the roles' policies. A deployer's role without a permissions-boundary in its environment is as strong as an administrator: npx support-app permissions deploy ENVIRONMENT",
    ],
    [
      `Create the roles, as an administrator, in one of two ways. Each account gets its own part of ${template}:`,
      `   - a stack in each account: aws cloudformation deploy --stack-name support-app-roles --template-file ${template} --capabilities CAPABILITY_NAMED_IAM`,
      "   - one StackSet for all accounts, with the capability CAPABILITY_NAMED_IAM",
      `   In an account that has ${forge.name}'s identity provider, set the parameter CreateOidcProvider to false. With many environments, AWS takes the template from S3 alone: --s3-bucket BUCKET`,
      ...setup.roleNotes,
    ],
    ...setup.lastSteps,
  ];
  return steps.flatMap(([line, ...linesBelow], index) => [`${index + 1}. ${line}`, ...linesBelow]);
}
