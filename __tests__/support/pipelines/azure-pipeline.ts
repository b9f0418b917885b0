import { parse } from "yaml";
import type { Condition, Pipeline, Shell, Stage, Step } from "./pipeline";

// biome-ignore lint/suspicious/noExplicitAny: each key is checked where it is read
type Any = any;

/** Takes the keys of a mapping. Any other key is an error. */
function only<Key extends string>(value: Any, keys: readonly Key[]): Partial<Record<Key, Any>> {
  for (const key of Object.keys(value)) if (!keys.includes(key as Key)) throw new Error(`Unknown: ${key}`);
  return value;
}

const RESTRICTED = JSON.stringify({ commands: "restricted", settableVariables: "none" });

/** Reads a file of Azure Pipelines. */
export function readAzurePipeline(text: string): Pipeline {
  const { trigger, lockBehavior, pool, stages, jobs } = only(parse(text), [
    ...(["trigger", "pr", "schedules", "lockBehavior", "pool", "stages", "jobs"] as const),
  ]);
  const agent = typeof pool === "string" ? pool : only(pool, ["vmImage"]).vmImage;
  const isSerial = trigger.batch === true && lockBehavior === "sequential";
  if (jobs !== undefined)
    return { isSerial, stages: jobs.map((job: Any) => ({ ...readJob(job), agent, isIndependent: true })) };
  return { isSerial, stages: stages.map((stage: Any) => readStage(stage, agent)) };
}

function readStage(value: Any, agent: string): Stage {
  const { stage, condition, jobs } = only(value, ["stage", "dependsOn", "condition", "jobs"]);
  if (jobs.length !== 1) throw new Error(`Expected one job in ${stage}.`);
  return { ...readJob(jobs[0]), name: stage, agent, condition: condition && readCondition(condition) };
}

const OUTPUT = /dependencies\.(\w+)\.outputs\['\1\.(\w+\.\w+)'\], '(\w+)'/.source; // of a stage whose job has its name
const AFTER_SUCCESS = new RegExp(`^and\\(succeeded\\(\\), (?:(eq)|ne)\\(${OUTPUT.replace("\\1", "\\2")}\\)\\)$`);
const WITHOUT_SUCCESS = new RegExp(`^and\\(eq\\(${OUTPUT}\\), ne\\(dependencies\\.(\\w+)\\.result, 'Succeeded'\\)\\)$`);

function readCondition(condition: string): Condition {
  const [, eq, , variable, value] = condition.match(AFTER_SUCCESS) ?? [];
  if (variable !== undefined && value !== undefined) return { variable, value, isEqual: eq !== undefined };
  const [, , output, outputValue, unsuccessfulStage] = condition.match(WITHOUT_SUCCESS) ?? [];
  if (output === undefined || outputValue === undefined) throw new Error(`Unknown: ${condition}`);
  return { variable: output, value: outputValue, isEqual: true, unsuccessfulStage };
}

function readJob(value: Any): Stage {
  const {
    job,
    deployment,
    environment,
    variables = {},
    strategy,
    steps,
  } = only(value, [...(["job", "deployment", "environment", "variables", "strategy", "steps"] as const)]);
  const { runOnce } = only(strategy ?? {}, ["runOnce"]);
  return {
    name: job ?? deployment,
    agent: "",
    approvers: environment,
    isSkippedUnanswered: true,
    questions: [],
    isIndependent: false,
    env: {},
    variables: Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, outputIn(String(text))])),
    steps: (deployment === undefined ? steps : only(only(runOnce, ["deploy"]).deploy, ["steps"]).steps).map(readStep),
  };
}

function outputIn(text: string): string {
  const [, , variable] = text.match(/^\$\[ stageDependencies\.(\w+)\.\1\.outputs\['(\w+\.\w+)'\] \]$/) ?? [];
  if (variable === undefined) throw new Error(`Unknown: ${text}`);
  return variable;
}

const CONDITIONS = [undefined, "succeededOrFailed()"];

function readStep(value: Any): Step {
  if (!CONDITIONS.includes(value.condition)) throw new Error(`Unknown: ${value.condition}`);
  const isAfterFailure = value.condition !== undefined;
  if (value.checkout === "none") {
    only(value, ["checkout"]);
    return { kind: "clean" };
  }
  if (value.checkout === "self") {
    const { fetchDepth } = only(value, ["checkout", "fetchDepth"]);
    return { kind: "checkout", isWhole: fetchDepth === 0 };
  }
  if (value.download === "current") {
    const { artifact } = only(value, ["download", "artifact"]);
    return { kind: "load", artifact, folder: `../${artifact}` };
  }
  if (value.publish !== undefined) {
    const { publish, artifact } = only(value, ["publish", "artifact", "condition"]);
    const path = publish.replace(/^\$\(Pipeline\.Workspace\)/, "..");
    return { kind: "save", artifact, path, isUnfolded: true, isAfterFailure };
  }
  if (value.bash !== undefined) {
    const { bash, name, target } = only(value, ["bash", "name", "target", "condition"]);
    return shell(bash, ["bash", "--noprofile", "--norc"], { name, target, isAfterFailure });
  }
  const { task, inputs, target } = only(value, ["task", "inputs", "target", "condition", "continueOnError"]);
  if (task === "NodeTool@0" && only(inputs, ["versionSpec"]).versionSpec === "22.x")
    return shell("true", ["bash"], { isAfterFailure });
  if (task === "AWSShellScript@1") {
    const { awsCredentials, regionName, scriptType, inlineScript } = only(inputs, [
      ...(["awsCredentials", "regionName", "scriptType", "inlineScript"] as const),
    ]);
    if (regionName !== "us-east-1" || scriptType !== "inline") throw new Error(`Unknown: ${JSON.stringify(inputs)}`);
    return shell(inlineScript, ["bash"], { target, credentials: awsCredentials, isAfterFailure });
  }
  const before = {
    ...{ buildType: "specific", project: "$(System.TeamProjectId)", definition: "$(System.DefinitionId)" },
    ...{ buildVersionToDownload: "latestFromBranch", branchName: "refs/heads/main" },
    ...{ allowPartiallySucceededBuilds: true, allowFailedBuilds: true },
    ...{ artifactName: "watch", targetPath: "$(Pipeline.Workspace)/before" },
  };
  if (
    task === "DownloadPipelineArtifact@2" &&
    JSON.stringify(inputs) === JSON.stringify(before) &&
    value.continueOnError
  )
    return { kind: "load before", artifact: "watch", folder: "../before", isAfterFailure };
  throw new Error(`Unknown: ${JSON.stringify(value)}`);
}

/** Without `set -e`, only the last command of a script can fail. */
function shell(
  script: string,
  interpreter: readonly string[],
  { target, ...rest }: Partial<Shell> & { readonly target?: Any; readonly isAfterFailure: boolean },
): Shell {
  if (target !== undefined && JSON.stringify(target) !== RESTRICTED) throw new Error(`Unknown: ${target}`);
  return { kind: "shell", script, interpreter, isObeyed: target === undefined, mayFail: false, ...rest };
}
