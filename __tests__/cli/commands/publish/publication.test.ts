import { createHash } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { moduleFiles } from "../../../../cli/commands/publish/module-files";
import { publicationOf, publishedIn, type Settings } from "../../../../cli/commands/publish/publication";
import { parseEnvironments } from "../../../../stacks/environments/environments";

const PRODUCTION = `  production:
    account: "444455556666"
    region: us-east-1
    read-only: { policy: aws-managed, channels: [{ name: support-watch, workspace: T01, channel: C01 }] }
    full:
      permissions-boundary: arn:aws:iam::444455556666:policy/boundary
      channels: [{ name: support-oncall, workspace: T01, channel: C02 }]
`;
const STAGING = '  staging: { account: "111122223333", region: us-east-1, read-only: {} }\n';

const SETTINGS = { version: "1.2.0", backend: "environment", provider: "environment", cloudformation: false } as const;

/** The files of a publication of environments, by their path. */
function published(...yaml: string[]): Record<string, string> {
  return publishedWith({}, ...yaml);
}

function publishedWith(settings: Partial<Settings>, ...yaml: string[]): Record<string, string> {
  const environments = publishedIn(parseEnvironments(`environments:\n${yaml.join("")}`, "environments.yaml"));
  return Object.fromEntries(publicationOf(environments, { ...SETTINGS, ...settings }));
}

const files = published(PRODUCTION, STAGING);

test("what is published is modules, roots, and who can do what where", () => {
  expect(Object.keys(files).sort()).toMatchSnapshot();
  expect(JSON.parse(files["access.json"] ?? "")).toMatchObject({
    schemaVersion: 1,
    version: "1.2.0",
    environments: [{ name: "production" }, { name: "staging" }],
  });
});

test("a publication is the same wherever and whenever it is generated, and has nothing of the machine, no time and nothing of CDKTF", () => {
  process.env.TZ = "Pacific/Kiritimati";
  expect(published(STAGING, PRODUCTION)).toEqual(files);
  delete process.env.TZ;
  const text = Object.values(files).join("\n");
  const today = new Date().toISOString().slice(0, 10);
  for (const trace of [process.cwd(), hostname(), `/${userInfo().username}/`, '"//"', today])
    expect(text).not.toContain(trace);
  const written = Object.entries(files).filter(([path]) => !moduleFiles().has(path));
  expect(written.join("\n")).not.toMatch(/\d{2}:\d{2}:\d{2}/);
});

test("SHA256SUMS has the checksums of all files", () => {
  const { SHA256SUMS, ...otherFiles } = files;
  const sumOf = (text: string) => createHash("sha256").update(text).digest("hex");
  const lines = Object.entries(otherFiles).map(([path, text]) => `${sumOf(text)}  ${path}\n`);
  expect(SHA256SUMS).toBe(lines.join(""));
});

test("modules have no provider and no backend, and roots no backend", () => {
  for (const [path, text] of Object.entries(files).filter(([path]) => path.endsWith(".tf"))) {
    expect(text).not.toMatch(/^\s*backend /m);
    expect({ path, hasProvider: /^provider /m.test(text) }).toEqual({
      path,
      hasProvider: path.includes("examples/") || /^environments\/\w+\/main\.tf$/.test(path),
    });
  }
  expect(files["environments/staging/main.tf"]).toContain('allowed_account_ids = ["111122223333"]');
});

test("without provider blocks, the roots give the same access: the block stands in another file, and nothing else differs", () => {
  const without = publishedWith({ provider: "none" }, PRODUCTION, STAGING);
  for (const root of ["environments/production", "environments/staging"]) {
    const { [`${root}/main.tf`]: main = "", [`${root}/provider_override.tf`]: override = "" } = without;
    const block = override.replace(/^ *#.*\n/gm, "");
    expect(`${block}\n${main}`).toBe(files[`${root}/main.tf`]);
  }
  const changed = Object.keys(without).filter((path) => without[path] !== files[path]);
  const names = ["main.tf", "provider_override.tf", "README.md"];
  const roots = ["production", "staging"].flatMap((name) => names.map((file) => `environments/${name}/${file}`));
  expect(changed).toEqual([...roots, "manifest.json", "SHA256SUMS"]);
});

test("a retired environment isn't published, even if it is the last one", () => {
  const { "access.json": access = "", ...otherFiles } = published(
    STAGING.replace(" }", ", retired: true }").replace("{},", "{},"),
  );
  expect(JSON.parse(access).environments).toEqual([]);
  expect(JSON.parse(otherFiles["manifest.json"] ?? "").environments).toEqual([]);
  expect(Object.keys(otherFiles).filter((path) => path.startsWith("environments"))).toEqual([]);
  expect(otherFiles["access.html"]).not.toContain("111122223333");
  expect(otherFiles["modules/support-app-account/main.tf"]).toBeDefined();
});
