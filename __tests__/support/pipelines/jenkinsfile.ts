import type { Condition, Pipeline, Stage, Step } from "./pipeline";

/** A line of a Jenkinsfile, or a block: what stands before its brace, and what is in it. */
interface Node {
  readonly line: string;
  readonly body?: readonly Node[];
}

/** What stands in the pipeline itself, beside its stages and its environment, and doesn't matter here. */
const SETTINGS = [
  "skipDefaultCheckout()",
  "disableConcurrentBuilds()",
  /^timeout\(time: \d+, unit: '(DAYS|HOURS)'\)$/,
  /^cron\('H 3 \* \* \*'\)$/,
];

/** Reads a declarative Jenkinsfile. Its strings have single quotes, in which Groovy replaces nothing. */
export function readJenkinsfile(text: string): Pipeline {
  const [pipeline, ...rest] = nodesOf(text);
  if (pipeline?.line !== "pipeline" || rest.length > 0) throw new Error("Expected one pipeline.");
  const { options, environment, triggers, stages } = sectionsOf(pipeline.body, [
    ...["agent none", "options", "environment", "triggers", "stages"],
  ]);
  for (const { line } of [...(options?.body ?? []), ...(triggers?.body ?? [])]) {
    if (!SETTINGS.some((setting) => (typeof setting === "string" ? setting === line : setting.test(line))))
      throw new Error(`Unknown: ${line}`);
  }
  const env = variablesIn(environment);
  return {
    isSerial: options?.body?.some(({ line }) => line === "disableConcurrentBuilds()") ?? false,
    stages: (stages?.body ?? []).map((stage) => readStage(stage, env)),
  };
}

/** The blocks and lines of a block, by their names. */
function sectionsOf(nodes: readonly Node[] = [], names: readonly string[]): Readonly<Record<string, Node>> {
  for (const { line } of nodes) if (!names.includes(line)) throw new Error(`Unknown: ${line}`);
  return Object.fromEntries(nodes.map((node) => [node.line, node]));
}

function readStage({ line, body = [] }: Node, env: Readonly<Record<string, string>>): Stage {
  const { agent, when, input, environment, steps } = sectionsOf(body, [
    ...["agent", "when", "input", "environment", "steps"],
  ]);
  const questions = input?.body?.flatMap((node) => (node.line === "parameters" ? (node.body ?? []) : [])) ?? [];
  return {
    name: argument(line, /^stage\('(\w+)'\)$/),
    agent: argument(agent?.body?.[0]?.line, /^label '(\w+)'$/),
    approvers:
      input && argument(input.body?.find((node) => node.line.startsWith("submitter"))?.line, /^submitter '(.+)'$/),
    isSkippedUnanswered: false,
    questions: questions.map((question) => argument(question.line, /^string\(name: '(\w+)', .*, trim: true\)$/)),
    condition: when && readCondition(when.body ?? []),
    isIndependent: false,
    env: { ...env, ...variablesIn(environment) },
    variables: {},
    steps: (steps?.body ?? []).flatMap((step) => readStep(step, {})),
  };
}

/** Before anybody is asked, and before an agent is taken. */
function readCondition(nodes: readonly Node[]): Condition {
  const [beforeInput, beforeAgent, condition] = nodes;
  const isEqual = condition?.line !== "not";
  const line = isEqual ? condition?.line : condition?.body?.[0]?.line;
  const [, variable = "", value = ""] = line?.match(/^environment name: '(\w+)', value: '(\w+)'$/) ?? [];
  if (beforeInput?.line !== "beforeInput true" || beforeAgent?.line !== "beforeAgent true" || variable === "")
    throw new Error(`Unknown: ${JSON.stringify(nodes)}`);
  return { variable, value, isEqual };
}

function variablesIn(environment: Node | undefined): Record<string, string> {
  return Object.fromEntries(
    (environment?.body ?? []).map(({ line }) => {
      const [, name = "", value = ""] = line.match(/^(\w+) = '([^']*)'$/) ?? [];
      if (name === "") throw new Error(`Unknown: ${line}`);
      return [name, value];
    }),
  );
}

interface Context {
  readonly credentials?: string;
  readonly mayFail?: boolean;
  readonly folder?: string;
}

