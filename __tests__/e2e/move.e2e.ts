import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Framework, packageFor } from "../../cli/commands/init/framework";
import { installPacked, linkPackages, modulesWith, packedForBoth } from "../support/packed";
import { thoroughTest } from "../support/thorough";
import { newAccount, readAccount, readChannels } from "./support/account";
import { init, type Project, run, terraform } from "./support/project";

const account = newAccount();
const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), "move-"));
const project: Project = { name: "move", folder: join(scratch, "repository") };
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What `npm install` would do. */
function install(framework: Framework): void {
  rmSync(join(project.folder, "node_modules"), { force: true });
  symlinkSync(join(scratch, framework, "node_modules"), join(project.folder, "node_modules"));
}

async function works(...args: string[]): Promise<string> {
  const { status, output } = await run(project, process.execPath, args, { as: account });
  expect({ args, status, output }).toMatchObject({ status: 0 });
  return output;
}

async function supportApp(framework: Framework, ...args: string[]): Promise<string> {
  return works(join(scratch, framework, "node_modules", packageFor(framework), "dist/cli/support-app.js"), ...args);
}

async function terraformWorks(...args: string[]): Promise<string> {
  expect(await init(project, "production", { as: account })).toMatchObject({ status: 0 });
  const { status, output } = await terraform(project, "production", args, { as: account });
  expect({ args, status, output }).toMatchObject({ status: 0 });
  return output;
}

thoroughTest(
  "a deployed repository moves from cdktf to cdktn and back, and neither plan has anything to do",
  async () => {
    const tarballs = packedForBoth(scratch);
    for (const framework of ["cdktf", "cdktn"] as const) {
      installPacked(tarballs[framework], join(scratch, framework), modulesWith(framework));
      linkPackages(join(scratch, framework), ["@swc/core", "@types/node", "ts-node", "typescript"], "node_modules");
    }
    mkdirSync(project.folder);
    await supportApp("cdktf", "init", "--account", account);
    writeFileSync(
      join(project.folder, "environments.yaml"),
      `environments:
  production:
    account: "${account}"
    region: us-east-1
    read-only: {}
    full: { channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C09876Z5YXW }] }
`,
    );
    install("cdktf");
    await works("--require", "ts-node/register", "main.ts");
    await terraformWorks("apply", "-auto-approve");
    const [deployed, channels] = [await readAccount(account), await readChannels(account)];
    expect(Object.keys(deployed.roles).sort()).toEqual(["AWSSupportAppFullRole", "AWSSupportAppReadOnlyRole"]);
    expect(Object.keys(channels)).toEqual(["C09876Z5YXW"]);

    for (const framework of ["cdktn", "cdktf"] as const) {
      expect(await supportApp(framework, "init", "--upgrade", "--framework", framework)).toContain(`to ${framework}.`);
      install(framework);
      await works("--require", "ts-node/register", "main.ts");
      expect(await terraformWorks("plan", "-input=false", "-detailed-exitcode")).toContain("No changes.");
    }
    await terraformWorks("destroy", "-auto-approve");
    expect((await readAccount(account)).roles).toEqual({});
  },
);
