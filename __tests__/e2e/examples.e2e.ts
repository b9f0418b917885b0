import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesOf } from "../docs/pages";
import { copySources } from "../support/packed";
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

async function works(ended: Promise<Ended>): Promise<void> {
  expect(await ended).toMatchObject({ status: 0 });
}

async function validates(root: string): Promise<void> {
  await works(terraformIn(clone, root, ["init", "-input=false"], as));
  await works(terraformIn(clone, root, ["validate"], as));
}

test.each([
  ["library", ["support"]],
  ["own-stack", ["payments"]],
  ["environments", ["production", "staging"]],
])("%s: cdktf synth writes stacks that Terraform finds valid", async (example, stacks) => {
  const root = join("examples", example);
  await works(runCdktf({ ...clone, folder: join(folder, root) }, ["synth"], as));
  expect(readdirSync(join(folder, root, "cdktf.out/stacks")).sort()).toEqual(stacks);
  for (const stack of stacks) await validates(join(root, "cdktf.out/stacks", stack));
});

test("terraform: with the modules that publish writes, Terraform finds the root valid", async () => {
  const publish = ["run", "support-app", "--", "publish", "--out", "examples/terraform/published"];
  const env = { SUPPORT_APP_ENVIRONMENTS: "examples/environments/environments.yaml" };
  await works(run(clone, "npm", publish, { ...as, env }));
  await validates("examples/terraform");
});
