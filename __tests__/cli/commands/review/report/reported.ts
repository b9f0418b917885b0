import { markdown } from "../../../../../cli/commands/review/report";
import type { Review, ReviewedEnvironment } from "../../../../../cli/commands/review/review";
import type { StateChange } from "../../../../../cli/commands/review/state-changes";
import type { AllowedCases, Difference, Right } from "../../../../../cli/iam/compare";
import { ANYTHING, type Targets } from "../../../../../cli/iam/policy";
import type {
  AccessChanges,
  ChannelChange,
  ChannelWithRole,
  RegistrationChange,
  RoleChange,
} from "../../../../../cli/terraform/access-changes";
import type { RoleAccess } from "../../../../../cli/terraform/environment-access";

export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "999999999999";
export const DIGEST = "d".repeat(40);
export const SAME: Difference = { gained: [], lost: [], undecided: [] };
export const NO_CHANGES: AccessChanges = { roles: [], channels: [], registrations: [] };

/** An environment that changes in nothing but its verdict. */
export function environment(overrides: Partial<ReviewedEnvironment> = {}): ReviewedEnvironment {
  return {
    ...{ environment: "paid", verdict: "settings", isNew: false, isRemoved: false, account: ACCOUNT },
    ...{ access: NO_CHANGES, state: [], unreadable: [], violations: [], plannable: "always" },
    ...overrides,
  };
}

/** Environments of those names, each with its own account. */
export const environmentsNamed = (names: readonly string[], overrides: Partial<ReviewedEnvironment> = {}) =>
  names.map((name, index) => environment({ environment: name, account: `${100_000_000_000 + index}`, ...overrides }));

export const registered = (after: string): RegistrationChange => ({ kind: "workspace", after });

/** So many names. */
export const names = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);

export function review(environments: readonly ReviewedEnvironment[], overrides: Partial<Review> = {}): Review {
  return { schemaVersion: 6, digest: DIGEST, approvalNeeded: false, refused: false, environments, ...overrides };
}

export const headline = (...args: Parameters<typeof review>) => markdown(review(...args)).split("\n")[0];

/** A plan that changes nothing. */
export const NO_PLAN = { changes: [], outside: [], checks: [] } as const;

/** The list of what changes in an environment. */
export const list = (...args: Parameters<typeof environment>) =>
  markdown(review([environment(...args)]))
    .split("\n")
    .filter((line) => /^ *- /.test(line));

export const inAccess = (access: Partial<AccessChanges>) => list({ access: { ...NO_CHANGES, ...access } });

export const ROLE: RoleAccess = {
  ...{ name: "Full", path: "/", trust: [] },
  permissions: [{ effect: "Allow", actions: { not: false, patterns: ["support:resolvecase"] }, conditions: [] }],
};

/** The channel #oncall, whose people have that role. */
export const oncall = (overrides: Partial<ChannelWithRole> = {}): ChannelWithRole => ({
  ...{ workspace: "T01", channel: "C01", name: "oncall", role: "full" },
  ...{ notify: { severity: "none", events: [] }, access: ROLE, ...overrides },
});

/** A channel in which nothing changes. */
export function channel(overrides: Partial<ChannelChange> = {}): ChannelChange {
  return {
    ...{ workspace: "T01", channel: "C01", verdict: "unchanged", before: oncall(), after: oncall(), isMoved: false },
    ...{ permissions: SAME, trust: SAME, gained: [], lost: [], limited: [], ...overrides },
  };
}

/** A role in which nothing changes. */
export function role(overrides: Partial<RoleChange> = {}): RoleChange {
  return {
    ...{ role: "full", verdict: "unchanged", before: ROLE, after: ROLE, permissions: SAME, trust: SAME },
    ...{ isNewName: false, ...overrides },
  };
}

/** Something that is allowed after the change alone. */
export function right(overrides: Partial<Right> = {}): Right {
  return {
    action: targets("support:resolvecase"),
    resource: targets("*"),
    allowed: ALWAYS,
    example: { action: "support:resolvecase", resource: "arn:x", keys: {} },
    depends: [],
    ...overrides,
  };
}

/** Nothing is known of what changes. */
export const UNDECIDED: Difference = { ...SAME, undecided: [ANYTHING] };
export const ALWAYS: AllowedCases = { when: [], unless: [] };
export const targets = (...patterns: readonly string[]): Targets => ({ not: false, patterns });
export const gaining = (...gained: readonly Right[]): Difference => ({ ...SAME, gained });
export const losing = (...lost: readonly Right[]): Difference => ({ ...SAME, lost });

export type OfKind<One> = One extends StateChange ? Omit<One, "verdict"> : never;
