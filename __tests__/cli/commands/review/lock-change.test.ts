import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockChange } from "../../../../cli/commands/review/lock-change";
import { reviewingInTests } from "../../../support/reviewing";
import { synthesize } from "../../../support/synthesize";

const { review, folderOf } = reviewingInTests();

const AWS = "registry.terraform.io/hashicorp/aws";

interface Locked {
  readonly version?: string;
  readonly hashes?: readonly string[];
  readonly address?: string;
  readonly constraints?: string;
}

/** A block as Terraform writes it. */
function locked({ version = "5.100.0", hashes = ["h1:a=", "zh:b"], ...rest }: Locked = {}): string {
  const { address = AWS, constraints = ">= 5.100.0, < 7.0.0" } = rest;
  const list = hashes.map((hash) => `    "${hash}",\n`).join("");
  return `provider "${address}" {
  version     = "${version}"
  constraints = "${constraints}"
  hashes = [
${list}  ]
}
`;
}

const HEAD = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

`;
const LOCK = HEAD + locked();

describe("the change between two lock files", () => {
  const RANDOM = "registry.terraform.io/hashicorp/random";
  const both = HEAD + locked({ address: RANDOM }) + locked();
  const ENTRY = { version: "5.100.0", constraints: ">= 5.100.0, < 7.0.0", hashes: ["h1:a=", "zh:b"] };

  test("is none if they are the same, or differ only in their form", () => {
    expect(lockChange(undefined, undefined)).toBeUndefined();
    expect(lockChange(LOCK, LOCK)).toBeUndefined();
    expect(lockChange("{", "{")).toBeUndefined();
    expect(lockChange(LOCK, locked())).toBeUndefined();
  });

  test("has the providers that change, and is approved with all of both files", () => {
    expect(lockChange(LOCK, both)).toEqual({
      kind: "changed",
      providers: [{ address: RANDOM, before: undefined, after: ENTRY }],
      approved: [
        [[AWS, ENTRY]],
        [
          [AWS, ENTRY],
          [RANDOM, ENTRY],
        ],
      ],
    });
    expect(lockChange(both, LOCK)?.approved).toEqual([
      [
        [AWS, ENTRY],
        [RANDOM, ENTRY],
      ],
      [[AWS, ENTRY]],
    ]);
  });

  test("is a file that is added or removed, even an empty one", () => {
    expect(lockChange(undefined, LOCK)).toEqual({
      ...{ kind: "added", providers: [{ address: AWS, before: undefined, after: ENTRY }] },
      approved: [[], [[AWS, ENTRY]]],
    });
    expect(lockChange(LOCK, undefined)).toEqual({
      ...{ kind: "removed", providers: [{ address: AWS, before: ENTRY, after: undefined }] },
      approved: [[[AWS, ENTRY]], []],
    });
    expect(lockChange(undefined, HEAD)).toEqual({ kind: "added", providers: [], approved: [[], []] });
  });

  test("is approved with the texts if either is in another form", () => {
    expect(lockChange(LOCK, "{")).toEqual({ kind: "changed", approved: [LOCK, "{"] });
    expect(lockChange("{", LOCK)).toEqual({ kind: "changed", approved: ["{", LOCK] });
    expect(lockChange(undefined, "{")).toEqual({ kind: "added", approved: [null, "{"] });
    expect(lockChange("{", undefined)).toEqual({ kind: "removed", approved: ["{", null] });
  });
});

const STACKS = synthesize(`environments:
  one: { account: "111122223333", region: us-east-1, read-only: {} }
  two: { account: "444455556666", region: us-east-1, full: {} }`);
const OTHER = synthesize(`environments:
  one: { account: "111122223333", region: us-east-1, read-only: { role-name: Other } }
  two: { account: "444455556666", region: us-east-1, full: {} }`);

/** A synthesized folder with this lock file beside the stacks that are named. */
function folderWith(lock: string | undefined, stacks = STACKS, names = Object.keys(stacks)): string {
  const folder = folderOf(stacks);
  if (lock !== undefined) {
    for (const name of names) writeFileSync(join(folder, "stacks", name, ".terraform.lock.hcl"), lock);
  }
  return folder;
}

async function reviewed(base: string | undefined, head: string | undefined, ...args: string[]) {
  return review("--base", folderWith(base), "--head", folderWith(head), ...args);
}

test.each<[string, string | undefined, string | undefined]>([
  ["no lock file on either side, as earlier versions write it", undefined, undefined],
  ["the same one", LOCK, LOCK],
  ["the same in another form", LOCK, `# ours\r\n\r\n${locked({ hashes: ["zh:b", "h1:a="] }).replaceAll("\n", "\r\n")}`],
])("%s: nothing is reported", async (_, base, head) => {
  expect(await reviewed(base, head)).toEqual({ status: 0, output: "## ✅ Nobody's access changes\n" });
});

