import { type Command, InvalidArgumentError, Option } from "commander";
import { jsonText } from "../../../common/json";
import { describe } from "../../../common/problem";
import {
  ACCOUNT_ID,
  REGIONS,
  type Region,
  ROLE_PATH_AND_NAME,
  type TextLimit,
} from "../../../modules/support-app/model/limits";
import { expectKnown } from "../../aws/advice";
import { connect } from "../../aws/connection";
import { signIn } from "../../aws/identity";
import { type OrganizationPart, readOrganization } from "../../aws/organization";
import { CommandError, UsageError } from "../../terminal/command-error";
import { listParser, matching, oneOfChoices } from "../../terminal/option-values";
import { print, printError } from "../../terminal/print";
import { INTERRUPTED } from "../../terraform/binary";
import { auditAccounts, isAllKnown } from "./audit-accounts";
import type { AuditReport } from "./audit-report";
import { SESSION } from "./read-account";
import { auditLines } from "./report";

interface AuditOptions extends OrganizationPart {
  readonly account?: readonly string[];
  readonly organization?: boolean;
  readonly assumeRole?: string;
  readonly region?: readonly Region[];
  readonly slack?: boolean;
  readonly format: "text" | "json" | "yaml";
}

/** Exit statuses. */
const EXIT = { healthy: 0, unhealthy: 4, unknown: 5, interrupted: INTERRUPTED };

/** ID of an organizational unit or of the root. Source: Organizations API Reference, ListAccountsForParent, ParentId. */
const UNIT: TextLimit = {
  pattern: /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
  expected: "the ID of an organizational unit or of the root, such as ou-ab12-11111111 or r-ab12",
};

/** Adds `support-app audit`. */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  program
    .command("audit")
    .summary("every Support App role there is, worst first")
    .description(
      "Print what is wrong with what people in Slack can do in an account, several, or an organization, worst first; or, with --format yaml, the environments that adopt it. It needs no environments.yaml, and only reads.",
    )
    .addOption(
      new Option("--account <id...>", "these accounts (default: the account of the credentials)")
        .argParser(listParser(matching(ACCOUNT_ID)))
        .conflicts("organization"),
    )
    .option("--organization", "all accounts of the organization")
    .option("--unit <id>", "with --organization: only accounts in this organizational unit and below", matching(UNIT))
    .option("--tag <key=value...>", "with --organization: only accounts with all of these tags", listParser(tagIn))
    .option(
      "--assume-role <name>",
      "role to assume in each account but the credentials' own: its name, after its path if it has one",
      matching(ROLE_PATH_AND_NAME),
    )
    .addOption(
      new Option("--region <region...>", "where the Support App is used (default: every region that has it)")
        .choices(REGIONS)
        .argParser(listParser(oneOfChoices(REGIONS))),
    )
    .option("--slack", "also count the people, guests and bots in the channels, with the token in SLACK_BOT_TOKEN")
    .addOption(
      new Option(
        "--format <format>",
        "what to print. yaml: what can be adopted exactly as it is, and comments on the rest",
      )
        .choices(["text", "json", "yaml"])
        .default("text"),
    )
    .addHelpText(
      "after",
      "\nExit status: 0 nothing is wrong; 4 something is; 5 unknown, because something couldn't be read; 1 an error; 2 wrong usage; 130 interrupted.",
    )
    .action(async (options: AuditOptions) => exitWith(await audit(options)));
}

function tagIn(text: string): readonly [key: string, value: string] {
  const [key = "", ...value] = text.split("=");
  if (key !== "" && value.length > 0) return [key, value.join("=")];
  throw new InvalidArgumentError("Expected a key, = and a value, such as Team=payments.");
}

async function audit(options: AuditOptions): Promise<number> {
  const { format, organization, assumeRole, slack = false, region: regions = REGIONS } = options;
  expectNeeded(options);
  const adoption: typeof import("./adopted-account") | undefined =
    format === "yaml" ? require("./adopted-account") : undefined; // it loads YAML
  const time = new Date();
  const connection = connect();
  try {
    const caller = expectKnown(await signIn(connection.configFor({ region: "us-east-1" }), undefined, SESSION));
    const targets = organization
      ? expectKnown(await readOrganization(caller.config, caller.account, options))
      : [...new Set(options.account ?? [caller.account])].map((id) => ({ id }));
    if (targets.length === 0) {
      throw new CommandError("Received no account with this --unit and --tag, expected at least one. Check both.");
    }
    const settings = { assumeRole, slack, adopt: adoption?.adoptedAccount, time };
    const { accounts, adopted, unread, isInterrupted } = await auditAccounts(targets, caller, regions, settings);
    const report: AuditReport = {
      schemaVersion: 1,
      readAt: time.toISOString(),
      unread: unread.length > 0 ? unread : undefined,
      accounts,
    };
    if (adoption) print(adoption.auditYaml(accounts, adopted, unread.length));
    else print(format === "json" ? jsonText(report).split("\n") : auditLines(accounts, unread.length));
    if (isInterrupted) {
      printError("Interrupted.");
      return EXIT.interrupted;
    }
    // What couldn't be read comes before what is wrong: there may be worse in it.
    if (!accounts.every(isAllKnown)) return EXIT.unknown;
    return accounts.every(({ findings }) => findings.length === 0) ? EXIT.healthy : EXIT.unhealthy;
  } finally {
    connection.destroy();
  }
}

/** Options, each with one that it needs, as written. */
const NEEDS = [
  ["unit", "organization", "--organization"],
  ["tag", "organization", "--organization"],
  ["organization", "assumeRole", "--assume-role"],
] as const;

function expectNeeded(options: AuditOptions): void {
  const keys = (options.tag ?? []).map(([key]) => key);
  const repeatedKey = keys.find((key, index) => keys.indexOf(key) < index);
  if (repeatedKey !== undefined) {
    throw new UsageError(`Received --tag ${describe(repeatedKey)} twice, expected each key once. Choose one value.`);
  }
  for (const [option, neededOption, flag] of NEEDS) {
    if (options[option] !== undefined && options[neededOption] === undefined)
      throw new UsageError(`Received --${option} without ${flag}, expected them together. Add ${flag}.`);
  }
}
