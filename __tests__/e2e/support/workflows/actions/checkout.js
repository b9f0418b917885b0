/* Stands in for actions/checkout: a commit of the repository that WORKFLOW_REMOTE names, and no credentials. */
const { execFileSync } = require("node:child_process");
const { mkdirSync } = require("node:fs");
const { join } = require("node:path");

const { env } = process;
const folder = join(env.GITHUB_WORKSPACE, env.INPUT_PATH || ".");
const commit = env.INPUT_REF || env.GITHUB_SHA;
const depth = env["INPUT_FETCH-DEPTH"] || "1";
if (env["INPUT_PERSIST-CREDENTIALS"] !== "false") throw new Error("Received a checkout that keeps its token.");
mkdirSync(folder, { recursive: true });
const git = (...args) => execFileSync("git", ["-C", folder, ...args], { stdio: "inherit" });
git("init", "--quiet");
git("fetch", "--quiet", ...(depth === "0" ? [] : ["--depth", depth]), `file://${env.WORKFLOW_REMOTE}`, commit);
git("checkout", "--quiet", "--detach", commit);
