import { describePath } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { normalizeStatements } from "../iam/normalize";
import { readTerraformPolicy } from "../iam/terraform-policy";
import { canonical, type Fields, isFields, listIfAny, textOf } from "../json";
import { readJsonFile } from "../json-file";
import { type EnvironmentAccess, NO_ACCESS, readAccess } from "../terraform/access";
import { type AccessChanges, compareAccess } from "../terraform/access-changes";
import { type Block, readStack } from "../terraform/stack";
import type { Terraform } from "../terraform/synthesized-folder";
import { loudest, needsApproval, type Verdict } from "../terraform/verdict";
import { normalizeAccess } from "./digest";
import { certain } from "./environment-change";
import { type LiveAccess, type LiveResource, readLiveAccess } from "./live-access";
import { codeDifference } from "./plan-code";

/** What a plan would do in an environment. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What it gives and takes beyond the change of the code. Undefined: nothing that needs an approval. */
  readonly drift?: Drift;
}

/** How the account differs from the code before the change, so that a deploy gives somebody more than the code change does. */
export interface Drift {
  readonly verdict: Verdict;
  /** From what is in the account to what the deploy creates. */
  readonly access: AccessChanges;
  readonly unknownPolicies: LiveAccess["unknownPolicies"];
  readonly unreadable: LiveAccess["unreadable"];
  /** What is in the account, and what the deploy makes of it, in normal form: what an approval covers. */
  readonly approved: unknown;
}

/** What Terraform would do with a resource. */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "import" | "forget";

/** One thing that a plan changes. */
export interface PlannedChange {
  /** In Terraform. */
  readonly address: string;
  /** Of the resource, such as `aws_iam_role`. */
  readonly type: string;
  readonly action: PlannedAction;
  /** The attributes that change, in place or by a replacement. */
  readonly attributes: readonly PlannedAttribute[];
  /** Whether the code change explains none of it: somebody changed it by hand, or it was never deployed. */
  readonly drift: boolean;
  /** The policies that are removed from a role, attached and inline. */
  readonly removed: readonly Removed[];
  /** The policies that are attached to a role: ARNs, or addresses of those that are created first. */
  readonly attached: readonly string[];
  /** Whether an interrupted replacement left it. */
  readonly isDeposed: boolean;
}

/** One attribute that a plan changes. */
export interface PlannedAttribute {
  readonly name: string;
  /** Whether the code doesn't change it. */
  readonly drift: boolean;
}

/** A policy that is removed from a role. */
export interface Removed {
  /** ARN of a managed policy, or name of an inline one. */
  readonly policy: string;
  /** Whether the code before the change doesn't have it: somebody added it by hand. */
  readonly byHand: boolean;
}

/** The supported major version of Terraform's plan format. Minor versions add and remove fields. */
const MAJOR_VERSION = "1";

/**
 * Reads a plan and compares it with the code change.
 *
 * @param file what `terraform show -json` has printed
 * @param base the code before the change. Undefined: there was none
 * @throws CommandError for a plan of other code than `head`
 */
export function readPlan(
  environment: string,
  file: string,
  base: Terraform | undefined,
  head: Terraform | undefined,
): Plan {
  const plan = readMapping(file);
  const version = textOf(plan.format_version ?? "");
  const [major] = version.split(".");
  if (major !== MAJOR_VERSION || !("resource_changes" in plan || "planned_values" in plan)) {
    throw new CommandError(
      `Received ${describePath(file)} of format ${describePath(version)}, expected a plan of format ${MAJOR_VERSION}.x. Write it with \`terraform show -json PLAN\`.`,
    );
  }
  if (plan.errored === true || plan.complete === false) {
    throw new CommandError(
      `Received ${describePath(file)} of a plan that ${plan.errored === true ? "failed" : "is not complete"}, expected a complete one. Plan again.`,
    );
  }
  expectPlanOf(environment, file, plan, head);
  const changes = plan.resource_changes ?? []; // Terraform leaves it out where nothing is configured
  if (plan.resource_changes === null || !Array.isArray(changes) || !changes.every(isFields)) {
    throw new CommandError(
      `Received ${describePath(file)} whose resource_changes aren't a list of mappings, expected a plan. Write it with \`terraform show -json PLAN\`.`,
    );
  }
  const managed = changes.filter(({ mode }) => mode !== "data");
  const planned = plannedChanges(managed, base, head);
  return { changes: planned, drift: driftOf(managed, planned, base, head) };
}

