import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publishingInTests, YAML } from "./publishing";

const { publish, published } = publishingInTests();

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
    writeFileSync(join(folder, "extra.tf"), "");
    rmSync(join(folder, "access.html"));
    const { output: broken } = await publish(YAML, "--check", folder);
    expect(broken).toContain("missing: access.html");
    expect(broken).toContain("not ours: extra.tf");
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
});
