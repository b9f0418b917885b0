import { z } from "zod";
import { formatList } from "../../../common/format-list";
import { type JobEnvironment, ROLE_VARIABLE } from "../bootstrap";
import { isRefusal, listRest, type RestApi, readRest } from "../rest-api";
import { checkName, difference, orUnknown, type Shortfall, unknown } from "../shortfall";
import { AUTHOR_MAY_APPROVE, variablesOf } from "../variables";
import { apiWith } from "./api";
import { DEVELOPERS, NOBODY, type SetupProject, settingsOf, TOKEN_SCOPE, TOKEN_VARIABLE } from "./setup-script";

/** GitLab's API, to be read with a token of the environment. Undefined: there is no token. */
export function readableApi(
  env: NodeJS.ProcessEnv,
  { host, path }: Pick<SetupProject, "host" | "path">,
): RestApi | undefined {
  if (!env[TOKEN_VARIABLE]) return undefined;
  const token = variablesOf(env, "Correct it, or unset it")(TOKEN_VARIABLE, "a GitLab token", /^[!-~]+$/);
  const retry = "Run the same command again";
  return apiWith(token, {
    ...{ url: `https://${host}/api/v4`, root: `/projects/${encodeURIComponent(path)}`, again: retry },
    adviceFor: (status) => {
      if (status === undefined) return `Check that ${host} is where the project is. ${retry}.`;
      if (!isRefusal(status)) return `${retry}.`;
      return `Use the token of a Maintainer of the project, with the scope read_api. ${retry}.`;
    },
  });
}

/** Compares the project with what bootstrap's script sets up, and with what people add to that. Nothing is changed. */
export async function checkProject(
  api: RestApi,
  project: SetupProject,
  environments: readonly JobEnvironment[],
): Promise<Shortfall[]> {
  return orUnknown(async () => {
    const live = await readRest(api, "", projectForm);
    return [
      ...checkName(project.path, live.path_with_namespace),
      ...checkSettings(live, project),
      ...(await orUnknown(() => checkBranch(api, project))),
      ...(await orUnknown(() => checkVariables(api, environments))),
      ...(await orUnknown(
        () => checkApprovals(api, project, environments),
        "who approves deploys can't be read (in GitLab Free, nobody is asked): ",
      )),
      ...(await orUnknown(() => checkSchedule(api, project))),
    ];
  });
}

/** Source: GitLab's REST API, "Retrieve a project". It shows a Maintainer more than others, and finds a renamed one by its old path. */
const projectForm = z.looseObject({ path_with_namespace: z.string(), default_branch: z.string().nullish() });

function checkSettings(live: z.infer<typeof projectForm>, project: SetupProject): Shortfall[] {
  const { branch } = project;
  const isDefault = live.default_branch === branch; // the review compares with the default branch
  const settings = settingsOf(project).flatMap(({ name, label, values }) => {
    const received = JSON.stringify(live[name]);
    if (values.some((value) => JSON.stringify(value) === received)) return [];
    if (received === undefined)
      return [unknown(`the setting "${label}" (${name}) is shown only to Maintainers of the project`)];
    return [difference(`the setting "${label}" (${name}) is ${received}, expected ${JSON.stringify(values[0])}`)];
  });
  if (isDefault) return settings;
  return [difference(`the default branch is ${live.default_branch ?? "missing"}, expected ${branch}`), ...settings];
}

/** Whom a protection lets do something: a role, or a user, a group or a deploy key. */
const levelForm = z.object({
  access_level: z.int().nullish(),
  access_level_description: z.string().nullish(),
  deploy_key_id: z.int().nullish(),
});

/** Source: GitLab's REST API, "Protected branches API". */
const branchForm = z.object({
  name: z.string(),
  push_access_levels: z.array(levelForm),
  merge_access_levels: z.array(levelForm),
  allow_force_push: z.boolean(),
  code_owner_approval_required: z.boolean().nullish(),
});

async function protectionsOf(api: RestApi, { branch }: SetupProject) {
  const protections = await listRest(api, "/protected_branches", branchForm);
  return protections.filter(({ name }) =>
    new RegExp(`^${name.replaceAll(/\W/g, "\\$&").replaceAll("\\*", ".*")}$`, "s").test(branch),
  );
}

/** Of the protections that match a branch, the most permissive counts. */
async function checkBranch(api: RestApi, project: SetupProject): Promise<Shortfall[]> {
  const { branch } = project;
  const protections = await protectionsOf(api, project);
  if (protections.length === 0) return [difference(`the branch ${branch} isn't protected`)];
  return protections.flatMap(({ name, push_access_levels, merge_access_levels, allow_force_push }) => {
    const pushers = push_access_levels.filter((level) => level.access_level !== NOBODY || level.deploy_key_id);
    const mergers = merge_access_levels.filter((level) => level.access_level === DEVELOPERS);
    const words = [
      ...(pushers.length === 0 ? [] : [`lets ${inWords(pushers)} push`]),
      ...(mergers.length === 0 ? [] : [`lets ${inWords(mergers)} merge`]),
      ...(allow_force_push ? ["allows force pushes"] : []),
    ];
    const subject = name === branch ? "the protection" : `the protection ${name}`;
    return words.map((gap) => difference(`${subject} of the branch ${branch} ${gap}`));
  });
}

