import fs, { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { CommandError } from "../../../cli/terminal/command-error";
import { parseStack, readStacks, readSynthesized } from "../../../cli/terraform/synthesized-folder";
import { sharedFolder } from "../../support/folder";

type Files = Readonly<Record<string, string | Buffer>>;

const root = sharedFolder({ isReal: true });
let count = 0;

/** A folder with those files. */
function folderWith(files: Files): string {
  const folder = join(root, `folder-${count++}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** All that is in a folder. */
function readWhole(folder: string) {
  const { stacks, ...rest } = readSynthesized(folder);
  return { ...rest, stacks: new Map([...stacks.keys()].map((name) => [name, { ...stacks.get(name) }])) };
}

/** The error for a folder, by its beginning. */
function expectError(folder: string, message: string): void {
  expect(() => readWhole(folder)).toThrow(CommandError);
  expect(() => readWhole(folder)).toThrow(message.replaceAll("FOLDER", folder));
}

const manifestOf = (stacks: object, overrides: object = {}) => ({
  "manifest.json": JSON.stringify({ ...overrides, stacks }),
});
const stacksNamed = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { synthesizedStackPath: `stacks/${name}/cdk.tf.json` }]));
const stack = (name: string, terraform = "{}") => ({ [`stacks/${name}/cdk.tf.json`]: terraform });

const TWO: Files = { ...manifestOf(stacksNamed("a-1", "b_2")), ...stack("a-1", '{"output":{}}'), ...stack("b_2") };
const TERRAFORM = new Map([
  ["a-1", { output: {} }],
  ["b_2", {}],
]);

/** A stack without an environment beside it. */
const bare = (terraform: object) => ({ terraform, environmentFile: undefined });

test("a synthesized folder has the environments' stacks, each file of which is read when it is asked for", () => {
  const entries = [...TERRAFORM].map(([name, terraform]) => [name, bare(terraform)] as const);
  expect(readWhole(folderWith(TWO))).toEqual({ stacks: new Map(entries), rules: undefined });
  const { stacks } = readSynthesized(folderWith({ ...TWO, ...stack("a-1", "no JSON") }));
  expect(stacks.get("b_2")).toEqual(bare({}));
  expect(stacks.get("a-1")?.environmentFile).toBeUndefined();
  expect(() => stacks.get("a-1")?.terraform).toThrow(CommandError);
  expect(stacks.get("../b_2")).toBeUndefined();
});

test("a synthesized folder may have no environments, with or without a folder of stacks", () => {
  const folder = folderWith(manifestOf({}));
  expect(readWhole(folder).stacks.size).toBe(0);
  mkdirSync(join(folder, "stacks"));
  expect(readWhole(folder).stacks.size).toBe(0);
});

test("an equal text is parsed once, and a refused text is refused again", () => {
  const [first, second] = readWhole(folderWith({ ...TWO, ...stack("a-1") })).stacks.values();
  expect(first?.terraform).toBe(second?.terraform);
  for (const _ of [1, 2]) expect(() => parseStack('{"a":"e\u0301"}')).toThrow(SyntaxError);
});

test("a stack may say where Terraform runs, and the manifest which rules there are", () => {
  const stacks = { a: { synthesizedStackPath: "stacks/a/cdk.tf.json", workingDirectory: "stacks/a" } };
  const supportAppRules = { rules: { all: {} }, tiers: {} };
  const { rules, ...rest } = readWhole(folderWith({ ...manifestOf(stacks, { supportAppRules }), ...stack("a") }));
  expect([[...rest.stacks], rules]).toEqual([[["a", bare({})]], supportAppRules]);
});

test("a stack has what is beside it about its environment, which is read when it is asked for", () => {
  const environment = (text: string) => ({ ...TWO, "stacks/b_2/environment.json": text });
  expect(readWhole(folderWith(environment('{"a":1}'))).stacks.get("b_2")?.environmentFile).toEqual({ a: 1 });
  for (const odd of ["no JSON", '{"a":1,"a":2}'])
    expect(readWhole(folderWith(environment(odd))).stacks.get("b_2")?.environmentFile).toBe(odd);
});

test("where Terraform has run since, its files are ignored by what doesn't review", () => {
  const folder = folderWith({ ...TWO, "stacks/b_2/terraform.tfstate": "{}", "extra.tf": "" });
  expect(readStacks(folder)).toEqual(TERRAFORM);
  expect(() => readSynthesized(folder)).toThrow(CommandError);
});

test("a provider lock file may be beside a stack", () => {
  expect(readWhole(folderWith({ ...TWO, "stacks/a-1/.terraform.lock.hcl": "a" })).stacks.size).toBe(2);
});

const WRITTEN = "expected JSON as this version's `npm run synth` writes it";
const NO_STACKS = `Received "FOLDER/manifest.json", ${WRITTEN} (no stacks are in it)`;

test.each<[what: string, files: Files, message: string]>([
  ["none", { "cdk.out": "" }, 'Received the folder "FOLDER", expected a folder that `npm run synth` has written'],
  ["a list", { "manifest.json": "[]" }, `Received "FOLDER/manifest.json", ${WRITTEN} (it is not a mapping)`],
  ["no stacks in it", { "manifest.json": "{}" }, NO_STACKS],
  ["stacks as a list", { "manifest.json": '{"stacks":[]}' }, NO_STACKS],
  [
    "stacks twice",
    { "manifest.json": '{"stacks":{},"stacks":{}}' },
    `Received "FOLDER/manifest.json", ${WRITTEN} (a key stands twice`,
  ],
  [
    "rules in another form",
    manifestOf({}, { supportAppRules: null }),
    `Received "FOLDER/manifest.json", ${WRITTEN} (supportAppRules is in another form). Synthesize again`,
  ],
  [
    "only some of the environments",
    { ...TWO, ...manifestOf(stacksNamed("a-1", "b_2"), { supportAppOnly: ["a-1", "b_2"] }) },
    'Received "FOLDER", which has only some of the environments (a-1, b_2), as SUPPORT_APP_ONLY, support-app deploy and support-app diff write them, expected all of them: a missing one would count as removed. Synthesize again, without SUPPORT_APP_ONLY.',
  ],
  [
    "a stack in HCL",
    manifestOf({ a: { synthesizedStackPath: "stacks/a/cdk.tf" } }),
    'Received the stack "a" in "FOLDER" at "stacks/a/cdk.tf" with the working directory "stacks/a", expected it at',
  ],
  ["a stack of no form", manifestOf({ a: [] }), 'Received the stack "a" in "FOLDER" at nothing with'],
  [
    "a stack that runs elsewhere",
    manifestOf({ a: { synthesizedStackPath: "stacks/a/cdk.tf.json", workingDirectory: "stacks" } }),
    'at "stacks/a/cdk.tf.json" with the working directory "stacks", expected',
  ],
  ["a name that begins in another way", manifestOf(stacksNamed(".a")), 'Received the stack ".a" in'],
  ["a name that ends in another way", manifestOf(stacksNamed("a.")), 'Received the stack "a." in'],
  [
    "a stack that isn't there",
    manifestOf(stacksNamed("a")),
    'Received no "stacks/a/cdk.tf.json" in "FOLDER", expected the',
  ],
  [
    "a stack that is a list",
    { ...manifestOf(stacksNamed("a")), ...stack("a", "[]") },
    `Received "FOLDER/stacks/a/cdk.tf.json", ${WRITTEN} (it is not a mapping)`,
  ],
  [
    "a stack with a key twice",
    { ...manifestOf(stacksNamed("a")), ...stack("a", '{"a":1,"a":2}') },
    `Received "FOLDER/stacks/a/cdk.tf.json", ${WRITTEN} (a key stands twice`,
  ],
])("a folder that isn't as synth writes it is an error: %s", (_, files, message) => {
  expectError(folderWith(files), message);
});

test("a missing folder, a file in its place or above it, and a folder that can't be read are errors", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  for (const folder of [join(root, "nowhere"), file, join(file, "folder")]) {
    expectError(folder, 'Received the folder "FOLDER", expected a folder that `npm run synth` has written');
  }
  expectError(join(root, "a".repeat(256)), 'Can\'t read the folder "FOLDER": name too long. Check its permissions.');
});

describe("a folder that a link leads to could be what the change is compared with", () => {
  const folder = folderWith({});
  const [link, loop, plain] = ["link", "loop", "plain"].map((name) => join(folder, name)) as [string, string, string];
  symlinkSync(folderWith(TWO), link);
  symlinkSync(loop, loop);
  renameSync(folderWith(TWO), plain);
  const relativeFolder = relative(process.cwd(), folder);

  test.each([
    ["a link", link, link],
    ["a link with a slash after it", `${link}/`, link],
    ["a folder below a link", join(link, "stacks", "a-1"), link],
    ["a link to itself", loop, loop],
    ["a link in a relative path", join(relativeFolder, "link"), link],
    ["a link after a folder that isn't there and ..", `${relativeFolder}/nowhere/../link`, link],
    ["a link after itself and ..", `${folder}/link/../link`, link],
  ])("%s is an error that names the link", (_, path, place) => {
    expectError(
      path,
      `Received "${path}", expected a path without symbolic links, but "${place}" is one: it could lead to what the change is compared with. Synthesize into a new folder or, if the link is yours, give the path that it leads to.`,
    );
  });

  test.each([
    ["a plain path", plain],
    ["a relative path", join(relativeFolder, "plain")],
    ["a path with ..", `${relativeFolder}/plain/../plain/`],
    ["a path in which .. leaves a link out", `${folder}/link/../plain`],
  ])("%s is read, since no link leads to the folder", (_, path) => {
    expect([...readWhole(path).stacks.keys()]).toEqual(["a-1", "b_2"]);
  });

  test("a path in which .. leaves a link out has nothing else in it, either", () => {
    renameSync(folderWith({ ...TWO, "extra.tf": "" }), join(folder, "extra"));
    expectError(`${folder}/link/../extra`, `Received "${folder}/extra/extra.tf", expected nothing but what the last`);
  });

  afterEach(() => jest.restoreAllMocks());
  test("a link directly below the root is the system's, such as macOS's /tmp, and any other link isn't", () => {
    const { lstatSync } = fs;
    const lstat = jest.spyOn(fs, "lstatSync");
    const [, topName, secondName] = plain.split("/");
    const readWithLink = (place: string) => {
      lstat.mockImplementation((path, options) => lstatSync(path === place ? link : path, options));
      return () => readWhole(plain);
    };
    expect(readWithLink(`/${topName}`)).not.toThrow();
    expect(readWithLink(`/${topName}/${secondName}`)).toThrow(`"/${topName}/${secondName}" is one: `);
  });
});

describe("anything that synthesizing doesn't write is an error that names it", () => {
  const refuse = (folder: string, path: string) =>
    expectError(folder, `Received "${join(folder, path)}", expected nothing but what the last`);

  test.each([
    ...["extra.tf", ".env", "constructor", "stacks/extra.tf", "stacks/b_2/cdk.tf", "stacks/b_2/extra.tofu"],
    ...["stacks/b_2/override.tf.json", "stacks/b_2/terraform.tfvars", "stacks/b_2/.terraform.lock.hcl.old"],
    ...["stacks/b_2/README.md", "stacks/b_2/CDK.TF.JSON"],
  ])("the file %s, which synthesizing doesn't write, is an error that names it", (path) => {
    refuse(folderWith({ ...TWO, [path]: "" }), path);
  });

  test.each(["stacks/other", "stacks/b_2/modules", "stacks/b_2/.terraform"])("the folder %s is an error", (path) => {
    const folder = folderWith(TWO);
    mkdirSync(join(folder, path));
    refuse(folder, path);
  });

  test.each(["stacks/b_2/cdk.tf.json", "stacks/b_2/environment.json", "stacks/b_2", "stacks", "manifest.json"])(
    "a link for %s is an error that names it, before anything is read through it",
    (path) => {
      const folder = folderWith({ ...TWO, "stacks/b_2/environment.json": "{}" });
      const target = `${folder}-target`;
      renameSync(join(folder, path), target);
      if (path === "manifest.json") writeFileSync(target, "password");
      symlinkSync(target, join(folder, path));
      refuse(folder, path);
    },
  );

  test("a file in the place of a folder is an error that names it", () => {
    refuse(folderWith({ ...manifestOf(stacksNamed("a", "b")), ...stack("a"), "stacks/b": "" }), "stacks/b");
  });
});

test("texts are in the Unicode form in which Terraform reads them", () => {
  expect(parseStack('{"a":"\u00e9"}')).toEqual({ a: "\u00e9" });
  for (const text of ['{"a":"e\u0301"}', '{"a":"\\u212a"}']) {
    expect(() => parseStack(text)).toThrow("a text isn't in the Unicode normalization form NFC, in which synthesizing");
  }
});
