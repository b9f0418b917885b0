import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files as text by their path. Undefined: it is removed. */
export type Files = Readonly<Record<string, string | undefined>>;

/** A Git repository in which tests commit. */
export interface CommittedRepository {
  readonly folder: string;
  git(...args: readonly string[]): string;
  /** Writes files, or removes them where there is no text, and commits that. Returns the commit. */
  commit(files: Files, parents?: readonly string[]): string;
}

/** Makes one, of which every commit can be fetched. */
export function createCommittedRepository(folder: string): CommittedRepository {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", env: { ...process.env, ...GIT_ENV } }).trim();
  const write = (files: Files) => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
    }
  };
  mkdirSync(folder);
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "uploadpack.allowAnySHA1InWant", "true");
  return {
    folder,
    git,
    commit: (files, parents) => {
      if (parents?.[0] !== undefined) git("checkout", "--quiet", "--detach", parents[0]);
      write(files);
      git("add", "--all");
      const tree = git("write-tree");
      const parentArgs = (parents ?? []).flatMap((parent) => ["-p", parent]);
      const sha = git("commit-tree", tree, ...parentArgs, "-m", "change");
      git("update-ref", `refs/kept/${sha}`, sha);
      git("reset", "--quiet", "--hard", sha);
      return sha;
    },
  };
}

const GIT_ENV = {
  GIT_AUTHOR_NAME: "alice",
  GIT_AUTHOR_EMAIL: "alice@example.com",
  GIT_COMMITTER_NAME: "alice",
  GIT_COMMITTER_EMAIL: "alice@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};
