import { formatCount } from "../../common/format-count";
import { ACCESS_LEVELS } from "../../modules/support-app/model/access-level";
import { channelWords } from "../../modules/support-app/model/channel-set";
import { grantedCapabilities } from "../../modules/support-app/model/grant";
import { labelOfOwner } from "../../modules/support-app/model/team";
import { endOf, inSeconds } from "../../modules/support-app/model/until";
import type { Defaults } from "../../stacks/environments/environments-schema";
import { abilityOf, abilityWords } from "../iam/ability-words";
import { endWords, untilWords } from "../iam/until-words";
import type { Adoption } from "./adopted-role";
import { adoptionNotes, differencesOf } from "./differences";
import type { ImportedChannel, ImportedEnvironment } from "./imported-environment";
import type { ImportRequest, LiveSetup, TrustingRole } from "./live-setup";

/** The report about an import, as text. */
export function importReportLines(
  request: ImportRequest,
  setup: LiveSetup,
  imported: ImportedEnvironment,
  defaults: Defaults,
  now: Date,
): string[] {
  const { adoptions, leftRoles, leftChannels, channels } = imported;
  const { roles, workspaces, alias } = setup;
  const sections = [
    [
      `${request.account} has ${formatCount(roles.length, "role")} that the Support App may assume and ${formatCount(setup.channels.length, "Slack channel")}.`,
    ],
    ...adoptions.map((adoption) => adoptionLines(adoption, setup, defaults)),
    ...leftRoles.map(({ role, reasons }) => {
      const users = setup.channels
        .filter(({ properties }) => properties.ChannelRoleArn === role.arn)
        .map((channel) => channelWords(channel, channel.properties.ChannelName));
      const usersUnknown = `No channel in ${request.region} has it now. People in a channel with it`;
      const userWords = users.length === 0 ? usersUnknown : `People in ${users.join(", ")}`;
      return [
        `The role ${role.name} isn't imported. ${userWords} can ${abilityInWords(role, now)}.`,
        ...reasons.map((reason) => `  - ${reason}.`),
      ];
    }),
    ...leftChannels.map(({ label, reason, role }) => [
      `${label} isn't imported: ${reason} People in it can ${role ? abilityInWords(role, now) : "do nothing"}.`,
    ]),
    workspaces.length > 0 && [
      `Registered workspaces stay as they are: ${workspaces.join(", ")}. To manage them here, add slack-workspaces to the environment: support-app deploy takes them over.`,
    ],
    alias !== undefined && [
      `The account alias stays as it is: ${JSON.stringify(alias)}. To manage it here, add account-alias to the environment: support-app deploy takes it over.`,
    ],
    channels.length > 0 && importedChannelLines(request, channels),
  ];
  return sections.flatMap((lines) => (lines ? ["", ...lines] : [])).slice(1);
}

function importedChannelLines({ name }: ImportRequest, channels: readonly ImportedChannel[]): string[] {
  return [
    `${formatCount(channels.length, "Slack channel")} with the role and the notifications as they are:`,
    ...channels.map(({ label, ...owner }) => `  - ${label}: ${labelOfOwner(owner)}`),
    `  Deploy with npx support-app deploy ${name}, which takes over in place. cdktf deploy and Terraform alone would create what exists, which AWS refuses.`,
  ];
}

function adoptionLines(adoption: Adoption, setup: LiveSetup, defaults: Defaults): string[] {
  const { role, access, entry } = adoption;
  const capabilities = grantedCapabilities({ access, ...entry });
  const without = ACCESS_LEVELS[access].capabilities.filter((capability) => !capabilities.includes(capability));
  const { until, temporarily = [] } = entry;
  const traits = [
    adoption.team === undefined ? access : `${labelOfOwner(adoption)}, ${access}`,
    without.length > 0 && `without ${without.join(", ")}`,
    ...temporarily.map((temporary) => `with ${temporary.capability} ${untilWords(endOf(temporary.until))}`),
    until !== undefined && `all of it ${untilWords(endOf(until))}`,
  ].filter((part) => part !== false);
  const tags = new Map(Object.entries({ ...defaults.tags, ...defaults[access]?.tags }));
  const differences = differencesOf(adoption, tags);
  const endedWords = adoption.ended.map(({ capability, end }) => `${capability} at ${endWords(end)}`);
  const notes = [
    ...(endedWords.length > 0 ? [`Access that has ended already is left out: ${endedWords.join(", ")}.`] : []),
    ...adoptionNotes(adoption, setup.hasServiceQuotasRole),
  ];
  const [verb, effect] =
    differences.length === 0
      ? ["is", "changes nothing."]
      : ["becomes", "changes what environments.yaml can't express:"];
  return [
    `The role ${role.name} ${verb} ${traits.join(", ")}. A deploy imports it and ${effect}`,
    ...differences.map((difference) => `  - ${difference}`),
    ...notes.map((note) => `  Note: ${note}`),
  ];
}

function abilityInWords({ attached, inline, boundary }: TrustingRole, now: Date): string {
  const documents = [...attached, ...inline].map(({ document }) => document);
  const statements = documents.flatMap(({ policy }) => policy.statements);
  const words = abilityWords(abilityOf(statements, undefined, inSeconds(now)));
  return boundary === undefined ? words : `${words}, as far as its permissions boundary ${boundary} allows it`;
}
