import { readFileSync } from "node:fs";
import { type Fields, isFields } from "../../common/fields";
import { IamRole } from "../../modules/support-app/aws-bindings";
import { TerraformOutput } from "../../modules/support-app/framework";
import {
  ACCESS_PROPERTIES,
  CHANNEL_PROPERTIES,
  ENVIRONMENT_PROPERTIES,
  keyOf,
  type Properties,
} from "../../modules/support-app/model/properties";
import { newApp, withPatches } from "../../stacks/cdktf/app";
import type { Environment } from "../../stacks/environments/environment";
import { parseEnvironments } from "../../stacks/environments/environments";
import { environmentsJsonSchema } from "../../stacks/environments/environments-schema";
import { digestOfStack, digestOutputIn } from "../../stacks/output/stack-digest";
import { stackSetTemplate } from "../../stacks/portable/stack-set-template";
import { SupportAppStack } from "../../stacks/support-app-stack";
import { channelsOf, peopleCan, trustOf } from "../support/access";
import { bindingsOf } from "../support/bindings";
import { EVERY_FIELD } from "../support/every-field";
import { AWS_SCHEMA, schemaProblems } from "../support/provider-schema";
import { parseTerraform, synthesize, type Terraform } from "../support/synthesize";

const EXAMPLES = readFileSync("__tests__/fixtures/environments.yaml", "utf8");

/** The stack of one environment of account 111122223333, given the lines below its name. */
function stackOf(lines: string): SupportAppStack {
  const yaml = `environments:\n  test:\n    account: "111122223333"\n    region: eu-west-1\n${lines}`;
  const [environment] = parseEnvironments(yaml, "environments.yaml");
  return new SupportAppStack(newApp(), environment as Environment);
}

/** Its Terraform, as it is synthesized. In HCL, it means the same: output/hcl.test.ts. */
const textOf = (lines: string): string => withPatches(() => JSON.stringify(stackOf(lines).toTerraform()));
const terraformOf = (lines: string): Terraform => parseTerraform(textOf(lines));

describe("the example environments", () => {
  const [json, hcl] = [synthesize(EXAMPLES), synthesize(EXAMPLES, "hcl")];
  const example = (name: string) => parseTerraform(json[name] ?? "");

  test("staging has one channel role, whose people can see cases and nothing else", () => {
    const staging = example("staging");
    expect(Object.keys(staging.resource?.aws_iam_role ?? {})).toEqual(["read_only"]);
    expect(peopleCan(staging, "read_only")).toEqual(["see cases"]);
    expect(trustOf(staging, "read_only")).toEqual(["Service supportapp.amazonaws.com: Allow sts:AssumeRole on it"]);
    expect(hcl.staging).toMatchSnapshot();
  });

  test("production has one role to see cases, and one to do everything except resolve them or create the Service Quotas role", () => {
    const production = example("production");
    expect(Object.keys(production.resource?.aws_iam_role ?? {}).sort()).toEqual(["full", "read_only"]);
    expect(peopleCan(production, "read_only")).toEqual(["see cases"]);
    expect(peopleCan(production, "full")).toEqual([
      ...["see cases", "open cases", "reply to cases", "attach files", "chat with AWS", "request quota increases"],
    ]);
    expect(Object.keys(production.resource?.aws_iam_service_linked_role ?? {})).toEqual(["service_quotas"]);
    expect(channelsOf(production)).toMatchObject({
      channel_T012ABCDEFG_C01234A5BCD: { ChannelName: "support-watch", ChannelRoleArn: "aws_iam_role.read_only.arn" },
      channel_T012ABCDEFG_C09876Z5YXW: {
        ChannelName: "support-oncall",
        ChannelRoleArn: "aws_iam_role.full.arn",
        NotifyOnCaseSeverity: "high",
      },
    });
    expect(hcl.production).toMatchSnapshot();
  });
});

test("the provider is any release from 5.100.0 to before 7.0.0, in the environment's region, only for its account", () => {
  const { terraform, provider } = terraformOf("    read-only: {}\n");
  expect(terraform?.required_providers).toEqual({ aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } });
  expect(provider?.aws).toEqual({ region: "eu-west-1", allowed_account_ids: ["111122223333"] });
});

