import { SLACK_CHANNEL_TYPE, SLACK_WORKSPACE_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { type Notify, notifyOf } from "../../modules/support-app/model/notify";
import { BEFORE, CURRENT_TIME_KEY, SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import {
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_ROLE_ADDRESS,
  serviceQuotasRoleArn,
} from "../../modules/support-app/model/service-quotas-role";
import { pathAndNameOf } from "../iam/arn";
import { awsManagedPolicy } from "../iam/aws-managed-policies";
import { ANYTHING, type Condition, type Policy, readTerraformPolicy, type Statement } from "../iam/policy";
import { canonical, type Fields, list, textOf } from "../terminal/json";
import { readDesiredState, referenceOf } from "./expression";
import { misfits, ownPolicyArn, PARTS, shapeOf } from "./shapes";
import { type Block, type Import, isText, type Stack } from "./stack";
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
  /** ARN of the permissions boundary. Undefined: none. */
  readonly boundary?: string;
  /** Maximum session duration, in seconds. Undefined: IAM's default. */
  readonly maxSessionDuration?: number;
  /** Paths and names in IAM of the attached policies that the stack creates. */
  readonly policies?: readonly string[];
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

type Fail = (reason: UnreadableReason, block: Block, source?: unknown) => void;

/** Reads the access that an environment's Terraform gives. Whatever the constructs don't write is unreadable. */
export function readAccess(stack: Stack): EnvironmentAccess {
  const { blocks, provider } = stack;
  const unreadable: Unreadable[] = [...stack.unreadable];
  const fail: Fail = (reason, { address, body }, source = body) => unreadable.push({ reason, address, source });
  for (const block of blocks.values()) checkShape(block, blocks, fail);
  checkNames(stack, fail);
  const roles = blocksOf("aws_iam_role", stack).map((block) => [block.name, readRole(block, stack, fail)] as const);
  const resources = blocksOf("aws_cloudcontrolapi_resource", stack);
  return {
    account: provider.account,
    roles: new Map(roles),
    channels: readChannels(resources, blocks, fail),
    serviceQuotasRole: serviceQuotasRoleIn(stack),
    registrations: readRegistrations(resources, fail),
    unreadable: [...unreadable, ...foreignEntries(stack)],
  };
}

function blocksOf(type: string, { blocks }: Stack): Block[] {
  return [...blocks.values()].filter((block) => block.type === type && !block.isData);
}

function checkShape(block: Block, blocks: Stack["blocks"], fail: Fail): void {
  const shape = shapeOf(block);
  if (!shape) {
    fail("unknown-type", block);
    return;
  }
  for (const name of misfits(block, shape, blocks)) fail("other-form", block, { [name]: block.body[name] });
  const isDocument = block.isData && block.type === "aws_iam_policy_document";
  const isPart = isDocument || ["aws_iam_policy", ...PARTS].includes(block.type);
  const [, trusted = ""] = (isDocument && /^(.+)_trust$/.exec(block.name)) || [];
  const owners = [block.name, trusted].map((name) => `aws_iam_role.${name}`);
  if (isPart && !owners.some((address) => blocks.has(address))) fail("left-over", block);
}

/** IAM identifies roles and policies by name, and ignores case. */
function checkNames(stack: Stack, fail: Fail): void {
  for (const type of ["aws_iam_role", "aws_iam_policy"]) {
    const names = new Set<string>();
    for (const block of blocksOf(type, stack)) {
      const name = textOf(block.body.name).toLowerCase();
      if (names.has(name)) fail("duplicate-name", block);
      names.add(name);
    }
  }
}

function readRole(block: Block, stack: Stack, fail: Fail): RoleAccess {
  const { blocks } = stack;
  const { name } = block;
  const missing = PARTS.filter((type) => !blocks.has(`${type}.${name}`));
  if (missing.length > 0) fail("incomplete", block, missing);
  const own = blocks.get(`aws_iam_policy.${name}`);
  const attached = blocks.get(`aws_iam_role_policy_attachment.${name}`)?.body.policy_arn;
  if (own && attached !== ownPolicyArn(name)) fail("left-over", own);
  if (own) expectOrder(block, ["aws_iam_policy"], name, fail); // its boundary may be removed
  const read = (policy: Policy | undefined, source: unknown, usual: Usual) => {
    if (!policy) fail("foreign-policy", block, source);
    const { statements = [], unreadable = [] } = policy ?? {};
    for (const one of unreadable) fail(one.reason, block, one.source);
    for (const one of statements.flatMap((all) => unusualParts(all, usual))) fail("unusual-statement", block, one);
    return statements;
  };
  const document = (name: string) => {
    const found = blocks.get(`data.aws_iam_policy_document.${name}`);
    return found && readTerraformPolicy(found.body);
  };
  const trust = read(document(`${name}_trust`), block.body.assume_role_policy, USUAL_TRUST);
  const permissions = read(own ? document(name) : awsManagedPolicy(textOf(attached)), attached, USUAL_PERMISSION);
  const { permissions_boundary: boundary, path = "/", max_session_duration } = block.body;
  const isBoundary = ({ body }: Block) =>
    textOf(body.name).toLowerCase() === pathAndNameOf(textOf(boundary)).name.toLowerCase();
  if (boundary && blocksOf("aws_iam_policy", stack).some(isBoundary)) fail("boundary-by-arn", block, boundary);
  return {
    name: textOf(block.body.name),
    path: textOf(path),
    trust,
    permissions,
    boundary: typeof boundary === "string" ? boundary : undefined,
    maxSessionDuration: typeof max_session_duration === "number" ? max_session_duration : undefined,
    policies: own ? [textOf(own.body.path ?? "/") + textOf(own.body.name)] : [],
  };
}

function readChannels(resources: readonly Block[], blocks: Stack["blocks"], fail: Fail): ChannelAccess[] {
  const channels = new Map<string, ChannelAccess>();
  for (const block of resources) {
    if (block.body.type_name !== SLACK_CHANNEL_TYPE) continue;
    const state = readDesiredState(block.body.desired_state) ?? {};
    const { ChannelRoleArn, TeamId: workspace, ChannelId: channel, ChannelName: name, ...rest } = state;
    const { address = "", attribute } = referenceOf(ChannelRoleArn) ?? {};
    const role = blocks.get(address);
    const notify = notifyOf(rest);
    if (!isText(workspace) || !isText(channel) || !isText(name) || !notify) {
      fail("other-form", block, { desired_state: state });
    } else if (role?.type !== "aws_iam_role" || role.isData || attribute !== "arn")
      fail("foreign-role", block, { ChannelRoleArn });
    else if (channels.has(`${workspace} ${channel}`)) fail("duplicate", block);
    else channels.set(`${workspace} ${channel}`, { workspace, channel, name, role: role.name, notify });
    if (role) expectOrder(block, PARTS, role.name, fail);
  }
  return [...channels.values()];
}

/** AWS may refuse a policy: what gives more with the old one waits for it. */
function expectOrder(block: Block, types: readonly string[], name: string, fail: Fail): void {
  const { depends_on } = block.body;
  const isInOrder = types.every((type) => list(depends_on ?? []).includes(`${type}.${name}`));
  if (!isInOrder) fail("other-form", block, { depends_on });
}

function readRegistrations(resources: readonly Block[], fail: Fail): Map<string, Registration> {
  const registrations = new Map<string, Registration>();
  for (const block of resources) {
    if (block.body.type_name === SLACK_CHANNEL_TYPE) continue;
    const kind = block.body.type_name === SLACK_WORKSPACE_TYPE ? "workspace" : "account-alias";
    const state: Fields = readDesiredState(block.body.desired_state) ?? {};
    const { [kind === "workspace" ? "TeamId" : "AccountAlias"]: value, ...unknown } = state;
    const isAlias = kind === "account-alias"; // an account has one
    const isThere = [...registrations.values()].some((one) => one.kind === kind && (isAlias || one.value === value));
    if (!isText(value) || Object.keys(unknown).length > 0) fail("other-form", block, { desired_state: state });
    else if (isThere) fail("duplicate", block);
    else registrations.set(block.address, { kind, value });
  }
  return registrations;
}

function serviceQuotasRoleIn({ blocks, removals }: Stack): EnvironmentAccess["serviceQuotasRole"] {
  if (blocks.has(SERVICE_QUOTAS_ROLE_ADDRESS)) return "managed";
  return removals.includes(SERVICE_QUOTAS_ROLE_ADDRESS) ? "handed-back" : "absent";
}

/** What Terraform would take over from somebody else, or stop managing. */
function foreignEntries(stack: Stack): Unreadable[] {
  const removals = stack.removals.filter((one) => one !== SERVICE_QUOTAS_ROLE_ADDRESS || stack.blocks.has(one));
  const imports = stack.imports.filter((one) => !isOwnImport(one, stack));
  return [
    ...removals.map((source) => ({ reason: "foreign-removal", address: `removed.${source}`, source }) as const),
    ...imports.map((source) => ({ reason: "foreign-import", address: `import.${source.to}`, source }) as const),
  ];
}

/** Whether an import is of what the stack creates at that address, by its name. Any other import would take something over. */
function isOwnImport({ to, id }: Import, { blocks, provider }: Stack): boolean {
  const block = blocks.get(to);
  if (!block) return false;
  const account = provider.account ?? /:iam::(\d{12}):/.exec(id)?.[1];
  const bodyOf = (type: string) => blocks.get(`${type}.${block.name}`)?.body;
  const role = bodyOf("aws_iam_role")?.name;
  const own = bodyOf("aws_iam_policy");
  const policy = own
    ? `arn:aws:iam::${account}:policy${own.path ?? "/"}${own.name}`
    : bodyOf("aws_iam_role_policy_attachment")?.policy_arn;
  const ids = new Map<string, unknown>([
    ["aws_iam_role", role],
    ["aws_iam_policy", policy],
    ["aws_iam_role_policy_attachment", `${role}/${policy}`],
    ["aws_iam_role_policy_attachments_exclusive", role],
    ["aws_iam_role_policies_exclusive", role],
    ["aws_iam_service_linked_role", serviceQuotasRoleArn(account)],
  ]);
  return ids.get(block.type) === id;
}

/** The principals and resources that the constructs write in a policy's statements, and the conditions without their values. */
interface Usual extends Pick<Statement, "principals" | "resources"> {
  readonly conditions: readonly (readonly [operator: string, key: string])[];
}

/** Other conditions may depend on the names, tags and boundaries of the stack's roles. */
export const USUAL_PERMISSION: Usual = {
  resources: ANYTHING,
  conditions: [
    [BEFORE, CURRENT_TIME_KEY],
    ["StringEquals", LINKED_SERVICE_KEY],
  ],
};

/** Other principals are in an account, where somebody else may get a name next. */
export const USUAL_TRUST: Usual = {
  principals: { not: false, all: [{ type: "Service", id: SUPPORT_APP_SERVICE }] },
  conditions: [["StringEquals", "aws:SourceAccount"]],
};

/** The parts of a statement that the constructs don't write: AWS may refuse it, or something else may change its effect. */
export function unusualParts(statement: Statement, usual: Usual): unknown[] {
  const { effect, principals, resources, actions, conditions } = statement;
  const isUsualAction = (one: string) => one === "*" || /^[a-z0-9-]+:[a-z0-9*?]+$/.test(one);
  const isUsualCondition = ({ operator, key, values }: Condition) =>
    usual.conditions.some(([its, name]) => its === operator && name.toLowerCase() === key) &&
    values.length > 0 &&
    // "$" begins a policy variable, and other characters than those of ASCII may have several forms.
    values.every((value) => /^[ -#%-~]*$/.test(value));
  const about = canonical({ principals: usual.principals, resources: usual.resources });
  const parts: (readonly [isUsual: boolean, part: unknown])[] = [
    // The whole statement, where a part alone wouldn't tell it from another one.
    [effect === "Allow", statement],
    [canonical({ principals, resources }) === about, principals || resources ? { principals, resources } : statement],
    [!actions.not && actions.patterns.length > 0 && actions.patterns.every(isUsualAction), { actions }],
    ...conditions.map((condition) => [isUsualCondition(condition), condition] as const),
  ];
  return parts.flatMap(([isUsual, part]) => (isUsual ? [] : [part]));
}
