import {
  CloudBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformStack,
} from "../modules/support-app/framework";
import type { Environment } from "./environments/environment";
import { profileOf } from "./environments/profile";
import { cloudWorkspace, localStatePath, stateKey } from "./environments/state-location";

/** Sets where Terraform keeps the environment's state. The stack is written below the output folder. */
export function addBackend(stack: TerraformStack, environment: Environment, outdir: string): void {
  const { name, backend } = environment;
  switch (backend.type) {
    case "local":
      new LocalBackend(stack, { path: localStatePath(outdir, name) });
      break;
    case "s3": {
      const s3 = new S3Backend(stack, {
        bucket: backend.bucket,
        key: stateKey(name, backend),
        region: backend.region,
        encrypt: true,
        kmsKeyId: backend["kms-key"],
        profile: profileOf(environment),
      });
      s3.addOverride("use_lockfile", true); // newer than CDKTF's last release
      break;
    }
    case "cloud":
      new CloudBackend(stack, {
        organization: backend.organization,
        hostname: backend.hostname,
        workspaces: new NamedCloudWorkspace(cloudWorkspace(name, backend)),
      });
  }
}
