import type { Access } from "./access";
import { capabilitiesOf } from "./access-level";
import { CAPABILITIES, type Capability, type OptionalCapability } from "./capability";
import { endOf, inSeconds } from "./until";

/** A capability that is granted temporarily. */
export interface TemporaryCapability {
  /** A capability in `without`. */
  readonly capability: OptionalCapability;

  /**
   * The last day, in UTC, such as `2026-12-31`; or when it ends, with its zone, such as `2026-12-31T18:00:00+01:00`.
   */
  readonly until: string;
}

/** Capabilities that are granted until the same time. */
export interface Grant {
  readonly capabilities: readonly Capability[];
  /** The first second without them, in the form of {@link endOf}. Undefined: they don't end. */
  readonly end?: string;
}

/** The properties that decide what an access grants. */
type GrantingAccess = Pick<Access, "access" | "without" | "until" | "temporarily">;

/** What an access grants: everything that isn't left out, then the temporary capabilities by their end. */
export function grantsOf({ access, without, until, temporarily = [] }: GrantingAccess): [lasting: Grant, ...Grant[]] {
  const lasting = {
    capabilities: capabilitiesOf(access, without),
    end: until === undefined ? undefined : endOf(until),
  };
  const ends = [...new Set(temporarily.map((temporary) => endOf(temporary.until)))].sort();
  return [
    lasting,
    ...ends.map((end) => ({
      capabilities: temporarily
        .filter((temporary) => endOf(temporary.until) === end)
        .map(({ capability }) => capability),
      end,
    })),
  ];
}

/** When each capability of an access ends, in the form of {@link endOf}, also if it has ended. Undefined: it doesn't end. */
export function endsOf(access: GrantingAccess): ReadonlyMap<Capability, string | undefined> {
  const ends = new Map(
    grantsOf(access).flatMap(({ capabilities, end }) => capabilities.map((capability) => [capability, end] as const)),
  );
  return new Map(
    CAPABILITIES.flatMap((capability) => (ends.has(capability) ? [[capability, ends.get(capability)]] : [])),
  );
}

/** What an access grants, including capabilities that end or have ended. */
export function grantedCapabilities(access: GrantingAccess): Capability[] {
  return inOrder(grantsOf(access));
}

/** What an access grants at a given time. */
export function capabilitiesAt(access: GrantingAccess, time: Date): Capability[] {
  const now = inSeconds(time);
  return inOrder(grantsOf(access).filter(({ end }) => end === undefined || now < end));
}

function inOrder(grants: readonly Grant[]): Capability[] {
  const grantedSet = new Set(grants.flatMap(({ capabilities }) => capabilities));
  return CAPABILITIES.filter((capability) => grantedSet.has(capability));
}
