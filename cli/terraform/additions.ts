import { isFields } from "../../common/fields";
import { list } from "../../common/json";
import { ACCESS_PROPERTIES, type Property } from "../../modules/support-app/model/properties";
import type { Entry } from "./entries";
import { isLiteral, isText, referenceOf } from "./expression";

/** What users may have beside what the constructs write: types that by themselves give nobody anything, and their arguments. */
const HARMLESS: ReadonlyMap<string, readonly string[]> = new Map([
  ["data.aws_caller_identity", []],
  ["data.aws_partition", []],
  ["data.aws_region", []],
  ["aws_cloudwatch_log_group", ["name", "kms_key_id", "retention_in_days", "skip_destroy", "log_group_class", "tags"]],
  ["aws_sns_topic", ["name", "display_name", "tags"]],
]);

/** The arguments of properties that a review doesn't compare, such as tags: with other values, which an aspect may set, they give nobody anything. */
const LABELS = Object.values<Property>(ACCESS_PROPERTIES).flatMap(({ compared, argument }) =>
  compared === "nothing" ? Object.entries(argument ?? {}) : [],
);

/** The value of an entry without descriptions and tags that Terraform uses as they are. */
export function withoutLabels({ address, section, type = "", value }: Entry): unknown {
  if (address === "provider.aws" && Array.isArray(value))
    return value.map((provider) => without(provider, ["default_tags"]));
  const labels = LABELS.flatMap(([argumentType, name]) => (argumentType === type ? [name] : []));
  return section === "resource" ? without(value, labels) : value;
}

function without(value: unknown, names: readonly string[]): unknown {
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([name, argument]) => !(names.includes(name) && isLiteral(argument))),
  );
}

/** The types of resources that a review knows: what the constructs write, and what users may have beside it. */
const KNOWN_TYPES: readonly string[] = [
  ...["aws_iam_role", "aws_iam_policy", "aws_iam_role_policy_attachment", "aws_iam_role_policy_attachments_exclusive"],
  ...["aws_iam_role_policies_exclusive", "aws_iam_service_linked_role", "aws_cloudcontrolapi_resource"],
  ...["terraform_data", ...HARMLESS.keys()],
];

export function isKnownType(type: string): boolean {
  return KNOWN_TYPES.includes(type);
}

/** Whether an entry that the constructs don't write gives nobody anything, and discloses nothing. It may refer to those addresses. */
export function isHarmless({ section, type = "", value }: Entry, addresses: ReadonlySet<string>): boolean {
  const isPlain = (nested: unknown) => isLiteral(nested) || isReferenceIn(nested, addresses);
  if (!isFields(value)) return false;
  if (section === "output") {
    const { value: output, description, sensitive, ...unknown } = value;
    return list(output).every(isPlain) && isLiteral([description, sensitive]) && Object.keys(unknown).length === 0;
  }
  const harmlessArguments = HARMLESS.get(section === "data" ? `data.${type}` : type);
  if (!harmlessArguments || !["resource", "data"].includes(section)) return false;
  const isArgument = ([name, argument]: [name: string, inside: unknown]) =>
    harmlessArguments.includes(name) && (name === "tags" ? isTags(argument) : isPlain(argument));
  const { depends_on = [], ...body } = value;
  return Object.entries(body).every(isArgument) && list(depends_on).every(isText);
}

function isTags(value: unknown): boolean {
  return isFields(value) && isLiteral(value) && Object.values(value).every(isText);
}

/** Whether a value is a reference to something of the stack. */
function isReferenceIn(value: unknown, addresses: ReadonlySet<string>): boolean {
  const reference = referenceOf(value);
  return reference !== undefined && addresses.has(reference.address);
}
