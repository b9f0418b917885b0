import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSynthesized } from "../../cli/terraform/synthesized-folder";
import { packageJson } from "../../common/package-files";
import { LocalBackend, TerraformElement, TerraformStack } from "../../modules/support-app/framework";
import { FRAMEWORK } from "../../modules/support-app/framework-name";
import * as stacks from "../../stacks";
import { parseEnvironments } from "../../stacks/environments/environments";
import { readEnvironmentFile } from "../../stacks/output/environment-file";
import type { SupportAppStack } from "../../stacks/support-app-stack";
import { type Customize, synthesize, writeStacks } from "../../stacks/synthesize";
import { contentsOf } from "../support/changes";
import { folderInTests } from "../support/folder";
import { CloudwatchLogGroup, TerraformAsset } from "../support/framework";

const ENVIRONMENTS = parseEnvironments(
  `environments:
  one: { account: "111122223333", region: us-east-1, read-only: {} }
  two: { account: "444455556666", region: us-east-1, full: {} }`,
  "environments.yaml",
);

let out: string;
const before = { ...process.env };
const scratch = folderInTests({ isReal: true });
beforeEach(() => {
  out = scratch("out");
  process.env.CDKTF_OUTDIR = out;
});
afterEach(() => {
  process.env = { ...before };
});

test("the package exports what a main.ts needs, with the errors that it may catch, and nothing else", () => {
  const errors = ["ChoiceError", "YamlFileError"];
  expect(Object.keys(stacks).sort()).toEqual([...errors, "SupportAppStack", "loadEnvironments", "synthesize"].sort());
});

test("an environment that can't be built changes nothing: the folders that were created are removed again", () => {
  mkdirSync(scratch("a"));
  process.env.CDKTF_OUTDIR = scratch("a/b/c/out");
  const [environment] = ENVIRONMENTS;
  if (!environment) throw new Error("Received no environment, expected one.");
  const channels = [{ access: "full" as const, name: "a", workspace: "T01", channel: "C01" }];
  expect(() => writeStacks([...ENVIRONMENTS, { ...environment, name: "three", channels }])).toThrow(
    "received nothing, expected a SupportAppAccess",
  );
  expect(contentsOf(scratch())).toEqual({ a: null });
});

test("CDKTF's command finds the folder of a removed environment, which it removes itself, and the next run removes what it left", () => {
  writeStacks(ENVIRONMENTS);
  process.env.CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS = "true";
  expect(writeStacks(ENVIRONMENTS.slice(0, 1))).toEqual([]);
  expect(readdirSync(join(out, "stacks"))).toEqual(["one", "two"]);
  const { stacks: manifestStacks } = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  expect(Object.keys(manifestStacks)).toEqual(["one"]); // so CDKTF's command deploys no other
  expect(() => readSynthesized(out)).toThrow("expected nothing but what the last `npm run synth` wrote");

  delete process.env.CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS;
  expect(writeStacks(ENVIRONMENTS.slice(0, 1))).toEqual(["two"]);
  expect(readdirSync(join(out, "stacks"))).toEqual(["one"]);
});

describe("a provider lock file", () => {
  const LOCK = Buffer.from("# locked\r\n\xff", "latin1");
  const lockOf = (name: string) => readFileSync(join(out, `stacks/${name}/.terraform.lock.hcl`));

  test.each([
    ["json", ["cdk.tf.json", "environment.json"]],
    ["hcl", ["cdk.tf", "environment.json", "metadata.json"]],
  ])("a lock file is copied to each stack, byte by byte, in %s, and replaces Terraform's own", (notation, files) => {
    if (notation === "hcl") process.env.SYNTH_HCL_OUTPUT = "true";
    mkdirSync(join(out, "stacks/one"), { recursive: true });
    writeFileSync(join(out, "stacks/one/.terraform.lock.hcl"), "Terraform's own");
    writeStacks(ENVIRONMENTS, undefined, LOCK);
    for (const name of ["one", "two"]) {
      expect(lockOf(name)).toEqual(LOCK);
      expect(readdirSync(join(out, "stacks", name)).sort()).toEqual([".terraform.lock.hcl", ...files]);
    }
  });
});

test.each(["json", "hcl"])(
  "beside each stack in %s is its environment, customized or not, the same bytes each time",
  (notation) => {
    if (notation === "hcl") process.env.SYNTH_HCL_OUTPUT = "true";
    const textOf = (name: string) => readFileSync(join(out, `stacks/${name}/environment.json`), "utf8");
    writeStacks(ENVIRONMENTS);
    const texts = ["one", "two"].map(textOf);
    expect(texts.map((text, index) => readEnvironmentFile(["one", "two"][index] ?? "", JSON.parse(text)))).toEqual(
      ENVIRONMENTS.map((environment) => ({
        source: { environment, statePath: `../../../state/${environment.name}.tfstate` },
        writtenBy: packageJson().version,
      })),
    );
    writeStacks(ENVIRONMENTS, (stack) => void new CloudwatchLogGroup(stack, "log", { name: "/support" }));
    expect(["one", "two"].map(textOf)).toEqual(texts);
  },
);

