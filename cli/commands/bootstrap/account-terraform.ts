import type { Fields } from "../../../common/fields";
import type { Environment } from "../../../stacks/environments/environment";
import { httpSettings, s3Settings } from "../../../stacks/environments/state-location";
import { AWS_PROVIDER, REQUIRED_VERSION_S3 } from "../../../stacks/required-versions";
import type { TokenIssuer } from "../../forge/bootstrap";
import type { Forge } from "../../forge/forge";
import { audiencesOf, type JobRole, providerChoice } from "./roles";

const PROVIDER = "aws_iam_openid_connect_provider";

/** Terraform of the identity provider and the roles in an environment's account, with a state beside the environment's own. */
export function accountTerraform(
  environment: Environment,
  roles: readonly JobRole[],
  forge: Forge,
  issuer: TokenIssuer,
): Fields {
  const { account, region, profile } = environment;
  const byPurpose = <T>(blockOf: (role: JobRole) => T) =>
    Object.fromEntries(roles.map((role) => [role.purpose, blockOf(role)]));
  return {
    terraform: {
      required_version: REQUIRED_VERSION_S3,
      required_providers: { aws: { ...AWS_PROVIDER } },
      backend: backendOf(environment),
    },
    provider: { aws: [{ region, profile, allowed_account_ids: [account] }] },
    variable: {
      create_oidc_provider: {
        type: "bool",
        default: true,
        description: providerChoice(forge, issuer),
      },
    },
    resource: {
      [PROVIDER]: {
        [forge.option]: {
          count: "${var.create_oidc_provider ? 1 : 0}",
          url: `https://${issuer.host}`,
          client_id_list: audiencesOf(roles, issuer),
        },
      },
      aws_iam_role: byPurpose(({ name, path, trust }) => ({
        ...{ name, path, assume_role_policy: JSON.stringify(trust), depends_on: [`${PROVIDER}.${forge.option}`] },
      })),
      aws_iam_role_policy: byPurpose(({ purpose, permissions }) => ({
        name: `support-app-${purpose}`,
        role: `\${aws_iam_role.${purpose}.name}`,
        policy: JSON.stringify(permissions),
      })),
    },
  };
}

function backendOf(environment: Environment): Fields | undefined {
  const { name, backend } = environment;
  if (backend.type === "http") return { http: httpSettings(`${name}.bootstrap`, backend) }; // no environment has a dot
  if (backend.type !== "s3") return undefined; // which the command refuses
  const { key, ...settings } = s3Settings(environment, backend);
  return { s3: { ...settings, key: key.replace(/[^/]*$/, (file) => `bootstrap/${file}`) } };
}
