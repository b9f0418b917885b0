import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json";
import { copySources } from "../support/packed";

const scratch = mkdtempSync(join(tmpdir(), "support-app-build-"));
const dist = join(scratch, "dist");

beforeAll(() => {
  copySources(scratch);
  execFileSync("npm", ["run", "--silent", "build"], { cwd: scratch });
  rmSync(join(scratch, "node_modules"));
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true }));

const builtFiles = (end: string) =>
  readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(end));

/** The packages that files name, as the pattern finds them. */
function packagesNamed(files: readonly string[], pattern: RegExp): string[] {
  const specifiers = files.flatMap((file) =>
    [...readFileSync(join(dist, file), "utf8").matchAll(pattern)].map(([, specifier = ""]) => specifier),
  );
  const packages = specifiers
    .filter((specifier) => !/^(\.|node:)/.test(specifier) && !builtinModules.includes(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? "");
  return [...new Set(packages)].sort();
}

test("what is built loads no package but the peers, and its types name no other", () => {
  const peers = Object.keys(manifest.peerDependencies).sort();
  expect(Object.keys(manifest)).not.toContain("dependencies");
  // In square brackets, an error of the AWS SDK names a package.
  expect(packagesNamed(builtFiles(".js"), /(?<!\[)\brequire\("([^"]+)"\)/g)).toEqual(peers);
  expect(packagesNamed(builtFiles(".d.ts"), /\b(?:from|import)\s*\(?"([^"]+)"/g)).toEqual(peers);
});

test("the command runs without any other package, and each library that is in it is in the notices and the SBOM", () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [join(dist, "support-app.js"), ...args], { encoding: "utf8" });
  expect(run("--version")).toBe(`${manifest.version}\n`);
  expect(run("doctor", "--help")).toContain("doctor");
  const { components } = JSON.parse(readFileSync(join(dist, "sbom.cdx.json"), "utf8"));
  const names: string[] = components.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(["@aws-sdk/client-iam", "@slack/web-api", "commander", "yaml", "zod"]));
  const notices = readFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), "utf8");
  expect(names.filter((name) => !notices.includes(`\n${name} `))).toEqual([]);
});

test.each([
  ["@cdktf/provider-aws", "diff", "production"],
  ["cdktf", "publish", "--out", "published"],
])("without the framework, one sentence says that %s isn't installed, and what to do: %s", (peer, ...args) => {
  writeFileSync(join(scratch, "cdktf.json"), '{ "app": "node main.js" }');
  cpSync("__tests__/fixtures/environments.yaml", join(scratch, "environments.yaml"));
  const command = [join(dist, "support-app.js"), ...args];
  expect(spawnSync(process.execPath, command, { cwd: scratch, encoding: "utf8" })).toMatchObject({
    status: 1,
    stderr: `Can't write Terraform: ${peer} isn't installed. If package.json has it, run npm ci without --omit=dev; otherwise, run npm install ${peer}.\n`,
  });
});

test("Node.js finds the names of the stacks, for import, and each entry point has its types", () => {
  expect(readFileSync(join(dist, "stacks/index.js"), "utf8")).toContain(
    "{ ChoiceError, SupportAppStack, YamlFileError, loadEnvironments, synthesize }",
  );
  expect(builtFiles("index.d.ts").sort()).toEqual(["modules/support-app/index.d.ts", "stacks/index.d.ts"]);
});
