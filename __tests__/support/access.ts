import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Terraform } from "./synthesize";

/** A statement as AWS's documents have it. */
interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** One thing that is allowed: (action, resource, condition) as one text, so that sets of them compare. */
export type Permission = string;

function permission(effect: string, action: string, resource: string, condition: unknown): Permission {
  return `${effect} ${action} on ${resource}${condition === undefined ? "" : ` if ${JSON.stringify(condition)}`}`;
}

/** AWS's managed policy of that name: version v1, of 2022-08-22 and still the default in March 2026. */
export function awsManagedPolicy(name: string): Set<Permission> {
  const text = readFileSync(join(__dirname, "../../cli/iam/aws-managed-policies", `${name}.json`), "utf8");
  return permissionsIn([JSON.parse(text).Statement].flat());
}

function permissionsIn(statements: readonly Statement[]): Set<Permission> {
  const permissions = statements.flatMap(({ Effect, Action, Resource, Condition }) =>
    [Action]
      .flat()
      .flatMap((action) => [Resource].flat().map((resource) => permission(Effect, action, resource, Condition))),
  );
  return new Set(permissions);
}

/** What the role of that address allows, read from the synthesized Terraform as Terraform would: through its references. */
export function permissionsOf(terraform: Terraform, address: string): Set<Permission> {
  const attachments = Object.values(terraform.resource?.aws_iam_role_policy_attachment ?? {}).filter(
    (attachment) => attachment.role === `\${aws_iam_role.${address}.name}`,
  );
  return new Set(attachments.flatMap((attachment) => [...policyPermissions(terraform, String(attachment.policy_arn))]));
}

function policyPermissions(terraform: Terraform, arn: string): Set<Permission> {
  const awsManaged = arn.match(/^arn:aws:iam::aws:policy\/(\w+)$/)?.[1];
  if (awsManaged) return awsManagedPolicy(awsManaged);
  const policy = terraform.resource?.aws_iam_policy?.[nameIn(arn, /^\$\{aws_iam_policy\.(\w+)\.arn\}$/)];
  return statementPermissions(terraform, String(policy?.policy));
}

/** What is allowed, whenever it ends. */
export function withoutEnd(permission: Permission): Permission {
  const end = /"DateLessThan":\{"aws:CurrentTime":"[^"]*"\}\}$/.source;
  return permission.replace(new RegExp(` if \\{${end}`), "").replace(new RegExp(`,${end}`), "}");
}

/** Who may assume the role of that address, under which condition. */
export function trustOf(terraform: Terraform, address: string): string[] {
  const role = terraform.resource?.aws_iam_role?.[address];
  return statementsOf(terraform, String(role?.assume_role_policy)).flatMap((statement) =>
    blocks(statement.principals).flatMap((principals) =>
      (principals.identifiers as string[]).map(
        (identifier) =>
          `${principals.type} ${identifier}: ${permission(String(statement.effect), String(statement.actions), "it", conditionOf(statement))}`,
      ),
    ),
  );
}

/** The channels' configurations by their name in Terraform, references in words. */
export function channelsOf(terraform: Terraform): Record<string, Record<string, unknown>> {
  const resources = Object.entries(terraform.resource?.aws_cloudcontrolapi_resource ?? {});
  return Object.fromEntries(
    resources
      .filter(([, { type_name }]) => type_name === "AWS::SupportApp::SlackChannelConfiguration")
      .map(([name, { desired_state }]) => [name, jsonEncoded(String(desired_state))]),
  );
}

/** The value inside of a `${jsonencode({…})}`, whose expressions become texts. */
function jsonEncoded(expression: string): Record<string, unknown> {
  const content = expression.match(/^\$\{jsonencode\(\{(.*)\}\)\}$/)?.[1] ?? "";
  const pairs = content.split(/, (?=")/).map((pair) => pair.split(" = ") as [string, string]);
  return Object.fromEntries(
    pairs.map(([key, value]) => [JSON.parse(key), /^(?:".*"|true|false)$/.test(value) ? JSON.parse(value) : value]),
  );
}

function statementPermissions(terraform: Terraform, reference: string): Set<Permission> {
  const statements = statementsOf(terraform, reference).map((statement) => ({
    Effect: String(statement.effect),
    Action: statement.actions as string[],
    Resource: statement.resources as string[],
    Condition: conditionOf(statement),
  }));
  return permissionsIn(statements);
}

function statementsOf(terraform: Terraform, reference: string): Record<string, unknown>[] {
  const name = nameIn(reference, /^\$\{data\.aws_iam_policy_document\.(\w+)\.json\}$/);
  return blocks(terraform.data?.aws_iam_policy_document?.[name]?.statement);
}

/** Terraform's condition blocks in the form of AWS's documents. */
function conditionOf(statement: Record<string, unknown>): unknown {
  const conditions = blocks(statement.condition);
  if (conditions.length === 0) return undefined;
  return Object.fromEntries(
    conditions.map(({ test, variable, values }) => [test, { [String(variable)]: (values as string[]).join() }]),
  );
}

function blocks(value: unknown): Record<string, unknown>[] {
  return value === undefined ? [] : ([value].flat() as Record<string, unknown>[]);
}

function nameIn(reference: string, pattern: RegExp): string {
  const name = reference.match(pattern)?.[1];
  if (name === undefined) throw new Error(`${reference} is not what was looked for: ${pattern}.`);
  return name;
}

/**
 * What AWS asks for before a person in Slack can do something. Written down here a second time, from AWS's documents, so
 * that the tests don't believe the code.
 */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "see cases": ["support:DescribeCases", "support:DescribeCommunications"],
  "open cases": ["support:CreateCase", "support:DescribeSeverityLevels"],
  "reply to cases": ["support:AddCommunicationToCase"],
  "attach files": ["support:AddAttachmentsToSet"],
  "resolve cases": ["support:ResolveCase"],
  "chat with AWS": ["support:InitiateChatForCase"],
  "request quota increases": [
    "servicequotas:GetRequestedServiceQuotaChange",
    "servicequotas:GetServiceQuota",
    "servicequotas:RequestServiceQuotaIncrease",
  ],
  "make the Service Quotas role": ["iam:CreateServiceLinkedRole"],
};

/** What a person in a channel that uses the role of that address can do. */
export function peopleCan(terraform: Terraform, address: string): string[] {
  const allowed = new Set([...permissionsOf(terraform, address)].map((text) => text.split(" on ")[0]));
  return Object.keys(NEEDS).filter((deed) => NEEDS[deed]?.every((action) => allowed.has(`Allow ${action}`)));
}
