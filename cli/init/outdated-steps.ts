import type { Command } from "commander";
import { parse } from "yaml";
import { isFields } from "../json";
import { WORKFLOW_OUTPUTS } from "../workflow-outputs";

/** A place in a workflow that uses something that this version doesn't have. */
export interface OutdatedStep {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Such as `the option --names of environments`. */
  readonly used: string;
}

/** What a shell takes for the end of a simple command, and for a comment. */
const ENDS = /[\n;&|()`]|(?:^|\s)#[^\n]*/m;

/** Our command where a shell runs it, and not as a word of another one. */
const OURS =
  /^\s*(?:(?:exec|if|then|else|do|!|\w+=\S*|timeout \S+) )*(?:npm run (?:-s |--silent )?support-app --|(?:npx (?:--no -- |--yes |-y )*)?"?(?:[\w./$~-]*\/)?(?:support-app|cdkt[fn]-support-app-access(?:@[\w.-]+)?)"?)(?= |$)/;

/** Options that every command takes. */
const COMMON = ["--help", "--no-color"];

/** The steps of a workflow that no longer fit: commands, options and outputs that this version doesn't have. */
export function outdatedSteps(path: string, text: string, known: readonly Command[]): OutdatedStep[] {
  const lines = text.split("\n");
  const at = (...words: readonly string[]) => lines.findIndex((line) => words.every((word) => line.includes(word))) + 1;
  return jobsIn(text).flatMap((job) =>
    stepsOf(job).flatMap(({ id, run }) => {
      const commands = commandsIn(run);
      const unknown = commands.flatMap(({ name, options }) => {
        const command = known.find((one) => one.name() === name);
        if (command === undefined) return [{ path, line: at("support-app", name), used: `the command ${name}` }];
        return options
          .filter((option) => !COMMON.includes(option) && command.options.every(({ long }) => long !== option))
          .map((option) => ({ path, line: at(option), used: `the option ${option} of ${name}` }));
      });
      const isOnlyOurs = !run.includes("GITHUB_OUTPUT") && commands.some(({ options }) => options.includes("--github"));
      const outputs = isOnlyOurs ? commands.flatMap(({ name }) => WORKFLOW_OUTPUTS[name] ?? []) : [];
      const gone = outputs.length > 0 ? outputsUsed(job, id).filter((output) => !outputs.includes(output)) : [];
      return [
        ...unknown,
        ...gone.map((output) => ({ path, line: at(`steps.${id}.outputs.${output}`), used: `the output ${output}` })),
      ];
    }),
  );
}

/** The jobs of a workflow. None: it isn't one. */
function jobsIn(text: string): unknown[] {
  try {
    const { jobs } = parse(text) ?? {};
    return isFields(jobs) ? Object.values(jobs) : [];
  } catch {
    return []; // GitHub doesn't read it either
  }
}

function stepsOf(job: unknown): { readonly id: string; readonly run: string }[] {
  const steps = isFields(job) && Array.isArray(job.steps) ? job.steps : [];
  return steps.flatMap((step) =>
    isFields(step) && typeof step.run === "string" ? [{ id: String(step.id), run: step.run }] : [],
  );
}

/** Our commands in a script, with the options that stand there as they are. */
function commandsIn(script: string): { readonly name: string; readonly options: readonly string[] }[] {
  return script
    .replaceAll("\\\n", " ")
    .split(ENDS)
    .filter((command) => OURS.test(command))
    .flatMap((command) => {
      const words = command.replace(OURS, "").trim().split(/\s+/);
      const end = words.includes("--") ? words.indexOf("--") : words.length;
      const [name, ...rest] = words.slice(0, end).filter((word) => !COMMON.includes(word));
      if (name === undefined || !/^[a-z][a-z-]*$/.test(name) || name === "help") return [];
      return [{ name, options: rest.flatMap((word) => word.match(/^--[a-z][a-z-]*/) ?? []) }];
    });
}

/** The outputs of a step that the rest of its job uses. */
function outputsUsed(job: unknown, id: string): string[] {
  const uses = JSON.stringify(job).matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g);
  return [...new Set([...uses].flatMap(([, step, output = ""]) => (step === id ? [output] : [])))];
}
