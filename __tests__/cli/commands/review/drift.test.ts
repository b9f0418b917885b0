import { driftOf } from "../../../../cli/commands/review/drift";
import { plannedChanges } from "../../../../cli/commands/review/planned-changes";
import { readPlannedResource } from "../../../../cli/commands/review/planned-resource";
import { readStack } from "../../../../cli/terraform/stack";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import { CLOUD_CONTROL_SCHEMAS, SLACK_WORKSPACE_TYPE } from "../../../../modules/support-app/model/cloud-control-types";
import type { Draft } from "../../../support/plan-fixtures";
import { ACCOUNT, CODE, document, EMPTY, edited, POLICY, roleIn, setPolicy, TRUST } from "./small-stack";

const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/FullPolicy`;
const THEIRS = `arn:aws:iam::${ACCOUNT}:policy/theirs`;

/** How the account differs from the code, by the entries of a plan. */
function driftIn(entries: readonly Draft[], base: Terraform, head: Terraform) {
  const [resources, before, after] = [entries.map(readPlannedResource), readStack(base), readStack(head)];
  return driftOf(resources, plannedChanges(resources, before, after), before, after);
}

describe("what a deploy gives beyond the change of the code", () => {
  /** What the account has where everything is as in the code. */
  const LIVE: Draft = {
    "aws_iam_role.full": {
      ...{ arn: `arn:aws:iam::${ACCOUNT}:role/Full`, name: "Full", path: "/", assume_role_policy: TRUST },
      ...{ inline_policy: [], managed_policy_arns: [POLICY_ARN], permissions_boundary: "", max_session_duration: 3600 },
    },
    "aws_iam_policy.full": { arn: POLICY_ARN, name: "FullPolicy", policy: POLICY },
    "aws_iam_role_policy_attachments_exclusive.full": { role_name: "Full", policy_arns: [POLICY_ARN] },
    "aws_iam_role_policies_exclusive.full": { role_name: "Full", policy_names: [] },
  };
  const DENYING = document({ Action: "support:*", Resource: "*", Effect: "Deny" });

  /** A plan in an account where somebody did that by hand. */
  function inAccount(byHand: (live: Draft) => void, base: Terraform = CODE, head: Terraform = CODE, by = {}) {
    const live = structuredClone(LIVE);
    byHand(live);
    const changes = Object.entries(live).map(([address, before]) => {
      const isChanged = JSON.stringify(before) !== JSON.stringify(LIVE[address]);
      const change = { actions: [isChanged ? "update" : "no-op"], before, after: LIVE[address] };
      return { address, mode: "managed", type: address.split(".")[0], change, ...(isChanged ? by : {}) };
    });
    return driftIn(changes, base, head);
  }
  const deny = (live: Draft) => (live["aws_iam_policy.full"].policy = DENYING);

  test("is none where the account has what the code had, or more", () => {
    expect(inAccount(() => {})).toBeUndefined();
    const more = document({ Action: "*", Resource: "*" });
    expect(inAccount((live) => (live["aws_iam_policy.full"].policy = more))).toBeUndefined();
    expect(inAccount((live) => (live["aws_iam_role.full"].max_session_duration = 7200))).toBeUndefined();
  });

  test("is what the account lacks", () => {
    const drift = inAccount(deny);
    expect(drift).toMatchObject({ verdict: "broadened", unknownPolicies: [], unreadable: [] });
    expect(drift?.access.roles).toMatchObject([
      {
        permissions: {
          gained: [{ action: { patterns: ["support:createcase"] } }, { action: { patterns: ["support:resolvecase"] } }],
        },
      },
    ]);
    expect(drift?.approved).toMatchObject([{ roles: [{ name: "full" }] }, { roles: [{ name: "full" }] }, { open: [] }]);
  });

  test("isn't what the code itself gives: the account has what the code had", () => {
    const head = edited((code) => setPolicy(code, document({ Action: "*", Resource: "*" })));
    expect(inAccount(() => {}, CODE, head)).toBeUndefined();
    expect(inAccount(deny, CODE, head)).toMatchObject({ verdict: "broadened" });
  });

  test("isn't what the code takes away anyway", () => {
    const head = edited((code) => setPolicy(code, DENYING));
    expect(inAccount(deny, CODE, head)).toBeUndefined();
  });

  test("is an unknown policy that the deploy removes, and not one that the code keeps", () => {
    const attach = (live: Draft) => {
      live["aws_iam_role.full"].managed_policy_arns = [POLICY_ARN, THEIRS];
      live["aws_iam_role_policy_attachments_exclusive.full"].policy_arns = [POLICY_ARN, THEIRS];
    };
    const drift = inAccount(attach);
    expect(drift).toMatchObject({ verdict: "unknown", unknownPolicies: [{ role: "full", policy: THEIRS }] });
    expect(drift?.approved).toMatchObject([{}, {}, { unknownPolicies: [{ role: "full", policy: THEIRS }] }]);
    const keeping = (policy: string) =>
      edited(({ resource }) => {
        delete resource.aws_iam_policy;
        resource.aws_iam_role_policy_attachment.full.policy_arn = policy;
        resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns = [policy];
      });
    expect(inAccount(attach, keeping(THEIRS), keeping(THEIRS))?.unknownPolicies).toEqual([]);
    expect(inAccount(attach, keeping(`${THEIRS}2`), keeping(`${THEIRS}2`))?.unknownPolicies).toHaveLength(1);
    const elsewhere = edited((code) => {
      roleIn(code, "other", "Other");
      code.resource.aws_iam_role_policy_attachment.other.policy_arn = THEIRS;
    });
    expect(inAccount(attach, elsewhere, elsewhere)?.unknownPolicies).toHaveLength(1);
  });

  test("is a removed attachment whose policy another address attaches, too, if that may deny something", () => {
    const attached = { role: "Full", policy_arn: POLICY_ARN };
    const with_ = (at: string, change: object) => {
      const type = "aws_iam_role_policy_attachment";
      const changes = [
        { address: `${type}.full`, type, change: { actions: ["no-op"], before: attached, after: attached } },
        { address: `${type}.${at}`, type, change: { before: attached, ...change } },
      ];
      const code = edited((code) => setPolicy(code, MIXED));
      return driftIn(changes, code, code)?.detached;
    };
    const MIXED = document({ Action: "support:*", Resource: "*" }, { Effect: "Deny", Action: "a:b", Resource: "*" });
    expect(with_("old", { actions: ["delete"], after: null })).toEqual(["aws_iam_role_policy_attachment.old"]);
    expect(with_("old", { actions: ["create", "delete"], after: attached })).toHaveLength(1);
    expect(with_("old", { actions: ["no-op"], after: attached })).toEqual([]);
    const other = { ...attached, policy_arn: THEIRS };
    expect(with_("old", { actions: ["delete"], before: other, after: null })).toEqual([]);
  });

  test("is a policy in the account that can't be read", () => {
    const policy = document({ Action: "a:b", Resource: "*", Effect: "deny" });
    const drift = inAccount((live) => (live["aws_iam_policy.full"].policy = policy));
    expect(drift?.unreadable).toMatchObject([{ reason: "no-effect", role: "full" }]);
    expect(drift?.approved).toMatchObject([{}, {}, { unreadable: [{ Effect: "deny" }] }]);
  });

  test("is whatever was changed by hand, beside code that can't be read", () => {
    const code = edited(({ resource }) => (resource.aws_iam_user = { more: { name: "x" } }));
    const tag = (live: Draft) => (live["aws_iam_role.full"].tags = { a: "b" });
    expect(inAccount(() => {}, code, code)).toBeUndefined();
    const drift = inAccount(tag, code, code);
    expect(drift).toMatchObject({ verdict: "unknown" });
    expect(drift?.approved).toMatchObject([{}, {}, { open: [["aws_iam_role.full", { tags: { a: "b" } }]] }]);
    expect(inAccount(tag)).toBeUndefined();
    // Nothing is known for certain to be lost.
    const all = document({ Action: "*", Resource: "*" });
    const lost = inAccount((live) => (live["aws_iam_policy.full"].policy = all), code, code);
    expect(lost?.access.roles).toMatchObject([{ permissions: { lost: [] } }]);
    // One attribute of something that the code changes, too.
    const described = edited(({ resource }) => (resource.aws_iam_role.full.description = "new"), code);
    expect(inAccount(tag, code, described)?.approved).toMatchObject([{}, {}, { open: [["aws_iam_role.full", {}]] }]);
    const both = (live: Draft) => Object.assign(live["aws_iam_role.full"], { tags: { a: "b" }, description: "old" });
    expect(inAccount(both, code, described)?.approved).toMatchObject([{}, {}, { open: [["aws_iam_role.full", {}]] }]);
    const inCode = edited(({ resource }) => (resource.aws_iam_role.full.tags = { c: "d" }), code);
    expect(inAccount(tag, code, inCode)).toBeUndefined();
  });

  test("is everything in an account in which nothing was deployed", () => {
    const drift = inAccount((live) => {
      for (const address of Object.keys(live)) live[address] = null;
    });
    expect(drift).toMatchObject({ verdict: "broadened" });
    expect(drift?.access.roles).toMatchObject([{ role: "full", after: { name: "Full" } }]);
    expect(drift?.access.roles[0]?.before).toBeUndefined();
  });

  test("isn't what an interrupted replacement left", () => {
    const drift = inAccount(deny, CODE, CODE, { deposed: "00000001" });
    expect(drift?.unknownPolicies).toEqual([{ role: "full", policy: POLICY_ARN }]);
  });

  test("is looked for at the address before and after a move", () => {
    const inMovedAccount = (policy: string, given: string) => {
      const head = edited((code) => roleIn(code, "moved", "Full", given), EMPTY);
      const live = { ...LIVE, "aws_iam_policy.full": { arn: POLICY_ARN, policy } };
      const changes = Object.entries(live).map(([previous_address, before]) => {
        const [type] = previous_address.split(".");
        const change = { actions: ["no-op"], before, after: before };
        return { address: `${type}.moved`, previous_address, type, change };
      });
      return driftIn(changes, CODE, head);
    };
    const all = document({ Action: "*", Resource: "*" });
    const more = document({ Action: ["support:CreateCase", "support:ResolveCase", "a:b"], Resource: "*" });
    expect(inMovedAccount(more, all)).toBeUndefined();
    const less = document({ Action: "a:b", Resource: "*" });
    expect(inMovedAccount(less, document())).toBeUndefined();
    expect(inMovedAccount(less, all)).toMatchObject({ verdict: "broadened" });
  });

  test("is the Service Quotas role that somebody may have been waiting for", () => {
    const policy = document({ Action: "servicequotas:*", Resource: "*" });
    const PROTECTED = { prevent_destroy: true, ignore_changes: ["description"] };
    const code = edited((code) => {
      code.resource.aws_iam_service_linked_role = {
        service_quotas: { aws_service_name: "servicequotas.amazonaws.com", lifecycle: PROTECTED },
      };
      setPolicy(code, policy);
    });
    const waiting = inAccount((live) => (live["aws_iam_policy.full"].policy = policy), code, code);
    expect(waiting).toMatchObject({ verdict: "broadened", access: { serviceQuotasRole: { isAwaited: true } } });
    const there = (live: Draft) => {
      live["aws_iam_policy.full"].policy = policy;
      live["aws_iam_service_linked_role.service_quotas"] = { aws_service_name: "servicequotas.amazonaws.com" };
    };
    expect(inAccount(there, code, code)).toBeUndefined();
  });

  test("isn't settings, registrations or the account: they give nobody anything", () => {
    const named = edited(({ resource }) => {
      resource.aws_iam_role.full.max_session_duration = 7200;
      resource.aws_cloudcontrolapi_resource = {
        workspace_T01: {
          type_name: "AWS::SupportApp::SlackWorkspaceConfiguration",
          desired_state: '${jsonencode({"TeamId" = "T01"})}',
          schema: CLOUD_CONTROL_SCHEMAS[SLACK_WORKSPACE_TYPE],
        },
      };
    });
    expect(inAccount(() => {}, named, named)).toBeUndefined();
    expect(inAccount(deny, named, named)?.access.registrations).toEqual([]);
  });
});
