import { createHash } from "node:crypto";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/capability";
import { type EnvironmentAccess, type RoleAccess, readAccess } from "./access";
import { changedTexts, compare, type Difference, type Right } from "./compare";
import { canonical, isFields, NOTHING } from "./policy";
import type { Terraform } from "./synthesized";

/**
 * What a change is, from the quietest to the loudest. `cosmetic`: the Terraform changed, and provably gives the same.
 * `moved`: the same access by another name. `unknown` counts as broadened.
 */
export const VERDICTS = ["unchanged", "cosmetic", "moved", "narrowed", "broadened", "unknown"] as const;

/** What a change is. */
export type Verdict = (typeof VERDICTS)[number];

/** What changes of a role. */
export interface RoleChange {
  /** Its name in Terraform. */
  readonly role: string;
  readonly verdict: Verdict;
  readonly permissions: Difference;
  readonly trust: Difference;
  /** What else changes, as sentences. */
  readonly notes: readonly string[];
}

/** What changes for the people in a channel. */
export interface ChannelChange {
  readonly workspace: string;
  readonly channel: string;
  /** In Slack. */
  readonly name: string;
  readonly verdict: Verdict;
  /** What people in the channel can do after the change and could not before, and the other way round. */
  readonly gained: readonly Capability[];
  readonly lost: readonly Capability[];
  readonly notes: readonly string[];
}

/** What changes in an environment. */
export interface EnvironmentChange {
  readonly environment: string;
  readonly verdict: Verdict;
  /** Stands for all that was read before and after: the same for the same change alone. */
  readonly fingerprint: string;
  readonly roles: readonly RoleChange[];
  readonly channels: readonly ChannelChange[];
  readonly notes: readonly string[];
  /** What changed and can't be read. */
  readonly unknown: readonly string[];
  /** What may never be, whatever was approved, as sentences. */
  readonly violations: readonly string[];
}

const NO_ACCESS: EnvironmentAccess = {
  account: "",
  roles: new Map(),
  channels: new Map(),
  serviceQuotasRole: false,
  unreadable: [],
};
const NO_ROLE: RoleAccess = { name: "", trust: NOTHING, permissions: NOTHING, boundary: "", exclusive: true };

/** The role of the read-only access level. */
const READ_ONLY = "read_only";

/** What gives nobody in a channel anything, and yet is not form alone: the sentence, and where it stands. */
const SURROUNDINGS: Readonly<Record<string, (terraform: Terraform) => unknown>> = {
  "The state moves: Terraform asks for `init -migrate-state`, and without it would make everything anew.": ({
    terraform,
  }) => (isFields(terraform) ? [terraform.backend, terraform.cloud] : undefined),
  "Terraform acts in another region, or as another role.": ({ provider }) => providersOf(provider).usual,
  "Something is imported or moved in the state.": (terraform) => [terraform.import, terraform.moved],
};

/** What may change everything: the sentence, and where it stands. */
const GROUNDS: Readonly<Record<string, (terraform: Terraform) => unknown>> = {
  "the providers, or where they come from": ({ provider, terraform }) => [
    providersOf(provider).rest,
    isFields(terraform) && isFields(terraform.required_providers)
      ? Object.entries(terraform.required_providers).map(([name, one]) => [name, isFields(one) ? one.source : one])
      : undefined,
  ],
};

/** The default AWS provider's usual arguments, and all else that is said of providers. */
function providersOf(provider: unknown): { readonly usual: unknown; readonly rest: unknown } {
  if (!isFields(provider)) return { usual: undefined, rest: provider };
  const { aws, ...others } = provider;
  const [main, ...more] = [aws].flat();
  if (!isFields(main) || main.alias !== undefined) return { usual: undefined, rest: provider };
  const { region, assume_role, default_tags, allowed_account_ids: _, ...rest } = main;
  return { usual: { region, assume_role, default_tags }, rest: { others, more, rest } };
}

/** What changes in every environment that either has, by name. Undefined Terraform: there is none. */
export function classify(
  base: ReadonlyMap<string, Terraform>,
  head: ReadonlyMap<string, Terraform>,
): EnvironmentChange[] {
  const names = keysOf(base, head);
  return names.map((name) => classifyEnvironment(name, base.get(name), head.get(name)));
}

/** The environments whose Terraform changes, whatever of it. */
export function changedEnvironments(
  base: ReadonlyMap<string, Terraform>,
  head: ReadonlyMap<string, Terraform>,
): string[] {
  const names = keysOf(base, head);
  return names.filter((name) => canonical(base.get(name)) !== canonical(head.get(name)));
}

/** What either side has, by name, in the order of the names. */
export function keysOf(base: ReadonlyMap<string, unknown>, head: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...base.keys(), ...head.keys()])].sort();
}

