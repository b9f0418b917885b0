import { readFileSync } from "node:fs";
import type { SupportAppAccessProps } from "../../modules/support-app";
import { IamRole } from "../../modules/support-app/aws-bindings";
import { TerraformOutput } from "../../modules/support-app/framework";
import { newApp } from "../../stacks/cdktf/app";
import type { Environment } from "../../stacks/environments/environment";
import { parseEnvironments } from "../../stacks/environments/environments";
import type { Fields } from "../../stacks/fields";
import { digestOfStack, digestOutputIn } from "../../stacks/output/stack-digest";
import { SupportAppStack } from "../../stacks/support-app-stack";
import { channelsOf, peopleCan, trustOf } from "../support/access";
import { parseTerraform, synthesize, synthesizeEnvironments, type Terraform } from "../support/synthesize";

const EXAMPLES = readFileSync("__tests__/fixtures/environments.yaml", "utf8");

/** Synthesizes one environment of account 111122223333, given the lines below its name. In HCL, it means the same: output/hcl.test.ts. */
async function synthesizeOne(lines: string): Promise<Terraform> {
  const yaml = `environments:\n  test:\n    account: "111122223333"\n    region: eu-west-1\n${lines}`;
  return parseTerraform(synthesize(yaml).test ?? "", "json");
}

describe("the example environments in hcl", () => {
  const texts = synthesize(EXAMPLES, "hcl");
  const example = (name: string) => parseTerraform(texts[name] ?? "", "hcl");

  test("staging: one channel role, whose people can see cases and nothing else", async () => {
    const staging = await example("staging");
    expect(Object.keys(staging.resource?.aws_iam_role ?? {})).toEqual(["read_only"]);
    expect(peopleCan(staging, "read_only")).toEqual(["see cases"]);
    expect(trustOf(staging, "read_only")).toEqual(["Service supportapp.amazonaws.com: Allow sts:AssumeRole on it"]);
    expect(texts.staging).toMatchSnapshot();
  });

  test("production: one role to see cases, and one to do everything except resolve them or create the Service Quotas role", async () => {
    const production = await example("production");
    expect(Object.keys(production.resource?.aws_iam_role ?? {}).sort()).toEqual(["full", "read_only"]);
    expect(peopleCan(production, "read_only")).toEqual(["see cases"]);
    expect(peopleCan(production, "full")).toEqual([
      "see cases",
      "open cases",
      "reply to cases",
      "attach files",
      "chat with AWS",
      "request quota increases",
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
    expect(texts.production).toMatchSnapshot();
  });
});

describe("the provider", () => {
  test("any release from 5.100.0 to before 7.0.0, in the environment's region, only for its account", async () => {
    const terraform = await synthesizeOne("    read-only: {}\n");
    expect(terraform.terraform?.required_providers).toEqual({
      aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
    });
    expect(terraform.provider?.aws).toEqual({ region: "eu-west-1", allowed_account_ids: ["111122223333"] });
  });
});

describe("the Terraform version that a stack needs", () => {
  test.each([
    ["{ type: local }", ">= 1.7"],
    ["{ type: cloud, organization: acme }", ">= 1.7"],
    ["{ type: s3, bucket: tf-state, region: us-east-1 }", ">= 1.10"],
  ])("with the backend %s: %s", async (backend, version) => {
    const { terraform } = await synthesizeOne(`    backend: ${backend}\n    read-only: {}\n`);
    expect(terraform?.required_version).toBe(version);
  });
});

describe("the Service Quotas role", () => {
  /** Where Terraform forgets the account's role without deleting it. */
  const HANDED_BACK = { from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } };

  test.each([
    "full: { service-quotas-role: on-demand }",
    "full: { service-quotas-role: existing }",
    "full: {}",
    "full: { without: [request-quota-increases] }",
    "read-only: {}",
  ])("an environment with %s doesn't have it, and a deploy hands back the role that it had", async (access) => {
    const { resource, removed } = await synthesizeOne(`    ${access}\n`);
    expect(resource?.aws_iam_service_linked_role).toBeUndefined();
    expect(removed).toEqual(HANDED_BACK);
  });

  test.each([
    "full: { service-quotas-role: create }",
    "full: { service-quotas-role: adopt }",
    "read-only: {}\n    full: { service-quotas-role: create }",
  ])("an environment with %s has it, at the address that is handed back, and hands nothing back", async (access) => {
    const { resource, removed } = await synthesizeOne(`    ${access}\n`);
    const names = Object.keys(resource?.aws_iam_service_linked_role ?? {});
    expect(names.map((name) => `aws_iam_service_linked_role.${name}`)).toEqual([HANDED_BACK.from]);
    expect(removed).toBeUndefined();
  });
});

describe("a retired environment", () => {
  const ENTRIES = `    deploy-role: arn:aws:iam::111122223333:role/terraform
    backend: { type: s3, bucket: tf-state, region: us-east-1 }
    slack-workspaces: [T1]
    account-alias: test
    read-only: { channels: [{ name: watch, workspace: T1, channel: C1 }] }
    full: { adopt: true, service-quotas-role: MODE, channels: [{ name: oncall, workspace: T1, channel: C2 }] }
`;

  test.each(["on-demand", "create", "adopt", "existing"])(
    "that had everything, and a Service Quotas role that was %s, keeps its provider and state, and leaves that role alone",
    async (mode) => {
      const entries = ENTRIES.replace("MODE", mode);
      const before = await synthesizeOne(entries);
      const { "//": _, ...after } = await synthesizeOne(`${entries}    retired: true\n`);
      expect(after).toEqual({
        terraform: before.terraform,
        provider: before.provider,
        output: { support_app_digest: expect.anything() }, // by which a deploy knows that all of it was removed
        removed: { from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } },
      });
      expect(before.provider?.aws?.assume_role).toEqual({ role_arn: "arn:aws:iam::111122223333:role/terraform" });
    },
  );

  test("needs no access level", async () => {
    const retired = `environments: { test: { account: "111122223333", region: eu-west-1, retired: true } }`;
    const { provider } = await parseTerraform(synthesize(retired).test ?? "", "json");
    expect(provider?.aws).toEqual({ region: "eu-west-1", allowed_account_ids: ["111122223333"] });
  });
});