function plannedChanges(
  resources: readonly Fields[],
  base: Terraform | undefined,
  head: Terraform | undefined,
): PlannedChange[] {
  const { isChanged, isAddedOrRemoved } = changesOfCode(base ?? {}, head ?? {});
  const blocks = head ? readStack(head).blocks : new Map<string, Block>();
  return resources.flatMap((resource): PlannedChange[] => {
    const change = isFields(resource.change) ? resource.change : {};
    const action = actionOf(change);
    const address = textOf(resource.address);
    const place = placeOf(address);
    const from = placeOf(textOf(resource.previous_address ?? address));
    if (action === undefined) return [];
    const type = textOf(resource.type);
    // An interrupted replacement left the old one, which is deleted now.
    const isDeposed = resource.deposed !== undefined;
    if (isDeposed)
      return [{ address, type, action, attributes: [], drift: true, removed: [], attached: [], isDeposed }];
    const isAlone = action === "create" || action === "delete";
    const attributes = action === "update" || action === "replace" ? attributesOf(change) : [];
    return [
      {
        ...{ address, type, action, isDeposed },
        attributes: attributes.map(({ name, known }) => ({ name, drift: known && !isChanged(place, from, name) })),
        // What the code has before and after is created or deleted only because somebody deleted or created it by hand.
        drift: !isImported(change) && !(isAlone ? isAddedOrRemoved(place, from) : isChanged(place, from)),
        removed: type.endsWith("_exclusive") && action === "update" ? removedFrom(change, base) : [],
        attached: attachedBy(type, action, change, blocks.get(place)),
      },
    ];
  });
}

/** The policies that a plan attaches to a role. If they are known only after the deploy, the code says which. */
function attachedBy(
  type: string,
  action: PlannedAction,
  { before, after }: Fields,
  coded: Block | undefined,
): string[] {
  const argument = {
    aws_iam_role_policy_attachment: "policy_arn",
    aws_iam_role_policy_attachments_exclusive: "policy_arns",
  };
  const name = Object.hasOwn(argument, type) ? argument[type as keyof typeof argument] : undefined;
  if (name === undefined || !["create", "update", "replace"].includes(action)) return [];
  const [had, has] = [before, after].map((values) => (isFields(values) ? listIfAny(values[name]) : []));
  const isKnown = has !== undefined && has.length > 0 && has.every((policy) => typeof policy === "string");
  const planned = isKnown ? has : listIfAny(coded?.body[name]);
  return planned.filter((policy) => !had?.includes(policy)).map(policyName);
}

/** The address of a policy that a reference stands for, or its ARN. */
function policyName(value: unknown): string {
  return textOf(value).replace(/^\$\{(.*)\.(?:arn|id)\}$/, "$1");
}

/** What the deploy gives beyond the change of the code, since somebody changed the account by hand, or it was never deployed. */
function driftOf(
  resources: readonly Fields[],
  changes: readonly PlannedChange[],
  base: Terraform | undefined,
  head: Terraform | undefined,
): Drift | undefined {
  const accessOf = (code: Terraform | undefined) => withoutSettings(code ? readAccess(readStack(code)) : NO_ACCESS);
  const [before, after] = [accessOf(base), accessOf(head)];
  const live = readLiveAccess(liveResources(resources, "previous_address"));
  const planned = readLiveAccess(liveResources(resources, "address"));
  const { unreadable } = live;
  const unknownPolicies = live.unknownPolicies.filter((one) => !isKept(one, after));
  // An unreadable part of the code may be what was changed by hand.
  const open = after.unreadable.length > 0 ? driftingIn(resources, changes) : [];
  const isUnknown = [unknownPolicies, unreadable, open].some(({ length }) => length > 0);
  const access = certain(compareAccess(withRegistrationsOf(after, planned.access), after), after.unreadable);
  const verdict = loudest([verdictOfAccess(access), isUnknown ? "unknown" : "unchanged"]);
  const fromLive = verdictOfAccess(compareAccess(withRegistrationsOf(before, live.access), before));
  if (!needsApproval(verdict) || !(needsApproval(fromLive) || isUnknown)) return undefined;
  const found = { unknownPolicies, unreadable: unreadable.map(({ source }) => source), open };
  const approved = [normalizeAccess(live.access), normalizeAccess(after), found];
  return { verdict, access, unknownPolicies, unreadable, approved };
}

/** Whether the code keeps a policy on its role, with unknown content there, too. */
function isKept({ role, policy }: LiveAccess["unknownPolicies"][number], { unreadable }: EnvironmentAccess): boolean {
  return unreadable.some(
    ({ reason, address, source }) =>
      reason === "foreign-policy" && address === `aws_iam_role.${role}` && source === policy,
  );
}

/** What somebody changed by hand, as a plan found it. */
function driftingIn(resources: readonly Fields[], changes: readonly PlannedChange[]): unknown[] {
  const isDrift = ({ drift, attributes }: PlannedChange) => drift || attributes.some((one) => one.drift);
  const addresses = new Set(changes.filter(isDrift).map(({ address }) => address));
  return resources.flatMap(({ address, change }) =>
    addresses.has(textOf(address)) ? [[address, isFields(change) ? change.before : undefined]] : [],
  );
}

