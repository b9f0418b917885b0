import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSynthesized } from "../../cli/terraform/synthesized-folder";
import { TerraformElement, TerraformStack } from "../../modules/support-app/framework";
import { FRAMEWORK } from "../../modules/support-app/library";
import { parseEnvironments } from "../../stacks/environments/environments";
import { OutputFolderError } from "../../stacks/output/output-folder";
import type { SupportAppStack } from "../../stacks/support-app-stack";
import { type Customize, synthesize, writeStacks } from "../../stacks/synthesize";
import { contentsOf } from "../support/changes";
import { AssetType, CloudwatchLogGroup, TerraformAsset } from "../support/framework";

const ENVIRONMENTS = parseEnvironments(
  `environments:
  one: { account: "111122223333", region: us-east-1, read-only: {} }
  two: { account: "444455556666", region: us-east-1, full: {} }`,
  "environments.yaml",
);

let scratch: string;
let out: string;
const before = { ...process.env };
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-synthesize-"));
  out = join(scratch, "out");
  process.env.CDKTF_OUTDIR = out;
});
afterEach(() => {
  process.env = { ...before };
  rmSync(scratch, { recursive: true });
});

function message(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OutputFolderError) return error.message.replaceAll(scratch, "");
    throw error;
  }
  return "";
}

test("an output folder where nobody may create one is an error", () => {
  process.env.CDKTF_OUTDIR = "/proc/x/y";
  expect(message(() => writeStacks(ENVIRONMENTS))).toBe(
    'Can\'t write the output folder "/proc/x/y": ENOENT: no such file or directory, in "/proc/x/y". Nothing was changed. Make it writable, or choose another folder.',
  );
});

const MOVE = "Nothing was changed. Move it away";

test.each<[string, () => void, string]>([
  [
    "is a file",
    () => writeFileSync(out, ""),
    `Received something that isn't a folder at "/out", expected a folder or nothing. ${MOVE}, or choose another folder.`,
  ],
  [
    "is a broken link",
    () => symlinkSync("nowhere", out),
    `Received something that isn't a folder at "/out", expected a folder or nothing. ${MOVE}, or choose another folder.`,
  ],
  [
    "would be in a broken link",
    () => {
      symlinkSync("nowhere", join(scratch, "a"));
      process.env.CDKTF_OUTDIR = `${scratch}/a/b/out`;
    },
    `Can't write the output folder "/a/b/out": ENOENT: no such file or directory, in "/a/b/out". Nothing was changed. Make it writable, or choose another folder.`,
  ],
  [
    "would be below a file",
    () => {
      writeFileSync(out, "");
      process.env.CDKTF_OUTDIR = `${out}/below`;
    },
    `Can't write the output folder "/out/below": ENOTDIR: not a directory, in "/out/below". Nothing was changed. Make it writable, or choose another folder.`,
  ],
  [
    "is a link to itself",
    () => symlinkSync("out", out),
    `Can't write the output folder "/out": ELOOP: too many symbolic links encountered, in "/out". Nothing was changed. Make it writable, or choose another folder.`,
  ],
  [
    "has too long a name",
    () => {
      process.env.CDKTF_OUTDIR = `${scratch}/${"o".repeat(300)}`;
    },
    "ENAMETOOLONG: name too long",
  ],
  [
    "has no name",
    () => {
      process.env.CDKTF_OUTDIR = "";
    },
    "Received an empty CDKTF_OUTDIR, expected the name of the output folder. Is a variable not set?",
  ],
  [
    "has a file for its stacks",
    () => {
      mkdirSync(out);
      writeFileSync(join(out, "stacks"), "");
    },
    `Received something that isn't a folder at "/out/stacks", expected a folder or nothing. ${MOVE}, or choose another folder.`,
  ],
  [
    "has a file for a stack",
    () => {
      mkdirSync(join(out, "stacks"), { recursive: true });
      writeFileSync(join(out, "stacks/two"), "");
    },
    `Received something that isn't a folder at "/out/stacks/two", expected a folder or nothing. ${MOVE}, or choose another folder.`,
  ],
  [
    "has a broken link for a stack",
    () => {
      mkdirSync(join(out, "stacks"), { recursive: true });
      symlinkSync("nowhere", join(out, "stacks/two"));
    },
    `Received something that isn't a folder at "/out/stacks/two", expected a folder or nothing. ${MOVE}, or choose another folder.`,
  ],
  [
    "has a folder for the manifest",
    () => mkdirSync(join(out, "manifest.json"), { recursive: true }),
    `Received a folder at "/out/manifest.json", expected a file or nothing. ${MOVE}.`,
  ],
  [
    "has a folder for a stack's Terraform",
    () => mkdirSync(join(out, "stacks/two/cdk.tf.json"), { recursive: true }),
    `Received a folder at "/out/stacks/two/cdk.tf.json", expected a file or nothing. ${MOVE}.`,
  ],
  [
    "has a folder for a stack's Terraform in HCL",
    () => mkdirSync(join(out, "stacks/two/cdk.tf"), { recursive: true }),
    `Received a folder at "/out/stacks/two/cdk.tf", expected a file or nothing. ${MOVE}.`,
  ],
])("an output folder that %s is one sentence, and everything stays as it was", (_, make, expected) => {
  make();
  const found = contentsOf(scratch);
  expect(message(() => writeStacks(ENVIRONMENTS))).toContain(expected);
  expect(contentsOf(scratch)).toEqual(found);
});

