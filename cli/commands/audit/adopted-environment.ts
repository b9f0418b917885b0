import { printableLines } from "../../../common/printable";
import { pathInWords } from "../../../common/problem";
import { channelWords } from "../../../modules/support-app/model/channel-set";
import type { Region } from "../../../modules/support-app/model/limits";
import { NOTIFY_EVENTS, NOTIFY_FLAGS } from "../../../modules/support-app/model/notify";
import { addressOfOwner, isSameOwner, type RoleOwner } from "../../../modules/support-app/model/team";
import type { ChannelEntry } from "../../../stacks/environments/environment";
import { withAccesses } from "../../../stacks/environments/environment-entry";
import { environmentsProblems } from "../../../stacks/environments/environments-consistency";
import {
  type AccessEntry,
  type EnvironmentEntry,
  environmentsSchema,
} from "../../../stacks/environments/environments-schema";
import { checkSchema } from "../../../stacks/environments/yaml/schema-problems";
import { YamlSource } from "../../../stacks/environments/yaml/yaml-source";
import { CLOUDFORMATION_STACK } from "../../aws/live-role";
import { pathAndNameOf } from "../../iam/arn";
import { type Adoption, adoptionOf } from "./adopted-role";
import { type AdoptedAccount, slugOf, yamlOf } from "./environments-yaml";
import type { KnownChannel, KnownRole, LiveSetup } from "./live-setup";

/** An access that adopts the role of this ARN. */
interface AdoptedAccess {
  readonly arn: string;
  readonly owner: RoleOwner;
  readonly entry: AccessEntry;
}

/** Expresses an account in environments.yaml: each role and each channel exactly, or not at all. */
export function adoptedEnvironment(account: string, region: Region, setup: LiveSetup): AdoptedAccount {
  const notes: string[] = [];
  let accesses: readonly AdoptedAccess[] = [];
  const environmentOf = (adopted: readonly AdoptedAccess[]): EnvironmentEntry => ({
    account,
    region,
    ...withAccesses(adopted.map(({ owner, entry }) => [owner, entry])),
  });
  const problemsOfTaking = (extended: readonly AdoptedAccess[]) => {
    const names = new Set(extended.map(({ owner }) => addressOfOwner(owner)));
    const isTwin = names.size < extended.length;
    const problems = isTwin
      ? ["It becomes a team whose name another role gives."]
      : problemsOf(environmentOf(extended));
    if (problems.length === 0) accesses = extended;
    return problems;
  };
  for (const role of mostChannelsFirst(setup)) {
    const { arn, tags } = role;
    const { name } = pathAndNameOf(arn);
    const adoption = adoptionOf(role, account);
    const differences =
      "entry" in adoption ? problemsOfTaking([...accesses, accessOf(arn, adoption, accesses)]) : adoption;
    const stack = tags?.get(CLOUDFORMATION_STACK);
    if (differences.length > 0)
      notes.push(
        `The role ${name} isn't adopted. What differs:`,
        ...differences.map((difference) => `- ${difference}`),
      );
    else if (stack !== undefined)
      notes.push(
        `The role ${name} belongs to the CloudFormation stack ${stack}, which would change it back. Set its DeletionPolicy to Retain, and remove it from the stack.`,
      );
  }
  for (const channel of setup.channels) {
    const access = accesses.find(({ arn }) => arn === channel.properties.ChannelRoleArn);
    const problems =
      channel.region !== region
        ? [`It is configured in ${channel.region}, and the environment is in ${region}.`]
        : access === undefined
          ? [`Its role ${channel.properties.ChannelRoleArn} isn't adopted.`]
          : problemsOfTaking(
              accesses.map((candidate) => (candidate === access ? withChannel(access, channel) : candidate)),
            );
    if (problems.length > 0)
      notes.push(`${channelWords(channel, channel.properties.ChannelName)} isn't adopted. ${problems.join(" ")}`);
  }
  return { account, entry: accesses.length > 0 ? environmentOf(accesses) : undefined, notes };
}

function mostChannelsFirst({ roles, channels }: LiveSetup): KnownRole[] {
  const count = ({ arn }: KnownRole) => channels.filter(({ properties }) => properties.ChannelRoleArn === arn).length;
  return [...roles].sort((role, otherRole) => count(otherRole) - count(role));
}

/** The first role of a level is the level's, each other one a team's that is named after the role. */
function accessOf(arn: string, { access, entry }: Adoption, accesses: readonly AdoptedAccess[]): AdoptedAccess {
  const isTaken = accesses.some(({ owner }) => isSameOwner(owner, { access }));
  return { arn, owner: { access, team: isTaken ? slugOf(pathAndNameOf(arn).name) : undefined }, entry };
}

function withChannel(access: AdoptedAccess, { workspace, channel, properties }: KnownChannel): AdoptedAccess {
  const { ChannelName: name = "", NotifyOnCaseSeverity: severity = "none" } = properties;
  const events = NOTIFY_EVENTS.filter((event) => properties[NOTIFY_FLAGS[event]] === true);
  const isQuiet = severity === "none" && events.length === 0;
  const channelEntry = { name, workspace, channel, ...(!isQuiet && { notify: { severity, events } }) } as ChannelEntry;
  return { ...access, entry: { ...access.entry, channels: [...(access.entry.channels ?? []), channelEntry] } };
}

/** Why environments.yaml can't have an environment. */
function problemsOf(entry: EnvironmentEntry): string[] {
  const text = yamlOf({ environments: { adopted: entry } });
  const source = new YamlSource(text);
  const { draft, problems } = checkSchema(source, environmentsSchema);
  const isPrintable = printableLines(text.split("\n")) === text;
  return [
    ...(isPrintable ? [] : ["It has text with characters that can't be printed."]),
    ...source.errors.map(({ message }) => message),
    ...[...problems, ...environmentsProblems(draft ?? {})].map(
      ({ path, message }) => `${pathInWords(path.slice(2))}: ${message}`,
    ),
  ];
}
