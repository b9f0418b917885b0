import type { Condition, Statement } from "../../../cli/iam/policy";
import {
  type ChannelAccess,
  type EnvironmentAccess,
  NO_ACCESS,
  type RoleAccess,
} from "../../../cli/terraform/environment-access";

/** Allows actions on everything. */
export function allow(actions: readonly string[], ...conditions: readonly Condition[]): Statement {
  const patterns = actions.map((action) => action.toLowerCase());
  return {
    effect: "Allow",
    actions: { not: false, patterns },
    resources: { not: false, patterns: ["*"] },
    conditions,
  };
}

/** Holds before an end. */
export const until = (end: string): Condition => ({ operator: "DateLessThan", key: "aws:currenttime", values: [end] });

/** May or may not hold. */
export const SECURE: Condition = { operator: "Bool", key: "aws:securetransport", values: ["true"] };

/** A role that nobody may assume, with those permissions. */
export function roleOf(permissions: readonly Statement[], overrides: Partial<RoleAccess> = {}): RoleAccess {
  return { name: "Full", path: "/", trust: [], permissions, ...overrides };
}

/** The channel C01 with the role `full`. */
export const ONCALL_CHANNEL: ChannelAccess = {
  workspace: "T01",
  channel: "C01",
  name: "oncall",
  role: "full",
  notify: { severity: "none", events: [] },
};

/** An environment with those roles and channels. */
export function accessOf(
  roles: Readonly<Record<string, RoleAccess>>,
  channels: readonly ChannelAccess[] = [],
): EnvironmentAccess {
  return { ...NO_ACCESS, roles: new Map(Object.entries(roles)), channels };
}
