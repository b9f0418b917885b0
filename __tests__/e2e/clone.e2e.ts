import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { filesOf } from "../docs/pages";
import { newAccount, readAccount } from "./support/account";
import { type Project, run } from "./support/project";

const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), "clone-"));
const project: Project = { name: "clone", folder: join(scratch, "clone") };
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const account = newAccount();
const environments = join(project.folder, "environments.yaml");
beforeAll(() => {
  for (const path of filesOf()) {
    mkdirSync(dirname(join(project.folder, path)), { recursive: true });
    cpSync(path, join(project.folder, path));
  }
  symlinkSync(resolve("node_modules"), join(project.folder, "node_modules")); // as after npm ci
  writeFileSync(environments, readFileSync(environments, "utf8").replace("111122223333", account));
});

async function works(command: string, ...args: readonly string[]): Promise<string> {
  const { status, output } = await run(project, command, args, { as: account });
  expect({ args, status, output }).toMatchObject({ status: 0, output: expect.not.stringContaining("[ERROR]") });
  return output;
}

const cdktf = (...args: readonly string[]) => works("npx", "--no", "--", "cdktf", ...args, "--skip-provider-lock");
const supportApp = (...args: readonly string[]) => works("npm", "run", "-s", "support-app", "--", ...args);

test("in a clone, CDKTF's own command deploys and destroys, and support-app has nothing to do in between", async () => {
  const settings = readFileSync(join(project.folder, "cdktf.json"), "utf8");
  await cdktf("deploy", "staging", "--auto-approve");
  expect(Object.keys((await readAccount(account)).roles)).toEqual(["AWSSupportAppReadOnlyRole"]);
  expect(await cdktf("diff", "staging")).toContain("No changes.");
  expect(await supportApp("deploy", "staging", "--auto-approve")).toContain("No changes.");
  expect(await supportApp("diff", "staging")).toContain("No changes.");
  await cdktf("destroy", "staging", "--auto-approve");
  await supportApp("destroy", "staging", "--auto-approve"); // which finds nothing more
  expect((await readAccount(account)).roles).toEqual({});
  expect(readFileSync(join(project.folder, "cdktf.json"), "utf8")).toBe(settings); // Git finds nothing to commit
});
