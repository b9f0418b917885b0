import { TerraformStack } from "../../modules/support-app/framework";
import { addBackend } from "../../stacks/backend";
import { newApp } from "../../stacks/cdktf/app";
import type { Environment } from "../../stacks/environments/environment";
import type { BackendEntry } from "../../stacks/environments/environments-schema";

const S3 = { type: "s3", bucket: "states", region: "us-east-1" } as const;
const CLOUD = { type: "cloud", organization: "acme" } as const;

describe("the backend in Terraform", () => {
  function backendOf(backend: BackendEntry, profile?: string): unknown {
    const stack = new TerraformStack(newApp(), "prod");
    addBackend(stack, { name: "prod", backend } as Environment, profile, "cdktf.out");
    const { backend: kept, cloud } = stack.toTerraform().terraform;
    return { ...kept, ...(cloud && { cloud }) };
  }

  test("local: a file, which needs no credentials", () => {
    expect(backendOf({ type: "local" }, "ops")).toEqual({ local: { path: "../../../state/prod.tfstate" } });
  });

  test("s3: encrypted, with a lock file, with the environment's profile", () => {
    const s3 = { bucket: "states", region: "us-east-1", key: "support-app/prod.tfstate", encrypt: true };
    expect(backendOf(S3)).toEqual({ s3: { ...s3, use_lockfile: true } });
    expect(backendOf({ ...S3, prefix: "p", "kms-key": "arn" }, "ops")).toEqual({
      s3: { ...s3, key: "p/prod.tfstate", kms_key_id: "arn", profile: "ops", use_lockfile: true },
    });
  });

  test("cloud: a workspace of its own", () => {
    expect(backendOf(CLOUD)).toEqual({ cloud: { organization: "acme", workspaces: { name: "support-app-prod" } } });
    expect(backendOf({ ...CLOUD, hostname: "tfe.example.com", "workspace-prefix": "x-" })).toEqual({
      cloud: { organization: "acme", hostname: "tfe.example.com", workspaces: { name: "x-prod" } },
    });
  });
});
