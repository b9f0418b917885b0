import { resolve } from "node:path";
import type * as Program from "../../../cli/program";
import { END_OF_JOB, type Job } from "./warm";

const MAIN = resolve(__dirname, "../../../main.ts");

/** Runs a script as Node.js would in a new process, and tells its exit status. */
async function run({ script, args, folder, env }: Job): Promise<number> {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = 0;
  if (script === "main.ts") {
    delete require.cache[MAIN];
    require(MAIN);
    return process.exitCode;
  }
  const { runSupportApp }: typeof Program = require("../../../cli/program"); // which a project that only deploys has no use for
  return runSupportApp(args);
}

process.on("message", async (job: Job) => {
  const status = await run(job);
  process.send?.(status);
  process.stdout.write(END_OF_JOB);
  process.stderr.write(END_OF_JOB);
});
process.on("disconnect", () => process.exit());
