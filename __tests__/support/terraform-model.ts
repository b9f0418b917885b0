import {
  type Account,
  awsManagedDocument,
  FOREIGN_POLICIES,
  gains,
  OWN_ACCOUNT,
  type Role,
  Unknown,
} from "./iam-model";

/*
 * What Terraform makes of a stack, written from its documentation and independent of the code under test: values through any
 * number of references, what is planned against the state, the order of its operations and what AWS refuses.
 */

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON, whose every part is checked
type Json = any;

/** An account, and what the state has of it. */
export interface World {
  readonly account: Account;
  readonly state: ReadonlyMap<string, Resource>;
  /** Operations that AWS refused, and those that depend on them. */
  readonly failed: readonly string[];
}

/** A resource as the state has it. */
interface Resource {
  readonly type: string;
  readonly args: Json;
  /** Addresses of all that it depends on, directly or not. */
  readonly dependsOn: readonly string[];
  readonly isCreatedFirst: boolean;
}

/** Terraform refuses to plan. */
class Refused extends Error {}

/** The arguments of each type: those with which it is replaced, and those that are updated. Any other one is unknown. */
const TYPES: Readonly<Record<string, { replaced: readonly string[]; updated: readonly string[] }>> = {
  aws_iam_role: {
    replaced: ["name", "path"],
    updated: ["assume_role_policy", "permissions_boundary", "description", "tags", "max_session_duration"],
  },
  aws_iam_policy: { replaced: ["name", "path", "description"], updated: ["policy", "tags"] },
  aws_iam_role_policy: { replaced: ["name", "role"], updated: ["policy"] },
  aws_iam_role_policy_attachment: { replaced: ["role", "policy_arn"], updated: [] },
  aws_iam_role_policy_attachments_exclusive: { replaced: ["role_name"], updated: ["policy_arns"] },
  aws_iam_role_policies_exclusive: { replaced: ["role_name"], updated: ["policy_names"] },
  aws_iam_service_linked_role: { replaced: ["aws_service_name"], updated: [] },
  aws_cloudcontrolapi_resource: { replaced: ["type_name", "key"], updated: ["schema", "desired_state"] },
  aws_sns_topic: { replaced: ["name"], updated: ["tags", "display_name"] },
};
const SECTIONS = ["//", "terraform", "provider", "resource", "data", "output", "moved", "removed", "import"];
const QUOTAS_ROLE = "aws_iam_service_linked_role.service_quotas";

/** What is applied, by an order of what doesn't depend on each other. */
type Order = (one: Operation, other: Operation) => number;

const byName = (one: Operation, other: Operation) => (one.name < other.name ? -1 : 1);
const destroysLast: Order = (one, other) => Number(one.isDestroy) - Number(other.isDestroy) || byName(one, other);
/** Terraform works on several at once: either order is possible. */
const ORDERS: readonly Order[] = [
  destroysLast,
  (one, other) => Number(other.isDestroy) - Number(one.isDestroy) || byName(one, other),
  (one, other) => byName(other, one),
];

interface Operation {
  readonly name: string;
  readonly isDestroy: boolean;
  readonly after: Set<string>;
  readonly run: (account: Account) => void;
  /** Makes the state what it is once that is done. */
  readonly keep: (state: Map<string, Resource>) => void;
}

/** What the values of a stack come to. */
class Values {
  readonly #stack: Json;
  readonly #bodies = new Map<string, Json>();
  /** What each resource and data source refers to. */
  readonly #references = new Map<string, ReadonlySet<string>>();

