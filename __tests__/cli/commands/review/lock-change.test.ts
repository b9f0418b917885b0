import { lockChange } from "../../../../cli/commands/review/lock-change";

const AWS = "registry.terraform.io/hashicorp/aws";

/** A block as Terraform writes it. */
const locked = (address = AWS, hashes = ["h1:a=", "zh:b"]) => `provider "${address}" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
${hashes.map((hash) => `    "${hash}",\n`).join("")}  ]
}
`;

const HEAD = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

`;
const LOCK = HEAD + locked();

const RANDOM = "registry.terraform.io/hashicorp/random";
const lockFile = HEAD + locked(RANDOM) + locked();
const ENTRY = { version: "5.100.0", constraints: ">= 5.100.0, < 7.0.0", hashes: ["h1:a=", "zh:b"] };

test("the change between two lock files is none if they are the same, or differ only in their form", () => {
  expect(lockChange(undefined, undefined)).toBeUndefined();
  expect(lockChange(LOCK, LOCK)).toBeUndefined();
  expect(lockChange("{", "{")).toBeUndefined();
  expect(lockChange(LOCK, locked())).toBeUndefined();
  expect(lockChange(LOCK, locked(AWS, ["zh:b", "h1:a="]))).toBeUndefined();
});

test("the change between two lock files has the providers that change, and is approved with all of both files", () => {
  expect(lockChange(LOCK, lockFile)).toEqual({
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
  expect(lockChange(lockFile, LOCK)?.approved).toEqual([
    [
      [AWS, ENTRY],
      [RANDOM, ENTRY],
    ],
    [[AWS, ENTRY]],
  ]);
});

test("the change between two lock files is a file that is added or removed, even an empty one", () => {
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

test("the change between two lock files is approved with the texts if either is in another form", () => {
  expect(lockChange(LOCK, "{")).toEqual({ kind: "changed", approved: [LOCK, "{"] });
  expect(lockChange("{", LOCK)).toEqual({ kind: "changed", approved: ["{", LOCK] });
  expect(lockChange(undefined, "{")).toEqual({ kind: "added", approved: [null, "{"] });
  expect(lockChange("{", undefined)).toEqual({ kind: "removed", approved: ["{", null] });
});
