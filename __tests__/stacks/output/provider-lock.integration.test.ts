import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { providerLockFile, readProviderLock } from "../../../stacks/output/provider-lock";
import { folderInTests } from "../../support/folder";

let file: string;
const folder = folderInTests();
beforeEach(() => {
  file = folder(".terraform.lock.hcl");
});

test("the provider lock file is beside the environment file, wherever that is", () => {
  const before = process.env.SUPPORT_APP_ENVIRONMENTS;
  try {
    delete process.env.SUPPORT_APP_ENVIRONMENTS;
    expect(providerLockFile()).toBe(".terraform.lock.hcl");
    process.env.SUPPORT_APP_ENVIRONMENTS = "teams/payments.yaml";
    expect(providerLockFile()).toBe("teams/.terraform.lock.hcl");
  } finally {
    if (before === undefined) delete process.env.SUPPORT_APP_ENVIRONMENTS;
    else process.env.SUPPORT_APP_ENVIRONMENTS = before;
  }
});

test("a provider lock file, or a link to one, is read; a missing one is undefined", () => {
  expect(readProviderLock(file)).toBeUndefined();
  writeFileSync(folder("real"), "locked");
  symlinkSync("real", file);
  expect(String(readProviderLock(file))).toBe("locked");
});

test.each<[string, () => void, string]>([
  ["a folder", () => mkdirSync(file), "it is a folder"],
  ["a broken link", () => symlinkSync("nowhere", file), "there is no such file or folder"],
  ["a link to itself", () => symlinkSync(file, file), "too many symbolic links encountered"],
])("%s instead of a provider lock file is reported in one sentence", (_, make, reason) => {
  make();
  expect(() => readProviderLock(file)).toThrow(
    `Can't read the provider lock file "${file}": ${reason.replace("FOLDER", folder())}. Nothing was written. Move it away, and write a new one with terraform providers lock.`,
  );
});