  constructor(stack: Json) {
    this.#stack = stack;
    if (Object.keys(stack).some((section) => !SECTIONS.includes(section))) throw new Unknown("a section");
    for (const [prefix, section] of [
      ["", stack.resource],
      ["data.", stack.data],
    ] as const) {
      for (const [type, all] of Object.entries<Json>(section ?? {})) {
        for (const [name, { "//": _, ...body }] of Object.entries<Json>(all)) {
          this.#bodies.set(`${prefix}${type}.${name}`, body);
        }
      }
    }
    for (const [type, all] of Object.entries<Json>(stack.data ?? {})) {
      if (type !== "aws_iam_policy_document") throw new Unknown(`the data source ${type}`);
      for (const body of Object.values(all)) documentOf(body);
    }
    for (const output of Object.values<Json>(stack.output ?? {})) this.resolve(output.value);
  }

  /** @param computed gets the addresses of which it needs what only AWS knows */
  resolve(value: Json, computed = new Set<string>(), depth = 0): Json {
    if (depth > 20) throw new Unknown("a cycle");
    if (Array.isArray(value)) return value.map((one) => this.resolve(one, computed, depth));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => {
          if (/[$%]\{/.test(key)) throw new Unknown(key);
          return [key, this.resolve(one, computed, depth)];
        }),
      );
    }
    if (typeof value !== "string" || !/[$%]\{/.test(value)) return value;
    const whole = /^\$\{([^{}]*)\}$/.exec(value)?.[1];
    if (whole !== undefined) return this.#referred(whole, computed, depth);
    if (/%\{|\$\$/.test(value)) throw new Unknown(value);
    return value.replace(/\$\{([^}]*)\}/g, (_, inside) => this.#referred(inside, computed, depth));
  }

  #referred(reference: string, computed: Set<string>, depth: number): Json {
    const [, data = "", type = "", name = "", attribute = ""] =
      /^(data\.)?(\w+)\.([\w-]+)\.(\w+)$/.exec(reference.trim()) ?? [];
    const body = this.bodyAt(`${data}${type}.${name}`);
    if (!body) throw new Unknown(reference);
    if (data) {
      if (type !== "aws_iam_policy_document" || attribute !== "json") throw new Unknown(reference);
      return documentOf(body);
    }
    const argument = (key: string, otherwise?: Json) => this.resolve(body[key] ?? otherwise, computed, depth + 1);
    const isComputed = attribute === "arn" || attribute === "id";
    if (isComputed) computed.add(`${type}.${name}`);
    if (type === "aws_iam_role" && attribute === "id") return argument("name");
    const kind = { aws_iam_role: "role", aws_iam_policy: "policy" }[type];
    if (isComputed && kind) return arnOf(kind, argument("path", "/"), argument("name"));
    const { replaced = [], updated = [] } = TYPES[type] ?? {};
    if (![...replaced, ...updated].includes(attribute) || body[attribute] === undefined) throw new Unknown(reference);
    return argument(attribute);
  }

  /** Everything that something depends on, directly or not. */
  dependencies(address: string): ReadonlySet<string> {
    const known = this.#references.get(address);
    if (known) return known;
    const found = new Set<string>();
    this.#references.set(address, found);
    for (const [other] of JSON.stringify(this.bodyAt(address)).matchAll(/(?:data\.)?\baws_\w+\.[\w-]+/g)) {
      if (!this.bodyAt(other)) throw new Refused(`${other} isn't declared`);
      found.add(other);
      for (const further of this.dependencies(other)) found.add(further);
    }
    if (found.has(address)) throw new Refused(`a cycle of ${address}`);
    return found;
  }

  bodyAt(address: string): Json {
    return this.#bodies.get(address);
  }

  get stack(): Json {
    return this.#stack;
  }

  /** Of resources. */
  get addresses(): string[] {
    return [...this.#bodies.keys()].filter((address) => !address.startsWith("data."));
  }
}