const PATTERNS: readonly [pattern: RegExp, step: (groups: readonly string[], context: Context) => Step][] = [
  [/^deleteDir\(\)$/, () => ({ kind: "clean" })],
  [/^checkout scm$/, () => ({ kind: "checkout", isWhole: true })],
  [/^sh '([^']*)'$/, ([script = ""], context) => shell(script, context)],
  [/^sh '''\n(.*)'''$/s, ([script = ""], context) => shell(script, context)],
  [/^stash name: '(\w+)', includes: '([\w./-]+?)(?:\/\*\*)?'$/, ([artifact = "", path = ""]) => save(artifact, path)],
  [/^unstash '(\w+)'$/, ([artifact = ""], { folder = "." }) => ({ kind: "load", artifact, folder })],
  [
    /^archiveArtifacts artifacts: '(\w+)\.(?:html|\*)'$/,
    ([artifact = ""]) => save(artifact, artifact === "watch" ? "watch.json" : `${artifact}.html`),
  ],
  [
    /^copyArtifacts projectName: env\.JOB_NAME, filter: '(\w+)\.json', selector: lastCompleted\(\), optional: true$/,
    ([artifact = ""]) => ({ kind: "load before", artifact, folder: ".", isAfterFailure: false }),
  ],
  [/^env\.(\w+) = readFile\('([\w-]+)'\)\.trim\(\)$/, ([name = "", file = ""]) => ({ kind: "variable", name, file })],
];

function readStep({ line, body }: Node, context: Context): Step[] {
  if (body !== undefined) return body.flatMap((node) => readStep(node, { ...context, ...contextOf(line) }));
  for (const [pattern, step] of PATTERNS) {
    const match = line.match(pattern);
    if (match) return [step(match.slice(1), context)];
  }
  throw new Error(`Unknown: ${line}`);
}

function contextOf(line: string): Context {
  if (line === "script") return {};
  if (line === "catchError") return { mayFail: true };
  const [, folder] = line.match(/^dir\('(\w+)'\)$/) ?? [];
  if (folder !== undefined) return { folder };
  const credentials =
    /^withCredentials\(\[file\(credentialsId: '([\w-]+)', variable: 'AWS_WEB_IDENTITY_TOKEN_FILE'\)\]\)$/;
  return { credentials: argument(line, credentials) };
}

function save(artifact: string, path: string): Step {
  return { kind: "save", artifact, path, isUnfolded: false, isAfterFailure: false };
}

function shell(script: string, { credentials, mayFail = false }: Context): Step {
  return {
    ...{ kind: "shell", script, credentials, mayFail },
    ...{ interpreter: ["sh", "-xe"], isObeyed: false, isAfterFailure: false },
  };
}

function argument(line: string | undefined, pattern: RegExp): string {
  const [, value] = line?.match(pattern) ?? [];
  if (value === undefined) throw new Error(`Unknown: ${line}`);
  return value;
}

/** The lines and blocks of a Jenkinsfile, without comments. A string of several lines is one line. */
function nodesOf(text: string): Node[] {
  const lines = text.split("\n");
  let index = 0;
  const blockAt = (isInner: boolean): Node[] => {
    const nodes: Node[] = [];
    while (index < lines.length) {
      const line = (lines[index++] ?? "").trim();
      if (line === "" || line.startsWith("//")) continue;
      if (line === "}") {
        if (isInner) return nodes;
        throw new Error("A brace is closed that wasn't opened.");
      }
      const [, head, inner] = line.match(/^(\w+(?:\('\w+'\))?) \{ (.*) \}$/) ?? [];
      if (head !== undefined) nodes.push({ line: head, body: [{ line: inner ?? "" }] });
      else if (line.endsWith(" {")) nodes.push({ line: line.slice(0, -2), body: blockAt(true) });
      else if (line.endsWith(" {}")) nodes.push({ line: line.slice(0, -3), body: [] });
      else if (line === "sh '''") nodes.push({ line: `sh '''\n${stringAt()}'''` });
      else nodes.push({ line });
    }
    if (isInner) throw new Error("A brace isn't closed.");
    return nodes;
  };
  const stringAt = (): string => {
    const end = lines.findIndex((line, number) => number >= index && line.trim() === "'''");
    const text = lines.slice(index, end).map((line) => `${line}\n`);
    index = end + 1;
    return text.join("");
  };
  return blockAt(false);
}