test.each<[string, string | undefined, string | undefined, string, string]>([
  ["is new", undefined, LOCK, "added", `\`${AWS}\` \`5.100.0\` is locked (2 checksums).`],
  [
    "is removed",
    LOCK,
    undefined,
    "removed",
    `Without the file, Terraform installs the newest version that is allowed, whatever its checksum.\n- \`${AWS}\` \`5.100.0\` is no longer locked (2 checksums).`,
  ],
  [
    "has another version",
    LOCK,
    HEAD + locked({ version: "6.0.0", hashes: ["h1:c="] }),
    "changed",
    `\`${AWS}\`: \`5.100.0\` → \`6.0.0\`; 1 checksum added, so that packages are accepted that were not accepted before; 2 checksums removed.`,
  ],
  [
    "accepts another package of the same version",
    LOCK,
    HEAD + locked({ hashes: ["h1:a=", "zh:b", "zh:evil"] }),
    "changed",
    `\`${AWS}\`: \`5.100.0\`; 1 checksum added, so that packages are accepted that were not accepted before.`,
  ],
  [
    "is for other versions",
    LOCK,
    HEAD + locked({ constraints: ">= 6.0.0" }),
    "changed",
    `\`${AWS}\`: \`5.100.0\`; locked for the versions \`>= 5.100.0, < 7.0.0\` → \`>= 6.0.0\`.`,
  ],
  [
    "has another provider, too",
    LOCK,
    `${LOCK}\n${locked({ address: "registry.terraform.io/hashicorp/random", version: "3.0.0" })}`,
    "changed",
    "`registry.terraform.io/hashicorp/random` `3.0.0` is locked (2 checksums).",
  ],
])("a lock file that %s needs an approval of exactly this change", async (_, base, head, kind, words) => {
  const { status, output } = await reviewed(base, head);
  expect(status).toBe(3);
  expect(output).toContain("## ⚠️ Nobody's access changes, and the provider lock file changes\n");
  expect(output).toContain(
    `### Provider lock file: ${kind}\n\nThis file decides which providers Terraform installs and runs, with the rights of every deploy. Nothing is planned before this change is approved. **This needs an approval.**\n\n- ${words}\n`,
  );
  const [, digest = ""] = output.match(/^Digest of this change: `(\w+)`$/m) ?? [];
  expect((await reviewed(base, head, "--approved", digest)).status).toBe(0);
  expect((await reviewed(base, `${LOCK}\n${locked({ address: "evil.com/a/b" })}`, "--approved", digest)).status).toBe(
    3,
  );
});

test.each([
  ["not a lock file", "{}"],
  ["cut off", LOCK.slice(0, -2)],
  ["in conflict", `<<<<<<< HEAD\n${LOCK}`],
  ["with a provider twice", `${LOCK}\n${locked({ version: "6.0.0" })}`],
  ["with a new argument", LOCK.replace("  hashes", '  signed = "no"\n  hashes')],
  ["with an escape", HEAD + locked({ version: "\\u0036.0.0" })],
  ["with a comment in a block", LOCK.replace("  hashes", "  # hashes\n  hashes")],
])("one that is %s is unsupported, as long as it isn't the same before and after", async (_, text) => {
  for (const [base, head] of [
    [LOCK, text],
    [text, LOCK],
  ]) {
    const { status, output } = await reviewed(base, head);
    expect(status).toBe(3);
    expect(output).toContain(
      "- Unsupported: a lock file in a form that Terraform doesn't write. What Terraform reads from it is unknown.",
    );
  }
  expect((await reviewed(text, text)).status).toBe(0);
});

test("nothing in a lock file becomes Markdown or a line of its own", async () => {
  const { output } = await reviewed(
    LOCK,
    HEAD + locked({ version: "6 | `<b>` \u0007::error::", constraints: "\u009b" }),
  );
  expect(output).toContain("``6 | `<b>` \\u{0007}::error::``");
  expect(output).toContain("\\u{009b}`");
});

test("a changed lock file keeps everything else from being planned before it is approved", async () => {
  const plannable = async (lock: string) => {
    const args = ["--base", folderWith(LOCK), "--head", folderWith(lock, OTHER), "--format", "json"];
    return JSON.parse((await review(...args)).output);
  };
  expect((await plannable(LOCK)).plannable).toEqual(["one"]);
  const changed = await plannable(HEAD + locked({ version: "6.0.0" }));
  expect(changed).toMatchObject({ plannable: [], approvalNeeded: true, lock: { kind: "changed" } });
});

test.each([
  ["in only some stacks", undefined],
  ["another in one of them", HEAD + locked({ version: "6.0.0" })],
])("a lock file that is %s is a hand-edited output, and an error", async (_, other) => {
  const folder = folderWith(LOCK, STACKS, ["two"]);
  if (other !== undefined) writeFileSync(join(folder, "stacks/one/.terraform.lock.hcl"), other);
  const [one, two] = ["one", "two"].map((name) => JSON.stringify(join(folder, "stacks", name, ".terraform.lock.hcl")));
  expect(await review("--base", folderWith(LOCK), "--head", folder)).toEqual({
    status: 1,
    output: `Received ${one} and ${two}, which differ, or one is missing, expected the same provider lock file beside each stack, or none. Synthesize into a new folder.`,
  });
});

test.each<[string, (path: string) => void]>([
  ["a link", (path) => symlinkSync("cdk.tf.json", path)],
  ["a folder", (path) => mkdirSync(path)],
])("%s in its place is an error", async (_, make) => {
  const folder = folderWith(undefined);
  const path = join(folder, "stacks/one/.terraform.lock.hcl");
  make(path);
  const { status, output } = await review("--base", folderWith(undefined), "--head", folder);
  expect(status).toBe(1);
  expect(output).toContain(
    `Received ${JSON.stringify(path)}, expected nothing but what the last \`npm run synth\` wrote`,
  );
});
