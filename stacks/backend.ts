import {
  CloudBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformStack,
} from "../modules/support-app/framework";
import type { Environment } from "./environments/environment";
import { cloudWorkspace, s3Settings } from "./environments/state-location";

/** Sets where Terraform keeps the environment's state, with the path of local state. */
export function addBackend(stack: TerraformStack, environment: Environment, statePath: string): void {
  const { name, backend } = environment;
  switch (backend.type) {
    case "local":
      new LocalBackend(stack, { path: statePath });
      break;
    case "s3": {
      const { bucket, key, ...settings } = s3Settings(environment, backend);
      const s3 = new S3Backend(stack, { bucket, key });
      // CDKTF's last release knows not all of them.
      for (const [setting, value] of Object.entries(settings)) if (value !== undefined) s3.addOverride(setting, value);
      break;
    }
    case "cloud":
      new CloudBackend(stack, {
        organization: backend.organization,
        hostname: backend.hostname,
        workspaces: new NamedCloudWorkspace(cloudWorkspace(name, backend)),
      });
      break;
    default:
      backend satisfies never; // a stack without a backend would be deployed with its state in the working directory
  }
}
