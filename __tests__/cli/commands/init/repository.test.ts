import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { newRepository, VERSION } from "../../../../cli/commands/init/repository";
import { OWNERS_PLACEHOLDER } from "../../../../cli/forge/bootstrap";
import { runSupportApp, supportAppProgram } from "../../../../cli/program";
import { devDependencies, name, version } from "../../../../package.json";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { ownersIn } from "../../../support/code-owners";
import { initFiles, PIPELINES } from "../../../support/default-pipelines";
import { folderInTests } from "../../../support/folder";
import { printedInTests } from "../../../support/printed";

const ORIGIN = { specifier: version };
const SETTINGS = {
  account: "222233334444",
  region: "eu-west-1",
  full: false,
  owners: "@acme/owners",
  pipelines: PIPELINES,
  origin: ORIGIN,
  hasCli: false,
};

printedInTests();

const manifestOf = (settings: object = {}) =>
  JSON.parse(newRepository({ ...SETTINGS, ...settings }).get("package.json") ?? "");

test("a new repository depends on this package alone, and on what synthesizes only for development, in the versions that were tested", () => {
  expect(VERSION).toBe(version);
  const { dependencies, devDependencies: tools, ...manifest } = manifestOf();
  expect(dependencies).toEqual({ [name]: version });
  const names = ["@cdktf/provider-aws", "@types/node", "cdktf", "constructs", "ts-node", "typescript"] as const;
  expect(Object.entries(tools)).toEqual(names.map((name) => [name, devDependencies[name]]));
  expect(manifest).toEqual({ private: true, scripts: { synth: "node --require ts-node/register main.ts" } });
  expect(manifestOf({ hasCli: true }).optionalDependencies).toEqual({ "cdktf-cli": devDependencies.cdktf });
});

describe.each(["github", "gitlab"] as const)("the owners in %s", (ci) => {
  const filesFor = (owners: string) => newRepository({ ...SETTINGS, owners, pipelines: { ...PIPELINES, ci } });

  test("every file that init writes, and every one that decides access, has the owners", () => {
    const files = filesFor("@acme/owners");
    const ownersOf = ownersIn(files.get(`.${ci}/CODEOWNERS`) ?? "");
    const laterFiles = ["rules.yaml", "package-lock.json", ".terraform.lock.hcl", ".support-app.json", "vendor/a.tgz"];
    for (const path of [...files.keys(), ...laterFiles, "stacks/more.ts", ".npmrc", "environments/b.yaml"])
      expect([path, ownersOf(path)]).toEqual([path, ["@acme/owners"]]);
    expect([...files.values()].join()).not.toContain("YOUR-OWNERS");
  });

  test("without --owners, CODEOWNERS has a placeholder, which the first step of README.md names", () => {
    const files = filesFor(OWNERS_PLACEHOLDER);
    expect(ownersIn(files.get(`.${ci}/CODEOWNERS`) ?? "")("environments.yaml")).toEqual([OWNERS_PLACEHOLDER]);
    expect(files.get("README.md")).toContain(`\n1. In \`CODEOWNERS\`, see that \`${OWNERS_PLACEHOLDER}\` is your`);
  });
});

