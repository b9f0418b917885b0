import { SERVICE_QUOTAS_ROLE_REMOVED, SERVICE_QUOTAS_SERVICE } from "../../modules/support-app/service-quotas-role";
import { parseAllOfJson } from "../json-file";
import { awsManagedPolicy } from "./aws-managed-policies";
import {
  canonical,
  EXPRESSION,
  isFields,
  merge,
  type Policy,
  readDocument,
  readPolicyDocument,
  type Statement,
  unreadable,
} from "./policy";
import type { Terraform } from "./synthesized";

/** What an environment's Terraform gives, as far as it can be read. */
export interface EnvironmentAccess {
  /** The only account that it can be deployed to. */
  readonly account: string;
  /** By their name in Terraform. */
  readonly roles: ReadonlyMap<string, RoleAccess>;
  /** By workspace and channel ID. */
  readonly channels: ReadonlyMap<string, ChannelAccess>;
  /** Whether the stack has the Service Quotas role. */
  readonly serviceQuotasRole: boolean;
  /** What else it says to the Support App: its workspaces and the account's alias, by their name in Terraform. */
  readonly registrations: ReadonlyMap<string, string>;
  /**
   * What can't be read, each with the reason first. Whatever it is may give access, and may depend on everything else: where
   * there is any, nothing is known for certain.
   */
  readonly unreadable: readonly string[];
}

/** A role, and what whoever is it may do, as far as it can be read. */
export interface RoleAccess {
  /** In IAM. */
  readonly name: string;
  /** In IAM. */
  readonly path: string;
  readonly trust: readonly Statement[];
  readonly permissions: readonly Statement[];
  /** ARN of the permissions boundary, and of one that this stack makes what it says. Empty: none. */
  readonly boundary: string;
}

/** A channel, and the role of everyone in it. */
export interface ChannelAccess {
  /** In Slack. */
  readonly name: string;
  /** The role's name in Terraform. */
  readonly role: string;
  /** Of which cases it hears what. */
  readonly notify: string;
}

type Block = Readonly<Record<string, unknown>>;

/** A block of Terraform, such as the role `full`. */
interface Named {
  readonly type: string;
  readonly name: string;
  readonly block: Block;
}

/** Arguments that decide no access. */
const ASIDE = ["//", "lifecycle", "depends_on", "tags", "description", "max_session_duration", "force_detach_policies"];

/** The arguments that are understood, by the type of a resource. With any other, or of another type, it can't be read. */
const UNDERSTOOD: ReadonlyMap<string, readonly string[]> = new Map([
  ["aws_iam_role", ["name", "path", "assume_role_policy", "permissions_boundary"]],
  ["aws_iam_policy", ["name", "path", "policy"]],
  ["aws_iam_role_policy", ["name", "role", "policy"]],
  ["aws_iam_role_policy_attachment", ["role", "policy_arn"]],
  ["aws_iam_role_policy_attachments_exclusive", ["role_name", "policy_arns"]],
  ["aws_iam_role_policies_exclusive", ["role_name", "policy_names"]],
  ["aws_iam_service_linked_role", ["aws_service_name"]],
  ["aws_cloudcontrolapi_resource", ["type_name", "desired_state", "schema"]],
]);

/** Conditions that don't depend on anything else of the stack, by their key. */
const CONDITION_KEYS = ["iam:awsservicename", "aws:sourceaccount"];

/** The sections of Terraform that are understood. */
const SECTIONS = ["//", "terraform", "provider", "resource", "data", "output", "locals", "variable", "import", "moved"];

/** The arguments that may refer to something else of the stack, and the references that are followed. */
const REFERRING = [
  "role",
  "role_name",
  "policy",
  "policy_arn",
  "policy_arns",
  "assume_role_policy",
  "permissions_boundary",
];
const REFERENCE =
  /"\$\{(data\.aws_iam_policy_document\.[\w-]+\.json|aws_iam_role(_policy_attachment)?\.[\w-]+\.(name|id|arn|role)|aws_iam_policy\.[\w-]+\.(arn|id))\}"/g;

