import pLimit from "p-limit";
import { z } from "zod";
import { formatList } from "../../../common/format-list";
import { type JobEnvironment, ROLE_VARIABLE } from "../bootstrap";
import { listRest, readRest, readRestIfAny } from "../rest-api";
import { checkName, difference, orUnknown, type Shortfall, unknown } from "../shortfall";
import { AUTHOR_MAY_APPROVE } from "../variables";
import { listField, type Repository, repositoryOf } from "./api";
import { type GitHubEnvironment, githubEnvironmentsOf, PROTECTION } from "./setup-script";

/** How many GitHub environments are checked in parallel: GitHub limits requests at once. */
const PARALLEL = 8;

/** The repository, to be read with a token of the environment. Undefined: there is no token. */
export function readableRepository(env: NodeJS.ProcessEnv, fullName: string): Repository | undefined {
  if (!env.GITHUB_TOKEN) return undefined;
  const { GITHUB_API_URL = "https://api.github.com" } = env;
  const variables = { ...env, GITHUB_REPOSITORY: fullName, GITHUB_API_URL };
  return repositoryOf(variables, "Correct it, or unset it", undefined, "Run the same command again");
}

/** Compares the repository with what bootstrap's script sets up, and with what people add to that. Nothing is changed. */
export async function checkRepository(
  repository: Repository,
  branch: string,
  environments: readonly JobEnvironment[],
): Promise<Shortfall[]> {
  return orUnknown(async () => {
    const live = await readRest(repository, "", repositoryForm);
    return [
      ...checkName(repository.fullName, live.full_name),
      ...(await orUnknown(() => checkEnvironments(repository, githubEnvironmentsOf(branch, environments)))),
      ...(await orUnknown(() => checkVariables(repository))),
      ...(await orUnknown(() => checkBranch(repository, branch))),
      ...(await orUnknown(() => checkOwners(repository, branch))),
    ];
  });
}

/** Source: GitHub's REST API, "Get a repository". A renamed one is found by its old name. */
const repositoryForm = z.object({ full_name: z.string() });

const variable = z.object({ name: z.string(), value: z.string() });

/** Variables of the repository itself, which whoever may write to it can probably set. */
async function checkVariables(repository: Repository): Promise<Shortfall[]> {
  const variables = await listField(repository, "/actions/variables", "variables", variable);
  return variables.flatMap(({ name, value }) => {
    if (name === ROLE_VARIABLE)
      return [difference(`the repository has the variable ${name}, which only environments may have: ${value}`)];
    if (name !== AUTHOR_MAY_APPROVE || value !== "true") return [];
    return [difference(`the repository's variable ${name} lets authors approve their own changes`)];
  });
}

/** Source: GitHub's REST API, "List environments". `can_admins_bypass` is only in its answers. */
const environmentForm = z.object({
  name: z.string(),
  can_admins_bypass: z.boolean().nullish(),
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        reviewers: z.array(z.unknown()).nullish(),
        prevent_self_review: z.boolean().nullish(),
      }),
    )
    .nullish(),
  deployment_branch_policy: z.object({ custom_branch_policies: z.boolean() }).nullish(),
});
type LiveEnvironment = z.infer<typeof environmentForm>;

async function checkEnvironments(repository: Repository, expected: readonly GitHubEnvironment[]): Promise<Shortfall[]> {
  const liveEnvironments = await listField(repository, "/environments", "environments", environmentForm);
  const byName = new Map(liveEnvironments.map((environment) => [environment.name.toLowerCase(), environment]));
  const limit = pLimit(PARALLEL);
  const shortfalls = await Promise.all(
    expected.map((environment) =>
      limit(async () => {
        const live = byName.get(environment.name.toLowerCase());
        if (live === undefined) return [difference(`the environment ${environment.name} is missing`)];
        return [
          ...checkCase(environment, live),
          ...checkReviewers(environment, live),
          ...(await orUnknown(() => checkDeploymentBranches(repository, environment, live))),
          ...(await orUnknown(() => checkRole(repository, environment))),
        ];
      }),
    ),
  );
  return shortfalls.flat();
}

/** GitHub's names ignore case, and the trust of a role doesn't. */
function checkCase({ name }: GitHubEnvironment, { name: liveName }: LiveEnvironment): Shortfall[] {
  if (liveName === name) return [];
  const advice = "delete it, and create it again";
  return [difference(`the environment ${name} is called ${liveName}, and its role trusts only ${name}: ${advice}`)];
}

