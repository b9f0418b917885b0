import fc from "fast-check";
import { digestOf } from "../../../cli/review/digest";
import { type EnvironmentChange, environmentChanges } from "../../../cli/review/environment-change";
import { markdown } from "../../../cli/review/report";
import { reviewOf } from "../../../cli/review/review";
import { readAccess } from "../../../cli/terraform/access";
import { readStack, withoutDigest } from "../../../cli/terraform/stack";
import type { Terraform } from "../../../cli/terraform/synthesized-folder";
import type { Verdict } from "../../../cli/terraform/verdict";
import { NOW } from "../../support/now";
import { synthesize } from "../../support/synthesize";

// biome-ignore lint/suspicious/noExplicitAny: the cases change what Terraform has at any place
type Draft = any;

const CHANNEL = "channel_T01_C01";
const YAML = (levels: string) => `environments: { paid: { account: "111122223333", region: us-east-1, ${levels} } }`;
const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";

function terraformOf(levels: string): Terraform {
  return withoutDigest(JSON.parse(synthesize(YAML(levels)).paid ?? ""));
}

const FULL = terraformOf(
  `full: { permissions-boundary: "arn:aws:iam::111122223333:policy/b", ${ONCALL} }, read-only: {}`,
);
const AWS_MANAGED = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";

function change(base: Terraform | undefined, head: Terraform | undefined): EnvironmentChange {
  const only = (terraform: Terraform | undefined) => new Map(terraform ? [["paid", terraform]] : []);
  const [found] = environmentChanges(only(base), only(head), NOW);
  if (!found) throw new Error("Received no environment, expected one.");
  return found;
}

/** The digest that approves a change. */
function digest(found: EnvironmentChange): string {
  return digestOf(found.approved);
}

/** What a reviewer reads of a change. */
function report(found: EnvironmentChange): string {
  return markdown(reviewOf([found]));
}

function changed(edit: (draft: Draft) => void): EnvironmentChange {
  const head = structuredClone(FULL);
  edit(head);
  return change(FULL, head);
}

function attachAwsManaged({ resource }: Draft, role: string): void {
  delete resource.aws_iam_policy[role];
  resource.aws_iam_role_policy_attachment[role].policy_arn = AWS_MANAGED;
  resource.aws_iam_role_policy_attachments_exclusive[role].policy_arns = [AWS_MANAGED];
}

/** Writes a policy into the role, as the only one that it keeps. */
function writeInto({ resource }: Draft, role: string, policy: string): void {
  resource.aws_iam_role_policy = { more: { name: "more", role: `\${aws_iam_role.${role}.id}`, policy } };
  resource.aws_iam_role_policies_exclusive[role].policy_names = ["more"];
}

const GET_OBJECT = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';

