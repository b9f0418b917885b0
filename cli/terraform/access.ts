import { validate } from "@aws-sdk/util-arn-parser";
import type { Notify } from "../../modules/support-app/notify";
import { SERVICE_QUOTAS_ROLE_ADDRESS } from "../../modules/support-app/service-quotas-role";
import { pathAndNameOf } from "../iam/arn";
import { awsManagedPolicy } from "../iam/aws-managed-policies";
import { EMPTY_POLICY, mergePolicies, type Policy, readPolicy, type Statement, unreadablePolicy } from "../iam/policy";
import { hasTemplate, readTerraformPolicy } from "../iam/terraform-policy";
import { canonical, isFields, list, textOf } from "../json";
import { referenceOf } from "./expression";
import { isOwnImport } from "./imports";
import { resourceTypeOf } from "./resource-types";
import { type Block, isLiteral, isReferenceIn, type Stack } from "./stack";
import { checkPermission, checkTrust } from "./statements";
import type { Unreadable, UnreadableReason } from "./unreadable";

/** The access that an environment gives, as far as it can be read. */
export interface EnvironmentAccess {
  /** The only account that it can be deployed to. Undefined: any. */
  readonly account?: string;
  /** By their name in Terraform. */
  readonly roles: ReadonlyMap<string, RoleAccess>;
  readonly channels: readonly ChannelAccess[];
  /** Whether the stack has the Service Quotas role, or hands it back to the account. `absent`: neither. */
  readonly serviceQuotasRole: "managed" | "handed-back" | "absent";
  /** Registrations with the Support App, by address. */
  readonly registrations: ReadonlyMap<string, Registration>;
  /** Unreadable parts. If there are any, nothing is certain. */
  readonly unreadable: readonly Unreadable[];
}

/** A role, and what whoever assumes it may do, as far as it can be read. */
export interface RoleAccess {
  /** In IAM. */
  readonly name: string;
  /** In IAM. */
  readonly path: string;
  readonly trust: readonly Statement[];
  readonly permissions: readonly Statement[];
  /** The permissions boundary. Undefined: none. */
  readonly boundary?: Boundary;
  /** Maximum session duration, in seconds. Undefined: IAM's default. */
  readonly maxSessionDuration?: number;
  /** Paths and names in IAM of the attached policies that the stack creates. */
  readonly policies?: readonly string[];
}

/** A permissions boundary. */
export interface Boundary {
  /** Its ARN, or its address if this stack creates it. */
  readonly policy: string;
  /** Its statements, if this stack creates it. */
  readonly statements?: readonly Statement[];
}

/** A channel, and the role of everyone in it. */
export interface ChannelAccess {
  readonly workspace: string;
  readonly channel: string;
  /** In Slack. */
  readonly name: string;
  /** The role's name in Terraform. */
  readonly role: string;
  readonly notify: Notify;
}

/** A registered workspace, or the account's alias. */
export interface Registration {
  readonly kind: "workspace" | "account-alias";
  readonly value: string;
}

/** No access at all. */
export const NO_ACCESS: EnvironmentAccess = {
  roles: new Map(),
  channels: [],
  serviceQuotasRole: "absent",
  registrations: new Map(),
  unreadable: [],
};

/** The policies that a stack puts on a role, as they are written there. */
export interface PutOnRole {
  /** ARNs of managed policies. */
  readonly attached: unknown[];
  readonly inline: { readonly name: unknown; readonly document: unknown }[];
  /** The exclusive lists. Undefined: the role may have other policies. */
  onlyAttached?: readonly unknown[];
  onlyInline?: readonly unknown[];
}

/** What the readers of resource types fill in. */
export interface AccessReader {
  readonly stack: Stack;
  readonly channels: ChannelAccess[];
  readonly registrations: Map<string, Registration>;
  /** The role of this stack that a reference, a name or an ARN stands for, by its name in Terraform. */
  readonly roleNamed: (value: unknown) => string | undefined;
  /** What is put on that role. Undefined: it isn't in this stack. */
  readonly putOn: (value: unknown) => PutOnRole | undefined;
  readonly fail: (reason: UnreadableReason, block: Block, source?: unknown) => void;
}