describe("channels", () => {
  const channel = (name: string, level: string) =>
    `    ${level}: { channels: [{ name: ${name}, workspace: T1, channel: C1 }] }\n`;

  test("keep their address when they are renamed or get another access level", async () => {
    const before = await synthesizeOne(`${channel("a", "full")}    read-only: {}\n`);
    const after = await synthesizeOne(`${channel("b", "read-only")}    full: {}\n`);
    expect(channelsOf(before).channel_T1_C1?.ChannelRoleArn).toBe("aws_iam_role.full.arn");
    expect(channelsOf(after).channel_T1_C1?.ChannelRoleArn).toBe("aws_iam_role.read_only.arn");
  });

  test("are in an account whose alias people see", async () => {
    const { resource } = await synthesizeOne("    full: {}\n    account-alias: Production EU\n");
    expect(resource?.aws_cloudcontrolapi_resource?.account_alias).toMatchObject({
      type_name: "AWS::SupportApp::AccountAlias",
      desired_state: '${jsonencode({"AccountAlias" = "Production EU"})}',
    });
  });
});

describe("an environment created in code is checked by the same rules", () => {
  const environment = (...accesses: SupportAppAccessProps[]): Environment => ({
    name: "test",
    account: "111122223333",
    retired: false,
    canary: false,
    region: "us-east-1",
    backend: { type: "local" },
    channels: [],
    slackWorkspaces: [],
    accesses,
  });

  test("and has no channel without an access", () => {
    const channels = [{ access: "full", name: "oncall", workspace: "T1", channel: "C1" }] as const;
    const wrong = { ...environment({ access: "read-only" }), channels };
    expect(() => synthesizeEnvironments([wrong])).toThrow(
      new Error("The environment test has no access level full for its channel oncall."),
    );
  });
});

describe("the digest by which a deploy knows what was applied", () => {
  const digested = (lines: string, change: (stack: SupportAppStack) => void = () => {}) => {
    const yaml = `environments:\n  test:\n    account: "111122223333"\n    region: eu-west-1\n${lines}`;
    const [environment] = parseEnvironments(yaml, "environments.yaml");
    const stack = new SupportAppStack(newApp(), environment as Environment);
    change(stack);
    return stack.toTerraform();
  };
  const ROLE = "aws_iam_role.extra";
  const extra = (stack: SupportAppStack) => void new IamRole(stack, "extra", { name: "extra", assumeRolePolicy: "{}" });
  const digestOf = (terraform: unknown) =>
    digestOutputIn(terraform as Fields) as { value: string; depends_on: string[] };

  test("is of everything in the stack, and is checked after every resource", () => {
    const plain = digested("    read-only: {}\n");
    expect(digestOf(plain).value).toBe(digestOfStack(plain));
    expect(digestOf(plain).depends_on).toHaveLength(5);
    const customized = digested("    read-only: {}\n", extra);
    expect(digestOf(customized).value).not.toBe(digestOf(plain).value);
    expect(digestOf(customized).depends_on).toContain(ROLE);
    expect(synthesize(EXAMPLES, "hcl").staging).toMatch(/^ {2}depends_on = \[\n {4}aws_/m);
  });

  test("is not of the backend, the profile, or what is required of a channel in Slack", () => {
    const all = ["", "    backend: { type: cloud, organization: acme }\n", "    profile: ops\n"].flatMap((line) =>
      ["", ", private: required, guests: refused"].map((rules) => {
        const channels = `[{ name: a, workspace: T1, channel: C1${rules} }]`;
        return digestOf(digested(`${line}    read-only: { channels: ${channels} }\n`)).value;
      }),
    );
    expect(new Set(all).size).toBe(1);
  });

  test("has its name alone", () => {
    const own = (stack: SupportAppStack) => void new TerraformOutput(stack, "support_app_digest", { value: "mine" });
    expect(() => digested("    read-only: {}\n", own)).toThrow(
      "Received the output support_app_digest in the stack test, expected outputs with other names: a deploy reads it to know what was applied. Rename it.",
    );
  });
});
