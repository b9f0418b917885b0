import { CLOUD_CONTROL_SCHEMAS } from "../../modules/support-app/model/cloud-control-types";
import { POLICY_ARN } from "../../modules/support-app/model/limits";
import {
  SERVICE_QUOTAS_ROLE_ADDRESS,
  SERVICE_QUOTAS_SERVICE,
} from "../../modules/support-app/model/service-quotas-role";
import { PLACE } from "../../stacks/self-checks";
import { canonical, isFields } from "../terminal/json";
import { type Block, isLiteral, isReferenceIn, isText } from "./stack";

/** Whether an argument has the form in which the constructs write it. A missing one is undefined. */
type Matches = (value: unknown, block: Block, blocks: ReadonlyMap<string, Block>) => boolean;

/** The arguments that the constructs write for a type of resource or data source. Any other argument is unknown. */
export type Shape = Readonly<Record<string, Matches>>;

const optional = (matches: Matches): Matches => {
  return (value, block, blocks) => value === undefined || matches(value, block, blocks);
};
const TAGS = optional((value) => isFields(value) && isLiteral(value) && Object.values(value).every(isText));
/** Of a user's own resource: it may be a reference within the stack. */
const ANY = optional((value, _, blocks) => isLiteral(value) || isReferenceIn(value, blocks));

/** Of what has a name in IAM. Without one, Terraform generates it. */
const NAMED: Shape = {
  name: (value) => isText(value) && value !== "",
  path: optional(isText),
  description: optional(isText),
  tags: TAGS,
};

/** The name of a role and its policies in Terraform is one: a reference leads to it and nowhere else. */
const exactly = (reference: (name: string) => string): Matches => {
  return (value, { name }) => value === reference(name);
};

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
const SHAPES: ReadonlyMap<string, Shape> = new Map(
  Object.entries<Shape>({
    aws_iam_role: {
      ...NAMED,
      assume_role_policy: exactly((name) => `\${data.aws_iam_policy_document.${name}_trust.json}`),
      permissions_boundary: optional((value) => isText(value) && POLICY_ARN.pattern.test(value)),
      max_session_duration: optional((value) => typeof value === "number"),
    },
    aws_iam_policy: { ...NAMED, policy: exactly((name) => `\${data.aws_iam_policy_document.${name}.json}`) },
    [ATTACHMENT]: {
      role: exactly((name) => `\${aws_iam_role.${name}.name}`),
      policy_arn: (value, { name }) => isText(value) || value === ownPolicyArn(name),
    },
    [ONLY_ATTACHED]: {
      role_name: exactly((name) => `\${${ATTACHMENT}.${name}.role}`),
      policy_arns: (value, { name }, blocks) =>
        canonical(value ?? null) === canonical([blocks.get(`${ATTACHMENT}.${name}`)?.body.policy_arn ?? null]),
    },
    [ONLY_INLINE]: {
      role_name: exactly((name) => `\${${ONLY_ATTACHED}.${name}.role_name}`),
      policy_names: (value) => canonical(value ?? null) === "[]",
    },
    aws_iam_service_linked_role: {
      aws_service_name: (value, { address }) =>
        value === SERVICE_QUOTAS_SERVICE && address === SERVICE_QUOTAS_ROLE_ADDRESS,
      tags: TAGS,
    },
    aws_cloudcontrolapi_resource: {
      type_name: (value) => SCHEMAS.has(value),
      schema: (value, { body }) => value === SCHEMAS.get(body.type_name),
      desired_state: (value) => typeof value === "string" && value.startsWith("${jsonencode("), // read where a role has it
    },
    "data.aws_iam_policy_document": { statement: () => true }, // read where a role has it
    [PLACE.type]: { input: () => true }, // compared whole where the stack is read
    // What users may have beside what the constructs write: by itself, it gives nobody anything.
    "data.aws_caller_identity": {},
    "data.aws_partition": {},
    "data.aws_region": {},
    aws_cloudwatch_log_group: {
      ...{ name: ANY, kms_key_id: ANY, retention_in_days: ANY, skip_destroy: ANY, log_group_class: ANY, tags: TAGS },
    },
    aws_sns_topic: { name: ANY, display_name: ANY, tags: TAGS },
  }),
);

/** The shape of a block. Undefined: it is unsupported. */
export function shapeOf({ isData, type }: Block): Shape | undefined {
  return SHAPES.get(isData ? `data.${type}` : type);
}

/** Arguments of a block that are missing, unknown or in another form than its shape has. */
export function misfits(block: Block, shape: Shape, blocks: ReadonlyMap<string, Block>): string[] {
  const { lifecycle, depends_on, ...body } = block.body;
  const names = new Set([...Object.keys(shape), ...Object.keys(body)]);
  return [
    ...(isUsualLifecycle(lifecycle, block) ? [] : ["lifecycle"]),
    ...(depends_on === undefined || (Array.isArray(depends_on) && depends_on.every(isText)) ? [] : ["depends_on"]),
    ...[...names].filter((name) => !(Object.hasOwn(shape, name) && shape[name]?.(body[name], block, blocks))),
  ];
}

/** AWS writes a service-linked role's description, and others in the account may depend on the role. No other change by hand may be ignored. */
const LIFECYCLES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["aws_iam_service_linked_role", { prevent_destroy: true, ignore_changes: ["description"] }],
  ...["aws_iam_role", "aws_iam_policy", ...PARTS].map((type) => [type, { create_before_destroy: true }] as const),
]);

function isUsualLifecycle(value: unknown, { type, isData }: Block): boolean {
  if (type === PLACE.type) return true; // compared whole where the stack is read
  const usual = isData ? undefined : LIFECYCLES.get(type);
  return usual === undefined ? value === undefined : canonical(value) === canonical(usual);
}