/** Reads the access that an environment's Terraform gives. */
export function readAccess(stack: Stack): EnvironmentAccess {
  const unreadable: Unreadable[] = [...stack.unreadable];
  const fail = (reason: UnreadableReason, { address, body }: Block, source: unknown = body) =>
    unreadable.push({ reason, address, source });
  const roles = blocksOf("aws_iam_role", stack);
  const rolesWithPolicies = roles.map((block): [Block, PutOnRole] => [block, { attached: [], inline: [] }]);
  const put = new Map(rolesWithPolicies.map(([{ name }, policies]) => [name, policies]));
  const roleNamed = roleFinder(stack, roles);
  const reader: AccessReader = {
    stack,
    channels: [],
    registrations: new Map(),
    roleNamed,
    putOn: (value) => put.get(roleNamed(value) ?? ""),
    fail,
  };
  for (const block of stack.blocks.values()) readBlock(block, reader);
  checkNames(stack, fail);
  checkUse(stack, put, fail);
  const documents = documentReader(stack);
  const readRoles = rolesWithPolicies.map(([block, policies]): [string, RoleAccess] => [
    block.name,
    readRole(block, policies, stack, documents.read, fail),
  ]);
  // A role's own documents are reported with the role.
  for (const [block, { unreadable }] of documents.notRead()) {
    for (const { reason, source } of unreadable) fail(reason, block, source);
  }
  return {
    account: stack.provider.account,
    roles: new Map(readRoles),
    channels: reader.channels,
    serviceQuotasRole: serviceQuotasRoleIn(stack),
    registrations: reader.registrations,
    unreadable: [...unreadable, ...foreignEntries(stack, roleNamed)],
  };
}

/** The roles of what puts policies on them, by the address of that: all names are those in Terraform. */
export function rolesOfAttachments(stack: Stack): Map<string, string | undefined> {
  const roleNamed = roleFinder(stack, blocksOf("aws_iam_role", stack));
  const types = ["aws_iam_role_policy_attachment", "aws_iam_role_policy"];
  const blocks = types.flatMap((type) => blocksOf(type, stack));
  return new Map(blocks.map(({ address, body }) => [address, roleNamed(body.role)]));
}

function blocksOf(type: string, { blocks }: Stack): Block[] {
  return [...blocks.values()].filter((block) => block.type === type && !block.isData);
}

/** Reads the access that a block gives, and reports its unsupported parts. */
function readBlock(block: Block, reader: AccessReader): void {
  const type = resourceTypeOf(block);
  if (!type) {
    reader.fail("unknown-type", block);
    return;
  }
  for (const [argument, source] of Object.entries(block.body)) {
    if (isSupported(argument, block, reader.stack, type.arguments)) continue;
    const isExpression = Object.hasOwn(type.arguments, argument) && hasTemplate(source);
    reader.fail(isExpression ? "expression" : "unknown-argument", block, { [argument]: source });
  }
  type.read?.(block, reader);
}

/** IAM identifies roles and policies by name, and ignores case. */
function checkNames(stack: Stack, fail: AccessReader["fail"]): void {
  for (const type of ["aws_iam_role", "aws_iam_policy"]) {
    for (const block of repeated(blocksOf(type, stack), nameInIam)) fail("duplicate-name", block);
  }
}

function nameInIam({ body }: Block): string {
  return textOf(body.name).toLowerCase();
}

/** A policy that no role here has may be attached to one elsewhere. */
function checkUse(stack: Stack, put: ReadonlyMap<string, PutOnRole>, fail: AccessReader["fail"]): void {
  const used = new Set(
    [
      ...[...put.values()].flatMap(policiesOn),
      ...blocksOf("aws_iam_role", stack).map(({ body }) => body.permissions_boundary),
    ].map((policy) => referenceOf(policy)?.address),
  );
  for (const block of blocksOf("aws_iam_policy", stack)) if (!used.has(block.address)) fail("unattached-policy", block);
}

/** The managed policies of a role. A deploy attaches those of the exclusive list that aren't attached yet. */
function policiesOn({ attached, onlyAttached = [] }: PutOnRole): unknown[] {
  return [...new Set([...attached, ...onlyAttached])];
}

