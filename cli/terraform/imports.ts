import { parse, validate } from "@aws-sdk/util-arn-parser";
import { serviceQuotasRoleArn } from "../../modules/support-app/service-quotas-role";
import { textOf } from "../json";
import { referenceOf } from "./expression";
import type { Block, Import, Stack } from "./stack";

/** Whether an import is of what the stack creates at that address, by its name. Any other import would take something over. */
export function isOwnImport(
  { to, id }: Import,
  { blocks, provider }: Stack,
  roleNamed: (value: unknown) => string | undefined,
): boolean {
  const block = blocks.get(to);
  if (!block) return false;
  const nameOf = (value: unknown) => {
    const role = blocks.get(`aws_iam_role.${roleNamed(value) ?? ""}`);
    return typeof role?.body.name === "string" ? role.body.name : undefined;
  };
  const isOwnPolicy = (arn: string, { body }: Block) =>
    validate(arn) &&
    parse(arn).service === "iam" &&
    (provider.account === undefined || parse(arn).accountId === provider.account) &&
    parse(arn).resource === `policy${textOf(body.path ?? "/")}${textOf(body.name)}`;
  switch (block.type) {
    case "aws_iam_role":
      return id === block.body.name;
    case "aws_iam_policy":
      return isOwnPolicy(id, block);
    case "aws_iam_role_policy_attachment": {
      const name = nameOf(block.body.role);
      if (name === undefined || !id.startsWith(`${name}/`)) return false;
      const arn = id.slice(name.length + 1);
      const policy = blocks.get(referenceOf(block.body.policy_arn)?.address ?? "");
      return policy ? isOwnPolicy(arn, policy) : arn === block.body.policy_arn;
    }
    case "aws_iam_role_policy_attachments_exclusive":
    case "aws_iam_role_policies_exclusive":
      return id === nameOf(block.body.role_name);
    case "aws_iam_service_linked_role":
      return provider.account === undefined
        ? validate(id) && id === serviceQuotasRoleArn(parse(id).accountId)
        : id === serviceQuotasRoleArn(provider.account);
    default:
      return false;
  }
}
