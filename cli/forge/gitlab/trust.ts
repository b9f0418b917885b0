import type { TokenIssuer } from "../bootstrap";

/**
 * GitLab, as it signs the tokens of jobs of a project's branch. Their `sub` can't have the job's environment, so their audience is its
 * name, which the branch's own pipelines ask for. Source: GitLab, "OpenID Connect (OIDC) Authentication Using ID Tokens".
 *
 * @param host where GitLab is
 */
export function tokenIssuer(host: string, project: string, branch: string): TokenIssuer {
  return {
    host,
    audienceOf: (environment) => environment,
    claimsOf: (environments) => ({ aud: environments, sub: `project_path:${project}:ref_type:branch:ref:${branch}` }),
  };
}