test.each(["github", "gitlab"] as const)("README.md lists the first steps for %s as one numbered list", (ci) => {
  const text = newRepository({ ...SETTINGS, pipelines: { ...PIPELINES, ci } }).get("README.md") ?? "";
  const [, steps = ""] = text.split(/^## .*\n/m);
  expect(steps.match(/^ *\d+(?=\. )/gm)).toEqual(["1", "2", "3", "4", "5"]);
  expect(steps).toContain("\n   To limit what `environments.yaml` may say");
});

test.each([
  [false, "read-only"],
  [true, "full"],
])(
  "the first environment has, with full access %s, the level %s, and a channel in a comment that replaces it",
  (full, level) => {
    const yaml = newRepository({ ...SETTINGS, full }).get("environments.yaml") ?? "";
    expect(yaml).toContain(`\n    account: "222233334444"\n    region: eu-west-1\n`);
    expect(yaml).toMatch(new RegExp(`\n    ${level}: \\{\\}\n$`));
    for (const path of [...yaml.matchAll(/node_modules\/[\w-]+\/(\S+)/g)].map(([, path]) => path ?? ""))
      expect(existsSync(path)).toBe(true);
    const withChannel = yaml
      .replace(/# With a channel: (.*)\n.*: \{\}/, "$1")
      .replace(/# .*: (?=backend)/, "")
      .replace("NAME", "states");
    expect(parseEnvironments(withChannel, "environments.yaml")).toMatchObject([
      { backend: { type: "s3" }, channels: [{ access: level, name: "support-watch" }] },
    ]);
  },
);

test("Dependabot updates actions and npm packages every week, but for the packages whose versions an upgrade sets", () => {
  const text = initFiles().get(".github/dependabot.yml") ?? "";
  const { updates } = parse(text, { maxAliasCount: 0 }); // GitHub refuses aliases in it
  expect(updates).toMatchObject([
    { "package-ecosystem": "github-actions", directory: "/", schedule: { interval: "weekly" } },
    { "package-ecosystem": "npm", directory: "/", schedule: { interval: "weekly" } },
  ]);
  const { devDependencies: tools, optionalDependencies } = manifestOf({ hasCli: true });
  const pinnedNames = Object.keys({ ...tools, ...optionalDependencies });
  // Without the types of versions, security updates would be ignored, too.
  const types = ["major", "minor", "patch"].map((type) => `version-update:semver-${type}`);
  expect(updates[1].ignore).toEqual(
    pinnedNames.sort().map((pinnedName) => ({ "dependency-name": pinnedName, "update-types": types })),
  );
  expect(updates[1].groups.packages["exclude-patterns"]).toEqual([name]);
});

/** The scripts of each job, by the file and its name. */
function jobsFor(ci: "github" | "gitlab"): [string, string[]][] {
  return [...initFiles({ ...PIPELINES, ci })].flatMap(([path, text]) => {
    if (!/^\.git(hub\/workflows|lab)\b.*\.yml$/.test(path)) return [];
    const content = parse(text, { merge: true });
    return Object.entries<{ script?: string[]; steps?: { run?: string }[] }>(content.jobs ?? content).map(
      ([job, { script, steps }]) => [`${path}: ${job}`, script ?? (steps ?? []).flatMap(({ run }) => run ?? [])],
    );
  });
}

test.each(["github", "gitlab"] as const)(
  "in %s, a job installs what synthesizes if it synthesizes, deploys or reviews, and otherwise leaves it out",
  (ci) => {
    const installations = jobsFor(ci).flatMap(([job, scripts]) => {
      const installation = scripts.find((script) => script.startsWith("npm ci"));
      const isSynthesizing = scripts.some((script) => /npm run synth|support-app (diff|deploy|review)\b/.test(script));
      return installation === undefined ? [] : [{ job, isSynthesizing, installation }];
    });
    expect(new Set(installations.map(({ isSynthesizing }) => isSynthesizing))).toEqual(new Set([true, false]));
    for (const { job, isSynthesizing, installation } of installations)
      expect([job, installation]).toEqual([job, isSynthesizing ? "npm ci" : "npm ci --omit=dev --omit=optional"]);
  },
);

describe("the workflows", () => {
  const workflows = [...initFiles()].filter(([path]) => path.startsWith(".github/workflows/"));

  test.each(workflows)("%s uses commands and options that there are", (_, text) => {
    const invocations = [...text.replaceAll("\\\n", " ").matchAll(/npx --no -- support-app ([a-z-]+)([^\n;&|)]*)/g)];
    expect(invocations.length).toBeGreaterThan(0);
    for (const [, name, rest = ""] of invocations) {
      const { commands } = supportAppProgram(() => {}, {}, name);
      const options = commands.find((command) => command.name() === name)?.options.map(({ long }) => long);
      expect(options).toEqual(expect.arrayContaining(rest.match(/--[a-z][a-z-]*/g) ?? []));
    }
  });

  const folder = folderInTests();

  test("the workflows use outputs that commands with --github set", async () => {
    process.env.GITHUB_OUTPUT = folder("output");
    process.env.SUPPORT_APP_ENVIRONMENTS = folder("environments.yaml");
    const backend = "{ type: s3, bucket: states, region: us-east-1 }";
    const environment = `{ account: "111122223333", region: us-east-1, backend: ${backend}, full: {} }`;
    writeFileSync(process.env.SUPPORT_APP_ENVIRONMENTS, `environments: { a: ${environment} }`);
    for (const purpose of ["deploy", "doctor", "drift"]) {
      expect(await runSupportApp(["environments", "--for", purpose, "--github"])).toBe(0);
    }
    const set = readFileSync(process.env.GITHUB_OUTPUT, "utf8").match(/^\w+(?==)/gm) ?? [];
    const outputNames = workflows.flatMap(([, text]) =>
      [...text.matchAll(/\bsteps\.\w+\.outputs\.(\w+)/g)].map(([, outputName]) => outputName),
    );
    // Other tests are about them; an action sets the last.
    const otherOutputs = ["plannable", "overrides", "commit", "overtaken", "complete", "artifact"];
    expect([...set, ...otherOutputs]).toEqual(expect.arrayContaining(outputNames));
  });
});
