import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CommandError } from "../../../cli/terminal/command-error";
import { parseStack, readStacks, readSynthesized } from "../../../cli/terraform/synthesized-folder";
import { ALL_TEXT, paid, reviewedFoldersInTests } from "../../support/reviewed-folders";

/** All that is in a folder. */
function read(folder: string, parse?: (text: string) => unknown) {
  const { stacks, ...rest } = readSynthesized(folder, parse);
  return { ...rest, stacks: new Map([...stacks.keys()].map((name) => [name, stacks.get(name)])) };
}

describe("what synthesizing has written", () => {
  const root = mkdtempSync(join(tmpdir(), "support-app-folder-"));
  afterAll(() => rmSync(root, { recursive: true }));
  let count = 0;

  /** A folder with those files. */
  const folderWith = (files: Readonly<Record<string, string | Buffer>>) => {
    const folder = join(root, `folder-${count++}`);
    mkdirSync(folder);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return folder;
  };
  const manifestOf = (names: readonly string[], more: object = {}) => ({
    "manifest.json": JSON.stringify({
      ...more,
      stacks: Object.fromEntries(names.map((name) => [name, { synthesizedStackPath: `stacks/${name}/cdk.tf.json` }])),
    }),
  });
  const stack = (name: string, terraform = "{}") => ({ [`stacks/${name}/cdk.tf.json`]: terraform });
  const lock = (name: string, content: string | Buffer) => ({ [`stacks/${name}/.terraform.lock.hcl`]: content });

  const TWO = { ...manifestOf(["a-1", "b_2"]), ...stack("a-1", '{"output":{}}'), ...stack("b_2") };
  const TERRAFORM = new Map([
    ["a-1", { output: {} }],
    ["b_2", {}],
  ]);

  test("the environments' Terraform", () => {
    const folder = folderWith(TWO);
    expect(read(folder)).toStrictEqual({ stacks: TERRAFORM, lock: undefined, rules: undefined });
    expect(readStacks(folder)).toEqual(TERRAFORM);
  });

  test("no environments", () => {
    const [without, withFolder] = [folderWith(manifestOf([])), folderWith(manifestOf([]))];
    mkdirSync(join(withFolder, "stacks"));
    const nothing = { stacks: new Map(), lock: undefined, rules: undefined };
    expect(read(without)).toStrictEqual(nothing);
    expect(read(withFolder)).toStrictEqual(nothing);
  });

  test("by another parser, only of the Terraform", () => {
    const texts: string[] = [];
    const parse = (text: string) => {
      texts.push(text);
      return {};
    };
    expect([...read(folderWith(TWO), parse).stacks.values()]).toEqual([{}, {}]);
    expect(texts).toEqual(['{"output":{}}', "{}"]);
  });

  test("a stack that says where Terraform runs", () => {
    const stacks = { a: { synthesizedStackPath: "stacks/a/cdk.tf.json", workingDirectory: "stacks/a" } };
    const folder = folderWith({ "manifest.json": JSON.stringify({ stacks }), ...stack("a") });
    expect([...read(folder).stacks]).toEqual([["a", {}]]);
  });

  test("where Terraform has run since, its files are ignored by what doesn't review", () => {
    const folder = folderWith({ ...TWO, "stacks/b_2/terraform.tfstate": "{}", "extra.tf": "" });
    expect(readStacks(folder)).toEqual(TERRAFORM);
    expect(() => readSynthesized(folder)).toThrow(CommandError);
  });

  const expectError = (folder: string, message: string) => {
    const error = new CommandError(message);
    expect(() => read(folder)).toThrow(error);
    expect(() => read(folder)).toThrow(CommandError);
  };

  test("each stack when it is asked for, and only those of the folder", () => {
    const { stacks } = readSynthesized(folderWith({ ...TWO, ...stack("a-1", "no JSON") }));
    expect([...stacks.keys()].map((name) => stacks.has(name))).toEqual([true, true]);
    expect(stacks.get("b_2")).toEqual({});
    expect(() => stacks.get("a-1")).toThrow(CommandError);
    expect([stacks.has("../b_2"), stacks.get("../b_2")]).toEqual([false, undefined]);
  });

  describe("the provider lock file", () => {
    test("is the same beside each stack, byte by byte", () => {
      const content = Buffer.from([0x61, 0xff, 0x0a]);
      expect(readSynthesized(folderWith({ ...TWO, ...lock("a-1", content), ...lock("b_2", content) })).lock).toBe(
        "a\u00ff\n",
      );
    });

    test.each([
      ["is missing beside the first", {}, lock("b_2", "b")],
      ["is missing beside the second", lock("a-1", "a"), {}],
      ["is different", lock("a-1", "a"), lock("b_2", "b")],
    ])("%s", (_, first, second) => {
      const folder = folderWith({ ...TWO, ...first, ...second });
      const [one, other] = ["a-1", "b_2"].map((name) =>
        JSON.stringify(join(folder, `stacks/${name}/.terraform.lock.hcl`)),
      );
      expectError(
        folder,
        `Received ${one} and ${other}, which differ, or one is missing, expected the same provider lock file beside each stack, or none. Synthesize into a new folder.`,
      );
    });

    test("is different beside the third stack", () => {
      const names = ["a", "b", "c"];
      const folder = folderWith({
        ...manifestOf(names),
        ...Object.assign({}, ...names.map((name) => ({ ...stack(name), ...lock(name, name === "c" ? "d" : "e") }))),
      });
      const [one, other] = ["a", "c"].map((name) => JSON.stringify(join(folder, `stacks/${name}/.terraform.lock.hcl`)));
      expectError(
        folder,
        `Received ${one} and ${other}, which differ, or one is missing, expected the same provider lock file beside each stack, or none. Synthesize into a new folder.`,
      );
    });
  });

  test("the rules that the environments comply with", () => {
    const rules = { rules: { all: {} }, tiers: {} };
    expect(
      readSynthesized(folderWith({ ...TWO, ...manifestOf(["a-1", "b_2"], { supportAppRules: rules }) })).rules,
    ).toEqual(rules);
  });

  test("rules in another form", () => {
    const folder = folderWith({ ...TWO, ...manifestOf(["a-1", "b_2"], { supportAppRules: null }) });
    expectError(
      folder,
      `Received ${JSON.stringify(join(folder, "manifest.json"))} with supportAppRules in another form, expected the rules that its environments comply with, as this version's \`npm run synth\` writes them. Synthesize again.`,
    );
  });

  test("only some of the environments", () => {
    const folder = folderWith({ ...TWO, ...manifestOf(["a-1", "b_2"], { supportAppOnly: ["a-1", "b_2"] }) });
    expectError(
      folder,
      `Received ${JSON.stringify(folder)}, which has only some of the environments (a-1, b_2), as SUPPORT_APP_ONLY, support-app deploy and support-app diff write them, expected all of them: a missing one would count as removed. Synthesize again, without SUPPORT_APP_ONLY.`,
    );
  });

  test("no folder, a file in its place, and one that can't be read", () => {
    const missing = (folder: string) =>
      `Received the folder ${JSON.stringify(folder)}, expected a folder that exists. Check the name. For the folder of a branch, run \`npm run synth -- --output FOLDER\` on that branch.`;
    const [nowhere, file, loop] = ["nowhere", "file", "loop"].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, "");
    symlinkSync(loop, loop);
    expectError(nowhere, missing(nowhere));
    expectError(file, missing(file));
    expectError(
      loop,
      `Can't read the folder ${JSON.stringify(loop)}: ELOOP: too many symbolic links encountered, scandir '${loop}'. Check its permissions.`,
    );
  });

  test("a folder without a manifest", () => {
    const folder = folderWith({ "cdk.out": "" });
    expectError(
      folder,
      `Received the folder ${JSON.stringify(folder)}, expected a folder that \`npm run synth\` has written, with manifest.json in it. Run \`npm run synth -- --output FOLDER\`.`,
    );
  });

  test.each([["[]"], ["{}"], ['{"stacks":[]}'], ["null"]])("the manifest %s", (text) => {
    const folder = folderWith({ "manifest.json": text });
    expectError(
      folder,
      `Received ${JSON.stringify(join(folder, "manifest.json"))} without stacks, expected what \`npm run synth\` writes. Synthesize again.`,
    );
  });

  test("a manifest that says something twice", () => {
    const folder = folderWith({ "manifest.json": '{"stacks":{},"stacks":{}}' });
    expectError(
      folder,
      `Received ${JSON.stringify(join(folder, "manifest.json"))} that is not JSON (a key stands twice, or something is written in an unusual way), expected what \`npm run synth\` writes in JSON. Synthesize again, without --hcl.`,
    );
  });

  test.each<[string, string, object, string, string]>([
    ["in HCL", "a", { synthesizedStackPath: "stacks/a/cdk.tf" }, '"stacks/a/cdk.tf"', '"stacks/a"'],
    ["of no form", "a", [], "nothing", '"stacks/a"'],
    [
      "that runs elsewhere",
      "a",
      { synthesizedStackPath: "stacks/a/cdk.tf.json", workingDirectory: "stacks" },
      '"stacks/a/cdk.tf.json"',
      '"stacks"',
    ],
    [
      "whose name begins otherwise",
      ".a",
      { synthesizedStackPath: "stacks/.a/cdk.tf.json" },
      '"stacks/.a/cdk.tf.json"',
      '"stacks/.a"',
    ],
    [
      "whose name ends otherwise",
      "a.",
      { synthesizedStackPath: "stacks/a./cdk.tf.json" },
      '"stacks/a./cdk.tf.json"',
      '"stacks/a."',
    ],
  ])("a stack %s", (_, name, stack, path, workingDirectory) => {
    const folder = folderWith({ "manifest.json": JSON.stringify({ stacks: { [name]: stack } }) });
    expectError(
      folder,
      `Received the stack "${name}" in ${JSON.stringify(folder)} at ${path} with the working directory ${workingDirectory}, expected it at "stacks/${name}/cdk.tf.json" with the working directory "stacks/${name}". Synthesize again, without --hcl.`,
    );
  });

  test("a stack that isn't there, or isn't Terraform", () => {
    const folder = folderWith(manifestOf(["a"]));
    expectError(
      folder,
      `Received no "stacks/a/cdk.tf.json" in ${JSON.stringify(folder)}, expected the Terraform of a as JSON. Synthesize again, without --hcl.`,
    );
    const other = folderWith({ ...manifestOf(["a"]), ...stack("a", "[]") });
    expectError(
      other,
      `Received ${JSON.stringify(join(other, "stacks/a/cdk.tf.json"))} that is not a mapping, expected Terraform. Synthesize again.`,
    );
  });

  test.each([
    ["a file beside the manifest", { "extra.tf": "" }, "extra.tf"],
    ["a file beside the stacks", { "stacks/extra.tf": "" }, "stacks/extra.tf"],
    ["a file beside a stack", { "stacks/b_2/extra.tf": "" }, "stacks/b_2/extra.tf"],
    ["a file that is called like a property of every object", { constructor: "" }, "constructor"],
    ["a folder of no environment", { "stacks/c/cdk.tf.json": "{}" }, "stacks/c"],
  ])("%s", (_, more, path) => {
    const folder = folderWith({ ...TWO, ...more });
    expectError(
      folder,
      `Received ${JSON.stringify(join(folder, path))}, expected nothing but what the last \`npm run synth\` wrote: Terraform or OpenTofu might read it. Synthesize into a new folder.`,
    );
  });

  test("texts in the Unicode form in which Terraform reads them", () => {
    expect(parseStack('{"a":"\u00e9"}')).toEqual({ a: "\u00e9" });
    expect(() => parseStack('{"a":"e\u0301"}')).toThrow(
      new SyntaxError("a text isn't in the Unicode normalization form NFC, in which synthesizing writes all texts"),
    );
  });
});

