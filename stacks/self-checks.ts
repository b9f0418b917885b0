import { type Fields, isFields } from "../common/fields";
import { liveCheckOf } from "../modules/support-app/live-check";

/** The output that changes with every plan while AWS differs from the stack, so that no plan is empty then. */
export const DIFFERENCES_OUTPUT = "support_app_differences";

/** Its value while nothing differs. */
export const NO_DIFFERENCES = "none";

const DIFFERENCES_DESCRIPTION =
  "Differences between AWS and this Terraform that Terraform doesn't compare: Slack channels and the account alias.";

/** What remembers the account and the region of a state. */
export const PLACE = { type: "terraform_data", name: "support_app_place" } as const;
export const PLACE_ADDRESS = `${PLACE.type}.${PLACE.name}`;

/** How an environment gets another account or region. */
export const ANOTHER_PLACE =
  "For another account or region, keep the old one, set retired: true, and deploy. Then change it, remove retired, and deploy again.";

/** Why an environment can't get another one at once. */
export const LEFT_BEHIND = "A deploy would leave all of it there, in no state.";

/** Where an environment is deployed to. */
export interface DeployPlace {
  readonly account: string;
  readonly region: string;
}

/**
 * A resource that keeps the account and the region of the first deploy, and refuses every plan with others: Terraform would
 * find nothing there, create everything a second time, and forget what it leaves behind. Everything else depends on it.
 */
export function placeGuard({ account, region }: DeployPlace): Fields {
  return {
    input: { account, region },
    lifecycle: {
      ignore_changes: ["input"],
      postcondition: [
        {
          condition: `\${self.output.account == "${account}" && self.output.region == "${region}"}`,
          error_message: `This state has what was deployed to the account \${self.output.account} in \${self.output.region}, and the account is now ${account}, in ${region}. ${LEFT_BEHIND} ${ANOTHER_PLACE}`,
        },
      ],
    },
  };
}

/** The output that lists differences. Undefined: the stack has nothing that can differ. */
export function differencesOutput({ locals, resource }: Fields): Fields | undefined {
  const resources = isFields(resource) ? resource.aws_cloudcontrolapi_resource : undefined;
  const lists = Object.entries(isFields(resources) ? resources : {})
    .sort(([name], [otherName]) => (name < otherName ? -1 : 1))
    .flatMap(([name, body]) => liveCheckOf(isFields(body) ? body.type_name : undefined, name)?.local ?? [])
    .filter((local) => isFields(locals) && Object.hasOwn(locals, local)) // a user's own resource has none
    .map((local) => `local.${local}`);
  if (lists.length === 0) return undefined;
  const timed = `[for difference in concat(${lists.join(", ")}) : "\${plantimestamp()}: \${difference}"]`;
  return { description: DIFFERENCES_DESCRIPTION, value: `\${coalesce(join("; ", ${timed}), "${NO_DIFFERENCES}")}` };
}
