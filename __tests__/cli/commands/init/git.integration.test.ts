import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { committedText } from "../../../../cli/commands/init/git";
import { checksum } from "../../../../common/checksum";
import { folderInTests } from "../../../support/folder";

folderInTests({ isWorkingDirectory: true });

function git(...args: string[]): void {
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { stdio: "ignore" });
}

function commit(path: string, text: string): void {
  writeFileSync(path, text);
  git("add", path);
  git("commit", "--message", "a");
}

test("a text is found in any commit of the branch", () => {
  git("init");
  commit("a ä.yml", "first\n");
  git("checkout", "-b", "side");
  commit("a ä.yml", "second\n");
  git("checkout", "-");
  commit("other", "first\n");
  git("merge", "--no-ff", "side");
  git("rm", "a ä.yml");
  git("commit", "--message", "a");
  for (const text of ["first\n", "second\n"]) {
    expect(committedText("a ä.yml", checksum(text))).toEqual({ text });
  }
});

test("a text that no commit of the branch has at that path has a reason, with what to do", () => {
  git("init");
  commit("other", "first\n");
  commit("a.yml", "second\n");
  writeFileSync("a.yml", "first\n");
  expect(committedText("a.yml", checksum("first\n"))).toEqual({
    reason: "what init wrote isn't in the Git history. In a shallow clone, run git fetch --unshallow first",
  });
});

test("outside a Git repository, and before the first commit, there is no history", () => {
  const result = { reason: "no Git history can be read here" };
  expect(committedText("a.yml", checksum(""))).toEqual(result);
  git("init");
  expect(committedText("a.yml", checksum(""))).toEqual(result);
});
