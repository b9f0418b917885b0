import { type Command, InvalidArgumentError, Option } from "commander";
import { formatCount } from "../../../common/format-count";
import { jsonText } from "../../../common/json";
import { describe, describePath } from "../../../common/problem";
import {
  ACCOUNT_ID,
  ENVIRONMENT_NAME,
  REGIONS,
  type Region,
  ROLE_PATH_AND_NAME,
  type TextLimit,
} from "../../../modules/support-app/model/limits";
import { listParser, matching, nameOfA, oneOfChoices } from "../../arguments/option-values";
import { expectKnown } from "../../aws/advice";
import { connect } from "../../aws/connection";
import { signIn } from "../../aws/identity";
import { type OrganizationPart, readOrganization } from "../../aws/organization";
import { AUDIT_REPORT_VERSION, type AuditedAccount, type AuditReport } from "../../reports/audit-report";
import { expectWritable } from "../../reports/report-files";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { INTERRUPTED } from "../../terraform/binary";
import { type AuditRun, auditAccounts, isAllKnown } from "./audit-accounts";
import { auditPage } from "./audit-page";
import { CONTINUED_WITHIN_H, earlierReport } from "./earlier-report";
import { type AccountRead, SESSION } from "./read-account";
import { auditLines, auditMarkdown } from "./report";

interface AuditOptions extends OrganizationPart {
  readonly account?: readonly string[];
  readonly organization?: boolean;
  readonly assumeRole?: string;
  readonly region?: readonly Region[];
  readonly slack?: boolean;
  readonly format: "text" | "markdown" | "json" | "html" | "yaml";
  readonly report?: string;
  readonly write?: boolean;
  readonly name?: string;
  readonly allAccounts?: boolean;
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
      "Read everything that people in Slack can do through the Support App in an account, several, or an organization, without environments.yaml, and print what is wrong, worst first. With --write, write the environments that adopt it: they never give more access than there is, and what environments.yaml can't express and what people would lose is named. It changes nothing in AWS. Credentials come from where the AWS SDK looks for them, such as AWS_PROFILE.",
    )
    .addOption(
      new Option("--account <id...>", "these accounts (default: the account of the credentials)")
        .argParser(listParser(matching(ACCOUNT_ID)))
        .conflicts("organization"),
    )
    .option("--organization", "all accounts of the organization")
    .option(
      "--unit <id>",
      "with --organization: only accounts in this organizational unit and the units in it",
      matching(UNIT),
    )
    .option("--tag <key=value...>", "with --organization: only accounts with all of these tags", listParser(tagIn))
    .option(
      "--assume-role <name>",
      "name of the role to assume in each account but the account of the credentials, after its path if it has one",
      matching(ROLE_PATH_AND_NAME),
    )
    .addOption(
      new Option("--region <region...>", "where the Support App is used (default: every region that has it)")
        .choices(REGIONS)
        .argParser(listParser(oneOfChoices(REGIONS))),
    )
    .option(
      "--slack",
      "also count the people, guests and bots in the channels, with the token in SLACK_BOT_TOKEN (scopes channels:read, groups:read, users:read)",
    )
    .addOption(
      new Option("--format <format>", "what to print. yaml: the environments that --write would add")
        .choices(["text", "markdown", "json", "html", "yaml"])
        .default("text"),
    )
    .option(
      "--report <file>",
      "also write the report as JSON into a file; if an interrupted audit has written it, go on from there",
      nameOfA("file"),
    )
    .option(
      "--write",
      "write what can be adopted into environments.yaml, and retire environments whose accounts left the organization",
    )
    .addOption(
      new Option(
        "--name <name>",
        "with --write of one account: the name of its new environment (default: account-<id>)",
      )
        .argParser(matching(ENVIRONMENT_NAME))
        .conflicts("organization"),
    )
    .option("--all-accounts", "with --write: also write read-only access for accounts that have nothing")
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
  const { format, report: reportFile, organization, assumeRole, name, slack = false } = options;
  const isToWrite = options.write === true;
  const isYaml = format === "yaml";
  const isAdopting = isToWrite || isYaml;
  expectNeeded({ ...options, write: isAdopting || undefined });
  if (reportFile !== undefined) expectWritable("--report", reportFile);
  const time = new Date();
  const adoption: typeof import("./adopted-accounts") | undefined = isAdopting
    ? require("./adopted-accounts") // it loads YAML
    : undefined;
  const file = adoption?.readFileToAddTo(isToWrite);
  const [firstId] = options.account ?? [];
  const profile = (file?.environments.find(({ account }) => account === firstId) ?? file?.defaults)?.profile;
  const connection = connect();
  try {
    const signedIn = await signIn(connection.configFor({ region: "us-east-1", profile }), undefined, SESSION);
    const caller = expectKnown(signedIn, profile);
    const accounts = organization
      ? expectKnown(await readOrganization(caller.config, caller.account, options))
      : undefined;
    const targets = accounts ?? [...new Set(options.account ?? [caller.account])].map((id) => ({ id }));
    if (targets.length === 0) {
      throw new CommandError("Received no account with this --unit and --tag, expected at least one. Check both.");
    }
    const isWhole = options.unit === undefined && options.tag === undefined;
    const organizationAccounts = isWhole ? accounts : undefined;
    const plan = file && adoption?.planFor(file, targets, organizationAccounts, options.region?.[0], name);
    const adopt =
      plan && ((id: string, accountRead: AccountRead) => adoption?.adoptedAccount(id, accountRead, plan, time));
    const fileRegions = file?.environments.map((environment) => environment.region as Region) ?? [];
    const regions = [...new Set([...(options.region ?? REGIONS), ...fileRegions])];
    const before = reportFile === undefined ? {} : earlierReport(reportFile, targets, regions, slack, time);
    const { earlier, remark } = isAdopting ? {} : before; // a report doesn't have all that an environment needs
    const readAt = earlier?.readAt ?? time.toISOString();
    const reportOf = ({ results, unread }: AuditRun): AuditReport => ({
      ...{
        schemaVersion: AUDIT_REPORT_VERSION,
        readAt,
        isWholeOrganization: organizationAccounts !== undefined && unread.length === 0,
      },
      interrupted: unread.length > 0 ? { unread, regions, slack } : undefined,
      accounts: results.map(({ result }) => result),
    });
    const keep = (run: AuditRun) => {
      if (reportFile === undefined) return;
      const report = reportOf(run);
      const knownCount = report.accounts.filter(isAllKnown).length;
      if (report.interrupted && before.earlier && knownCount < before.earlier.accounts.size) {
        const earlierReport = `the audit of ${before.earlier.readAt}, which was interrupted, too, has read more accounts`;
        printError(`${describePath(reportFile)} is unchanged: ${earlierReport}.`);
      } else replaceFile({ file: reportFile, text: `${jsonText(report)}\n`, command: "audit" });
    };
    if (remark !== undefined) printError(remark);
    const run = await auditAccounts(targets, caller, regions, {
      assumeRole,
      slack,
      earlier: earlier?.accounts,
      adopt,
      keep,
      time,
    });
    keep(run);
    const { results, unread, isInterrupted } = run;
    const auditedAccounts = results.map(({ result }) => result);
    const formats = {
      text: () => auditLines(auditedAccounts, unread.length),
      markdown: () => auditMarkdown(auditedAccounts, unread.length).trimEnd().split("\n"),
      json: () => jsonText(reportOf(run)).split("\n"),
      html: () => auditPage(auditedAccounts, readAt, unread.length).trimEnd().split("\n"),
    };
    if (!isYaml) print(formats[format]());
    if (isInterrupted) {
      if (file) printError(`${file.name} is unchanged, since audit was interrupted.`);
      else printError(interruptedWords(unread.length, auditedAccounts, reportFile, readAt));
      return EXIT.interrupted;
    }
    if (plan) {
      const adoptedAccounts = results.flatMap((result) => result.adopted ?? []);
      adoption?.adopt(plan, adoptedAccounts, { areEmptyAdded: options.allAccounts, isToWrite, isYaml });
      const unreadCount = auditedAccounts.filter(({ isClosed }) => !isClosed).length - adoptedAccounts.length;
      if (unreadCount > 0)
        printError(`Not written, since something in them couldn't be read: ${formatCount(unreadCount, "account")}.`);
    }
    // What couldn't be read comes before what is wrong: there may be worse in it.
    if (!auditedAccounts.every(isAllKnown)) return EXIT.unknown;
    return auditedAccounts.every(({ findings }) => findings.length === 0) ? EXIT.healthy : EXIT.unhealthy;
  } finally {
    connection.destroy();
  }
}