const { scratch, review, folderOf, ALL } = reviewedFoldersInTests();

describe("anything that synthesizing doesn't write is an error that names it", () => {
  const refuses = async (folder: string, name: string) => {
    const refused = {
      status: 1,
      output: `Received ${JSON.stringify(join(folder, name))}, expected nothing but what the last \`npm run synth\` wrote: Terraform or OpenTofu might read it. Synthesize into a new folder.`,
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
    "the folder %s, which isn't a stack of the manifest",
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
    expect(output).toContain("expected nothing but what the last `npm run synth` wrote");
    expect(output).not.toContain("passw");
  });

  test("a text that Terraform would change is refused", async () => {
    const folder = folderOf({
      paid: (paid("{}").paid ?? "").replace('"support:ResolveCase"', '"support:\\u212aesolveCase"'),
    });
    expect(await review("--base", ALL, "--head", folder)).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        "a text isn't in the Unicode normalization form NFC, in which synthesizing writes all texts",
      ),
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
    ["no folder", join(scratch, "nowhere"), /^Received the folder ".*nowhere", expected a folder that exists\./],
    [
      "a folder that was never synthesized",
      folder({}),
      /expected a folder that `npm run synth` has written, with manifest\.json in it\. Run/,
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
      /^Received the stack "a" in .* at "stacks\/a\/cdk\.tf" with the working directory "stacks\/a", expected it at "stacks\/a\/cdk\.tf\.json" with the working directory "stacks\/a"\. Synthesize again, without --hcl\.$/,
    ],
    [
      "a stack outside of the folder",
      folder(manifest({ synthesizedStackPath: "../a.json" })),
      /^Received the stack "a" in .* at "\.\.\/a\.json"/,
    ],
    [
      "a stack that Terraform would run elsewhere",
      folder(manifest({ synthesizedStackPath: PATH, workingDirectory: "stacks/b" })),
      /^Received the stack "a" in .* at/,
    ],
    [
      "a stack of another form",
      folder(manifest([])),
      /^Received the stack "a" in .* at nothing with the working directory/,
    ],
    [
      "a stack whose name is a path",
      folder({ "manifest.json": '{"stacks":{"../a":{"synthesizedStackPath":"stacks/../a/cdk.tf.json"}}}' }),
      /^Received the stack "\.\.\/a" in .* at/,
    ],
    [
      "a stack that isn't there",
      folder(STACK),
      /^Received no "stacks\/a\/cdk\.tf\.json" in .*, expected the Terraform of a as JSON\./,
    ],
    ["a stack that isn't JSON", folder({ ...STACK, [PATH]: "resource {}" }), /cdk\.tf\.json" that is not JSON/],
    [
      "a stack with a duplicate key",
      folder({ ...STACK, [PATH]: '{"resource":{"a":1},"resource":{}}' }),
      /\(a key stands twice, or something is written in an unusual way\)/,
    ],
    [
      "a stack that is a list",
      folder({ ...STACK, [PATH]: "[]" }),
      /cdk\.tf\.json" that is not a mapping, expected Terraform\./,
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
