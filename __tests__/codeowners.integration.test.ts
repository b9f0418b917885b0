import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ownersIn } from "./support/code-owners";

const ownersOf = ownersIn(readFileSync(".github/CODEOWNERS", "utf8"));

test("every file of this repository has an owner", () => {
  const tracked = execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { encoding: "utf8" }).split("\0");
  expect(tracked.filter((file) => file !== "" && ownersOf(file).length === 0)).toEqual([]);
});
