import { createHash } from "node:crypto";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/capability";
import { type EnvironmentAccess, type RoleAccess, readAccess, textOf } from "./access";
import { compare, type Difference } from "./compare";
import { canonical, isFields } from "./policy";
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
  /** What they can do after the change in some cases alone, and could always or never before. */
  readonly limited: readonly Capability[];
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
  /** What can't be read before or after, and so may have changed anything. */
  readonly unknown: readonly string[];
  /** What may never be, whatever was approved, as sentences. */
  readonly violations: readonly string[];
}

const NO_ACCESS: EnvironmentAccess = {
  account: "",
  roles: new Map(),
  channels: new Map(),
  serviceQuotasRole: false,
  registrations: new Map(),
  unreadable: [],
};
const NO_ROLE: RoleAccess = { name: "", path: "/", trust: [], permissions: [], boundary: "" };

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
    isFields(terraform) ? sourcesOf(terraform.required_providers) : terraform,
  ],
};

/** Where providers come from, whatever their version. */
function sourcesOf(providers: unknown): unknown {
  if (!isFields(providers)) return providers;
  return Object.entries(providers).map(([name, one]) => [name, isFields(one) ? one.source : one]);
}

/** The default AWS provider's usual arguments, and all else that is said of providers. */
function providersOf(provider: unknown): { readonly usual?: unknown; readonly rest: unknown } {
  if (!isFields(provider)) return { rest: provider };
  const { aws, ...others } = provider;
  const [main, ...more] = [aws].flat();
  if (!isFields(main) || main.alias !== undefined) return { rest: provider };
  const { region, assume_role, default_tags: _, allowed_account_ids: __, ...rest } = main;
  return { usual: { region, assume_role }, rest: { others, more, rest } };
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
  const unknown = [...new Set([...head.unreadable, ...base.unreadable])];
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
  const verdicts: Verdict[] = ["cosmetic"];
  if (base.serviceQuotasRole && !head.serviceQuotasRole) {
    notes.push(
      "The Service Quotas role leaves the stack. Terraform would destroy it: hand it back to the account first.",
    );
  } else if (head.serviceQuotasRole && !base.serviceQuotasRole) {
    notes.push("The stack gets the Service Quotas role.");
    const isImported = importsOf(headTerraform).some(({ to }) => to.startsWith("aws_iam_service_linked_role."));
    if (!isImported && [...base.roles.values()].some(waitsForServiceQuotasRole)) {
      verdicts.push("broadened");
      notes.push("Whoever may request quota increases and couldn't make that role may have waited for it.");
    }
  }
  for (const key of keysOf(base.registrations, head.registrations)) {
    const [was, is] = [base.registrations.get(key), head.registrations.get(key)];
    if (baseTerraform && was !== is) {
      notes.push(
        `What the Support App knows of the account changes: ${quoted(key)} ${was ? (is ? "says something else" : "goes") : "comes"}.`,
      );
    }
  }
  const [imported, imports] = [importsOf(baseTerraform), importsOf(headTerraform)];
  for (const { to, id } of baseTerraform ? imports : []) {
    const isNew = !imported.some((one) => one.to === to && one.id === id);
    const was = nameAt(baseTerraform, to);
    if (!isNew || was === undefined || id.split("/").at(-1) === was) continue;
    verdicts.push("unknown");
    notes.push(`${quoted(id)} is taken over as ${quoted(to)}. Whoever has it already gets what it says here.`);
  }
  const cameFrom = movedRoles(base, head);
  const roles = roleChanges(base, head, cameFrom);
  const channels = channelChanges(base, head, cameFrom, unknown.length === 0);
  const violations = readOnlyViolations(base, head);
  const verdict = loudest([
    ...verdicts,
    ...(notes.length > 0 ? (["moved"] as const) : []),
    ...(unknown.length > 0 ? (["unknown"] as const) : []),
    ...[...roles, ...channels].map((change) => change.verdict),
  ]);
  // What can't be read is told by all that there is.
  const read = unknown.length === 0 ? [base, head].map(inOneForm) : [baseTerraform ?? null, headTerraform ?? null];
  const around = [baseTerraform, headTerraform].map((terraform) =>
    terraform ? [...Object.values(SURROUNDINGS), ...Object.values(GROUNDS)].map((of) => of(terraform) ?? null) : null,
  );
  const fingerprint = createHash("sha256")
    .update(canonical([read, around]))
    .digest("hex");
  return { environment, verdict, fingerprint, roles, channels, notes, unknown, violations };
}

