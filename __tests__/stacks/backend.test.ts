import { TerraformStack } from "../../modules/support-app/framework";
import { newApp } from "../../stacks/app";
import { addBackend, cloudWorkspace, localStatePath, stateKey } from "../../stacks/backend";
import type { Environment } from "../../stacks/environment";
import type { BackendEntry } from "../../stacks/environments-schema";

const S3 = { type: "s3", bucket: "states", region: "us-east-1" } as const;
const CLOUD = { type: "cloud", organization: "acme" } as const;

test.each([
  [undefined, "support-app/prod.tfstate"],
  ["a/b", "a/b/prod.tfstate"],
])("the state of an environment in a bucket, with the prefix %p, is at %s", (prefix, key) => {
  expect(stateKey("prod", { ...S3, prefix })).toBe(key);
});

test.each([
  [undefined, "support-app-prod"],
  ["slack-", "slack-prod"],
])("its workspace in HCP Terraform, with the prefix %p, is %s", (prefix, workspace) => {
  expect(cloudWorkspace("prod", { ...CLOUD, "workspace-prefix": prefix })).toBe(workspace);
});

test.each([
  ["cdktf.out", "../../../state/prod.tfstate"],
  ["a/b", "../../../../state/prod.tfstate"],
  [".", "../../state/prod.tfstate"],
  ["..", "../../../state/prod.tfstate"],
  ["../elsewhere", "../../../state/prod.tfstate"],
])("its local state is beside cdktf.json, seen from its stack in the output folder %s: %s", (outdir, path) => {
  expect(localStatePath(outdir, "prod")).toBe(path);
});

describe("what Terraform is told", () => {
  function told(backend: BackendEntry, profile?: string): unknown {
    const stack = new TerraformStack(newApp(), "prod");
    addBackend(stack, { name: "prod", backend } as Environment, profile, "cdktf.out");
    const { backend: kept, cloud } = stack.toTerraform().terraform;
    return { ...kept, ...(cloud && { cloud }) };
  }

  test("local: a file, which needs no credentials", () => {
    expect(told({ type: "local" }, "ops")).toEqual({ local: { path: "../../../state/prod.tfstate" } });
  });

  test("s3: encrypted, with a lock file, with the environment's profile", () => {
    const s3 = { bucket: "states", region: "us-east-1", key: "support-app/prod.tfstate", encrypt: true };
    expect(told(S3)).toEqual({ s3: { ...s3, use_lockfile: true } });
    expect(told({ ...S3, prefix: "p", "kms-key": "arn" }, "ops")).toEqual({
      s3: { ...s3, key: "p/prod.tfstate", kms_key_id: "arn", profile: "ops", use_lockfile: true },
    });
  });

  test("cloud: a workspace of its own", () => {
    expect(told(CLOUD)).toEqual({ cloud: { organization: "acme", workspaces: { name: "support-app-prod" } } });
    expect(told({ ...CLOUD, hostname: "tfe.example.com", "workspace-prefix": "x-" })).toEqual({
      cloud: { organization: "acme", hostname: "tfe.example.com", workspaces: { name: "x-prod" } },
    });
  });
});
