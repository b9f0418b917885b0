import { CLOUD_CONTROL_SCHEMAS } from "../../modules/support-app/model/cloud-control-types";
import { POLICY_ARN } from "../../modules/support-app/model/limits";
import {
  SERVICE_QUOTAS_ROLE_ADDRESS,
  SERVICE_QUOTAS_SERVICE,
} from "../../modules/support-app/model/service-quotas-role";
import { canonical, isFields, list } from "../terminal/json";
import { readDesiredState } from "./expression";
import { type Block, isLiteral, isReferenceIn, isText } from "./stack";

/** One argument of a resource, as the constructs write it. */
export interface ArgumentShape {
  /** Whether a value has the form that they write. Undefined: they never write the argument. */
  readonly matches?: (value: unknown, block: Block, blocks: ReadonlyMap<string, Block>) => boolean;
  /** Whether they always write it. */
  readonly isRequired?: boolean;
}

/** The arguments of a type of resource or data source. Any other argument is unknown. */
export type Shape = Readonly<Record<string, ArgumentShape>>;

const NEVER: ArgumentShape = {};
const TAGS: ArgumentShape = { matches: isTexts };
/** Of a user's own resource: it may be a reference within the stack. */
const ANY: ArgumentShape = {
  matches: (value, _, blocks) => list(value).every((one) => isLiteral(one) || isReferenceIn(one, blocks)),
};
const COMMON = { id: NEVER, tags: TAGS, tags_all: NEVER };

/** Of what has a name in IAM. Without one, Terraform generates it. */
const NAMED: Shape = {
  ...COMMON,
  name: { matches: (value) => isText(value) && value !== "", isRequired: true },
  name_prefix: NEVER,
  path: { matches: isText },
  description: { matches: isText },
};

/** The name of a role and its policies in Terraform is one: a reference leads to it and nowhere else. */
const exactly = (reference: (name: string) => string): ArgumentShape => ({
  matches: (value, { name }) => value === reference(name),
  isRequired: true,
});

/** The ARN of the policy that the constructs create beside a role. */
export const ownPolicyArn = (name: string) => `\${aws_iam_policy.${name}.arn}`;

const ATTACHMENT = "aws_iam_role_policy_attachment";
const ONLY_ATTACHED = "aws_iam_role_policy_attachments_exclusive";
const ONLY_INLINE = "aws_iam_role_policies_exclusive";

/** The types of what an access consists of beside its role, all of the role's name in Terraform. */
export const PARTS = [ATTACHMENT, ONLY_ATTACHED, ONLY_INLINE] as const;

/** The schema of each Cloud Control type. With another one, Terraform would plan something other than what is written. */
const SCHEMAS: ReadonlyMap<unknown, string> = new Map(Object.entries(CLOUD_CONTROL_SCHEMAS));

