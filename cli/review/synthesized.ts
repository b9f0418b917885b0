import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { parseAllOfJson, readJsonFile } from "../json-file";
import { isFields } from "./policy";

/** Terraform in JSON, as it is written. */
export type Terraform = Readonly<Record<string, unknown>>;

/** The environments of a folder that `cdktf synth` has written, as their Terraform by name. */
export function readSynthesized(folder: string): ReadonlyMap<string, Terraform> {
  const manifest = readJson(join(folder, "manifest.json"), () => {
    const names = filesIn(folder);
    return names === undefined
      ? `Received the folder ${describe(folder)}, expected one that exists. Check the name, or run \`npm run synth\` first.`
      : `Received the folder ${describe(folder)}, expected one that \`cdktf synth\` has written, with manifest.json in it. Run \`npm run synth -- --output DIR\`.`;
  });
  if (!isFields(manifest) || !isFields(manifest.stacks)) {
    throw new CommandError(
      `Received ${describe(join(folder, "manifest.json"))} without stacks, expected what \`cdktf synth\` writes. Synthesize again.`,
    );
  }
  return new Map(
    Object.entries(manifest.stacks).map(([name, stack]) => {
      // The plan is made where the manifest doesn't say, so both must be the same.
      const path = `stacks/${name}/${FILE}`;
      const { synthesizedStackPath, workingDirectory = dirname(path) } = isFields(stack) ? stack : {};
      if (synthesizedStackPath !== path || workingDirectory !== dirname(path) || !/^[\w-]+$/.test(name)) {
        throw new CommandError(
          `Received the stack ${describe(name)} at ${describe(synthesizedStackPath)} in ${describe(folder)}, expected it at ${describe(path)}. Synthesize again, without --hcl.`,
        );
      }
      expectAlone(folder, path);
      const terraform = readJson(
        join(folder, path),
        () =>
          `Received no ${describe(path)} in ${describe(folder)}, expected the Terraform of ${name} as JSON. Synthesize again, without --hcl.`,
      );
      if (isFields(terraform)) return [name, terraform];
      throw new CommandError(
        `Received ${describe(join(folder, path))} that is no mapping, expected Terraform. Synthesize again.`,
      );
    }),
  );
}

/** What `cdktf synth` writes of each stack. */
const FILE = "cdk.tf.json";

/** Terraform takes every file of a stack's folder. Ours has one. */
function expectAlone(folder: string, path: string): void {
  const inFolder = filesIn(join(folder, dirname(path))) ?? [];
  const other = inFolder.find((file) => /\.tf(\.json|vars|vars\.json)?$/.test(file) && file !== FILE);
  if (other === undefined) return;
  throw new CommandError(
    `Received ${describe(other)} beside ${describe(join(folder, path))}, expected nothing else that Terraform would take. Synthesize into a new folder.`,
  );
}

function readJson(file: string, missing: () => string): unknown {
  const broken = (why: string) =>
    `Received ${describe(file)} that is not JSON (${why}), expected what \`cdktf synth\` writes in JSON. Synthesize again, without --hcl.`;
  return readJsonFile(file, missing, broken, parseAllOfJson);
}

function filesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}
