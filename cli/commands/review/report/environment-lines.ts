import { actionsOf } from "../../../../modules/support-app/model/capability";
import { targetsWords } from "../../../iam/right-words";
import { untilWords } from "../../../iam/until-words";
import { code, linesOf } from "../../../terminal/markdown";
import type { DroppedAccess, LeftBehind, PossibleRename } from "../environment-change";
import type { ReviewedEnvironment } from "../review";
import type { Violation } from "../violations";
import { channelLines, registrationWords, roleLines, serviceQuotasWords } from "./access-lines";
import { spelledCode, undecidedWords, unreadableLines, unreadableWords, VERDICT_WORDS } from "./phrases";
import { driftLines, planLines } from "./plan-lines";
import { tableLines } from "./rights-table";
import { stateWords } from "./state-words";

/** An environment, or several that change identically. */
export function environmentLines(environment: ReviewedEnvironment, count: number): string[] {
  const {
    environment: name,
    verdict,
    access,
    state,
    leftBehind,
    possibleRename,
    dropped,
    violations,
    account,
    tier,
    plan,
  } = environment;
  const [short, sentence] = VERDICT_WORDS[verdict];
  const undecided = access.roles.flatMap(({ permissions, trust }) => [...permissions.undecided, ...trust.undecided]);
  return linesOf(
    `### ${count > 1 ? `${count} environments` : code(name)}: ${short}`,
    "",
    leftBehind && leftBehindLines(name, leftBehind, account, possibleRename),
    violations.map((violation) => `- ⛔ ${violationWords(violation)}`),
    violations.length > 0 ? ["", "**No approval allows this.**"] : sentence,
    "",
    environment.isNew &&
      `- This environment is new, in ${account ? `the account ${code(account)}` : "any account"}${tier === undefined ? "" : `, and has the tier ${code(tier)}`}.${possibleRename ? ` ${renameWords(possibleRename)}` : ""}`,
    environment.isRemoved &&
      !leftBehind &&
      "- This retired environment is removed from the file. Remove it only after its retirement was deployed: otherwise its roles and channels stay in AWS, in no state, and no deploy will find them.",
    access.channels.flatMap(channelLines),
    access.roles.flatMap(roleLines),
    access.registrations.map((change) => `- ${registrationWords(change)}`),
    access.serviceQuotasRole && `- ${serviceQuotasWords(access.serviceQuotasRole)}`,
    dropped && `- ${droppedWords(dropped)}`,
    state.map((change) => `- ${stateWords(change)}`),
    unreadableLines(environment),
    [...new Set(undecided.map((targets) => `- ${undecidedWords(targets)}`))],
    "",
    tableLines("Each action, and who gains or loses it", access, account),
    plan?.drift && driftLines(plan.drift, account),
    plan && planLines(plan),
  );
}

function leftBehindLines(
  name: string,
  leftBehind: LeftBehind,
  account: string | undefined,
  possibleRename: PossibleRename | undefined,
): string[] {
  const next = possibleRename
    ? renameWords(possibleRename)
    : "No deploy and no `support-app destroy` will find it. Instead, set `retired: true`, deploy, and only then remove it.";
  return [
    `**${code(name)} is removed from the file, but everything that it deployed stays** in ${accountWords(account)}: ${leftBehindWords(leftBehind) || "whatever its Terraform created"}. ${next}`,
    "",
  ];
}

function renameWords({ from, to, isRemote }: PossibleRename): string {
  const move = isRemote ? "rename its workspace in HCP Terraform" : `run ${code(`support-app move ${from} ${to}`)}`;
  return `If ${code(from)} is renamed to ${code(to)}: ${move} before any deploy of either, and nobody's access changes.`;
}

function droppedWords({ account, region, isMoved, ...leftBehind }: DroppedAccess): string {
  const placeWords = `${code(region)} of ${accountWords(account)}`;
  if (isMoved) return `In ${placeWords}, where no deploy of this code removes it: ${leftBehindWords(leftBehind)}.`;
  return `No longer in the code, but in ${placeWords} until a deploy removes it there: ${leftBehindWords(leftBehind)}.`;
}

function leftBehindWords({ roles, channels }: LeftBehind): string {
  return [
    ...roles.map((role) => `the role ${code(role)}`),
    ...channels.map((channel) => `the channel ${code(`#${channel.name}`)} (${code(channel.channel)})`),
  ].join(", ");
}

function accountWords(account: string | undefined): string {
  return account ? `the account ${code(account)}` : "its account";
}

function violationWords(violation: Violation): string {
  switch (violation.kind) {
    case "read-only-writes":
      return `The read-only role ${code(violation.role)} allows ${targetsWords(violation.actions, spelledCode)}, expected only ${actionsOf(["view-cases"]).map(code).join(" and ")}. Move the channel to full access, or drop the action.`;
    case "read-only-unreadable":
      return `Something new may give the read-only role ${code(violation.role)} more: ${unreadableWords(violation.unreadable)}`;
    case "ended":
      return `The role ${code(violation.role)} is given ${targetsWords(violation.actions, spelledCode)} ${untilWords(violation.end)}, which has passed: it would give nobody anything. Set a later date in ${code("until")} or ${code("temporarily")}, or remove what ends then. Don't just remove the end: everything would be given without one.`;
    case "shared-state":
      return `Its state is where ${code(violation.environment)} has its own: a deploy of one would destroy what the other has. Give it another place, such as another prefix.`;
    case "reads-elsewhere":
      return `${unreadableWords(violation.unreadable)} An approval would also cover whatever that becomes later. Write the value itself into the Terraform.`;
  }
}