const statements = (draft: Draft, name = "full") => draft.data.aws_iam_policy_document[name].statement;

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["nothing", "unchanged", () => {}],
    ["CDKTF's remarks", "cosmetic", (draft) => delete draft["//"]],
    ["tags", "cosmetic", (draft) => Object.assign(draft.resource.aws_iam_role.full, { tags: { Owner: "a" } })],
    [
      "a role's description",
      "cosmetic",
      (draft) => Object.assign(draft.resource.aws_iam_role.full, { description: "a" }),
    ],
    ["an output", "cosmetic", (draft) => delete draft.output.full_role_arn],
    ["actions in another order", "cosmetic", (draft) => statements(draft)[0].actions.reverse()],
    [
      "an action more",
      "broadened",
      (draft) => statements(draft)[0].actions.push("support:DescribeTrustedAdvisorChecks"),
    ],
    ["an action less", "narrowed", (draft) => statements(draft)[0].actions.pop()],
    ["an action twice", "cosmetic", (draft) => statements(draft)[0].actions.push("support:CreateCase")],
    [
      "an action in another case",
      "cosmetic",
      (draft) => (statements(draft)[0].actions[0] = statements(draft)[0].actions[0].toUpperCase()),
    ],
    [
      "an action of another service",
      "broadened",
      (draft) =>
        (statements(draft)[0].actions[0] = statements(draft)[0].actions[0].replace("servicequotas", "support")),
    ],
    ["a Sid", "cosmetic", (draft) => (statements(draft)[0].sid = "a")],
    [
      "a statement split",
      "cosmetic",
      (draft) => {
        const [first] = statements(draft);
        statements(draft).push({ ...first, actions: [first.actions.pop()] });
      },
    ],
    [
      "a statement split, and one part denied",
      "narrowed",
      (draft) => {
        const [first] = statements(draft);
        statements(draft).push({ ...first, actions: [first.actions.at(-1)], effect: "Deny" });
      },
    ],
    [
      "statements merged, with the condition of one on both",
      "narrowed",
      (draft) => {
        const [first, second] = statements(draft);
        first.condition = second.condition;
      },
    ],
    ["a condition dropped", "broadened", (draft) => delete statements(draft)[1].condition],
    [
      "a condition's value more",
      "broadened",
      (draft) => statements(draft)[1].condition[0].values.push("ec2.amazonaws.com"),
    ],
    [
      "a condition's operator that comes to the same",
      "cosmetic",
      (draft) => (statements(draft)[1].condition[0].test = "StringLike"),
    ],
    [
      "a condition's value with a wildcard",
      "broadened",
      (draft) => Object.assign(statements(draft)[1].condition[0], { test: "StringLike", values: ["*.amazonaws.com"] }),
    ],
    [
      "a condition's operator with IfExists",
      "broadened",
      (draft) => (statements(draft)[1].condition[0].test = "StringEqualsIfExists"),
    ],
    [
      "a condition's key in another case",
      "cosmetic",
      (draft) => (statements(draft)[1].condition[0].variable = "IAM:awsservicename"),
    ],
    ["Allow and Deny swapped", "narrowed", (draft) => (statements(draft)[0].effect = "Deny")],
    ["the default effect left out", "cosmetic", (draft) => delete statements(draft)[0].effect],
    [
      "a resource narrowed",
      "narrowed",
      (draft) => (statements(draft)[0].resources = ["arn:aws:support:us-east-1:111122223333:case/1"]),
    ],
    ["a wildcard action", "broadened", (draft) => statements(draft)[0].actions.push("support:*")],
    [
      "a wildcard denied that covers all",
      "narrowed",
      (draft) => statements(draft).push({ effect: "Deny", actions: ["support:Create*"], resources: ["*"] }),
    ],
    [
      "a wildcard denied that covers nothing",
      "cosmetic",
      (draft) => statements(draft).push({ effect: "Deny", actions: ["s3:Get*"], resources: ["*"] }),
    ],
    [
      "not_actions",
      "broadened",
      (draft) => Object.assign(statements(draft)[0], { not_actions: ["iam:*"], actions: [] }),
    ],
    [
      "not_actions denied, of which nothing was allowed",
      "cosmetic",
      (draft) =>
        statements(draft).push({
          effect: "Deny",
          not_actions: ["support:*", "servicequotas:*", "iam:*"],
          resources: ["*"],
        }),
    ],
    [
      "not_resources of nothing",
      "narrowed",
      (draft) => Object.assign(statements(draft)[0], { not_resources: ["*"], resources: [] }),
    ],
    [
      "not_resources of another service",
      "narrowed",
      (draft) => Object.assign(statements(draft)[0], { not_resources: ["arn:aws:s3:::a/*"], resources: [] }),
    ],
    [
      "a document with another as its source",
      "unknown",
      (draft) => (draft.data.aws_iam_policy_document.full.source_policy_documents = ["${var.more}"]),
    ],
    [
      "a document moved to another name",
      "cosmetic",
      (draft) => {
        draft.data.aws_iam_policy_document.renamed = draft.data.aws_iam_policy_document.full;
        delete draft.data.aws_iam_policy_document.full;
        draft.resource.aws_iam_policy.full.policy = "${data.aws_iam_policy_document.renamed.json}";
      },
    ],
    [
      "the same as inline JSON",
      "cosmetic",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = JSON.stringify({
          Version: "2012-10-17",
          Statement: statements(draft).map((one: Draft) => ({
            Effect: one.effect,
            Action: one.actions,
            Resource: one.resources[0],
            Condition: one.condition && {
              [one.condition[0].test]: { [one.condition[0].variable]: one.condition[0].values },
            },
          })),
        });
      },
    ],
    ["an expression for a policy", "unknown", (draft) => (draft.resource.aws_iam_policy.full.policy = "${var.policy}")],
    ["AWS's own policy of the same content", "settings", (draft) => attachAwsManaged(draft, "full")],
    ["AWS's own policy for the read-only role", "broadened", (draft) => attachAwsManaged(draft, "read_only")],
    [
      "a policy from elsewhere",
      "unknown",
      (draft) =>
        (draft.resource.aws_iam_role_policy_attachment.more = {
          role: "${aws_iam_role.full.name}",
          policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
        }),
    ],
    [
      "a policy from elsewhere among the exclusive ones",
      "unknown",
      (draft) =>
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns.push(
          "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ],
    [
      "AWS's policy for administrators among the exclusive ones",
      "broadened",
      (draft) =>
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns.push(
          "arn:aws:iam::aws:policy/AdministratorAccess",
        ),
    ],
    ["a policy written into the role", "broadened", (draft) => writeInto(draft, "full", GET_OBJECT)],
    [
      "a policy written into the role that it has already",
      "cosmetic",
      (draft) => writeInto(draft, "full", "${data.aws_iam_policy_document.read_only.json}"),
    ],
    [
      "a policy written into the role that is taken off again",
      "unknown",
      (draft) => {
        writeInto(draft, "full", GET_OBJECT);
        draft.resource.aws_iam_role_policies_exclusive.full.policy_names = [];
      },
    ],
    [
      "inline_policy of the role",
      "unknown",
      (draft) => (draft.resource.aws_iam_role.full.inline_policy = [{ name: "a", policy: GET_OBJECT }]),
    ],
    [
      "managed_policy_arns of the role",
      "unknown",
      (draft) =>
        (draft.resource.aws_iam_role.full.managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    ],
    [
      "an attachment less",
      "narrowed",
      (draft) => {
        delete draft.resource.aws_iam_policy.full;
        delete draft.resource.aws_iam_role_policy_attachment.full;
        draft.resource.aws_iam_role_policy_attachments_exclusive.full = { role_name: "${aws_iam_role.full.name}" };
      },
    ],
    [
      "a policy attached nowhere",
      "unknown",
      (draft) => (draft.resource.aws_iam_policy.more = { name: "a", policy: GET_OBJECT }),
    ],
    [
      "an attachment that is taken off again",
      "unknown",
      (draft) => (draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns = []),
    ],
    [
      "a role by its name instead of a reference",
      "cosmetic",
      (draft) => (draft.resource.aws_iam_role_policy_attachment.full.role = "AWSSupportAppFullRole"),
    ],
    [
      "a channel's role by its ARN instead of a reference",
      "cosmetic",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full.arn",
            '"arn:aws:iam::111122223333:role/AWSSupportAppFullRole"',
          )),
    ],
    [
      "an attachment to a role from elsewhere",
      "unknown",
      (draft) => (draft.resource.aws_iam_role_policy_attachment.more = { role: "admin", policy_arn: AWS_MANAGED }),
    ],
    ["an unknown resource type", "unknown", (draft) => (draft.resource.aws_iam_user = { more: { name: "a" } })],
    ["a module", "unknown", (draft) => (draft.module = { more: { source: "./more" } })],
    ["a count", "unknown", (draft) => (draft.resource.aws_iam_role.full.count = 2)],
    [
      "another Cloud Control type",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource.more = { type_name: "AWS::IAM::Role", desired_state: "{}" }),
    ],
    [
      "exclusive attachments dropped",
      "unknown",
      (draft) => delete draft.resource.aws_iam_role_policy_attachments_exclusive.full,
    ],
    [
      "a principal more in the trust",
      "broadened",
      (draft) =>
        statements(draft, "full_trust")[0].principals.push({
          type: "AWS",
          identifiers: ["arn:aws:iam::111122223333:root"],
        }),
    ],
    [
      "the trust for anybody",
      "broadened",
      (draft) => (statements(draft, "full_trust")[0].principals = [{ type: "AWS", identifiers: ["*"] }]),
    ],
    [
      "the principals as one block",
      "cosmetic",
      (draft) => (statements(draft, "full_trust")[0].principals = statements(draft, "full_trust")[0].principals[0]),
    ],
    [
      "a condition in the trust",
      "narrowed",
      (draft) =>
        (statements(draft, "full_trust")[0].condition = [
          { test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] },
        ]),
    ],
    [
      "not_principals in the trust",
      "unknown",
      (draft) =>
        Object.assign(statements(draft, "full_trust")[0], {
          not_principals: statements(draft, "full_trust")[0].principals,
          principals: [],
        }),
    ],
    ["the boundary removed", "broadened", (draft) => delete draft.resource.aws_iam_role.full.permissions_boundary],
    [
      "a boundary added",
      "narrowed",
      (draft) => (draft.resource.aws_iam_role.read_only.permissions_boundary = "arn:aws:iam::111122223333:policy/b"),
    ],
    [
      "another boundary",
      "unknown",
      (draft) =>
        (draft.resource.aws_iam_role.full.permissions_boundary = "arn:aws:iam::aws:policy/AdministratorAccess"),
    ],
    ["another role name", "settings", (draft) => (draft.resource.aws_iam_role.full.name = "a")],
    ["another path", "settings", (draft) => (draft.resource.aws_iam_role.full.path = "/a/")],
    ["the root path said", "cosmetic", (draft) => (draft.resource.aws_iam_role.full.path = "/")],
    ["another account", "unknown", (draft) => (draft.provider.aws[0].allowed_account_ids = ["444455556666"])],
    ["any account", "unknown", (draft) => delete draft.provider.aws[0].allowed_account_ids],
    ["another region, where its channels aren't", "unknown", (draft) => (draft.provider.aws[0].region = "eu-west-1")],
    ["the profile of whoever deploys", "settings", (draft) => (draft.provider.aws[0].profile = "ops")],
    [
      "the profile of whoever deploys, to any account",
      "unknown",
      (draft) => Object.assign(draft.provider.aws[0], { profile: "ops", allowed_account_ids: null }),
    ],
    ["another backend", "unknown", (draft) => (draft.terraform.backend = { s3: { bucket: "a" } })],
    ["an import", "settings", (draft) => (draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }])],
    ["an import of another role", "unknown", (draft) => (draft.import = [{ to: "${aws_iam_role.full}", id: "a" }])],
    [
      "an import of another policy",
      "unknown",
      (draft) => (draft.import = [{ to: "aws_iam_policy.full", id: "arn:aws:iam::111122223333:policy/a" }]),
    ],
    [
      "a channel more",
      "broadened",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource.more = {
          ...draft.resource.aws_cloudcontrolapi_resource[CHANNEL],
          desired_state: draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace("C01", "C02"),
        }),
    ],
    ["a channel less", "narrowed", (draft) => delete draft.resource.aws_cloudcontrolapi_resource[CHANNEL]],
    [
      "a channel's resource by another name",
      "cosmetic",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.renamed = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        delete draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      },
    ],
    [
      "a channel with the role of others, which may less but has no boundary",
      "broadened",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full",
            "aws_iam_role.read_only",
          )),
    ],
    [
      "a channel with a role from elsewhere",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full.arn",
            '"arn:aws:iam::111122223333:role/admin"',
          )),
    ],
    [
      "a channel by an expression",
      "unknown",
      (draft) => (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state = "${jsonencode(var.channel)}"),
    ],
    [
      "what a channel hears of",
      "settings",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace("none", "all")),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