function inWords(levels: readonly z.infer<typeof levelForm>[]): string {
  return formatList(levels.map((level) => level.access_level_description ?? "somebody"));
}

/** Source: GitLab's REST API, "Project-level CI/CD variables API". A hidden one has no value. */
const variableForm = z.object({
  key: z.string(),
  value: z.string().nullish(),
  environment_scope: z.string(),
  masked: z.boolean(),
  protected: z.boolean(),
});

async function checkVariables(api: RestApi, environments: readonly JobEnvironment[]): Promise<Shortfall[]> {
  const variables = await listRest(api, "/variables", variableForm);
  const withKey = (name: string) => variables.filter(({ key }) => key === name);
  const roles = environments.flatMap(({ name, roleArn }) => {
    const variable = withKey(ROLE_VARIABLE).find((candidate) => candidate.environment_scope === name);
    if (variable === undefined) return [difference(`the environment ${name} has no variable ${ROLE_VARIABLE}`)];
    if (variable.value === roleArn) return [];
    if (typeof variable.value !== "string")
      return [unknown(`the ${ROLE_VARIABLE} of the environment ${name} is hidden`)];
    return [difference(`the environment ${name} has another ${ROLE_VARIABLE}: ${variable.value}, expected ${roleArn}`)];
  });
  const wideRoles = withKey(ROLE_VARIABLE)
    .filter((variable) => variable.environment_scope.includes("*"))
    .map(
      (variable) =>
        `the variable ${ROLE_VARIABLE} has the scope ${variable.environment_scope}, expected one environment`,
    );
  const tokens = withKey(TOKEN_VARIABLE);
  const wideTokens = tokens
    .filter((variable) => variable.environment_scope !== TOKEN_SCOPE)
    .map(
      (variable) =>
        `the variable ${TOKEN_VARIABLE} has the scope ${variable.environment_scope}, expected ${TOKEN_SCOPE}: code of merge requests could get it`,
    );
  const words = [
    ...wideRoles,
    ...wideTokens,
    ...(tokens.some((variable) => variable.environment_scope === TOKEN_SCOPE)
      ? []
      : [`the project has no variable ${TOKEN_VARIABLE} with the scope ${TOKEN_SCOPE}`]),
    ...(tokens.every(({ masked }) => masked) ? [] : [`the variable ${TOKEN_VARIABLE} isn't masked`]),
    ...(tokens.some((variable) => variable.protected)
      ? [`the variable ${TOKEN_VARIABLE} is protected, so no review has it`]
      : []),
    ...(withKey(AUTHOR_MAY_APPROVE).some(({ value }) => value === "true")
      ? [`the project's variable ${AUTHOR_MAY_APPROVE} lets authors approve their own changes`]
      : []),
  ];
  return [...roles, ...words.map(difference)];
}

/** Source: GitLab's REST API, "Protected environments API". */
const environmentForm = z.object({
  name: z.string(),
  deploy_access_levels: z.array(levelForm),
  required_approval_count: z.int().nullish(),
  approval_rules: z.array(z.object({ required_approvals: z.int().nullish() })).nullish(),
});

/** What only GitLab Premium has, and lets nobody read otherwise. */
async function checkApprovals(
  api: RestApi,
  project: SetupProject,
  environments: readonly JobEnvironment[],
): Promise<Shortfall[]> {
  const protections = await listRest(api, "/protected_environments", environmentForm);
  const isOwned = (await protectionsOf(api, project)).some((branch) => branch.code_owner_approval_required);
  const owners = difference(`the protection of the branch ${project.branch} requires no approval from code owners`);
  const shortfalls = environments.flatMap(({ name, job }) => {
    const protection = protections.find((candidate) => candidate.name === name);
    const counts = [
      protection?.required_approval_count,
      ...(protection?.approval_rules ?? []).map((rule) => rule.required_approvals),
    ];
    const isApproved = counts.some((count) => (count ?? 0) > 0);
    if (job !== "deploy") {
      const words = `the environment ${name} requires approvals, for which its nightly job would wait`;
      return isApproved ? [difference(words)] : [];
    }
    if (protection === undefined) return [difference(`the environment ${name} isn't protected`)];
    const deployers = protection.deploy_access_levels.filter(
      (level) => typeof level.access_level === "number" && level.access_level <= DEVELOPERS,
    );
    return [
      ...(deployers.length === 0 ? [] : [difference(`the environment ${name} lets ${inWords(deployers)} deploy`)]),
      ...(isApproved ? [] : [difference(`the environment ${name} requires no approval`)]),
    ];
  });
  return [...shortfalls, ...(isOwned ? [] : [owners])];
}

/** Source: GitLab's REST API, "Pipeline schedules API". */
const scheduleForm = z.object({ ref: z.string(), active: z.boolean() });

async function checkSchedule(api: RestApi, { branch }: SetupProject): Promise<Shortfall[]> {
  const schedules = await listRest(api, "/pipeline_schedules", scheduleForm);
  const isScheduled = schedules.some(({ ref, active }) => active && [branch, `refs/heads/${branch}`].includes(ref));
  return isScheduled ? [] : [difference(`no pipeline of the branch ${branch} is scheduled, expected one each night`)];
}
