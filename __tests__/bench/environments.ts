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