test("what becomes an argument in Terraform or a property in CloudFormation, as the table says, is there with its value", () => {
  const { staging } = EVERY_FIELD.environments;
  const [environment] = parseEnvironments(
    JSON.stringify({ ...EVERY_FIELD, environments: { staging } }),
    "environments.yaml",
  );
  const { provider, resource }: Terraform = withPatches(() =>
    JSON.parse(JSON.stringify(new SupportAppStack(newApp(), environment as Environment).toTerraform())),
  );
  const blocks = Object.entries({ provider: provider?.aws, ...resource }).map(([type, block]): [string, string] => [
    type,
    JSON.stringify(block).replaceAll("\\", ""),
  ]);
  const inTemplate = Object.values(stackSetTemplate([environment as Environment]).Resources) as { Type: string }[];
  const texts = new Map(blocks);
  for (const part of inTemplate) texts.set(part.Type, `${texts.get(part.Type) ?? ""}${JSON.stringify(part)}`);
  const tables: [properties: Properties, entry: Fields][] = [
    [ENVIRONMENT_PROPERTIES, staging],
    [ENVIRONMENT_PROPERTIES.deployRole.properties, staging["deploy-role"]],
    [ACCESS_PROPERTIES, staging.full],
    [CHANNEL_PROPERTIES, staging.full.channels[0] ?? {}],
  ];
  const missing = tables.flatMap(([properties, entry]) =>
    Object.entries(properties).flatMap(([property, { argument = {} }]) =>
      Object.entries(argument).flatMap(([argued, name]) => {
        if (name === undefined) return []; // CloudFormation can't have it
        const types = argued.startsWith("AWS::SupportApp::") ? ["aws_cloudcontrolapi_resource", argued] : [argued];
        const [value] = [entry[keyOf(property)]].flat();
        const expected = [`"${name}"`, ...(isFields(value) ? Object.entries(value).flat() : [value]).map(String)];
        const isThere = types.every((type) => expected.every((text) => texts.get(type)?.includes(text)));
        return isThere ? [] : [`${property}: ${argued} ${name}`];
      }),
    ),
  );
  expect(missing).toEqual([]);
});

const S3 = "type: s3, bucket: states, region: us-east-1";
const KMS = "arn:aws:kms:us-east-1:111122223333:alias/states";
/** Encrypted, with a lock file. */
const IN_S3 = { bucket: "states", region: "us-east-1", encrypt: true, use_lockfile: true };

test.each<[backend: string, version: string, written: object]>([
  ["type: local", ">= 1.7", { backend: { local: { path: "../../state/test.tfstate" } } }], // a file, which needs no credentials
  [S3, ">= 1.10", { backend: { s3: { ...IN_S3, key: "support-app/test.tfstate", profile: "ops" } } }],
  [
    `${S3}, prefix: p, kms-key: "${KMS}"`,
    ">= 1.10",
    { backend: { s3: { ...IN_S3, key: "p/test.tfstate", kms_key_id: KMS, profile: "ops" } } },
  ],
  [
    "type: http, address: https://gitlab.com/api/v4/projects/acme%2Faccess/terraform/state",
    ">= 1.7",
    {
      backend: {
        http: {
          address: "https://gitlab.com/api/v4/projects/acme%2Faccess/terraform/state/support-app-test",
          lock_address: "https://gitlab.com/api/v4/projects/acme%2Faccess/terraform/state/support-app-test/lock",
          unlock_address: "https://gitlab.com/api/v4/projects/acme%2Faccess/terraform/state/support-app-test/lock",
          lock_method: "POST",
          unlock_method: "DELETE",
        },
      },
    },
  ],
  [
    "type: cloud, organization: acme",
    ">= 1.7",
    { cloud: { organization: "acme", workspaces: { name: "support-app-test" } } },
  ],
  [
    "type: cloud, organization: acme, hostname: tfe.example.com, workspace-prefix: x-",
    ">= 1.7",
    { cloud: { organization: "acme", hostname: "tfe.example.com", workspaces: { name: "x-test" } } },
  ],
])(
  "the backend { %s } needs Terraform %s, and has the environment's profile where it has any",
  (backend, version, expected) => {
    const { terraform } = terraformOf(`    profile: ops\n    backend: { ${backend} }\n    read-only: {}\n`);
    const { required_providers: _, required_version, ...rest } = terraform ?? {};
    expect(required_version).toBe(version);
    expect(rest).toEqual(expected);
  },
);

