import { addressProblems, clashProblems, named, nameOf } from "./address";
import { CloudcontrolapiResource } from "./aws-bindings";
import { assertNoProblems, validateInStack } from "./format-problem";
import { type Construct, Fn, type TerraformMetaArguments } from "./framework";
import { CLOUD_CONTROL_SCHEMAS, type CloudControlType } from "./model/cloud-control-types";

/**
 * Adds a resource that the AWS provider supports only through Cloud Control. The schema is included, so that a plan
 * validates the values without calling DescribeType.
 */
export function cloudControlResource(
  scope: Construct,
  typeName: CloudControlType,
  desiredState: Readonly<Record<string, unknown>>,
  meta: TerraformMetaArguments = {},
): CloudcontrolapiResource {
  assertNoProblems(scope, addressProblems(scope));
  validateInStack(scope, () => clashProblems(scope));
  return named(
    nameOf(scope),
    new CloudcontrolapiResource(scope, "resource", {
      typeName,
      desiredState: Fn.jsonencode(desiredState),
      schema: CLOUD_CONTROL_SCHEMAS[typeName],
      ...meta,
    }),
  );
}
