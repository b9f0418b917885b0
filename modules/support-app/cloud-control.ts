import { addressProblems, clashProblems, nameOf, withName } from "./address";
import { CloudcontrolapiResource } from "./aws-bindings";
import { assertNoProblems, validateInStack } from "./format-problem";
import { type Construct, Fn, type TerraformMetaArguments, TerraformStack } from "./framework";
import { liveCheckOf } from "./live-check";
import { CLOUD_CONTROL_SCHEMAS, type CloudControlType } from "./model/cloud-control-types";

/**
 * Adds a resource that the AWS provider supports only through Cloud Control. The schema is included, so that a plan
 * validates the values without calling DescribeType.
 *
 * @param instances the instances that its check looks at, as an expression of a list. Default: the only one
 */
export function cloudControlResource(
  scope: Construct,
  typeName: CloudControlType,
  desiredState: Readonly<Record<string, unknown>>,
  meta: TerraformMetaArguments = {},
  instances?: string,
): CloudcontrolapiResource {
  assertNoProblems(scope, addressProblems(scope));
  validateInStack(scope, () => clashProblems(scope));
  const name = nameOf(scope);
  addLiveCheck(TerraformStack.of(scope), typeName, name, instances);
  return withName(
    name,
    new CloudcontrolapiResource(scope, "resource", {
      typeName,
      desiredState: Fn.jsonencode(desiredState),
      schema: CLOUD_CONTROL_SCHEMAS[typeName],
      ...meta,
    }),
  );
}

/** Adds the check of a resource to its stack. CDKTF has no check blocks. */
function addLiveCheck(stack: TerraformStack, ...liveCheckParameters: Parameters<typeof liveCheckOf>): void {
  const liveCheck = liveCheckOf(...liveCheckParameters);
  if (liveCheck === undefined) return;
  stack.addOverride(`locals.${liveCheck.local}`, liveCheck.differences);
  stack.addOverride(`check.${liveCheck.name}`, liveCheck.check);
}