/** The document of a data source. */
function documentOf({ "//": _, statement = [], ...unknown }: Json): string {
  if (Object.keys(unknown).length > 0 || /[$%&]\{/.test(JSON.stringify(statement))) throw new Unknown("a document");
  const Statement = statement.map((one: Json) => {
    const { sid: _, effect = "Allow", actions, not_actions, resources, not_resources, principals, ...rest } = one;
    const { condition = [], ...unknown } = rest;
    if (Object.keys(unknown).length > 0) throw new Unknown("a statement's argument");
    const grouped: Record<string, Record<string, string[]>> = {};
    for (const { test, variable, values } of condition) {
      grouped[test] ??= {};
      const keys = grouped[test] as Record<string, string[]>;
      const known = Object.keys(keys).find((key) => key.toLowerCase() === variable.toLowerCase()) ?? variable;
      if (known !== variable) throw new Unknown("a condition's key in two cases");
      keys[variable] = [...(keys[variable] ?? []), ...values]; // as the provider does
    }
    const Principal = principals?.map(({ type, identifiers }: Json) => [type, identifiers]);
    if (new Set(Principal?.map(([type]: Json) => type)).size < (Principal?.length ?? 0)) unknown("a principal's type");
    return {
      ...{ Effect: effect, Action: filled(actions), NotAction: filled(not_actions) },
      ...{ Resource: filled(resources), NotResource: filled(not_resources) },
      ...(Principal && { Principal: Object.fromEntries(Principal) }),
      ...(condition.length > 0 && { Condition: grouped }),
    };
  });
  return JSON.stringify({ Statement });
}

function filled(values: Json): Json {
  return values?.length > 0 ? values : undefined;
}

function arnOf(kind: string, path: string, name: string): string {
  return `arn:aws:iam::${OWN_ACCOUNT}:${kind}${path}${name}`;
}

/** The desired state of a channel, a workspace or an alias, and what identifies it. */
function desiredState(text: Json, values: Values, computed: Set<string>): { key: string; desired_state: Json } {
  const [, inside] = /^\$\{jsonencode\(\{(.*)\}\)\}$/s.exec(text) ?? [];
  const pair = /"(\w+)" = ("(?:[^"\\]|\\.)*"|true|false|[\w.-]+)(?:, |$)/g;
  if (inside === undefined || inside.replace(pair, "") !== "") throw new Unknown(`the desired state ${text}`);
  const state = Object.fromEntries(
    [...inside.matchAll(pair)].map(([, key, value = ""]) => {
      const isLiteral = /^["tf]/.test(value);
      if (isLiteral && value.includes("{")) throw new Unknown(value);
      return [key, isLiteral ? JSON.parse(value) : values.resolve(`\${${value}}`, computed)];
    }),
  );
  return { key: `${state.TeamId}/${state.ChannelId}`, desired_state: state };
}

interface Planned extends Resource {
  readonly address: string;
  readonly action: "create" | "replace" | "update" | "nothing";
}

/** What a stack's resources are to become, dependencies first. */
function plannedResources(values: Values, state: ReadonlyMap<string, Resource>): Map<string, Planned> {
  const { addresses } = values;
  const flagged = addresses.filter((address) => values.bodyAt(address).lifecycle?.create_before_destroy === true);
  const forced = new Set(flagged.flatMap((address) => [address, ...values.dependencies(address)]));
  const size = (address: string) => values.dependencies(address).size;
  const planned = new Map<string, Planned>();
  for (const address of addresses.sort((one, other) => size(one) - size(other))) {
    const [type = ""] = address.split(".");
    const { replaced, updated } = TYPES[type] ?? unknown(`the type ${type}`);
    const { lifecycle = {}, depends_on: _, ...body } = values.bodyAt(address);
    const { create_before_destroy: __, prevent_destroy, ignore_changes, ...others } = lifecycle;
    if (Object.keys(others).length > 0 || (ignore_changes && address !== QUOTAS_ROLE)) unknown("a lifecycle");
    const prior = state.get(address);
    const isAwaited = (computed: ReadonlySet<string>) =>
      [...computed].some((one) => ["create", "replace"].includes(planned.get(one)?.action ?? ""));
    const args: Json = type === "aws_iam_role" || type === "aws_iam_policy" ? { path: "/" } : {};
    const changed = new Set<string>();
    for (const [name, value] of Object.entries(body)) {
      const computed = new Set<string>();
      const isState = name === "desired_state" && type === "aws_cloudcontrolapi_resource";
      const resolved = isState ? desiredState(value, values, computed) : { [name]: values.resolve(value, computed) };
      Object.assign(args, resolved);
      if (isAwaited(computed)) changed.add(name); // it is known after the apply
    }
    const unknownArgument = Object.keys(args).find((name) => ![...replaced, ...updated].includes(name));
    if (unknownArgument) unknown(`the argument ${type}.${unknownArgument}`);
    if (changed.has("desired_state") && prior) args.key = prior.args.key; // which isn't known yet, either
    const differs = (name: string) => changed.has(name) || canonical(prior?.args[name]) !== canonical(args[name]);
    const action = !prior
      ? "create"
      : replaced.some(differs)
        ? "replace"
        : updated.some(differs)
          ? "update"
          : "nothing";
    if (action === "replace" && prevent_destroy) throw new Refused(`${address} is protected`);
    const dependsOn = [...values.dependencies(address)];
    planned.set(address, { address, type, args, dependsOn, isCreatedFirst: forced.has(address), action });
  }
  return planned;
}

/** Applies a stack to what is there: what may come of it. */
function apply(values: Values, { account, state: before }: World, orders = ORDERS): World[] {
  const { stack } = values;
  const state = withoutForgotten(movedState(refreshed(before, account), stack), stack);
  const planned = plannedResources(values, state);
  const imported = new Set<string>();
  for (const { to } of stack.import ?? []) {
    if (to !== QUOTAS_ROLE && before.size > 0 && !state.has(to)) unknown(`an import to ${to}`);
    if (!state.has(to)) imported.add(to); // Terraform ignores an import of what the state already has
  }
  const operations = new Map<string, Operation>();
  const add = (name: string, isDestroy: boolean, run: Operation["run"], keep: Operation["keep"]) =>
    operations.set(name, { name, isDestroy, after: new Set(), run, keep });
  for (const [address, one] of planned) {
    const { action, type, args } = one;
    if (action === "nothing") continue;
    const prior = state.get(address)?.args;
    const isAdopted = imported.has(address);
    const run = (live: Account) =>
      action === "update" ? update(type, args, live) : isAdopted || create(type, args, live);
    add(address, false, run, (kept) => kept.set(address, one));
    if (action === "replace") add(`-${address}`, true, (live) => destroy(type, prior, live), nothing);
  }
  for (const [address, { type, args }] of state) {
    if (planned.has(address)) continue;
    add(
      `-${address}`,
      true,
      (live) => destroy(type, args, live),
      (kept) => kept.delete(address),
    );
  }
  for (const operation of operations.values()) connect(operation, operations, planned, state);
  const possible = operations.size > 1 ? orders : orders.slice(0, 1);
  return possible.map((order) => run([...operations.values()].sort(order), account, state));
}

/** Adds what must be done before, and to others what must be done after. */
function connect(
  { name, isDestroy, after }: Operation,
  operations: ReadonlyMap<string, Operation>,
  planned: ReadonlyMap<string, Planned>,
  state: ReadonlyMap<string, Resource>,
): void {
  if (!isDestroy) {
    for (const other of planned.get(name)?.dependsOn ?? []) after.add(other);
    return;
  }
  const address = name.slice(1);
  const prior = state.get(address) as Resource;
  const { isCreatedFirst } = planned.get(address) ?? prior;
  const isFirst = (operation: Operation | undefined) =>
    operation && (isCreatedFirst ? after.add(operation.name) : operation.after.add(name));
  isFirst(operations.get(address)); // of a replacement
  for (const other of new Set([...state.keys(), ...planned.keys()])) {
    const uses = [state.get(other), planned.get(other)].some((one) => one?.dependsOn.includes(address));
    if (uses) {
      if (operations.has(`-${other}`)) after.add(`-${other}`);
      isFirst(operations.get(other));
    }
    if (prior.dependsOn.includes(other)) isFirst(operations.get(other));
  }
}

function run(sorted: readonly Operation[], before: Account, state: ReadonlyMap<string, Resource>): World {
  const [account, kept] = [copyOf(before), new Map(state)];
  const waiting = new Map(sorted.map((one) => [one.name, one]));
  const failed: string[] = [];
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(({ after }) => [...after].every((name) => !waiting.has(name)));
    if (!next) throw new Unknown(`a cycle of ${[...waiting.keys()]}`);
    waiting.delete(next.name);
    try {
      if ([...next.after].some((name) => failed.includes(name))) throw new Refused("what it depends on failed");
      next.run(account);
      next.keep(kept);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      failed.push(next.name);
    }
  }
  return { account, state: kept, failed };
}