function classifyEnvironment(
  environment: string,
  baseTerraform: Terraform | undefined,
  headTerraform: Terraform | undefined,
): EnvironmentChange {
  if (canonical(baseTerraform) === canonical(headTerraform)) {
    return {
      environment,
      verdict: "unchanged",
      fingerprint: "",
      roles: [],
      channels: [],
      notes: [],
      unknown: [],
      violations: [],
    };
  }
  const base = baseTerraform ? readAccess(baseTerraform) : NO_ACCESS;
  const head = headTerraform ? readAccess(headTerraform) : NO_ACCESS;
  const notes: string[] = [];
  const unknown = changedTexts(base.unreadable, head.unreadable);
  if (baseTerraform && headTerraform && base.account !== head.account) {
    unknown.push(`the account: ${base.account || "any"} becomes ${head.account || "any"}`);
  }
  if (baseTerraform && headTerraform) {
    const differs = (of: (terraform: Terraform) => unknown) =>
      canonical(of(baseTerraform)) !== canonical(of(headTerraform));
    const changed = (all: typeof GROUNDS) => Object.entries(all).flatMap(([what, of]) => (differs(of) ? [what] : []));
    notes.push(...changed(SURROUNDINGS));
    unknown.push(...changed(GROUNDS));
  }
  if (!baseTerraform)
    notes.push(`A new environment, in ${head.account ? `the account ${quoted(head.account)}` : "any account"}.`);
  if (!headTerraform)
    notes.push("The environment goes. Its Terraform destroys nothing by itself: run `cdktf destroy` before.");
  if (base.serviceQuotasRole !== head.serviceQuotasRole) {
    notes.push(
      head.serviceQuotasRole
        ? "The stack gets the Service Quotas role."
        : "The Service Quotas role leaves the stack. Terraform would destroy it: hand it back to the account first.",
    );
  }
  const cameFrom = movedRoles(base, head);
  const roles = roleChanges(base, head, cameFrom);
  const channels = channelChanges(base, head, cameFrom);
  const violations = [...head.roles].flatMap(([name, role]) => (name === READ_ONLY ? writingActions(role) : []));
  const verdict = loudest([
    "cosmetic",
    ...(notes.length > 0 ? (["moved"] as const) : []),
    ...(unknown.length > 0 ? (["unknown"] as const) : []),
    ...[...roles, ...channels].map((change) => change.verdict),
  ]);
  const fingerprint = fingerprintOf([base, head], [baseTerraform, headTerraform]);
  return { environment, verdict, fingerprint, roles, channels, notes, unknown, violations };
}

function fingerprintOf(accesses: readonly EnvironmentAccess[], terraforms: readonly (Terraform | undefined)[]): string {
  const read = accesses.map(({ roles, channels, ...rest }) => ({
    ...rest,
    roles: [...roles],
    channels: [...channels],
  }));
  const around = terraforms.map((terraform) =>
    terraform ? [...Object.values(SURROUNDINGS), ...Object.values(GROUNDS)].map((of) => of(terraform) ?? null) : null,
  );
  return createHash("sha256")
    .update(canonical([read, around]))
    .digest("hex");
}

/** Roles that are called otherwise in Terraform and are the same: the new name, and the old one. */
function movedRoles(base: EnvironmentAccess, head: EnvironmentAccess): ReadonlyMap<string, string> {
  const gone = [...base.roles].filter(([name]) => !head.roles.has(name));
  const moved = new Map<string, string>();
  for (const [name, role] of head.roles) {
    if (base.roles.has(name)) continue;
    const index = gone.findIndex(([, candidate]) => canonical(candidate) === canonical(role));
    const [from] = index === -1 ? [] : gone.splice(index, 1);
    if (from) moved.set(name, from[0]);
  }
  return moved;
}

function roleChanges(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  cameFrom: ReadonlyMap<string, string>,
): RoleChange[] {
  const left = new Set(cameFrom.values());
  const names = keysOf(base.roles, head.roles).filter((name) => !left.has(name));
  return names.map((role) => {
    const before = base.roles.get(cameFrom.get(role) ?? role);
    const after = head.roles.get(role);
    const from = before ?? NO_ROLE;
    const to = after ?? NO_ROLE;
    const permissions = compare(from.permissions, to.permissions);
    const trust = compare(from.trust, to.trust);
    const notes: string[] = [];
    const verdicts: Verdict[] = ["unchanged"];
    const note = (verdict: Verdict, text: string) => {
      notes.push(text);
      verdicts.push(verdict);
    };
    for (const { gained, lost, unknown } of [permissions, trust]) {
      if (gained.length > 0) verdicts.push("broadened");
      if (lost.length > 0) verdicts.push("narrowed");
      if (unknown.length > 0) verdicts.push("unknown");
    }
    if (!before) {
      const bounds = to.boundary ? ` within the permissions boundary ${quoted(to.boundary)}` : "";
      note("broadened", `A new role ${quoted(to.name)}${bounds}.`);
    } else if (!after)
      note(
        "narrowed",
        `The role ${quoted(from.name)} goes. A channel that was configured by hand and uses it can do nothing then.`,
      );
    else {
      if (from.name !== to.name) {
        note(
          "moved",
          `The role ${quoted(from.name)} is replaced by ${quoted(to.name)}. A channel that was configured by hand keeps the old one, which goes.`,
        );
      }
      const address = cameFrom.get(role);
      if (address !== undefined) note("moved", `Its address was ${quoted(`aws_iam_role.${address}`)}.`);
      for (const [verdict, text] of frameChanges(from, to)) note(verdict, `${text}.`);
    }
    if (!before && !to.exclusive) note("unknown", "What is attached to it or written into it by hand stays.");
    return { role, verdict: loudest(verdicts), permissions, trust, notes };
  });
}