function readRole(
  block: Block,
  put: PutOnRole,
  stack: Stack,
  documents: (value: unknown) => Policy,
  failBlock: AccessReader["fail"],
): RoleAccess {
  const fail: Check = (reason, source) => failBlock(reason, block, source);
  const { name, path = "/", assume_role_policy, max_session_duration } = block.body;
  const policies = policyReader(stack, documents);
  const managed = policiesOn(put);
  for (const policy of managed) if (policies(policy).isForeign) fail("foreign-policy", policy);
  const trust = documents(assume_role_policy);
  const permissions = mergePolicies([
    ...managed.map(policies),
    ...put.inline.map(({ document }) => documents(document)),
  ]);
  for (const { reason, source } of [...trust.unreadable, ...permissions.unreadable]) fail(reason, source);
  for (const statement of trust.statements) checkTrust(statement, stack.provider.account, fail);
  for (const statement of permissions.statements) checkPermission(statement, fail);
  checkOthers(put, fail);
  const attached = new Set(managed.map((policy) => referenceOf(policy)?.address));
  const own = blocksOf("aws_iam_policy", stack).filter(({ address }) => attached.has(address));
  return {
    name: textOf(name),
    path: textOf(path),
    trust: trust.statements,
    permissions: permissions.statements,
    boundary: boundaryOf(block, policies, blocksOf("aws_iam_policy", stack).map(nameInIam), failBlock),
    maxSessionDuration: max_session_duration === undefined ? undefined : Number(textOf(max_session_duration)),
    policies: own.map(({ body }) => textOf(body.path ?? "/") + textOf(body.name)),
  };
}

function serviceQuotasRoleIn({ blocks, removals }: Stack): EnvironmentAccess["serviceQuotasRole"] {
  if (blocks.has(SERVICE_QUOTAS_ROLE_ADDRESS)) return "managed";
  return removals.includes(SERVICE_QUOTAS_ROLE_ADDRESS) ? "handed-back" : "absent";
}

/** What Terraform would take over from somebody else, or stop managing. */
function foreignEntries(stack: Stack, roleNamed: AccessReader["roleNamed"]): Unreadable[] {
  const isOwnRemoval = (address: string) =>
    address === SERVICE_QUOTAS_ROLE_ADDRESS && !stack.blocks.has(SERVICE_QUOTAS_ROLE_ADDRESS);
  return [
    ...stack.removals
      .filter((address) => !isOwnRemoval(address))
      .map((source): Unreadable => ({ reason: "foreign-removal", address: `removed.${source}`, source })),
    ...stack.imports
      .filter((one) => !isOwnImport(one, stack, roleNamed))
      .map((source): Unreadable => ({ reason: "foreign-import", address: `import.${source.to}`, source })),
  ];
}

/** Arguments that never affect access. */
const META_ARGUMENTS = ["lifecycle", "depends_on"];

/** Whether an argument is supported, and written in a supported form. */
function isSupported(
  argument: string,
  { body, type }: Block,
  { blocks }: Stack,
  known: Readonly<Record<string, "literal" | "reference" | "own">>,
): boolean {
  const value = body[argument];
  if (META_ARGUMENTS.includes(argument))
    return argument === "lifecycle" ? isUsualLifecycle(value, type) : isLiteral(value);
  if (!Object.hasOwn(known, argument)) return false;
  switch (known[argument]) {
    case "literal":
      return isLiteral(value);
    case "reference":
      return list(value).every((one) => isLiteral(one) || isReferenceIn(one, blocks));
    default:
      return true; // its reader checks it
  }
}

/** AWS writes a service-linked role's description. No other change by hand may be ignored. */
function isUsualLifecycle(value: unknown, type: string): boolean {
  return list(value).every((lifecycle) => {
    if (!isFields(lifecycle)) return false;
    const { "//": _, create_before_destroy, prevent_destroy, ignore_changes = [], ...unknown } = lifecycle;
    const isIgnored = type === "aws_iam_service_linked_role" && canonical(ignore_changes) === '["description"]';
    return (
      Object.keys(unknown).length === 0 &&
      (isIgnored || canonical(ignore_changes) === "[]") &&
      [create_before_destroy, prevent_destroy].every((flag) => flag === undefined || typeof flag === "boolean")
    );
  });
}

