import { ACCOUNT_ID } from "../../../modules/support-app/model/limits";
import { describePath } from "../../../modules/support-app/model/problem";
import { counted } from "../../../stacks/counted";
import { type EnvironmentEntry, ROLE_ARN } from "../../../stacks/environments/environments-schema";
import { listed } from "../../../stacks/listed";
import { accountOfArn } from "../../iam/arn";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print, tell } from "../../terminal/print";
import { environmentYaml, yamlLines } from "./environment-yaml";
import { changedText, type FileToAddTo, readFileToAddTo, replaceEnvironments, tellBrokenRules } from "./file-to-add-to";
import { type OrganizationAccount, type OrganizationAsked, readOrganization } from "./organization";
import { type OrganizationChanges, organizationChanges } from "./organization-changes";

/**
 * ID of an organizational unit or of the root. Source: Organizations API Reference, ListAccountsForParent, ParentId.
 */
const UNIT = /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/;

/** Options for importing an organization. */
export interface OrganizationOptions {
  readonly unit?: string;
  readonly tag?: readonly string[];
  readonly region?: EnvironmentEntry["region"];
  readonly assume?: string;
  readonly write?: boolean;
}

/** Adds the accounts of an organization that the environment file doesn't have, and retires those that left. */
export async function importOrganization(options: OrganizationOptions): Promise<void> {
  const asked = askedFor(options);
  const file = readFileToAddTo(options.write === true);
  const { region } = file.defaults;
  if (options.region === undefined && region === undefined) {
    throw new UsageError(
      `Received no region for new environments, expected one. Give --region, or set region in defaults of ${file.name}.`,
    );
  }
  const known = new Set(file.environments.map(({ account }) => account));
  const isNew = ({ id, state }: OrganizationAccount) => state === "active" && !known.has(id);
  const accounts = await readOrganization(asked, isNew);
  const isWhole = asked.unit === undefined && asked.tags.size === 0;
  const all = organizationChanges(accounts, file.environments, options.region === region ? undefined : options.region);
  const changes = isWhole ? all : { ...all, left: [] };
  expectSameOrganization(changes, file);
  const text = options.write ? changedText(file, changes) : undefined;
  if (text !== undefined && text !== file.text) replaceEnvironments(file, text);
  tell(reportLines(accounts, changes, file, isWhole));
  const retired = Object.fromEntries(changes.left.map((name) => [name, { retired: true }]));
  const environments = { ...changes.added, ...retired };
  if (Object.keys(environments).length > 0) print(yamlLines({ environments }));
  if (options.write) tell(text === file.text ? `${file.name} is unchanged.` : `Changed ${file.name}.`);
  if (text !== undefined) tellBrokenRules(text, file.name, file.rules);
  else if (Object.keys(changes.added).length > 0) {
    const added = environmentYaml({ environments: changes.added, defaults: file.defaults });
    tellBrokenRules(added, "The added environments", file.rules);
  }
}

function askedFor({ unit, tag = [], assume }: OrganizationOptions): OrganizationAsked {
  if (unit !== undefined && !UNIT.test(unit)) {
    throw new UsageError(
      `Received --unit ${describePath(unit)}, expected the ID of an organizational unit or of the root, such as ou-ab12-11111111 or r-ab12.`,
    );
  }
  if (assume !== undefined && !(ROLE_ARN.pattern.test(assume) && ACCOUNT_ID.pattern.test(accountOfArn(assume) ?? ""))) {
    throw new UsageError(
      `Received --assume ${describePath(assume)}, expected the ARN of a role, such as arn:aws:iam::111122223333:role/reader.`,
    );
  }
  const tags = new Map<string, string>();
  for (const text of tag) {
    const [key = "", ...value] = text.split("=");
    if (key === "" || value.length === 0 || tags.has(key)) {
      throw new UsageError(
        `Received --tag ${describePath(text)}, expected a key, = and a value, such as Team=payments, and each key once.`,
      );
    }
    tags.set(key, value.join("="));
  }
  return { unit, tags, assume };
}

/** With credentials of another organization, all accounts of the file would seem to have left. */
function expectSameOrganization({ left }: OrganizationChanges, { name, environments }: FileToAddTo): void {
  const staying = environments.filter(({ retired }) => !retired);
  if (staying.length === 0 || left.length < staying.length) return;
  throw new CommandError(
    `Received an organization without any account of ${name} (${listed(left)}), expected the one that has them. Nothing was written. Check which organization the credentials belong to. If these accounts have left it, set retired: true by hand.`,
  );
}

function reportLines(
  accounts: readonly OrganizationAccount[],
  { added, left }: OrganizationChanges,
  { name }: FileToAddTo,
  isWhole: boolean,
): string[] {
  const names = Object.keys(added);
  const count = (of: OrganizationAccount["state"]) => accounts.filter(({ state }) => state === of).length;
  const skipped = [
    ...(count("closed") > 0 ? [`${count("closed")} suspended or closed`] : []),
    ...(count("pending") > 0 ? [`${count("pending")} not activated yet`] : []),
  ];
  const lines = [
    `${isWhole ? "The organization" : "The requested part of the organization"} has ${counted(accounts.length, "account")}${skipped.length === 0 ? "" : `, ${skipped.join(" and ")}`}. ${names.length} of them ${names.length === 1 ? "is" : "are"} new to ${name}.`,
  ];
  if (names.length > 0)
    lines.push(
      "New ones have read-only access, without channels. If one already has a role for the Support App, run import with its name, --account and --region instead, which adopts the role.",
    );
  if (left.length > 0)
    lines.push(
      `${left.length} environment${left.length === 1 ? " of it has" : "s of it have"} left the organization: ${listed(left)}. Their entries get retired: true. Deploy them while their credentials still work, which removes their access; then remove them from the file.`,
    );
  if (!isWhole) lines.push("With --unit or --tag, accounts that left the organization aren't looked for.");
  return lines;
}
