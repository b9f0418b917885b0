import type { Environment } from "./environment";

/** Variables that name a process's credentials. CI has no profiles. */
const CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "CI",
];

/** The AWS profile whose credentials are used for an environment. Undefined: the credentials of the process. */
export function profileOf({ profile }: Pick<Environment, "profile">): string | undefined {
  return CREDENTIAL_VARIABLES.some((name) => process.env[name]) ? undefined : profile;
}
