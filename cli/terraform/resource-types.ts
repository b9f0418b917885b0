import { ACCOUNT_ALIAS_SCHEMA, ACCOUNT_ALIAS_TYPE } from "../../modules/support-app/account-alias";
import { notifyOf } from "../../modules/support-app/notify";
import { SERVICE_QUOTAS_ROLE_ADDRESS, SERVICE_QUOTAS_SERVICE } from "../../modules/support-app/service-quotas-role";
import { SLACK_CHANNEL_SCHEMA, SLACK_CHANNEL_TYPE } from "../../modules/support-app/slack-channel";
import { SLACK_WORKSPACE_SCHEMA, SLACK_WORKSPACE_TYPE } from "../../modules/support-app/slack-workspace";
import { hasTemplate } from "../iam/terraform-policy";
import { type Fields, isFields, list, listIfAny } from "../json";
import type { AccessReader } from "./access";
import { readDesiredState } from "./desired-state";
import type { Block } from "./stack";

/** A supported type of resource or data source. */
export interface ResourceType {
  /**
   * The arguments that it may have besides `lifecycle` and `depends_on`. `literal`: only literals; `reference`: also references
   * within the stack; `own`: its reader checks it.
   */
  readonly arguments: Readonly<Record<string, "literal" | "reference" | "own">>;
  /** Reads the access that it gives. Undefined: by itself, it gives nobody anything. */
  readonly read?: (block: Block, reader: AccessReader) => void;
}

const RESOURCES: ReadonlyMap<string, ResourceType> = new Map<string, ResourceType>([
  [
    "aws_iam_role",
    {
      arguments: {
        name: "literal",
        path: "literal",
        assume_role_policy: "own",
        permissions_boundary: "own",
        description: "literal",
        max_session_duration: "literal",
        force_detach_policies: "literal",
        tags: "literal",
      },
      read: expectName,
    },
  ],
  // Its document is read where it is attached.
  [
    "aws_iam_policy",
    {
      arguments: { name: "literal", path: "literal", policy: "own", description: "literal", tags: "literal" },
      read: expectName,
    },
  ],
  [
    "aws_iam_role_policy_attachment",
    {
      arguments: { role: "reference", policy_arn: "reference" },
      read: (block, { putOn, fail }) => {
        const role = putOn(block.body.role);
        if (role) role.attached.push(block.body.policy_arn);
        else fail("foreign-role", block);
      },
    },
  ],
  [
    "aws_iam_role_policy",
    {
      arguments: { name: "literal", role: "reference", policy: "own" },
      read: (block, { putOn, fail }) => {
        const { name, role, policy } = block.body;
        const put = putOn(role);
        if (put && typeof name === "string") put.inline.push({ name, document: policy });
        else fail(put ? "no-name" : "foreign-role", block);
      },
    },
  ],
  [
    "aws_iam_role_policy_attachments_exclusive",
    {
      arguments: { role_name: "reference", policy_arns: "reference" },
      read: (block, { putOn, fail }) => {
        const role = putOn(block.body.role_name);
        if (!role) {
          fail("foreign-role", block);
          return;
        }
        if (role.onlyAttached) fail("duplicate-exclusive", block);
        role.onlyAttached = listIfAny(block.body.policy_arns);
      },
    },
  ],
  [
    "aws_iam_role_policies_exclusive",
    {
      arguments: { role_name: "reference", policy_names: "literal" },
      read: (block, { putOn, fail }) => {
        const role = putOn(block.body.role_name);
        if (!role) {
          fail("foreign-role", block);
          return;
        }
        if (role.onlyInline) fail("duplicate-exclusive", block);
        role.onlyInline = listIfAny(block.body.policy_names);
      },
    },
  ],
  [
    "aws_iam_service_linked_role",
    {
      arguments: { aws_service_name: "literal", tags: "literal" },
      read: (block, { fail }) => {
        const { aws_service_name, lifecycle } = block.body;
        if (block.address !== SERVICE_QUOTAS_ROLE_ADDRESS) fail("unknown-type", block);
        if (aws_service_name !== SERVICE_QUOTAS_SERVICE) fail("unknown-argument", block, { aws_service_name });
        // Others in the account may depend on it.
        const isProtected = list(lifecycle).some((one) => isFields(one) && one.prevent_destroy === true);
        if (!isProtected) fail("unknown-argument", block, { lifecycle });
      },
    },
  ],
  [
    "aws_cloudcontrolapi_resource",
    { arguments: { type_name: "literal", desired_state: "own", schema: "literal" }, read: readCloudControl },
  ],
  ["aws_cloudwatch_log_group", { arguments: ofLogGroup() }],
  ["aws_sns_topic", { arguments: { name: "reference", display_name: "reference", tags: "literal" } }],
]);