/** Where Terraform forgets the account's Service Quotas role without deleting it. */
const HANDED_BACK = { from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } };

test.each([
  ["full: { service-quotas-role: on-demand }", false],
  ["full: { service-quotas-role: existing }", false],
  ["full: {}", false],
  ["full: { without: [request-quota-increases] }", false],
  ["read-only: {}", false],
  ["full: { service-quotas-role: create }", true],
  ["full: { service-quotas-role: adopt }", true],
  ["read-only: {}\n    full: { service-quotas-role: create }", true],
])(
  "an environment with %s has the Service Quotas role: %p; else a deploy hands back the role that it had",
  (access, hasRole) => {
    const { resource, removed } = terraformOf(`    ${access}\n`);
    const names = Object.keys(resource?.aws_iam_service_linked_role ?? {});
    expect(names.map((name) => `aws_iam_service_linked_role.${name}`)).toEqual(hasRole ? [HANDED_BACK.from] : []);
    expect(removed).toEqual(hasRole ? undefined : HANDED_BACK);
  },
);

test.each(["on-demand", "adopt"])(
  "a retired environment that had everything, and a Service Quotas role that was %s, keeps its provider and state, and leaves that role alone",
  (mode) => {
    const entries = `    deploy-role: arn:aws:iam::111122223333:role/terraform
    backend: { ${S3} }
    slack-workspaces: [T1]
    account-alias: test
    read-only: { channels: [{ name: watch, workspace: T1, channel: C1 }] }
    full: { adopt: true, service-quotas-role: ${mode}, channels: [{ name: oncall, workspace: T1, channel: C2 }] }
`;
    const before = terraformOf(entries);
    const { "//": _, ...after } = terraformOf(`${entries}    retired: true\n`);
    expect(after).toEqual({
      terraform: before.terraform,
      provider: before.provider,
      output: { support_app_digest: expect.anything() }, // by which a deploy knows that all of it was removed
      removed: HANDED_BACK,
    });
    expect(before.provider?.aws?.assume_role).toEqual({ role_arn: "arn:aws:iam::111122223333:role/terraform" });
  },
);

test("channels keep their address when they are renamed or get another access level, in an account whose alias people see", () => {
  const channel = (name: string, level: string) =>
    `    ${level}: { channels: [{ name: ${name}, workspace: T1, channel: C1 }] }\n`;
  const before = terraformOf(`${channel("a", "full")}    read-only: {}\n    account-alias: Production EU\n`);
  const after = terraformOf(`${channel("b", "read-only")}    full: {}\n`);
  expect(channelsOf(before).channel_T1_C1?.ChannelRoleArn).toBe("aws_iam_role.full.arn");
  expect(channelsOf(after).channel_T1_C1?.ChannelRoleArn).toBe("aws_iam_role.read_only.arn");
  expect(before.resource?.aws_cloudcontrolapi_resource?.account_alias?.desired_state).toBe(
    '${jsonencode({"AccountAlias" = "Production EU"})}',
  );
});

test(`everything that is written is in the schema of the AWS provider ${AWS_SCHEMA.version}, of that type, and isn't deprecated`, () => {
  const everything = stackOf(`    deploy-role: arn:aws:iam::111122223333:role/deploy
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
      channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: all, events: [case-created] } }]
    read-only: { policy: aws-managed }
`);
  const paths = new Set<string>();
  const problems = schemaProblems(bindingsOf(everything) as Record<string, unknown>, (path) => paths.add(path));
  expect(problems).toEqual([]);
  expect(paths.size).toBeGreaterThan(30);
});