/** The state without what is no longer there, and exclusive lists as they really are. */
function refreshed(state: ReadonlyMap<string, Resource>, { roles }: Account): Map<string, Resource> {
  const roleAt = (name: unknown) => roles.get(String(name).toLowerCase());
  const all = new Map<string, Resource>();
  for (const [address, one] of state) {
    const { type, args } = one;
    const role = roleAt(args.role_name ?? args.role);
    if (type === "aws_iam_role_policy_attachment" && !role?.attached.has(args.policy_arn)) continue;
    if (type === "aws_iam_role_policy" && !role?.inline.has(args.name)) continue;
    const actual =
      type === "aws_iam_role_policy_attachments_exclusive"
        ? { policy_arns: [...(role?.attached ?? [])] }
        : type === "aws_iam_role_policies_exclusive"
          ? { policy_names: [...(role?.inline.keys() ?? [])] }
          : {};
    all.set(address, { ...one, args: { ...args, ...actual } });
  }
  return all;
}

function movedState(state: Map<string, Resource>, { moved = [], resource = {} }: Json): Map<string, Resource> {
  const names = new Map<string, string>(moved.map(({ from, to }: Json) => [from, to]));
  if (new Set(names.values()).size < moved.length) throw new Refused("moves are ambiguous");
  for (const [from, to] of names) {
    const [type = "", name = ""] = from.split(".");
    if (resource[type]?.[name] || type !== to.split(".")[0]) throw new Refused(`${from} can't be moved`);
  }
  const now = (address: string, seen: readonly string[] = []): string => {
    const to = names.get(address);
    if (seen.includes(address)) throw new Refused("moves are cyclic");
    return to === undefined ? address : now(to, [...seen, address]);
  };
  const all = new Map<string, Resource>();
  for (const from of names.keys()) now(from);
  for (const [address, one] of state) {
    const to = state.has(now(address)) ? address : now(address); // what is there already stays there
    if (all.has(to)) throw new Unknown("two resources at one address");
    all.set(to, { ...one, dependsOn: one.dependsOn.map((other) => now(other)) });
  }
  return all;
}

