import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../cli/program";
import { compiled } from "../support/compiled";
import { printedInTests } from "../support/printed";

/** What the README runs. */
const help = spawnSync("npm", ["run", "--silent", "support-app", "--", "--help"], { encoding: "utf8" });

test("help names every command and how to choose a file", () => {
  expect(help.status).toBe(0);
  expect(help.stdout).toMatchSnapshot();
  expect(help.stdout).toContain("SUPPORT_APP_ENVIRONMENTS=FILE");
});

test("the page of commands has those of help, and no other", () => {
  const page = readFileSync("docs/commands.md", "utf8");
  const [, commands = ""] = help.stdout.split("\nCommands:\n");
  const inPage = [...page.matchAll(/^\| \[`([a-z-]+)`\]/gm)].map(([, name]) => name);
  const inHelp = [...commands.matchAll(/^ {2}([a-z-]+) [[<]/gm)].map(([, name]) => name);
  expect(inPage).toEqual(inHelp.filter((name) => name !== "help"));
});

test("a policy is printed without anything else, for a file or another command", () => {
  const command = [compiled("cli/support-app.ts"), "deployer-policy", "staging"];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^What it doesn't prevent:\n- /) });
  expect(JSON.parse(stdout)).toMatchObject({ Version: "2012-10-17" });
});

describe("within this process", () => {
  const printed = printedInTests();
  afterEach(() => {
    delete process.env.NO_COLOR; // set by --no-color
  });

  test.each([
    [[], 2, "Usage: support-app"],
    [["deployer-polcy"], 2, "error: unknown command 'deployer-polcy'\n(Did you mean deployer-policy?)"],
    [["deployer-policy"], 2, "error: missing required argument 'environment'"],
    [["deployer-policy", "--help"], 0, "Usage: support-app deployer-policy [options] <environment>"],
    [["deployer-policy", "staging"], 0, "arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole"],
    [["--no-color", "deployer-policy", "staging"], 0, "arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole"],
    [["deployer-policy", "staging", "--no-color"], 0, "arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole"],
    [["doctor", "--policy", "--no-color"], 0, "iam:GetRole"],
    [["deployer-policy", "--", "--no-color"], 1, 'Received the environment "--no-color", expected one of'],
  ])("support-app %j ends with %d and says what", async (args, status, message) => {
    expect(await runSupportApp(args)).toBe(status);
    expect(printed.join("")).toContain(message);
  });

  test("errors of the environment file are shown as synth shows them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "support-app-cli-"));
    const file = join(folder, "wrong.yaml");
    writeFileSync(file, "environments: {}\n");
    process.env.SUPPORT_APP_ENVIRONMENTS = file;
    try {
      expect(await runSupportApp(["deployer-policy", "staging"])).toBe(1);
      expect(printed.join("")).toContain(`${file} has an error. Nothing was written.`);
    } finally {
      delete process.env.SUPPORT_APP_ENVIRONMENTS;
      rmSync(folder, { recursive: true });
    }
  });
});
