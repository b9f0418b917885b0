import * as z from "zod";
import { ENVIRONMENT_NAME } from "../../modules/support-app/model/limits";
import {
  ACCESS_PROPERTIES,
  DEFAULTS_PROPERTIES,
  ENVIRONMENT_PROPERTIES,
} from "../../modules/support-app/model/properties";
import { schemaOf, shapeOf } from "./yaml/property-schemas";
import { mapping, namedBy } from "./yaml/schema-values";

/*
 * Every message here continues the sentence "received …, expected …", which the loader begins.
 */

/** Without channels: each would be in every account with the access level, and a new account would open its cases to people by accident. */
function accessDefaults(level: string) {
  return mapping(
    {},
    shapeOf(ACCESS_PROPERTIES),
    `Defaults of ${level} access, without channels. Only environments that set \`${level}: {}\` have it.`,
  );
}

const defaults = mapping(
  {},
  { ...shapeOf(DEFAULTS_PROPERTIES), "read-only": accessDefaults("read-only"), full: accessDefaults("full") },
  "Values for every environment that doesn't set them itself.",
);

const environment = schemaOf({
  kind: "mapping",
  properties: ENVIRONMENT_PROPERTIES,
  words: "One AWS account in one region: one Terraform stack.",
});

/** The schema of environments.yaml: each value on its own. The loader checks how they fit together. */
export const environmentsSchema = z
  .strictObject(
    {
      defaults: defaults.optional(),
      environments: namedBy(
        ENVIRONMENT_NAME,
        environment,
        "a mapping of environment names to environments",
        "at least one environment",
      ).meta({ description: `The environments by name. Each name: ${ENVIRONMENT_NAME.expected}.` }),
    },
    { error: "a mapping with environments" },
  )
  .meta({ description: "What each Slack channel can do in the AWS Support App, by AWS account." });

/** environments.yaml as it is written. */
export type EnvironmentsFile = z.infer<typeof environmentsSchema>;

/** The defaults as they are written. */
export type Defaults = NonNullable<EnvironmentsFile["defaults"]>;

/** One environment as it is written. */
export type EnvironmentEntry = EnvironmentsFile["environments"][string];

/** A role that is assumed, as it is written. */
export type RoleEntry = NonNullable<EnvironmentEntry["deploy-role"]>;

/** One access level of an environment as it is written. */
export type AccessEntry = NonNullable<EnvironmentEntry["full"]>;

/** The JSON Schema of environments.yaml, for editors. */
export function environmentsJsonSchema(): object {
  return z.toJSONSchema(environmentsSchema, { target: "draft-7", io: "input" });
}
