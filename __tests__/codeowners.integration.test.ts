import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ignore from "ignore";

/** What can't run code: data that is reviewed by itself, and records of decisions. Tests run the examples of the other pages. */
const CANNOT_RUN = /^(environments\.yaml|docs\/decisions\/[\w-]+\.md)$/;

/** The rules of CODEOWNERS, whose patterns are those of .gitignore, with a few exceptions. */
const rules = readFileSync(".github/CODEOWNERS", "utf8")
  .split("\n")
  .map((line) => line.replace(/#.*/, "").trim())
  .filter((line) => line !== "")
  .map((line) => {
    const [pattern = "", ...owners] = line.split(/\s+/);
    return { pattern, owners, matcher: ignore({ ignorecase: false }).add(pattern) };
  });

/** The owners of a file: of the last rule that matches. */
function ownersOf(file: string): readonly string[] {
  return rules.findLast(({ matcher }) => matcher.ignores(file))?.owners ?? [];
}

const tracked = execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { encoding: "utf8" })
  .split("\0")
  .filter(Boolean);

test("every line means on GitHub what it means here", () => {
  for (const { pattern, owners } of rules) {
    // GitHub has no "!", "[a-z]" and "\#", and docs/* matches nothing in a folder of docs.
    expect(pattern).not.toMatch(/^!|[[\]\\]|.\/\*$/);
    for (const owner of owners) expect(owner).toMatch(/^@[\w-]+(\/[\w.-]+)?$/);
  }
});

test("every file that can run code has an owner", () => {
  const unowned = tracked.filter((file) => ownersOf(file).length === 0);
  expect(unowned.filter((file) => !CANNOT_RUN.test(file))).toEqual([]);
  expect(unowned).toContain("environments.yaml"); // for which the review is there
});

test.each([".env", ".swcrc", "rules.yaml", "environments.yaml.ts", "docs/run.ts", "docs/new/page.md", "CODEOWNERS"])(
  "%s would have an owner, once it is there",
  (file) => {
    expect(ownersOf(file)).not.toEqual([]);
  },
);