function checkReviewers({ name, isReviewed }: GitHubEnvironment, live: LiveEnvironment): Shortfall[] {
  const reviews = (live.protection_rules ?? []).filter(({ reviewers }) => (reviewers ?? []).length > 0);
  if (reviews.length > 0 !== isReviewed) {
    const words = isReviewed ? "has no reviewers" : "has reviewers, for whom its nightly job would wait";
    return [difference(`the environment ${name} ${words}`)];
  }
  if (!isReviewed) return [];
  const gaps = [
    ...(reviews.every((review) => review.prevent_self_review) ? [] : ["whoever starts a job approve it"]),
    ...(live.can_admins_bypass ? ["administrators bypass its reviewers"] : []),
  ];
  return gaps.map((gap) => difference(`the environment ${name} lets ${gap}`));
}

const branchPolicy = z.object({ name: z.string(), type: z.string().nullish() });

async function checkDeploymentBranches(
  repository: Repository,
  { name, branch }: GitHubEnvironment,
  { deployment_branch_policy: policy }: LiveEnvironment,
): Promise<Shortfall[]> {
  if (branch === undefined) return [];
  if (!policy) return [difference(`any branch may run jobs in the environment ${name}, expected only ${branch}`)];
  const path = `/environments/${name}/deployment-branch-policies`;
  const policies = policy.custom_branch_policies
    ? await listField(repository, path, "branch_policies", branchPolicy)
    : [];
  const [first, second] = policies;
  if (first?.name === branch && first.type !== "tag" && second === undefined) return [];
  const liveWords = policy.custom_branch_policies ? policies.map((item) => item.name).join(", ") : "protected branches";
  return [difference(`${liveWords || "no branch"} may run jobs in the environment ${name}, expected only ${branch}`)];
}

async function checkRole(repository: Repository, { name, roleArn }: GitHubEnvironment): Promise<Shortfall[]> {
  // A single variable that may not be read looks like a missing one, a list doesn't.
  const variables = await listField(repository, `/environments/${name}/variables`, "variables", variable);
  const live = variables.find((item) => item.name === ROLE_VARIABLE);
  if (live === undefined) return [difference(`the environment ${name} has no variable ${ROLE_VARIABLE}`)];
  if (live.value === roleArn) return [];
  return [difference(`the environment ${name} has another ${ROLE_VARIABLE}: ${live.value}, expected ${roleArn}`)];
}

/** What a branch's protection or its rulesets require. */
interface Requirements {
  readonly checks: readonly { readonly context: string; readonly app: number | undefined }[];
  readonly isStrict: boolean;
  readonly needsCodeOwners: boolean;
  readonly needsLastPushApproval: boolean;
  readonly approvals: number;
  readonly forbidsForcePushes: boolean;
  readonly forbidsDeletions: boolean;
}

const actors = z.array(z.object({ login: z.string().nullish(), slug: z.string().nullish() })).nullish();

/** Source: GitHub's REST API, "Get branch protection". */
const protectionForm = z.object({
  required_status_checks: z
    .object({
      strict: z.boolean(),
      checks: z.array(z.object({ context: z.string(), app_id: z.int().nullish() })),
    })
    .nullish(),
  enforce_admins: z.object({ enabled: z.boolean() }).nullish(),
  required_pull_request_reviews: z
    .object({
      require_code_owner_reviews: z.boolean().nullish(),
      require_last_push_approval: z.boolean().nullish(),
      required_approving_review_count: z.int().nullish(),
      bypass_pull_request_allowances: z.object({ users: actors, teams: actors, apps: actors }).nullish(),
    })
    .nullish(),
  allow_force_pushes: z.object({ enabled: z.boolean() }).nullish(),
  allow_deletions: z.object({ enabled: z.boolean() }).nullish(),
});

/** Source: GitHub's REST API, "Get rules for a branch". */
const ruleForm = z.object({
  type: z.string(),
  parameters: z
    .object({
      required_status_checks: z.array(z.object({ context: z.string(), integration_id: z.int().nullish() })).nullish(),
      strict_required_status_checks_policy: z.boolean().nullish(),
      require_code_owner_review: z.boolean().nullish(),
      require_last_push_approval: z.boolean().nullish(),
      required_approving_review_count: z.int().nullish(),
    })
    .nullish(),
});

