import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publishingInTests, YAML } from "./publishing";

const { publish, published } = publishingInTests();

/** The lines of an output without those of the progress. */
function told(output: string): string[] {
  return output.split("\n").filter((line) => !line.startsWith("Making "));
}

describe("--check", () => {
  test("says whether a folder is what would be written", async () => {
    const folder = await published();
    expect(await publish(YAML, "--check", folder)).toEqual({
      status: 0,
      output: expect.stringContaining(`${folder} is what publish would write.`),
    });
    const { status, output } = await publish(YAML.replace("[resolve-cases]", "[live-chat]"), "--check", folder);
    expect(status).toBe(1);
    expect(output).toContain(
      "is not what publish would write. Publish again.\ndiffers: access.html\ndiffers: access.json\ndiffers: environments/production/README.md\n",
    );
  });

  const WITHOUT_STAGING = YAML.slice(0, YAML.indexOf("  staging:"));
  const DISCARD =
    "Discard or move away the files that publish didn't write as they are. Then publish again, or publish to another folder.";

  test.each<[string, string, (folder: string) => void, string, string[]]>([
    ["is missing", YAML, (folder) => rmSync(join(folder, "README.md")), "Publish again.", ["missing: README.md"]],
    [
      "is of a removed environment",
      WITHOUT_STAGING,
      () => undefined,
      "Publish again.",
      [
        "differs: access.html",
        "differs: access.json",
        "differs: manifest.json",
        "differs: SHA256SUMS",
        "no longer published: environments/staging/README.md",
        "no longer published: environments/staging/main.tf",
        "no longer published: environments/staging/outputs.tf",
        "no longer published: environments/staging/versions.tf",
      ],
    ],
    [
      "was changed by hand",
      YAML,
      (folder) => writeFileSync(join(folder, "README.md"), "mine"),
      DISCARD,
      ["changed since it was published: README.md"],
    ],
    [
      "was replaced by a link",
      YAML,
      (folder) => {
        rmSync(join(folder, "README.md"));
        symlinkSync("LICENSE", join(folder, "README.md"));
      },
      DISCARD,
      ["changed since it was published: README.md"],
    ],
    [
      "of a removed environment was changed by hand",
      WITHOUT_STAGING,
      (folder) => {
        rmSync(join(folder, "environments/staging"), { recursive: true });
        mkdirSync(join(folder, "environments/staging"));
        writeFileSync(join(folder, "environments/staging/main.tf"), "mine");
      },
      DISCARD,
      [
        "differs: access.html",
        "differs: access.json",
        "differs: manifest.json",
        "differs: SHA256SUMS",
        "changed since it was published: environments/staging/main.tf",
      ],
    ],
    [
      "was not written by publish",
      YAML,
      (folder) => writeFileSync(join(folder, "extra.tf"), ""),
      DISCARD,
      ["not written by publish: extra.tf"],
    ],
    [
      "was not written by publish, in the place of one to be written",
      `${YAML}  test: { account: "222233334444", region: us-east-1, read-only: {} }\n`,
      (folder) => {
        mkdirSync(join(folder, "environments/test"));
        writeFileSync(join(folder, "environments/test/main.tf"), "");
      },
      DISCARD,
      [
        "differs: access.html",
        "differs: access.json",
        "missing: environments/test/README.md",
        "not written by publish: environments/test/main.tf",
        "missing: environments/test/outputs.tf",
        "missing: environments/test/versions.tf",
        "differs: manifest.json",
        "differs: SHA256SUMS",
      ],
    ],
    [
      "was changed and one was not written by publish",
      YAML,
      (folder) => {
        writeFileSync(join(folder, "README.md"), "mine");
        writeFileSync(join(folder, "extra.tf"), "");
      },
      DISCARD,
      ["changed since it was published: README.md", "not written by publish: extra.tf"],
    ],
  ])("of a folder in which a file %s names it, and the advice works", async (_, yaml, change, advice, lines) => {
    const folder = await published();
    change(folder);
    const { status, output } = await publish(yaml, "--check", folder);
    expect({ status, told: told(output) }).toEqual({
      status: 1,
      told: [`${folder} is not what publish would write. ${advice}`, ...lines],
    });
    const toMove = lines.flatMap(
      (line) => /^(?:changed since it was published|not written by publish): (.*)$/.exec(line)?.[1] ?? [],
    );
    expect(await publish(yaml, "--out", folder, "--version", "1.2.0")).toMatchObject({
      status: toMove.length === 0 ? 0 : 1,
    });
    for (const path of toMove) rmSync(join(folder, path));
    expect(await publish(yaml, "--out", folder, "--version", "1.2.0")).toMatchObject({ status: 0 });
    expect(await publish(yaml, "--check", folder)).toMatchObject({ status: 0 });
  });

  test.each<[string, (file: string) => void, string]>([
    ["without its checksums", rmSync, "missing"],
    ["whose checksums are empty", (file) => writeFileSync(file, ""), "differs"],
  ])("of a folder %s advises to restore them, since it isn't replaced", async (_, spoil, how) => {
    const folder = await published();
    const sums = readFileSync(join(folder, "SHA256SUMS"));
    spoil(join(folder, "SHA256SUMS"));
    const { status, output } = await publish(YAML, "--check", folder);
    expect({ status, told: told(output) }).toEqual({
      status: 1,
      told: [
        `${folder} is not what publish would write. Its manifest.json and SHA256SUMS are not as publish wrote them. Restore them, or publish to another folder.`,
        `${how}: SHA256SUMS`,
      ],
    });
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 1 });
    writeFileSync(join(folder, "SHA256SUMS"), sums);
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 0 });
  });

  test("of a folder that was published with --since needs the same", async () => {
    const earlier = await published();
    const folder = await published(YAML.replace("[resolve-cases]", "[live-chat]"), "--since", earlier);
    const args = [YAML.replace("[resolve-cases]", "[live-chat]"), "--check", folder] as const;
    expect(await publish(...args, "--since", earlier)).toMatchObject({ status: 0 });
    const { status, output } = await publish(...args);
    expect(status).toBe(2);
    expect(output).toContain(
      "alone, expected --since with the publication of 1.2.0 as well: its page compares with that.",
    );
  });

  test("of a folder whose manifest was changed says to restore it: without one, publish refuses the folder", async () => {
    const folder = await published();
    const before = readFileSync(join(folder, "manifest.json"), "utf8");
    writeFileSync(join(folder, "manifest.json"), `${before}\n`);
    const { output } = await publish(YAML, "--check", folder);
    expect(told(output)[0]).toBe(
      `${folder} is not what publish would write. Its manifest.json and SHA256SUMS are not as publish wrote them. Restore them, or publish to another folder.`,
    );
    writeFileSync(join(folder, "manifest.json"), before);
    expect(await publish(YAML, "--check", folder)).toMatchObject({ status: 0 });
  });

  test("reads checksums with the line ends of Windows", async () => {
    const folder = await published();
    const sums = join(folder, "SHA256SUMS");
    writeFileSync(sums, readFileSync(sums, "utf8").replaceAll("\n", "\r\n"));
    expect(told((await publish(YAML, "--check", folder)).output).slice(1)).toEqual(["differs: SHA256SUMS"]);
  });
});
