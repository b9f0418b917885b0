import fc from "fast-check";
import { stringify } from "yaml";
import { newApp } from "../../stacks/cdktf/app";
import type { Environment } from "../../stacks/environments/environment";
import { parseEnvironments } from "../../stacks/environments/environments";
import { SupportAppStack } from "../../stacks/support-app-stack";
import { bindingsOf } from "../support/bindings";
import { environmentFile } from "../support/environment-files";
import { AWS_SCHEMA, schemaProblems } from "../support/provider-schema";
import { sample } from "../support/thorough";

const EVERYTHING = `environments:
  all:
    account: "111122223333"
    region: us-east-1
    deploy-role: arn:aws:iam::111122223333:role/deploy
    profile: someone
    slack-workspaces: [T1]
    account-alias: alias
    tags: { a: b }
    full:
      service-quotas-role: create
      permissions-boundary: arn:aws:iam::111122223333:policy/boundary
      max-session-duration: 7200
      description: a
      policy-description: b
      path: /a/
      until: 2098-12-31
      channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: all, on: [case-created] } }]
    read-only: { policy: aws-managed }
`;

function problemsOf(environments: readonly Environment[], seen?: (path: string) => void): string[] {
  return environments.flatMap((environment) =>
    schemaProblems(bindingsOf(new SupportAppStack(newApp(), environment)) as Record<string, unknown>, seen),
  );
}

test(`everything that is written is in the schema of the AWS provider ${AWS_SCHEMA.version}, of that type, and isn't deprecated`, () => {
  const seen = new Set<string>();
  expect(problemsOf(parseEnvironments(EVERYTHING, "environments.yaml"), (path) => seen.add(path))).toEqual([]);
  for (const file of sample(fc.sample(environmentFile, 30), 3)) {
    const yaml = stringify(file);
    const problems = problemsOf(parseEnvironments(yaml, "environments.yaml"), (path) => seen.add(path));
    expect({ yaml, problems }).toEqual({ yaml, problems: [] });
  }
  expect(seen.size).toBeGreaterThan(30);
});