function withoutForgotten(state: Map<string, Resource>, { removed = [], resource = {} }: Json): Map<string, Resource> {
  for (const { from, lifecycle } of removed) {
    const [type = "", name = ""] = from.split(".");
    if (resource[type]?.[name]) throw new Refused(`${from} is removed and declared`);
    if (lifecycle?.destroy === false) state.delete(from);
  }
  return state;
}

function create(type: string, args: Json, account: Account): void {
  const { roles, policies, channels } = account;
  checkDocuments(args);
  if (type === "aws_iam_role") {
    const { name, path, assume_role_policy: trust, permissions_boundary: boundary } = args;
    if (roles.has(name.toLowerCase())) refuse("the role exists");
    checkBoundary(boundary, account);
    const arn = arnOf("role", path, name);
    roles.set(name.toLowerCase(), { name, arn, trust, boundary, attached: new Set(), inline: new Map() });
  } else if (type === "aws_iam_policy") {
    const nameOf = (arn: string) => arn.split("/").pop()?.toLowerCase();
    if ([...policies.keys()].some((arn) => nameOf(arn) === args.name.toLowerCase())) refuse("the policy exists");
    policies.set(arnOf("policy", args.path, args.name), args.policy);
  } else if (type === "aws_iam_service_linked_role") {
    if (args.aws_service_name !== "servicequotas.amazonaws.com") throw new Unknown("a service-linked role");
    if (account.quotasRole) refuse("the Service Quotas role exists");
    account.quotasRole = true;
  } else if (type === "aws_cloudcontrolapi_resource" && args.desired_state.ChannelId) {
    if (channels.has(args.key)) refuse("the channel exists");
    channels.set(args.key, args.desired_state.ChannelRoleArn);
  } else update(type, args, account);
}

