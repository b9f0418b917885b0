import { InvalidArgumentError } from "commander";
import type { TextLimit } from "../../../modules/support-app/model/limits";
import { counted } from "../../../stacks/counted";
import type { EnvironmentEntry } from "../../../stacks/environments/environments-schema";
import { listed } from "../../../stacks/listed";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";
import { environmentYaml, yamlLines } from "./environment-yaml";
import { changedText, type FileToAddTo, readFileToAddTo, replaceEnvironments, showBrokenRules } from "./file-to-add-to";
import { type OrganizationAccount, type OrganizationAsked, readOrganization } from "./organization";
import { type OrganizationChanges, organizationChanges } from "./organization-changes";

/**
 * ID of an organizational unit or of the root. Source: Organizations API Reference, ListAccountsForParent, ParentId.
 */
export const UNIT: TextLimit = {
  pattern: /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
  expected: "the ID of an organizational unit or of the root, such as ou-ab12-11111111 or r-ab12",
};

/** Options for importing an organization. */
export interface OrganizationOptions extends OrganizationAsked {
  readonly region?: EnvironmentEntry["region"];
  readonly write?: boolean;
}

/** Adds environments for an organization's new accounts, and retires environments whose accounts left. */
export async function importOrganization(options: OrganizationOptions): Promise<void> {
  const file = readFileToAddTo(options.write === true);
  const { region } = file.defaults;
  if (options.region === undefined && region === undefined) {
    throw new UsageError(
      `Received no region for new environments, expected one. Give --region, or set region in defaults of ${file.name}.`,
    );
  }
  const known = new Set(file.environments.map(({ account }) => account));
  const isNew = ({ id, state }: OrganizationAccount) => state === "active" && !known.has(id);
  const accounts = await readOrganization(options, isNew);
  const isWhole = options.unit === undefined && options.tag === undefined;
  const all = organizationChanges(accounts, file.environments, options.region === region ? undefined : options.region);
  const changes = isWhole ? all : { ...all, left: [] };
  expectSameOrganization(changes, file);
  const text = options.write ? changedText(file, changes) : undefined;
  if (text !== undefined && text !== file.text) replaceEnvironments(file, text);
  printError(reportLines(accounts, changes, file, isWhole));
  const retired = Object.fromEntries(changes.left.map((name) => [name, { retired: true }]));
  const environments = { ...changes.added, ...retired };
  if (Object.keys(environments).length > 0) print(yamlLines({ environments }));
  if (options.write) printError(text === file.text ? `${file.name} is unchanged.` : `Changed ${file.name}.`);
  if (text !== undefined) showBrokenRules(text, file.name, file.rules);
  else if (Object.keys(changes.added).length > 0) {
    const added = environmentYaml({ environments: changes.added, defaults: file.defaults });
    showBrokenRules(added, "The added environments", file.rules);
  }
}

/** Parses the next --tag. */
export function withTag(text: string, tags: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [key = "", ...value] = text.split("=");
  if (key !== "" && value.length > 0 && !tags.has(key)) return new Map([...tags, [key, value.join("=")]]);
  throw new InvalidArgumentError("Expected a key, = and a value, such as Team=payments, and each key once.");
}

/** With credentials of another organization, all accounts of the file would seem to have left. */
function expectSameOrganization({ left }: OrganizationChanges, { name, environments }: FileToAddTo): void {
  const staying = environments.filter(({ retired }) => !retired);
  if (staying.length === 0 || left.length < staying.length) return;
  throw new CommandError(
    `Received an organization without any account of ${name} (${listed(left)}), expected the organization that has them. Nothing was written. Check which organization the credentials belong to. If these accounts have left it, set retired: true by hand.`,
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