test("all that this project's constructs write is read", () => {
  const text = `environments:
    paid:
      account: "111122223333"
      region: us-east-1
      deploy-role: arn:aws:iam::111122223333:role/deploy
      backend: { type: s3, bucket: states, region: us-east-1 }
      slack-workspaces: [T01, T02]
      account-alias: "Payments - 1"
      tags: { Owner: a }
      full:
        adopt: true
        service-quotas-role: adopt
        source-account-condition: true
        path: /slack/
        description: a
        policy-description: b
        max-session-duration: 7200
        permissions-boundary: arn:aws:iam::111122223333:policy/b
        channels: [{ name: oncall, workspace: T01, channel: C01, notify: { severity: all, on: [case-created] } }]
      read-only:
        policy: aws-managed
        channels: [{ name: watch, workspace: T02, channel: C02 }]`;
  const terraform = withoutDigest(JSON.parse(synthesize(text).paid ?? ""));
  expect(readAccess(readStack(terraform)).unreadable).toEqual([]);
  const other = structuredClone(terraform) as Draft;
  other.resource.aws_iam_role.full.tags = { Owner: "b" };
  expect(change(terraform, other).verdict).toBe("cosmetic");
  delete other.resource.aws_cloudcontrolapi_resource.workspace_T01;
  other.resource.aws_cloudcontrolapi_resource.account_alias.desired_state = '${jsonencode({"AccountAlias" = "Other"})}';
  expect(change(terraform, other)).toMatchObject({ verdict: "settings" });
  const told = report(change(terraform, other));
  expect(told).toContain("- The account's alias changes: `Payments - 1` → `Other`.");
  expect(told).toContain(
    "- The registered Slack workspace `T01` is removed (`aws_cloudcontrolapi_resource.workspace_T01`).",
  );
  expect(digest(change(other, terraform))).not.toBe(digest(change(terraform, other)));
});

