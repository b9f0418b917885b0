import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesOf } from "../docs/pages";
import { copySources } from "../support/packed";
import { sample } from "../support/thorough";
import { newAccount } from "./support/account";
import { type Ended, type Project, run, runCdktf, terraformIn } from "./support/project";

const as = { as: newAccount() };
const folder = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), "examples-"));
/** What a clone is after `npm ci`. */
const clone: Project = { name: "examples", folder };

beforeAll(async () => {
  copySources(folder);
  for (const file of filesOf("examples")) cpSync(file, join(folder, file));
  await works(run(clone, "npm", ["run", "build"], as));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function works(result: Promise<Ended>): Promise<void> {
  expect(await result).toMatchObject({ status: 0 });
}

async function validates(root: string): Promise<void> {
  await works(terraformIn(clone, root, ["init", "-input=false"], as));
  await works(terraformIn(clone, root, ["validate"], as));
}

const EXAMPLES: readonly (readonly [example: string, stacks: readonly string[]])[] = [
  ["library", ["support"]],
  ["own-stack", ["payments"]],
  ["environments", ["production", "staging"]],
];

test.each(sample(EXAMPLES, 3))("cdktf synth writes valid stacks for the example %s", async (example, stacks) => {
  const root = join("examples", example);
  await works(runCdktf({ ...clone, folder: join(folder, root) }, ["synth"], as));
  expect(readdirSync(join(folder, root, "cdktf.out/stacks")).sort()).toEqual(stacks);
  for (const stack of stacks) await validates(join(root, "cdktf.out/stacks", stack));
});

/** The pages with a block of the module. */
const PAGES = ["README.md", "terraform/README.md"];

test("Terraform finds the example of the modules and each page's module block valid", async () => {
  await validates("examples/terraform");
  for (const page of PAGES) {
    const [, block = ""] = readFileSync(page, "utf8").match(/```hcl\n(provider .*?)```/s) ?? [];
    const [, source = ""] = block.match(/"(git::https:\/\/HOST\/OWNER\/NAME\.git\/\/terraform\?ref=\w+)"/) ?? [];
    expect(source).not.toBe("");
    const root = join("examples/terraform", page.replace(/\W/g, "-"));
    mkdirSync(join(folder, root));
    writeFileSync(join(folder, root, "main.tf"), block.replace(source, "../../../terraform"));
    await validates(root);
  }
});