/** Options, each with one that it needs. */
const NEEDS = [
  ["unit", "organization"],
  ["tag", "organization"],
  ["organization", "assumeRole"],
  ["allAccounts", "write"],
  ["name", "write"],
] as const;

function expectNeeded(options: AuditOptions): void {
  const keys = (options.tag ?? []).map(([key]) => key);
  const repeatedKey = keys.find((key, index) => keys.indexOf(key) < index);
  if (repeatedKey !== undefined) {
    throw new UsageError(`Received --tag ${describe(repeatedKey)} twice, expected each key once. Choose one value.`);
  }
  if (options.name !== undefined && new Set(options.account).size > 1) {
    throw new UsageError(
      "Received --name with several accounts, expected one account. Leave --name out, or audit one account.",
    );
  }
  const wrong = NEEDS.find(
    ([option, neededOption]) => options[option] !== undefined && options[neededOption] === undefined,
  );
  if (wrong === undefined) return;
  const [option, neededFlag] = wrong.map(
    (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  throw new UsageError(`Received ${option} without ${neededFlag}, expected them together. Add ${neededFlag}.`);
}

/** What an interrupted audit leaves to do. @param unread how many accounts */
function interruptedWords(
  unread: number,
  auditedAccounts: readonly AuditedAccount[],
  report: string | undefined,
  readAt: string,
): string {
  if (unread === 0) return "Interrupted, after every account was read.";
  if (report === undefined)
    return "Interrupted. To go on after an interruption, add --report and a file: it keeps what was read.";
  const unknown = auditedAccounts.filter((account) => !isAllKnown(account)).length;
  const otherAccounts = formatCount(unread, "other account");
  const outcomeWords =
    unknown === 0
      ? `only ${otherAccounts}`
      : `${otherAccounts}, and again ${formatCount(unknown, "account")} with something unknown`;
  return `Interrupted. Run the same command again within ${CONTINUED_WITHIN_H} hours of ${readAt}: it reads ${outcomeWords}.`;
}