function inOneForm({ roles, channels, registrations, ...rest }: EnvironmentAccess): unknown {
  return { ...rest, roles: [...roles], channels: [...channels], registrations: [...registrations] };
}

/** The imports of an environment: the address, and the ID in AWS. */
function importsOf(terraform: Terraform | undefined): { readonly to: string; readonly id: string }[] {
  return [terraform?.import ?? []]
    .flat()
    .map((one) =>
      isFields(one) ? { to: textOf(one.to).replace(/^\$\{(.*)\}$/, "$1"), id: textOf(one.id) } : { to: "", id: "" },
    );
}

/** What a role or a policy is called in IAM. Empty: there is none at that address. Undefined: it is something else. */
function nameAt(terraform: Terraform | undefined, address: string): string | undefined {
  const [type = "", name = ""] = address.split(".");
  if (type !== "aws_iam_role" && type !== "aws_iam_policy") return undefined;
  const all = isFields(terraform?.resource) ? terraform.resource[type] : undefined;
  const block = isFields(all) ? all[name] : undefined;
  return isFields(block) ? textOf(block.name) : "";
}

function waitsForServiceQuotasRole({ permissions }: RoleAccess): boolean {
  const can = new Set(compare([], permissions).gained.map(({ action }) => action));
  return can.has("servicequotas:requestservicequotaincrease") && !can.has("iam:createservicelinkedrole");
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
    for (const difference of [permissions, trust]) verdicts.push(verdictOf(difference));
    if (!before) {
      const bounds = to.boundary ? ` within the permissions boundary ${quoted(to.boundary)}` : "";
      note("broadened", `A new role ${quoted(pathAndName(to))}${bounds}.`);
    } else if (!after) {
      note(
        "narrowed",
        `The role ${quoted(pathAndName(from))} goes. A channel that was configured by hand and uses it can do nothing then.`,
      );
    } else {
      if (pathAndName(from) !== pathAndName(to)) {
        note(
          "moved",
          `The role ${quoted(pathAndName(from))} is replaced by ${quoted(pathAndName(to))}. A channel that was configured by hand keeps the old one, which goes; one that has the new name gets this access.`,
        );
      }
      const address = cameFrom.get(role);
      if (address !== undefined) note("moved", `Its address was ${quoted(`aws_iam_role.${address}`)}.`);
      for (const [verdict, text] of boundaryChange(from, to)) note(verdict, text);
    }
    const namesake = [...base.roles].find(([, { name }]) => name.toLowerCase() === to.name.toLowerCase())?.[0];
    if (after && namesake !== undefined && namesake !== (cameFrom.get(role) ?? role)) {
      note(
        "unknown",
        `The name ${quoted(to.name)} was that of ${quoted(`aws_iam_role.${namesake}`)}. A channel that was configured by hand with it gets the access of this role.`,
      );
    }
    return { role, verdict: loudest(verdicts), permissions, trust, notes };
  });
}

/** The name in IAM, with the path unless that is /. */
function pathAndName({ path, name }: RoleAccess): string {
  return path === "/" ? name : path + name;
}

function verdictOf({ gained, lost, unknown }: Difference): Verdict {
  if (unknown.length > 0) return "unknown";
  if (gained.length > 0) return "broadened";
  return lost.length > 0 ? "narrowed" : "unchanged";
}

function boundaryChange(from: RoleAccess, to: RoleAccess): (readonly [Verdict, string])[] {
  if (from.boundary === to.boundary) return [];
  if (to.boundary === "") return [["broadened", `The permissions boundary ${quoted(from.boundary)} goes.`]];
  if (from.boundary === "") return [["narrowed", `The permissions boundary ${quoted(to.boundary)} comes.`]];
  return [["unknown", `The permissions boundary ${quoted(from.boundary)} becomes ${quoted(to.boundary)}.`]];
}

