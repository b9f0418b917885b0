import { InvalidArgumentError } from "commander";
import type { TextLimit } from "../../../modules/support-app/model/limits";
import { counted } from "../../../stacks/counted";
import { ENVIRONMENT_NAME, type EnvironmentEntry } from "../../../stacks/environments/environments-schema";
import { listed } from "../../../stacks/listed";
import { FLEET, JOBS } from "../../github/jobs";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";
import { environmentYaml, yamlLines } from "./edit-environments";
import { changedText, readFileToAddTo, replaceEnvironments, showBrokenRules } from "./file-to-add-to";
import { type OrganizationAccount, type OrganizationAsked, readOrganization } from "./organization";

/**
 * ID of an organizational unit or of the root. Source: Organizations API Reference, ListAccountsForParent, ParentId.
 */
export const UNIT: TextLimit = {
  pattern: /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
  expected: "the ID of an organizational unit or of the root, such as ou-ab12-11111111 or r-ab12",
};

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
  const isNew = ({ id, isActive }: OrganizationAccount) => isActive && !known.has(id);
  const accounts = await readOrganization(options, isNew);
  const names = file.environments.map(({ name }) => name);
  const own = options.region === region ? undefined : options.region;
  const added = addedEnvironments(accounts.filter(isNew), names, own);
  const isWhole = options.unit === undefined && options.tag === undefined;
  const remaining = new Set(accounts.filter(({ isClosed }) => !isClosed).map(({ id }) => id));
  const staying = file.environments.filter(({ retired }) => !retired);
  const left = staying.filter(({ account }) => isWhole && !remaining.has(account)).map(({ name }) => name);
  if (left.length > 0 && left.length === staying.length) {
    throw new CommandError(
      `Received an organization without any account of ${file.name} (${listed(left)}), expected the organization that has them. Nothing was written. Check which organization the credentials belong to. If these accounts have left it, set retired: true by hand.`,
    );
  }
  const text = options.write ? changedText(file, added, left) : undefined;
  if (text !== undefined && text !== file.text) replaceEnvironments(file, text);
  const usable = accounts.filter(({ isActive }) => isActive).length;
  const count = Object.keys(added).length;
  printError([
    `Found ${counted(accounts.length, "account")}, of which ${usable} can be used now. New to ${file.name}: ${count}. Left the organization: ${counted(left.length, "environment")} of it.`,
    "New environments have read-only access, without channels. If an account already has a role for the Support App, run import with its name, --account and --region instead, which adopts the role.",
    isWhole
      ? "Environments that left get retired: true. Deploy them while their credentials still work, which removes their access; then remove them from the file."
      : "With --unit or --tag, accounts that left the organization aren't looked for.",
  ]);
  const environments = { ...added, ...Object.fromEntries(left.map((name) => [name, { retired: true }])) };
  if (Object.keys(environments).length > 0) print(yamlLines({ environments }));
  if (text !== undefined) {
    printError(text === file.text ? `${file.name} is unchanged.` : `Changed ${file.name}.`);
    showBrokenRules(text, file.name, file.rules);
  } else if (count > 0) {
    const alone = environmentYaml({ environments: added, defaults: file.defaults });
    showBrokenRules(alone, "The added environments", file.rules);
  }
}

export function withTag(text: string, tags: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [key = "", ...value] = text.split("=");
  if (key !== "" && value.length > 0 && !tags.has(key)) return new Map([...tags, [key, value.join("=")]]);
  throw new InvalidArgumentError("Expected a key, = and a value, such as Team=payments, and each key once.");
}

/** The beginning of names that another environment's jobs may have in GitHub, or an account without a name of its own. */
const RESERVED = new RegExp(`^(account|${JOBS.join("|")})-`);

/**
 * Environments for accounts, by name: the account's in lower case, with hyphens, if only this account has it and no
 * environment has it, not even for a job; otherwise `account-<id>`.
 */
export function addedEnvironments(
  accounts: readonly OrganizationAccount[],
  existing: readonly string[],
  region?: EnvironmentEntry["region"],
): Readonly<Record<string, EnvironmentEntry>> {
  const wanted = accounts.map(({ name }) => (name.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-"));
  const isFree = (name: string) =>
    ENVIRONMENT_NAME.pattern.test(name) &&
    !RESERVED.test(name) &&
    ![FLEET, ...existing].includes(name) &&
    !JOBS.some((job) => existing.includes(`${job}-${name}`)) &&
    wanted.filter((other) => other === name).length === 1;
  const entries = accounts.map(({ id }, index): [string, EnvironmentEntry] => {
    const name = wanted[index] ?? "";
    const entry = { account: id, ...(region !== undefined && { region }), "read-only": {} };
    return [isFree(name) ? name : `account-${id}`, entry];
  });
  return Object.fromEntries(entries.sort(([one], [other]) => one.localeCompare(other, "en")));
}
