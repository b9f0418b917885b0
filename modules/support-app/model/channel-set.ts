import { duplicateOf } from "../../../common/duplicate-of";
import { describe, type Problem } from "../../../common/problem";
import { MAX_CHANNELS, MAX_WORKSPACES } from "./limits";

/** Which channel it is. */
export interface SlackChannelId {
  /** The workspace's ID in Slack: `T` and up to 255 capital letters and digits. */
  readonly workspace: string;

  /** The channel's ID in Slack: `C` or `G` and up to 255 capital letters and digits. */
  readonly channel: string;
}

/** A channel or a workspace in a set, labelled as the reader knows it. Undefined: not a valid ID. */
interface InSet extends Partial<SlackChannelId> {
  readonly label: string;
}

/**
 * Problems between the channels of one account. Each problem's path begins with the index of a channel.
 *
 * @param registeredWorkspaces the workspaces that are registered for the account, with or without channels
 */
export function channelSetProblems(
  channels: readonly InSet[],
  registeredWorkspaces: readonly (string | undefined)[],
): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, string>();
  const workspaces = [...new Set([...registeredWorkspaces, ...channels.map(({ workspace }) => workspace)])].filter(
    (workspace) => workspace !== undefined,
  );
  const sixth = workspaces[MAX_WORKSPACES];
  const inSixth = registeredWorkspaces.includes(sixth)
    ? -1
    : channels.findIndex(({ workspace }) => workspace === sixth);
  channels.forEach(({ workspace, channel, label }, index) => {
    if (workspace !== undefined && channel !== undefined) {
      const twin = duplicateOf(first, `${workspace} ${channel}`, label);
      if (twin !== undefined) {
        const message = `received ${describe(channel)} of ${workspace} a second time, expected each channel once, since it has one role: ${twin} has it already. Remove one of the two.`;
        problems.push({ path: [index, "channel"], message });
      }
    }
    if (index === inSixth && sixth !== undefined) {
      problems.push({ path: [index, "workspace"], message: tooManyWorkspaces(workspaces.length) });
    }
    if (index === MAX_CHANNELS) {
      const message = `received ${channels.length} channels, expected at most ${MAX_CHANNELS}, the AWS limit for an account.`;
      problems.push({ path: [index, "channel"], message });
    }
  });
  return problems;
}

/** Problems between the workspaces of one account. Each problem's path is the index of a workspace. */
export function workspaceSetProblems(workspaces: readonly InSet[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, string>();
  workspaces.forEach(({ workspace, label }, index) => {
    const twin = workspace === undefined ? undefined : duplicateOf(first, workspace, label);
    if (twin !== undefined) {
      const message = `received ${describe(workspace)} a second time, expected each workspace once: ${twin} has it already.`;
      problems.push({ path: [index], message });
    }
    if (index === MAX_WORKSPACES) problems.push({ path: [index], message: tooManyWorkspaces(workspaces.length) });
  });
  return problems;
}

/** The message for more workspaces than AWS allows. */
function tooManyWorkspaces(count: number): string {
  return `received ${count} workspaces, expected at most ${MAX_WORKSPACES}, the AWS limit for an account.`;
}