function channelChanges(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  cameFrom: ReadonlyMap<string, string>,
  allIsRead: boolean,
): ChannelChange[] {
  const keys = keysOf(base.channels, head.channels);
  return keys.map((key) => {
    const [workspace = "", channel = ""] = key.split(" ");
    const before = base.channels.get(key);
    const after = head.channels.get(key);
    const from = (before && base.roles.get(before.role)) ?? NO_ROLE;
    const to = (after && head.roles.get(after.role)) ?? NO_ROLE;
    const notes: string[] = [];
    const verdicts = [verdictOf(compare(from.permissions, to.permissions))];
    if (!before) {
      verdicts.push("broadened");
      notes.push(`A new channel, with the role ${quoted(pathAndName(to))}.`);
    } else if (!after) {
      verdicts.push("narrowed");
      notes.push("The channel goes.");
    } else {
      for (const [verdict, text] of boundaryChange(from, to)) {
        verdicts.push(verdict);
        notes.push(text);
      }
      const trust = verdictOf(compare(from.trust, to.trust));
      if (trust !== "unchanged") {
        verdicts.push(trust);
        notes.push(
          "Its role is trusted otherwise than before: the Support App may work there where it didn't, or no longer.",
        );
      }
      if (before.notify !== after.notify) {
        notes.push("It hears of other cases, or of other things, than before.");
        verdicts.push("moved");
      }
      if (before.name !== after.name) notes.push(`It was called ${quoted(before.name)}.`);
      if (before.role !== (cameFrom.get(after.role) ?? after.role)) {
        notes.push(`It moves from the role ${quoted(pathAndName(from))} to ${quoted(pathAndName(to))}.`);
        verdicts.push("moved");
      }
    }
    const verdict = loudest(verdicts);
    const [could, can] = [reachOf(from), reachOf(to)];
    const which = (now: Reach) => CAPABILITIES.filter((one) => can.get(one) === now && could.get(one) !== now);
    return {
      workspace,
      channel,
      name: after?.name ?? before?.name ?? "",
      verdict,
      gained: which("always"),
      // What can't be read may give it back.
      lost: allIsRead ? which("never") : [],
      limited: which("sometimes"),
      notes,
    };
  });
}

/** Whether people can do something: `sometimes` is under a condition, or of some resources. */
type Reach = "always" | "sometimes" | "never";

/** What people in a channel with that role can do. */
function reachOf({ permissions }: RoleAccess): ReadonlyMap<Capability, Reach> {
  const { gained } = compare([], permissions);
  const reach = (action: string): Reach => {
    const rights = gained.filter((right) => right.action === action.toLowerCase());
    if (rights.some(({ resource, condition }) => resource === "*" && condition === "")) return "always";
    return rights.length > 0 ? "sometimes" : "never";
  };
  return new Map(
    CAPABILITIES.map((capability) => {
      const all = actionsOf([capability]).map(reach);
      if (all.includes("never")) return [capability, "never"];
      return [capability, all.includes("sometimes") ? "sometimes" : "always"];
    }),
  );
}

/** What people in a channel with that role can do, whatever the circumstances. */
export function capabilitiesOf(role: RoleAccess): Capability[] {
  const reach = reachOf(role);
  return CAPABILITIES.filter((capability) => reach.get(capability) === "always");
}

/** What a read-only access may never have: an action that writes, whatever the condition, or more that can't be read. */
function readOnlyViolations(base: EnvironmentAccess, head: EnvironmentAccess): string[] {
  const [before, after] = [base.roles.get(READ_ONLY), head.roles.get(READ_ONLY)];
  if (!before && !after && !head.unreadable.some((text) => text.includes(READ_ONLY))) return [];
  const reading = actionsOf(["view-cases"]).map((action) => action.toLowerCase());
  const allowed = after?.permissions.flatMap(({ effect, actions }) => (effect === "Allow" ? actions : [])) ?? [];
  const about = [READ_ONLY, ...[before, after].flatMap((role) => role?.name ?? [])];
  const mayBeAbout = (text: string) =>
    about.some((name) => text.toLowerCase().includes(name.toLowerCase())) ||
    /^([^:]*an expression[^:]*: aws_iam_|not as CDKTF writes it: module )/.test(text);
  const unread = head.unreadable.filter((text) => !base.unreadable.includes(text) && mayBeAbout(text));
  const wrong = [
    ...new Set([
      ...allowed.filter((action) => !reading.includes(action)),
      ...unread.map((text) => text.split(":")[0] ?? text),
    ]),
  ];
  return wrong.map(
    (what) =>
      `The read-only role ${quoted((after ?? before)?.name ?? READ_ONLY)} has ${quoted(what)}, expected nothing but ${reading.map(quoted).join(" and ")}. Give it to full access, or to nobody.`,
  );
}

/** A value within a sentence, which is shown as it stands there. */
function quoted(value: string): string {
  return `\`${value.replaceAll("`", "'")}\``;
}

function loudest(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))] ?? "unknown";
}
