import { readdirSync } from "node:fs";
import os from "node:os";
import { OPTIONAL_CAPABILITIES } from "../../../modules/support-app/model/capability";
import { keyOf } from "../../../modules/support-app/model/properties";
import { type Environment, unsetOf } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { toHcl } from "../../../stacks/output/hcl";
import {
  moduleVariables,
  PASSED_PROPERTIES,
  variableOf,
  variableOfProperty,
} from "../../../stacks/portable/access-variables";
import type { BackendChoice } from "../../../stacks/portable/backend-choice";
import { portableEnvironment } from "../../../stacks/portable/portable";
import { publishedAccountModule } from "../../../stacks/portable/published-account-module";
import { publishedGuardrailModule } from "../../../stacks/portable/published-guardrail-module";
import { publishedModule } from "../../../stacks/portable/published-module";
import { levelKeys, publishedRoot } from "../../../stacks/portable/published-root";

interface Variable {
  readonly type: string;
  readonly description: string;
  readonly validation: readonly { readonly error_message: string }[];
}

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

describe("the modules of the access levels", () => {
  const [full, readOnly] = [toHcl(publishedModule("full")), toHcl(publishedModule("read-only"))];

  test("the module full grants what a caller doesn't leave out, in whole words of Terraform", () => {
    expect(full).toMatchSnapshot();
    expect(full).toContain("actions   = flatten([for capability in local.capabilities : local.actions[capability]])");
    expect(full).not.toContain("(?"); // Terraform's patterns have no lookaheads
  });

  test("the module read-only is the same without anything to leave out, and without a Service Quotas role", () => {
    const blocks = (text: string) =>
      (text.match(/^\w+ ("\w+" )*\{$/gm) ?? []).filter((header) => !/read_only|full/.test(header));
    const onlyIn = (text: string, otherText: string) =>
      blocks(text).filter((block) => !blocks(otherText).includes(block));
    expect(onlyIn(readOnly, full)).toEqual([]);
    expect(onlyIn(full, readOnly)).toEqual([
      ...OPTIONAL_CAPABILITIES.map((capability) => `variable "${variableOf(capability)}" {`),
      'variable "service_quotas_role" {',
      'resource "aws_iam_service_linked_role" "service_quotas" {',
    ]);
    expect(readOnly).not.toMatch(/service.?quotas|quota_increases/i);
    expect(readOnly).toContain('value       = ["view-cases"]\n');
    expect(readOnly.match(/^ *condition += var\.policy != "aws-managed".*$/m)?.[0]).toContain(
      '(var.policy_name == "AWSSupportAppReadOnlyRolePolicy" && var.policy_description == null)',
    );
  });

  test("the modules of the access levels require nothing: the defaults are those of environments.yaml", () => {
    const defaults = moduleVariables("read-only").map((variable) => [variable.name, variable.default]);
    const inFile: Readonly<Record<string, unknown>> = unsetOf("read-only");
    const ofArguments = PASSED_PROPERTIES.map((property) => [
      variableOfProperty(property),
      inFile[keyOf(property)] ?? null,
    ]);
    expect(Object.fromEntries(defaults)).toEqual({
      ...Object.fromEntries(ofArguments),
      ...{ channels: {}, policy: "customer-managed", source_account: null, registered_workspaces: [], tags: {} },
    });
    expect(Object.fromEntries(defaults)).toMatchObject({
      ...{ role_name: "AWSSupportAppReadOnlyRole", policy_name: "AWSSupportAppReadOnlyRolePolicy", path: "/" },
      ...{ description: null, permissions_boundary: null, max_session_duration: 3600 },
    });
  });
});

test("the account's module has its workspaces and its alias; who passes the workspaces on waits for them", () => {
  const text = toHcl(publishedAccountModule());
  expect(text).toMatchSnapshot();
  expect(text).toMatch(/depends_on += \[aws_cloudcontrolapi_resource\.workspace\]/);
});

test("the root module calls the access levels that an account has, with all inputs but the workspaces, and keeps its channels itself", () => {
  const text = toHcl(publishedRoot());
  expect(text).toMatchSnapshot();
  for (const name of ["read_only", "full"])
    expect(text).toMatch(new RegExp(`count += var.${name} == null \\? 0 : 1\n`));
  expect(text).toContain('"${channel.workspace}_${channel.channel}" => channel... }\n'); // a channel keeps its address
  expect(text).not.toContain("(?"); // Terraform's patterns have no lookaheads
  expect(levelKeys("read-only")).not.toContain("registered_workspaces");
  expect(levelKeys("full")).toEqual(expect.arrayContaining(["live_chat", "channels", ...levelKeys("read-only")]));
});

test("what takes objects describes their type, which has each key, and refuses other keys and values of another type", () => {
  const { read_only, full } = publishedRoot().variable as Record<string, Variable>;
  expect(full?.description).toMatchSnapshot();
  for (const [variable, access] of [
    [read_only, "read-only"],
    [full, "full"],
  ] as const) {
    const { type, description = "", validation = [] } = variable as Variable;
    expect(type).toBe("any");
    const [, attributes = ""] = description.match(/ Type: object\(\{ (.*) \}\)$/) ?? [];
    const names = [...attributes.replace(/object\(\{.*?\}\)\) \}\)/, "").matchAll(/(\w+) = optional\(/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(levelKeys(access));
    const expectedTexts = validation.map(({ error_message }) => error_message.replace(/^.*, expected /s, ""));
    expect(expectedTexts).toEqual(
      expect.arrayContaining([
        "a string.",
        "a number.",
        "a map of strings.",
        ...(access === "full" ? ["true or false."] : []),
      ]),
    );
  }
});

test("the guardrail's policy denies configuring the Support App to all but deployers, and with other roles", () => {
  const text = toHcl(publishedGuardrailModule());
  expect(text).toMatchSnapshot();
  expect(text.match(/^ +effect += .*$/gm)).toEqual([
    expect.stringMatching(/"Deny"$/),
    expect.stringMatching(/"Deny"$/),
  ]);
  expect(text).toMatch(/values += var\.deployer_arns/);
  expect(text).toMatch(/not_resources += var\.role_arns/);
});
