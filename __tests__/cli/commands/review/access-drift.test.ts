import { driftOf, readLiveAccess } from "../../../../cli/commands/review/access-drift";
import { plannedChanges } from "../../../../cli/commands/review/planned-changes";
import { readPolicy, type Statement } from "../../../../cli/iam/policy";
import { NO_ACCESS } from "../../../../cli/terraform/environment-access";
import { type PlannedResource, readPlannedResource } from "../../../../cli/terraform/planned-resource";
import { readStack } from "../../../../cli/terraform/stack";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import type { Verdict } from "../../../../cli/terraform/verdict";
import type { Fields } from "../../../../common/fields";
import { SLACK_CHANNEL_TYPE } from "../../../../modules/support-app/model/cloud-control-types";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../../modules/support-app/model/notify";
import { ACCOUNT, CHANNEL, type Draft, edited, ONCALL, set, stackOf } from "../../../support/edited-stack";
import { policyText } from "../../../support/policy-text";

const arnOf = (kind: "policy" | "role", name: string) => `arn:aws:iam::${ACCOUNT}:${kind}/${name}`;
const POLICY_ARN = arnOf("policy", "FullPolicy");
const THEIRS = arnOf("policy", "theirs");

/** A policy of those statements, in JSON. */
const document = (...statements: readonly object[]) =>
  policyText(...statements.map((statement) => ({ Effect: "Allow", ...statement })));
