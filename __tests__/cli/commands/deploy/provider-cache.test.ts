import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ended } from "../../../../cli/commands/deploy/children";
import { type ProviderCache, providerCache } from "../../../../cli/commands/deploy/provider-cache";
import { CommandError } from "../../../../cli/terminal/command-error";

const LOCK = ".terraform.lock.hcl";
const before = process.env.TF_PLUGIN_CACHE_DIR;
let output: string;
let events: string[];
beforeEach(() => {
  delete process.env.TF_PLUGIN_CACHE_DIR;
  output = mkdtempSync(join(tmpdir(), "support-app-cache-"));
  events = [];
});
afterEach(() => {
  delete process.env.TF_PLUGIN_CACHE_DIR;
  if (before !== undefined) process.env.TF_PLUGIN_CACHE_DIR = before;
  rmSync(output, { recursive: true });
});

/** The folder of a stack that requires a version of the AWS provider. Undefined: it is in HCL. */
function stack(name: string, version?: string): string {
  const folder = join(output, "stacks", name);
  mkdirSync(folder, { recursive: true });
  const required_providers = { aws: { source: "hashicorp/aws", version } };
  const [file, text] = version
    ? ["cdk.tf.json", JSON.stringify({ terraform: { required_providers } })]
    : ["cdk.tf", "terraform {}\n"];
  writeFileSync(join(folder, file), text);
  return folder;
}

/** Initializes a stack. Where Terraform finds no lock file, it writes one of its own. */
function init(cache: ProviderCache, name: string, version?: string, status = 0): Promise<Ended> {
  const folder = stack(name, version);
  return cache.init(folder, async () => {
    events.push(`${name} begins`);
    await new Promise(setImmediate);
    const isThere = existsSync(join(folder, LOCK));
    if (!isThere) writeFileSync(join(folder, LOCK), `lock of ${name}`);
    events.push(`${name} ends`);
    return { status, stdout: "" };
  });
}

const lockOf = (name: string) => readFileSync(join(output, "stacks", name, LOCK), "utf8");
const ONE_AFTER_ANOTHER = ["a begins", "a ends", "b begins", "b ends"];

test("the providers are in the output folder, which is created", () => {
  const folder = join(output, "cdktf.out", ".terraform-providers");
  expect(providerCache(join(output, "cdktf.out")).env).toEqual({ TF_PLUGIN_CACHE_DIR: folder });
  expect(existsSync(folder)).toBe(true);
});

test("a cache that is there already is used, and no other is created", () => {
  process.env.TF_PLUGIN_CACHE_DIR = "/var/cache/terraform";
  expect(providerCache(output).env).toEqual({ TF_PLUGIN_CACHE_DIR: "/var/cache/terraform" });
  expect(existsSync(join(output, ".terraform-providers"))).toBe(false);
});

test("a folder that can't be created is an error", () => {
  const folder = join(output, ".terraform-providers");
  writeFileSync(folder, "a file");
  expect(() => providerCache(output)).toThrow(
    new CommandError(
      `Can't create the folder "${folder}" for providers: EEXIST: file already exists, mkdir '${folder}'. Nothing was changed. Free some space there, or set TF_PLUGIN_CACHE_DIR to another folder.`,
    ),
  );
});

test("the first stack downloads alone, and the others with the same requirements link to that at once", async () => {
  const cache = providerCache(output);
  const all = await Promise.all(["a", "b", "c"].map((name) => init(cache, name, "6.0.0")));
  expect(all).toEqual(Array(3).fill({ status: 0, stdout: "" }));
  expect(events).toEqual(["a begins", "a ends", "b begins", "c begins", "b ends", "c ends"]);
  expect(["a", "b", "c"].map(lockOf)).toEqual(Array(3).fill("lock of a"));
});

test("if the first can't be initialized, the next one downloads", async () => {
  const cache = providerCache(output);
  const [first] = await Promise.all([
    init(cache, "a", "6.0.0", 1),
    init(cache, "b", "6.0.0"),
    init(cache, "c", "6.0.0"),
  ]);
  expect(first).toEqual({ status: 1, stdout: "" });
  expect(events.slice(0, 4)).toEqual(ONE_AFTER_ANOTHER);
  expect(["b", "c"].map(lockOf)).toEqual(["lock of b", "lock of b"]);
});

test.each<[string, string | undefined, string | undefined]>([
  ["with other requirements", "6.0.0", "6.1.0"],
  ["in HCL, whose requirements aren't known", undefined, undefined],
])("a stack %s downloads alone", async (_, one, other) => {
  const cache = providerCache(output);
  await Promise.all([init(cache, "a", one), init(cache, "b", other)]);
  expect(events).toEqual(ONE_AFTER_ANOTHER);
  expect(["a", "b"].map(lockOf)).toEqual(["lock of a", "lock of b"]);
});

test("so does a stack with a lock file of its own, which is never changed", async () => {
  const cache = providerCache(output);
  await init(cache, "a", "6.0.0");
  writeFileSync(join(stack("c", "6.0.0"), LOCK), "mine");
  await Promise.all([init(cache, "b", "6.0.0"), init(cache, "c", "6.0.0")]);
  expect(events.slice(2)).toEqual(["b begins", "b ends", "c begins", "c ends"]);
  expect(lockOf("c")).toBe("mine");
});

test("a download waits for the stacks that link to the cache, even where one of them fails", async () => {
  const cache = providerCache(output);
  await init(cache, "a", "6.0.0");
  const fails = cache.init(stack("b", "6.0.0"), async () => {
    await new Promise(setImmediate);
    events.push("b ends");
    throw new Error("no Terraform");
  });
  const [failed] = await Promise.allSettled([fails, init(cache, "c", "6.1.0")]);
  expect(failed).toMatchObject({ status: "rejected", reason: new Error("no Terraform") });
  expect(events.slice(2)).toEqual(["b ends", "c begins", "c ends"]);
});