test("the Service Quotas role that comes gives something to who waited for it", () => {
  const withMode = (mode: string) => terraformOf(`full: { ${ONCALL}, service-quotas-role: ${mode} }`);
  expect(change(withMode("existing"), withMode("create"))).toMatchObject({ verdict: "broadened" });
  expect(report(change(withMode("existing"), withMode("create")))).toContain(
    "Whoever may request quota increases, but couldn't create the role, may have been waiting for it.",
  );
  expect(change(withMode("on-demand"), withMode("create"))).toMatchObject({ verdict: "narrowed" });
  expect(change(withMode("existing"), withMode("adopt"))).toMatchObject({ verdict: "settings" }); // it was there
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "resources as a list",
      "unknown",
      (draft) => {
        draft.resource = [draft.resource];
      },
    ],
    [
      "a type as a list",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy = [{ more: {} }];
      },
    ],
    [
      "a block as a list",
      "unknown",
      (draft) => {
        draft.data.aws_iam_policy_document.more = [{}];
      },
    ],
    [
      "changes that are ignored",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.lifecycle.ignore_changes = ["policy_arns"];
      },
    ],
    [
      "an inline policy of a name that may stay",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policies_exclusive.full.policy_names = ["by-hand"];
      },
    ],
    ...(
      [
        [
          "an argument that isn't understood",
          (draft) => {
            draft.resource.aws_iam_role.full.dynamic = { inline_policy: {} };
          },
        ],
        [
          "changes that are ignored, as a list",
          (draft) => {
            draft.resource.aws_iam_role.full.lifecycle = [{ ignore_changes: ["assume_role_policy"] }];
          },
        ],
        [
          "data that may run a program",
          (draft) => {
            draft.data.external = { more: { program: ["sh"] } };
          },
        ],
        [
          "a section that isn't understood",
          (draft) => {
            draft.check = { more: {} };
          },
        ],
        [
          "more let go of than the Service Quotas role",
          (draft) => {
            const destroy = { lifecycle: { destroy: false } };
            draft.removed = [
              { from: "aws_iam_service_linked_role.service_quotas", ...destroy },
              { from: "aws_iam_role.full", ...destroy },
            ];
          },
        ],
        [
          "something let go of",
          (draft) => {
            draft.removed = [{ from: "aws_iam_role.full" }];
          },
        ],
        [
          "a profile that an expression names",
          (draft) => {
            draft.provider.aws[0].profile = "${aws_iam_role.full.name}";
          },
        ],
        [
          "a profile that is no text",
          (draft) => {
            draft.provider.aws[0].profile = ["ops"];
          },
        ],
        [
          "a profile of a backend that has none",
          (draft) => {
            draft.terraform.backend.local.profile = "ops";
          },
        ],
        [
          "a provider from elsewhere",
          (draft) => {
            draft.terraform.required_providers.aws.source = "evil/aws";
          },
        ],
        [
          "another endpoint",
          (draft) => {
            draft.provider.aws[0].endpoints = [{ iam: "https://example.com" }];
          },
        ],
        [
          "another provider, which hides that any account goes",
          (draft) => {
            draft.provider.aws = [{ region: "us-east-1" }, { alias: "a", allowed_account_ids: ["111122223333"] }];
          },
        ],
        [
          "a policy that is no text",
          (draft) => {
            draft.resource.aws_iam_policy.full.policy = { toString: 1 };
          },
        ],
        [
          "a policy that refers to itself",
          (draft) => {
            draft.resource.aws_iam_policy.full.policy = "${aws_iam_policy.full.arn}";
          },
        ],
        [
          "a channel of another by a bare name",
          (draft) => {
            draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
              draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace('"C01"', "local.c");
          },
        ],
      ] as [string, (draft: Draft) => void][]
    ).map(([name, edit]): [string, Verdict, (draft: Draft) => void] => [name, "unknown", edit]),
    [
      "exclusive attachments that stand twice",
      "unknown",
      (draft) => {
        const all = draft.resource.aws_iam_role_policy_attachments_exclusive;
        all.again = all.full;
      },
    ],
    [
      "exclusive inline policies that stand twice",
      "unknown",
      (draft) => {
        const all = draft.resource.aws_iam_role_policies_exclusive;
        all.again = all.full;
      },
    ],
    [
      "the service-linked role of another service",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_service_linked_role = { more: { aws_service_name: "ecs.amazonaws.com" } };
      },
    ],
    [
      "a new channel of a role that gives nothing",
      "broadened",
      (draft) => {
        const all = draft.resource.aws_cloudcontrolapi_resource;
        for (const name of ["full", "read_only"]) draft.data.aws_iam_policy_document[name] = { statement: [] };
        all.more = { ...all[CHANNEL], desired_state: all[CHANNEL].desired_state.replace("C01", "C02") };
      },
    ],
    ...(
      [
        [
          "two inline policies of one name",
          (draft) => {
            writeInto(draft, "full", GET_OBJECT);
            const { more } = draft.resource.aws_iam_role_policy;
            draft.resource.aws_iam_role_policy.again = {
              ...more,
              policy: GET_OBJECT.replace("Allow", "Deny"),
              name: "More",
            };
            draft.resource.aws_iam_role_policies_exclusive.full.policy_names.push("More");
          },
        ],
        [
          "two policies of one name",
          (draft) => {
            draft.resource.aws_iam_policy.read_only.name = draft.resource.aws_iam_policy.full.name;
          },
        ],
        ["a Deny without a resource", (draft) => statements(draft).push({ effect: "Deny", actions: ["s3:GetObject"] })],
        [
          "a Deny of a resource that AWS refuses",
          (draft) => statements(draft).push({ effect: "Deny", actions: ["s3:GetObject"], resources: ["*", "foo"] }),
        ],
        [
          "a Deny that is no action",
          (draft) => statements(draft).push({ effect: "Deny", actions: ["GetObject"], resources: ["*"] }),
        ],
        [
          "an ARN for a document",
          (draft) => {
            draft.resource.aws_iam_policy.full.policy = "${aws_iam_policy.read_only.arn}";
          },
        ],
        [
          "a document for an ARN",
          (draft) => {
            draft.resource.aws_iam_role_policy_attachment.full.policy_arn = GET_OBJECT;
            draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns = [GET_OBJECT];
          },
        ],
        [
          "a trust of nobody",
          (draft) => statements(draft, "full_trust").push({ effect: "Deny", actions: ["sts:AssumeRole"] }),
        ],
        [
          "a trust of a role by its name",
          (draft) => {
            const identifiers = ["arn:aws:iam::111122223333:role/Boss"];
            statements(draft, "full_trust")[0].principals = [{ type: "AWS", identifiers }];
          },
        ],
        [
          "a resource in IAM",
          (draft) => {
            statements(draft)[0].resources = ["arn:aws:iam::111122223333:role/Boss"];
          },
        ],
        [
          "a condition on something else of the stack",
          (draft) => {
            const values = ["arn:aws:iam::111122223333:role/Boss"];
            statements(draft)[0].condition = [{ test: "ArnEquals", variable: "aws:PrincipalArn", values }];
          },
        ],
        [
          "a boundary of this stack by its ARN",
          (draft) => {
            const boundary = "arn:aws:iam::111122223333:policy/AWSSupportAppFullRolePolicy";
            draft.resource.aws_iam_role.read_only.permissions_boundary = boundary;
          },
        ],
        [
          "a boundary of this stack that can't be read",
          (draft) => {
            draft.resource.aws_iam_policy.b = { name: "b", policy: "${var.b}" };
            draft.resource.aws_iam_role.full.permissions_boundary = "${aws_iam_policy.b.arn}";
          },
        ],
        [
          "no account, in another way",
          (draft) => {
            draft.provider.aws[0].allowed_account_ids = null;
          },
        ],
        [
          "an expression in the backend",
          (draft) => {
            draft.terraform.backend = { s3: { bucket: "${var.bucket}" } };
          },
        ],
        [
          "another provider",
          (draft) => {
            draft.provider.external = [{}];
          },
        ],
        [
          "one more AWS provider",
          (draft) => {
            draft.provider.aws.push({ alias: "a", allowed_account_ids: ["111122223333"] });
          },
        ],
        [
          "a type that is called like something else",
          (draft) => {
            draft.resource.constructor = { x: { a: 1 } };
          },
        ],
        [
          "an expression within a document",
          (draft) => {
            draft.resource.aws_iam_policy.full.policy = GET_OBJECT.replace(
              "s3:GetObject",
              "%{ if true }s3:*%{ endif }",
            );
          },
        ],
        [
          "an expression in what a channel hears of",
          (draft) => {
            const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
            one.desired_state = one.desired_state.replace('"none"', '"${var.severity}"');
          },
        ],
      ] as [string, (draft: Draft) => void][]
    ).map(([name, edit]): [string, Verdict, (draft: Draft) => void] => [name, "unknown", edit]),
    [
      "providers as a list",
      "unknown",
      (draft) => {
        draft.terraform.required_providers = [draft.terraform.required_providers];
      },
    ],
    [
      "terraform as a list",
      "unknown",
      (draft) => {
        draft.terraform = [draft.terraform];
      },
    ],
    [
      "a condition on the role's tags",
      "unknown",
      (draft) => {
        statements(draft)[0].condition = [{ test: "StringEquals", variable: "aws:PrincipalTag/Team", values: ["a"] }];
      },
    ],
    [
      "a channel that stands twice",
      "unknown",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.again = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test("a value behind an expression", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy.full.policy = "${local.policy}";
    base.locals = { policy: '{"Statement":[]}' };
    const head = structuredClone(base);
    head.locals.policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
    expect(change(base, head).verdict).toBe("unknown");
  });

  test.each([
    [
      "a boundary",
      (draft: Draft) => Object.assign(draft.resource.aws_iam_role.full, { permissions_boundary: "${var.b}" }),
    ],
    ["the account", (draft: Draft) => Object.assign(draft.provider.aws[0], { allowed_account_ids: ["${var.b}"] })],
    [
      "a directive",
      (draft: Draft) => Object.assign(draft.resource.aws_iam_role.full, { name: "a%{ if var.b == 1 }b%{ endif }" }),
    ],
  ])("%s behind a variable", (_, edit) => {
    const base = structuredClone(FULL) as Draft;
    edit(base);
    base.variable = { b: { default: "1" } };
    const head = structuredClone(base);
    head.variable.b.default = "2";
    expect(change(base, head).verdict).toBe("unknown");
  });

  test("two changes that are told in the same words have two fingerprints", () => {
    const fingerprint = (account: string) =>
      digest(
        changed((draft) =>
          Object.assign(draft.resource.aws_iam_role.full, { permissions_boundary: undefined, name: account }),
        ),
      );
    expect(fingerprint("a")).toBe(fingerprint("a"));
    expect(fingerprint("a")).not.toBe(fingerprint("b"));
    const conditioned = (value: string) =>
      digest(
        changed((draft) => {
          statements(draft)[0].condition = [{ test: "StringEquals", variable: "aws:SourceAccount", values: [value] }];
        }),
      );
    expect(conditioned("a")).not.toBe(conditioned("b"));
  });

  const POLICY = '{"Version" = "2012-10-17", "Statement" = local.s}';
  test.each<[string, (draft: Draft) => void]>([
    ["a policy", (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: `\${jsonencode(${POLICY})}` })],
    [
      "a trust",
      (draft) => Object.assign(draft.resource.aws_iam_role.full, { assume_role_policy: `\${jsonencode(${POLICY})}` }),
    ],
    [
      "a channel",
      (draft) => {
        const channel = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        channel.desired_state = channel.desired_state.replace("aws_iam_role.full.arn", "local.s");
      },
    ],
  ])("%s within jsonencode, of which a local changes", (_, edit) => {
    const base = structuredClone(FULL) as Draft;
    edit(base);
    base.locals = { s: [{ Effect: "Allow", Action: "support:DescribeCases", Resource: "*" }] };
    const head = structuredClone(base);
    head.locals.s[0].Action = "*";
    expect(change(base, head).verdict).toBe("unknown");
    expect(digest(change(FULL, base))).not.toBe(digest(change(FULL, head)));
  });

  test("nothing is known for certain beside what can't be read", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy_attachment = {
      admin: { roles: ["${aws_iam_role.full.name}"], policy_arn: AWS_MANAGED },
    };
    const head = structuredClone(base);
    statements(head)[0].actions.pop();
    expect(change(base, head)).toMatchObject({
      verdict: "unknown",
      access: { channels: [{ verdict: "narrowed", lost: [] }] },
    });
    const tagged = structuredClone(base);
    tagged.resource.aws_iam_role.full.tags = { Owner: "a" };
    expect(change(base, tagged).verdict).toBe("unknown");
  });

  test("where anything can't be read, the fingerprint is of everything", () => {
    const fingerprint = (owner: string) =>
      digest(
        changed((draft) => {
          draft.resource.aws_sqs_queue = { more: { name: "a" } };
          draft.resource.aws_iam_role.full.tags = { Owner: owner };
        }),
      );
    expect(fingerprint("a")).not.toBe(fingerprint("b"));
  });

  test("a name that another role gets", () => {
    const base = structuredClone(FULL) as Draft;
    const head = structuredClone(base);
    head.resource.aws_iam_role.full.name = base.resource.aws_iam_role.read_only.name;
    head.resource.aws_iam_role.read_only.name = base.resource.aws_iam_role.full.name;
    const swapped = change(base, head);
    expect(swapped.verdict).toBe("unknown");
    expect(report(swapped)).toContain(
      "The name `AWSSupportAppReadOnlyRole` belonged to `aws_iam_role.read_only` and now belongs to `aws_iam_role.full`. A channel that was configured by hand with it gets the access of this role.",
    );
    // People who could read would be able to write.
    expect(swapped.violations).toContainEqual(
      expect.objectContaining({ kind: "read-only-writes", role: "AWSSupportAppReadOnlyRole" }),
    );
    expect(
      report(changed((draft) => Object.assign(draft.resource.aws_iam_role.full, { name: "A", path: "/a/" }))),
    ).toContain("The role `AWSSupportAppFullRole` is replaced by `/a/A`.");
  });

  test("a role of another address and the same name, which may more", () => {
    const renamed = structuredClone(FULL) as Draft;
    for (const all of Object.values<Draft>(renamed.resource)) {
      if (!all.read_only) continue;
      all.watch = JSON.parse(JSON.stringify(all.read_only).replaceAll(".read_only.", ".watch."));
      delete all.read_only;
    }
    renamed.data.aws_iam_policy_document.watch = { statement: [{ actions: ["s3:GetObject"], resources: ["*"] }] };
    renamed.data.aws_iam_policy_document.watch_trust = renamed.data.aws_iam_policy_document.read_only_trust;
    renamed.resource.aws_iam_role.watch.assume_role_policy = "${data.aws_iam_policy_document.watch_trust.json}";
    expect(change(FULL, renamed)).toMatchObject({ verdict: "unknown" });
  });

  test.each<[string, (draft: Draft) => void]>([
    [
      "under a condition of many values",
      (draft) => {
        const values = Array.from({ length: 13 }, (_, index) => `region-${index}`);
        statements(draft, "read_only").push({
          actions: ["support:CreateCase"],
          resources: ["*"],
          condition: [{ test: "StringEquals", variable: "aws:RequestedRegion", values }],
        });
      },
    ],
    [
      "through another type of resource",
      (draft) => {
        const roles = ["${aws_iam_role.read_only.name}"];
        draft.resource.aws_iam_policy_attachment = { more: { roles, policy_arn: AWS_MANAGED } };
      },
    ],
    [
      "once for each of a list",
      (draft) => {
        const for_each = { a: "${aws_iam_role.read_only.name}" };
        draft.resource.aws_iam_role_policy = { more: { for_each, role: "${each.value}", policy: GET_OBJECT } };
      },
    ],
    [
      "beside a Deny that Terraform takes away",
      (draft) => {
        const policy =
          '{"Statement":[{"Effect":"Allow","Action":"support:CreateCase","Resource":"*","Sid":"A%{ if false }"},{"Effect":"Deny","Action":"support:CreateCase","Resource":"*","Sid":"%{ endif }"}]}';
        writeInto(draft, "read_only", policy);
      },
    ],
    [
      "by its name in another case",
      (draft) => {
        const role = "AWSSUPPORTAPPREADONLYROLE";
        draft.resource.aws_iam_role_policy_attachment.more = { role, policy_arn: AWS_MANAGED };
      },
    ],
    [
      "through another type of resource, in another case",
      (draft) => {
        const roles = ["awssupportappreadonlyrole"];
        draft.resource.aws_iam_policy_attachment = { more: { roles, policy_arn: AWS_MANAGED } };
      },
    ],
    [
      "by a name that is put together",
      (draft) => {
        const role = "${local.a}${local.b}";
        draft.resource.aws_iam_role_policy_attachment.more = { role, policy_arn: AWS_MANAGED };
      },
    ],
    ["through a module", (draft) => (draft.module = { more: { source: "./more" } })],
    [
      "as a list",
      (draft) => {
        attachAwsManaged(draft, "read_only");
        draft.resource.aws_iam_role.read_only = [draft.resource.aws_iam_role.read_only];
      },
    ],
    [
      "through a reference to something else",
      (draft) => {
        const roles = ["${aws_iam_role_policy_attachment.read_only.role}"];
        draft.resource.aws_iam_policy_attachment = { more: { roles, policy_arn: AWS_MANAGED } };
      },
    ],
    [
      "and denied",
      (draft) =>
        statements(draft, "read_only").push(
          { effect: "Deny", actions: ["s3:GetObject"], resources: ["*"] },
          { actions: ["s3:GetObject"], resources: ["*"] },
        ),
    ],
  ])("what the read-only role may write: %s", (_, edit) => {
    expect(changed(edit).violations).not.toEqual([]);
  });

  test("a policy that is written for the read-only role by its name", () => {
    const { violations } = changed((draft) => {
      writeInto(draft, "read_only", GET_OBJECT);
      draft.resource.aws_iam_role_policy.more.role = "AWSSupportAppReadOnlyRole";
    });
    expect(violations).toHaveLength(1);
  });

  test("what a boundary of this stack says", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy.b = { name: "b", policy: '{"Statement":[]}' };
    base.resource.aws_iam_role.full.permissions_boundary = "${aws_iam_policy.b.arn}";
    const head = structuredClone(base);
    head.resource.aws_iam_policy.b.policy = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';
    expect(change(base, head).verdict).toBe("unknown");
  });

  test("what somebody may attach to a role by hand", () => {
    const head = structuredClone(FULL) as Draft;
    delete head.resource.aws_iam_role_policies_exclusive.full;
    const unreadable = [{ reason: "not-exclusive", address: "aws_iam_role.full" }];
    expect(change(undefined, head)).toMatchObject({ verdict: "unknown", unreadable });
    expect(change(head, FULL)).toMatchObject({ verdict: "unknown", unreadable });
  });

  test("where a new environment is, and within what a new role is", () => {
    const text = report(change(undefined, FULL));
    expect(text).toContain("- This environment is new, in the account `111122223333`.");
    expect(text).toContain(
      "- The role `AWSSupportAppFullRole` is added, within the permissions boundary `arn:aws:iam::111122223333:policy/b`.",
    );
  });
});

