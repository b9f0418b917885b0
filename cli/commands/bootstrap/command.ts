import { join } from "node:path";
import type { Command } from "commander";
import { formatCount } from "../../../common/format-count";
import { formatList } from "../../../common/format-list";
import { groupByKey } from "../../../common/group-by-key";
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
import { linesOf } from "../../terminal/markdown";
import { BRANCH, matching, nameOfA } from "../../terminal/option-values";
import { print } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { accountTemplate } from "./account-template";
import { setupAt } from "./repository-option";
import { expectInlinePolicies, expectTwoRoles, rolesOf } from "./roles";
import { isShared, MAX_BUCKET_POLICY, type StateBucket, stateBucketsOf } from "./state-buckets";

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
      `Write what CI needs for all environments: a CloudFormation template, for a stack in each account or one StackSet, with the identity provider of ${forgeNames}, a role that deploys, a role that can only read, and the S3 buckets for the state; and a script that sets the repository up and, run again, repairs it. Only jobs of this repository, in its environments there, can assume the roles. It changes nothing in AWS or in the repository.`,
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
  const allEnvironments = parseEnvironments(readEnvironments(file), file, "unchecked");
  expectTwoRoles(environments, allEnvironments.length, forge);
  const accounts = environments.map((environment) => {
    const roles = rolesOf(environment, forge, issuer);
    expectInlinePolicies(environment.name, roles);
    return { account: environment.account, roles };
  });
  const jobEnvironments = accounts.flatMap(({ roles }) => roles.flatMap((role) => role.environments));
  const buckets = stateBucketsOf(environments, allEnvironments);
  const template = accountTemplate(
    accounts,
    buckets.filter(({ isPolicyInLimit }) => isPolicyInLimit),
    forge,
    issuer,
  );
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
    ...nextSteps({ template: describePath(templateFile), script: describePath(script), forge, setup, buckets }),
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
  readonly buckets: readonly StateBucket[];
}

function nextSteps({ template, script, forge, setup, buckets }: NextSteps): string[] {
  const { noun, option, place, notes } = bucketSteps(buckets);
  const steps: readonly (readonly string[])[] = [
    ...setup.firstSteps(script),
    [
      "Read the roles' policies. A deployer's role without a permissions-boundary in its environment is as strong as an administrator: npx support-app permissions deploy ENVIRONMENT",
    ],
    [
      `Create ${noun}, as an administrator, in one of two ways. Each account gets its own part of ${template}:`,
      `   - a stack in each account: aws cloudformation deploy${option} --stack-name support-app-roles --template-file ${template} --capabilities CAPABILITY_NAMED_IAM`,
      `   - one StackSet for all accounts${place}, with the capability CAPABILITY_NAMED_IAM`,
      `   If the first creation of a stack fails, it stays as ROLLBACK_COMPLETE: delete it (aws cloudformation delete-stack), correct what its events name, and create it again.`,
      `   In an account that has ${forge.name}'s identity provider, set the parameter CreateOidcProvider to false. With many environments, AWS takes the template from S3 alone: --s3-bucket BUCKET`,
      ...notes,
      ...setup.roleNotes,
    ],
    ...setup.lastSteps,
  ];
  return steps.flatMap(([line, ...linesBelow], index) => [`${index + 1}. ${line}`, ...linesBelow]);
}

/** What to do so that each bucket is created once, in its account and region. */
function bucketSteps(buckets: readonly StateBucket[]) {
  const createdBuckets = buckets.filter(({ isPolicyInLimit }) => isPolicyInLimit);
  const bucketsByRegion = groupByKey(createdBuckets, ({ region }) => region);
  const regions = [...bucketsByRegion].map(
    ([region, group]) => `${region} for ${formatList(group.flatMap(({ users }) => users.map(({ name }) => name)))}`,
  );
  const [region] = bucketsByRegion.keys();
  const word = regions.length > 1 ? "REGION" : region;
  const notes = linesOf(
    regions.length > 1 && `   REGION is the bucket's: ${regions.join("; ")}`,
    ...createdBuckets
      .filter(isShared)
      .map(
        ({ name, account, users }) =>
          `   The bucket ${name}, which ${users.length} environments share, is created in ${account}: update its stack whenever an environment is added or removed. From the other accounts, only CI reaches it, through the roles of the template: for deploys by hand, give each account a bucket of its own.`,
      ),
    createdBuckets.length > 0 &&
      "   If the bucket exists, set CreateStateBucket to false; if accounts share it, give it the bucket policy of the template yourself.",
    ...buckets
      .filter(({ isPolicyInLimit }) => !isPolicyInLimit)
      .map(
        ({ name, users }) =>
          `   The template has no bucket ${name}: a policy for its ${users.length} environments is longer than S3's limit of ${MAX_BUCKET_POLICY} bytes. Create the bucket yourself, or give some of them another one.`,
      ),
  );
  if (word === undefined) return { noun: "the roles", option: "", place: "", notes };
  return { noun: "the roles and the buckets for the state", option: ` --region ${word}`, place: `, in ${word}`, notes };
}
