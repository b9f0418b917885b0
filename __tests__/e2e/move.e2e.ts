import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

async function works(command: string, ...args: string[]): Promise<string> {
  const { status, output } = await run(project, command, args, { as: account });
  expect({ args, status, output }).toMatchObject({ status: 0 });
  return output;
}

async function commit(): Promise<void> {
  await works("git", "add", "--all");
  await works(
    "git",
    "-c",
    "user.name=alice",
    "-c",
    "user.email=alice@example.com",
    "commit",
    "--quiet",
    "--message",
    "a",
  );
}

const SYNTH = ["--require", "ts-node/register", "main.ts"];

/** The page's command that renames the packages in the user's own files, and back. */
const [RENAME = ""] = readFileSync("docs/frameworks.md", "utf8").match(/^perl .*$/m) ?? [];
const RENAMES: Readonly<Record<Framework, string>> = {
  cdktn: RENAME,
  cdktf: RENAME.replace(/cdkt[fn]/g, (name) => (name === "cdktf" ? "cdktn" : "cdktf")),
};

async function supportApp(framework: Framework, ...args: string[]): Promise<string> {
  return works(
    process.execPath,
    join(scratch, framework, "node_modules", packageFor(framework), "dist/support-app.js"),
    ...args,
  );
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
    await works("git", "init", "--quiet");
    writeFileSync(join(project.folder, ".git/info/exclude"), "node_modules\n"); // a link here
    await commit();
    await works(process.execPath, ...SYNTH);
    await terraformWorks("apply", "-auto-approve");
    const [deployed, channels] = [await readAccount(account), await readChannels(account)];
    expect(Object.keys(deployed.roles).sort()).toEqual(["AWSSupportAppFullRole", "AWSSupportAppReadOnlyRole"]);
    expect(Object.keys(channels)).toEqual(["C09876Z5YXW"]);

    for (const framework of ["cdktn", "cdktf"] as const) {
      expect(await supportApp(framework, "init", "--upgrade")).toContain(` to ${framework}. `);
      await works("sh", "-c", RENAMES[framework]);
      await commit();
      install(framework);
      await works(process.execPath, ...SYNTH);
      expect(await terraformWorks("plan", "-input=false", "-detailed-exitcode")).toContain("No changes.");
    }
    await terraformWorks("destroy", "-auto-approve");
    expect((await readAccount(account)).roles).toEqual({});
  },
);