test("a link to a folder is accepted, and stays", () => {
  mkdirSync(join(scratch, "elsewhere"));
  symlinkSync("elsewhere", out);
  writeStacks(ENVIRONMENTS);
  expect(readdirSync(join(scratch, "elsewhere"))).toEqual(["manifest.json", "stacks"]);
});

test("the folders that the output folder is in are created", () => {
  process.env.CDKTF_OUTDIR = join(scratch, "a/b/out");
  writeStacks(ENVIRONMENTS);
  expect(readdirSync(join(scratch, "a/b/out"))).toEqual(["manifest.json", "stacks"]);
});

test("an environment that can't be built changes nothing: the folders that were created are removed again", () => {
  mkdirSync(join(scratch, "a"));
  process.env.CDKTF_OUTDIR = join(scratch, "a/b/c/out");
  const [one] = ENVIRONMENTS;
  if (!one) throw new Error("Received no environment, expected one.");
  const channels = [{ access: "full" as const, name: "a", workspace: "T01", channel: "C01" }];
  expect(() => writeStacks([...ENVIRONMENTS, { ...one, name: "three", channels }])).toThrow("has no access level full");
  expect(contentsOf(scratch)).toEqual({ a: null });
});

test("Terraform's own files beside a stack stay, and so does the folder, in which it may be running", () => {
  writeStacks(ENVIRONMENTS);
  mkdirSync(join(out, "stacks/one/.terraform"));
  writeFileSync(join(out, "stacks/one/.terraform.lock.hcl"), "locked");
  const { ino } = statSync(join(out, "stacks/one"));
  writeStacks(ENVIRONMENTS);
  expect(readdirSync(join(out, "stacks/one")).sort()).toEqual([".terraform", ".terraform.lock.hcl", "cdk.tf.json"]);
  expect(statSync(join(out, "stacks/one")).ino).toBe(ino);
});

