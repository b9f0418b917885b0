import {
  CloudBackend,
  HttpBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformStack,
} from "../modules/support-app/framework";
import type { Environment } from "./environments/environment";
import { cloudWorkspace, httpSettings, s3Settings } from "./environments/state-location";
import { REQUIRED_VERSION_S3 } from "./required-versions";

/** Sets where Terraform keeps the environment's state, with the path of local state. */
export function addBackend(stack: TerraformStack, environment: Environment, statePath: string): void {
  const { name, backend } = environment;
  switch (backend.type) {
    case "local":
      new LocalBackend(stack, { path: statePath });
      break;
    case "s3": {
      stack.addOverride("terraform.required_version", REQUIRED_VERSION_S3);
      const { bucket, key, ...settings } = s3Settings(environment, backend);
      addSettings(new S3Backend(stack, { bucket, key }), settings); // CDKTF's last release knows not all of them
      break;
    }
    case "cloud":
      new CloudBackend(stack, {
        organization: backend.organization,
        hostname: backend.hostname,
        workspaces: new NamedCloudWorkspace(cloudWorkspace(name, backend)),
      });
      break;
    case "http": {
      const { address, ...settings } = httpSettings(name, backend);
      addSettings(new HttpBackend(stack, { address }), settings);
      break;
    }
    default:
      backend satisfies never; // a stack without a backend would be deployed with its state in the working directory
  }
}

function addSettings(backend: HttpBackend | S3Backend, settings: Readonly<Record<string, unknown>>): void {
  for (const [setting, value] of Object.entries(settings)) if (value !== undefined) backend.addOverride(setting, value);
}
