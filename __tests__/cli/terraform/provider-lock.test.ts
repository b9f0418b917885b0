import { writeFileSync } from "node:fs";
import { lockedAwsProvider, readLock } from "../../../cli/terraform/provider-lock";
import { folderInTests } from "../../support/folder";

const AWS = "registry.terraform.io/hashicorp/aws";

/** The block of a provider as Terraform writes it. */
const block = (address: string, ...lines: readonly string[]) =>
  `provider "${address}" {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;

const HEADER = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;

const LOCK = `${HEADER}
provider "${AWS}" {
  version     = "6.25.0"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
    "h1:b=",
    "zh:c",
    "h1:a=",
  ]
}

provider "example.com:8443/team/a-b" {
  version = "1.0.0-beta"
}
`;

const PROVIDERS = [
  [AWS, { version: "6.25.0", constraints: ">= 5.100.0, < 7.0.0", hashes: ["h1:a=", "h1:b=", "zh:c"] }],
  ["example.com:8443/team/a-b", { version: "1.0.0-beta", constraints: undefined, hashes: [] }],
];

test("a lock file is read with version, constraints and the checksums in order", () => {
  expect([...(readLock(LOCK) ?? [])]).toStrictEqual(PROVIDERS);
});

test("a lock file with line breaks of Windows is read, too", () => {
  expect([...(readLock(LOCK.replaceAll("\n", "\r\n")) ?? [])]).toStrictEqual(PROVIDERS);
});

test.each([["a file of remarks alone", `${HEADER}\n\n# Another one\n`]])("%s locks nothing", (_, text) => {
  expect(readLock(text)).toEqual(new Map());
});

test.each([
  ["empty constraints", ['version = "1.0.0"', 'constraints = ""'], { constraints: "", hashes: [] }],
  ["no hashes between the brackets", ['version = "1.0.0"', "hashes = [", "]"], { hashes: [] }],
])("a provider in the lock file may have %s", (_, lines, expected) => {
  expect([...(readLock(block(AWS, ...lines)) ?? [])]).toEqual([[AWS, { version: "1.0.0", ...expected }]]);
});

const VERSION = 'version = "1.0.0"';

test.each([
  ["a provider that stands twice", block(AWS, VERSION) + block(AWS, VERSION)],
  ["anything else before a provider", `locals {}\n${block(AWS, VERSION)}`],
  ["a remark without a line break after it", `${block(AWS, VERSION)}# by hand`],
  ["a provider without a version", block(AWS)],
  ["a version in one line with the brace", `provider "${AWS}" {  version = "1.0.0"\n}\n`],
  ["an argument that Terraform doesn't write", block(AWS, VERSION, 'source = "a"')],
  ["hashes before the version", block(AWS, "hashes = [", "]", VERSION)],
  ["a hash without a comma", block(AWS, VERSION, "hashes = [", '  "h1:a"', "]")],
  ["a brace without a line break after it", block(AWS, VERSION).trimEnd()],
])("%s isn't read: Terraform might read something else", (_, text) => {
  expect(readLock(text)).toBeUndefined();
});

const folder = folderInTests();

test("the provider's address is the one that Terraform or OpenTofu has locked", () => {
  const lock = `provider "registry.opentofu.org/hashicorp/aws" {\n  version = "6.0.0"\n}\n`;
  writeFileSync(folder(".terraform.lock.hcl"), lock);
  expect(lockedAwsProvider(folder())).toBe("registry.opentofu.org/hashicorp/aws");
  writeFileSync(folder(".terraform.lock.hcl"), "");
  expect(lockedAwsProvider(folder())).toBe("registry.terraform.io/hashicorp/aws");
});
