import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Condition, Pipeline, Save, Shell, Stage, Step } from "./pipeline";

export interface Surroundings {
  /** Where its files may be. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fetches what the CI would check out into a folder, with its whole history or only the commit. */
  readonly checkout: (folder: string, isWhole: boolean) => void;
  /** What whoever is asked answers, by the name of the question. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Whether whoever is asked doesn't answer in time. */
  readonly isUnanswered?: boolean;
  /** What happens while somebody is asked. */
  readonly meanwhile?: (artifact: (name: string) => string) => void;
  /** What the run before has saved. */
  readonly before?: Readonly<Record<string, string>>;
}

export interface PipelineRun {
  readonly isPassed: boolean;
  /** Who was asked. */
  readonly asked: readonly string[];
  /** The stages that ran. */
  readonly stages: readonly string[];
  readonly output: string;
  /** Where an artifact is. */
  readonly artifact: (name: string) => string;
}

/** Runs a pipeline as its CI would: each stage on an agent of its own, each script by the CI's own shell. */
export function runPipeline({ stages }: Pipeline, surroundings: Surroundings): PipelineRun {
  const { folder, answers = {}, isUnanswered = false, meanwhile } = surroundings;
  const artifact = (name: string) => join(folder, "artifacts", name);
  const variables = new Map<string, string>();
  const askedPeople: string[] = [];
  const stageNames: string[] = [];
  const successfulStages = new Set<string>();
  const outputs: string[] = [];
  let isPassed = true;
  let isStopped = false;
  for (const stage of stages) {
    const { approvers, condition } = stage;
    const unsuccessfulStage = condition?.unsuccessfulStage;
    const isDue = unsuccessfulStage === undefined ? !isStopped : !successfulStages.has(unsuccessfulStage);
    if (!(isDue || stage.isIndependent) || !isMet(condition, variables)) continue;
    if (approvers !== undefined) askedPeople.push(approvers);
    if (approvers !== undefined && isUnanswered) {
      if (stage.isSkippedUnanswered) continue;
      return { isPassed: false, asked: askedPeople, stages: stageNames, output: outputs.join(""), artifact };
    }
    if (approvers !== undefined) meanwhile?.(artifact);
    const answerEnv = Object.fromEntries(stage.questions.map((name) => [name, answers[name] ?? ""]));
    const variableEnv = Object.entries(stage.variables).map(([name, variable]) => [
      name,
      variables.get(variable) ?? "",
    ]);
    const env = { ...environmentOf(variables), ...stage.env, ...Object.fromEntries(variableEnv), ...answerEnv };
    stageNames.push(stage.name);
    const result = runStage(stage, { ...surroundings, artifact, variables, outputs, stageEnv: env });
    if (result.isPassed) successfulStages.add(stage.name);
    isPassed &&= result.isPassed;
    isStopped ||= result.isStopped;
  }
  return { isPassed, asked: askedPeople, stages: stageNames, output: outputs.join(""), artifact };
}

/** A variable of a step has a dot in its name, and isn't in the environment. */
function environmentOf(variables: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...variables].filter(([name]) => !name.includes(".")));
}

function isMet(condition: Condition | undefined, variables: ReadonlyMap<string, string>): boolean {
  return condition === undefined || (variables.get(condition.variable) === condition.value) === condition.isEqual;
}

interface Agent extends Surroundings {
  readonly artifact: (name: string) => string;
  readonly variables: Map<string, string>;
  readonly outputs: string[];
  readonly stageEnv: Readonly<Record<string, string>>;
}

function runStage({ name, steps }: Stage, agent: Agent): { readonly isPassed: boolean; readonly isStopped: boolean } {
  const machine = join(agent.folder, "agents", name);
  const workspace = join(machine, "workspace");
  mkdirSync(workspace, { recursive: true });
  let isPassed = true;
  let isStopped = false;
  for (const step of steps) {
    if (isStopped && !("isAfterFailure" in step && step.isAfterFailure)) continue;
    if (runStep(step, machine, workspace, agent)) continue;
    isPassed = false;
    if (!(step.kind === "shell" && step.mayFail)) isStopped = true;
  }
  return { isPassed, isStopped };
}

function runStep(step: Step, machine: string, workspace: string, agent: Agent): boolean {
  switch (step.kind) {
    case "clean":
      rmSync(workspace, { recursive: true });
      mkdirSync(workspace);
      return true;
    case "checkout":
      agent.checkout(workspace, step.isWhole);
      return true;
    case "shell":
      return runShell(step, machine, workspace, agent);
    case "save":
      return save(step, workspace, agent.artifact(step.artifact));
    case "load":
      return load(agent.artifact(step.artifact), join(workspace, step.folder));
    case "load before":
      for (const [name, text] of Object.entries(agent.before ?? {})) {
        mkdirSync(join(workspace, step.folder), { recursive: true });
        writeFileSync(join(workspace, step.folder, name), text);
      }
      return true; // there may be none
    case "variable":
      agent.variables.set(step.name, readFileSync(join(workspace, step.file), "utf8").trim());
      return true;
  }
}

function save({ path, isUnfolded }: Save, workspace: string, artifact: string): boolean {
  const source = join(workspace, path);
  if (!existsSync(source)) return false;
  cpSync(source, isUnfolded && statSync(source).isDirectory() ? artifact : join(artifact, basename(path)), {
    recursive: true,
  });
  return true;
}

function load(artifact: string, folder: string): boolean {
  if (!existsSync(artifact)) return false;
  cpSync(artifact, folder, { recursive: true });
  return true;
}

const VARIABLE = /^##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)$/gm;

function runShell(step: Shell, machine: string, workspace: string, agent: Agent): boolean {
  const [program = "", ...args] = step.interpreter;
  const file = join(machine, "script");
  writeFileSync(file, step.script);
  const { status, stdout, stderr } = spawnSync(program, [...args, file], {
    cwd: workspace,
    env: {
      ...{ HOME: machine, PIPELINE_WORKSPACE: machine, CREDENTIALS: step.credentials ?? "none" },
      ...agent.env,
      ...agent.stageEnv,
    },
    encoding: "utf8",
  });
  agent.outputs.push(stdout, stderr);
  if (step.isObeyed && step.name !== undefined)
    for (const [, name, value = ""] of stdout.matchAll(VARIABLE)) agent.variables.set(`${step.name}.${name}`, value);
  return status === 0;
}
