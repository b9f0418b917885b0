import type { TokenIssuer } from "../bootstrap";

/** GitHub Actions, as it signs the tokens of jobs. Source: GitHub, "OpenID Connect reference". */
export function tokenIssuer(repository: string): TokenIssuer {
  const audience = "sts.amazonaws.com";
  return {
    host: "token.actions.githubusercontent.com",
    audienceOf: () => audience,
    claimsOf: (environments) => ({
      aud: audience,
      sub: environments.map((environment) => `repo:${repository}:environment:${environment}`),
    }),
  };
}