describe("the folder of an environment that is removed", () => {
  const LOCK = Buffer.from("# locked");
  const two = (path = "") => join(out, "stacks/two", path);
  /** Synthesizes both environments, then only the first one. */
  const removeTwo = (meanwhile: () => void = () => {}) => {
    writeStacks(ENVIRONMENTS, undefined, LOCK);
    meanwhile();
    return writeStacks(ENVIRONMENTS.slice(0, 1), undefined, LOCK);
  };

  test.each(["json", "hcl"])("is removed, too, with what synthesizing wrote there in %s", (notation) => {
    process.env.SYNTH_HCL_OUTPUT = String(notation === "hcl");
    expect(removeTwo()).toEqual(["two"]);
    expect(readdirSync(out)).toEqual(["manifest.json", "stacks"]);
    expect(readdirSync(join(out, "stacks"))).toEqual(["one"]);
  });

  test("doesn't stop the next review", () => {
    removeTwo();
    expect([...readSynthesized(out).stacks.keys()]).toEqual(["one"]);
  });

  test("is removed even if a killed run had emptied it", () => {
    removeTwo(() => {
      for (const file of readdirSync(two())) rmSync(two(file));
    });
    expect(existsSync(two())).toBe(false);
  });

  test.each<[string, () => void]>([
    ["Terraform was initialized there", () => mkdirSync(two(".terraform"))],
    ["another app wrote the stack", () => writeFileSync(two("cdk.tf.json"), '{ "resource": {} }')],
    ["its state is there", () => writeFileSync(two("terraform.tfstate"), "{}")],
    ["Terraform wrote its own provider lock file there", () => writeFileSync(two(".terraform.lock.hcl"), "# other")],
    [
      "a file in it is a link",
      () => {
        rmSync(two("cdk.tf.json"));
        symlinkSync(join(out, "manifest.json"), two("cdk.tf.json"));
      },
    ],
    [
      "it is a link",
      () => {
        renameSync(two(), join(scratch, "elsewhere"));
        symlinkSync(join(scratch, "elsewhere"), two());
      },
    ],
    [
      "all stacks are behind a link",
      () => {
        renameSync(join(out, "stacks"), join(scratch, "elsewhere"));
        symlinkSync(join(scratch, "elsewhere"), join(out, "stacks"));
      },
    ],
    [
      "only some environments are chosen",
      () => {
        process.env.SUPPORT_APP_ONLY = "one";
      },
    ],
  ])("stays as it is if %s", (_, make) => {
    let found: Record<string, string | null> = {};
    removeTwo(() => {
      make();
      found = contentsOf(two());
    });
    expect(contentsOf(two())).toEqual(found);
    expect(Object.keys(found)).not.toEqual([]);
  });

  test("isn't any other folder", () => {
    removeTwo(() => renameSync(two(), join(out, "stacks/Two_by_hand")));
    expect(readdirSync(join(out, "stacks/Two_by_hand"))).toContain("cdk.tf.json");
  });
});

describe("a provider lock file", () => {
  const LOCK = Buffer.from("# locked\r\n\xff", "latin1");
  const lockOf = (name: string) => readFileSync(join(out, `stacks/${name}/.terraform.lock.hcl`));

  test.each([
    ["json", ["cdk.tf.json"]],
    ["hcl", ["cdk.tf", "metadata.json"]],
  ])("is copied to each stack, byte by byte, in %s, and replaces Terraform's own", (notation, files) => {
    if (notation === "hcl") process.env.SYNTH_HCL_OUTPUT = "true";
    mkdirSync(join(out, "stacks/one"), { recursive: true });
    writeFileSync(join(out, "stacks/one/.terraform.lock.hcl"), "Terraform's own");
    writeStacks(ENVIRONMENTS, undefined, LOCK);
    for (const name of ["one", "two"]) {
      expect(lockOf(name)).toEqual(LOCK);
      expect(readdirSync(join(out, "stacks", name)).sort()).toEqual([".terraform.lock.hcl", ...files]);
    }
  });

  test("that can't be copied leaves everything as it was", () => {
    mkdirSync(join(out, "stacks/two/.terraform.lock.hcl"), { recursive: true });
    const found = contentsOf(scratch);
    expect(message(() => writeStacks(ENVIRONMENTS, undefined, LOCK))).toBe(
      'Received a folder at "/out/stacks/two/.terraform.lock.hcl", expected a file or nothing. Nothing was changed. Move it away.',
    );
    expect(contentsOf(scratch)).toEqual(found);
  });
});

