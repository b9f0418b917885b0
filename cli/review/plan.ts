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
import { otherCodeIn } from "./plan-code";

/** What a plan would do in an environment. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What it gives and takes beyond the change of the code. Undefined: nothing that anybody has to approve. */
  readonly drift?: Drift;
}

/** That the account isn't as the code was, so that a deploy gives somebody more than the change of the code does. */
export interface Drift {
  readonly verdict: Verdict;
  /** From what is in the account to what the deploy makes. */
  readonly access: AccessChanges;
  readonly unknownPolicies: LiveAccess["unknownPolicies"];
  readonly unreadable: LiveAccess["unreadable"];
  /** What is in the account, and what the deploy makes of it, in one form: what an approval is for. */
  readonly approved: unknown;
}

/** What Terraform would do with something. */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "import" | "forget";

/** One thing that a plan changes. */
export interface PlannedChange {
  /** In Terraform. */
  readonly address: string;
  /** Of the resource, such as `aws_iam_role`. */
  readonly type: string;
  readonly action: PlannedAction;
  /** What of it changes, in place or by a replacement. */
  readonly attributes: readonly PlannedAttribute[];
  /** Whether the code says nothing else of any of it: somebody changed it by hand, or it was never deployed. */
  readonly drift: boolean;
  /** What goes from a role: what is attached to it, or written into it. */
  readonly removed: readonly Removed[];
  /** What is attached to a role: ARNs of managed policies, or their address where they are made first. */
  readonly attached: readonly string[];
  /** Whether it is the rest of a replacement that was interrupted. */
  readonly isDeposed: boolean;
}

/** One attribute that a plan changes. */
export interface PlannedAttribute {
  readonly name: string;
  /** Whether the code says the same of it before and after. */
  readonly drift: boolean;
}

/** A policy that goes from a role. */
export interface Removed {
  /** ARN of a managed policy, or name of an inline one. */
  readonly policy: string;
  /** Whether the code before the change doesn't have it: somebody put it there. */
  readonly byHand: boolean;
}

/** The major version of Terraform's plan format that is understood. Minor versions and fields come and go. */
const MAJOR_VERSION = "1";

/**
 * Reads a plan and sets it against the change of the code.
 *
 * @param file what `terraform show -json` has printed
 * @param base the code before the change. Undefined: there was none
 * @throws CommandError for a plan that is of other code than `head`
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
      `Received ${describePath(file)} of a plan that ${plan.errored === true ? "failed" : "is not complete"}, expected a whole one. Plan again.`,
    );
  }
  expectPlanOf(environment, file, plan, head);
  const changes = plan.resource_changes ?? []; // Terraform leaves it out where nothing is configured
  if (plan.resource_changes === null || !Array.isArray(changes) || !changes.every(isFields)) {
    throw new CommandError(
      `Received ${describePath(file)} whose resource_changes are no list of mappings, expected a plan. Write it with \`terraform show -json PLAN\`.`,
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
  const { saidElse, comesOrGoes } = changesOfCode(base ?? {}, head ?? {});
  const blocks = head ? readStack(head).blocks : new Map<string, Block>();
  return resources.flatMap((resource): PlannedChange[] => {
    const change = isFields(resource.change) ? resource.change : {};
    const action = actionOf(change);
    const address = textOf(resource.address);
    const place = placeOf(address);
    const from = placeOf(textOf(resource.previous_address ?? address));
    if (action === undefined) return [];
    const type = textOf(resource.type);
    // A replacement that was interrupted left the old one, which is deleted now.
    const isDeposed = resource.deposed !== undefined;
    if (isDeposed)
      return [{ address, type, action, attributes: [], drift: true, removed: [], attached: [], isDeposed }];
    const isAlone = action === "create" || action === "delete";
    const attributes = action === "update" || action === "replace" ? attributesOf(change) : [];
    return [
      {
        ...{ address, type, action, isDeposed },
        attributes: attributes.map(({ name, known }) => ({ name, drift: known && !saidElse(place, from, name) })),
        // What is there before and after is made or deleted alone because somebody deleted or made it by hand.
        drift: !isImported(change) && !(isAlone ? comesOrGoes(place, from) : saidElse(place, from)),
        removed: type.endsWith("_exclusive") && action === "update" ? removedFrom(change, base) : [],
        attached: attachedBy(type, action, change, blocks.get(place)),
      },
    ];
  });
}

/** What a plan attaches to a role. What is known only after the deploy is told by what the code says. */
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
  // What can't be read of the code may be what was changed by hand.
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

/** Whether the code leaves a policy on its role that isn't known there either. */
function isKept({ role, policy }: LiveAccess["unknownPolicies"][number], { unreadable }: EnvironmentAccess): boolean {
  return unreadable.some(
    ({ reason, address, source }) =>
      reason === "foreign-policy" && address === `aws_iam_role.${role}` && source === policy,
  );
}

