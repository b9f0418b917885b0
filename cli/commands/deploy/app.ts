import { createRequire } from "node:module";
import * as z from "zod";
import { packageJson } from "../../../common/package-files";
import { describePath } from "../../../common/problem";
import { missingPeer } from "../../../modules/support-app/missing-peer";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { type Children, Interrupted } from "../../terraform/children";

const SETTINGS = "cdktf.json";

/** The part of the settings that is read. */
const settings = z.object({ app: z.string().min(1), output: z.string().min(1).default("cdktf.out") });

/**
 * Runs the app in the project's cdktf.json, as CDKTF's command does.
 *
 * @param environmentNames names of the environments to build. Empty: all
 * @returns the app's output folder
 */
export async function runApp({ run, stop }: Children, environmentNames: readonly string[]): Promise<string> {
  const { app, output } = readFormOfJson(SETTINGS, settings, {
    name: SETTINGS,
    expected: 'a file with the app, such as "app": "node --require ts-node/register main.ts"',
    next: "Fix it, or change to the project's folder.",
  });
  expectFramework();
  // Terraform's variables and Slack's token are secrets that the app doesn't need.
  const inheritedVariables = Object.entries(process.env).filter(([name]) => !/^(TF_VAR_|SLACK_BOT_TOKEN$)/.test(name));
  const chosenVariables = environmentNames.length > 0 ? { SUPPORT_APP_ONLY: environmentNames.join(",") } : {};
  const env = { ...Object.fromEntries(inheritedVariables), CDKTF_OUTDIR: output, ...chosenVariables };
  const { status } = await run(app, [], { shell: true, env });
  if (stop.aborted) throw new Interrupted(`Received ${stop.reason} while synthesizing. Nothing was changed.`);
  if (status === 0) return output;
  throw new CommandError(
    `The app in ${SETTINGS} (${describePath(app)}) ended with ${status === null ? "no exit status" : `the exit status ${status}`}. Nothing was changed. Fix the error above.`,
  );
}

/** Without the framework in the project or beside this package, the app would end with a stack trace. */
function expectFramework(): void {
  const { resolve } = createRequire(__filename);
  try {
    for (const peer of Object.keys(packageJson().peerDependencies))
      resolve(peer, { paths: [process.cwd(), __dirname] });
  } catch (error) {
    throw missingPeer(error) ?? error;
  }
}
