import { isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { WORKFLOW_OUTPUTS } from "../workflow-outputs";

/** A command of this version. */
export interface KnownCommand {
  readonly name: string;
  /** Such as `--format`. */
  readonly options: readonly string[];
}

/** A place in a workflow that uses something that this version doesn't have. */
export interface OutdatedStep {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Such as `the option --names of environments`. */
  readonly used: string;
}

const COMMAND = /(?:^|[\s/])(?:support-app|cdkt[fn]-support-app-access(?:@\S+)?)[ \t]+([a-z][a-z-]*)([^\n;|&]*)/g;
const OPTION = /(?<=\s)--[a-z][a-z-]*/g;

/** The steps of a workflow that no longer fit: commands, options and outputs that this version doesn't have. */
export function outdatedSteps(path: string, text: string, known: readonly KnownCommand[]): OutdatedStep[] {
  const lines = new LineCounter();
  const found: OutdatedStep[] = [];
  visit(parseDocument(text, { lineCounter: lines }), {
    Map(_, step) {
      const run = step.get("run", true);
      if (!isMap(step) || !isScalar(run) || typeof run.value !== "string") return;
      const { line } = lines.linePos(run.range?.[0] ?? 0);
      const outputs: string[] = [];
      for (const [, name = "", rest = ""] of run.value.replaceAll("\\\n", " ").matchAll(COMMAND)) {
        found.push(...unknownIn(name, rest, known).map((used) => ({ path, line, used })));
        outputs.push(...(WORKFLOW_OUTPUTS[name] ?? []));
      }
      const id = step.get("id");
      if (outputs.length > 0 && typeof id === "string") found.push(...unknownOutputs(path, text, id, outputs));
    },
  });
  return found;
}

function unknownIn(name: string, rest: string, known: readonly KnownCommand[]): string[] {
  const command = known.find((one) => one.name === name);
  if (command === undefined) return [`the command ${name}`];
  const options = [...rest.matchAll(OPTION)].map(([option]) => option);
  const unknown = options.filter((one) => ![...command.options, "--help", "--no-color"].includes(one));
  return unknown.map((option) => `the option ${option} of ${name}`);
}

function unknownOutputs(path: string, text: string, id: string, outputs: readonly string[]): OutdatedStep[] {
  return text
    .split("\n")
    .flatMap((content, index) =>
      [...content.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)]
        .filter(([, step, output = ""]) => step === id && !outputs.includes(output))
        .map(([, , output]) => ({ path, line: index + 1, used: `the output ${output}` })),
    );
}