/** What somebody changed by hand, as a plan has found it. */
function driftingIn(resources: readonly Fields[], changes: readonly PlannedChange[]): unknown[] {
  const isDrift = ({ drift, attributes }: PlannedChange) => drift || attributes.some((one) => one.drift);
  const addresses = new Set(changes.filter(isDrift).map(({ address }) => address));
  return resources.flatMap(({ address, change }) =>
    addresses.has(textOf(address)) ? [[address, isFields(change) ? change.before : undefined]] : [],
  );
}

/** What gives nobody anything is told as what Terraform changes. */
function withoutSettings(access: EnvironmentAccess): EnvironmentAccess {
  const roles = [...access.roles].map(([name, role]) => {
    const { policies: _, maxSessionDuration: __, ...rest } = role;
    return [name, rest] as const;
  });
  return { ...access, roles: new Map(roles) };
}

/** A plan tells nothing of registrations and accounts that matters here. */
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

/** What a plan has found in the account, by one of its addresses: before something is moved in the state, or after. */
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
    `Received ${describePath(file)} that is no mapping in JSON, expected a plan. Write it with \`terraform show -json PLAN\`.`;
  const missing = (why: string) =>
    `Received the plan ${describePath(file)}, expected a file that can be read, but: ${why}. Check the name.`;
  const plan = readJsonFile(file, missing, broken);
  if (isFields(plan)) return plan;
  throw new CommandError(broken());
}

/** A plan of other code tells nothing of this change. */
function expectPlanOf(environment: string, file: string, plan: Fields, head: Terraform | undefined): void {
  if (!head) {
    throw new CommandError(
      `Received ${describePath(file)} for ${environment}, expected a plan of an environment that --head has: Terraform does nothing to one that is removed. Leave the plan out.`,
    );
  }
  const other = otherCodeIn(plan, head);
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

/** What changes of it. What is known only after the deploy follows from something else. */
function attributesOf(change: Fields): { name: string; known: boolean }[] {
  const [was, is, later] = [change.before, change.after, change.after_unknown].map((value) =>
    isFields(value) ? value : {},
  );
  const names = [...new Set([was, is, later].flatMap((fields) => Object.keys(fields ?? {})))].sort();
  return names
    .map((name) => ({ name, known: later?.[name] !== true }))
    .filter(({ name, known }) => name !== "tags_all" && (!known || orNothing(was?.[name]) !== orNothing(is?.[name])));
}

/** A value in one form. AWS keeps what is left out as something empty. */
function orNothing(value: unknown): string {
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

/** Arguments that decide what something is called, and so its ID and its ARN. */
const IDENTITY = ["name", "name_prefix", "path"];

/** A reference: an address and an attribute, in a template or in an expression. */
const REFERENCE = /\b((?:data\.)?aws_\w+\.[\w-]+)\.(\w+)/g;

/** What the code says otherwise. `from` is where an address was before. */
interface ChangesOfCode {
  /** Whether it says something else of an address, or of one of its attributes, itself or through what it refers to. */
  readonly saidElse: (address: string, from: string, attribute?: string) => boolean;
  /** Whether it has an address before or after alone. */
  readonly comesOrGoes: (address: string, from: string) => boolean;
}

function changesOfCode(base: Terraform, head: Terraform): ChangesOfCode {
  const [before, after] = [argumentsByAddress(base), argumentsByAddress(head)];
  const differs = (of: (terraform: Terraform) => unknown) => canonical(of(base)) !== canonical(of(head));
  const grounds = differs(groundsOf);
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
    const seen = new Set<string>(); // what refers to itself in a circle is gone through once
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
  const comesOrGoes = (address: string, from: string) =>
    grounds || before.has(from) !== after.has(address) || (modules && address.startsWith("module."));
  const saidElse = (address: string, from: string, attribute?: string) => {
    if (comesOrGoes(address, from)) return true;
    if (attribute !== undefined) return argumentChanges(address, from, attribute) || (tags && attribute === "tags");
    const all = Object.keys({ ...before.get(from), ...after.get(address) });
    return tags || all.some((argument) => argumentChanges(address, from, argument));
  };
  return { saidElse, comesOrGoes };
}

/** What decides of everything: where Terraform acts, and where the state is. */
function groundsOf({ provider, terraform }: Terraform): unknown {
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

/** What a policy document says, however it is written: as Terraform's plan has it. */
function normalizeDocument(block: Fields): unknown {
  const { statements, unreadable } = readTerraformPolicy(block);
  return unreadable.length > 0 ? block : normalizeStatements(statements);
}
