import { type Command, Option } from "commander";
import { describe } from "../../../common/problem";
import { ACCOUNT_ID, ENVIRONMENT_NAME, REGIONS, ROLE_PATH_AND_NAME } from "../../../modules/support-app/model/limits";
import type { Environment } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { environmentYaml, yamlLines } from "../../adoption/edit-environments";
import {
  changedText,
  readEditableEnvironments,
  replaceEnvironments,
  showBrokenRules,
} from "../../adoption/environments-file";
import { importReportLines } from "../../adoption/import-report";
import { importedEnvironment } from "../../adoption/imported-environment";
import { type ImportRequest, readSetup } from "../../adoption/live-setup";
import { overrideDefaults } from "../../adoption/override-defaults";
import { matching } from "../../arguments/option-values";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";

interface ImportOptions {
  readonly account: string;
  readonly region: Environment["region"];
  readonly assumeRole?: string;
  readonly write?: boolean;
}

/** Adds `support-app import`. */
export function addCommand(program: Command): void {
  program
    .command("import")
    .summary("a live account as YAML to adopt")
    .description(
      "Read what was made by hand in an account, and print the environment for environments.yaml that adopts it. It never gives more access than there is, and names what environments.yaml can't express and what people would lose. For an organization, see audit --write; for the rights that it needs, permissions audit. It changes nothing in AWS. Credentials come from where the AWS SDK looks for them, such as AWS_PROFILE, or from the profile of environments.yaml.",
    )
    .argument("<environment>", "name of the new environment")
    .requiredOption("--account <id>", "the AWS account", matching(ACCOUNT_ID))
    .addOption(
      new Option("--region <region>", "the region in which the Support App is configured")
        .choices(REGIONS)
        .makeOptionMandatory(),
    )
    .option(
      "--assume-role <name>",
      "name of the role of the account to assume first, after its path if it has one",
      matching(ROLE_PATH_AND_NAME),
    )
    .option("--write", "write it into environments.yaml")
    .addHelpText(
      "after",
      "\nExit status: 0 printed or written, or nothing to import (then nothing is written); 1 an error, or no role can be imported; 2 wrong usage.",
    )
    .action(importAccount);
}

async function importAccount(name: string, options: ImportOptions): Promise<void> {
  const importRequest = askedFor(name, options);
  const file = readEditableEnvironments(options.write === true);
  const existing = file.environments.find((environment) => environment.name === importRequest.name);
  if (options.write && existing !== undefined) {
    throw new CommandError(
      `Received the environment ${describe(name)}, which ${file.name} already has, expected a new one. Nothing was written. Choose another name, or leave --write out.`,
    );
  }
  const request = { ...importRequest, profile: existing?.profile ?? file.defaults.profile };
  const setup = await readSetup(request);
  const now = new Date();
  const imported = importedEnvironment(request, setup, now, file.rules);
  const report = importReportLines(request, setup, imported, file.defaults, now);
  if (setup.roles.length === 0) {
    const smallest = "There is nothing to import. This is the smallest environment, which isn't written:";
    printError([...report, "", smallest]);
    const { account, region } = request;
    print(yamlLines({ environments: { [request.name]: { account, region, "read-only": {} } } }));
    return;
  }
  if (imported.adoptions.length === 0)
    throw new CommandError([...report, "", "Nothing was written: no role can be imported."]);
  const environments = { [request.name]: overrideDefaults(imported.entry, file.defaults) };
  // With the defaults after what is printed.
  const environmentAlone = environmentYaml({ environments, defaults: file.defaults });
  parseEnvironments(environmentAlone, IMPORTED, "unchecked");
  const text = options.write ? changedText(file, { added: environments }) : undefined;
  if (text !== undefined) replaceEnvironments(file, text);
  printError(report);
  print(yamlLines({ environments }));
  if (text !== undefined) printError(`Added ${request.name} to ${file.name}.`);
  showBrokenRules(text ?? environmentAlone, text === undefined ? IMPORTED : file.name, file.rules);
}

/** What errors call an environment that isn't in a file yet. */
const IMPORTED = "The imported environment";

function askedFor(name: string, { account, region, assumeRole }: ImportOptions): ImportRequest {
  if (!ENVIRONMENT_NAME.pattern.test(name)) {
    throw new UsageError(`Received the environment ${describe(name)}, expected ${ENVIRONMENT_NAME.expected}.`);
  }
  return { name, account, region, assumeRole };
}
