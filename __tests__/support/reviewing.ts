import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../cli/program";
import type { SynthesizedStack } from "../../cli/terraform/synthesized-folder";
import { sharedFolder } from "./folder";
import { printedInTests } from "./printed";

/** Runs `support-app review`, and writes what it reads. */
export interface Reviewing {
  /** Where it all is, until the tests have ended. */
  readonly scratch: string;
  /** Runs `support-app` with those arguments. */
  readonly supportApp: (...args: readonly string[]) => Promise<Reviewed>;
  /** Runs the command with those options. */
  readonly review: (...args: readonly string[]) => Promise<Reviewed>;
  /** Reviews a change of the environment `paid`, with a plan of it. Undefined: it isn't there. */
  readonly reviewPlan: (
    base: SynthesizedStack | undefined,
    head: SynthesizedStack | undefined,
    plan: unknown,
    ...args: readonly string[]
  ) => Promise<Reviewed>;
  /** A folder as `cdktf synth` writes it. */
  readonly folderOf: (stacks: Readonly<Record<string, SynthesizedStack>>) => string;
  /** A file in JSON. */
  readonly fileOf: (content: unknown) => string;
}

/** What a review ended with and printed. */
export interface Reviewed {
  readonly status: number;
  readonly output: string;
}

/** To be called where tests are described. */
export function reviewingInTests(): Reviewing {
  const scratch = sharedFolder({ isReal: true });
  const printed = printedInTests();
  let count = 0;
  const reviewing: Reviewing = {
    scratch,
    supportApp: async (...args) => {
      const status = await runSupportApp(args);
      return { status, output: printed.splice(0).join("\n") };
    },
    review: (...args) => reviewing.supportApp("review", ...args),
    reviewPlan: (base, head, plan, ...args) => {
      const [before, after] = [base, head].map((stack) => reviewing.folderOf(stack ? { paid: stack } : {}));
      const argument = `paid=${reviewing.fileOf(plan)}`;
      return reviewing.review("--base", `${before}`, "--head", `${after}`, "--plan", argument, ...args);
    },
    folderOf: (stacks) => {
      const folder = join(scratch, `folder-${count++}`);
      mkdirSync(join(folder, "stacks"), { recursive: true });
      const entries = Object.entries(stacks).map(([name, { terraform, environmentFile }]) => {
        const synthesizedStackPath = `stacks/${name}/cdk.tf.json`;
        mkdirSync(join(folder, "stacks", name));
        writeFileSync(join(folder, synthesizedStackPath), JSON.stringify(terraform));
        if (environmentFile !== undefined)
          writeFileSync(join(folder, "stacks", name, "environment.json"), JSON.stringify(environmentFile));
        return [name, { name, synthesizedStackPath }];
      });
      const manifest = { version: "0.21.0", stacks: Object.fromEntries(entries) };
      writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
      return folder;
    },
    fileOf: (content) => {
      const file = join(scratch, `file-${count++}.json`);
      writeFileSync(file, JSON.stringify(content));
      return file;
    },
  };
  return reviewing;
}