/** Access without settings that give nobody anything: the report has them among Terraform's changes. */
function withoutSettings(access: EnvironmentAccess): EnvironmentAccess {
  const roles = [...access.roles].map(([name, role]) => {
    const { policies: _, maxSessionDuration: __, ...rest } = role;
    return [name, rest] as const;
  });
  return { ...access, roles: new Map(roles) };
}

/** Access with the registrations and the account of the code: those of a plan don't matter here. */
function withRegistrationsOf(
  { registrations, account }: EnvironmentAccess,
  live: EnvironmentAccess,
): EnvironmentAccess {
  return { ...live, registrations, account };
}

function verdictOfAccess({ roles, channels, serviceQuotasRole }: AccessChanges): Verdict {
  return loudest(
    [...roles, ...channels, ...(serviceQuotasRole ? [serviceQuotasRole] : [])].map(({ verdict }) => verdict),
  );
}

/** What a plan found in the account, by the address before or after moves in the state. */
function liveResources(resources: readonly Fields[], by: "address" | "previous_address"): LiveResource[] {
  return resources.flatMap(({ address, previous_address = address, type, change, deposed }): LiveResource[] => {
    const { before: values } = isFields(change) ? change : { before: undefined };
    if (!isFields(values) || deposed !== undefined) return [];
    const place = placeOf(textOf(by === "address" ? address : previous_address));
    return [{ address: place, type: textOf(type), name: place.slice(textOf(type).length + 1), values }];
  });
}

function readMapping(file: string): Fields {
  const broken = () =>
    `Received ${describePath(file)} that is not a JSON mapping, expected a plan. Write it with \`terraform show -json PLAN\`.`;
  const missing = (why: string) =>
    `Received the plan ${describePath(file)}, expected a file that can be read, but: ${why}. Check the name.`;
  const plan = readJsonFile(file, missing, broken);
  if (isFields(plan)) return plan;
  throw new CommandError(broken());
}

/** A plan of other code says nothing about this change. */
function expectPlanOf(environment: string, file: string, plan: Fields, head: Terraform | undefined): void {
  if (!head) {
    throw new CommandError(
      `Received ${describePath(file)} for ${environment}, expected a plan of an environment that --head has: Terraform does nothing to one that is removed. Leave the plan out.`,
    );
  }
  const other = codeDifference(plan, head);
  if (!other) return;
  const what = other.argument === undefined ? other.address : `${other.argument} of ${other.address}`;
  throw new CommandError(
    `Received ${describePath(file)} for ${environment}, expected a plan of what --head has for it: ${what} is different. Plan what was synthesized, and give each environment its own plan.`,
  );
}

function actionOf({ actions, importing }: Fields): PlannedAction | undefined {
  const steps = Array.isArray(actions) ? actions : [];
  if (steps.includes("create") && steps.includes("delete")) return "replace";
  if (steps.includes("create")) return "create";
  if (steps.includes("update")) return "update";
  if (steps.includes("delete")) return "delete";
  if (steps.includes("forget")) return "forget";
  return isImported({ importing }) ? "import" : undefined;
}

function isImported({ importing }: Fields): boolean {
  return importing !== undefined && importing !== null;
}

/** The attributes that change. Those known only after the deploy follow from something else. */
function attributesOf(change: Fields): { name: string; known: boolean }[] {
  const [was, is, later] = [change.before, change.after, change.after_unknown].map((value) =>
    isFields(value) ? value : {},
  );
  const names = [...new Set([was, is, later].flatMap((fields) => Object.keys(fields ?? {})))].sort();
  return names
    .map((name) => ({ name, known: later?.[name] !== true }))
    .filter(
      ({ name, known }) =>
        name !== "tags_all" && (!known || normalizeValue(was?.[name]) !== normalizeValue(is?.[name])),
    );
}

/** A value in normal form: AWS stores an omitted value as an empty one. */
function normalizeValue(value: unknown): string {
  const text = canonical(value ?? null);
  return ['""', "[]", "{}"].includes(text) ? "null" : text;
}

function removedFrom({ before, after }: Fields, base: Terraform | undefined): Removed[] {
  const all = (value: unknown) =>
    isFields(value) ? [...listIfAny(value.policy_arns), ...listIfAny(value.policy_names)].map(textOf) : [];
  const left = new Set(all(after));
  const code = canonical(base?.resource ?? {});
  return all(before)
    .filter((one) => !left.has(one))
    .map((policy) => ({
      policy,
      byHand: ![policy, policy.split("/").at(-1)].some((name) => code.includes(JSON.stringify(name))),
    }));
}

