import { execFileSync } from "node:child_process";

/** Commits something to a branch of the repository in that folder, and returns the commit. */
export function commitTo(folder: string, branch: string): string {
  const author = ["-c", "user.name=alice", "-c", "user.email=alice@example.com"];
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", folder, ...author, ...args])
      .toString()
      .trim();
  git("init", "--quiet");
  git("checkout", "--quiet", "-B", branch);
  git("commit", "--quiet", "--allow-empty", "--message", "change");
  return git("rev-parse", "HEAD");
}
