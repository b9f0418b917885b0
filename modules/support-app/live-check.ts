import { ACCOUNT_ALIAS_TYPE, SLACK_CHANNEL_TYPE } from "./model/cloud-control-types";

/** The types of which AWS may have something other than Terraform wrote, each with its subject as an expression about `resource`. */
const SUBJECTS: ReadonlyMap<unknown, string> = new Map([
  [SLACK_CHANNEL_TYPE, 'format("the channel #%s (%s)", jsondecode(resource.desired_state).ChannelName, resource.id)'],
  [ACCOUNT_ALIAS_TYPE, '"the account alias"'],
]);

const REMEDY =
  "Terraform doesn't correct this by itself. Where environments.yaml is deployed, support-app deploy corrects it in place. Anywhere else, terraform apply -replace=ADDRESS removes the configuration for a moment, and recreates it.";

/** The parts of a stack that compare a resource with AWS. */
export interface LiveCheck {
  /** The name in Terraform of the resource and its check. */
  readonly name: string;
  /** The name in Terraform of the local value that lists the differences. */
  readonly local: string;
  /** Its expression. */
  readonly differences: string;
  /** The check block. */
  readonly check: { readonly assert: readonly { readonly condition: string; readonly error_message: string }[] };
}

/**
 * A check of what AWS has. Terraform reads the properties of a Cloud Control resource, but compares only its own earlier
 * wish with the new one: neither an update that failed nor a change by hand is in a plan.
 *
 * @param name the resource's name in Terraform
 * @param instances its instances, as an expression of a list
 * @returns undefined for a type of which nothing can differ but whether it exists, which a plan shows
 */
export function liveCheckOf(
  typeName: unknown,
  name: string,
  instances = `aws_cloudcontrolapi_resource.${name}[*]`, // of one, or of a count
): LiveCheck | undefined {
  const subject = SUBJECTS.get(typeName);
  if (subject === undefined) return undefined;
  const local = `${name}_differences`;
  const live = "jsondecode(resource.properties)[name]";
  // A mocked resource in a caller's `terraform test` has properties that aren't JSON. AWS may leave out a flag that is off.
  const differs = `can(keys(jsondecode(resource.properties))) && try(${live}, false) != value`;
  const difference = `format("%s has %s %s, expected %s", ${subject}, name, jsonencode(try(${live}, null)), jsonencode(value)) if ${differs}`;
  const ofResource = `[for name, value in jsondecode(resource.desired_state) : ${difference}]`;
  return {
    name,
    local,
    differences: `\${flatten([for resource in ${instances} : ${ofResource}])}`,
    check: {
      assert: [
        {
          condition: `\${length(local.${local}) == 0}`,
          error_message: `In AWS, \${join("; ", local.${local})}. ${REMEDY}`,
        },
      ],
    },
  };
}