/** An address without the index that `count` or `for_each` gives it. */
function placeOf(address: string): string {
  return address.replace(/\[[^\]]*\]$/, "");
}

/** Arguments that decide a name, and so an ID and an ARN. */
const IDENTITY = ["name", "name_prefix", "path"];

/** A reference: an address and an attribute, in a template or in an expression. */
const REFERENCE = /\b((?:data\.)?aws_\w+\.[\w-]+)\.(\w+)/g;

/** What the code changes. `from` is the address before a move. */
interface ChangesOfCode {
  /** Whether it changes an address, or one of its attributes, directly or through a reference. */
  readonly isChanged: (address: string, from: string, attribute?: string) => boolean;
  /** Whether it adds or removes an address. */
  readonly isAddedOrRemoved: (address: string, from: string) => boolean;
}

function changesOfCode(base: Terraform, head: Terraform): ChangesOfCode {
  const [before, after] = [argumentsByAddress(base), argumentsByAddress(head)];
  const differs = (of: (terraform: Terraform) => unknown) => canonical(of(base)) !== canonical(of(head));
  const isRetargeted = differs(targetOf);
  const values = differs(({ locals, variable }) => [locals, variable]);
  const modules = differs(({ module }) => module);
  const tags = differs(({ provider }) => defaultTagsOf(provider));
  /** The arguments that decide an attribute. */
  const argumentsOf = (address: string, attribute: string): readonly string[] => {
    const all = Object.keys({ ...before.get(address), ...after.get(address) });
    if (all.includes(attribute)) return [attribute];
    return attribute === "json" ? all : IDENTITY;
  };
  const argumentChanges = (address: string, from: string, argument: string): boolean => {
    const seen = new Set<string>(); // follows circular references once
    const open = [{ address, from, argument }];
    for (const { address, from, argument } of open) {
      const [was, is] = [before.get(from)?.[argument], after.get(address)?.[argument]];
      const text = canonical(is);
      if (canonical(was) !== text || (values && /\b(local|var)\./.test(text))) return true;
      for (const [reference, other = "", attribute = ""] of text.matchAll(REFERENCE)) {
        if (seen.has(reference)) continue;
        seen.add(reference);
        if (before.has(other) !== after.has(other)) return true;
        for (const argument of argumentsOf(other, attribute)) open.push({ address: other, from: other, argument });
      }
    }
    return false;
  };
  const isAddedOrRemoved = (address: string, from: string) =>
    isRetargeted || before.has(from) !== after.has(address) || (modules && address.startsWith("module."));
  const isChanged = (address: string, from: string, attribute?: string) => {
    if (isAddedOrRemoved(address, from)) return true;
    if (attribute !== undefined) return argumentChanges(address, from, attribute) || (tags && attribute === "tags");
    const all = Object.keys({ ...before.get(from), ...after.get(address) });
    return tags || all.some((argument) => argumentChanges(address, from, argument));
  };
  return { isChanged, isAddedOrRemoved };
}

/** What affects every resource: where Terraform acts, and where the state is. */
function targetOf({ provider, terraform }: Terraform): unknown {
  const { s3, ...others } = isFields(terraform) && isFields(terraform.backend) ? terraform.backend : {};
  const { profile: _, ...place } = isFields(s3) ? s3 : {}; // whose credentials read the state doesn't decide which one it is
  const state = isFields(terraform) ? [place, others, terraform.cloud] : terraform;
  const places = providersOf(provider).map(({ alias, region, endpoints, allowed_account_ids }) => [
    alias,
    region,
    endpoints,
    allowed_account_ids,
  ]);
  return [state, places];
}

function defaultTagsOf(provider: unknown): unknown {
  return providersOf(provider).map(({ default_tags }) => default_tags);
}

function providersOf(provider: unknown): Fields[] {
  return isFields(provider) ? [provider.aws].flat().filter(isFields) : [];
}

function argumentsByAddress({ resource, data }: Terraform): Map<string, Fields> {
  const all = new Map<string, Fields>();
  for (const [prefix, section] of [
    ["", resource],
    ["data.", data],
  ] as const) {
    for (const [type, blocks] of Object.entries(isFields(section) ? section : {})) {
      for (const [name, block] of Object.entries(isFields(blocks) ? blocks : {})) {
        const { "//": _, depends_on: __, ...rest } = isFields(block) ? block : {};
        all.set(`${prefix}${type}.${name}`, prefix === "" ? rest : { says: normalizeDocument(rest) });
      }
    }
  }
  return all;
}

/** A policy document in normal form, however it is written. */
function normalizeDocument(block: Fields): unknown {
  const { statements, unreadable } = readTerraformPolicy(block);
  return unreadable.length > 0 ? block : normalizeStatements(statements);
}