describe("references that lead nowhere are not taken for nothing", () => {
  const attachment = (draft: Draft) => draft.resource.aws_iam_role_policy_attachment.full;
  const channel = (draft: Draft) => draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a policy that isn't there",
      "unknown",
      (draft) => {
        attachment(draft).policy_arn = "${aws_iam_policy.none.arn}";
      },
    ],
    [
      "a document that isn't there",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = "${data.aws_iam_policy_document.none.json}";
      },
    ],
    [
      "a role that isn't there",
      "unknown",
      (draft) => {
        attachment(draft).role = "${aws_iam_role.none.name}";
      },
    ],
    [
      "inline_policy in no form that is known",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role.full.inline_policy = "x";
      },
    ],
    [
      "exclusive attachments of a role that isn't there",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.role_name = "${aws_iam_role.none.name}";
      },
    ],
    [
      "exclusive inline policies of a role that isn't there",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policies_exclusive.full.role_name = "${aws_iam_role.none.name}";
      },
    ],
    [
      "a channel in plain JSON",
      "cosmetic",
      (draft) => {
        const [TeamId, ChannelId] = ["T01", "C01"];
        channel(draft).desired_state = JSON.stringify({
          TeamId,
          ChannelId,
          ChannelRoleArn: "${aws_iam_role.full.arn}",
          ChannelName: "oncall",
          NotifyOnCaseSeverity: "none",
          NotifyOnCreateOrReopenCase: false,
          NotifyOnAddCorrespondenceToCase: false,
          NotifyOnResolveCase: false,
        });
      },
    ],
    [
      "a channel that is no JSON",
      "unknown",
      (draft) => {
        channel(draft).desired_state = "{";
      },
    ],
    [
      "a channel whose ID is an expression",
      "unknown",
      (draft) => {
        channel(draft).desired_state = '{"TeamId":"${var.team}","ChannelId":"C01","ChannelRoleArn":"a"}';
      },
    ],
    [
      "no provider",
      "unknown",
      (draft) => {
        delete draft.provider;
      },
    ],
    [
      "a name that Terraform makes",
      "unknown",
      (draft) => {
        delete draft.resource.aws_iam_role.full.name;
        draft.resource.aws_iam_role.full.name_prefix = "a";
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test.each<[string, Draft]>([
    ["provider", { provider: "x" }],
    ["provider.aws", { provider: { aws: [] } }],
    ["terraform", { terraform: "x" }],
    ["lifecycle", { resource: { aws_iam_policy: { a: { policy: "{}", lifecycle: ["x"] } } } }],
    ["type", { resource: { aws_iam_policy: "x" } }],
    ["required_providers", { terraform: { required_providers: { aws: "~> 5.0" } } }],
  ])("%s in no form that is known", (_, terraform) => {
    expect(change({}, terraform).verdict).toMatch(/^(unknown|moved|cosmetic)$/);
    expect(change(terraform, {}).violations).toEqual([]);
  });

  test.each<[string, (draft: Draft, odd: Draft) => void]>([
    ["desired_state", (draft, odd) => Object.assign(channel(draft), { desired_state: odd })],
    ["type_name", (draft, odd) => Object.assign(channel(draft), { type_name: odd })],
    [
      "permissions_boundary",
      (draft, odd) => Object.assign(draft.resource.aws_iam_role.full, { permissions_boundary: odd }),
    ],
    ["name", (draft, odd) => Object.assign(draft.resource.aws_iam_role.full, { name: odd })],
    ["path", (draft, odd) => Object.assign(draft.resource.aws_iam_role.full, { path: odd })],
    ["role", (draft, odd) => Object.assign(attachment(draft), { role: odd })],
    ["policy_arn", (draft, odd) => Object.assign(attachment(draft), { policy_arn: odd })],
    ["allowed_account_ids", (draft, odd) => Object.assign(draft.provider.aws[0], { allowed_account_ids: [odd] })],
    [
      "identifiers",
      (draft, odd) => Object.assign(statements(draft, "full_trust")[0].principals[0], { identifiers: [odd] }),
    ],
    ["actions", (draft, odd) => Object.assign(statements(draft)[0], { actions: [odd] })],
    [
      "the whole of it",
      (draft, odd) => Object.assign(draft, { resource: odd, data: odd, provider: odd, terraform: odd }),
    ],
  ])("%s of another type", (_, edit) => {
    for (const odd of [{ toString: 1 }, null, 7, [[]]]) {
      const { verdict } = changed((draft) => edit(draft, odd));
      if (odd !== null) expect(verdict).toMatch(/^(unknown|broadened|narrowed)$/); // null is as if it weren't there
    }
  });

  test("a folder without anything in it has no access", () => {
    expect(change({}, { resource: "x", data: [], provider: { aws: "x" } })).toMatchObject({
      verdict: "unknown",
      access: { roles: [], channels: [] },
    });
  });
});

