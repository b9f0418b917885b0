import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../cli/program";
import { testHelp } from "./help";
import { printedInTests } from "./printed";

/** Runs a command within this process, with a fresh folder, and tests its help. To be called where tests are described. */
export function commandInTests(command: string, yaml = "") {
  testHelp(command);
  const printed = printedInTests();
  const before = { ...process.env };
  let folder: string;
  const path = (name = "") => join(folder, name);
  /** Writes the file that SUPPORT_APP_ENVIRONMENTS names. */
  const environmentsAre = (text: string) => {
    process.env.SUPPORT_APP_ENVIRONMENTS = path("environments.yaml");
    writeFileSync(process.env.SUPPORT_APP_ENVIRONMENTS, text);
  };
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), `support-app-${command}-`)));
    environmentsAre(yaml);
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });
  const run = async (...args: readonly string[]) => {
    printed.length = 0;
    const status = await runSupportApp([command, ...args]);
    return { status, output: printed.splice(0).join("\n") };
  };
  return { path, environmentsAre, run };
}