const BY_APP = { Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
const TRUST = document(BY_APP);

/** The statements of a policy document in Terraform, as JSON has them. */
const statementsIn = ({ terraform: { data } }: SynthesizedStack, name: string): Fields[] =>
  (data as Draft).aws_iam_policy_document[name].statement.map((statement: Draft) => ({
    ...{ Effect: statement.effect, Action: statement.actions, Resource: statement.resources ?? undefined },
    ...(statement.principals && { Principal: { Service: statement.principals[0].identifiers } }),
    ...(statement.condition && {
      Condition: Object.fromEntries(
        statement.condition.map(({ test, variable, values }: Draft) => [test, { [variable]: values }]),
      ),
    }),
  }));

const NAMES = { full: "Full", read_only: "Reading" } as const;
const CHANNEL_ADDRESS = `aws_cloudcontrolapi_resource.${CHANNEL}`;

/** The state of the channel `ONCALL` with the role of that ARN, in JSON. */
const stateWith = (ChannelRoleArn: string) =>
  JSON.stringify({
    ...{ TeamId: "T01", ChannelId: "C01", ChannelName: "oncall", ChannelRoleArn },
    ...notifyProperties(NOTIFY_OF_NOTHING),
  });

/** What the account has, by address, where the roles are as in the code. */
function liveOf(stack: SynthesizedStack): Draft {
  const roles = Object.keys((stack.terraform.resource as Draft).aws_iam_role) as (keyof typeof NAMES)[];
  const resources = roles.flatMap((role) => {
    const [name, arn] = [NAMES[role], arnOf("policy", `${NAMES[role]}Policy`)];
    const assume_role_policy = document(...statementsIn(stack, `${role}_trust`));
    const values = {
      aws_iam_role: {
        ...{ arn: arnOf("role", name), name, path: "/", assume_role_policy, max_session_duration: 3600 },
        ...{ inline_policy: [], managed_policy_arns: [arn], permissions_boundary: "" },
      },
      aws_iam_policy: { arn, name: `${name}Policy`, policy: document(...statementsIn(stack, role)) },
      aws_iam_role_policy_attachments_exclusive: { role_name: name, policy_arns: [arn] },
      aws_iam_role_policies_exclusive: { role_name: name, policy_names: [] },
    };
    return Object.entries(values).map(([type, value]) => [`${type}.${role}`, value]);
  });
  return Object.fromEntries(resources);
}

/** How the account differs from the code, by the entries of a plan. */
function driftIn(entries: readonly Draft[], base: SynthesizedStack, head: SynthesizedStack) {
  const resources = entries.map(readPlannedResource);
  const [before, after] = [readStack("paid", base), readStack("paid", head)];
  return driftOf(resources, plannedChanges(resources, before, after), before, after);
}

/** A plan that changes nothing in an account with those resources. */
const unchanged = (live: Draft) =>
  Object.entries(live).map(([address, before]) => {
    const change = { actions: ["no-op"], before, after: before };
    return { address, mode: "managed", type: address.split(".")[0], change };
  });

describe("what a deploy gives beyond the change of the code", () => {
  const FULL = "role-name: Full, policy-name: FullPolicy";
  const full = (keys: string) => stackOf(`full: { ${FULL}, ${keys} }`);
  const CODE = full("without: [live-chat]");
  const MORE = full("");
  const DENYING = document({ Action: "support:*", Resource: "*", Effect: "Deny" });

  /** A plan in an account where somebody did that by hand. */
  function inAccount(byHand: (live: Draft) => void, base = CODE, head = base, planOverrides = {}) {
    const [codeState, live] = [liveOf(base), liveOf(base)];
    byHand(live);
    const changes = Object.entries(live).map(([address, before]) => {
      const isChanged = JSON.stringify(before) !== JSON.stringify(codeState[address]);
      const change = { actions: [isChanged ? "update" : "no-op"], before, after: codeState[address] };
      return { address, mode: "managed", type: address.split(".")[0], change, ...(isChanged ? planOverrides : {}) };
    });
    return driftIn(changes, base, head);
  }
  const deny = (live: Draft) => (live["aws_iam_policy.full"].policy = DENYING);

  const ROLE = "aws_iam_role.full";
  const [OWN, LISTED, INLINE] = ["aws_iam_policy.full policy", `${ROLE} managed_policy_arns`, `${ROLE} inline_policy`];
  const ONLY = "aws_iam_role_policy_attachments_exclusive.full policy_arns";
  const INLINES = "aws_iam_role_policies_exclusive.full policy_names";
  const TRUSTED = `${ROLE} assume_role_policy`;
  const RESOLVE = { Action: "support:ResolveCase", Resource: "*" };
  const ANY = { Action: "a:b", Resource: "*" };
  const withMore = (...extraStatements: readonly object[]) =>
    document(...statementsIn(CODE, "full"), ...extraStatements);
  const denying = (statement: object) => ({ ...statement, Effect: "Deny" });
  const CONDITIONED = { ...BY_APP, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
  const BY_BOTH = { ...BY_APP, Principal: { Service: ["supportapp.amazonaws.com", "ec2.amazonaws.com"] } };
  const BOUNDARY = `${ROLE} permissions_boundary`;
  const theirs = (policy: string) => [INLINE, [{ name: "theirs", policy }], INLINES, ["theirs"]];
  const attached = (policy: string) => [LISTED, [POLICY_ARN, policy], ONLY, [POLICY_ARN, policy]];
  const bounded = (boundary: unknown) => (live: Draft) => set(live, BOUNDARY, boundary);

  test.each<[string, Verdict | undefined, readonly unknown[]]>([
    ["a Deny in the policy", "broadened", [OWN, withMore(denying(RESOLVE))]],
    ["fewer actions", "broadened", [OWN, document(RESOLVE)]],
    ["a permissions boundary", "broadened", [BOUNDARY, THEIRS]],
    ["a condition in the trust", "broadened", [TRUSTED, document(CONDITIONED)]],
    ["a trust in somebody else", "broadened", [TRUSTED, TRUST.replace("supportapp", "ec2")]],
    ["an inline Deny", "broadened", theirs(document(denying({ Action: "support:*Case", Resource: "*" })))],
    ["an inline policy that can't be read", "unknown", theirs("{")],
    ["an inline policy that isn't in the plan", "unknown", [INLINES, ["theirs"]]],
    ["an unknown policy", "unknown", attached(THEIRS)],
    ["the role without its policy", "broadened", [LISTED, []]],
    ["a policy that isn't in the plan", "unknown", ["aws_iam_policy.full", null]],
    ["a Deny of what isn't allowed anyway", undefined, [OWN, withMore(denying(ANY))]],
    ["more actions", undefined, [OWN, withMore(ANY)]],
    ["a trust in somebody else, too", undefined, [TRUSTED, document(BY_BOTH)]],
    ["an inline policy that allows something", undefined, theirs(document(ANY))],
    ["AdministratorAccess", undefined, attached("arn:aws:iam::aws:policy/AdministratorAccess")],
    ["another description", undefined, [`${ROLE} description`, "theirs"]],
    ["nothing by hand", undefined, []],
  ])("what a deploy gives with %s in the account, beyond the change of the code, is %s", (_, verdict, edits) => {
    const byHand = (live: Draft) => {
      for (let index = 0; index < edits.length; index += 2) set(live, String(edits[index]), edits[index + 1]);
    };
    expect(inAccount(byHand)?.verdict).toBe(verdict);
    // Beside a change of the code, too: its approval doesn't cover what the deploy gives back.
    expect(inAccount(byHand, CODE, MORE)?.verdict).toBe(verdict);
  });

  test("another permissions boundary in the account is unknown, and a missing one gives nothing", () => {
    const boundaryArn = arnOf("policy", "own");
    const code = full(`permissions-boundary: "${boundaryArn}"`);
    expect(inAccount(bounded(THEIRS), code)?.verdict).toBe("unknown");
    for (const narrower of [boundaryArn, "", null]) expect(inAccount(bounded(narrower), code)).toBeUndefined();
  });

  test("a channel that somebody deleted is given back by the deploy", () => {
    expect(inAccount(() => {}, full(ONCALL))).toMatchObject({
      ...{ verdict: "broadened", access: { channels: [{ before: undefined, after: { name: "oncall" } }] } },
    });
  });

  test("a channel that has another role in AWS than Terraform wrote gets the role of the code", () => {
    const reading = (channels: string) =>
      stackOf(`read-only: { role-name: Reading, policy-name: ReadingPolicy, ${channels} }, full: { ${FULL} }`);
    const code = reading(ONCALL);
    const ARNS = { full: arnOf("role", "Full"), reading: arnOf("role", "Reading") };
    const inAws = (properties: unknown, head = code) => {
      const state = { type_name: SLACK_CHANNEL_TYPE, desired_state: stateWith(ARNS.reading) };
      const channel = { ...state, ...(properties !== undefined && { properties }) };
      return driftIn(unchanged({ ...liveOf(code), [CHANNEL_ADDRESS]: channel }), code, head);
    };
    // As it is in the code, or with more: the deploy gives nobody anything.
    for (const properties of [stateWith(ARNS.reading), undefined, stateWith(ARNS.full)])
      expect(inAws(properties)).toBeUndefined();
    // Nothing is known of what people in it can do: nothing is certain to be given.
    const [theirs, otherArn] = [arnOf("role", "Theirs"), arnOf("role", "Others")];
    const oncall = { workspace: "T01", channel: "C01", name: "oncall", after: { name: "Reading", path: "/" } };
    for (const [properties, arn] of [
      [stateWith(theirs), theirs],
      ...[stateWith(""), "{}", "{", null, 7].map((unreadable) => [unreadable, undefined] as const),
    ] as const) {
      const drift = inAws(properties);
      expect([properties, drift?.verdict, drift?.foreignRoles]).toEqual([properties, "unknown", [{ ...oncall, arn }]]);
      expect(drift?.access.channels).toEqual([]);
    }
    // An approval covers the role that it has.
    expect(inAws(stateWith(otherArn))?.approved).not.toEqual(inAws(stateWith(theirs))?.approved);
    // A channel that the code drops gets nothing.
    expect(inAws(stateWith(theirs), reading("channels: []"))).toBeUndefined();
  });

  test("a channel whose role somebody deleted gets it back by the deploy", () => {
    const code = full(ONCALL);
    const { [ROLE]: role, ...live } = liveOf(code);
    const channel = { type_name: SLACK_CHANNEL_TYPE, desired_state: stateWith(role.arn) };
    const drift = driftIn(unchanged({ ...live, [CHANNEL_ADDRESS]: channel }), code, code);
    expect(drift).toMatchObject({ verdict: "broadened", foreignRoles: [] });
    expect(drift?.access.channels).toMatchObject([{ gained: expect.arrayContaining(["resolve-cases"]) }]);
  });

  test("a deploy gives what the account lacks", () => {
    const drift = inAccount(deny);
    expect(drift).toMatchObject({ verdict: "broadened", unknownPolicies: [], unreadable: [] });
    const gained = drift?.access.roles.flatMap(({ permissions }) =>
      permissions.gained.flatMap(({ action }) => action.patterns),
    );
    expect(gained).toEqual(expect.arrayContaining(["support:createcase", "support:resolvecase"]));
    expect(drift?.approved).toMatchObject([{ roles: [{ name: "full" }] }, { roles: [{ name: "full" }] }, { open: [] }]);
    expect(inAccount(deny, MORE)?.approved).not.toEqual(drift?.approved); // the deploy gives more
  });

  test("what the code itself gives isn't drift: the account has what the code had", () => {
    expect(inAccount(() => {}, CODE, MORE)).toBeUndefined();
    expect(inAccount(deny, CODE, MORE)).toMatchObject({ verdict: "broadened" });
  });

  test("what the code takes away anyway isn't given by a deploy", () => {
    const narrowStack = full("without: [live-chat, resolve-cases]");
    const lacking = (live: Draft) => set(live, OWN, document(...statementsIn(narrowStack, "full")));
    expect(inAccount(lacking, CODE, narrowStack)).toBeUndefined();
    expect(inAccount(lacking, CODE)).toMatchObject({ verdict: "broadened" });
  });

  test("an unknown policy that the deploy removes makes the drift unknown", () => {
    const drift = inAccount((live) => {
      set(live, LISTED, [POLICY_ARN, THEIRS]);
      set(live, ONLY, [POLICY_ARN, THEIRS]);
    });
    expect(drift).toMatchObject({ verdict: "unknown", unknownPolicies: [{ role: "full", policy: THEIRS }] });
    expect(drift?.approved).toMatchObject([{}, {}, { unknownPolicies: [{ role: "full", policy: THEIRS }] }]);
  });

  test("a policy in the account that can't be read is part of what a deploy may give", () => {
    const broken = document(denying({ Action: "a:b", Effect: "deny" }), { Action: 7 });
    const drift = inAccount((live) => set(live, OWN, broken));
    expect(drift?.approved).toMatchObject([{}, {}, { unreadable: [{ Action: 7 }] }]);
  });

  test("whatever was changed by hand is unknown drift beside code that can't be read", () => {
    const withUser = (stack: SynthesizedStack) =>
      edited(stack, ({ resource }) => (resource.aws_iam_user = { more: { name: "x" } }));
    const code = withUser(CODE);
    const tag = (live: Draft) => (live["aws_iam_role.full"].tags = { a: "b" });
    expect(inAccount(() => {}, code)).toBeUndefined();
    const drift = inAccount(tag, code);
    expect(drift).toMatchObject({ verdict: "unknown" });
    expect(drift?.approved).toMatchObject([{}, {}, { open: [["aws_iam_role.full", { tags: { a: "b" } }]] }]);
    expect(inAccount(tag)).toBeUndefined();
    // Nothing is known for certain to be lost.
    const adminPolicy = document({ Action: "*", Resource: "*" });
    const lost = inAccount((live) => (live["aws_iam_policy.full"].policy = adminPolicy), code);
    expect(lost?.access.roles).toMatchObject([{ permissions: { lost: [] } }]);
    // One attribute of something that the code changes, too.
    const described = withUser(full("without: [live-chat], description: new"));
    expect(inAccount(tag, code, described)?.approved).toMatchObject([{}, {}, { open: [["aws_iam_role.full", {}]] }]);
    const changeBoth = (live: Draft) =>
      Object.assign(live["aws_iam_role.full"], { tags: { a: "b" }, description: "old" });
    expect(inAccount(changeBoth, code, described)?.approved).toMatchObject([
      {},
      {},
      { open: [["aws_iam_role.full", {}]] },
    ]);
    const inCode = withUser(full("without: [live-chat], tags: { c: d }"));
    expect(inAccount(tag, code, inCode)).toBeUndefined();
  });

  test("a deploy doesn't give what an interrupted replacement left", () => {
    const drift = inAccount(deny, CODE, CODE, { deposed: "00000001" });
    expect(drift?.unknownPolicies).toEqual([{ role: "full", policy: POLICY_ARN }]);
  });

  test("drift is looked for at the address before and after a move", () => {
    const head = stackOf(`read-only: { ${FULL} }`);
    const inMovedAccount = (policy: string) => {
      const live = { ...liveOf(CODE), "aws_iam_policy.full": { arn: POLICY_ARN, policy } };
      const changes = Object.entries(live).map(([previous_address, before]) => {
        const [type] = previous_address.split(".");
        const change = { actions: ["no-op"], before, after: before };
        return { address: `${type}.read_only`, previous_address, type, change };
      });
      return driftIn(changes, CODE, head);
    };
    expect(inMovedAccount(withMore(ANY))).toBeUndefined();
    expect(inMovedAccount(document(ANY))).toMatchObject({ verdict: "broadened" });
  });

  test("the Service Quotas role is drift if somebody may have been waiting for it", () => {
    const code = full("service-quotas-role: create");
    const [waiting, ownRoleDrift, otherRoleDrift] = [undefined, "service_quotas", "other"].map((name) =>
      inAccount((live) => {
        const role = { aws_service_name: "servicequotas.amazonaws.com" };
        if (name !== undefined) live[`aws_iam_service_linked_role.${name}`] = role;
      }, code),
    );
    expect(waiting).toMatchObject({ verdict: "broadened", access: { serviceQuotasRole: { isAwaited: true } } });
    expect(ownRoleDrift).toBeUndefined();
    expect(otherRoleDrift).toMatchObject({ access: { serviceQuotasRole: { isAwaited: true } } });
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
  function readLive(...resources: readonly PlannedResource[]) {
    const liveAccess = readLiveAccess(resources, "place");
    return { ...liveAccess, role: liveAccess.access.roles.get("full") };
  }

  test("a role allows what its policies allow, attached and inline", () => {
    const inline_policy = [{ name: "inline", policy: INLINE }];
    expect(
      readLive(
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
    expect(readLive(resource("aws_iam_role", "full", {}))).toMatchObject({
      role: { name: "", path: "/", trust: [], permissions: [] },
      unreadable: [{ reason: "not-json", source: "", role: "full" }],
    });
    expect(readLive(role({ name: 7, path: "" })).role).toMatchObject({ name: "", path: "/" });
  });

  describe("an attached policy", () => {
    test.each<[string, readonly PlannedResource[], readonly Statement[]]>([
      ["in the role", [role({ managed_policy_arns: [POLICY_ARN] })], statementsOf(POLICY)],
      ["in the exclusive list", [role({ managed_policy_arns: null }), attachments([POLICY_ARN])], statementsOf(POLICY)],
      ["in the role alone: may deny something", [role({ managed_policy_arns: [POLICY_ARN] }), attachments([])], denied],
      ["in the exclusive list alone: it may deny something", [role(), attachments([POLICY_ARN])], denied],
      ["of another role", [role(), attachments([POLICY_ARN], "Other")], []],
    ])("an attached policy is read %s", (_, resources, permissions) => {
      const liveAccess = readLive(policy(), ...resources);
      expect(liveAccess.role?.permissions).toEqual(permissions);
      expect(liveAccess).toMatchObject({ unknownPolicies: [], unreadable: [] });
    });

    test("an attached policy that can't be read is reported, also where it may only deny something", () => {
      const unreadable = [{ reason: "no-effect", source: JSON.parse(BROKEN).Statement[0], role: "full" }];
      expect(readLive(policy(BROKEN), role({ managed_policy_arns: [POLICY_ARN] })).unreadable).toEqual(unreadable);
      expect(readLive(policy(BROKEN), role(), attachments([POLICY_ARN])).unreadable).toEqual(unreadable);
      expect(readLive(policy(BROKEN), role()).unreadable).toEqual([]);
    });
  });

  describe("an inline policy", () => {
    test("an inline policy is left out if it is empty, as AWS stores that there is none", () => {
      const empty = [{ name: "", policy: "" }, {}, "x"];
      expect(readLive(role({ inline_policy: empty }))).toMatchObject({ role: { permissions: [] }, unreadable: [] });
      for (const inlinePolicy of [{ name: "a" }, { policy: "x" }]) {
        expect(readLive(role({ inline_policy: [inlinePolicy] })).unreadable).toMatchObject([{ reason: "not-json" }]);
      }
    });
  });

  test("two roles at one address, such as those of a count, can't be told apart", () => {
    const liveAccess = readLive(role(), role({ name: "Second" }));
    expect(liveAccess.unreadable).toMatchObject([{ reason: "not-a-policy", source: { name: "Second" }, role: "full" }]);
    expect(readLive(role(), role({}, "other")).unreadable).toEqual([]);
  });

  describe("a channel", () => {
    const STATE = {
      ...{ TeamId: "T01", ChannelId: "C01", ChannelName: "oncall", ChannelRoleArn: ROLE_ARN },
      ...notifyProperties({ severity: "high", events: ["case-created"] }),
    };
    const TYPE = "AWS::SupportApp::SlackChannelConfiguration";
    const channels = (desired_state: unknown, type_name = TYPE, type = "aws_cloudcontrolapi_resource") =>
      readLiveAccess([role(), resource(type, "channel", { type_name, desired_state })], "place").access.channels;
    const ONCALL = {
      ...{ workspace: "T01", channel: "C01", name: "oncall", role: "full" },
      notify: { severity: "high", events: ["case-created"] },
    };

    test("a channel in the account is as it was last configured by Terraform", () => {
      expect(channels(JSON.stringify(STATE))).toEqual([ONCALL]);
    });

    test("a channel in the account may have a role from elsewhere, by its ARN", () => {
      expect(channels(JSON.stringify({ ...STATE, ChannelRoleArn: "arn:x" }))).toEqual([{ ...ONCALL, role: "arn:x" }]);
    });

    test.each<[string, Parameters<typeof channels>]>([
      ["something else of Cloud Control", [JSON.stringify(STATE), "AWS::SupportApp::SlackWorkspaceConfiguration"]],
      ["something else", [JSON.stringify(STATE), TYPE, "aws_other"]],
      ["nothing", [undefined]],
      ["settings that it doesn't know", [JSON.stringify({ ...STATE, NotifyOnCaseSeverity: "some" })]],
    ])("a channel isn't read from %s", (_, args) => {
      expect(channels(...args)).toEqual([]);
    });
  });
});
