import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { gitLabInTests, PROJECT_ID } from "../../../support/answering-gitlab";
import { initFiles } from "../../../support/default-pipelines";
import { folderInTests } from "../../../support/folder";

const gitlab = gitLabInTests();
const folder = folderInTests({ isWorkingDirectory: true });

const { access } = parse(initFiles({ ci: "gitlab", branch: "main" }).get(".gitlab-ci.yml") ?? "");
const download: string = access.script.find((step: string) => step.includes("/artifacts"));

/** Runs the step of the job access that gets what synth has uploaded. Returns how synth ended, as the review is told. */
async function run(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const ci = { CI_API_V4_URL: gitlab.url, CI_PROJECT_ID: String(PROJECT_ID), CI_PIPELINE_ID: "9" };
  const script = `set -eo pipefail\n${download}\nprintf %s "$SUPPORT_APP_SYNTH"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", script], {
    env: { PATH: process.env.PATH, base: folder(), GITLAB_TOKEN: "glpat-secret", ...ci, ...env },
  });
  return stdout;
}

/** What synth has uploaded. */
function upload(status: string, files: readonly string[]): void {
  const uploads = folder("uploads");
  for (const file of files) {
    mkdirSync(join(uploads, file, ".."), { recursive: true });
    writeFileSync(join(uploads, file), file);
  }
  gitlab.synth = { folder: uploads, status: () => status };
}

test("what synth has uploaded is in a folder of its own, also if synth has failed", async () => {
  upload("failed", ["cdktf.out/manifest.json", "synth.log", ".npmrc"]);
  expect(await run()).toBe("failed");
  expect(readFileSync(folder("head/cdktf.out/manifest.json"), "utf8")).toBe("cdktf.out/manifest.json");
  expect(existsSync(folder(".npmrc"))).toBe(false);
  expect([...gitlab.tokens]).toEqual(["glpat-secret"]);
});

test("a synth that has uploaded nothing is reported as it ended", async () => {
  upload("canceled", []);
  expect(await run()).toBe("canceled");
});

test("without a token, the review goes on, and says what is missing", async () => {
  gitlab.failures.set(`GET /projects/${PROJECT_ID}/pipelines/9/jobs`, { status: 401 });
  expect(await run({ GITLAB_TOKEN: undefined })).toBe("unknown");
});
