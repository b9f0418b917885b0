import { readFileSync } from "node:fs";
import type { SupportAppAccessProps } from "../../modules/support-app";
import type { Environment } from "../../stacks/environments/environment";
import { localStatePath } from "../../stacks/environments/state-location";
import { awsManagedPolicy, channelsOf, peopleCan, permissionsOf, trustOf } from "../support/access";
import { expectNoMachineIn } from "../support/machine";
import {
  type Notation,
  parseTerraform,
  synthesize,
  synthesizeEnvironments,
  type Terraform,
} from "../support/synthesize";

const EXAMPLES = readFileSync("__tests__/fixtures/environments.yaml", "utf8");
const NOTATIONS: readonly Notation[] = ["json", "hcl"];

/** Synthesizes one environment of account 111122223333, given the lines below its name. */
async function synthesizeOne(lines: string, notation: Notation = "json"): Promise<Terraform> {
  const yaml = `environments:\n  test:\n    account: "111122223333"\n    region: eu-west-1\n${lines}`;
  return parseTerraform(synthesize(yaml, notation).test ?? "", notation);
}

describe.each(NOTATIONS)("the example environments in %s", (notation) => {
  const texts = synthesize(EXAMPLES, notation);
  const example = (name: string) => parseTerraform(texts[name] ?? "", notation);

  test("are staging and production", () => {
    expect(Object.keys(texts)).toEqual(["production", "staging"]);
  });

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

  test("have no path and no name of the machine", () => {
    for (const text of Object.values(texts)) {
      expectNoMachineIn(text, EXAMPLES);
      expect(text).not.toMatch(/(?<!\\)"(?:\/\w|[A-Z]:\\|file:)/);
    }
  });
});

describe.each(NOTATIONS)("equality with AWS, from the synthesized %s", (notation) => {
  test("full, on-demand, allows exactly what AWSSupportAppFullAccess allows", async () => {
    const terraform = await synthesizeOne("    full: { service-quotas-role: on-demand }\n", notation);
    expect(permissionsOf(terraform, "full")).toEqual(awsManagedPolicy("AWSSupportAppFullAccess"));
  });

  test("read-only allows exactly what AWSSupportAppReadOnlyAccess allows", async () => {
    const terraform = await synthesizeOne("    read-only: {}\n", notation);
    expect(permissionsOf(terraform, "read_only")).toEqual(awsManagedPolicy("AWSSupportAppReadOnlyAccess"));
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

  test("assumes the deploy-role", async () => {
    const role = "arn:aws:iam::111122223333:role/ci/terraform";
    const terraform = await synthesizeOne(`    deploy-role: ${role}\n    read-only: {}\n`);
    expect(terraform.provider?.aws?.assume_role).toEqual({ role_arn: role });
  });
});

describe.each(NOTATIONS)("the Terraform version in %s that a stack needs", (notation) => {
  test.each([
    ["{ type: local }", ">= 1.7"],
    ["{ type: cloud, organization: acme }", ">= 1.7"],
    ["{ type: s3, bucket: tf-state, region: us-east-1 }", ">= 1.10"],
  ])("with the backend %s: %s", async (backend, version) => {
    const { terraform } = await synthesizeOne(`    backend: ${backend}\n    read-only: {}\n`, notation);
    expect(terraform?.required_version).toBe(version);
  });
});

describe.each(NOTATIONS)("the Service Quotas role in %s", (notation) => {
  /** Where Terraform forgets the account's role without deleting it. */
  const HANDED_BACK = { from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } };

  test.each([
    "full: { service-quotas-role: on-demand }",
    "full: { service-quotas-role: existing }",
    "full: {}",
    "full: { without: [request-quota-increases] }",
    "read-only: {}",
  ])("an environment with %s doesn't have it, and a deploy hands back the role that it had", async (access) => {
    const { resource, removed } = await synthesizeOne(`    ${access}\n`, notation);
    expect(resource?.aws_iam_service_linked_role).toBeUndefined();
    expect(removed).toEqual(HANDED_BACK);
  });

  test.each([
    "full: { service-quotas-role: create }",
    "full: { service-quotas-role: adopt }",
    "read-only: {}\n    full: { service-quotas-role: create }",
  ])("an environment with %s has it, at the address that is handed back, and hands nothing back", async (access) => {
    const { resource, removed } = await synthesizeOne(`    ${access}\n`, notation);
    const names = Object.keys(resource?.aws_iam_service_linked_role ?? {});
    expect(names.map((name) => `aws_iam_service_linked_role.${name}`)).toEqual([HANDED_BACK.from]);
    expect(removed).toBeUndefined();
  });
});

describe.each(NOTATIONS)("a retired environment in %s", (notation) => {
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
      const before = await synthesizeOne(entries, notation);
      const { "//": _, ...after } = await synthesizeOne(`${entries}    retired: true\n`, notation);
      expect(after).toEqual({
        terraform: before.terraform,
        provider: before.provider,
        output: { support_app_digest: expect.anything() }, // by which a deploy knows that all of it was removed
        removed: { from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } },
      });
      expect(before.provider?.aws?.assume_role).toEqual({ role_arn: "arn:aws:iam::111122223333:role/terraform" });
    },
  );

  test("is all that it was before once that line is removed", async () => {
    const entries = ENTRIES.replace("MODE", "create");
    expect(await synthesizeOne(`${entries}    retired: false\n`, notation)).toEqual(
      await synthesizeOne(entries, notation),
    );
  });

  test("needs no access level", async () => {
    const retired = `environments: { test: { account: "111122223333", region: eu-west-1, retired: true } }`;
    expect(synthesize(retired, notation).test).toMatchSnapshot();
    const { provider } = await parseTerraform(synthesize(retired, notation).test ?? "", notation);
    expect(provider?.aws).toEqual({ region: "eu-west-1", allowed_account_ids: ["111122223333"] });
  });
});

