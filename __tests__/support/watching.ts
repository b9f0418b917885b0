import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Finding } from "../../cli/findings/finding";
import { ENVIRONMENT_KINDS, type EnvironmentKind, type NoticeKind } from "../../cli/findings/kinds";
import { runSupportApp } from "../../cli/program";
import { DOCTOR_REPORT_VERSION, type DoctorReport, type ReportedEnvironment } from "../../cli/reports/doctor-report";
import { gitHubInTests } from "./answering-github";
import { sharedFolder } from "./folder";
import { printedInTests } from "./printed";

/** What doctor says about an environment that isn't healthy. */
export interface Said {
  /** By the check: what it found. */
  readonly findings?: Partial<Record<EnvironmentKind, readonly Partial<Finding>[]>>;
  /** By the check: what it waits for. */
  readonly waits?: Partial<Record<EnvironmentKind, string>>;
  /** By the check: what it didn't look at. */
  readonly unseen?: Partial<Record<EnvironmentKind, string[][]>>;
  /** Checks that aren't in the report. */
  readonly without?: readonly string[];
  readonly notices?: readonly Finding[];
}

/** A finding. By default, something is wrong with the full role. */
export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    subject: { environment: "production" },
    kind: "trust",
    answer: "unhealthy",
    resource: "role AWSSupportAppFullRole (full)",
    about: ["full"],
    impact: "People can do more.",
    expected: "it is as environments.yaml says",
    found: "it is otherwise",
    fix: { text: "Deploy the environment.", commands: ["npx support-app deploy production"] },
    ...overrides,
  };
}

/** A notice about the full role. */
export function notice(kind: NoticeKind, ...about: string[]): Finding {
  return finding({ kind, answer: "healthy", about: ["full", ...about], found: `The full access is ${kind}.` });
}

/** What doctor reports about environments. */
export function doctorReport(environments: Readonly<Record<string, Said>>): DoctorReport {
  const reported = Object.entries(environments).map(
    ([name, { findings = {}, waits = {}, unseen = {}, without = [], notices = [] }], index) => {
      const kinds = ENVIRONMENT_KINDS.filter((kind) => !without.includes(kind));
      const foundOf = (kind: EnvironmentKind) =>
        (findings[kind] ?? []).map((overrides) => finding({ ...overrides, kind }));
      const checks = kinds.map((kind): ReportedEnvironment["checks"][number] => {
        const kindFindings = foundOf(kind);
        const waitsFor = waits[kind];
        const answer = kindFindings.length > 0 ? worst(kindFindings) : waitsFor === undefined ? "healthy" : "skipped";
        return { name: kind, sentence: "Everything is as it should be.", answer, waitsFor, unseen: unseen[kind] };
      });
      const reportedFindings = [...kinds.flatMap(foundOf), ...notices].map((item) => ({
        ...item,
        subject: { environment: name },
      }));
      const environment = { name, account: accountOf(index), region: "us-east-1" };
      return { ...environment, answer: worst(reportedFindings), checks, findings: reportedFindings, notes: [] };
    },
  );
  const readAt = new Date().toISOString();
  return { schemaVersion: DOCTOR_REPORT_VERSION, readAt, answer: worst(reported), environments: reported };
}

function worst(results: readonly { readonly answer: string }[]): ReportedEnvironment["answer"] {
  return (
    (["unhealthy", "unknown"] as const).find((answer) => results.some((result) => result.answer === answer)) ??
    "healthy"
  );
}

function accountOf(index: number): string {
  return String(111_122_223_333 + index);
}

/** The token of the workflow, and everything else that must never be printed. */
const TOKEN = "ghs_secret.of-a_job";

/** What a night is given. */
export interface Night {
  /** What doctor says, by environment. An empty one is healthy, and an undefined one has no report. */
  readonly says?: Readonly<Record<string, Said | undefined>>;
  /** The environments of the file, if not those that doctor says something about, with the rest of each in YAML. */
  readonly environments?: Readonly<Record<string, string>>;
  /** Other files among the reports, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Name of the environment file. */
  readonly file?: string;
}

/** How a night ended. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  /** The requests to GitHub, except those that read. */
  readonly written: readonly string[];
}

/** Runs watch within this process, in its own folder and with its own GitHub. Must be called where tests are described. */
export function watchingInTests() {
  const printed = printedInTests();
  const scratch = sharedFolder();
  const github = gitHubInTests();
  const before = { ...process.env };
  beforeEach(() => {
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch);
  });
  afterEach(() => {
    process.env = { ...before };
  });

  const gitHub = () => github;

  /** Writes the input of a night, and returns how to run it. */
  function prepared({
    says = {},
    environments,
    files = {},
    args = ["--github"],
    env = {},
    file = "environments.yaml",
  }: Night) {
    const path = (name: string) => join(scratch, name);
    const names = environments ?? Object.fromEntries(Object.keys(says).map((name) => [name, "read-only: {}"]));
    const yaml = Object.entries(names).map(
      ([name, rest], index) => `  ${name}: { account: "${accountOf(index)}", region: us-east-1, ${rest} }\n`,
    );
    writeFileSync(path(file), `environments:\n${yaml.join("")}`);
    rmSync(path("reports"), { recursive: true, force: true });
    const entries = Object.entries(says).flatMap(([name, said]) => (said ? [[name, said]] : []));
    const reports = { "doctor-a/report.json": JSON.stringify(doctorReport(Object.fromEntries(entries))), ...files };
    for (const [name, text] of Object.entries(reports)) {
      mkdirSync(dirname(path(`reports/${name}`)), { recursive: true });
      writeFileSync(path(`reports/${name}`), text);
    }
    process.env = {
      ...before,
      SUPPORT_APP_ENVIRONMENTS: path(file),
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_API_URL: gitHub().url,
      GITHUB_TOKEN: TOKEN,
      GITHUB_STEP_SUMMARY: path("step-summary.md"),
      SLACK_WEBHOOK_URL: "",
      ...env,
    };
    return ["watch", "--reports", path("reports"), ...args];
  }

  /** One night. Nothing that it prints or writes has the token. */
  async function night(options: Night): Promise<Ended> {
    const args = prepared(options);
    const requestCount = gitHub().asked.length;
    printed.length = 0;
    const status = await runSupportApp(args);
    const output = printed.join("\n");
    expect(output).not.toContain(TOKEN);
    expect(JSON.stringify(gitHub().issues)).not.toContain(TOKEN);
    expect(output).not.toMatch(/^\s+at .*:\d+:\d+/m); // a stack trace
    const writes = gitHub()
      .asked.slice(requestCount)
      .filter((call) => !call.startsWith("GET "))
      .map((call) => call.replace("/repos/acme/access", ""));
    return { status, output, written: writes };
  }

  return {
    printed,
    night,
    prepared,
    gitHub,
    /** The content of a file that was written. */
    read: (name: string) => readFileSync(join(scratch, name), "utf8"),
    path: (name: string) => join(scratch, name),
    /** One line per issue, without the ID in its title. */
    issues: () =>
      gitHub().issues.map(({ number, state, state_reason, title }) => {
        const stateText = state === "open" ? "open" : `closed (${state_reason})`;
        return `#${number} ${stateText} ${title.replace(/ \([\da-f]{12}\)$/, "")}`;
      }),
    /** The comments on an issue. */
    comments: (number: number) =>
      gitHub()
        .issues.find((issue) => issue.number === number)
        ?.written.map(({ body }) => body),
  };
}
