import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALL_TEXT, paid, reviewedFoldersInTests } from "../../support/reviewed-folders";

const { scratch, review, folderOf, ALL } = reviewedFoldersInTests();

describe("what synthesizing doesn't write is an error that names it", () => {
  const refuses = async (folder: string, name: string) => {
    const refused = {
      status: 1,
      output: `Received ${JSON.stringify(join(folder, name))}, expected nothing but what \`npm run synth\` writes: Terraform or OpenTofu might take it. Synthesize into a new folder.`,
    };
    expect(await review("--base", ALL, "--head", folder)).toEqual(refused);
    expect(await review("--base", folder, "--head", ALL)).toEqual(refused);
  };

  test.each([
    ...["extra.tf", "extra.tofu", "cdk.tofu.json", "extra.tofu.json", "cdk.tf", "extra.tf.json"],
    ...["override.tf.json", "extra_override.tf", "terraform.tfvars", "terraform.tfvars.json", "x.auto.tfvars"],
    ...["x.auto.tfvars.json", ".terraform.lock.hcl.old", ".terraformrc", "extra.tftest.hcl", "terraform.tfstate"],
    ...[".gitkeep", "README.md", "CDK.TF.JSON"],
  ])("the file %s beside a stack", async (name) => {
    const folder = folderOf(ALL_TEXT);
    writeFileSync(join(folder, "stacks/paid", name), "{}");
    await refuses(folder, `stacks/paid/${name}`);
  });

  test.each(["modules", ".terraform", "terraform.tfstate.d"])("the folder %s beside a stack", async (name) => {
    const folder = folderOf(ALL_TEXT);
    mkdirSync(join(folder, "stacks/paid", name));
    await refuses(folder, `stacks/paid/${name}`);
  });

  test.each(["stacks/paid/cdk.tf.json", "stacks/paid", "stacks", "manifest.json"])("a link for %s", async (path) => {
    const folder = folderOf(ALL_TEXT);
    const target = `${folder}-target`;
    renameSync(join(folder, path), target);
    symlinkSync(target, join(folder, path));
    await refuses(folder, path);
  });

  test.each(["stacks/other", "stacks/other/modules"])(
    "the folder %s, which is no stack of the manifest",
    async (path) => {
      const folder = folderOf(ALL_TEXT);
      mkdirSync(join(folder, path), { recursive: true });
      await refuses(folder, "stacks/other");
    },
  );

  test.each(["extra.tf", ".env", "stacks/extra.tf", "stacks/.env"])("the file %s", async (path) => {
    const folder = folderOf(ALL_TEXT);
    writeFileSync(join(folder, path), "");
    await refuses(folder, path);
  });

  test("a file in the place of a folder, and a folder in the place of a file", async () => {
    const folder = folderOf({ ...ALL_TEXT, other: "{}" });
    renameSync(join(folder, "stacks/other"), join(folder, "stacks/paid/cdk"));
    renameSync(join(folder, "stacks/paid/cdk/cdk.tf.json"), join(folder, "stacks/other"));
    await refuses(folder, "stacks/other");
  });

  test("a manifest that is a link is refused before anything is read through it", async () => {
    const folder = folderOf(paid("{}"));
    const secret = join(folder, "..", "secret");
    writeFileSync(secret, "password");
    unlinkSync(join(folder, "manifest.json"));
    symlinkSync(secret, join(folder, "manifest.json"));
    const { status, output } = await review("--base", ALL, "--head", folder);
    expect(status).toBe(1);
    expect(output).toContain("expected nothing but what `npm run synth` writes");
    expect(output).not.toContain("passw");
  });

  test("a text that Terraform would turn into another is refused", async () => {
    const folder = folderOf({
      paid: (paid("{}").paid ?? "").replace('"support:ResolveCase"', '"support:\\u212aesolveCase"'),
    });
    expect(await review("--base", ALL, "--head", folder)).toMatchObject({
      status: 1,
      output: expect.stringContaining("a text isn't in Unicode's form NFC, in which synthesizing writes all of them"),
    });
  });

  test("also in a folder with a long path, which is whole in the message", async () => {
    const parent = join(scratch, ...Array.from({ length: 5 }, (_, index) => `${index}`.repeat(30)));
    mkdirSync(parent, { recursive: true });
    const folder = join(parent, "head");
    renameSync(folderOf(ALL_TEXT), folder);
    writeFileSync(join(folder, "stacks/paid/extra.tf"), "");
    expect(folder.length).toBeGreaterThan(150);
    await refuses(folder, "stacks/paid/extra.tf");
  });
});