test("a role of another address with the same name and access is a move, not a new role and one that goes", () => {
  const head = structuredClone(FULL) as Draft;
  for (const [type, all] of Object.entries<Draft>(head.resource)) {
    if (type === "aws_cloudcontrolapi_resource" || !all.full) continue;
    all.renamed = JSON.parse(JSON.stringify(all.full).replaceAll(".full.", ".renamed."));
    delete all.full;
  }
  Object.assign(head.data.aws_iam_policy_document, {
    renamed: head.data.aws_iam_policy_document.full,
    renamed_trust: head.data.aws_iam_policy_document.full_trust,
  });
  head.resource.aws_iam_role.renamed.assume_role_policy = "${data.aws_iam_policy_document.renamed_trust.json}";
  head.output.full_role_arn.value = "${aws_iam_role.renamed.arn}";
  const channel = head.resource.aws_cloudcontrolapi_resource[CHANNEL];
  channel.desired_state = channel.desired_state.replace("aws_iam_role.full", "aws_iam_role.renamed");
  expect(change(FULL, head)).toMatchObject({
    verdict: "settings",
    access: {
      roles: [
        { role: "read_only", verdict: "unchanged" },
        { role: "renamed", verdict: "settings", movedFrom: "full" },
      ],
      channels: [{ channel: "C01", verdict: "unchanged", gained: [], lost: [] }],
    },
  });
  expect(report(change(FULL, head))).toContain("had the address `aws_iam_role.full` before");
});

