import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { setJobs } from "../../../../cli/forge/gitlab/job";
import { initFiles } from "../../../support/default-pipelines";
import { folderInTests } from "../../../support/folder";

interface Job {
  readonly extends?: string;
  readonly rules?: readonly { readonly if?: string }[];
  readonly environment?: { readonly name: string };
  readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
  readonly needs?: readonly unknown[];
  readonly script?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

const files = initFiles({ ci: "gitlab", branch: "main" });
const pipelineIn = (path: string): Readonly<Record<string, Job>> => parse(files.get(path) ?? "", { merge: true });
const CHILDREN = ["deploy", "doctor", "drift"] as const;
const jobsOf = (path: string) => Object.entries(pipelineIn(path)).filter(([, job]) => job.script !== undefined);

folderInTests({ isWorkingDirectory: true });

test("a repository for GitLab has its pipelines, its owners and nothing of GitHub", () => {
  expect([...files.keys()].filter((path) => path.startsWith(".git"))).toEqual([
    ".gitignore",
    ".gitlab-ci.yml",
    ...["CODEOWNERS", "deploy.yml", "doctor.yml", "drift.yml", "setup.yml"].map((name) => `.gitlab/${name}`),
  ]);
});

test("another default branch is the branch of every rule, and of what a merge request is compared with", () => {
  const text = initFiles({ ci: "gitlab", branch: "trunk" }).get(".gitlab-ci.yml") ?? "";
  expect(text).not.toMatch(/== "main"|--branch main|PROJECT:main/);
  expect(text.match(/== "trunk"|--branch trunk|PROJECT:trunk/g)).toHaveLength(4);
});

test("no job of a merge request gets an identity, and only the job with the code of main gets the token's environment", () => {
  const ofMergeRequests = jobsOf(".gitlab-ci.yml").filter(([, { rules = [] }]) =>
    rules.some((rule) => rule.if?.includes("merge_request_event")),
  );
  expect(ofMergeRequests.map(([name, { environment, id_tokens }]) => [name, environment?.name, id_tokens])).toEqual([
    ["synth", undefined, undefined],
    ["access", "support-app/ci", undefined],
  ]);
  const access = pipelineIn(".gitlab-ci.yml").access?.script ?? [];
  // Before the job is in a folder of its own, it runs nothing that a file could change.
  expect(access.slice(0, 2)).toEqual(['base="$(mktemp -d)"', 'cd "$base"']);
});

test("the job with the token gets no artifacts by itself, with which GitLab would set variables that a merge request's code has uploaded", () => {
  const { needs } = pipelineIn(".gitlab-ci.yml").access ?? {};
  expect(needs).toEqual([{ job: "synth", artifacts: false }]);
});

test.each(CHILDREN)("in the child pipeline %s, a token is for the environment of its job alone", (name) => {
  for (const [, { environment, id_tokens }] of jobsOf(`.gitlab/${name}.yml`)) {
    const audiences = Object.values(id_tokens ?? {}).map(({ aud }) => aud);
    expect(audiences).toEqual(audiences.length === 0 ? [] : [environment?.name]);
  }
});

test.each(CHILDREN)("the jobs that environments writes for %s are in its child pipeline", (purpose) => {
  process.env.CI_COMMIT_SHA = "a".repeat(40);
  setJobs(purpose, {});
  delete process.env.CI_COMMIT_SHA;
  const { include, variables: _, ...jobs } = parse(readFileSync("support-app.jobs.yml", "utf8"));
  expect(include).toEqual([{ local: `.gitlab/${purpose}.yml` }]);
  expect(Object.keys(pipelineIn(`.gitlab/${purpose}.yml`))).toEqual(expect.arrayContaining(Object.keys(jobs)));
});

test("no pipeline has a cache, and every job begins with a clone: another branch's job could have written what a runner keeps", () => {
  for (const [path, text] of files) if (path.endsWith(".yml")) expect(text).not.toMatch(/^\s*cache:/m);
  for (const path of [".gitlab-ci.yml", ".gitlab/setup.yml"]) // which each child pipeline includes
    expect(pipelineIn(path).variables).toEqual({ GIT_STRATEGY: "clone" });
  const strategies = [...files.values()].join("\n").match(/(?<=GIT_STRATEGY: )\w+/g);
  expect(strategies).toEqual(["clone", "empty", "clone"]);
});