/** Finds the role of this stack that a reference, a name or an ARN stands for. IAM ignores the case of names. */
function roleFinder({ blocks, provider }: Stack, roles: readonly Block[]): (value: unknown) => string | undefined {
  const names = new Map<string, string>();
  for (const { name, body } of roles) {
    names.set(textOf(body.name).toLowerCase(), name);
    const path = textOf(body.path ?? "/");
    if (provider.account) {
      names.set(`arn:aws:iam::${provider.account}:role${path}${textOf(body.name)}`.toLowerCase(), name);
    }
  }
  const roleOf = (value: unknown) => {
    const reference = referenceOf(value);
    if (!reference) return typeof value === "string" ? names.get(value.toLowerCase()) : undefined;
    const block = blocks.get(reference.address);
    return block?.type === "aws_iam_role" && ["name", "id", "arn"].includes(reference.attribute)
      ? block.name
      : undefined;
  };
  // The constructs name a role by its attachment, or by the exclusive list that names it by its attachment: no more steps.
  const byAttachment = (value: unknown, type: string, attribute: string) => {
    const reference = referenceOf(value);
    const block = reference && blocks.get(reference.address);
    return block?.type === type && reference?.attribute === attribute ? block.body[attribute] : value;
  };
  return (value) =>
    roleOf(
      byAttachment(
        byAttachment(value, "aws_iam_role_policy_attachments_exclusive", "role_name"),
        "aws_iam_role_policy_attachment",
        "role",
      ),
    );
}

/** The policy documents of a stack. */
interface DocumentReader {
  readonly read: (value: unknown) => Policy;
  /** Those that nothing referred to. */
  readonly notRead: () => readonly (readonly [Block, Policy])[];
}

function documentReader({ blocks }: Stack): DocumentReader {
  const documents = new Map<string, readonly [Block, Policy]>(
    [...blocks.values()]
      .filter(({ isData, type }) => isData && type === "aws_iam_policy_document")
      .map((block) => [block.address, [block, readTerraformPolicy(block.body)]]),
  );
  const read = new Set<string>();
  return {
    read: (value) => {
      const reference = referenceOf(value);
      const document = reference?.attribute === "json" ? documents.get(reference.address) : undefined;
      if (reference && document) {
        read.add(reference.address);
        return document[1];
      }
      if (typeof value !== "string") return unreadablePolicy("not-a-text", value);
      return hasTemplate(value) ? unreadablePolicy("expression", value) : readPolicy(value);
    },
    notRead: () => [...documents].filter(([address]) => !read.has(address)).map(([, document]) => document),
  };
}

/** Reads the managed policy behind a reference or an ARN. */
function policyReader(
  { blocks }: Stack,
  documentOf: (value: unknown) => Policy,
): (value: unknown) => Policy & { isForeign?: true } {
  return (value) => {
    const reference = referenceOf(value);
    const block = reference && blocks.get(reference.address);
    if (reference && block?.type === "aws_iam_policy" && !block.isData && ["arn", "id"].includes(reference.attribute)) {
      return documentOf(block.body.policy);
    }
    return (typeof value === "string" && awsManagedPolicy(value)) || { ...EMPTY_POLICY, isForeign: true };
  };
}

type Check = (reason: UnreadableReason, source: unknown) => void;

/** Reports policies that a role may have besides those of the stack, and policies that don't stay. */
function checkOthers({ attached, onlyAttached, inline, onlyInline }: PutOnRole, fail: Check): void {
  if (!onlyAttached || !onlyInline) {
    fail("not-exclusive", undefined);
    return;
  }
  const names = inline.map(({ name }) => name);
  for (const name of onlyInline) if (!names.includes(name)) fail("not-kept", name);
  for (const policy of attached) if (!onlyAttached.includes(policy)) fail("not-kept", policy);
  for (const name of names) if (!onlyInline.includes(name)) fail("not-kept", name);
  for (const policy of repeated(attached, (one) => referenceOf(one)?.address ?? textOf(one)))
    fail("attached-twice", policy);
  for (const name of repeated(names, (one) => textOf(one).toLowerCase())) fail("overwritten", name);
}

/** A boundary is its ARN or, if this stack creates it, its address and statements. */
function boundaryOf(
  block: Block,
  policies: ReturnType<typeof policyReader>,
  policyNames: readonly string[],
  fail: AccessReader["fail"],
): Boundary | undefined {
  const value = block.body.permissions_boundary;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && validate(value) && !hasTemplate(value)) {
    if (policyNames.includes(pathAndNameOf(value).name.toLowerCase())) fail("boundary-by-arn", block, value);
    return { policy: value };
  }
  const { statements, unreadable, isForeign } = policies(value);
  for (const one of unreadable) fail(one.reason, block, one.source);
  if (isForeign) fail("foreign-policy", block, value);
  return { policy: referenceOf(value)?.address ?? canonical(value), statements };
}

/** The items whose name occurred before. */
function repeated<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  const names = all.map(nameOf);
  return all.filter((one, index) => names.indexOf(nameOf(one)) < index);
}
