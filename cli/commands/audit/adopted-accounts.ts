import { createTwoFilesPatch } from "diff";
import { formatCount } from "../../../common/format-count";
import { formatList } from "../../../common/format-list";
import { fieldsIn } from "../../../common/json";
import { describe } from "../../../common/problem";
import { channelWords } from "../../../modules/support-app/model/channel-set";
import { roleArnOf } from "../../../modules/support-app/model/iam-names";
import { ENVIRONMENT_NAME, type Region } from "../../../modules/support-app/model/limits";
import { NOTIFY_EVENTS } from "../../../modules/support-app/model/notify";
import { ownersIn, withAccesses, writtenAccess } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import type { ChannelEntry, EnvironmentEntry } from "../../../stacks/environments/environments-schema";
import { YamlSource } from "../../../stacks/yaml/yaml-source";
import { environmentYaml, placeholdersIn, yamlLines } from "../../adoption/edit-environments";
import {
  changedText,
  type EditableEnvironments,
  replaceEnvironments,
  showBrokenRules,
} from "../../adoption/environments-file";
import { importReportLines } from "../../adoption/import-report";
import { importedEnvironment, type LeftChannel } from "../../adoption/imported-environment";
import { setupOf } from "../../adoption/live-setup";
import { overrideDefaults } from "../../adoption/override-defaults";
import { valueIfKnown } from "../../aws/lookup";
import type { OrganizationAccount } from "../../aws/organization";
import { FLEET, JOBS } from "../../forge/job-environments";
import { CommandError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";
import type { AuditedTarget } from "./audited-account";
import type { AccountRead, RegionRead } from "./read-account";

export { readEditableEnvironments as readFileToAddTo } from "../../adoption/environments-file";

const NOTHING = { channels: { known: [] }, workspaces: { known: [] }, alias: { known: undefined } };

/** What an account becomes in environments.yaml. */
export interface AdoptedAccount {
  readonly id: string;
  /** Undefined: none of its roles can be adopted. */
  readonly entry?: EnvironmentEntry;
  /** Whether it has nothing for the Support App. */
  readonly isEmpty: boolean;
  /** Whether the file's environment of it stays as it is. */
  readonly isEntryKept: boolean;
  /** Whether that environment has all of its roles and channels. */
  readonly isCovered: boolean;
  /** What is adopted, what isn't, and what to do about it. */
  readonly report: readonly string[];
}

/** The environment file, and the names of its environments of accounts, those to come included. */
export interface AdoptionPlan {
  readonly file: EditableEnvironments;
  readonly names: ReadonlyMap<string, string>;
  /** Names of environments that stand for one that is still to be written. */
  readonly placeholders: readonly string[];
  /** Names of environments whose accounts left the organization. */
  readonly retired: readonly string[];
  /** The region of new environments whose accounts have no channel. */
  readonly region: Region;
}

/**
 * Plans the change of an environment file before any account is read.
 *
 * @param organization all accounts of it. Undefined: not all are known, so that none counts as having left
 * @param name of the environment of the only account
 */
export function planFor(
  file: EditableEnvironments,
  accounts: readonly AuditedTarget[],
  organization: readonly OrganizationAccount[] | undefined,
  region: Region = file.defaults.region ?? "us-east-1",
  name?: string,
): AdoptionPlan {
  const namesByAccount = new Map(file.environments.map(({ account, name }) => [account, name]));
  const otherAccounts = accounts.filter(({ id }) => !namesByAccount.has(id));
  if (name !== undefined) expectNewName(file, name, accounts[0]?.id);
  const names =
    name === undefined
      ? environmentNames(otherAccounts, [...namesByAccount.values()])
      : otherAccounts.map(({ id }) => [id, name] as const);
  const retired = organization ? environmentsThatLeft(file, organization) : [];
  return {
    file,
    names: new Map([...namesByAccount, ...names]),
    placeholders: placeholdersIn(file.text),
    retired,
    region,
  };
}

function expectNewName(file: EditableEnvironments, newName: string, id: string | undefined): void {
  const otherEnvironment = file.environments.find(({ name, account }) => (name === newName) !== (account === id));
  if (otherEnvironment === undefined) return;
  throw new CommandError(
    `Received --name ${describe(newName)} for the account ${id}, expected a new name of a new account: ${file.name} has ${otherEnvironment.name} (${otherEnvironment.account}). Nothing was written. Choose another name, or leave --name out.`,
  );
}

/**
 * An account as an environment, whose region is the one with most of its channels, unless the file has it.
 *
 * @param accountRead everything in it is known
 */
export function adoptedAccount(
  id: string,
  accountRead: AccountRead,
  { file, names, placeholders, region }: AdoptionPlan,
  now: Date,
): AdoptedAccount {
  const name = names.get(id) ?? "";
  const existing = file.environments.find(({ account }) => account === id);
  const isPlaceholder = placeholders.includes(name);
  const channelsIn = ({ channels }: RegionRead) => valueIfKnown(channels) ?? [];
  const usedRegions = accountRead.regions
    .filter((regionRead) => channelsIn(regionRead).length > 0)
    .sort((a, b) => channelsIn(b).length - channelsIn(a).length);
  const roles = (valueIfKnown(accountRead.roles) ?? []).map(({ arn }) => arn);
  const roleArns = existing?.accesses.map(roleArnOf) ?? [];
  // A placeholder whose role exists may have been deployed.
  const isKept = existing !== undefined && (!isPlaceholder || roles.some((arn) => roleArns.includes(arn)));
  const ownRegion = existing?.region as Region | undefined;
  const home = (isKept ? ownRegion : undefined) ?? usedRegions[0]?.region ?? ownRegion ?? region;
  const { alias, ...live } = { ...NOTHING, ...accountRead.regions.find((regionRead) => regionRead.region === home) };
  const otherRegions = usedRegions.filter((regionRead) => regionRead.region !== home);
  const setup = setupOf({ ...accountRead, ...live }, alias);
  const request = { name, account: id, region: home };
  const importedAccount = importedEnvironment(request, setup, now, file.rules);
  const identifiers = existing?.channels.map(identifierOf) ?? [];
  const isWritten = ({ identifier }: Pick<LeftChannel, "identifier">) => identifiers.includes(identifier);
  const channelsElsewhere = otherRegions.flatMap((regionRead) =>
    channelsIn(regionRead).map((channel): LeftChannel => {
      const properties = valueIfKnown(channel.properties);
      const reason = `it is configured in ${regionRead.region}, and the environment is in ${home}. Configure it there if it isn't, and remove it in ${regionRead.region}.`;
      const role = setup.roles.find(({ arn }) => arn === properties?.ChannelRoleArn);
      return { identifier: channel.identifier, label: channelWords(channel, properties?.ChannelName), reason, role };
    }),
  );
  // An environment that stays as it is imports nothing.
  const keptEntry = isKept && {
    adoptions: [],
    channels: [],
    leftRoles: importedAccount.leftRoles.filter(({ role }) => !roleArns.includes(role.arn)),
    leftChannels: importedAccount.leftChannels.filter((channel) => !isWritten(channel)),
  };
  const report = { ...importedAccount, ...keptEntry };
  const whole = { ...report, leftChannels: [...report.leftChannels, ...channelsElsewhere] };
  const unmanaged = {
    ...setup,
    workspaces: setup.workspaces.filter((workspace) => !existing?.slackWorkspaces.includes(workspace)),
    alias: existing?.accountAlias === undefined ? setup.alias : undefined,
  };
  return {
    id,
    entry: importedAccount.adoptions.length > 0 ? importedAccount.entry : undefined,
    isEmpty: setup.roles.length + setup.channels.length + channelsElsewhere.length === 0,
    isEntryKept: isKept,
    isCovered:
      existing !== undefined &&
      !isPlaceholder &&
      roles.every((arn) => roleArns.includes(arn)) &&
      (existing.otherChannels || setup.channels.every(isWritten)),
    report: importReportLines(request, unmanaged, whole, file.defaults, now),
  };
}

interface AdoptionOutput {
  /** Whether accounts that have nothing become environments. */
  readonly areEmptyAdded?: boolean | undefined;
  /** Whether the file is changed. Otherwise, environments are only printed, and none is retired. */
  readonly isToWrite: boolean;
  /** Whether the environments are what the command prints. */
  readonly isYaml: boolean;
}

/** What errors call environments that aren't in a file. */
const ADOPTED = "What would be added";

/** Prints what becomes of adopted accounts, and the environments, and writes these into the environment file. */
export function adopt(
  { file, names, region, ...plan }: AdoptionPlan,
  accounts: readonly AdoptedAccount[],
  { areEmptyAdded = false, isToWrite, isYaml }: AdoptionOutput,
): void {
  const retired = isToWrite ? plan.retired : [];
  const added: Record<string, EnvironmentEntry> = {};
  const replacedEntries: Record<string, EnvironmentEntry> = {};
  for (const { id, entry: live, isEmpty, isEntryKept: isKept, isCovered, report } of accounts) {
    const name = names.get(id) ?? "";
    const isNew = !file.environments.some(({ account }) => account === id);
    if (isEmpty && isNew && areEmptyAdded) {
      added[name] = { account: id, region, "read-only": {} };
      printError(`${name} (${id}) has nothing. It gets read-only access without channels.`);
    }
    if (isEmpty || isCovered) continue;
    printError([`${name} (${id})`, ...report.map((line) => `  ${line}`.trimEnd()), ""]);
    if (live === undefined) continue;
    const entry = overrideDefaults(live, file.defaults);
    if (isKept) {
      printError([`${file.name} has ${name}, which stays as it is.`, ...differences(file, name, entry), ""]);
      continue;
    }
    printError([`${name}: with this environment, nobody gets more access than now.`, ""]);
    if (isNew) added[name] = entry;
    else replacedEntries[name] = entry;
  }
  const environments = { ...added, ...replacedEntries };
  if (Object.keys(environments).length + retired.length === 0) {
    printError(`${file.name} is unchanged.`);
    return;
  }
  // With the defaults after what is printed.
  const text = isToWrite
    ? changedText(file, { added, replaced: replacedEntries, retired })
    : environmentYaml({ environments, defaults: file.defaults });
  if (isToWrite) replaceEnvironments(file, text);
  else parseEnvironments(text, ADOPTED, "unchecked");
  const retiredEntries = Object.fromEntries(retired.map((name) => [name, { retired: true }]));
  const printYaml = isYaml ? print : printError;
  printYaml(yamlLines({ environments: { ...environments, ...retiredEntries } }));
  if (isToWrite) {
    printError([
      `Changed ${file.name}: ${formatCount(Object.keys(added).length, "new environment")}, ${Object.keys(replacedEntries).length} in place of a placeholder, ${retired.length} retired.`,
      ...(retired.length > 0
        ? [
            "Deploy the retired ones while their credentials still work, which removes their access; then remove them from the file.",
          ]
        : []),
    ]);
  }
  showBrokenRules(text, isToWrite ? file.name : ADOPTED, file.rules);
}

/** The environments whose accounts left the organization, or were closed. */
function environmentsThatLeft(
  { name, environments }: EditableEnvironments,
  accounts: readonly OrganizationAccount[],
): string[] {
  const remaining = new Set(accounts.filter(({ isClosed }) => !isClosed).map(({ id }) => id));
  const staying = environments.filter(({ retired }) => !retired);
  const names = staying.filter(({ account }) => !remaining.has(account)).map((environment) => environment.name);
  if (names.length === 0 || names.length < staying.length) return names;
  throw new CommandError(
    `Received an organization without any account of ${name} (${formatList(names)}), expected the organization that has them. Nothing was written. Check which organization the credentials belong to. If these accounts have left it, set retired: true by hand.`,
  );
}

/** How an environment differs from what it would be as adopted, as a unified diff, if it does. */
function differences({ name: file, text }: EditableEnvironments, name: string, entry: EnvironmentEntry): string[] {
  const fileEntry = fieldsIn(fieldsIn(fieldsIn(new YamlSource(text).value).environments)[name]) as EnvironmentEntry;
  const [before, after] = [fileEntry, entry].map((environment) => environmentYaml(comparable(environment)));
  if (before === undefined || after === undefined || before === after) return [];
  const patch = createTwoFilesPatch(file, "the live account", before, after).trimEnd().split("\n");
  return ["This differs:", ...patch.slice(1)]; // without the line of equals signs
}

/** An environment whose channels have only what AWS knows of them, all in one order and form. */
function comparable(entry: EnvironmentEntry): EnvironmentEntry {
  const accesses = ownersIn(entry).flatMap((owner) => {
    const { channels = [], ...access } = writtenAccess(owner, entry) ?? {};
    const live = channels.map(channelEntryOf);
    const sortedChannels = live.sort((channel, otherChannel) =>
      identifierOf(channel) < identifierOf(otherChannel) ? -1 : 1,
    );
    const isWritten = writtenAccess(owner, entry) !== undefined;
    return isWritten
      ? [[owner, { ...access, ...(sortedChannels.length > 0 && { channels: sortedChannels }) }] as const]
      : [];
  });
  return { ...entry, ...withAccesses(accesses) };
}

function channelEntryOf({ name, workspace, channel, notify }: ChannelEntry): ChannelEntry {
  const { severity = "none", events: notifyEvents = [] } = notify ?? {};
  const events = NOTIFY_EVENTS.filter((event) => notifyEvents.includes(event));
  return { name, workspace, channel, ...(severity !== "none" && { notify: { severity, events } }) };
}

/** Cloud Control's identifier of a channel. */
function identifierOf({ workspace, channel }: ChannelEntry): string {
  return `${workspace}|${channel}`;
}

/** The beginning of names that another environment's jobs may have in a forge, or an account without a name of its own. */
const RESERVED = new RegExp(`^(account|${JOBS.join("|")})-`);

/**
 * Names of environments for accounts, by account: the account's name in lower case, with hyphens, if only this account
 * has it and no environment has it, not even for a job; otherwise `account-<id>`.
 *
 * @param existing the names of other environments
 */
export function environmentNames(
  accounts: readonly { readonly id: string; readonly name?: string }[],
  existing: readonly string[],
): ReadonlyMap<string, string> {
  const wantedNames = accounts.map(({ name = "" }) => (name.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-"));
  const isFree = (name: string) =>
    ENVIRONMENT_NAME.pattern.test(name) &&
    !RESERVED.test(name) &&
    ![FLEET, ...existing].includes(name) &&
    !JOBS.some((job) => existing.includes(`${job}-${name}`)) &&
    wantedNames.filter((otherName) => otherName === name).length === 1;
  return new Map(
    accounts.map(({ id }, index) => {
      const name = wantedNames[index] ?? "";
      return [id, isFree(name) ? name : `account-${id}`];
    }),
  );
}
