import { driftOf, readLiveAccess } from "../../../../cli/commands/review/access-drift";
import { plannedChanges } from "../../../../cli/commands/review/planned-changes";
import { readPolicy, type Statement } from "../../../../cli/iam/policy";
import type { Fields } from "../../../../cli/terminal/json";
import { NO_ACCESS } from "../../../../cli/terraform/access";
import { type PlannedResource, readPlannedResource } from "../../../../cli/terraform/planned-resource";
import { readStack } from "../../../../cli/terraform/stack";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import type { Verdict } from "../../../../cli/terraform/verdict";
import {
  ACCOUNT,
  allowing,
  CODE,
  channelIn,
  type Draft,
  document,
  EMPTY,
  edited,
  POLICY,
  roleIn,
  serviceQuotasRoleIn,
  set,
  setPolicy,
  TRUST,
} from "./small-stack";

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
  const MORE = edited((code) => setPolicy(code, allowing("support:ResolveCase", "support:CreateCase", "a:c")));

  const ROLE = "aws_iam_role.full";
  const [OWN, LISTED, INLINE] = ["aws_iam_policy.full policy", `${ROLE} managed_policy_arns`, `${ROLE} inline_policy`];
  const ONLY = "aws_iam_role_policy_attachments_exclusive.full policy_arns";
  const NAMES = "aws_iam_role_policies_exclusive.full policy_names";
  const TRUSTED = `${ROLE} assume_role_policy`;
  const CREATE = { Action: "support:CreateCase", Resource: "*" };
  const RESOLVE = { Action: "support:ResolveCase", Resource: "*" };
  const ANY = { Action: "a:b", Resource: "*" };
  const denying = (statement: object) => ({ ...statement, Effect: "Deny" });
  const BY_APP = { Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
  const CONDITIONED = { ...BY_APP, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
  const BY_BOTH = { ...BY_APP, Principal: { Service: ["supportapp.amazonaws.com", "ec2.amazonaws.com"] } };
  const BOUNDARY = `${ROLE} permissions_boundary`;
  const theirs = (policy: string) => [INLINE, [{ name: "theirs", policy }], NAMES, ["theirs"]];
  const attached = (policy: string) => [LISTED, [POLICY_ARN, policy], ONLY, [POLICY_ARN, policy]];
  const bounded = (boundary: unknown) => (live: Draft) => set(live, BOUNDARY, boundary);

  test.each<[string, Verdict | undefined, readonly unknown[]]>([
    ["a Deny in the policy", "broadened", [OWN, document(CREATE, RESOLVE, denying(RESOLVE))]],
    ["fewer actions", "broadened", [OWN, document(RESOLVE)]],
    ["a permissions boundary", "broadened", [BOUNDARY, THEIRS]],
    ["a condition in the trust", "broadened", [TRUSTED, document(CONDITIONED)]],
    ["a trust in somebody else", "broadened", [TRUSTED, TRUST.replace("supportapp", "ec2")]],
    ["an inline Deny", "broadened", theirs(document(denying({ Action: "support:*Case", Resource: "*" })))],
    ["an inline policy that can't be read", "unknown", theirs("{")],
    ["an inline policy that isn't in the plan", "unknown", [NAMES, ["theirs"]]],
    ["an unknown policy", "unknown", attached(THEIRS)],
    ["the role without its policy", "broadened", [LISTED, []]],
    ["a policy that isn't in the plan", "unknown", ["aws_iam_policy.full", null]],
    ["a Deny of what isn't allowed anyway", undefined, [OWN, document(CREATE, RESOLVE, denying(ANY))]],
    ["more actions", undefined, [OWN, document(CREATE, RESOLVE, ANY)]],
    ["a trust in somebody else, too", undefined, [TRUSTED, document(BY_BOTH)]],
    ["an inline policy that allows something", undefined, theirs(document(ANY))],
    ["AdministratorAccess", undefined, attached("arn:aws:iam::aws:policy/AdministratorAccess")],
    ["another description", undefined, [`${ROLE} description`, "theirs"]],
    ["nothing by hand", undefined, []],
  ])("with %s in the account: %s", (_, verdict, edits) => {
    const byHand = (live: Draft) => {
      for (let index = 0; index < edits.length; index += 2) set(live, String(edits[index]), edits[index + 1]);
    };
    expect(inAccount(byHand)?.verdict).toBe(verdict);
    // Beside a change of the code, too: its approval doesn't cover what the deploy gives back.
    expect(inAccount(byHand, CODE, MORE)?.verdict).toBe(verdict);
  });

  test("with another permissions boundary in the account, and not with a missing one", () => {
    const own = `arn:aws:iam::${ACCOUNT}:policy/own`;
    const code = edited(({ resource }) => (resource.aws_iam_role.full.permissions_boundary = own));
    expect(inAccount(bounded(THEIRS), code, code)?.verdict).toBe("unknown");
    for (const narrower of [own, "", null]) expect(inAccount(bounded(narrower), code, code)).toBeUndefined();
  });

  test("with a channel that somebody deleted", () => {
    const code = edited(channelIn);
    expect(inAccount(() => {}, code, code)).toMatchObject({
      ...{ verdict: "broadened", access: { channels: [{ before: undefined, after: { name: "oncall" } }] } },
    });
  });

  test("with a channel that has another role in AWS than Terraform wrote", () => {
    const code = edited((draft) => {
      channelIn(draft);
      roleIn(draft, "more", "More", document(CREATE, RESOLVE, ANY));
    });
    const ARNS = { full: `arn:aws:iam::${ACCOUNT}:role/Full`, more: `arn:aws:iam::${ACCOUNT}:role/More` };
    const flags = {
      NotifyOnCreateOrReopenCase: false,
      NotifyOnAddCorrespondenceToCase: false,
      NotifyOnResolveCase: false,
    };
    const state = (ChannelRoleArn: string) =>
      JSON.stringify({
        TeamId: "T01",
        ChannelId: "C01",
        ChannelName: "oncall",
        ChannelRoleArn,
        NotifyOnCaseSeverity: "none",
        ...flags,
      });
    const arn = `arn:aws:iam::${ACCOUNT}:policy/MorePolicy`;
    const more: Draft = {
      "aws_iam_role.more": { ...LIVE["aws_iam_role.full"], arn: ARNS.more, name: "More", managed_policy_arns: [arn] },
      "aws_iam_policy.more": { arn, name: "MorePolicy", policy: document(CREATE, RESOLVE, ANY) },
      "aws_iam_role_policy_attachments_exclusive.more": { role_name: "More", policy_arns: [arn] },
      "aws_iam_role_policies_exclusive.more": { role_name: "More", policy_names: [] },
    };
    const inAws = (properties: unknown, head = code) => {
      const type_name = "AWS::SupportApp::SlackChannelConfiguration";
      const channel = { type_name, desired_state: state(ARNS.full), ...(properties !== undefined && { properties }) };
      const live: Draft = { ...LIVE, ...more, "aws_cloudcontrolapi_resource.channel": channel };
      const entries = Object.entries(live).map(([address, before]) => {
        const change = { actions: ["no-op"], before, after: before };
        return { address, mode: "managed", type: address.split(".")[0], change };
      });
      return driftIn(entries, code, head);
    };
    const verdictIn = (properties: unknown) => inAws(properties)?.verdict;
    // As it is in the code, or with more: the deploy gives nobody anything.
    expect(verdictIn(state(ARNS.full))).toBeUndefined();
    expect(verdictIn(undefined)).toBeUndefined();
    expect(verdictIn(state(ARNS.more))).toBeUndefined();
    // Nothing is known of what people in it can do: nothing is certain to be given.
    const [theirs, others] = ["Theirs", "Others"].map((name) => `arn:aws:iam::${ACCOUNT}:role/${name}`);
    const oncall = { workspace: "T01", channel: "C01", name: "oncall", after: { name: "Full", path: "/" } };
    for (const [properties, arn] of [
      [state(`${theirs}`), theirs],
      ...[state(""), "{}", "{", null, 7].map((unreadable) => [unreadable, undefined] as const),
    ] as const) {
      const drift = inAws(properties);
      expect([properties, drift?.verdict, drift?.foreignRoles]).toEqual([properties, "unknown", [{ ...oncall, arn }]]);
      expect(drift?.access.channels).toEqual([]);
    }
    // An approval covers the role that it has.
    expect(inAws(state(`${others}`))?.approved).not.toEqual(inAws(state(`${theirs}`))?.approved);
    // A channel that the code drops gets nothing.
    const dropping = edited(({ resource }) => delete resource.aws_cloudcontrolapi_resource, code);
    expect(inAws(state(`${theirs}`), dropping)).toBeUndefined();
  });

  test("with a channel whose role somebody deleted, which the deploy gives back", () => {
    const code = edited(channelIn);
    const channel = {
      type_name: "AWS::SupportApp::SlackChannelConfiguration",
      desired_state: JSON.stringify({
        ...{ TeamId: "T01", ChannelId: "C01", ChannelRoleArn: LIVE[ROLE].arn, NotifyOnCaseSeverity: "none" },
        ...{ NotifyOnCreateOrReopenCase: false, NotifyOnAddCorrespondenceToCase: false, NotifyOnResolveCase: false },
      }),
    };
    const { [ROLE]: _, ...live } = LIVE;
    const entries = Object.entries({ ...live, "aws_cloudcontrolapi_resource.channel": channel }).map(
      ([address, before]) => {
        const change = { actions: ["no-op"], before, after: before };
        return { address, mode: "managed", type: address.split(".")[0], change };
      },
    );
    const drift = driftIn(entries, code, code);
    expect(drift).toMatchObject({ verdict: "broadened", foreignRoles: [] });
    expect(drift?.access.channels).toMatchObject([{ gained: ["resolve-cases"] }]);
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
    expect(inAccount(deny, MORE, MORE)?.approved).not.toEqual(drift?.approved); // the deploy gives more
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
      set(live, LISTED, [POLICY_ARN, THEIRS]);
      set(live, ONLY, [POLICY_ARN, THEIRS]);
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

  test("is a policy in the account that can't be read", () => {
    const broken = document(denying({ Action: "a:b", Effect: "deny" }), { Action: 7 });
    const drift = inAccount((live) => set(live, OWN, broken));
    expect(drift?.approved).toMatchObject([{}, {}, { unreadable: [{ Action: 7 }] }]);
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

  test("is found beside a statement that a review doesn't support, unless the account is as the code was", () => {
    const statement = (one: object) => (draft: Draft) => {
      draft.data.aws_iam_policy_document.full.statement.push({ resources: ["*"], ...one });
    };
    const allBut = edited(statement({ effect: "Allow", not_actions: ["iam:*"] }));
    const own = [CREATE, RESOLVE, { NotAction: "iam:*", Resource: "*" }];
    const inline = (live: Draft) => {
      set(live, OWN, document(...own));
      set(live, INLINE, [{ name: "theirs", policy: document(denying({ Action: "support:*", Resource: "*" })) }]);
      set(live, NAMES, ["theirs"]);
    };
    expect(inAccount(inline, allBut, CODE)?.verdict).toBe("unknown");

    const denied = { Effect: "Deny", NotAction: "support:CreateCase", Resource: "*" };
    const denyingAll = edited(statement({ effect: "Deny", not_actions: ["support:CreateCase"] }));
    const asInCode = (live: Draft) => set(live, OWN, document(CREATE, RESOLVE, denied));
    expect(inAccount(asInCode, denyingAll, CODE)).toBeUndefined();
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
    const code = edited((code) => {
      serviceQuotasRoleIn(code);
      setPolicy(code, policy);
    });
    const waiting = inAccount((live) => (live["aws_iam_policy.full"].policy = policy), code, code);
    expect(waiting).toMatchObject({ verdict: "broadened", access: { serviceQuotasRole: { isAwaited: true } } });
    const there = (live: Draft) => {
      live["aws_iam_policy.full"].policy = policy;
      live["aws_iam_service_linked_role.service_quotas"] = { aws_service_name: "servicequotas.amazonaws.com" };
    };
    expect(inAccount(there, code, code)).toBeUndefined();
    const elsewhere = (live: Draft) => {
      live["aws_iam_policy.full"].policy = policy;
      live["aws_iam_service_linked_role.other"] = { aws_service_name: "servicequotas.amazonaws.com" };
    };
    expect(inAccount(elsewhere, code, code)).toMatchObject({ access: { serviceQuotasRole: { isAwaited: true } } });
  });
});

describe("what is in the account", () => {
  const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/team/Full`;
  const POLICY = document(
    { Action: "support:CreateCase", Resource: "*" },
    { Action: "support:ResolveCase", Resource: "*", Effect: "Deny" },
  );
  const INLINE = document({ Action: "support:DescribeCases", Resource: "*" });
  const BROKEN = document({ Action: "a:b", Resource: "*", Effect: "deny" });
  const statementsOf = (text: string): readonly Statement[] => readPolicy(text).statements;
  const denied = statementsOf(POLICY).filter(({ effect }) => effect === "Deny");

  const resource = (type: string, name: string, before: Fields): PlannedResource =>
    readPlannedResource({ address: `${type}.${name}`, type, change: { actions: ["no-op"], before, after: before } });
  const role = (values: Fields = {}, name = "full") =>
    resource("aws_iam_role", name, {
      ...{ arn: ROLE_ARN, name: "Full", path: "/team/", assume_role_policy: TRUST, permissions_boundary: "" },
      ...{ inline_policy: [], managed_policy_arns: [], ...values },
    });
  const policy = (text: unknown = POLICY) => resource("aws_iam_policy", "full", { arn: POLICY_ARN, policy: text });
  const attachments = (policy_arns: unknown, role_name = "Full") =>
    resource("aws_iam_role_policy_attachments_exclusive", "full", { role_name, policy_arns });
  const inlines = (policy_names: unknown, role_name = "Full") =>
    resource("aws_iam_role_policies_exclusive", "full", { role_name, policy_names });

  /** What is read, and the role `full` of it. */
  function read(...resources: readonly PlannedResource[]) {
    const found = readLiveAccess(resources, "place");
    return { ...found, role: found.access.roles.get("full") };
  }

  test("a role allows what its policies allow, attached and inline", () => {
    const inline_policy = [{ name: "inline", policy: INLINE }];
    expect(
      read(
        policy(),
        role({ inline_policy, managed_policy_arns: [POLICY_ARN] }),
        attachments([POLICY_ARN]),
        inlines(["inline"]),
      ),
    ).toEqual({
      access: { ...NO_ACCESS, roles: new Map([["full", expect.anything()]]) },
      unknownPolicies: [],
      unreadable: [],
      role: {
        ...{ name: "Full", path: "/team/", trust: statementsOf(TRUST), boundary: undefined },
        permissions: [...statementsOf(POLICY), ...statementsOf(INLINE)],
      },
    });
  });

  test("a role without values has an empty name, the path of IAM's default and a trust that can't be read", () => {
    expect(read(resource("aws_iam_role", "full", {}))).toMatchObject({
      role: { name: "", path: "/", trust: [], permissions: [] },
      unreadable: [{ reason: "not-json", source: "", role: "full" }],
    });
    expect(read(role({ name: 7, path: "" })).role).toMatchObject({ name: "", path: "/" });
  });

  describe("an attached policy", () => {
    test.each<[string, readonly PlannedResource[], readonly Statement[]]>([
      ["in the role", [role({ managed_policy_arns: [POLICY_ARN] })], statementsOf(POLICY)],
      ["in the exclusive list", [role({ managed_policy_arns: null }), attachments([POLICY_ARN])], statementsOf(POLICY)],
      ["in the role alone: may deny something", [role({ managed_policy_arns: [POLICY_ARN] }), attachments([])], denied],
      ["in the exclusive list alone: it may deny something", [role(), attachments([POLICY_ARN])], denied],
      ["of another role", [role(), attachments([POLICY_ARN], "Other")], []],
    ])("%s", (_, resources, permissions) => {
      const found = read(policy(), ...resources);
      expect(found.role?.permissions).toEqual(permissions);
      expect(found).toMatchObject({ unknownPolicies: [], unreadable: [] });
    });

    test("that can't be read is reported, also where it may only deny something", () => {
      const unreadable = [{ reason: "no-effect", source: JSON.parse(BROKEN).Statement[0], role: "full" }];
      expect(read(policy(BROKEN), role({ managed_policy_arns: [POLICY_ARN] })).unreadable).toEqual(unreadable);
      expect(read(policy(BROKEN), role(), attachments([POLICY_ARN])).unreadable).toEqual(unreadable);
      expect(read(policy(BROKEN), role()).unreadable).toEqual([]);
    });
  });

  describe("an inline policy", () => {
    test("is left out if it is empty, as AWS stores that there is none", () => {
      const empty = [{ name: "", policy: "" }, {}, "x"];
      expect(read(role({ inline_policy: empty }))).toMatchObject({ role: { permissions: [] }, unreadable: [] });
      for (const one of [{ name: "a" }, { policy: "x" }]) {
        expect(read(role({ inline_policy: [one] })).unreadable).toMatchObject([{ reason: "not-json" }]);
      }
    });
  });

  test("two roles at one address, such as those of a count, can't be told apart", () => {
    const found = read(role(), role({ name: "Second" }));
    expect(found.unreadable).toMatchObject([{ reason: "not-a-policy", source: { name: "Second" }, role: "full" }]);
    expect(read(role(), role({}, "other")).unreadable).toEqual([]);
  });

  describe("a channel", () => {
    const STATE = {
      ...{ TeamId: "T01", ChannelId: "C01", ChannelName: "oncall", ChannelRoleArn: ROLE_ARN },
      ...{ NotifyOnCaseSeverity: "high", NotifyOnCreateOrReopenCase: true },
      ...{ NotifyOnAddCorrespondenceToCase: false, NotifyOnResolveCase: false },
    };
    const TYPE = "AWS::SupportApp::SlackChannelConfiguration";
    const channels = (desired_state: unknown, type_name = TYPE, type = "aws_cloudcontrolapi_resource") =>
      readLiveAccess([role(), resource(type, "channel", { type_name, desired_state })], "place").access.channels;
    const ONCALL = {
      ...{ workspace: "T01", channel: "C01", name: "oncall", role: "full" },
      notify: { severity: "high", on: ["case-created"] },
    };

    test("is as it was last configured by Terraform", () => {
      expect(channels(JSON.stringify(STATE))).toEqual([ONCALL]);
    });

    test("may have a role from elsewhere, by its ARN", () => {
      expect(channels(JSON.stringify({ ...STATE, ChannelRoleArn: "arn:x" }))).toEqual([{ ...ONCALL, role: "arn:x" }]);
    });

    test.each<[string, Parameters<typeof channels>]>([
      ["something else of Cloud Control", [JSON.stringify(STATE), "AWS::SupportApp::SlackWorkspaceConfiguration"]],
      ["something else", [JSON.stringify(STATE), TYPE, "aws_other"]],
      ["nothing", [undefined]],
      ["settings that it doesn't know", [JSON.stringify({ ...STATE, NotifyOnCaseSeverity: "some" })]],
    ])("isn't %s", (_, given) => {
      expect(channels(...given)).toEqual([]);
    });
  });
});