/** What changes around what a role allows: its boundary, and whether others may add to it by hand. */
function frameChanges(from: RoleAccess, to: RoleAccess): (readonly [Verdict, string])[] {
  const changes: (readonly [Verdict, string])[] = [];
  if (from.boundary !== to.boundary) {
    if (to.boundary === "") changes.push(["broadened", `The permissions boundary ${quoted(from.boundary)} goes`]);
    else if (from.boundary === "") changes.push(["narrowed", `The permissions boundary ${quoted(to.boundary)} comes`]);
    else changes.push(["unknown", `The permissions boundary ${quoted(from.boundary)} becomes ${quoted(to.boundary)}`]);
  }
  if (from.exclusive && !to.exclusive) {
    changes.push(["unknown", "What is attached to the role or written into it by hand stays from now on"]);
  }
  if (!from.exclusive && to.exclusive) {
    changes.push(["narrowed", "What is attached to the role or written into it by hand goes from now on"]);
  }
  return changes;
}

function channelChanges(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  cameFrom: ReadonlyMap<string, string>,
): ChannelChange[] {
  const keys = keysOf(base.channels, head.channels);
  return keys.map((key) => {
    const [workspace = "", channel = ""] = key.split(" ");
    const before = base.channels.get(key);
    const after = head.channels.get(key);
    const from = before && base.roles.get(before.role);
    const to = after && head.roles.get(after.role);
    const could = new Set(from ? capabilitiesOf(from) : []);
    const can = new Set(to ? capabilitiesOf(to) : []);
    const { gained, lost, unknown } = compare(from?.permissions ?? NOTHING, to?.permissions ?? NOTHING);
    const notes: string[] = [];
    const verdicts: Verdict[] = ["unchanged"];
    if (gained.length > 0) verdicts.push("broadened");
    if (lost.length > 0) verdicts.push("narrowed");
    for (const [verdict, text] of from && to ? frameChanges(from, to) : []) {
      verdicts.push(verdict);
      notes.push(`${text}.`);
    }
    if (unknown.length > 0) {
      verdicts.push("unknown");
      notes.push("Part of the change can't be read: what people there lose is not known, and they may gain more.");
    }
    if ((before && !from) || (after && !to)) {
      if (before?.role !== after?.role) {
        notes.push(`Its role is ${quoted(after?.role ?? "none")}, which is not in this stack.`);
        verdicts.push("unknown");
      }
    }
    if (!before) notes.push(`A new channel, with the role ${quoted(to?.name ?? after?.role ?? "")}.`);
    else if (!after) notes.push("The channel goes.");
    else {
      if (before.name !== after.name) notes.push(`It was called ${quoted(before.name)}.`);
      if (before.role !== (cameFrom.get(after.role) ?? after.role)) {
        notes.push(`It moves from the role ${quoted(from?.name ?? before.role)} to ${quoted(to?.name ?? after.role)}.`);
        verdicts.push("moved");
      }
    }
    return {
      workspace,
      channel,
      name: after?.name ?? before?.name ?? "",
      verdict: loudest(verdicts),
      gained: CAPABILITIES.filter((capability) => can.has(capability) && !could.has(capability)),
      // What can't be read may give it back.
      lost: CAPABILITIES.filter((capability) => unknown.length === 0 && could.has(capability) && !can.has(capability)),
      notes,
    };
  });
}

/** What people in a channel with that role can do, whatever the circumstances. */
export function capabilitiesOf({ permissions }: RoleAccess): Capability[] {
  const allowed = new Set(
    compare(NOTHING, permissions)
      .gained.filter(({ resource, condition }) => resource === "*" && condition === "")
      .map(({ action }) => action),
  );
  return CAPABILITIES.filter((capability) =>
    actionsOf([capability]).every((action) => allowed.has(action.toLowerCase())),
  );
}

function writingActions({ name, permissions }: RoleAccess): string[] {
  const reading = actionsOf(["view-cases"]).map((action) => action.toLowerCase());
  const { gained } = compare(NOTHING, permissions);
  const writing = [...new Set(gained.map(({ action }: Right) => action))].filter((action) => !reading.includes(action));
  const unreadable = permissions.unreadable.map((text) => text.split(":")[0] ?? text);
  return [...writing, ...unreadable].map(
    (what) =>
      `The read-only role ${quoted(name)} has ${quoted(what)}, expected nothing but ${reading.map(quoted).join(" and ")}. Give it to full access, or to nobody.`,
  );
}

/** A value within a sentence, which is shown as it stands there. */
function quoted(value: string): string {
  return `\`${value.replaceAll("`", "'")}\``;
}

function loudest(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))] ?? "unknown";
}
