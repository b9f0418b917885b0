import { createTwoFilesPatch } from "diff";
import { roleArnOf } from "../../../modules/support-app/model/iam-names";
import { NOTIFY_EVENTS } from "../../../modules/support-app/model/notify";
import { counted } from "../../../stacks/counted";
import { LEVELS } from "../../../stacks/environments/environment";
import {
  type ChannelEntry,
  ENVIRONMENT_NAME,
  type EnvironmentEntry,
  type Region,
} from "../../../stacks/environments/environments-schema";
import { listed } from "../../../stacks/listed";
import { YamlSource } from "../../../stacks/yaml/yaml-source";
import { besideDefaults } from "../../adoption/beside-defaults";
import { environmentYaml, placeholdersIn, yamlLines } from "../../adoption/edit-environments";
import { changedText, type FileToAddTo, replaceEnvironments, showBrokenRules } from "../../adoption/file-to-add-to";
import { reportLines } from "../../adoption/import-report";
import { importedEnvironment, type LeftChannel } from "../../adoption/imported-environment";
import { setupOf } from "../../adoption/live-setup";
import { channelWords } from "../../aws/live-channel";
import { knownOf } from "../../aws/lookup";
import type { OrganizationAccount } from "../../aws/organization";
import { FLEET, JOBS } from "../../github/jobs";
import { CommandError } from "../../terminal/command-error";
import { fieldsIn } from "../../terminal/json";
import { printError } from "../../terminal/print";
import type { Target } from "./audited-account";
import type { AccountRead, RegionRead } from "./read-account";

export { readFileToAddTo } from "../../adoption/file-to-add-to";

const NOTHING = { channels: { known: [] }, workspaces: { known: [] }, alias: { known: undefined } };

/** What an account becomes in environments.yaml. */
export interface AdoptedAccount {
  readonly id: string;
  /** Undefined: none of its roles can be adopted. */
  readonly entry?: EnvironmentEntry;
  /** Whether it has nothing for the Support App. */
  readonly isEmpty: boolean;
  /** Whether the file's environment of it stays as it is. */
  readonly isKept: boolean;
  /** Whether that environment has all of its roles and channels. */
  readonly isCovered: boolean;
  /** What is adopted, what isn't, and what to do about it. */
  readonly report: readonly string[];
}