describe("a user's own resources", () => {
  const log = (stack: TerraformStack) => new CloudwatchLogGroup(stack, "log", { name: "/support" });

  test("are in the stack of each environment that gets them", () => {
    writeStacks(ENVIRONMENTS, (stack, { name }) => void (name === "one" && log(stack)));
    const textOf = (name: string) => readFileSync(join(out, `stacks/${name}/cdk.tf.json`), "utf8");
    expect(JSON.parse(textOf("one")).resource.aws_cloudwatch_log_group.log.name).toBe("/support");
    expect(textOf("two")).not.toContain("aws_cloudwatch_log_group");
  });

  test("may need another release of the provider, in that environment alone", () => {
    writeStacks(ENVIRONMENTS, (stack, { name }) => {
      if (name === "one") stack.addOverride("terraform.required_providers.aws.version", "6.4.0");
    });
    const versionOf = (name: string) =>
      JSON.parse(readFileSync(join(out, `stacks/${name}/cdk.tf.json`), "utf8")).terraform.required_providers.aws;
    expect(versionOf("one")).toEqual({ source: "hashicorp/aws", version: "6.4.0" });
    expect(versionOf("two")).toEqual({ source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" });
  });

  test.each<[string, Customize, string]>([
    [
      "that are added later",
      (async () => {}) as Customize,
      "Received an async function, expected one that has added everything when it returns.",
    ],
    [
      "in a separate stack",
      (stack) => void (stack.node.root.node.tryFindChild("extra") ?? new TerraformStack(stack.node.root, "extra")),
      'Received the stack "extra", expected only the stacks of environments.yaml.',
    ],
    [
      "with an asset",
      (stack) => void new TerraformAsset(stack, "asset", { path: "LICENSE" }),
      'Received "stacks/one/assets',
    ],
    [
      "with an asset of an empty folder",
      (stack) => {
        mkdirSync(join(scratch, "empty"), { recursive: true });
        new TerraformAsset(stack, "asset", { path: join(scratch, "empty"), type: AssetType.DIRECTORY });
      },
      'Received "stacks/one/assets',
    ],
    [
      "with an asset that is called like CDKTF's manifest",
      (stack) => {
        mkdirSync(join(scratch, "own"), { recursive: true });
        writeFileSync(join(scratch, "own/manifest.json"), "");
        new TerraformAsset(stack, "asset", { path: join(scratch, "own/manifest.json") });
      },
      'Received "stacks/one/assets',
    ],
  ])("%s are refused, and nothing is written", (_, customize, sentence) => {
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
  const of = (name: string) => JSON.parse(readFileSync(join(out, `stacks/${name}/cdk.tf.json`), "utf8"));
  const [state] = Object.keys(of("two").data.terraform_remote_state);
  expect(of("two").resource.aws_cloudwatch_log_group.log.name).toContain(
    `\${data.terraform_remote_state.${state}.outputs.cross-stack-output-`,
  );
  expect(Object.keys(of("one").output)).toContainEqual(expect.stringContaining("cross-stack-output-"));
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
  const [one] = ENVIRONMENTS;
  if (!one) throw new Error("Received no environment, expected one.");
  const accesses = (["read-only", "full"] as const).map((access) => ({ access, roleName: "same" }));
  const wrong = { ...one, accesses };
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
      join(scratch, "environments.yaml"),
      'environments: { one: { account: "111122223333", region: us-east-1, full: {} } }',
    );
    process.env.SUPPORT_APP_ENVIRONMENTS = join(scratch, "environments.yaml");
    delete process.env.CDKTF_OUTDIR;
    delete process.env.SUPPORT_APP_ONLY;
  });
  afterEach(() => {
    process.argv = argv;
    process.exitCode = undefined;
    jest.restoreAllMocks();
  });

  function run(...args: string[]): unknown {
    process.argv = ["node", "main.ts", ...args];
    process.exitCode = undefined;
    synthesize();
    return process.exitCode;
  }

  test.each([
    [["--output"], "cdk.tf.json"],
    [["--hcl", "--output"], "cdk.tf"],
    [["--hcl", "-o"], "cdk.tf"],
  ])("%j choose the folder and the notation", (args, file) => {
    expect(run(...args, out)).toBeUndefined();
    expect(readdirSync(join(out, "stacks/one"))).toContain(file);
    expect(printed).toEqual([`Wrote the Terraform of 1 environment to ${JSON.stringify(out)}.`]);
  });

  test("with several environments, what is written is counted", () => {
    const one = 'account: "111122223333", region: us-east-1, full: {}';
    writeFileSync(
      join(scratch, "environments.yaml"),
      `environments: { one: { ${one} }, two: { ${one.replace("1111", "4444")} } }`,
    );
    run("--output", out);
    expect(printed).toEqual([`Wrote the Terraform of 2 environments to ${JSON.stringify(out)}.`]);
  });

  test("aren't needed: by default, the folder is cdktf.out", () => {
    const folder = process.cwd();
    try {
      process.chdir(scratch);
      expect(run()).toBeUndefined();
    } finally {
      process.chdir(folder);
    }
    expect(readdirSync(join(scratch, "cdktf.out"))).toEqual(["manifest.json", "stacks"]);
  });

  test("aren't needed if CDKTF's variables set the same", () => {
    process.env.CDKTF_OUTDIR = out;
    process.env.SYNTH_HCL_OUTPUT = "true";
    expect(run()).toBeUndefined();
    expect(readdirSync(join(out, "stacks/one"))).toContain("cdk.tf");
  });

  test.each([[["--output", ""]], [["--output"]], [["--other"]], [["folder"]], [["-o", "a", "b\u0007"]]])(
    "%j are wrong usage: nothing is written, and the exit status is 2",
    (args) => {
      expect(run(...args)).toBe(2);
      const shown = args.map((one) => JSON.stringify(one)).join(" ");
      expect(printed).toEqual([`Received the arguments ${shown}, expected --output FOLDER, --hcl, both or none.`]);
      expect(existsSync(out)).toBe(false);
    },
  );

  test.each<[what: string, make: () => void, expected: string]>([
    [
      "the environments",
      () => writeFileSync(join(scratch, "environments.yaml"), "environments: {}"),
      "DIR/environments.yaml has an error. Nothing was written.\nDIR/environments.yaml:1:1: environments: received an empty mapping, expected at least one environment.",
    ],
    [
      "the choice of them",
      () => {
        process.env.SUPPORT_APP_ONLY = "two";
      },
      'Received the environment "two" in SUPPORT_APP_ONLY, expected one. Nothing was written.',
    ],
    [
      "the output folder",
      () => writeFileSync(out, ""),
      'Received something that isn\'t a folder at "DIR/out", expected a folder or nothing. Nothing was changed. Move it away, or choose another folder.',
    ],
    [
      "CDKTF's context",
      () => {
        process.env.CDKTF_CONTEXT_JSON = "{";
      },
      "Received a value that isn't a JSON object in CDKTF_CONTEXT_JSON, expected one, such as {}, or no value. Nothing was written. Correct it, or unset it.",
    ],
    [
      "the provider lock file",
      () => mkdirSync(join(scratch, ".terraform.lock.hcl")),
      'Received "DIR/.terraform.lock.hcl", expected a readable provider lock file of at most 1000000 bytes, or none, but: it is a folder. Nothing was written. Move it away, and write a new one with support-app lock.',
    ],
  ])("an error in %s is printed, and the exit status is 1", (_, make, expected) => {
    make();
    expect(run("--output", out)).toBe(1);
    expect(printed.map((text) => text.replaceAll(scratch, "DIR"))).toEqual([expected]);
  });

  test.each([null, {}, "one"])("%j instead of a customization is printed, and nothing is written", (customize) => {
    process.argv = ["node", "main.ts", "--output", out];
    process.exitCode = undefined;
    synthesize(customize as never);
    expect(process.exitCode).toBe(1);
    expect(printed).toEqual([
      expect.stringMatching(
        /^Received (nothing|an empty mapping|"one") as the argument of synthesize, expected a function that takes a stack and its environment, or no argument\. Nothing was written\.$/,
      ),
    ]);
    expect(existsSync(out)).toBe(false);
  });

  test("a customization that leaves something for later is printed, and nothing is written", () => {
    process.argv = ["node", "main.ts", "--output", out];
    synthesize((async () => {}) as Customize);
    expect(printed).toEqual([expect.stringMatching(/^Received an async function, expected one that /)]);
    expect(existsSync(join(out, "manifest.json"))).toBe(false);
  });

  test("a current folder that was removed is printed", () => {
    const folder = process.cwd();
    try {
      const gone = mkdtempSync(join(scratch, "gone-"));
      process.chdir(gone);
      rmdirSync(gone);
      expect(run("--output", out)).toBe(1);
    } finally {
      process.chdir(folder);
    }
    expect(printed).toEqual([expect.stringMatching(/^Can't find the current folder \(ENOENT: /)]);
    expect(existsSync(out)).toBe(false);
  });

  test("an error of HCL is printed, too, and any other error is thrown", () => {
    process.argv = ["node", "main.ts", "--hcl", "--output", out];
    process.exitCode = undefined;
    synthesize((stack) => stack.addOverride("other", { a: 1 }));
    expect(process.exitCode).toBe(1);
    expect(printed).toEqual([expect.stringContaining('Received the section "other"')]);
    expect(() =>
      synthesize(() => {
        throw new TypeError("own");
      }),
    ).toThrow(TypeError);
  });

  test("a choice of environments is recorded in the manifest: the others aren't removed", () => {
    process.env.SUPPORT_APP_ONLY = "one";
    run("--output", out);
    const text = readFileSync(join(out, "manifest.json"), "utf8");
    expect(JSON.parse(text).supportAppOnly).toEqual(["one"]);
    expect(text).toContain('\n  "supportAppOnly": [\n');
  });
});
