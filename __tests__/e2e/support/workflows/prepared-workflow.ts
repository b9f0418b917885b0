import { parse, stringify } from "yaml";

// biome-ignore lint/suspicious/noExplicitAny: what a workflow has at any place
type Any = any;

type Permissions = Readonly<Record<string, string>>;

/** What a workflow's text becomes for act, which knows neither aliases nor permissions nor GitHub's environments. */
export interface PreparedWorkflow {
  readonly text: string;
  /** The actions that it uses, as OWNER/NAME@COMMIT. */
  readonly actions: readonly string[];
}

/**
 * Gives each job what GitHub gives it: a token that says what it may do and, where it may have one, the place of an OIDC token.
 *
 * @param isFork whether a pull request is from another repository: its jobs can only read
 */
export function prepareWorkflow(source: string, oidcUrl: string, isFork: boolean): PreparedWorkflow {
  const workflow: Any = parse(source);
  const jobs = Object.entries<Any>(workflow.jobs).map(([name, job]): [string, Any] => {
    const permissions: Permissions = job.permissions ?? workflow.permissions;
    const isReading = (permission: string) => isFork && permission !== "read";
    const granted = Object.entries(permissions).filter(([, permission]) => !isReading(permission));
    const token = [["job", name], ...granted].map((entry) => entry.join("=")).join(";");
    const environment = typeof job.environment === "string" ? job.environment : "";
    const hasOidc = granted.some(([scope, permission]) => scope === "id-token" && permission === "write");
    const oidc = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${oidcUrl}?job=${name}&environment=${environment}`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
    };
    const prepared: Any = JSON.parse(JSON.stringify(job).replaceAll("github.token", `'${token}'`));
    prepared.env = { ...prepared.env, ...(hasOidc ? oidc : {}) };
    // act evaluates it also where the job is skipped, and its outputs are empty.
    const matrix = JSON.stringify(prepared.strategy?.matrix ?? {}).replace(
      /fromJSON\((.*?)\)/g,
      "fromJSON($1 || '[]')",
    );
    if (prepared.strategy) prepared.strategy.matrix = JSON.parse(matrix);
    return [name, prepared];
  });
  const text = stringify(
    { ...workflow, jobs: Object.fromEntries(jobs) },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
  const actions = jobs.flatMap(([, { steps }]) => steps.flatMap(({ uses }: Any) => (uses === undefined ? [] : [uses])));
  return { text, actions: [...new Set<string>(actions)] };
}