/** Of what is made of a role, an update is a creation. */
function update(type: string, args: Json, account: Account): void {
  const { roles, policies, channels } = account;
  const role = () => roles.get(String(args.role_name ?? args.role).toLowerCase()) ?? refuse("there is no such role");
  checkDocuments(args);
  if (type === "aws_iam_role") {
    const live = roles.get(args.name.toLowerCase()) ?? refuse("there is no such role");
    checkBoundary(args.permissions_boundary, account);
    Object.assign(live, { trust: args.assume_role_policy, boundary: args.permissions_boundary });
  } else if (type === "aws_iam_policy") {
    policies.set(arnOf("policy", args.path, args.name), args.policy);
  } else if (type === "aws_iam_role_policy_attachment") {
    attach(args.policy_arn);
  } else if (type === "aws_iam_role_policy") {
    role().inline.set(args.name, args.policy);
  } else if (type === "aws_iam_role_policies_exclusive") {
    for (const name of role().inline.keys()) if (!args.policy_names.includes(name)) role().inline.delete(name);
  } else if (type === "aws_iam_role_policy_attachments_exclusive") {
    for (const arn of args.policy_arns) attach(arn);
    for (const arn of role().attached) if (!args.policy_arns.includes(arn)) role().attached.delete(arn);
  } else if (type === "aws_cloudcontrolapi_resource" && args.desired_state.ChannelId) {
    const { TeamId, ChannelId, ChannelRoleArn } = args.desired_state;
    if (args.key !== `${TeamId}/${ChannelId}`) refuse("a channel's ID can't be changed");
    channels.set(args.key, ChannelRoleArn);
  }
  function attach(arn: string): void {
    checkPolicy(arn, account);
    role().attached.add(arn);
  }
}

/** AWS refuses a document without statements, and one of the other kind. */
function checkDocuments({ policy, assume_role_policy: trust }: Json): void {
  for (const document of [policy, trust]) {
    if (document === undefined) continue;
    const statements = [JSON.parse(document).Statement].flat();
    const isOther = (one: Json) => (document === trust) === (one.Principal === undefined);
    if (statements.length === 0 || statements.some(isOther)) refuse("the document is malformed");
  }
}

function checkBoundary(arn: string | undefined, account: Account): void {
  if (arn !== undefined) checkPolicy(arn, account);
}

function checkPolicy(arn: string, { policies }: Account): void {
  const isThere = policies.has(arn) || awsManagedDocument(arn) !== undefined || FOREIGN_POLICIES.includes(arn);
  if (!isThere) refuse("there is no such policy");
}

