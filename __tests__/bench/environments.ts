/** Tags of every resource. */
export const TAGS = { Owner: "platform" };

/** The account of the environment of that number. */
export function accountOf(index: number): string {
  return String(100_000_000_000 + index);
}

/** An environment file with that many environments of both access levels, which create the Service Quotas role. */
export function environmentsYaml(count: number): string {
  const head = `defaults:
  region: us-east-1
  backend: { type: local }
  tags: ${JSON.stringify(TAGS)}
environments:
`;
  const environment = (index: number) => `  env-${index}:
    account: "${accountOf(index)}"
    read-only: {}
    full:
      service-quotas-role: create
`;
  return head + Array.from({ length: count }, (_, index) => environment(index)).join("");
}

/** The same with four teams in each environment. */
export function withTeams(yaml: string): string {
  const teams = `
    teams:
      payments: { access: full, without: [resolve-cases] }
      on-call: { access: full, service-quotas-role: existing }
      data: { access: read-only }
      migration: { access: full, until: 2099-12-31 }
`;
  return yaml.replaceAll("service-quotas-role: create\n", `service-quotas-role: create${teams}`);
}

/** An environment file in which that many environments share one access level through an anchor. */
export function aliasedYaml(count: number, access: string): string {
  const environment = (index: number) => `  env-${index}: { account: "${accountOf(index)}", full: *shared }\n`;
  return `defaults: { region: us-east-1 }
environments:
  env-first:
    account: "999999999999"
    full: &shared ${access}
${Array.from({ length: count }, (_, index) => environment(index)).join("")}`;
}

/** An environment file in which that many environments merge one access level, each with a name of its own. */
export function mergingYaml(count: number, access: string): string {
  return aliasedYaml(count, access).replace(/full: \*shared/g, "full: { <<: *shared, description: own }");
}

/** Access levels with a mistake, of which each environment that shares one has it. */
export const MISTAKES: Readonly<Record<string, string>> = {
  "an unknown key": "{ witout: [live-chat] }",
  "a wrong value": "{ without: [live-cat] }",
  "what doesn't go together": "{ policy: aws-managed, without: [live-chat] }",
  "a boundary of another account": "{ permissions-boundary: 'arn:aws:iam::999999999999:policy/b' }",
};

/** An access level that has no mistake. */
export const NO_MISTAKE = "{ without: [live-chat] }";