/** What a stack puts on a role, as it is written there. */
interface Given {
  /** ARNs of managed policies. */
  readonly attached: unknown[];
  /** Documents of inline policies, by their name. */
  readonly inline: (readonly [name: unknown, document: unknown])[];
  /** The only ones that stay. Undefined: others may be there. */
  onlyAttached?: readonly unknown[];
  onlyInline?: readonly unknown[];
}

/** Reads what an environment's Terraform gives. */
export function readAccess(terraform: Terraform): EnvironmentAccess {
  const others = Object.entries(terraform).filter(
    ([section, value]) => !SECTIONS.includes(section) && !isHandingBack(section, value),
  );
  const resources = blocksIn(terraform.resource, (what, value) => others.push([what, value]));
  const sources = blocksIn(terraform.data, (what, value) => others.push([`data ${what}`, value]));
  for (const { type, name, block } of sources) {
    if (type !== "aws_iam_policy_document") others.push([`data.${type}.${name}`, block]);
  }
  const account = accountOf(terraform);
  const unread = others.map(([what, value]) => `not as CDKTF writes it: ${what} ${canonical(value)}`);
  if (account === "") unread.push("any account may be deployed to");
  if (EXPRESSION.test(canonical([terraform.provider, terraform.terraform]) ?? ""))
    unread.push("an expression: provider");
  const { documentOf, managedOf } = policyReaders(resources, sources);
  const roleOf = roleReader(resources, account);
  const channels = new Map<string, ChannelAccess>();
  const registrations = new Map<string, string>();
  const given = new Map<string, Given>();
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);

  for (const { name } of ofType("aws_iam_role")) given.set(name, { attached: [], inline: [] });
  for (const resource of resources) {
    const { type, name, block } = resource;
    const reasons: string[] = [];
    const fail = (reason: string) => reasons.push(reason);
    const to = (role: unknown): Given => {
      const found = given.get(roleOf(role) ?? "");
      if (!found) fail("a role that is not in this stack");
      return found ?? { attached: [], inline: [] };
    };
    const understood = UNDERSTOOD.get(type) ?? Object.keys(block);
    const other = Object.keys(block).find((key) => !ASIDE.includes(key) && !understood.includes(key));
    if (other !== undefined) fail(`the argument ${other}`);
    if (ignoresChanges(resource)) fail(`changes that are ignored, ${canonical(block.lifecycle)}`);
    const channel = type === "aws_cloudcontrolapi_resource" && block.type_name === CHANNEL && readChannel(block);
    const isRead = channel || /^\$\{jsonencode\(\{("\w+" = "[^"\\$%]*"(, )?)*\}\)\}$/.test(textOf(block.desired_state));
    const isEvaluated = hasExpression(isRead ? { ...block, desired_state: undefined } : block);
    if (isEvaluated) fail("an expression");
    if (type === "aws_iam_role") {
      if (typeof block.name !== "string" || typeof (block.path ?? "/") !== "string") fail("a role without a name");
    } else if (type === "aws_iam_role_policy_attachment") {
      to(block.role).attached.push(block.policy_arn);
    } else if (type === "aws_iam_role_policy") {
      to(block.role).inline.push([block.name, block.policy]);
    } else if (type === "aws_iam_role_policy_attachments_exclusive") {
      const role = to(block.role_name);
      if (role.onlyAttached) fail("exclusive attachments that stand twice");
      role.onlyAttached = listOf(block.policy_arns);
    } else if (type === "aws_iam_role_policies_exclusive") {
      const role = to(block.role_name);
      if (role.onlyInline) fail("exclusive inline policies that stand twice");
      role.onlyInline = listOf(block.policy_names);
    } else if (channel) {
      const role = roleOf(channel.role);
      if (role === undefined) fail("a role that is not in this stack");
      else if (channels.has(channel.key)) fail("a channel that stands twice");
      else channels.set(channel.key, { name: channel.name, role, notify: channel.notify });
    } else if (type === "aws_cloudcontrolapi_resource" && REGISTRATION.test(textOf(block.type_name))) {
      registrations.set(`${type}.${name}`, textOf(block.desired_state));
    } else if (!HARMLESS.some((harmless) => harmless(resource))) {
      fail("an unknown resource type");
    }
    if (reasons.length === 0) continue;
    const madeOf = isEvaluated ? [inOneForm(resource), terraform.locals, terraform.variable] : inOneForm(resource);
    unread.push(`${reasons.join(", ")}: ${type}.${name} ${canonical(madeOf)}`);
  }
  const policyNames = ofType("aws_iam_policy").map(({ block }) => textOf(block.name).toLowerCase());
  const roleNames = ofType("aws_iam_role").map(({ block }) => textOf(block.name).toLowerCase());
  const twice = [...repeated(policyNames), ...repeated(roleNames)];
  unread.push(...twice.map((name) => `a name in IAM that stands twice: ${canonical(name)}`));
  const roles = new Map<string, RoleAccess>();
  for (const { name, block } of ofType("aws_iam_role")) {
    const put = given.get(name) ?? { attached: [], inline: [] };
    const trust = documentOf(block.assume_role_policy);
    const arns = new Set([...put.attached, ...(put.onlyAttached ?? [])]); // what isn't attached yet is attached
    const permissions = merge([...[...arns].map(managedOf), ...put.inline.map(([, document]) => documentOf(document))]);
    const boundary = boundaryOf(block.permissions_boundary, managedOf, policyNames);
    const unknown = [
      ...trust.unreadable,
      ...trust.statements.flatMap(trustProblems),
      ...permissions.unreadable,
      ...permissions.statements.flatMap(permissionProblems),
      ...boundary.unreadable,
      ...handsOn(put),
    ];
    unread.push(...unknown.map((what) => `${what} (aws_iam_role.${name})`));
    roles.set(name, {
      name: textOf(block.name),
      path: textOf(block.path ?? "/"),
      trust: trust.statements,
      permissions: permissions.statements,
      boundary: boundary.text,
    });
  }
  const followed = new Set([
    ...[...given.values()].flatMap(({ attached, onlyAttached = [] }) => [...attached, ...onlyAttached]),
    ...ofType("aws_iam_role").map(({ block }) => block.permissions_boundary),
  ]);
  for (const resource of ofType("aws_iam_policy")) {
    const reference = `\${aws_iam_policy.${resource.name}`;
    if (followed.has(`${reference}.arn}`) || followed.has(`${reference}.id}`)) continue;
    unread.push(`a policy attached to no role here: ${canonical(inOneForm(resource))}`);
  }
  return {
    account,
    roles,
    channels,
    serviceQuotasRole: ofType("aws_iam_service_linked_role").length > 0,
    registrations,
    unreadable: [...new Set(unread)],
  };
}

/** Whether a section says no more than that the Service Quotas role stays when the stack has it no longer. */
function isHandingBack(section: string, value: unknown): boolean {
  return section === "removed" && canonical(value) === canonical(SERVICE_QUOTAS_ROLE_REMOVED);
}

/** What may be on a role beside what the stack says, or doesn't stay. */
function handsOn({ attached, onlyAttached, inline, onlyInline }: Given): string[] {
  if (!onlyAttached || !onlyInline) return ["what is attached or written into it by hand stays"];
  const names = inline.map(([name]) => name);
  const kept = onlyInline.filter((name) => !names.includes(name));
  const lost = [
    ...attached.filter((policy) => !onlyAttached.includes(policy)),
    ...names.filter((name) => !onlyInline.includes(name)),
  ];
  return [
    ...kept.map((name) => `an inline policy that may be there: ${canonical(name)}`),
    ...lost.map((policy) => `what is put on it and taken off again: ${canonical(policy)}`),
    ...repeated(names.map((name) => textOf(name).toLowerCase())).map(
      (name) => `an inline policy that is written over: ${canonical(name)}`,
    ),
  ];
}

/** Why AWS may refuse a statement of a role's policy, or it may say something else once something else changes. */
function permissionProblems(statement: Statement): string[] {
  const { principals, resources } = statement;
  const odd = [
    ...principals,
    ...(resources.length === 0 ? ["no resource"] : []),
    ...resources.filter((one) => one !== "*" && !/^arn:aws[a-z-]*:(?!iam:|sts:)[a-z0-9-]+:/.test(one)),
    ...oddOfAny(statement),
  ];
  return odd.map((what) => `a statement that isn't worked out: ${what}`);
}

/** The same of a trust. A principal that is a role or a user stands for whatever has that name. */
function trustProblems(statement: Statement): string[] {
  const { principals, resources } = statement;
  const odd = [
    ...(principals.length === 0 ? ["no principal"] : []),
    ...principals.filter((one) => !/^(Service [a-z0-9.-]+|AWS (\d{12}|arn:aws[a-z-]*:iam::\d{12}:root))$/.test(one)),
    ...resources,
    ...oddOfAny(statement),
  ];
  return odd.map((what) => `a trust that isn't worked out: ${what}`);
}

/** The same of either. */
function oddOfAny({ actions, conditions }: Statement): string[] {
  return [
    ...actions.filter((action) => !/^[a-z0-9-]+:[a-z0-9]+$/.test(action)),
    ...conditions.map(({ key }) => key).filter((key) => !CONDITION_KEYS.includes(key)),
  ];
}

/** What stands more than once. */
function repeated(all: readonly string[]): string[] {
  return [...new Set(all.filter((one, index) => all.indexOf(one) < index))];
}

/** Whether Terraform puts something else for a part of a block, other than a reference that is followed. */
function hasExpression(block: Block): boolean {
  return Object.entries(block).some(([key, value]) => {
    const text = canonical(value) ?? "";
    return (
      !["//", "depends_on"].includes(key) &&
      EXPRESSION.test(REFERRING.includes(key) ? text.replace(REFERENCE, "") : text)
    );
  });
}

/** A boundary is its ARN; one that this stack makes is what it says, too. */
function boundaryOf(
  value: unknown,
  managedOf: (value: unknown) => Policy,
  policyNames: readonly string[],
): { readonly text: string; readonly unreadable: readonly string[] } {
  if (value === undefined || value === null) return { text: "", unreadable: [] };
  const text = textOf(value);
  if (text.startsWith("arn:")) {
    const name = text.slice(text.lastIndexOf("/") + 1).toLowerCase();
    return { text, unreadable: policyNames.includes(name) ? [`a boundary of this stack by its ARN: ${text}`] : [] };
  }
  const { statements, unreadable } = managedOf(value);
  return { text: `${text} ${canonical(statements)}`, unreadable };
}

/** Whether Terraform is to leave alone what somebody changes by hand. AWS writes a service-linked role's description. */
function ignoresChanges({ type, block }: Named): boolean {
  const ignored = listOf(block.lifecycle).flatMap((one) => (isFields(one) ? listOf(one.ignore_changes) : [one]));
  return ignored.some((what) => type !== "aws_iam_service_linked_role" || what !== "description");
}

/** The only account that Terraform can be applied to. Empty: any. */
export function accountOf({ provider }: Terraform): string {
  const providers = listOf(isFields(provider) ? provider.aws : undefined).filter(isFields);
  const main = providers.find(({ alias }) => alias === undefined);
  const accounts = listOf(main?.allowed_account_ids);
  return accounts.every((account) => /^\d{12}$/.test(textOf(account))) ? accounts.map(textOf).join(", ") : "";
}

/** A text as it is, anything else in one form. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : canonical(value ?? null);
}

const CHANNEL = "AWS::SupportApp::SlackChannelConfiguration";

const REGISTRATION = /^AWS::SupportApp::(SlackWorkspaceConfiguration|AccountAlias)$/;

/** What gives nobody access by itself. A policy is read where it is attached. */
const HARMLESS: readonly ((resource: Named) => boolean)[] = [
  ({ type }) => type === "aws_iam_policy",
  ({ type, block }) => type === "aws_iam_service_linked_role" && block.aws_service_name === SERVICE_QUOTAS_SERVICE,
];

/** Reads the policies of a stack: a document where one stands, and a managed policy by what stands for its ARN. */
function policyReaders(
  resources: readonly Named[],
  sources: readonly Named[],
): Readonly<Record<"documentOf" | "managedOf", (value: unknown) => Policy>> {
  const documents = new Map<unknown, Policy>(
    sources
      .filter(({ type }) => type === "aws_iam_policy_document")
      .map(({ name, block }) => [`\${data.aws_iam_policy_document.${name}.json}`, readPolicyDocument(block)]),
  );
  const documentOf = (value: unknown): Policy => {
    if (typeof value !== "string") return unreadable("not a text", value);
    const document = documents.get(value);
    if (document) return document;
    return EXPRESSION.test(value) ? unreadable("a document that is not in this stack", value) : readDocument(value);
  };
  const managed = new Map<unknown, unknown>();
  for (const { type, name, block } of resources) {
    if (type !== "aws_iam_policy") continue;
    for (const attribute of ["arn", "id"]) managed.set(`\${aws_iam_policy.${name}.${attribute}}`, block.policy);
  }
  const managedOf = (value: unknown): Policy => {
    if (managed.has(value)) return documentOf(managed.get(value));
    return awsManagedPolicy(textOf(value)) ?? unreadable("a policy that is not in this stack", value);
  };
  return { documentOf, managedOf };
}

/** Finds the role of this stack that a reference, a name or an ARN stands for. */
function roleReader(resources: readonly Named[], account: string): (value: unknown) => string | undefined {
  const attachments = new Map<unknown, unknown>(
    resources
      .filter(({ type }) => type === "aws_iam_role_policy_attachment")
      .map(({ name, block }) => [`\${aws_iam_role_policy_attachment.${name}.role}`, block.role]),
  );
  const names = new Map<unknown, string>();
  for (const { type, name, block } of resources) {
    if (type !== "aws_iam_role") continue;
    for (const attribute of ["name", "id", "arn"]) names.set(`\${aws_iam_role.${name}.${attribute}}`, name);
    if (typeof block.name !== "string") continue;
    names.set(block.name.toLowerCase(), name);
    names.set(`arn:aws:iam::${account}:role${textOf(block.path ?? "/")}${block.name}`.toLowerCase(), name);
  }
  return (value) => {
    const found = attachments.get(value) ?? value;
    return names.get(found) ?? (typeof found === "string" ? names.get(found.toLowerCase()) : undefined); // IAM ignores case
  };
}

/** Reads what a channel is to be, from JSON or from the call of `jsonencode` that CDKTF writes. */
function readChannel({
  desired_state,
}: Block): { key: string; name: string; role: string; notify: string } | undefined {
  const desired = textOf(desired_state);
  const [, inside] = desired.match(/^\$\{jsonencode\(\{(.*)\}\)\}$/s) ?? [];
  const state =
    inside === undefined ? desired : `{${inside.replace(PAIR, (_, key, value) => `${key}: ${json(value)}`)}}`;
  try {
    const read = parseAllOfJson(state);
    if (!isFields(read)) return undefined;
    const { ChannelRoleArn: role, TeamId, ChannelId, ChannelName = ChannelId, ...rest } = read;
    if (EXPRESSION.test(canonical([TeamId, ChannelId, ChannelName, rest]))) return undefined;
    if (![role, TeamId, ChannelId, ChannelName].every((text) => typeof text === "string")) return undefined;
    return { key: `${TeamId} ${ChannelId}`, name: String(ChannelName), role: String(role), notify: canonical(rest) };
  } catch {
    return undefined;
  }
}

/** A key and its value: a text, a flag or the ARN of a role. */
const PAIR = /("\w+") = ("(?:[^"\\]|\\.)*"|true|false|aws_iam_role\.[\w-]+\.arn)/g;

function json(value: string): string {
  return /^("|true$|false$)/.test(value) ? value : `"\${${value}}"`;
}

/** The blocks of a section. Terraform takes lists in many places, too, which CDKTF doesn't write. */
function blocksIn(section: unknown, unread: (what: string, value: unknown) => void): Named[] {
  if (section === undefined) return [];
  if (!isFields(section)) {
    unread("a section", section);
    return [];
  }
  const blocks: Named[] = [];
  for (const [type, all] of Object.entries(section)) {
    if (!isFields(all)) unread(type, all);
    else {
      for (const [name, block] of Object.entries(all)) {
        if (isFields(block)) blocks.push({ type, name, block });
        else unread(`${type}.${name}`, block);
      }
    }
  }
  return blocks;
}

function inOneForm({ block }: Named): Block {
  return Object.fromEntries(Object.entries(block).filter(([key]) => !ASIDE.includes(key)));
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat();
}