function destroy(type: string, args: Json, account: Account): void {
  const { roles, policies, channels } = account;
  const role = roles.get(String(args.role_name ?? args.role).toLowerCase());
  if (type === "aws_iam_role") {
    const live = roles.get(args.name.toLowerCase());
    if (live && live.attached.size + live.inline.size > 0) refuse("the role has policies");
    roles.delete(args.name.toLowerCase());
  } else if (type === "aws_iam_policy") {
    const arn = arnOf("policy", args.path, args.name);
    const isUsed = ({ attached, boundary }: Role) => attached.has(arn) || boundary === arn;
    if ([...roles.values()].some(isUsed)) refuse("the policy is used");
    policies.delete(arn);
  } else if (type === "aws_iam_role_policy_attachment") role?.attached.delete(args.policy_arn);
  else if (type === "aws_iam_role_policy") role?.inline.delete(args.name);
  else if (type === "aws_iam_service_linked_role") account.quotasRole = false;
  else if (type === "aws_cloudcontrolapi_resource" && args.desired_state.ChannelId) channels.delete(args.key);
}

function copyOf({ roles, policies, channels, quotasRole }: Account): Account {
  const copied = [...roles].map(([name, role]) => {
    return [name, { ...role, attached: new Set(role.attached), inline: new Map(role.inline) }] as const;
  });
  return { roles: new Map(copied), policies: new Map(policies), channels: new Map(channels), quotasRole };
}

function emptyWorld(stacks: readonly Json[]): World {
  const quotasRole = stacks.some((stack) => (stack.import ?? []).some(({ to }: Json) => to === QUOTAS_ROLE));
  const account = { roles: new Map(), policies: new Map(), channels: new Map(), quotasRole };
  return { account, state: new Map(), failed: [] };
}

/** What comes of a change, by the model. */
export type Judgement =
  | {
      readonly is: "applied";
      /** Who may do more, if anybody, after the change or once it is applied again. */
      readonly gains: readonly string[];
      readonly before: World;
      /** By each order of what Terraform does at once. */
      readonly after: readonly World[];
    }
  | { readonly is: "unknown"; readonly why: string }
  /** Terraform refuses the change or, if nothing is there before, its base. */
  | { readonly is: "refused"; readonly why: string; readonly before?: World };

/** What a change of a stack gives anybody, once its base was applied to an empty account. */
export function judge(base: Json, head: Json): Judgement {
  let before: World | undefined;
  try {
    if (surroundings(base) !== surroundings(head)) unknown("the provider or the backend");
    const [first] = apply(new Values(base), emptyWorld([base, head]), [destroysLast]);
    if (!first || first.failed.length > 0) throw new Refused(`the base: ${first?.failed}`);
    before = first;
    const { channels } = first.account;
    if (base.provider.aws[0].region !== head.provider.aws[0].region && channels.size > 0) unknown("the region");
    const values = new Values(head);
    const after = apply(values, first);
    const found = after.flatMap((world) => [
      ...gains(first.account, world.account, world.failed.length > 0),
      ...apply(values, world).flatMap(({ account, failed }) =>
        gains(first.account, account, world.failed.length + failed.length > 0),
      ),
    ]);
    return { is: "applied", gains: [...new Set(found)], before, after };
  } catch (error) {
    if (error instanceof Unknown) return { is: "unknown", why: error.message };
    if (error instanceof Refused) return { is: "refused", why: error.message, before };
    throw error;
  }
}

/** As whom and where Terraform acts, apart from what only names whose credentials of the account it takes. */
function surroundings({ terraform, provider }: Json): string {
  const { required_version: _, backend, ...settings } = terraform;
  const [{ profile: __, region: ___, ...aws }, ...others] = provider.aws;
  const { profile: ____, ...s3 } = backend?.s3 ?? {};
  return canonical([settings, { ...backend, s3 }, aws, others]);
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_, inside) =>
    inside && typeof inside === "object" && !Array.isArray(inside)
      ? Object.fromEntries(Object.entries(inside).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inside,
  );
}

function refuse(why: string): never {
  throw new Refused(why);
}

function unknown(what: string): never {
  throw new Unknown(what);
}

const nothing = () => {};
