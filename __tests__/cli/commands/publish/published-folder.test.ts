import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { basename, join } from "node:path";
import { publishingInTests, YAML } from "./publishing";

const { scratch, publish, newFolder, published } = publishingInTests();

describe("a folder", () => {
  test("that publish has written is replaced as a whole", async () => {
    const folder = await published();
    expect(await publish(YAML.slice(0, YAML.indexOf("  staging:")), "--out", folder)).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, "environments/staging"))).toBe(false);
    expect(readdirSync(scratch).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("of a run that was killed while it published is written by the next one, which removes what that left", async () => {
    const folder = await published();
    const left = join(scratch, `.${basename(folder)}.publishing-${spawnSync("true").pid}-abcdef`);
    mkdirSync(join(left, "new"), { recursive: true });
    renameSync(folder, join(left, "old"));
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, "SHA256SUMS"))).toBe(true);
    expect(readdirSync(scratch).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("may be below folders that don't exist, which are then created", async () => {
    const folder = join(newFolder(), "a", "b");
    expect(await publish("environments: {}\n", "--out", folder)).toMatchObject({ status: 1 });
    expect(existsSync(join(folder, "../.."))).toBe(false);
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 0 });
  });

  test("is published without a temporary folder", async () => {
    const folder = newFolder();
    const asked = jest.spyOn(os, "tmpdir").mockReturnValue("/dev/null");
    const published = await publish(YAML, "--out", folder);
    asked.mockRestore();
    expect(published).toMatchObject({ status: 0 });
  });

  test("behind a link is replaced, not the link", async () => {
    const folder = await published();
    const link = newFolder();
    symlinkSync(folder, link);
    expect(await publish(YAML, "--out", link, "--version", "2.0.0")).toMatchObject({ status: 0 });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "manifest.json"), "utf8")).toContain("2.0.0");
  });

  test("behind a link that leads nowhere is refused", async () => {
    const link = newFolder();
    symlinkSync("nowhere", link);
    expect(await publish(YAML, "--out", link)).toEqual({
      status: 1,
      output: `Received --out "${link}", which is a broken link, expected one to a folder that exists. Make that folder, or remove the link.`,
    });
    expect(readdirSync(scratch).filter((name) => name.includes("nowhere"))).toEqual([]);
  });

  test("that contains the current folder is refused", async () => {
    for (const out of [".", "..", "/"]) {
      const { status, output } = await publish(YAML, "--out", out);
      expect(status).toBe(1);
      expect(output).toContain("expected a dedicated folder, since it is replaced as a whole.");
    }
  });

  test("that is empty is accepted", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 0 });
  });

  test.each<[string, (folder: string) => void]>([
    ["that publish didn't write", (folder) => writeFileSync(join(folder, "precious.txt"), "")],
    [
      "that has checksums of its own",
      (folder) => {
        writeFileSync(join(folder, "precious.txt"), "");
        writeFileSync(join(folder, "SHA256SUMS"), `${createHash("sha256").update("").digest("hex")}  precious.txt\n`);
      },
    ],
    ["with a link that leads nowhere", (folder) => symlinkSync("nowhere", join(folder, "precious.txt"))],
    [
      "with something added by hand",
      (folder) => {
        cpSync(PUBLISHED, folder, { recursive: true });
        writeFileSync(join(folder, "environments/precious.txt"), "");
      },
    ],
    [
      "with something changed by hand",
      (folder) => {
        cpSync(PUBLISHED, folder, { recursive: true });
        writeFileSync(join(folder, "access.html"), "changed");
      },
    ],
  ])("%s is left unchanged", async (_, fill) => {
    PUBLISHED ||= await published();
    const folder = newFolder();
    mkdirSync(folder);
    fill(folder);
    const before = readdirSync(folder, { recursive: true });
    const { status, output } = await publish(YAML, "--out", folder);
    expect(status).toBe(1);
    expect(output).toMatch(
      /^Received --out ".*", expected a new or empty folder, or an unchanged one that publish has written: this one has ".*(precious\.txt|access\.html)" in it, which would be lost\. Choose another folder, or move that away\.$/,
    );
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
  let PUBLISHED = "";

  test("that is a file, or below one, is refused", async () => {
    const file = join(scratch, "file");
    writeFileSync(file, "");
    for (const out of [file, join(file, "below")]) {
      const { status, output } = await publish(YAML, "--out", out);
      expect(status).toBe(1);
      expect(output).toMatch(/^Can't publish to ".*": ENOTDIR/);
    }
  });
});