describe.each(NOTATIONS)("the backend in %s", (notation) => {
  const backendOf = async (backend: string) =>
    (await synthesizeOne(`    backend: ${backend}\n    read-only: {}\n`, notation)).terraform;

  test("by default: local", async () => {
    const terraform = await synthesizeOne("    read-only: {}\n", notation);
    expect(terraform.terraform?.backend).toEqual({ local: { path: "../../../state/test.tfstate" } });
  });

  test("local: a file beside cdktf.json, which deleting cdktf.out leaves alone", async () => {
    expect((await backendOf("{ type: local }"))?.backend).toEqual({ local: { path: "../../../state/test.tfstate" } });
  });

  test("s3: encrypted, with a lock file, under the environment's own key", async () => {
    expect((await backendOf("{ type: s3, bucket: tf-state, region: us-east-1 }"))?.backend).toEqual({
      s3: {
        bucket: "tf-state",
        region: "us-east-1",
        key: "support-app/test.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  test("s3 with a prefix and a KMS key", async () => {
    const key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-96ef-1234567890ab";
    const terraform = await backendOf(
      `{ type: s3, bucket: tf-state, region: us-east-1, prefix: a/b, kms-key: "${key}" }`,
    );
    expect(terraform?.backend?.s3).toMatchObject({ key: "a/b/test.tfstate", kms_key_id: key });
  });

  test("cloud: the environment's own workspace", async () => {
    expect((await backendOf("{ type: cloud, organization: acme }"))?.cloud).toEqual({
      organization: "acme",
      workspaces: { name: "support-app-test" },
    });
  });

  test("cloud with a prefix and a host", async () => {
    const terraform = await backendOf(
      "{ type: cloud, organization: acme, workspace-prefix: slack-, hostname: tfe.example.com }",
    );
    expect(terraform?.cloud).toEqual({
      organization: "acme",
      hostname: "tfe.example.com",
      workspaces: { name: "slack-test" },
    });
  });
});

describe("the output folder and local state", () => {
  test.each([
    ["cdktf.out", "../../../state/test.tfstate"],
    ["build/terraform", "../../../../state/test.tfstate"],
    ["/elsewhere/cdktf.out", "../../../state/test.tfstate"],
  ])("from %s the state is at %s", (outdir, path) => {
    expect(localStatePath(outdir, "test")).toBe(path);
  });
});

describe("outputs", () => {
  test("name the role to choose for a channel, and what people in it can do", async () => {
    const { output } = await synthesizeOne("    read-only: {}\n    full: { without: [live-chat] }\n");
    expect(output?.full_role_arn?.value).toBe("${aws_iam_role.full.arn}");
    expect(output?.read_only_role_arn?.value).toBe("${aws_iam_role.read_only.arn}");
    expect(output?.full_capabilities?.value).toEqual([
      "view-cases",
      "create-cases",
      "reply-to-cases",
      "attach-files",
      "resolve-cases",
      "request-quota-increases",
    ]);
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

  test("are created after the registration of their workspace, if the environment has it", async () => {
    const { resource } = await synthesizeOne(`${channel("a", "full")}    slack-workspaces: [T1, T2]\n`);
    const { channel_T1_C1, workspace_T1, workspace_T2 } = resource?.aws_cloudcontrolapi_resource ?? {};
    expect(channel_T1_C1?.depends_on).toContain("aws_cloudcontrolapi_resource.workspace_T1");
    expect(channel_T1_C1?.depends_on).not.toContain("aws_cloudcontrolapi_resource.workspace_T2");
    expect(workspace_T1?.desired_state).toBe('${jsonencode({"TeamId" = "T1"})}');
    expect(workspace_T2?.type_name).toBe("AWS::SupportApp::SlackWorkspaceConfiguration");
  });

  test("are in an account whose alias people see", async () => {
    const { resource } = await synthesizeOne("    full: {}\n    account-alias: Production EU\n");
    expect(resource?.aws_cloudcontrolapi_resource?.account_alias).toMatchObject({
      type_name: "AWS::SupportApp::AccountAlias",
      desired_state: '${jsonencode({"AccountAlias" = "Production EU"})}',
    });
  });
});

describe("tags", () => {
  test("of the defaults, the environment and the access level add up, the nearer one winning", async () => {
    const yaml = `
      defaults: { region: us-east-1, tags: { Owner: platform, Cost: "1" } }
      environments:
        test:
          account: "111122223333"
          tags: { Cost: "2", Stage: test }
          read-only: {}
          full: { tags: { Stage: oncall } }`;
    const { resource } = await parseTerraform(synthesize(yaml).test ?? "", "json");
    expect(resource?.aws_iam_role?.read_only?.tags).toEqual({ Owner: "platform", Cost: "2", Stage: "test" });
    expect(resource?.aws_iam_policy?.full?.tags).toEqual({ Owner: "platform", Cost: "2", Stage: "oncall" });
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

  test("the problems of an access, when it is created", () => {
    const wrong = environment({ access: "read-only", serviceQuotasRole: "create" } as never);
    expect(() => synthesizeEnvironments([wrong])).toThrow(
      new Error(
        'SupportAppAccess "test/read-only", serviceQuotasRole: received "create", expected no mode: this access has no request-quota-increases, so it needs no Service Quotas role. Remove serviceQuotasRole.',
      ),
    );
  });

  test("and has no channel without an access", () => {
    const channels = [{ access: "full", name: "oncall", workspace: "T1", channel: "C1" }] as const;
    const wrong = { ...environment({ access: "read-only" }), channels };
    expect(() => synthesizeEnvironments([wrong])).toThrow(
      new Error("The environment test has no access level full for its channel oncall."),
    );
  });

  test("the problems of the stack, when it is synthesized", () => {
    const wrong = environment({ access: "read-only", roleName: "support" }, { access: "full", roleName: "Support" });
    const twice = environment(
      { access: "read-only", roleName: "a", policyName: "b" },
      { access: "full", roleName: "A", policyName: "B" },
    );
    expect(() => synthesizeEnvironments([twice])).toThrow(/roleName: received "A".*\n.*policyName: received "B"/);
    expect(() => synthesizeEnvironments([wrong])).toThrow(
      'SupportAppAccess "test/full", roleName: received "Support", expected a unique name: "test/read-only" already has this one, and IAM ignores case. Set another roleName.',
    );
  });
});
