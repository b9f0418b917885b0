import { markdown } from "../../../../../cli/commands/review/report";
import type { Review } from "../../../../../cli/commands/review/review";
import type { LockedProvider } from "../../../../../cli/terraform/provider-lock";
import { review } from "./reported";

const AWS = "registry.terraform.io/hashicorp/aws";
const locked = (version: string, hashes: readonly string[], constraints?: string): LockedProvider => {
  return { version, hashes, constraints };
};

const lines = (lock: Review["lock"]) =>
  markdown(review([], { lock }))
    .split("\n")
    .filter((line) => line.startsWith("- "));

test("the provider lock file is explained", () => {
  expect(markdown(review([], { lock: { kind: "changed", providers: [] } }))).toBe(
    `## ✅ Nobody's access changes, and the provider lock file changes

### Provider lock file: changed

This file decides which providers Terraform installs and runs, with the rights of every deploy. Nothing is planned before this change is approved. **This needs an approval.**

`,
  );
});

const [BEFORE, TWO] = [locked("6.0.0", ["h1:a"]), locked("6.0.0", ["h1:a", "h1:b"])];
const ACCEPTED = "so that packages are accepted that were not accepted before";
test.each<[before: LockedProvider | undefined, after: LockedProvider | undefined, string]>([
  [undefined, locked("6.0.0", [], ">= 6.0.0"), "not locked → `6.0.0`."],
  [undefined, BEFORE, "not locked → `6.0.0`; 1 checksum added."],
  [TWO, undefined, "`6.0.0` → not locked; 2 checksums removed."],
  [
    locked("6.0.0", ["h1:a", "h1:b"], ">= 6.0.0"),
    locked("6.1.0", ["h1:b", "h1:c", "h1:d"]),
    `\`6.0.0\` → \`6.1.0\`; 2 checksums added, ${ACCEPTED}; 1 checksum removed; locked for the versions \`>= 6.0.0\` → any.`,
  ],
  [BEFORE, locked("6.0.0", ["h1:a"], "6.0.0"), "`6.0.0`; locked for the versions any → `6.0.0`."],
  [BEFORE, TWO, `\`6.0.0\`; 1 checksum added, ${ACCEPTED}.`],
])("a provider in the lock file has a line, from %j to %j", (before, after, words) => {
  expect(lines({ kind: "changed", providers: [{ address: AWS, before, after }] })).toEqual([`- \`${AWS}\`: ${words}`]);
});

test.each<[Review["lock"], string]>([
  [
    { kind: "removed", providers: [] },
    "- Without the file, Terraform installs the newest version that is allowed, whatever its checksum.",
  ],
  [
    { kind: "changed" },
    "- Unsupported: a lock file in a form that Terraform doesn't write. What Terraform reads from it is unknown. Regenerate it with `npx support-app lock`.",
  ],
])("a change of the provider lock file has a line: %j", (lock, line) => {
  expect(lines(lock)).toEqual([line]);
});
