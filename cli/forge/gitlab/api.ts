import type { RestApi } from "../rest-api";
import { variablesOf } from "../variables";

/** A project, and how to reach it from a CI job. */
export interface Project extends RestApi {
  readonly id: number;
}

/** Where a job has its token from: another scope is none, and a protected variable is only in pipelines of protected branches. */
const TOKEN_FORM = "a GitLab token, from a variable that isn't protected and has the environment scope support-app/ci";

const PROJECT_ID = /^[1-9]\d{0,15}$/;

/** What to do if a command isn't run as the pipeline runs it, without a full stop. */
export function howToRun(command: string, file: string): string {
  return `Run \`support-app ${command} --gitlab\` as ${file} does`;
}

/** The project that a job of CI runs in. */
export function projectOf(env: NodeJS.ProcessEnv, usage: string): Project {
  const variable = variablesOf(env, usage);
  const token = variable("GITLAB_TOKEN", TOKEN_FORM, /^[!-~]+$/);
  const id = projectIdOf(env, usage, "CI_PROJECT_ID");
  return {
    id,
    name: "GitLab",
    token,
    headers: { accept: "application/json", "private-token": token },
    root: `/projects/${id}`,
    url: variable("CI_API_V4_URL", "an http or https URL", /^https?:\/\/[^\s/]\S*$/),
    refusalAdvice:
      "Check that GITLAB_TOKEN hasn't expired, and that it has the scope api and at least the role Developer in the project.",
  };
}

/** The ID of a project, from a variable. */
export function projectIdOf(env: NodeJS.ProcessEnv, usage: string, name: string): number {
  return Number(variablesOf(env, usage)(name, "the ID of a project", PROJECT_ID));
}
