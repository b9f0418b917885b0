import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { listening } from "../support/loopback";
import { thoroughTest } from "../support/thorough";
import { newAccount } from "./support/account";
import { createProject, type Project, removeProjects, terraformIn } from "./support/project";

afterAll(removeProjects);

/** A clone with two releases, of which the second gives a channel one capability more and takes another. */
function createReleases(project: Project): string {
  const clone = join(project.folder, "clone");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: clone });
  execFileSync("git", ["clone", "--quiet", resolve("."), clone]);
  symlinkSync(resolve("node_modules"), join(clone, "node_modules"));
  const release = (version: string, without: string) => {
    const channels = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
    writeFileSync(
      join(clone, "environments.yaml"),
      `environments:\n  paid: { account: "111122223333", region: us-east-1, full: { without: [${without}], ${channels} } }\n`,
    );
    const file = join(clone, "package.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"version": ".*"/, `"version": "${version}"`));
    git("commit", "--quiet", "--all", "--message", version);
    git("tag", `v${version}`);
  };
  for (const tag of git("tag").toString().split("\n").filter(Boolean)) git("tag", "--delete", tag);
  release("1.0.0", "live-chat");
  release("1.1.0", "resolve-cases");
  return clone;
}

/**
 * A folder with an npm whose `npm ci` takes the packages that are installed here, if they are those of the same lock file.
 * Everything else is left to npm.
 */
function createNpm(project: Project): string {
  const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
  const bin = join(project.folder, "bin");
  mkdirSync(bin);
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const lock = quote(resolve("package-lock.json"));
  const modules = quote(resolve("node_modules"));
  const script = `#!/bin/sh\n[ "$1" = ci ] || exec ${quote(npm)} "$@"\ncmp package-lock.json ${lock} && ln -s ${modules} node_modules\n`;
  writeFileSync(join(bin, "npm"), script, { mode: 0o755 });
  return bin;
}

thoroughTest(
  "a release is the packages for CDKTF and for cdktn, a zip for each module, and what access has changed",
  async () => {
    const project = createProject("release", "environments: {}\n");
    const clone = createReleases(project);
    const bin = createNpm(project);
    const as = { as: newAccount() };
    const make = () => {
      const { status, stderr } = spawnSync("bash", [".github/package"], {
        cwd: clone,
        env: { ...process.env, TAG: "v1.1.0", GITHUB_REPOSITORY: "acme/access", PATH: `${bin}:${process.env.PATH}` },
        encoding: "utf8",
      });
      expect({ status, stderr }).toMatchObject({ status: 0 });
      return Object.fromEntries(
        readdirSync(join(clone, "release")).map((name) => [name, readFileSync(join(clone, "release", name))]),
      );
    };
    const first = make();
    expect(Object.keys(first)).toEqual([
      "access.html",
      "access.json",
      "cdktf-support-app-access-1.1.0.tgz",
      "cdktn-support-app-access-1.1.0.tgz",
      "notes.md",
      "sbom.cdx.json",
      "support-app-1.1.0.zip",
    ]);
    const notes = String(first["notes.md"]);
    expect(notes).toContain("# 1.1.0\n\nAccess since v1.0.0:\n\n## People gain access in 1 of 1 environment,");
    expect(notes).toContain("| everyone in `#oncall` | **live-chat** | resolve-cases |");
    expect(String(first["access.html"])).toContain("<b>#oncall</b>");
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: clone, encoding: "utf8" })).toBe("");
    const second = make();
    for (const name of Object.keys(first))
      expect({ name, same: first[name]?.equals(second[name] ?? Buffer.of()) }).toEqual({ name, same: true });

    const server = createServer(({ url }, response) => response.end(first[url?.slice(1).split("?")[0] ?? ""]));
    const { url, close } = await listening(server);
    try {
      const zip = `${url}/support-app-1.1.0.zip`;
      const module = {
        people: { source: zip, access: "full" },
        account: { source: `${zip}//modules/support-app-account` },
      };
      mkdirSync(join(project.folder, "root"));
      writeFileSync(
        join(project.folder, "root/main.tf.json"),
        JSON.stringify({ provider: { aws: { region: "us-east-1" } }, module }),
      );
      for (const args of [
        ["init", "-input=false"],
        ["plan", "-input=false"],
      ]) {
        expect(await terraformIn(project, "root", args, as)).toMatchObject({ status: 0 });
      }
    } finally {
      await close();
    }
  },
);

test("a tag of another version than the package's is refused", () => {
  const { status, stderr } = spawnSync("bash", [".github/package"], {
    env: { ...process.env, TAG: "v99.0.0" },
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("Received the tag v99.0.0, expected one of the version in package.json.");
});