async function checkBranch(repository: Repository, branch: string): Promise<Shortfall[]> {
  const path = `/branches/${encodeURIComponent(branch)}`;
  const liveBranch = await readRestIfAny(repository, path, z.object({ protected: z.boolean() }));
  // Whoever may read the repository may see the branches.
  if (liveBranch === undefined) return [difference(`the branch ${branch} is missing`)];
  const { protected: isProtected } = liveBranch;
  const rules = await listRest(repository, `/rules/branches/${encodeURIComponent(branch)}`, ruleForm);
  const live = isProtected ? await readRestIfAny(repository, `${path}/protection`, protectionForm) : undefined;
  const ofProtection = live === undefined ? [] : [requirementsOf(live)];
  const lacks = missingRequirements([...rules.map(requirementsOfRule), ...ofProtection]);
  const isByRulesets = lacks.length < missingRequirements(ofProtection).length;
  const bypass = isByRulesets ? [unknown(`who may bypass the rulesets of the branch ${branch} isn't read`)] : [];
  if (live === undefined && isProtected && lacks.length > 0) {
    const hidden = `how the branch ${branch} is protected can be read only with the token of an administrator`;
    return [unknown(hidden), ...bypass];
  }
  if (live === undefined && !isByRulesets) return [difference(`the branch ${branch} isn't protected`)];
  const isBound = live === undefined || live.enforce_admins?.enabled === PROTECTION.enforce_admins;
  const { users, teams, apps } = live?.required_pull_request_reviews?.bypass_pull_request_allowances ?? {};
  const bypassers = [users, teams, apps].flatMap((list) => (list ?? []).map(({ login, slug }) => login ?? slug ?? "?"));
  const words = [
    ...lacks,
    ...(isBound ? [] : ["lets administrators bypass it"]),
    ...(bypassers.length === 0 ? [] : [`lets ${formatList(bypassers)} bypass its reviews`]),
  ];
  return [...words.map((lack) => difference(`the protection of the branch ${branch} ${lack}`)), ...bypass];
}

function requirementsOf(protection: z.infer<typeof protectionForm>): Requirements {
  const { required_status_checks: checks, required_pull_request_reviews: reviews } = protection;
  return {
    checks: (checks?.checks ?? []).map(({ context, app_id }) => ({ context, app: app_id ?? undefined })),
    isStrict: checks?.strict ?? false,
    needsCodeOwners: reviews?.require_code_owner_reviews ?? false,
    needsLastPushApproval: reviews?.require_last_push_approval ?? false,
    approvals: reviews?.required_approving_review_count ?? 0,
    forbidsForcePushes: protection.allow_force_pushes?.enabled === PROTECTION.allow_force_pushes,
    forbidsDeletions: protection.allow_deletions?.enabled === PROTECTION.allow_deletions,
  };
}

function requirementsOfRule({ type, parameters }: z.infer<typeof ruleForm>): Requirements {
  const checks = parameters?.required_status_checks ?? [];
  return {
    checks: checks.map(({ context, integration_id }) => ({ context, app: integration_id ?? undefined })),
    isStrict: parameters?.strict_required_status_checks_policy ?? false,
    needsCodeOwners: parameters?.require_code_owner_review ?? false,
    needsLastPushApproval: parameters?.require_last_push_approval ?? false,
    approvals: parameters?.required_approving_review_count ?? 0,
    forbidsForcePushes: type === "non_fast_forward",
    forbidsDeletions: type === "deletion",
  };
}

/** What none of the sources requires of what the script sets, in words. */
function missingRequirements(sources: readonly Requirements[]): string[] {
  const { required_status_checks: status, required_pull_request_reviews: reviews } = PROTECTION;
  const isMet = (meets: (source: Requirements) => boolean) => sources.some(meets);
  const lacks: readonly (readonly [isMet: boolean, lack: string])[] = [
    ...status.checks.map(({ context, app_id }) => {
      const hasCheck = isMet(({ checks }) => checks.some((check) => check.context === context && check.app === app_id));
      return [hasCheck, `doesn't require the check ${context} of GitHub Actions`] as const;
    }),
    [isMet(({ isStrict }) => isStrict), "doesn't require branches to be up to date"],
    [isMet(({ needsCodeOwners }) => needsCodeOwners), "doesn't require a review from code owners"],
    [isMet(({ needsLastPushApproval }) => needsLastPushApproval), "doesn't require an approval of the last push"],
    [
      isMet(({ approvals }) => approvals >= reviews.required_approving_review_count),
      "doesn't require an approving review",
    ],
    [isMet(({ forbidsForcePushes }) => forbidsForcePushes), "doesn't forbid force pushes"],
    [isMet(({ forbidsDeletions }) => forbidsDeletions), "doesn't forbid deletions"],
  ];
  return lacks.flatMap(([met, lack]) => (met ? [] : [lack]));
}

/** Source: GitHub's REST API, "List CODEOWNERS errors". */
const ownersForm = z.object({
  errors: z.array(z.object({ kind: z.string(), line: z.int(), path: z.string() })),
});

/** Lines that GitHub ignores, such as the owners of the template that nobody has replaced. */
async function checkOwners(repository: Repository, branch: string): Promise<Shortfall[]> {
  const owners = await readRestIfAny(repository, "/codeowners/errors", ownersForm, { ref: branch });
  if (owners === undefined)
    return [unknown(`GitHub finds no CODEOWNERS in the branch ${branch}, or doesn't show it to this token`)];
  return owners.errors.map(({ kind, line, path: file }) =>
    difference(`${file} in the branch ${branch} has an error in line ${line}, which GitHub ignores: ${kind}`),
  );
}
