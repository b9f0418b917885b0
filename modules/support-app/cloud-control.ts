import { addressProblems, clashProblems, named, nameOf } from "./address";
import { CloudcontrolapiResource } from "./aws-bindings";
import { type Construct, Fn, type TerraformMetaArguments } from "./framework";
import { sentence, throwIfAny } from "./problem";

/** The part of a CloudFormation resource type that Terraform needs to plan it. */
export interface CloudControlType {
  readonly typeName: string;
  readonly properties: Readonly<Record<string, { readonly type: "string" | "boolean" }>>;
  readonly required: readonly string[];
  readonly primaryIdentifier: readonly string[];
  readonly createOnlyProperties?: readonly string[];
  readonly readOnlyProperties?: readonly string[];
  readonly writeOnlyProperties?: readonly string[];
}

/**
 * Adds a resource that the AWS provider supports only through Cloud Control. The schema is included, so that a plan
 * validates the values without calling DescribeType.
 */
export function cloudControlResource(
  scope: Construct,
  type: CloudControlType,
  desiredState: Readonly<Record<string, unknown>>,
  meta: TerraformMetaArguments = {},
): CloudcontrolapiResource {
  throwIfAny(scope, addressProblems(scope));
  scope.node.addValidation({ validate: () => clashProblems(scope).map((problem) => sentence(scope, problem)) });
  return named(
    nameOf(scope),
    new CloudcontrolapiResource(scope, "resource", {
      typeName: type.typeName,
      desiredState: Fn.jsonencode(desiredState),
      schema: cloudControlSchema(type),
      ...meta,
    }),
  );
}

/** A type's schema, as JSON for Terraform. */
export function cloudControlSchema(type: CloudControlType): string {
  return JSON.stringify({ description: type.typeName, additionalProperties: false, ...type });
}