describe("by environments.yaml alone", () => {
  const LEAST =
    "without: [create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases]";

  test("a channel that moves to a role that is trusted in more cases", () => {
    const conditioned = terraformOf(`full: { source-account-condition: true, ${LEAST}, ${ONCALL} }, read-only: {}`);
    const moved = terraformOf(`full: { source-account-condition: true, ${LEAST} }, read-only: { ${ONCALL} }`);
    expect(change(conditioned, moved)).toMatchObject({
      verdict: "broadened",
      access: { channels: [{ verdict: "broadened" }] },
    });
    expect(change(moved, conditioned)).toMatchObject({ verdict: "narrowed" });
  });

  test("a role that is taken over from somebody", () => {
    const own = terraformOf(`full: { ${ONCALL} }`);
    const taken = terraformOf(`full: { adopt: true, role-name: Theirs, policy-name: TheirsPolicy, ${ONCALL} }`);
    expect(change(own, taken)).toMatchObject({ verdict: "unknown", unreadable: [] });
    expect(report(change(own, taken))).toContain(
      "- `Theirs` is imported as `aws_iam_role.full`, which was something else before. Whoever already uses it gets the access of this code.",
    );
    expect(change(own, terraformOf(`full: { adopt: true, ${ONCALL} }`))).toMatchObject({ verdict: "settings" });
  });

  test("a name that somebody may have configured by hand", () => {
    const renamed = change(terraformOf("full: {}"), terraformOf("full: { role-name: AWSSupportAppReadOnlyRole }"));
    expect(report(renamed)).toContain(
      "The role `AWSSupportAppFullRole` is replaced by `AWSSupportAppReadOnlyRole`. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.",
    );
  });
});

