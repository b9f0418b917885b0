import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProviderCache, providerCache } from "../../../../cli/commands/deploy/provider-cache";
import { folderInTests } from "../../../support/folder";

const LOCK = ".terraform.lock.hcl";
const before = { ...process.env };
const output = folderInTests();
let running: number;
beforeEach(() => {
  delete process.env.TF_PLUGIN_CACHE_DIR;
  running = 0;
});
afterEach(() => {
  process.env = { ...before };
});

/** Initializes a stack that requires a version of the AWS provider, or is in HCL. Without a lock file, Terraform writes one. */
function init(cache: ProviderCache, name: string, version?: string, isFailing = false) {
  const folder = output("stacks", name);
  mkdirSync(folder, { recursive: true });
  const required_providers = { aws: { source: "hashicorp/aws", version } };
  if (version) writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ terraform: { required_providers } }));
  return cache.init(folder, async () => {
    expect(running++).toBe(0); // Terraform doesn't lock the cache
    await new Promise(setImmediate);
    running--;
    if (!existsSync(join(folder, LOCK))) writeFileSync(join(folder, LOCK), `lock of ${name}`);
    if (isFailing) throw new Error();
  });
}

const lockOf = (name: string) => readFileSync(output("stacks", name, LOCK), "utf8");

test("the providers are in the output folder, unless another cache is set", () => {
  const folder = output("cdktf.out", ".terraform-providers");
  expect(providerCache(output("cdktf.out")).env).toEqual({ TF_PLUGIN_CACHE_DIR: folder });
  expect(existsSync(folder)).toBe(true);
  process.env.TF_PLUGIN_CACHE_DIR = "/var/cache/terraform";
  expect(providerCache(output()).env).toEqual({ TF_PLUGIN_CACHE_DIR: "/var/cache/terraform" });
});

test("one after the other, stacks with the same requirements get the lock file of the first that could be initialized", async () => {
  const cache = providerCache(output());
  mkdirSync(output("stacks/mine"), { recursive: true });
  writeFileSync(output("stacks/mine", LOCK), "mine");
  const runs = [
    init(cache, "failed", "6.0.0", true).catch(() => {}),
    ...["a", "b", "c"].map((name) => init(cache, name, "6.0.0")),
    init(cache, "other", "6.1.0"),
    ...["hcl-1", "hcl-2"].map((name) => init(cache, name)),
    init(cache, "mine", "6.0.0"),
  ];
  await Promise.all(runs);
  expect(["a", "b", "c", "other", "hcl-1", "hcl-2", "mine"].map(lockOf)).toEqual([
    ...["lock of a", "lock of a", "lock of a", "lock of other", "lock of hcl-1", "lock of hcl-2", "mine"],
  ]);
});