describe("a user's own resources", () => {
  const log = (stack: TerraformStack) => new CloudwatchLogGroup(stack, "log", { name: "/support" });

  test("a user's own resources are in the stack of each environment that gets them, which may need another release of the provider", () => {
    writeStacks(ENVIRONMENTS, (stack, { name }) => {
      if (name !== "one") return;
      log(stack);
      stack.addOverride("terraform.required_providers.aws.version", "6.4.0");
    });
    const [firstStack, two] = ["one", "two"].map((name) =>
      JSON.parse(readFileSync(join(out, `stacks/${name}/cdk.tf.json`), "utf8")),
    );
    expect(firstStack.resource.aws_cloudwatch_log_group.log.name).toBe("/support");
    expect(firstStack.terraform.required_providers.aws).toEqual({ source: "hashicorp/aws", version: "6.4.0" });
    expect(two.resource.aws_cloudwatch_log_group).toBeUndefined();
    expect(two.terraform.required_providers.aws.version).toBe(">= 5.100.0, < 7.0.0");
  });

  test.each<[string, Customize, string]>([
    [
      "in a separate stack",
      (stack) => void (stack.node.root.node.tryFindChild("extra") ?? new TerraformStack(stack.node.root, "extra")),
      'Received the stack "extra", expected only the stacks of environments.yaml.',
    ],
    [
      "with a backend",
      (stack) => void new LocalBackend(stack, { path: "a.tfstate" }),
      'Received a construct with the name backend in the stack "one", expected another name: the backend of environments.yaml has it. Set backend there, and remove this one.',
    ],
    [
      "with an asset",
      (stack) => void new TerraformAsset(stack, "asset", { path: "LICENSE" }),
      'Received "stacks/one/assets',
    ],
  ])("a user's own resources %s are refused, and nothing is written", (_, customize, sentence) => {
    expect(() => writeStacks(ENVIRONMENTS, customize)).toThrow(sentence);
    expect(existsSync(join(out, "manifest.json"))).toBe(false);
  });
});

test("what a user adds to one stack may refer to another: it reads that one's state", () => {
  let first: SupportAppStack | undefined;
  writeStacks(ENVIRONMENTS, (stack) => {
    if (first === undefined) first = stack;
    else new CloudwatchLogGroup(stack, "log", { name: first.accesses[0]?.roleArn });
  });
  const readStackJson = (name: string) => JSON.parse(readFileSync(join(out, `stacks/${name}/cdk.tf.json`), "utf8"));
  const [state] = Object.keys(readStackJson("two").data.terraform_remote_state);
  expect(readStackJson("two").resource.aws_cloudwatch_log_group.log.name).toContain(
    `\${data.terraform_remote_state.${state}.outputs.cross-stack-output-`,
  );
  expect(Object.keys(readStackJson("one").output)).toContainEqual(expect.stringContaining("cross-stack-output-"));
});

test("a resource of another framework is refused, and so is a customization that leaves something for later", () => {
  const ofAnother = (stack: TerraformStack) =>
    void Reflect.set(new TerraformElement(stack, "own", "own"), "constructor", class {});
  expect(() => writeStacks(ENVIRONMENTS, ofAnother)).toThrow(
    new Error(
      `Received "one/own" of another library, expected resources of ${FRAMEWORK}. Import it from @${FRAMEWORK}/provider-aws, or from another package for ${FRAMEWORK}.`,
    ),
  );
  expect(() => writeStacks(ENVIRONMENTS, (async () => {}) as Customize)).toThrow(
    new Error(
      "Received an async function, expected one that has added everything when it returns. Wait for what it needs before calling synthesize.",
    ),
  );
  for (const returned of [null, 1, "then", {}, []]) {
    expect(() => writeStacks(ENVIRONMENTS, (() => returned) as never)).not.toThrow();
  }
});

test("what breaks a rule of the stack as a whole isn't written, customized or not", () => {
  const [environment] = ENVIRONMENTS;
  if (!environment) throw new Error("Received no environment, expected one.");
  const accesses = (["read-only", "full"] as const).map((access) => ({ access, roleName: "same" }));
  const wrong = { ...environment, accesses };
  for (const customize of [undefined, () => {}]) {
    expect(() => writeStacks([wrong], customize)).toThrow('received "same", expected a unique name');
  }
  expect(existsSync(join(out, "manifest.json"))).toBe(false);
});