const DATA_SOURCES: ReadonlyMap<string, ResourceType> = new Map<string, ResourceType>([
  // Read with the role or the policy that has it.
  ["aws_iam_policy_document", { arguments: { statement: "own", version: "own", policy_id: "own" } }],
  ["aws_caller_identity", { arguments: {} }],
  ["aws_partition", { arguments: {} }],
  ["aws_region", { arguments: {} }],
]);

/** The type of a block. Undefined: it is unsupported. */
export function resourceTypeOf({ isData, type }: Block): ResourceType | undefined {
  return (isData ? DATA_SOURCES : RESOURCES).get(type);
}

function ofLogGroup(): ResourceType["arguments"] {
  return {
    name: "reference",
    retention_in_days: "literal",
    kms_key_id: "reference",
    skip_destroy: "literal",
    log_group_class: "literal",
    tags: "literal",
  };
}

/** Without a name, Terraform generates one. */
function expectName(block: Block, { fail }: AccessReader): void {
  const { name, path = "/" } = block.body;
  if (typeof name !== "string" || typeof path !== "string") fail("no-name", block, { name, path });
}

/** The schema of each type. With another one, Terraform would plan something other than what is written. */
const SCHEMAS: ReadonlyMap<unknown, string> = new Map([
  [SLACK_CHANNEL_TYPE, SLACK_CHANNEL_SCHEMA],
  [SLACK_WORKSPACE_TYPE, SLACK_WORKSPACE_SCHEMA],
  [ACCOUNT_ALIAS_TYPE, ACCOUNT_ALIAS_SCHEMA],
]);

/** A channel, a workspace or an alias. */
function readCloudControl(block: Block, reader: AccessReader): void {
  const { type_name, desired_state, schema } = block.body;
  const state = readDesiredState(desired_state);
  if (schema !== undefined && schema !== SCHEMAS.get(type_name)) reader.fail("unknown-argument", block, { schema });
  if (!SCHEMAS.has(type_name)) reader.fail("unknown-argument", block, { type_name });
  else if (!state) reader.fail("expression", block, { desired_state });
  else if (type_name === SLACK_CHANNEL_TYPE) readChannel(block, state, reader);
  else if (type_name === SLACK_WORKSPACE_TYPE) readRegistration(block, state, "workspace", "TeamId", reader);
  else readRegistration(block, state, "account-alias", "AccountAlias", reader);
}

function readRegistration(
  block: Block,
  state: Fields,
  kind: "workspace" | "account-alias",
  property: string,
  { registrations, fail }: AccessReader,
): void {
  const { [property]: value, ...unknown } = state;
  if (typeof value !== "string" || hasTemplate(value) || Object.keys(unknown).length > 0) {
    fail("unknown-argument", block, { desired_state: state });
  } else {
    registrations.set(block.address, { kind, value });
  }
}

function readChannel(block: Block, state: Fields, { channels, roleNamed, fail }: AccessReader): void {
  const { ChannelRoleArn, TeamId: workspace, ChannelId: channel, ChannelName: name = channel, ...rest } = state;
  const notify = notifyOf(rest);
  if (!isLiteralText(workspace) || !isLiteralText(channel) || !isLiteralText(name) || !notify) {
    fail(hasTemplate(rest) ? "expression" : "unknown-argument", block, { desired_state: state });
    return;
  }
  const role = roleNamed(ChannelRoleArn);
  const isThere = channels.some((one) => one.workspace === workspace && one.channel === channel);
  if (role === undefined) fail("foreign-role", block, { ChannelRoleArn });
  else if (isThere) fail("duplicate-channel", block);
  else channels.push({ workspace, channel, name, role, notify });
}

function isLiteralText(value: unknown): value is string {
  return typeof value === "string" && !hasTemplate(value);
}
