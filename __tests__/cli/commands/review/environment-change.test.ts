import { digestOf, normalizeAccess } from "../../../../cli/commands/review/digest";
import {
  dropUncertainLosses,
  type EnvironmentChange,
  environmentChanges,
} from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { stateWords } from "../../../../cli/commands/review/report/state-words";
import { reviewOf } from "../../../../cli/commands/review/review";
import { readAccess } from "../../../../cli/terraform/access";
import { readStack } from "../../../../cli/terraform/stack";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import type { Verdict } from "../../../../cli/terraform/verdict";
import { CLOUD_CONTROL_SCHEMAS, SLACK_WORKSPACE_TYPE } from "../../../../modules/support-app/model/cloud-control-types";

import { S3, stackOf } from "../../../support/attacked-stack";
import { digested } from "../../../support/digested";
import { AWS_MANAGED, change, changed, type Draft, FULL, report, statements } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";
import {
  ACCOUNT,
  allowing,
  CODE,
  channelIn,
  document,
  documentOf,
  EMPTY,
  edited,
  POLICY,
  roleIn,
  setPolicy,
  TRUST,
} from "./small-stack";

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
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test("nothing is known for certain beside something unsupported", () => {
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
});

describe("what it reports about people", () => {
  test("a new environment gives all that it has; a removed one takes it", () => {
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

  test("where a new environment is, and within what a new role is", () => {
    const text = report(change(undefined, FULL));
    expect(text).toContain("- This environment is new, in the account `111122223333`.");
    expect(text).toContain(
      "- The role `AWSSupportAppFullRole` is added, within the permissions boundary `arn:aws:iam::111122223333:policy/b`.",
    );
  });
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

type Environments = Readonly<Record<string, Terraform>>;
const changes = (base: Environments, head: Environments, now = NOW) =>
  environmentChanges(new Map(Object.entries(base)), new Map(Object.entries(head)), now);

/** What changes in the environment `paid`. */
function changeOf(base: Terraform | undefined, head: Terraform | undefined, now = NOW): EnvironmentChange {
  const only = (one: Terraform | undefined): Environments => (one ? { paid: one } : {});
  const [found] = changes(only(base), only(head), now);
  if (!found) throw new Error("Received no environment, expected one.");
  return found;
}

const NOTHING = { roles: [], channels: [], registrations: [] };
const UNCHANGED = {
  ...{ environment: "paid", verdict: "unchanged", isNew: false, isRemoved: false, access: NOTHING, state: [] },
  ...{ unreadable: [], violations: [], approved: null, plannable: "never" },
};
const ELSEWHERE = (code: Draft) => (code.resource.aws_iam_role.full.description = '${file("a")}');

describe("an environment in which nothing changes", () => {
  test("isn't planned, and needs nothing", () => {
    expect(changeOf(CODE, CODE)).toEqual(UNCHANGED);
    expect(changeOf(CODE, structuredClone(CODE))).toEqual(UNCHANGED);
  });

  test("may have a digest, which earlier versions didn't write, and its keys in another order", () => {
    const withDigest = digested(JSON.stringify(CODE));
    expect(changeOf(CODE, withDigest)).toEqual(UNCHANGED);
    expect(changeOf(withDigest, CODE)).toEqual(UNCHANGED);
    const { terraform, ...rest } = CODE;
    expect(changeOf(CODE, { ...rest, terraform })).toEqual(UNCHANGED);
  });

  test("is forbidden if it reads something elsewhere, which may have changed", () => {
    const code = edited(ELSEWHERE);
    const unreadable = [
      { reason: "reads-elsewhere", address: "resource.aws_iam_role.full.description", source: '${file("a")}' },
    ];
    expect(changeOf(code, structuredClone(code))).toEqual({
      ...{ ...UNCHANGED, verdict: "unknown", unreadable },
      violations: [{ kind: "reads-elsewhere", unreadable: unreadable[0] }],
    });
  });
});

test("environments are in the order of their names", () => {
  const found = changes({ b: CODE, d: CODE }, { c: CODE, a: CODE, b: CODE });
  expect(found.map(({ environment }) => environment)).toEqual(["a", "b", "c", "d"]);
});

describe("the verdict and whether Terraform may plan", () => {
  const MORE = allowing("support:*");
  test.each<[string, Verdict, EnvironmentChange["plannable"], (code: Draft) => void, Draft?]>([
    ["tags", "cosmetic", "always", ({ resource }) => (resource.aws_iam_role.full.tags = { a: "b" })],
    ["a name", "settings", "always", ({ resource }) => (resource.aws_iam_role.full.name = "Other")],
    ["more actions", "broadened", "always", (code) => setPolicy(code, MORE)],
    ["fewer actions", "narrowed", "always", (code) => setPolicy(code, allowing("support:CreateCase"))],
    ["a channel", "broadened", "always", channelIn],
    ["a channel's name", "settings", "always", (code) => channelIn(code, "ops"), edited(channelIn)],
    [
      "a workspace",
      "settings",
      "always",
      ({ resource }) =>
        (resource.aws_cloudcontrolapi_resource = {
          workspace: {
            type_name: SLACK_WORKSPACE_TYPE,
            desired_state: '${jsonencode({"TeamId" = "T01"})}',
            schema: CLOUD_CONTROL_SCHEMAS[SLACK_WORKSPACE_TYPE],
          },
        }),
    ],
    ["another backend", "unknown", "approved", ({ terraform }) => (terraform.backend.local.path = "other")],
    [
      "another account",
      "unknown",
      "approved",
      ({ provider }) => (provider.aws[0].allowed_account_ids = ["999999999999"]),
    ],
    ["another region", "settings", "always", ({ provider }) => (provider.aws[0].region = "eu-west-1")],
    [
      "another role to act as",
      "unknown",
      "approved",
      ({ provider }) => (provider.aws[0].assume_role = [{ role_arn: `arn:aws:iam::${ACCOUNT}:role/a` }]),
    ],
    ["another profile", "settings", "always", ({ provider }) => (provider.aws[0].profile = "ops")],
    [
      "another profile, for any account",
      "unknown",
      "approved",
      ({ provider }) => (provider.aws[0].profile = "ops"),
      edited(({ provider }) => delete provider.aws[0].allowed_account_ids),
    ],
    [
      "another version of the provider",
      "unknown",
      "approved",
      ({ terraform }) => (terraform.required_providers.aws.version = ">= 7.0.0"),
    ],
    ["another version of Terraform", "settings", "always", ({ terraform }) => (terraform.required_version = ">= 1.10")],
    [
      "an import of something else",
      "unknown",
      "always",
      (code) => {
        code.import = [{ to: "aws_iam_role.full", id: "Other" }];
        code.resource.aws_iam_role.full.name = "Other";
      },
    ],
    ["something unsupported", "unknown", "approved", (code) => (code.resource.aws_iam_user = { more: { name: "a" } })],
    ["something forbidden", "unknown", "never", ELSEWHERE],
  ])("%s: %s, %s", (_, verdict, plannable, edit, base = CODE) => {
    expect(changeOf(base, edited(edit, base))).toMatchObject({
      ...{ environment: "paid", verdict, plannable, isNew: false, isRemoved: false, leftBehind: undefined },
    });
  });

  test("the Service Quotas role is broadened if somebody may have been waiting for it, and not if it is imported", () => {
    const base = edited((code) => setPolicy(code, allowing("servicequotas:*")));
    const PROTECTED = { prevent_destroy: true, ignore_changes: ["description"] };
    const create = (code: Draft) => {
      code.resource.aws_iam_service_linked_role = {
        service_quotas: { aws_service_name: "servicequotas.amazonaws.com", lifecycle: PROTECTED },
      };
    };
    expect(changeOf(base, edited(create, base))).toMatchObject({
      verdict: "broadened",
      access: { serviceQuotasRole: { isAwaited: true } },
    });
    const beside = edited((code) => {
      create(code);
      code.import = [{ to: "aws_iam_role.full", id: "Full" }];
    }, base);
    expect(changeOf(base, beside)).toMatchObject({ access: { serviceQuotasRole: { isAwaited: true } } });
    const adopted = edited((code) => {
      create(code);
      const arn = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`;
      code.import = [{ to: "aws_iam_service_linked_role.service_quotas", id: arn }];
    }, base);
    expect(changeOf(base, adopted)).toMatchObject({
      verdict: "settings",
      access: { serviceQuotasRole: { isAwaited: false } },
    });
  });

  test("a new environment, which has a state that Terraform acts on", () => {
    expect(changeOf(undefined, EMPTY)).toMatchObject({
      ...{ verdict: "broadened", isNew: true, isRemoved: false, account: ACCOUNT, plannable: "approved" },
      ...{ access: NOTHING, leftBehind: undefined },
    });
  });

  test("a new environment shows where its state is, where and as whom Terraform acts, and what it takes over", () => {
    const settings = { bucket: "theirs", key: "production.tfstate", profile: "ops" };
    const code = structuredClone(EMPTY) as Draft;
    code.terraform.backend = { s3: settings };
    const [provider] = code.provider.aws;
    const role_arn = `arn:aws:iam::${ACCOUNT}:role/OrganizationAccountAccessRole`;
    Object.assign(provider, { assume_role: [{ role_arn }], profile: "ops" });
    const words = changeOf(undefined, code).state.map(stateWords);
    expect(words).toEqual([
      "The state is in s3 with bucket `theirs`, key `production.tfstate`.",
      `Terraform acts in \`us-east-1\` as \`${role_arn}\`.`,
      "Terraform acts with the credentials of the AWS profile `ops`.",
    ]);
  });

  test("an environment whose state is where another one has its own, which no approval allows", () => {
    const at = (path: string) => ({ ...EMPTY, terraform: { ...EMPTY.terraform, backend: { local: { path } } } });
    const violations = (...args: Parameters<typeof changes>) => changes(...args).map((change) => change.violations);
    const shared = (environment: string) => [{ kind: "shared-state", environment }];
    expect(violations({ a: at("a") }, { a: at("a"), b: at("a") })).toEqual([[], shared("a")]);
    expect(violations({ a: at("a"), b: at("b") }, { a: at("a"), b: at("a") })).toEqual([[], shared("a")]);
    expect(violations({}, { a: at("a"), b: at("a") })).toEqual([shared("b"), shared("a")]);
    expect(violations({ a: at("a") }, { a: at("a"), b: at("b") })).toEqual([[], []]);
    expect(violations({ a: at("a"), b: at("b") }, { a: at("c"), b: at("a") })).toEqual([[], shared("a")]); // a's is still there
    expect(changes({ a: at("a") }, { a: at("a"), b: at("a") })[1]?.plannable).toBe("never");
  });

  test("a removed environment, which leaves everything behind", () => {
    const code = edited(channelIn);
    expect(changeOf(code, undefined)).toMatchObject({
      ...{ verdict: "left-behind", isNew: false, isRemoved: true, account: ACCOUNT, plannable: "never" },
      ...{ state: [], access: NOTHING, leftBehind: { roles: ["Full"], channels: [{ name: "oncall" }] } },
    });
    const onlyPolicy = edited(({ resource }) => (resource.aws_iam_policy = { a: { name: "a", policy: MORE } }), {
      ...EMPTY,
      resource: {},
    });
    expect(changeOf(onlyPolicy, undefined).leftBehind).toEqual({ roles: [], channels: [] });
    const unsupported = { ...EMPTY, ephemeral: { a: { b: {} } } };
    expect(changeOf(unsupported, undefined).leftBehind).toEqual({ roles: [], channels: [] });
  });

  test("a removed environment that was retired before", () => {
    expect(changeOf(EMPTY, undefined)).toMatchObject({
      ...{ verdict: "settings", isRemoved: true, plannable: "never", leftBehind: undefined },
    });
  });
});

describe("an end", () => {
  const END = "2026-06-01T00:00:00Z";
  const until = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
  const ending = (end: string, ...actions: readonly string[]) =>
    edited((code) =>
      setPolicy(
        code,
        document({ Action: "support:CreateCase", Resource: "*" }, { Action: actions, Resource: "*", ...until(end) }),
      ),
    );
  const NONE = edited((code) => setPolicy(code, allowing("support:CreateCase")));
  const minutesAfter = (minutes: number) => new Date(Date.parse(END) + minutes * 60_000);

  test("that passed a quarter of an hour ago counts as removed: clocks differ", () => {
    const ended = (minutes: number) =>
      changeOf(ending(END, "support:ResolveCase"), NONE, minutesAfter(minutes)).verdict;
    expect(ended(-60)).toBe("narrowed");
    expect(ended(14)).toBe("narrowed");
    expect(ended(15)).toBe("cosmetic");
  });

  test("that has passed when it is new is forbidden", () => {
    const given = ending(END, "support:ResolveCase");
    expect(changeOf(NONE, given, minutesAfter(-1)).violations).toEqual([]);
    expect(changeOf(NONE, given, minutesAfter(0))).toMatchObject({
      violations: [{ kind: "ended", role: "Full", end: END, capabilities: ["resolve-cases"] }],
      plannable: "never",
    });
  });

  test("that has passed is not forbidden in an environment that was only renamed", () => {
    const given = ending(END, "support:ResolveCase");
    const renamed = changes({ old: given }, { new: given }, minutesAfter(60));
    expect(renamed.map(({ environment, violations }) => [environment, violations])).toEqual([
      ["new", []],
      ["old", []],
    ]);
    const one = changes({ old: given, kept: NONE }, { kept: NONE, new: given }, minutesAfter(60));
    const ended = one.flatMap(({ violations }) => violations).filter(({ kind }) => kind === "ended");
    expect(ended).toEqual([]);
    const copied = changes({ old: given }, { old: given, new: given }, minutesAfter(60));
    expect(copied[0]).toMatchObject({ environment: "new", violations: [{ kind: "ended" }, { kind: "shared-state" }] });
    // What an environment has of its own is what counts for it, whatever was removed beside it.
    const beside = changes({ old: given, own: NONE }, { own: given, new: EMPTY }, minutesAfter(60));
    expect(beside.find(({ environment }) => environment === "own")).toMatchObject({ violations: [{ kind: "ended" }] });
  });
});

describe("unsupported parts", () => {
  const user = (name: string) => edited((code) => (code.resource.aws_iam_user = { more: { name } }));
  const unknown = (name: string) => ({ reason: "unknown-type", address: "aws_iam_user.more", source: { name } });

  test("are those before and after, each once", () => {
    const tagged = edited(({ resource }) => (resource.aws_iam_role.full.tags = { a: "b" }), user("a"));
    expect(changeOf(user("a"), tagged).unreadable).toEqual([unknown("a")]);
    expect(changeOf(user("a"), user("b")).unreadable).toEqual([unknown("b"), unknown("a")]);
    expect(changeOf(user("a"), CODE).unreadable).toEqual([unknown("a")]);
  });

  test("are moves of something else, too", () => {
    const head = edited((code) => (code.moved = [{ from: "aws_iam_role.a", to: "aws_iam_role.b" }]));
    const foreign = { reason: "foreign-move", address: "moved.aws_iam_role.b" };
    expect(changeOf(CODE, head).unreadable).toMatchObject([foreign]);
    expect(changeOf(undefined, head).unreadable).toMatchObject([foreign]);
  });

  test("make all of the Terraform what is approved", () => {
    expect(changeOf(user("a"), CODE).approved).toBe(digestOf([user("a"), CODE]));
    expect(changeOf(undefined, user("a")).approved).toBe(digestOf([null, user("a")]));
    expect(changeOf(user("a"), undefined).approved).toBe(digestOf([user("a"), null]));
  });

  test("may give back what people lose", () => {
    const less = edited((code) => setPolicy(code, allowing("a:b")), user("a"));
    expect(changeOf(user("a"), less).access.roles).toMatchObject([{ permissions: { gained: [{}], lost: [] } }]);
  });

  const DIFFERENCE = { gained: [{ right: 1 }], lost: [{ right: 2 }], undecided: [] } as never;
  const CAPABILITIES = { gained: ["view-cases"], lost: ["live-chat"], shortened: ["live-chat"] };
  const access = {
    roles: [
      { role: "full", permissions: DIFFERENCE, trust: DIFFERENCE },
      { role: "viewer", permissions: DIFFERENCE, trust: DIFFERENCE, capabilities: CAPABILITIES },
    ],
    channels: [{ permissions: DIFFERENCE, trust: DIFFERENCE, ...CAPABILITIES }],
    registrations: [{ address: "a.b" }],
  } as never;

  test("leave only what is gained for certain", () => {
    const gained = { gained: [{ right: 1 }], lost: [], undecided: [] };
    const capabilities = { gained: ["view-cases"], lost: [], shortened: undefined };
    expect(dropUncertainLosses(access, ["x"])).toEqual({
      roles: [
        { role: "full", permissions: gained, trust: gained },
        { role: "viewer", permissions: gained, trust: gained, capabilities },
      ],
      channels: [{ permissions: gained, trust: gained, ...capabilities }],
      registrations: [{ address: "a.b" }],
    });
    expect(dropUncertainLosses(access, [])).toBe(access);
  });
});

describe("what an approval covers", () => {
  const approved = (head: Draft) => changeOf(CODE, head).approved;

  test("is the access before and after, and what is around it", () => {
    const around = {
      ...{ backend: { type: "local", settings: { path: "paid.tfstate" } }, imports: [], moves: [], removals: [] },
      ...{ provider: { account: ACCOUNT, region: "us-east-1" }, providerVersion: ">= 5.100.0, < 7.0.0" },
    };
    const side = (code: Draft) => [normalizeAccess(readAccess(readStack(code))), around];
    const other = edited(({ resource }) => (resource.aws_iam_role.full.name = "Other"));
    expect(approved(other)).toBe(digestOf([side(CODE), side(other)]));
    expect(changeOf(undefined, CODE).approved).toBe(digestOf([null, side(CODE)]));
    expect(changeOf(CODE, undefined).approved).toBe(digestOf([side(CODE), null]));
  });

  test("is the same with other tags, and another with another place of the state", () => {
    const tagged = edited(({ resource }) => (resource.aws_iam_role.full.tags = { a: "b" }));
    const described = edited(({ resource }) => (resource.aws_iam_role.full.description = "a"));
    expect(approved(tagged)).toBe(approved(described));
    const elsewhere = edited(({ terraform }) => (terraform.backend.local.path = "other"), tagged);
    expect(approved(elsewhere)).not.toEqual(approved(tagged));
  });
});

describe("a read-only role that leaves the address at which writing is forbidden", () => {
  const reading = (address: string, name = "Reading") =>
    edited((code) => roleIn(code, address, name, allowing("support:DescribeCases")));
  const LEAVES = { kind: "read-only-address", verdict: "unknown", role: "Reading" };

  test("needs an approval", () => {
    const found = changeOf(reading("read_only"), reading("watch"));
    expect(found).toMatchObject({ verdict: "unknown", plannable: "always" });
    expect(found.state).toContainEqual(LEAVES);
  });

  test("may not write at the address that it is moved to", () => {
    const at = (address: string, policy: string) => edited((code) => roleIn(code, address, address, policy), EMPTY);
    const moved = edited(
      (code) => (code.moved = [{ from: "aws_iam_role.read_only", to: "aws_iam_role.full" }]),
      at("full", allowing("support:CreateCase")),
    );
    expect(changeOf(at("read_only", allowing("support:DescribeCases")), moved)).toMatchObject({
      violations: [{ kind: "read-only-writes", role: "full" }],
      plannable: "never",
    });
  });

  test("isn't one that stays, is removed, or wasn't there", () => {
    const added = edited(
      (code) => roleIn(code, "watch", "Watch", allowing("support:DescribeCases")),
      reading("read_only"),
    );
    expect(changeOf(reading("read_only"), added).state).toEqual([]);
    expect(changeOf(reading("read_only"), CODE).state).toEqual([]);
    expect(changeOf(CODE, reading("watch")).state).toEqual([]);
  });
});

describe("a role takes the name of another environment's", () => {
  const named = (name: string, account: string | undefined = ACCOUNT) =>
    edited((code) => {
      code.resource.aws_iam_role.full.name = name;
      code.provider.aws[0].allowed_account_ids = account && [account];
    });
  const taken = (...given: Parameters<typeof changes>) =>
    changes(...given).flatMap(({ environment, verdict, state }) =>
      state.flatMap((one) => (one.kind === "name-of-other" ? [[environment, verdict, one] as const] : [])),
    );
  const OF_A = { kind: "name-of-other", verdict: "unknown", role: "one", environment: "a" };

  test("which is reported, whatever the case", () => {
    const before = { a: named("One"), b: named("Two") };
    expect(taken(before, { a: named("Other"), b: named("one") })).toEqual([["b", "unknown", OF_A]]);
  });

  test("and not if its environment is removed, which keeps its role in the account", () => {
    const left = taken({ a: named("One") }, { b: named("one") });
    expect(left).toEqual([]);
  });

  test.each<[string, Environments, Environments]>([
    ["its own", { a: named("One") }, { a: named("one") }],
    [
      "one in another account",
      { a: named("One", "999999999999"), b: named("Two") },
      { a: named("X", "999999999999"), b: named("one") },
    ],
    ["one in any account", { a: named("One", ""), b: named("Two", "") }, { a: named("X", ""), b: named("one", "") }],
    ["nobody's", { a: named("One"), b: named("Two") }, { a: named("X"), b: named("Y") }],
  ])("and not if it is %s", (_, before, after) => {
    expect(taken(before, after)).toEqual([]);
  });
});

test("a trust that changes isn't cosmetic", () => {
  const head = edited(({ data }) => {
    data.aws_iam_policy_document.full_trust = documentOf(TRUST.replace("supportapp", "ec2"));
  });
  expect(changeOf(CODE, head).verdict).toBe("broadened");
});

describe("what Terraform deletes at one address and creates at another", () => {
  const ATTACHMENT = "aws_iam_role_policy_attachment";
  const MIXED = document(
    ...[{ Action: "support:*", Resource: "*" }],
    ...[{ Effect: "Deny", Action: "support:ResolveCase", Resource: "*" }],
  );
  const at = (name: string, policy: string) => edited((code) => roleIn(code, name, "Full", policy), EMPTY);
  /** All of a role is moved to another name in Terraform, but for one type. */
  const movedBut = (type: string, policy: string) =>
    edited(
      (code) => {
        const types = Object.keys(code.resource).filter((one) => one !== type);
        code.moved = types.map((one) => ({ from: `${one}.full`, to: `${one}.other` }));
      },
      at("other", policy),
    );
  const found = (before: Draft, after: Draft) => {
    const { verdict, state, unreadable } = changeOf(before, after);
    const readdressed = state.flatMap((one) => (one.kind === "readdressed" ? [[one.from, one.to]] : []));
    return { verdict, readdressed, unreadable };
  };

  test.each(["aws_iam_role", "aws_iam_policy", ATTACHMENT])(
    "%s that isn't moved, with a Deny that may be off",
    (type) => {
      expect(found(at("full", MIXED), movedBut(type, MIXED))).toMatchObject({
        ...{ verdict: "unknown", readdressed: [[`${type}.full`, `${type}.other`]], unreadable: [] },
      });
      expect(found(at("full", POLICY), movedBut(type, POLICY))).toMatchObject({ verdict: "narrowed" });
    },
  );

  test("nothing, if all of it is moved; lists may be recreated", () => {
    for (const type of ["none", "aws_iam_role_policies_exclusive", "aws_iam_role_policy_attachments_exclusive"]) {
      expect(found(at("full", MIXED), movedBut(type, MIXED))).toMatchObject({ verdict: "settings", readdressed: [] });
    }
  });

  test("a channel that is called another way in Terraform is off, or can't be configured", () => {
    const renamed = edited(({ resource: { aws_cloudcontrolapi_resource: all } }) => {
      all.other = all.channel;
      delete all.channel;
    }, edited(channelIn));
    const [from, to] = ["channel", "other"].map((name) => `aws_cloudcontrolapi_resource.${name}`);
    expect(found(edited(channelIn), renamed)).toMatchObject({ verdict: "narrowed", readdressed: [[from, to]] });
    const moved = edited((code) => (code.moved = [{ from, to }]), renamed);
    expect(found(edited(channelIn), moved)).toMatchObject({ verdict: "settings", readdressed: [] });
  });

  test("what goes with its role is nothing of its own", () => {
    const both = edited((code) => roleIn(code, "other", "Other"));
    expect(changeOf(both, CODE).state).toEqual([]);
  });

  test("a second attachment, before or after, is unsupported", () => {
    const twice = edited(({ resource }) => (resource[ATTACHMENT].again = resource[ATTACHMENT].full));
    expect(changeOf(twice, CODE).verdict).toBe("unknown");
    expect(changeOf(CODE, twice).verdict).toBe("unknown");
  });
});
