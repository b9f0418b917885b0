import { readdirSync } from "node:fs";
import os from "node:os";
import type { Environment } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { toHcl } from "../../../stacks/output/hcl";
import { portableEnvironment } from "../../../stacks/portable/portable";
import type { BackendChoice } from "../../../stacks/portable/root-choices";

afterEach(() => jest.restoreAllMocks());

test("an environment has neither its backend nor its profile, since its users have their own, and needs no folder, not even a temporary one", () => {
  const yaml =
    'environments: { one: { account: "111122223333", region: us-east-1, profile: everywhere, read-only: {} } }';
  const entriesBefore = readdirSync(".");
  jest.spyOn(os, "tmpdir").mockReturnValue("/dev/null");
  const [terraform] = parseEnvironments(yaml, "environments.yaml").map((environment) =>
    portableEnvironment(environment),
  );
  expect(Object.keys(terraform ?? {})).toContain("resource");
  expect(Object.keys(terraform?.terraform ?? {})).toEqual(["required_version", "required_providers"]);
  expect(JSON.stringify(terraform)).not.toMatch(/profile|everywhere/);
  expect(readdirSync(".")).toEqual(entriesBefore);
});

test("a provider that a file beside the root configures keeps its account and region, and no role: credentials are that file's", () => {
  const yaml =
    'environments: { one: { account: "111122223333", region: eu-west-1, deploy-role: "arn:aws:iam::111122223333:role/deploy", read-only: {} } }';
  const [environment] = parseEnvironments(yaml, "environments.yaml") as [Environment];
  const [environmentRoot, bareRoot] = (["environment", "none"] as const).map((choice) =>
    portableEnvironment(environment, "none", choice),
  );
  const place = { allowed_account_ids: ["111122223333"], region: "eu-west-1" };
  expect(bareRoot?.provider).toEqual({ aws: [place] });
  const assumed = { role_arn: "arn:aws:iam::111122223333:role/deploy" };
  expect(environmentRoot).toEqual({ ...bareRoot, provider: { aws: [{ ...place, assume_role: [assumed] }] } });
});

describe("the backend of an environment's root", () => {
  const rootOf = (backend: string, choice?: BackendChoice) => {
    const yaml = `environments: { one: { account: "111122223333", region: us-east-1, profile: p, backend: ${backend}, read-only: {} } }`;
    const [environment] = parseEnvironments(yaml, "environments.yaml");
    const { terraform } = portableEnvironment(environment as Environment, choice);
    return toHcl({ terraform }).replace(/\n {2}required_providers \{[\s\S]*?\n {2}\}\n/, "");
  };
  const [LOCAL, S3, CLOUD] = [
    "{ type: local }",
    "{ type: s3, bucket: state, region: eu-west-1 }",
    "{ type: cloud, organization: acme }",
  ];

  test.each<[string, string, BackendChoice | undefined, string]>([
    [
      "state in S3 is where the environment has it, without a profile",
      S3,
      undefined,
      `terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "state"
    key          = "support-app/one.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}
`,
    ],
    [
      "a workspace is that of the environment",
      CLOUD,
      "environment",
      `terraform {
  required_version = ">= 1.7"

  cloud {
    organization = "acme"

    workspaces {
      name = "support-app-one"
    }
  }
}
`,
    ],
    ["local state has no path of this machine", LOCAL, undefined, 'terraform {\n  required_version = ">= 1.7"\n}\n'],
    ["a file beside it says where the state is", S3, "none", 'terraform {\n  required_version = ">= 1.7"\n}\n'],
    [
      "init is told where the state is",
      S3,
      "gcs",
      'terraform {\n  required_version = ">= 1.7"\n\n  backend "gcs" {}\n}\n',
    ],
    [
      "variables say which workspace it is",
      LOCAL,
      "cloud",
      'terraform {\n  required_version = ">= 1.7"\n\n  cloud {}\n}\n',
    ],
  ])("%s", (_, backend, choice, expected) => {
    expect(
      rootOf(backend, choice)
        .replace(/\n{3,}/g, "\n\n")
        .replace(/\n\n\}/, "\n}"),
    ).toBe(expected);
  });
});