describe("what it says of people", () => {
  const capabilities = (levels: string) => change(FULL, terraformOf(levels));
  const BOUNDED = 'permissions-boundary: "arn:aws:iam::111122223333:policy/b"';

  test("who loses a capability, by channel, and by what statements", () => {
    const found = capabilities(`full: { ${BOUNDED}, ${ONCALL}, without: [live-chat, create-cases] }, read-only: {}`);
    expect(found.access.channels).toMatchObject([
      {
        workspace: "T01",
        channel: "C01",
        verdict: "narrowed",
        gained: [],
        lost: ["create-cases", "live-chat"],
        limited: [],
      },
    ]);
    expect(found.access.roles[0]?.permissions.lost.map(({ action }) => action.patterns)).toEqual([
      ["support:createcase"],
      ["support:describeseveritylevels"],
      ["support:initiatechatforcase"],
    ]);
    expect(report(found)).toContain(
      "- People in `#oncall` (`C01`) **lose**:\n  - create-cases: open a support case (`support:CreateCase`, `support:DescribeSeverityLevels`)",
    );
    expect(report(found)).toContain("| loses | people in `#oncall` | `support:CreateCase` | everything |  |  |");
  });

  test("a capability counts only with all of its actions", () => {
    const found = changed((draft) =>
      statements(draft)[0].actions.splice(statements(draft)[0].actions.indexOf("support:DescribeSeverityLevels"), 1),
    );
    expect(found.access.channels[0]?.lost).toEqual(["create-cases"]);
  });

  test("a channel that moves to the other role, and is renamed", () => {
    const found = capabilities(
      `full: { ${BOUNDED} }, read-only: { channels: [{ name: watch, workspace: T01, channel: C01 }] }`,
    );
    expect(found.access.channels).toMatchObject([
      {
        before: { name: "oncall" },
        after: { name: "watch" },
        isMoved: true,
        verdict: "broadened",
        lost: [
          "create-cases",
          "reply-to-cases",
          "attach-files",
          "resolve-cases",
          "live-chat",
          "request-quota-increases",
        ],
      },
    ]);
    const text = report(found);
    expect(text).toContain(
      "with its new role: its permissions boundary changes: `arn:aws:iam::111122223333:policy/b` → none.",
    );
    expect(text).toContain("- `#watch` (`C01`) was called `#oncall`.");
    expect(text).toContain(
      "- `#watch` (`C01`) moves from the role `AWSSupportAppFullRole` to `AWSSupportAppReadOnlyRole`.",
    );
  });

  test("another AWS profile is seen, and changes nobody's access: whoever has it can deploy to the same account alone", () => {
    const withProfile = (profile?: string) => {
      const draft = structuredClone(FULL) as Draft;
      draft.terraform.backend = { s3: { bucket: "states", key: "paid", region: "us-east-1", profile } };
      draft.provider.aws[0].profile = profile;
      return JSON.parse(JSON.stringify(draft));
    };
    const found = change(withProfile(), withProfile("ops"));
    expect(found).toMatchObject({ verdict: "settings", plannable: "always", unreadable: [] });
    const text = report(found);
    expect(text).toContain("## ✅ Nobody's access changes, but settings change in 1 environment");
    expect(text).toContain("- The AWS profile whose credentials Terraform acts with changes: none → `ops`.");
    expect(text).toContain("- The AWS profile whose credentials read the state changes: none → `ops`.");
    expect(text).not.toContain("The backend changes");
  });

  test("a new environment gives all that it has; one that goes takes it", () => {
    expect(change(undefined, FULL)).toMatchObject({
      verdict: "broadened",
      access: { channels: [{ verdict: "broadened", lost: [] }] },
    });
    const retired = structuredClone(FULL) as Draft;
    for (const section of ["resource", "data", "output"]) delete retired[section];
    expect(change(FULL, retired)).toMatchObject({
      verdict: "narrowed",
      access: { channels: [{ verdict: "narrowed", gained: [] }] },
    });
  });

  test("a new environment needs an approval even with nothing in it: its state decides what is destroyed", () => {
    const { "//": _, provider, terraform } = FULL;
    expect(change(undefined, { provider, terraform })).toMatchObject({ verdict: "broadened", plannable: "approved" });
  });

  test("an environment that is removed leaves everything behind, unless it was retired and deployed", () => {
    const { provider, terraform } = FULL;
    const left = change(FULL, undefined);
    expect(left).toMatchObject({
      verdict: "left-behind",
      plannable: "never",
      leftBehind: { roles: ["AWSSupportAppFullRole", "AWSSupportAppReadOnlyRole"], channels: [{ name: "oncall" }] },
    });
    const text = report(left);
    expect(text).toContain("## ⚠️ Access is left behind in 1 environment");
    expect(text.indexOf("**`paid` is removed from the file, but everything that it deployed stays**")).toBeGreaterThan(
      0,
    );
    expect(text).toContain("the channel `#oncall` (`C01`)");
    expect(text).toContain("Instead, set `retired: true`, deploy, and only then remove it.");
    const renamed = environmentChanges(new Map([["paid", FULL]]), new Map([["renamed", FULL]]), NOW);
    expect(renamed.map(({ verdict }) => verdict)).toEqual(["left-behind", "broadened"]);

    const retired = change({ provider, terraform }, undefined);
    expect(retired.verdict).toBe("settings");
    expect(report(retired)).toContain("This retired environment is removed from the file.");
  });

  test("what a reader can do with notifications is said before and after", () => {
    const on = (notify: string) => terraformOf(`full: { ${ONCALL.replace("}", `, notify: ${notify} }`)} }`);
    const found = change(
      on("{ severity: high, on: [case-created, reply-added] }"),
      on("{ severity: all, on: [case-created] }"),
    );
    expect(found.verdict).toBe("settings");
    expect(report(found)).toContain("## ✅ Nobody's access changes, but settings change in 1 environment");
    expect(report(found)).toContain(
      "- `#oncall` (`C01`): its notification settings change: high severity (case-created, reply-added) → all severities (case-created).",
    );
  });

  test("the Service Quotas role that comes or goes is told", () => {
    const withRole = terraformOf(`full: { ${BOUNDED}, ${ONCALL}, service-quotas-role: create }, read-only: {}`);
    expect(change(FULL, withRole)).toMatchObject({ verdict: "narrowed" });
    expect(report(change(FULL, withRole))).toContain(
      "- The Service Quotas role `AWSServiceRoleForServiceQuotas` is managed by the stack.",
    );
    expect(change(withRole, FULL)).toMatchObject({ verdict: "broadened" });
    expect(report(change(withRole, FULL))).toContain(
      "- The Service Quotas role `AWSServiceRoleForServiceQuotas` leaves the stack. It stays in the account.",
    );
    const destroyed = structuredClone(FULL) as Draft;
    delete destroyed.removed;
    expect(report(change(withRole, destroyed))).toContain(
      "- The Service Quotas role `AWSServiceRoleForServiceQuotas` is **destroyed**: the stack neither has it nor hands it back to the account.",
    );
  });

  test("a read-only access that can write may never be", () => {
    expect(FULL).toBeDefined();
    const { violations } = changed((draft) => statements(draft, "read_only")[0].actions.push("support:CreateCase"));
    expect(violations).toMatchObject([
      { kind: "read-only-writes", role: "AWSSupportAppReadOnlyRole", actions: { patterns: ["support:createcase"] } },
    ]);
    const wrong = changed((draft) => statements(draft, "read_only")[0].actions.push("support:CreateCase"));
    expect(report(wrong)).toContain(
      "- ⛔ The read-only role `AWSSupportAppReadOnlyRole` allows `support:CreateCase`, expected only `support:DescribeCases` and `support:DescribeCommunications`. Move the channel to full access, or drop the action.",
    );
    const wild = changed((draft) => statements(draft, "read_only")[0].actions.push("support:*"));
    expect(wild.violations).toHaveLength(1);
    expect(changed((draft) => statements(draft)[0].actions.push("s3:GetObject")).violations).toEqual([]);
  });
});

test("for any two policies of a role, the verdict is that of going through every action and case", () => {
  const statement = fc.record({
    effect: fc.constantFrom("Allow", "Deny"),
    actions: fc.subarray(["support:a", "support:b", "support:c"], { minLength: 1 }),
    resources: fc.constant(["*"]),
    condition: fc.constantFrom([], [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] }]),
  });
  const allowed = (statements: readonly Draft[]) =>
    ["support:a", "support:b", "support:c"].flatMap((action) =>
      [true, false].flatMap((met) => {
        const effects = statements
          .filter(({ actions, condition }) => actions.includes(action) && (met || condition.length === 0))
          .map(({ effect }) => effect);
        return effects.includes("Allow") && !effects.includes("Deny") ? [`${action} ${met}`] : [];
      }),
    );
  const policy = fc.array(statement, { maxLength: 4 });
  fc.assert(
    fc.property(policy, policy, (before, after) => {
      const withPolicy = (statement: Draft) => {
        const terraform = structuredClone(FULL) as Draft;
        terraform.data.aws_iam_policy_document.full = { statement };
        return terraform;
      };
      const { verdict } = change(withPolicy(before), withPolicy(after));
      const [was, is] = [allowed(before), allowed(after)];
      const expected = is.some((one) => !was.includes(one))
        ? ["broadened"]
        : was.some((one) => !is.includes(one))
          ? ["narrowed"]
          : ["cosmetic", "unchanged"];
      expect(expected).toContain(verdict);
    }),
  );
});
