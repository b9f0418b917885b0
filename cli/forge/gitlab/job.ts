import { appendFileSync, writeFileSync } from "node:fs";
import { explainFailure } from "../../terminal/command-error";
import type { JobPurpose, MatrixJob, Outputs } from "../forge";
import { COMMIT, variablesOf } from "../variables";
import { howToRun } from "./api";

/** The dotenv report of a job, and the child pipeline that one starts. Both are artifacts. */
const OUTPUTS = "support-app.env";
const PIPELINE = "support-app.jobs.yml";

/** Where people find this job, whose log has what it reports. Undefined: outside of CI. */
export function runUrl(env: NodeJS.ProcessEnv): string | undefined {
  const url = env.CI_JOB_URL ?? "";
  return /^https?:\/\/[\w.:-]+\/[\w./-]+\/-\/jobs\/\d+$/.test(url) ? url : undefined;
}

/** Sets variables of later jobs: a text as it is, everything else as JSON. */
export function setOutputs(outputs: Outputs): void {
  const lines = Object.entries(outputs).map(([name, value]) => {
    const text = typeof value === "string" && /^[\w.-]*$/.test(value) ? value : JSON.stringify(value);
    return `SUPPORT_APP_${name.toUpperCase()}=${text}\n`;
  });
  write(OUTPUTS, lines.join(""), appendFileSync);
}

/** The job of the child pipeline that has the jobs of a list. */
const JOB_NAMES: Readonly<Record<JobPurpose, Readonly<Record<string, string>>>> = {
  deploy: { planned: "plan", canaries: "canaries", doctored: "doctor", others: "others" },
  doctor: { jobs: "doctor" },
  drift: { jobs: "drift" },
};

/** The lists that have each environment of a deploy once. */
const DEPLOYED = ["canaries", "others"];

/** Writes a child pipeline: what each job does is in the file of this commit, and here stands how often it runs. JSON is YAML. */
export function setJobs(purpose: JobPurpose, lists: Readonly<Record<string, readonly MatrixJob[]>>): void {
  // Elsewhere, nobody would look for the file.
  variablesOf(process.env, howToRun("environments", ".gitlab-ci.yml"))("CI_COMMIT_SHA", "a commit", COMMIT);
  const jobs = Object.entries(JOB_NAMES[purpose]).map(([list, name]) => {
    const matrix = (lists[list] ?? []).map(({ job, environment, names }) => ({
      // With names that no variable of a group has, which would count instead.
      SUPPORT_APP_JOB: job,
      SUPPORT_APP_JOB_ENVIRONMENT: environment,
      SUPPORT_APP_JOB_NAMES: names,
    }));
    return [name, matrix.length > 0 ? { parallel: { matrix } } : { rules: [{ when: "never" }] }];
  });
  const summarized = purpose === "deploy" ? DEPLOYED.map((name) => lists[name] ?? []) : Object.values(lists);
  const pipeline = {
    include: [{ local: `.gitlab/${purpose}.yml` }],
    variables: { SUPPORT_APP_JOBS: JSON.stringify(summarized) },
    ...Object.fromEntries(jobs),
  };
  write(PIPELINE, `${JSON.stringify(pipeline, null, 2)}\n`, writeFileSync);
}

function write(file: string, text: string, run: (file: string, text: string) => void): void {
  explainFailure(
    (reason) => `Can't write ${file} in this folder: ${reason}. Leave --gitlab out, except in GitLab CI/CD.`,
    () => run(file, text),
  );
}