describe("the process's arguments", () => {
  const { argv } = process;
  let printed: string[];
  beforeEach(() => {
    printed = [];
    jest.spyOn(console, "error").mockImplementation((text) => void printed.push(text));
    writeFileSync(
      scratch("environments.yaml"),
      'environments: { one: { account: "111122223333", region: us-east-1, full: {} } }',
    );
    process.env.SUPPORT_APP_ENVIRONMENTS = scratch("environments.yaml");
    delete process.env.CDKTF_OUTDIR;
    delete process.env.SUPPORT_APP_ONLY;
  });
  afterEach(() => {
    process.argv = argv;
    process.exitCode = undefined;
    jest.restoreAllMocks();
  });

  function runWith(customize: unknown, ...args: string[]): unknown {
    process.argv = ["node", "main.ts", ...args];
    process.exitCode = undefined;
    synthesize(customize as Customize);
    return process.exitCode;
  }
  const run = (...args: string[]) => runWith(undefined, ...args);

  test.each([
    [["--output"], "cdk.tf.json"],
    [["--hcl", "--output"], "cdk.tf"],
    [["--hcl", "-o"], "cdk.tf"],
  ])("the arguments %j choose the folder and the notation", (args, file) => {
    expect(run(...args, out)).toBeUndefined();
    expect(readdirSync(join(out, "stacks/one"))).toContain(file);
    expect(printed).toEqual([`Wrote the Terraform of 1 environment to ${JSON.stringify(out)}.`]);
  });

  test.each([undefined, ""])("no arguments are needed: with CDKTF_OUTDIR %j, the folder is cdktf.out", (outdir) => {
    const folder = process.cwd();
    if (outdir !== undefined) process.env.CDKTF_OUTDIR = outdir;
    try {
      process.chdir(scratch());
      expect(run()).toBeUndefined();
    } finally {
      process.chdir(folder);
    }
    expect(readdirSync(scratch("cdktf.out"))).toEqual(["manifest.json", "stacks"]);
  });

  test.each([[["--output", ""]], [["--output"]], [["--other"]], [["folder"]], [["-o", "a", "b\u0007"]]])(
    "the arguments %j are wrong usage: nothing is written, and the exit status is 2",
    (args) => {
      expect(run(...args)).toBe(2);
      const argsText = args.map((arg) => JSON.stringify(arg)).join(" ");
      expect(printed).toEqual([`Received the arguments ${argsText}, expected --output FOLDER, --hcl, both or none.`]);
      expect(existsSync(out)).toBe(false);
    },
  );

  test.each<[what: string, make: () => void, expected: string]>([
    [
      "the output folder",
      () => writeFileSync(out, ""),
      'Can\'t write the output folder "DIR/out": file already exists, in "DIR/out". Nothing was changed. Something else is there: move it away, or choose another folder.',
    ],
    [
      "the provider lock file",
      () => mkdirSync(scratch(".terraform.lock.hcl")),
      `Can't read the provider lock file "DIR/.terraform.lock.hcl": it is a folder. Nothing was written. Move it away, and write a new one with terraform providers lock.`,
    ],
  ])("an error in %s is printed, and the exit status is 1", (_, make, expected) => {
    make();
    expect(run("--output", out)).toBe(1);
    expect(printed.map((text) => text.replaceAll(scratch(), "DIR"))).toEqual([expected]);
  });

  test("a broken rule is printed, and the manifest records which rules were kept", () => {
    const rules = (text: string) => writeFileSync(scratch("rules.yaml"), text);
    rules("all: { access-levels: [read-only] }");
    expect(run("--output", out)).toBe(1);
    expect(printed.join()).toContain("as all.access-levels in ");
    rules("all: { access-levels: [full] }");
    expect(run("--output", out)).toBeUndefined();
    const { supportAppRules } = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
    expect(supportAppRules).toEqual({ rules: { all: { "access-levels": ["full"] } }, tiers: {} });
  });

  test("an error of HCL is printed, too, and any other error is thrown", () => {
    const customize: Customize = (stack) => stack.addOverride("other", { a: 1 });
    expect(runWith(customize, "--hcl", "--output", out)).toBe(1);
    expect(printed).toEqual([expect.stringContaining('Received the section "other"')]);
    const fail = () => {
      throw new TypeError("own");
    };
    expect(() => runWith(fail)).toThrow(TypeError);
  });

  test.each([
    [null, "nothing"],
    ["own", '"own"'],
    [{}, "an empty mapping"],
  ])("instead of a function, %j is refused in a sentence, and nothing is written", (customize, received) => {
    expect(runWith(customize, "--output", out)).toBe(1);
    expect(printed).toEqual([
      `Received ${received} for synthesize, expected a function that adds resources to a stack, or no argument. Nothing was written. Pass a function, or call synthesize().`,
    ]);
    expect(existsSync(out)).toBe(false);
  });

  test("environments that have left the file are named in the sentence", () => {
    process.env.CDKTF_OUTDIR = out;
    writeStacks(ENVIRONMENTS);
    run("--output", out);
    expect(printed.join()).toMatch(/\. Removed the folders of other environments: two\.$/);
  });

  test("a choice of environments is recorded in the manifest: the others aren't removed", () => {
    process.env.SUPPORT_APP_ONLY = "one";
    run("--output", out);
    const text = readFileSync(join(out, "manifest.json"), "utf8");
    expect(JSON.parse(text).supportAppOnly).toEqual(["one"]);
    expect(text).toContain('\n  "supportAppOnly": [\n');
  });
});
