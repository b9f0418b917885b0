import { markdown } from "../../../../../cli/commands/review/report";
import type { Review } from "../../../../../cli/commands/review/review";
import { review } from "./reported";

describe("the provider lock file", () => {
  const AWS = "registry.terraform.io/hashicorp/aws";
  const locked = (version: string, hashes: readonly string[], constraints?: string) => ({
    ...{ version, hashes, constraints },
  });

  test("is explained", () => {
    expect(markdown(review([], { lock: { kind: "changed", providers: [] } }))).toBe(
      `## ✅ Nobody's access changes, and the provider lock file changes

### Provider lock file: changed

This file decides which providers Terraform installs and runs, with the rights of every deploy. Nothing is planned before this change is approved. **This needs an approval.**

`,
    );
  });

  type Lock = NonNullable<Review["lock"]>;
  test.each<[Lock, string]>([
    [
      { kind: "removed", providers: [] },
      "- Without the file, Terraform installs the newest version that is allowed, whatever its checksum.",
    ],
    [
      { kind: "changed" },
      "- Unsupported: a lock file in a form that Terraform doesn't write. What Terraform reads from it is unknown. Regenerate it with `npx support-app lock`.",
    ],
    [
      { kind: "added", providers: [{ address: AWS, after: locked("6.0.0", ["h1:a"]) }] },
      `- \`${AWS}\` \`6.0.0\` is locked (1 checksum).`,
    ],
    [
      { kind: "changed", providers: [{ address: AWS, before: locked("6.0.0", ["h1:a", "h1:b"]) }] },
      `- \`${AWS}\` \`6.0.0\` is no longer locked (2 checksums).`,
    ],
    [
      {
        kind: "changed",
        providers: [
          {
            address: AWS,
            before: locked("6.0.0", ["h1:a", "h1:b"], ">= 6.0.0"),
            after: locked("6.1.0", ["h1:b", "h1:c", "h1:d"]),
          },
        ],
      },
      `- \`${AWS}\`: \`6.0.0\` → \`6.1.0\`; 2 checksums added, so that packages are accepted that were not accepted before; 1 checksum removed; locked for the versions \`>= 6.0.0\` → any.`,
    ],
    [
      {
        kind: "changed",
        providers: [{ address: AWS, before: locked("6.0.0", ["h1:a"]), after: locked("6.0.0", ["h1:a"], "6.0.0") }],
      },
      `- \`${AWS}\`: \`6.0.0\`; locked for the versions any → \`6.0.0\`.`,
    ],
    [
      {
        kind: "changed",
        providers: [{ address: AWS, before: locked("6.0.0", ["h1:a"]), after: locked("6.0.0", ["h1:a", "h1:b"]) }],
      },
      `- \`${AWS}\`: \`6.0.0\`; 1 checksum added, so that packages are accepted that were not accepted before.`,
    ],
  ])("%j", (lock, line) => {
    const lines = markdown(review([], { lock })).split("\n");
    expect(lines.filter((one) => one.startsWith("- "))).toEqual([line]);
  });
});