/** By address up to the name: `aws_iam_role` or `data.aws_iam_policy_document`. */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  [
    "aws_iam_role",
    {
      ...NAMED,
      assume_role_policy: exactly((name) => `\${data.aws_iam_policy_document.${name}_trust.json}`),
      permissions_boundary: { matches: (value) => isText(value) && POLICY_ARN.pattern.test(value) },
      max_session_duration: { matches: (value) => typeof value === "number" },
      force_detach_policies: NEVER,
      managed_policy_arns: NEVER,
      inline_policy: NEVER,
    },
  ],
  ["aws_iam_policy", { ...NAMED, policy: exactly((name) => `\${data.aws_iam_policy_document.${name}.json}`) }],
  [
    ATTACHMENT,
    {
      id: NEVER,
      role: exactly((name) => `\${aws_iam_role.${name}.name}`),
      policy_arn: { matches: (value, { name }) => isText(value) || value === ownPolicyArn(name), isRequired: true },
    },
  ],
  [
    ONLY_ATTACHED,
    {
      role_name: exactly((name) => `\${${ATTACHMENT}.${name}.role}`),
      policy_arns: {
        matches: (value, { name }, blocks) => {
          const arn = blocks.get(`${ATTACHMENT}.${name}`)?.body.policy_arn;
          return canonical(value) === canonical([arn]) && (isText(arn) || arn === ownPolicyArn(name));
        },
        isRequired: true,
      },
    },
  ],
  [
    ONLY_INLINE,
    {
      role_name: exactly((name) => `\${${ONLY_ATTACHED}.${name}.role_name}`),
      policy_names: { matches: (value) => canonical(value) === "[]", isRequired: true },
    },
  ],
  [
    "aws_iam_service_linked_role",
    {
      ...COMMON,
      aws_service_name: {
        matches: (value, { address }) => value === SERVICE_QUOTAS_SERVICE && address === SERVICE_QUOTAS_ROLE_ADDRESS,
        isRequired: true,
      },
      custom_suffix: NEVER,
      description: NEVER,
    },
  ],
  [
    "aws_cloudcontrolapi_resource",
    {
      id: NEVER,
      type_name: { matches: (value) => SCHEMAS.has(value), isRequired: true },
      schema: { matches: (value, { body }) => value === SCHEMAS.get(body.type_name), isRequired: true },
      desired_state: { matches: isDesiredState, isRequired: true },
      role_arn: NEVER,
      type_version_id: NEVER,
      timeouts: NEVER,
    },
  ],
  [
    "data.aws_iam_policy_document",
    {
      statement: { matches: () => true }, // read where a role has it
      ...{ id: NEVER, version: NEVER, policy_id: NEVER, source_json: NEVER, source_policy_documents: NEVER },
      ...{ override_json: NEVER, override_policy_documents: NEVER },
    },
  ],
  // What users may have beside what the constructs write: by itself, it gives nobody anything.
  ["data.aws_caller_identity", {}],
  ["data.aws_partition", {}],
  ["data.aws_region", {}],
  [
    "aws_cloudwatch_log_group",
    { name: ANY, kms_key_id: ANY, retention_in_days: ANY, skip_destroy: ANY, log_group_class: ANY, tags: TAGS },
  ],
  ["aws_sns_topic", { name: ANY, display_name: ANY, tags: TAGS }],
]);

/** The shape of a block. Undefined: it is unsupported. */
export function shapeOf({ isData, type }: Block): Shape | undefined {
  return SHAPES.get(isData ? `data.${type}` : type);
}

/** Arguments of a block that are missing, unknown or in another form than its shape has. */
export function misfits(block: Block, shape: Shape, blocks: ReadonlyMap<string, Block>): string[] {
  const { lifecycle, depends_on, ...body } = block.body;
  const missing = Object.keys(shape).filter((name) => shape[name]?.isRequired && !Object.hasOwn(body, name));
  const others = Object.keys(body).filter((name) => {
    const { matches } = (Object.hasOwn(shape, name) && shape[name]) || NEVER;
    return !matches?.(body[name], block, blocks);
  });
  return [
    ...(isUsualLifecycle(lifecycle, block) ? [] : ["lifecycle"]),
    ...(depends_on === undefined || (Array.isArray(depends_on) && depends_on.every(isText)) ? [] : ["depends_on"]),
    ...missing,
    ...others,
  ];
}

/** AWS writes a service-linked role's description, and others in the account may depend on the role. No other change by hand may be ignored. */
const LIFECYCLES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["aws_iam_service_linked_role", { prevent_destroy: true, ignore_changes: ["description"] }],
  ...["aws_iam_role", "aws_iam_policy", ...PARTS].map((type) => [type, { create_before_destroy: true }] as const),
]);

function isUsualLifecycle(value: unknown, { type, isData }: Block): boolean {
  const usual = isData ? undefined : LIFECYCLES.get(type);
  return usual === undefined ? value === undefined : canonical(value) === canonical(usual);
}

function isDesiredState(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("${jsonencode(") && readDesiredState(value) !== undefined;
}

function isTexts(value: unknown): boolean {
  return isFields(value) && isLiteral(value) && Object.values(value).every(isText);
}
