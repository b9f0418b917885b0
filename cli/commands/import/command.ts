import { type Command, Option } from "commander";
import { ACCOUNT_ID } from "../../../modules/support-app/model/limits";
import { describe, describePath } from "../../../modules/support-app/model/problem";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { ENVIRONMENT_NAME, REGIONS, ROLE_ARN } from "../../../stacks/environments/environments-schema";
import { accountOfArn } from "../../iam/arn";
import { matching } from "../../option-values";
import { CommandError, UsageError } from "../../terminal/command-error";
import { jsonText } from "../../terminal/json";
import { print, printError } from "../../terminal/print";
import { besideDefaults } from "./beside-defaults";
import { environmentYaml, yamlLines } from "./edit-environments";
import { changedText, readFileToAddTo, replaceEnvironments, showBrokenRules } from "./file-to-add-to";
import { importOrganization, type OrganizationOptions, UNIT, withTag } from "./import-organization";
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
    .option("--account <id>", "the AWS account", matching(ACCOUNT_ID))
    .addOption(new Option("--region <region>", "the region in which the Support App is configured").choices(REGIONS))
    .option("--assume <role-arn>", "assume a role of the account first", matching(ROLE_ARN))
    .addOption(
      new Option(
        "--organization",
        "instead of one account, all accounts of AWS Organizations that environments.yaml doesn't have",
      ).conflicts("account"),
    )
    .option(
      "--unit <id>",
      "with --organization: only accounts in this organizational unit and the units in it",
      matching(UNIT),
    )
    .option(
      "--tag <key=value>",
      "with --organization: only accounts with this tag; repeat it to require several",
      withTag,
    )
    .option("--write", "write it into environments.yaml")
    .addOption(
      new Option(
        "--policy",
        "read nothing, and print the IAM policy with the least privilege that import, or import --organization, needs",
      ).conflicts(["account", "region", "assume", "unit", "tag", "write"]),
    )
    .addHelpText(
      "after",
      "\nExit status: 0 printed or written, or nothing to import (then nothing is written); 1 an error, or no role can be imported; 2 wrong usage.",
    )
    .action(importAccount);
}

async function importAccount(name: string | undefined, options: ImportOptions): Promise<void> {
  const { policy, organization, unit, tag } = options;
  if (name !== undefined && (policy || organization)) {
    throw new UsageError(
      `Received ${policy ? "--policy" : "--organization"} with the environment ${describe(name)}, expected one of them. Leave one out.`,
    );
  }
  if (policy) {
    print(jsonText(organization ? organizationPolicy() : importPolicy()).split("\n"));
    return;
  }
  if (organization) return importOrganization(options);
  if (unit !== undefined || tag !== undefined) {
    throw new UsageError(
      "Received --unit or --tag without --organization, expected them with it. Add --organization, or leave them out.",
    );
  }
  const named = askedFor(name, options);
  const file = readFileToAddTo(options.write === true);
  const existing = file.environments.find((one) => one.name === named.name);
  if (options.write && existing !== undefined) {
    throw new CommandError(
      `Received the environment ${describe(name)}, which ${file.name} already has, expected a new one. Nothing was written. Choose another name, or leave --write out.`,
    );
  }
  const asked = { ...named, profile: existing?.profile ?? file.defaults.profile };
  const setup = await readSetup(asked);
  const now = new Date();
  const imported = importedEnvironment(asked, setup, now);
  const report = reportLines(asked, setup, imported, file.defaults, now);
  if (setup.roles.length === 0) {
    printError([
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
  const text = options.write ? changedText(file, environments) : undefined;
  if (text !== undefined) replaceEnvironments(file, text);
  printError(report);
  print(yamlLines({ environments }));
  if (text !== undefined) printError(`Added ${asked.name} to ${file.name}.`);
  showBrokenRules(text ?? alone, text === undefined ? IMPORTED : file.name, file.rules);
}

/** What errors call an environment that isn't in a file yet. */
const IMPORTED = "The imported environment";

function askedFor(name: string | undefined, { account, region, assume }: ImportOptions): Asked {
  if (name === undefined || account === undefined || region === undefined) {
    throw new UsageError(
      "Received not all of an environment, --account and --region, expected import ENVIRONMENT --account ID --region REGION. Give all three, or --policy alone.",
    );
  }
  if (!ENVIRONMENT_NAME.pattern.test(name)) {
    throw new UsageError(`Received the environment ${describe(name)}, expected ${ENVIRONMENT_NAME.expected}.`);
  }
  if (assume !== undefined && accountOfArn(assume) !== account) {
    throw new UsageError(
      `Received --assume ${describePath(assume)}, expected the ARN of a role of ${account}, such as arn:aws:iam::${account}:role/reader.`,
    );
  }
  return { name, account, region, assume };
}