describe("bad input is one sentence", () => {
  let count = 0;

  const folder = (content: Readonly<Record<string, string>>) => {
    const path = join(scratch, `bad-${count++}`);
    mkdirSync(join(path, "stacks/a"), { recursive: true });
    for (const [name, text] of Object.entries(content)) writeFileSync(join(path, name), text);
    return path;
  };

  const manifest = (stack: object) => ({ "manifest.json": JSON.stringify({ stacks: { a: stack } }) });
  const PATH = "stacks/a/cdk.tf.json";
  const STACK = manifest({ synthesizedStackPath: PATH, workingDirectory: "stacks/a" });

  test.each<[string, string, RegExp]>([
    ["no folder", join(scratch, "nowhere"), /^Received the folder ".*nowhere", expected one that exists\./],
    [
      "a folder that was never synthesized",
      folder({}),
      /expected one that `npm run synth` has written, with manifest\.json in it\. Run/,
    ],
    [
      "a manifest that is no JSON",
      folder({ "manifest.json": "{" }),
      /that is not JSON \(.*\), expected what `npm run synth` writes in JSON\./,
    ],
    [
      "a manifest without stacks",
      folder({ "manifest.json": "[]" }),
      /without stacks, expected what `npm run synth` writes\./,
    ],
    [
      "a stack in HCL",
      folder(manifest({ synthesizedStackPath: "stacks/a/cdk.tf" })),
      /^Received the stack "a" at "stacks\/a\/cdk\.tf", to be run in "stacks\/a", in .*, expected it at "stacks\/a\/cdk\.tf\.json", to be run in that folder\. Synthesize again, without --hcl\.$/,
    ],
    [
      "a stack outside of the folder",
      folder(manifest({ synthesizedStackPath: "../a.json" })),
      /^Received the stack "a" at "\.\.\/a\.json"/,
    ],
    [
      "a stack that Terraform would run elsewhere",
      folder(manifest({ synthesizedStackPath: PATH, workingDirectory: "stacks/b" })),
      /^Received the stack "a" at/,
    ],
    ["a stack of another form", folder(manifest([])), /^Received the stack "a" at nothing, to be run in/],
    [
      "a stack whose name is a path",
      folder({ "manifest.json": '{"stacks":{"../a":{"synthesizedStackPath":"stacks/../a/cdk.tf.json"}}}' }),
      /^Received the stack "\.\.\/a" at/,
    ],
    [
      "a stack that isn't there",
      folder(STACK),
      /^Received no "stacks\/a\/cdk\.tf\.json" in .*, expected the Terraform of a as JSON\./,
    ],
    ["a stack that is no JSON", folder({ ...STACK, [PATH]: "resource {}" }), /cdk\.tf\.json" that is not JSON/],
    [
      "a stack in which a key stands twice",
      folder({ ...STACK, [PATH]: '{"resource":{"a":1},"resource":{}}' }),
      /\(a key stands twice, or something is written in an unusual way\)/,
    ],
    [
      "a stack that is a list",
      folder({ ...STACK, [PATH]: "[]" }),
      /cdk\.tf\.json" that is no mapping, expected Terraform\./,
    ],
  ])("%s", async (_, base, message) => {
    const { status, output } = await review("--base", base, "--head", ALL);
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(output.split("\n")).toHaveLength(1);
  });

  test("JSON that is nested too deeply", async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    expect(await review("--base", folderOf({ paid: deep }), "--head", ALL)).toEqual({
      status: 1,
      output: expect.stringMatching(
        /^Received ".*cdk\.tf\.json" that is not JSON \(it is nested more than 200 deep\), expected what `npm run synth` writes in JSON\. Synthesize again, without --hcl\.$/,
      ),
    });
  });
});
