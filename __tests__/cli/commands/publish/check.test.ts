import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publishingInTests, YAML } from "./publishing";

const { publish, published } = publishingInTests();

/** The lines of an output, without the progress. */
function linesOf(output: string): string[] {
  return output.split("\n").filter((line) => !line.startsWith("Making "));
}

describe("--check", () => {
  test("lists the differences between a folder and what would be written", async () => {
    const folder = await published();
    expect(await publish(YAML, "--check", folder)).toEqual({
      status: 0,
      output: expect.stringContaining(`${folder} is what publish would write.`),
    });
    const { status, output } = await publish(YAML.replace("[resolve-cases]", "[live-chat]"), "--check", folder);
    expect(status).toBe(1);
    expect(output).toContain(
      "is not what publish would write. Publish again.\ndiffers: environments/production/main.tf\ndiffers: environments/production/outputs.tf\n",
    );
  });

  const WITHOUT_STAGING = YAML.slice(0, YAML.indexOf("  staging:"));
  const moveAway = (path: string) =>
    `Move away what publish didn't write as it is, such as "${path}", and publish again, or publish to another folder.`;

  test.each<[string, string, (folder: string) => void, string[], string[]]>([
    ["is missing", YAML, (folder) => rmSync(join(folder, "README.md")), [], ["missing: README.md"]],
    [
      "is of a removed environment",
      WITHOUT_STAGING,
      () => undefined,
      [],
      [
        "differs: access.json",
        "differs: access.html",
        "differs: manifest.json",
        "differs: SHA256SUMS",
        "not published: environments/staging/README.md",
        "not published: environments/staging/main.tf",
        "not published: environments/staging/outputs.tf",
        "not published: environments/staging/versions.tf",
      ],
    ],
    [
      "was changed by hand",
      YAML,
      (folder) => writeFileSync(join(folder, "README.md"), "mine"),
      ["README.md"],
      ["differs: README.md"],
    ],
    [
      "was replaced by a link",
      YAML,
      (folder) => {
        rmSync(join(folder, "README.md"));
        symlinkSync("LICENSE", join(folder, "README.md"));
      },
      ["README.md"],
      ["differs: README.md"],
    ],
    [
      "of a removed environment was changed by hand",
      WITHOUT_STAGING,
      (folder) => {
        rmSync(join(folder, "environments/staging"), { recursive: true });
        mkdirSync(join(folder, "environments/staging"));
        writeFileSync(join(folder, "environments/staging/main.tf"), "mine");
      },
      ["environments/staging/main.tf"],
      [
        ...["differs: access.json", "differs: access.html", "differs: manifest.json", "differs: SHA256SUMS"],
        "not published: environments/staging/main.tf",
      ],
    ],
    [
      "was not written by publish",
      YAML,
      (folder) => writeFileSync(join(folder, "extra.tf"), ""),
      ["extra.tf"],
      ["not published: extra.tf"],
    ],
    [
      "was not written by publish, in the place of one to be written",
      `${YAML}  test: { account: "222233334444", region: us-east-1, read-only: {} }\n`,
      (folder) => {
        mkdirSync(join(folder, "environments/test"));
        writeFileSync(join(folder, "environments/test/main.tf"), "");
      },
      ["environments/test/main.tf"],
      [
        "differs: environments/test/main.tf",
        "missing: environments/test/outputs.tf",
        "missing: environments/test/versions.tf",
        "missing: environments/test/README.md",
        ...["differs: access.json", "differs: access.html", "differs: manifest.json", "differs: SHA256SUMS"],
      ],
    ],
    [
      "was changed and one was not written by publish",
      YAML,
      (folder) => {
        writeFileSync(join(folder, "README.md"), "mine");
        writeFileSync(join(folder, "extra.tf"), "");
      },
      ["README.md", "extra.tf"],
      ["differs: README.md", "not published: extra.tf"],
    ],
  ])("of a folder in which a file %s names it, and the advice works", async (_, yaml, change, foreign, lines) => {
    const folder = await published();
    change(folder);
    const check = async () => linesOf((await publish(yaml, "--check", folder)).output);
    const is = `${folder} is not what publish would write.`;
    expect((await check()).slice(1)).toEqual(lines);
    for (let left = [...foreign]; left.length > 0; ) {
      const [advice = ""] = await check();
      const path = left.find((one) => advice === `${is} ${moveAway(one)}`) ?? "";
      expect([advice, left]).toEqual([expect.any(String), expect.arrayContaining([path])]);
      expect(await publish(yaml, "--out", folder, "--version", "1.2.0")).toMatchObject({ status: 1 });
      rmSync(join(folder, path));
      left = left.filter((one) => one !== path);
    }
    const rest = lines.every((line) => line.startsWith("not published") && foreign.length > 0);
    expect((await check())[0]).toBe(rest ? `${folder} is what publish would write.` : `${is} Publish again.`);
    expect(await publish(yaml, "--out", folder, "--version", "1.2.0")).toMatchObject({ status: 0 });
    expect(await publish(yaml, "--check", folder)).toMatchObject({ status: 0 });
  });

  test.each([
    ["manifest.json", "\n"],
    ["SHA256SUMS", "0000  README.md\n"],
  ])("of a folder whose %s was changed names it, and publish doesn't replace the folder", async (name, added) => {
    const folder = await published();
    const before = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), before + added);
    const { status, output } = await publish(YAML, "--check", folder);
    expect({ status, lines: linesOf(output) }).toEqual({
      status: 1,
      lines: [
        expect.stringMatching(/ Move away what publish didn't write as it is, such as ".*", /),
        `differs: ${name}`,
      ],
    });
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 1 });
    writeFileSync(join(folder, name), before);
    expect(await publish(YAML, "--check", folder)).toMatchObject({ status: 0 });
  });

  test("of a folder that was published with --since needs the same", async () => {
    const earlier = await published();
    const folder = await published(YAML.replace("[resolve-cases]", "[live-chat]"), "--since", earlier);
    const args = [YAML.replace("[resolve-cases]", "[live-chat]"), "--check", folder] as const;
    expect(await publish(...args, "--since", earlier)).toMatchObject({ status: 0 });
    const { status, output } = await publish(...args);
    expect(status).toBe(2);
    expect(output).toContain(
      "alone, expected --since with the publication of 1.2.0 as well, from which its page was made.",
    );
  });

  test("reads checksums with the line ends of Windows", async () => {
    const folder = await published();
    const sums = join(folder, "SHA256SUMS");
    writeFileSync(sums, readFileSync(sums, "utf8").replaceAll("\n", "\r\n"));
    expect(linesOf((await publish(YAML, "--check", folder)).output).slice(1)).toEqual(["differs: SHA256SUMS"]);
  });
});