/** The places where the schema has defaults, and an environment without those keys. */
const DEFAULTS: readonly (readonly [level: "full" | "backend" | undefined, environment: Entries])[] = [
  [undefined, { full: {} }],
  ["full", { full: {} }],
  ["backend", { full: {}, backend: { type: "s3", bucket: "state-of-acme", region: "us-east-1" } }],
  ["backend", { full: {}, backend: { type: "cloud", organization: "acme" } }],
];
type Entries = Readonly<Partial<Record<string, Readonly<Record<string, string>>>>>;

/** What is read of the JSON Schema. */
interface Schema {
  readonly default?: unknown;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** Defaults of IAM and of Terraform, which are only written if the file has them. */
const OTHERS: Record<string, unknown> = { path: "/", max_session_duration: 3600, hostname: "app.terraform.io" };

/** The environment's Terraform, except for others' defaults and the digest, which covers them. */
function plainTerraformOf(environment: object): unknown {
  const lines = Object.entries(environment).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`);
  return JSON.parse(textOf(lines.join("")), (key, value) =>
    value === OTHERS[key] || key === "support_app_digest" ? undefined : value,
  );
}

test("every default that the schema names is what applies without the key", () => {
  const tried = DEFAULTS.flatMap(([level, environment]) => {
    const { properties }: Schema = environmentsJsonSchema();
    const environmentSchema = properties?.environments?.additionalProperties;
    const levelSchema = level === undefined ? environmentSchema : environmentSchema?.properties?.[level];
    const schema =
      levelSchema?.oneOf?.find((option) => option.properties?.type?.const === environment.backend?.type) ?? levelSchema;
    const without = plainTerraformOf(environment);
    return Object.entries(schema?.properties ?? {}).flatMap(([key, { default: value }]) => {
      if (value === undefined) return [];
      const withKey = level === undefined ? { [key]: value } : { [level]: { ...environment[level], [key]: value } };
      expect({ key, written: plainTerraformOf({ ...environment, ...withKey }) }).toEqual({ key, written: without });
      return [key];
    });
  });
  expect(tried).toEqual(
    expect.arrayContaining(["policy", "service-quotas-role", "path", "prefix", "workspace-prefix", "backend"]),
  );
});

describe("the digest by which a deploy knows what was applied", () => {
  const digestOf = (terraform: object) =>
    digestOutputIn(terraform as Fields) as { value: string; depends_on: string[] };

  test("the digest covers everything in the stack, and is checked after every resource", () => {
    const plain = stackOf("    read-only: {}\n").toTerraform();
    expect(digestOf(plain).value).toBe(digestOfStack(plain));
    expect(digestOf(plain).depends_on).toHaveLength(6);
    const customized = stackOf("    read-only: {}\n");
    new IamRole(customized, "extra", { name: "extra", assumeRolePolicy: "{}" });
    const { value, depends_on } = digestOf(customized.toTerraform());
    expect(value).not.toBe(digestOf(plain).value);
    expect(depends_on).toContain("aws_iam_role.extra");
  });

  test("the digest doesn't cover the backend, the profile, what is required of a channel in Slack, or how a deploy begins with it", () => {
    const environments = [
      ["", ""],
      ["    backend: { type: cloud, organization: acme }\n", ""],
      ["    profile: ops\n", ""],
      ["", ", private: true, guests: false"],
      ["", ", adopt: true"],
    ].map(
      ([line, required]) =>
        `${line}    read-only: { channels: [{ name: a, workspace: T1, channel: C1${required} }] }\n`,
    );
    expect(new Set(environments.map((lines) => digestOf(JSON.parse(textOf(lines))).value)).size).toBe(1);
  });

  test("the digest's output shares its name with no other output", () => {
    const stack = stackOf("    read-only: {}\n");
    new TerraformOutput(stack, "support_app_digest", { value: "mine" });
    expect(() => stack.toTerraform()).toThrow(
      "Received the output support_app_digest in the stack test, expected outputs with other names: a deploy reads it to know what was applied. Rename it.",
    );
  });
});
