import { type Command, InvalidArgumentError, Option } from "commander";
import { ACCOUNT_ID } from "../../../modules/support-app/model/limits";
import { describe, describePath } from "../../../modules/support-app/model/problem";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { ENVIRONMENT_NAME, REGIONS, ROLE_ARN } from "../../../stacks/environments/environments-schema";
import { accountOfArn } from "../../iam/arn";
import { CommandError, UsageError } from "../../terminal/command-error";
import { jsonText } from "../../terminal/json";
import { print, tell } from "../../terminal/print";
import { besideDefaults } from "./beside-defaults";
import { environmentYaml, yamlLines } from "./environment-yaml";
import { changedText, type FileToAddTo, readFileToAddTo, replaceEnvironments, tellBrokenRules } from "./file-to-add-to";
import { importOrganization, type OrganizationOptions } from "./import-organization";
import { importPolicy, organizationPolicy } from "./import-policy";
import { importedEnvironment } from "./imported-environment";
import { type Asked, readSetup } from "./live-setup";
import { reportLines } from "./report";

interface ImportOptions extends OrganizationOptions {
  readonly account?: string;
  readonly organization?: boolean;
  readonly policy?: boolean;
}

/** Adds `support-app import`. */
export function addCommand(program: Command): void {
  program
    .command("import")
    .summary("a live account as YAML to adopt")
    .description(
      "Read what was made by hand in an account, and print the environment for environments.yaml that adopts it. It never gives more access than there is, and names what environments.yaml can't express and what people would lose. With --organization, read the accounts of an organization, and print an environment for each new one and `retired: true` for each that left. It changes nothing in AWS. Credentials come from where the AWS SDK looks for them, such as AWS_PROFILE, or from the profile of environments.yaml.",
    )
    .argument("[environment]", "name of the new environment")
    .option("--account <id>", "the AWS account", accountId)
    .addOption(new Option("--region <region>", "the region in which the Support App is configured").choices(REGIONS))
    .option("--assume <role-arn>", "assume a role of the account first")
    .option(
      "--organization",
      "instead of one account, all accounts of AWS Organizations that environments.yaml doesn't have",
    )
    .option("--unit <id>", "with --organization: only accounts in this organizational unit and the units in it")
    .option(
      "--tag <key=value>",
      "with --organization: only accounts with this tag; repeat it to require several",
      (tag: string, tags: string[]) => [...tags, tag],
      [],
    )
    .option("--write", "write it into environments.yaml")
    .option(
      "--policy",
      "read nothing, and print the IAM policy with the least privilege that import, or import --organization, needs",
    )
    .addHelpText(
      "after",
      "\nExit status: 0 printed or written, or nothing to import (then nothing is written); 1 an error, or no role can be imported; 2 wrong usage.",
    )
    .action(importAccount);
}

async function importAccount(name: string | undefined, options: ImportOptions): Promise<void> {
  const { policy, organization, tag, ...rest } = options;
  const isAlone = name === undefined && Object.keys(rest).length === 0 && tag?.length === 0;
  if (policy) {
    if (!isAlone) {
      throw new UsageError(
        "Received --policy with other options, expected --policy alone or with --organization: the policy is the same for every account.",
      );
    }
    print(jsonText(organization ? organizationPolicy() : importPolicy()).split("\n"));
    return;
  }
  if (organization) {
    if (name !== undefined || options.account !== undefined) {
      throw new UsageError(
        `Received --organization with ${name === undefined ? "--account" : `the environment ${describe(name)}`}, expected one of them. Leave one out.`,
      );
    }
    return importOrganization(options);
  }
  if (options.unit !== undefined || tag?.length !== 0) {
    throw new UsageError(
      `Received ${options.unit === undefined ? "--tag" : "--unit"} without --organization, expected both. Add --organization, or leave ${options.unit === undefined ? "--tag" : "--unit"} out.`,
    );
  }
  const named = askedFor(name, options);
  const file = fileFor(named, options.write === true);
  const asked = { ...named, profile: file.profile };
  const setup = await readSetup(asked);
  const now = new Date();
  const imported = importedEnvironment(asked, setup, now);
  const report = reportLines(asked, setup, imported, file.defaults, now);
  if (setup.roles.length === 0) {
    tell([
      ...report,
      "",
      `There is nothing to import. This is the smallest environment${options.write ? ", which was not written, since it would give access that doesn't exist now" : ""}:`,
    ]);
    const { account, region } = asked;
    print(yamlLines({ environments: { [asked.name]: { account, region, "read-only": {} } } }));
    return;
  }
  if (imported.adoptions.length === 0)
    throw new CommandError([...report, "", "Nothing was written: no role can be imported."]);
  const entry = besideDefaults(imported.entry, file.defaults);
  const environments = { [asked.name]: entry };
  // With the defaults after what is printed.
  const alone = environmentYaml({ environments, defaults: file.defaults });
  parseEnvironments(alone, IMPORTED, "unchecked");
  const text = options.write ? changedText(file, { added: environments, left: [] }) : undefined;
  if (text !== undefined) replaceEnvironments(file, text);
  tell(report);
  print(yamlLines({ environments }));
  if (text !== undefined) tell(`Added ${asked.name} to ${file.name}.`);
  tellBrokenRules(text ?? alone, text === undefined ? IMPORTED : file.name, file.rules);
}

/** What errors call an environment that isn't in a file yet. */
const IMPORTED = "The imported environment";

function askedFor(name: string | undefined, { account, region, assume }: ImportOptions): Asked {
  if (name === undefined || account === undefined || region === undefined) {
    const missing = name === undefined ? "no environment" : account === undefined ? "no --account" : "no --region";
    throw new UsageError(
      `Received ${missing}, expected import ENVIRONMENT --account ID --region REGION. Give all three, or --policy alone.`,
    );
  }
  if (!ENVIRONMENT_NAME.pattern.test(name)) {
    throw new UsageError(`Received the environment ${describe(name)}, expected ${ENVIRONMENT_NAME.expected}.`);
  }
  if (assume !== undefined && !(ROLE_ARN.pattern.test(assume) && accountOfArn(assume) === account)) {
    throw new UsageError(
      `Received --assume ${describePath(assume)}, expected the ARN of a role of ${account}, such as arn:aws:iam::${account}:role/reader.`,
    );
  }
  return { name, account, region, assume };
}

function accountId(text: string): string {
  if (ACCOUNT_ID.pattern.test(text)) return text;
  throw new InvalidArgumentError(`Expected ${ACCOUNT_ID.expected}.`);
}

/** The file, which mustn't have the environment yet if it is to be written, and the environment's AWS profile. */
function fileFor({ name }: Asked, isToWrite: boolean): FileToAddTo & Pick<Asked, "profile"> {
  const file = readFileToAddTo(isToWrite);
  if (isToWrite && file.environments.some((environment) => environment.name === name)) {
    throw new CommandError(
      `Received the environment ${describe(name)}, which ${file.name} already has, expected a new one. Nothing was written. Choose another name, or leave --write out.`,
    );
  }
  const profiles = [file.environments.find((one) => one.name === name)?.profile, file.defaults.profile];
  return { ...file, profile: profiles.find((one) => typeof one === "string") };
}
