import { duplicateOf } from "../../../common/duplicate-of";
import type { Conflict } from "./conflict";
import { MAX_CHANNELS, MAX_WORKSPACES } from "./limits";

/** Which channel it is. */
export interface SlackChannelId {
  /** The workspace's ID in Slack: `T` and up to 255 capital letters and digits. */
  readonly workspace: string;

  /** The channel's ID in Slack: `C` or `G` and up to 255 capital letters and digits. */
  readonly channel: string;
}

/** What identifies a channel, also to Cloud Control. */
export function channelKey({ workspace, channel }: SlackChannelId): string {
  return `${workspace}|${channel}`;
}

/** A channel in words, such as `#oncall (C01 of T01)`. */
export function channelWords({ workspace, channel }: SlackChannelId, name?: string): string {
  return `${name === undefined ? "a channel" : `#${name}`} (${channel} of ${workspace})`;
}

/**
 * Conflicts between the channels of one account. Each path begins with the index of a channel. Undefined: not a valid ID.
 *
 * @param registeredWorkspaces the workspaces that are registered for the account, with or without channels
 */
export function channelSetConflicts(
  channels: readonly Partial<SlackChannelId>[],
  registeredWorkspaces: readonly (string | undefined)[],
): Conflict[] {
  const conflicts: Conflict[] = [];
  const indexes = new Map<string, number>();
  const workspaces = [...new Set([...registeredWorkspaces, ...channels.map(({ workspace }) => workspace)])].filter(
    (workspace) => workspace !== undefined,
  );
  const firstExcess = workspaces[MAX_WORKSPACES];
  const excessIndex = registeredWorkspaces.includes(firstExcess)
    ? -1
    : channels.findIndex(({ workspace }) => workspace === firstExcess);
  channels.forEach(({ workspace, channel }, index) => {
    if (workspace !== undefined && channel !== undefined) {
      const first = duplicateOf(indexes, channelKey({ workspace, channel }), index);
      if (first !== undefined) {
        conflicts.push({ kind: "same-channel", path: [index, "channel"], workspace, channel, first });
      }
    }
    if (index === excessIndex && firstExcess !== undefined) {
      conflicts.push({ kind: "too-many", path: [index, "workspace"], of: "workspaces", count: workspaces.length });
    }
    if (index === MAX_CHANNELS) {
      conflicts.push({ kind: "too-many", path: [index, "channel"], of: "channels", count: channels.length });
    }
  });
  return conflicts;
}

/** Conflicts between the workspaces of one account. Each path is the index of a workspace. Undefined: not a valid ID. */
export function workspaceSetConflicts(workspaces: readonly (string | undefined)[]): Conflict[] {
  const conflicts: Conflict[] = [];
  const indexes = new Map<string, number>();
  workspaces.forEach((workspace, index) => {
    if (workspace !== undefined) {
      const first = duplicateOf(indexes, workspace, index);
      if (first !== undefined) conflicts.push({ kind: "same-workspace", path: [index], workspace, first });
    }
    if (index === MAX_WORKSPACES) {
      conflicts.push({ kind: "too-many", path: [index], of: "workspaces", count: workspaces.length });
    }
  });
  return conflicts;
}
