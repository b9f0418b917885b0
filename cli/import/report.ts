import { ACCESS_LEVELS } from "../../modules/support-app/access-level";
import { endOf } from "../../modules/support-app/until";
import { counted } from "../../stacks/counted";
import type { Defaults } from "../../stacks/environments-schema";
import { untilWords } from "../until-words";
import type { Adoption } from "./adoption";
import { differencesOf, notesOn } from "./differences";
import { handOverLines } from "./hand-over";
import type { ImportedEnvironment } from "./imported-environment";
import type { Asked, LiveSetup } from "./live-setup";

/** The report about an import, as text. */
export function reportLines(
  asked: Asked,
  setup: LiveSetup,
  imported: ImportedEnvironment,
  defaults: Defaults,
): string[] {
  const { adoptions, leftRoles, leftChannels, channels } = imported;
  const { roles, workspaces, alias } = setup;
  const sections = [
    [
      `${asked.account} has ${noneOr(roles.length, "role")} that the Support App may assume and ${noneOr(setup.channels.length, "Slack channel")}.`,
    ],
    ...adoptions.map((adoption) => adoptionLines(adoption, setup, defaults)),
    ...leftRoles.map(({ role, why }) => [
      `The role ${role.name} stays as it is, outside the environment:`,
      ...why.map((reason) => `  - ${reason}.`),
    ]),
    ...leftChannels.map(({ label, why }) => [`${label} stays as it is, outside the environment: ${why}.`]),
    ...(workspaces.length === 0
      ? []
      : [[`Registered workspaces stay as they are, since Terraform can't import them: ${workspaces.join(", ")}.`]]),
    ...(alias === undefined
      ? []
      : [[`The account alias stays as it is, since Terraform can't import it: ${JSON.stringify(alias)}.`]]),
    ...(channels.length === 0 ? [] : [handOverLines(asked, channels)]),
  ];
  return sections.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

function adoptionLines(adoption: Adoption, { hasServiceQuotasRole }: LiveSetup, defaults: Defaults): string[] {
  const { role, access, capabilities } = adoption;
  const without = ACCESS_LEVELS[access].capabilities.filter((capability) => !capabilities.includes(capability));
  const { until, temporarily = [] } = adoption.entry;
  const less = [
    ...(without.length === 0 ? [] : [`, without ${without.join(", ")}`]),
    ...temporarily.map((one) => `, with ${one.capability} ${untilWords(endOf(one.until))}`),
    ...(until === undefined ? [] : [`, all of it ${untilWords(endOf(until))}`]),
  ].join("");
  const tags = new Map(Object.entries({ ...defaults.tags, ...defaults[access]?.tags }));
  const differences = differencesOf(adoption, tags);
  const notes = notesOn(adoption, hasServiceQuotasRole).map((note) => `  Note: ${note}`);
  if (differences.length === 0)
    return [`The role ${role.name} is ${access}${less}. A deploy imports it and changes nothing.`, ...notes];
  return [
    `The role ${role.name} becomes ${access}${less}. A deploy imports it and changes what environments.yaml can't express:`,
    ...differences.map((difference) => `  - ${difference}`),
    ...notes,
  ];
}

function noneOr(count: number, noun: string): string {
  return count === 0 ? `no ${noun}s` : counted(count, noun);
}