/** The environment file, and the names of its environments of accounts, those to come included. */
export interface Plan {
  readonly file: FileToAddTo;
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
 */
export function planFor(
  file: FileToAddTo,
  accounts: readonly Target[],
  organization: readonly OrganizationAccount[] | undefined,
  region: Region = file.defaults.region ?? "us-east-1",
): Plan {
  const own = new Map(file.environments.map(({ account, name }) => [account, name]));
  const others = accounts.filter(({ id }) => !own.has(id));
  const names = environmentNames(others, [...own.values()]);
  const retired = organization ? environmentsThatLeft(file, organization) : [];
  return { file, names: new Map([...own, ...names]), placeholders: placeholdersIn(file.text), retired, region };
}

/**
 * An account as an environment, whose region is the one with most of its channels, unless the file has it.
 *
 * @param read everything in it is known
 */
export function adoptedAccount(
  id: string,
  read: AccountRead,
  { file, names, placeholders, region }: Plan,
  now: Date,
): AdoptedAccount {
  const name = names.get(id) ?? "";
  const existing = file.environments.find(({ account }) => account === id);
  const isPlaceholder = placeholders.includes(name);
  const channelsIn = ({ channels }: RegionRead) => knownOf(channels) ?? [];
  const used = read.regions
    .filter((one) => channelsIn(one).length > 0)
    .sort((one, other) => channelsIn(other).length - channelsIn(one).length);
  const roles = (knownOf(read.roles) ?? []).map(({ arn }) => arn);
  const own = existing?.accesses.map(roleArnOf) ?? [];
  // A placeholder whose role exists may have been deployed.
  const isKept = existing !== undefined && (!isPlaceholder || roles.some((arn) => own.includes(arn)));
  const ownRegion = existing?.region as Region | undefined;
  const home = (isKept ? ownRegion : undefined) ?? used[0]?.region ?? ownRegion ?? region;
  const { alias, ...live } = { ...NOTHING, ...read.regions.find((one) => one.region === home) };
  const others = used.filter((one) => one.region !== home);
  const setup = setupOf({ ...read, ...live }, alias);
  const asked = { name, account: id, region: home };
  const imported = importedEnvironment(asked, setup, now, file.rules);
  const written = existing?.channels.map(identifierOf) ?? [];
  const isWritten = ({ identifier }: Pick<LeftChannel, "identifier">) => written.includes(identifier);
  const elsewhere = others.flatMap((other) =>
    channelsIn(other).map((channel): LeftChannel => {
      const properties = knownOf(channel.properties);
      const why = `it is configured in ${other.region}, and the environment is in ${home}. Configure it there if it isn't, and remove it in ${other.region}.`;
      const role = setup.roles.find(({ arn }) => arn === properties?.ChannelRoleArn);
      return { identifier: channel.identifier, label: channelWords(channel, properties), why, role };
    }),
  );
  // An environment that stays as it is imports nothing.
  const kept = isKept && {
    adoptions: [],
    channels: [],
    leftRoles: imported.leftRoles.filter(({ role }) => !own.includes(role.arn)),
    leftChannels: imported.leftChannels.filter((channel) => !isWritten(channel)),
  };
  const reported = { ...imported, ...kept };
  const whole = { ...reported, leftChannels: [...reported.leftChannels, ...elsewhere] };
  const outside = {
    ...setup,
    workspaces: setup.workspaces.filter((workspace) => !existing?.slackWorkspaces.includes(workspace)),
    alias: existing?.accountAlias === undefined ? setup.alias : undefined,
  };
  return {
    id,
    entry: imported.adoptions.length > 0 ? imported.entry : undefined,
    isEmpty: setup.roles.length + setup.channels.length + elsewhere.length === 0,
    isKept,
    isCovered:
      existing !== undefined &&
      !isPlaceholder &&
      roles.every((arn) => own.includes(arn)) &&
      (existing.otherChannels === "expected" || setup.channels.every(isWritten)),
    report: reportLines(asked, outside, whole, file.defaults, now),
  };
}

/**
 * Writes adopted accounts into the environment file, and prints what becomes of each.
 *
 * @param areEmptyAdded whether accounts that have nothing become environments
 */
export function writeAdopted(
  { file, names, retired, region }: Plan,
  accounts: readonly AdoptedAccount[],
  areEmptyAdded = false,
): void {
  const added: Record<string, EnvironmentEntry> = {};
  const replaced: Record<string, EnvironmentEntry> = {};
  for (const { id, entry: live, isEmpty, isKept, isCovered, report } of accounts) {
    const name = names.get(id) ?? "";
    const isNew = !file.environments.some(({ account }) => account === id);
    if (isEmpty && isNew && areEmptyAdded) {
      added[name] = { account: id, region, "read-only": {} };
      printError(`${name} (${id}) has nothing. It gets read-only access without channels.`);
    }
    if (isEmpty || isCovered) continue;
    printError([`${name} (${id})`, ...report.map((line) => `  ${line}`.trimEnd()), ""]);
    if (live === undefined) continue;
    const entry = besideDefaults(live, file.defaults);
    if (isKept) {
      printError([`${file.name} has ${name}, which stays as it is.`, ...differences(file, name, entry), ""]);
      continue;
    }
    printError([`${name}: with this environment, nobody gets more access than now.`, ""]);
    if (isNew) added[name] = entry;
    else replaced[name] = entry;
  }
  const isSame = Object.keys({ ...added, ...replaced }).length + retired.length === 0;
  if (isSame) {
    printError(`${file.name} is unchanged.`);
    return;
  }
  const text = changedText(file, { added, replaced, retired });
  replaceEnvironments(file, text);
  printError(
    yamlLines({
      environments: {
        ...added,
        ...replaced,
        ...Object.fromEntries(retired.map((name) => [name, { retired: true }])),
      },
    }),
  );
  printError([
    `Changed ${file.name}: ${counted(Object.keys(added).length, "new environment")}, ${Object.keys(replaced).length} in place of a placeholder, ${retired.length} retired.`,
    ...(retired.length > 0
      ? [
          "Deploy the retired ones while their credentials still work, which removes their access; then remove them from the file.",
        ]
      : []),
  ]);
  showBrokenRules(text, file.name, file.rules);
}

/** The environments whose accounts left the organization, or were closed. */
function environmentsThatLeft({ name, environments }: FileToAddTo, all: readonly OrganizationAccount[]): string[] {
  const remaining = new Set(all.filter(({ isClosed }) => !isClosed).map(({ id }) => id));
  const staying = environments.filter(({ retired }) => !retired);
  const left = staying.filter(({ account }) => !remaining.has(account)).map((one) => one.name);
  if (left.length === 0 || left.length < staying.length) return left;
  throw new CommandError(
    `Received an organization without any account of ${name} (${listed(left)}), expected the organization that has them. Nothing was written. Check which organization the credentials belong to. If these accounts have left it, set retired: true by hand.`,
  );
}

/** How an environment differs from what it would be as adopted, as a unified diff, if it does. */
function differences({ name: file, text }: FileToAddTo, name: string, entry: EnvironmentEntry): string[] {
  const written = fieldsIn(fieldsIn(fieldsIn(new YamlSource(text).value).environments)[name]) as EnvironmentEntry;
  const [before, after] = [written, entry].map((environment) => environmentYaml(comparable(environment)));
  if (before === undefined || after === undefined || before === after) return [];
  const patch = createTwoFilesPatch(file, "the live account", before, after).trimEnd().split("\n");
  return ["This differs:", ...patch.slice(1)]; // without the line of equals signs
}

/** An environment whose channels have only what AWS knows of them, all in one order and form. */
function comparable(entry: EnvironmentEntry): EnvironmentEntry {
  const levels = LEVELS.flatMap((level) => {
    const { channels = [], ...access } = entry[level] ?? {};
    const live = channels.map(liveSettings);
    const sorted = live.sort((channel, other) => (identifierOf(channel) < identifierOf(other) ? -1 : 1));
    return entry[level] ? [[level, { ...access, ...(sorted.length > 0 && { channels: sorted }) }]] : [];
  });
  return { ...entry, ...Object.fromEntries(levels) };
}

function liveSettings({ name, workspace, channel, notify }: ChannelEntry): ChannelEntry {
  const { severity = "none", on = [] } = notify ?? {};
  const events = NOTIFY_EVENTS.filter((event) => on.includes(event));
  return { name, workspace, channel, ...(severity !== "none" && { notify: { severity, on: events } }) };
}

/** Cloud Control's identifier of a channel. */
function identifierOf({ workspace, channel }: ChannelEntry): string {
  return `${workspace}|${channel}`;
}

/** The beginning of names that another environment's jobs may have in GitHub, or an account without a name of its own. */
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
  const wanted = accounts.map(({ name = "" }) => (name.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-"));
  const isFree = (name: string) =>
    ENVIRONMENT_NAME.pattern.test(name) &&
    !RESERVED.test(name) &&
    ![FLEET, ...existing].includes(name) &&
    !JOBS.some((job) => existing.includes(`${job}-${name}`)) &&
    wanted.filter((other) => other === name).length === 1;
  return new Map(
    accounts.map(({ id }, index) => {
      const name = wanted[index] ?? "";
      return [id, isFree(name) ? name : `account-${id}`];
    }),
  );
}
