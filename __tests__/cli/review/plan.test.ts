import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../cli/command-error";
import { type Plan, type PlannedChange, readPlan } from "../../../cli/review/plan";
import type { Terraform } from "../../../cli/terraform/synthesized-folder";
import { configurationOf } from "../../support/plan-configuration";
import type { Draft } from "../../support/plan-fixtures";
import { ACCOUNT, CODE, document, edited, POLICY, TRUST } from "./small-stack";

let scratch: string;
let file: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-plan-"));
  file = join(scratch, "plan.json");
});
afterAll(() => rmSync(scratch, { recursive: true }));

const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/FullPolicy`;
const THEIRS = `arn:aws:iam::${ACCOUNT}:policy/theirs`;

/** A plan that changes that, made of that code. */
const planOf = (resource_changes: unknown, head: Terraform, more: object = {}) => ({
  ...{ format_version: "1.2", resource_changes, configuration: configurationOf(head) },
  ...more,
});

function read(plan: unknown, base: Terraform | undefined = CODE, head: Terraform | undefined = CODE): Plan {
  writeFileSync(file, typeof plan === "string" ? plan : JSON.stringify(plan));
  return readPlan("paid", file, base, head);
}

/** What a plan does with one resource. */
function planned(resource: object, base: Terraform | undefined = CODE, head: Terraform = CODE): PlannedChange[] {
  const one = { address: "aws_iam_role.full", mode: "managed", type: "aws_iam_role", ...resource };
  return [...read(planOf([one], head), base, head).changes];
}

/** An update of the role `full` that changes those of its attributes. */
const updating = (...attributes: readonly string[]) => ({
  change: {
    actions: ["update"],
    before: Object.fromEntries(attributes.map((name) => [name, "old"])),
    after: Object.fromEntries(attributes.map((name) => [name, "new"])),
  },
});

/** The attributes of the role `full` that drift where a plan updates them, and whether all of it does. */
function drifting(head: Terraform, attributes: readonly string[], base: Terraform = CODE, resource: object = {}) {
  const [found] = planned({ ...updating(...attributes), ...resource }, base, head);
  return { drift: found?.drift, by: found?.attributes.filter(({ drift }) => drift).map(({ name }) => name) };
}

describe("anything but a complete plan of the code is refused", () => {
  const refused = (message: string, ...given: Parameters<typeof read>) =>
    expect(() => read(...given)).toThrow(new CommandError(message));
  const received = () => `Received ${JSON.stringify(file)}`;
  const WRITE = "Write it with `terraform show -json PLAN`.";

  test("a file that isn't there", () => {
    const missing = join(scratch, "missing.json");
    expect(() => readPlan("paid", missing, CODE, CODE)).toThrow(
      `Received the plan ${JSON.stringify(missing)}, expected a file that can be read, but: ENOENT: no such file or directory, open '${missing}'. Check the name.`,
    );
  });

  test.each([["{"], [[1]], [null], [7]])("%j", (content) => {
    refused(`${received()} that is not a JSON mapping, expected a plan. ${WRITE}`, content);
  });

  test.each<[string, object]>([
    ["", { resource_changes: [] }],
    ["1.2", { format_version: "1.2" }],
    ["2.0", { format_version: "2.0", resource_changes: [] }],
    ["11.0", { format_version: "11.0", planned_values: {} }],
  ])("the format %j of %j", (version, plan) => {
    refused(`${received()} of format "${version}", expected a plan of format 1.x. ${WRITE}`, plan);
  });

  test("a plan that failed, or isn't complete", () => {
    const plan = planOf([], CODE);
    refused(`${received()} of a plan that failed, expected a complete one. Plan again.`, { ...plan, errored: true });
    refused(`${received()} of a plan that is not complete, expected a complete one. Plan again.`, {
      ...plan,
      complete: false,
    });
    expect(read({ ...plan, errored: false, complete: true }).changes).toEqual([]);
  });

  test("a plan of an environment that is removed", () => {
    writeFileSync(file, JSON.stringify(planOf([], CODE)));
    expect(() => readPlan("paid", file, CODE, undefined)).toThrow(
      `${received()} for paid, expected a plan of an environment that --head has: Terraform does nothing to one that is removed. Leave the plan out.`,
    );
  });

  test("a plan of other code", () => {
    const other = (what: string) =>
      `${received()} for paid, expected a plan of what --head has for it: ${what} is different. Plan what was synthesized, and give each environment its own plan.`;
    const renamed = edited(({ resource }) => (resource.aws_iam_role.full.name = "Other"));
    refused(other("name of aws_iam_role.full"), planOf([], CODE), CODE, renamed);
    const less = edited(({ resource }) => delete resource.aws_iam_role.full);
    refused(other("aws_iam_role.full"), planOf([], CODE), CODE, less);
  });

  test.each([[null], [{}], [[[]]], [[{}, 7]]])("resource_changes of the form %j", (changes) => {
    refused(
      `${received()} whose resource_changes aren't a list of mappings, expected a plan. ${WRITE}`,
      planOf(changes, CODE),
    );
  });

  test("but not a plan without resources, or of another minor version", () => {
    expect(read(planOf(undefined, CODE, { planned_values: {} })).changes).toEqual([]);
    expect(read(planOf([], CODE, { format_version: "1.99" })).changes).toEqual([]);
    expect(read(planOf([], CODE, { format_version: 1 })).changes).toEqual([]);
  });
});

describe("what Terraform does", () => {
  test.each<[string, object]>([
    ["create", { actions: ["create"] }],
    ["update", { actions: ["update"] }],
    ["delete", { actions: ["delete"] }],
    ["replace", { actions: ["create", "delete"] }],
    ["replace", { actions: ["delete", "create"] }],
    ["forget", { actions: ["forget"] }],
    ["import", { actions: ["no-op"], importing: { id: "Full" } }],
    ["update", { actions: ["update"], importing: { id: "Full" } }],
  ])("is to %s it: %j", (action, change) => {
    expect(planned({ change })).toMatchObject([
      { address: "aws_iam_role.full", type: "aws_iam_role", action, isDeposed: false },
    ]);
  });

  test.each<[string, object]>([
    ["no action", { change: { actions: ["no-op"] } }],
    ["no import", { change: { actions: ["no-op"], importing: null } }],
    ["an action of another form", { change: { actions: "update" } }],
    ["no change", {}],
    ["a change of another form", { change: "update" }],
    ["reading", { mode: "data", change: { actions: ["update"] } }],
  ])("is nothing with %s", (_, resource) => {
    expect(planned(resource)).toEqual([]);
  });

  test("is to delete what an interrupted replacement has left, which is never a change of the code", () => {
    const change = { actions: ["delete"], before: { name: "Full" }, after: null };
    expect(
      planned(
        { deposed: "00000001", change },
        CODE,
        edited(({ resource }) => delete resource.aws_iam_role),
      ),
    ).toEqual([
      {
        ...{ address: "aws_iam_role.full", type: "aws_iam_role", action: "delete", isDeposed: true },
        ...{ attributes: [], drift: true, removed: [], attached: [] },
      },
    ]);
  });

  test("is drift where the code has it before and after, unless it is imported", () => {
    const none = edited(({ resource }) => delete resource.aws_iam_role.full);
    const isDrift = (actions: readonly string[], base: Terraform | undefined, head: Terraform, more: object = {}) =>
      planned({ change: { actions, ...more } }, base, head)[0]?.drift;
    expect(isDrift(["create"], CODE, CODE)).toBe(true);
    expect(isDrift(["create"], none, CODE)).toBe(false);
    expect(isDrift(["create"], {}, CODE)).toBe(false);
    expect(isDrift(["delete"], CODE, none)).toBe(false);
    expect(isDrift(["delete"], none, none)).toBe(true);
    // A resource that only changes in the code is created because somebody deleted it.
    const changed = edited(({ resource }) => (resource.aws_iam_role.full.description = "a"));
    expect(isDrift(["create"], CODE, changed)).toBe(true);
    expect(isDrift(["delete"], CODE, changed)).toBe(true);
    expect(isDrift(["update"], CODE, changed)).toBe(false);
    expect(isDrift(["delete", "create"], CODE, changed)).toBe(false);
    expect(isDrift(["update"], CODE, CODE)).toBe(true);
    expect(isDrift(["update"], CODE, CODE, { importing: { id: "Full" } })).toBe(false);
    expect(isDrift(["create"], CODE, CODE, { importing: null })).toBe(true);
  });

  test("is everything in an environment without code before", () => {
    writeFileSync(file, JSON.stringify(planOf([{ address: "aws_iam_role.full", ...updating("name") }], CODE)));
    const { changes } = readPlan("paid", file, undefined, CODE);
    expect(changes).toMatchObject([{ drift: false, attributes: [{ name: "name", drift: false }] }]);
  });
});

describe("the attributes that change", () => {
  const attributes = (change: object) => planned({ change })[0]?.attributes;

  test("are listed by name, for an update or a replacement", () => {
    const change = { before: { b: 1, a: [1], same: { x: 1 } }, after: { b: 2, a: [2], same: { x: 1 }, c: true } };
    const all = ["a", "b", "c"].map((name) => ({ name, drift: true }));
    expect(attributes({ ...change, actions: ["update"] })).toEqual(all);
    expect(attributes({ ...change, actions: ["delete", "create"] })).toEqual(all);
    for (const action of ["create", "delete", "forget"])
      expect(attributes({ ...change, actions: [action] })).toEqual([]);
  });

  test("aren't drift if they are known only after the deploy: they follow from something else", () => {
    const change = { actions: ["update"], before: { arn: "x", id: "x" }, after: { id: "x" } };
    expect(attributes({ ...change, after_unknown: { arn: true, id: false, unique_id: true } })).toEqual([
      { name: "arn", drift: false },
      { name: "unique_id", drift: false },
    ]);
  });

  test("don't include all tags, which repeat the tags", () => {
    const values = (value: string) => ({ tags: { a: value }, tags_all: { a: value } });
    expect(attributes({ actions: ["update"], before: values("b"), after: values("c") })).toEqual([
      { name: "tags", drift: true },
    ]);
    expect(attributes({ actions: ["update"], after_unknown: { tags_all: true } })).toEqual([]);
  });

  test.each([[""], [[]], [{}], [null], [undefined]])("don't include one that is left out and stored as %j", (value) => {
    expect(attributes({ actions: ["update"], before: { description: value }, after: {} })).toEqual([]);
    expect(attributes({ actions: ["update"], before: {}, after: { description: value } })).toEqual([]);
  });

  test.each([["x"], [0], [false], [[""]]])("include one that is left out and was %j", (value) => {
    expect(attributes({ actions: ["update"], before: { description: value }, after: {} })).toHaveLength(1);
  });

  test("are none where the plan has no values", () => {
    expect(attributes({ actions: ["update"], before: null, after: "x", after_unknown: true })).toEqual([]);
  });
});

describe("an update is a change of the code", () => {
  test("in the argument that changes, and drift in any other", () => {
    const head = edited(({ resource }) => (resource.aws_iam_role.full.description = "new"));
    expect(drifting(head, ["description", "tags"])).toEqual({ drift: false, by: ["tags"] });
    expect(drifting(CODE, ["description", "tags"])).toEqual({ drift: true, by: ["description", "tags"] });
    const removed = edited(() => {});
    expect(drifting(removed, ["description"], head)).toEqual({ drift: false, by: [] });
  });

  test("but not in CDKTF's remarks and the order of creation", () => {
    const head = edited(({ resource }) =>
      Object.assign(resource.aws_iam_role.full, { "//": { metadata: {} }, depends_on: ["aws_iam_policy.full"] }),
    );
    expect(drifting(head, ["description"])).toEqual({ drift: true, by: ["description"] });
  });

  test("at an address with an index", () => {
    const head = edited(({ resource }) => (resource.aws_iam_role.full.description = "new"));
    for (const address of ["aws_iam_role.full[0]", 'aws_iam_role.full["a.b"]']) {
      expect(drifting(head, ["description"], CODE, { address }).drift).toBe(false);
    }
  });

  test("after a move, from what it was at the old address", () => {
    const moved = edited(({ resource }) => {
      resource.aws_iam_role.moved = resource.aws_iam_role.full;
      delete resource.aws_iam_role.full;
    });
    const resource = { address: "aws_iam_role.moved", previous_address: "aws_iam_role.full" };
    expect(drifting(moved, ["description"], CODE, resource)).toEqual({ drift: true, by: ["description"] });
    const changed = edited(({ resource }) => (resource.aws_iam_role.moved.description = "new"), moved);
    expect(drifting(changed, ["description", "tags"], CODE, resource)).toEqual({ drift: false, by: ["tags"] });
    const shorter = edited(({ resource }) => (resource.aws_iam_role.full.description = "old"));
    expect(drifting(moved, ["description"], shorter, resource)).toEqual({ drift: false, by: [] });
  });

  test.each<[string, (code: Draft) => void]>([
    ["another region", ({ provider }) => (provider.aws[0].region = "eu-west-1")],
    ["another account", ({ provider }) => (provider.aws[0].allowed_account_ids = ["999999999999"])],
    ["another endpoint", ({ provider }) => (provider.aws[0].endpoints = [{ iam: "http://localhost" }])],
    ["another alias", ({ provider }) => (provider.aws[0].alias = "west")],
    ["one more provider", ({ provider }) => provider.aws.push({ region: "us-east-1" })],
    ["another file of the state", ({ terraform }) => (terraform.backend.local.path = "other.tfstate")],
    ["another backend", ({ terraform }) => (terraform.backend = { s3: { bucket: "b" } })],
    ["HCP Terraform", ({ terraform }) => (terraform.cloud = { organization: "o" })],
  ])("everywhere, with %s", (_, edit) => {
    expect(drifting(edited(edit), ["description", "tags"])).toEqual({ drift: false, by: [] });
  });

  test.each<[string, (code: Draft) => void]>([
    ["other retries of the provider", ({ provider }) => (provider.aws[0].max_retries = 3)],
    ["another version of Terraform", ({ terraform }) => (terraform.required_version = ">= 1.10")],
    ["a provider in another form", (code) => (code.provider.aws = code.provider.aws[0])],
    ["another provider", ({ provider }) => (provider.random = [{}])],
    ["a provider that is nothing", ({ provider }) => provider.aws.push(null)],
    ["a local that nothing uses", (code) => (code.locals = { a: 1 })],
    ["a module", (code) => (code.module = { a: { source: "./a" } })],
    ["another policy", ({ resource }) => (resource.aws_iam_policy.full.policy = TRUST)],
  ])("nowhere in a role, with %s", (_, edit) => {
    expect(drifting(edited(edit), ["description", "tags"])).toEqual({ drift: true, by: ["description", "tags"] });
  });

  test("everywhere, with another place of the state in S3, but not with the profile of whoever reads it", () => {
    const inS3 = (settings: object) =>
      edited(({ terraform }) => (terraform.backend = { s3: { bucket: "b", ...settings } }));
    expect(drifting(inS3({ profile: "ops" }), ["tags"], inS3({})).drift).toBe(true);
    expect(drifting(inS3({ key: "k" }), ["tags"], inS3({})).drift).toBe(false);
  });

  test("everywhere, with another form of terraform", () => {
    const odd = (terraform: unknown) => ({ ...CODE, terraform });
    const withPlan = (base: Terraform, head: Terraform) => drifting(head, ["tags"], base).drift;
    expect(withPlan(odd("a"), odd("b"))).toBe(false);
    expect(withPlan(odd("a"), odd("a"))).toBe(true);
    expect(withPlan(odd({}), odd({ backend: "local" }))).toBe(true);
  });

  test("in the tags, with other default tags", () => {
    const head = edited(({ provider }) => (provider.aws[0].default_tags = [{ tags: { a: "b" } }]));
    expect(drifting(head, ["description", "tags"])).toEqual({ drift: false, by: ["description"] });
  });

  test("in a module that changes", () => {
    const withModule = (source: string) => edited((code) => (code.module = { a: { source } }));
    const address = "module.a.aws_iam_role.full";
    expect(drifting(withModule("./b"), ["tags"], withModule("./a"), { address })).toEqual({ drift: false, by: [] });
    expect(drifting(withModule("./a"), ["tags"], withModule("./a"), { address }).drift).toBe(true);
    expect(drifting(withModule("./b"), ["tags"], withModule("./a"), { address: "aws_iam_role.module.a" }).drift).toBe(
      true,
    );
  });

  /** The code with that description of the role, and with more. */
  const described = (description: string, more: (code: Draft) => void = () => {}) =>
    edited((code) => {
      code.resource.aws_iam_role.full.description = description;
      more(code);
    });

  test.each<[string, string, (code: Draft) => void, boolean]>([
    ["a local", "${local.a}", (code) => (code.locals = { a: 1 }), false],
    ["a variable", "${var.a}", (code) => (code.variable = { a: { default: 1 } }), false],
    ["something called like a local", "${mylocal.a}", (code) => (code.locals = { a: 1 }), true],
    ["a name from the name of another", "${aws_iam_policy.full.name}", named("Other"), false],
    ["an ARN from the name of another", "${aws_iam_policy.full.arn}", named("Other"), false],
    ["an ARN from the prefix of another's name", "${aws_iam_policy.full.arn}", prefixed, false],
    ["an ARN from the path of another", "${aws_iam_policy.full.arn}", withPath, false],
    ["an ARN, and not from the tags of another", "${aws_iam_policy.full.arn}", tagged, true],
    ["an argument, and not from the name of another", "${aws_iam_policy.full.policy}", named("Other"), true],
    ["something added", "${aws_iam_user.more.name}", (code) => (code.resource.aws_iam_user = { more: {} }), false],
    ["something that isn't there", "${aws_iam_user.more.name}", () => {}, true],
    ["something two steps away", "${aws_iam_role_policy_attachment.full.policy_arn}", named("Other"), false],
    ["something two steps away that stays", "${aws_iam_role_policy_attachment.full.policy_arn}", tagged, true],
    ["itself", "${aws_iam_role.full.description}", () => {}, true],
    ["a text with two references", "${aws_iam_user.a.b}-${aws_iam_policy.full.arn}", named("Other"), false],
    ["an expression", '${join("-", [aws_iam_policy.full.arn])}', named("Other"), false],
    ["data that is added", "${data.aws_caller_identity.own.id}", withIdentity, false],
  ])("where an argument follows from %s", (_, description, edit, isDrift) => {
    expect(drifting(described(description, edit), ["description"], described(description)).drift).toBe(isDrift);
  });

  function named(name: string): (code: Draft) => void {
    return ({ resource }) => (resource.aws_iam_policy.full.name = name);
  }
  function withPath({ resource }: Draft): void {
    resource.aws_iam_policy.full.path = "/a/";
  }
  function prefixed({ resource }: Draft): void {
    resource.aws_iam_policy.full.name_prefix = "a";
  }
  function tagged({ resource }: Draft): void {
    resource.aws_iam_policy.full.tags = { a: "b" };
  }
  function withIdentity(code: Draft): void {
    code.data = { aws_caller_identity: { own: {} } };
  }

  test("where a document that it refers to says something else, and not where it is only written differently", () => {
    const trusting = (...actions: readonly string[]) =>
      edited((code) => {
        const principals = [{ type: "Service", identifiers: ["supportapp.amazonaws.com"] }];
        code.data = { aws_iam_policy_document: { trust: { statement: [{ actions, principals }] } } };
        code.resource.aws_iam_role.full.assume_role_policy = "${data.aws_iam_policy_document.trust.json}";
      });
    const of = (base: Terraform, head: Terraform) => drifting(head, ["assume_role_policy"], base).drift;
    expect(of(trusting("sts:AssumeRole", "sts:TagSession"), trusting("sts:AssumeRole"))).toBe(false);
    expect(of(trusting("sts:AssumeRole", "sts:TagSession"), trusting("sts:TagSession", "sts:AssumeRole"))).toBe(true);
    const unreadable = (version: string) =>
      edited(({ data }) => (data.aws_iam_policy_document.trust.override_json = version), trusting("sts:AssumeRole"));
    expect(of(unreadable("a"), unreadable("b"))).toBe(false);
    expect(of(unreadable("a"), unreadable("a"))).toBe(true);
  });
});

describe("policies of a role", () => {
  const ATTACHMENTS = "aws_iam_role_policy_attachments_exclusive";
  const INLINE = "aws_iam_role_policies_exclusive";
  const ATTACHMENT = "aws_iam_role_policy_attachment";
  const change = (type: string, action: string, before: unknown, after: unknown, head: Terraform = CODE, base = CODE) =>
    planned({ address: `${type}.full`, type, change: { actions: action.split(" "), before, after } }, base, head)[0];

  test("that are removed: by hand, if the code before didn't have them", () => {
    const THEIRS = `arn:aws:iam::${ACCOUNT}:policy/team/theirs`;
    const code = edited(({ resource }) => resource[ATTACHMENTS].full.policy_arns.push(THEIRS));
    const removed = (base: Terraform) =>
      change(ATTACHMENTS, "update", { policy_arns: [POLICY_ARN, THEIRS] }, { policy_arns: [POLICY_ARN] }, CODE, base)
        ?.removed;
    expect(removed(CODE)).toEqual([{ policy: THEIRS, byHand: true }]);
    expect(removed(code)).toEqual([{ policy: THEIRS, byHand: false }]);
    const named = edited(({ resource }) => (resource.aws_iam_policy.more = { name: "theirs" }));
    expect(removed(named)).toEqual([{ policy: THEIRS, byHand: false }]);
    const longer = edited(({ resource }) => (resource.aws_iam_policy.more = { name: "not-theirs" }));
    expect(removed(longer)).toEqual([{ policy: THEIRS, byHand: true }]);
  });

  test("that are removed from those in the role", () => {
    expect(change(INLINE, "update", { policy_names: ["a", "b"] }, { policy_names: ["b"] })?.removed).toEqual([
      { policy: "a", byHand: true },
    ]);
    expect(change(INLINE, "update", { policy_names: ["a"] }, null)?.removed).toEqual([{ policy: "a", byHand: true }]);
    expect(change(INLINE, "update", null, { policy_names: ["a"] })?.removed).toEqual([]);
    expect(change(INLINE, "delete", { policy_names: ["a"] }, null)?.removed).toEqual([]);
    expect(change("aws_iam_role", "update", { policy_names: ["a"] }, {})?.removed).toEqual([]);
  });

  test("that are removed in an environment without code before", () => {
    const one = {
      address: `${INLINE}.full`,
      type: INLINE,
      change: { actions: ["update"], before: { policy_names: ["a"] } },
    };
    writeFileSync(file, JSON.stringify(planOf([one], CODE)));
    expect(readPlan("paid", file, undefined, CODE).changes[0]?.removed).toEqual([{ policy: "a", byHand: true }]);
  });

  test("that are attached, by their ARNs", () => {
    const attached = (...given: Parameters<typeof change>) => change(...given)?.attached;
    expect(attached(ATTACHMENT, "create", null, { policy_arn: THEIRS })).toEqual([THEIRS]);
    expect(attached(ATTACHMENT, "update", { policy_arn: POLICY_ARN }, { policy_arn: THEIRS })).toEqual([THEIRS]);
    expect(
      attached(ATTACHMENTS, "update", { policy_arns: [POLICY_ARN] }, { policy_arns: [POLICY_ARN, THEIRS] }),
    ).toEqual([THEIRS]);
    expect(attached(ATTACHMENT, "delete create", { policy_arn: POLICY_ARN }, { policy_arn: THEIRS })).toEqual([THEIRS]);
    for (const action of ["delete", "forget"]) {
      expect(attached(ATTACHMENT, action, null, { policy_arn: THEIRS })).toEqual([]);
    }
    expect(attached("aws_iam_role", "create", null, { policy_arn: THEIRS })).toEqual([]);
    expect(attached("toString", "create", null, { policy_arn: THEIRS })).toEqual([]);
  });

  test("that are attached, as the code calls them if their ARNs are known only later", () => {
    const attached = (type: string, after: unknown, head: Terraform = CODE) =>
      change(type, "create", null, after, head)?.attached;
    for (const after of [{}, null, { policy_arn: [] }, { policy_arn: [7, THEIRS] }]) {
      expect(attached(ATTACHMENT, after)).toEqual(["aws_iam_policy.full"]);
    }
    expect(attached(ATTACHMENTS, {})).toEqual(["aws_iam_policy.full"]);
    const byId = (reference: string) => edited(({ resource }) => (resource[ATTACHMENT].full.policy_arn = reference));
    expect(attached(ATTACHMENT, {}, byId("${aws_iam_policy.full.id}"))).toEqual(["aws_iam_policy.full"]);
    expect(attached(ATTACHMENT, {}, byId("x-${aws_iam_policy.full.id}"))).toEqual(["x-${aws_iam_policy.full.id}"]);
    expect(attached(ATTACHMENT, {}, byId("${aws_iam_policy.full.id}-x"))).toEqual(["${aws_iam_policy.full.id}-x"]);
    const unknown = planned({ address: `${ATTACHMENT}.more`, type: ATTACHMENT, change: { actions: ["create"] } });
    expect(unknown[0]?.attached).toEqual([]);
  });
});

describe("drift that gives something", () => {
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
  function inAccount(
    byHand: (live: Draft) => void,
    base: Terraform | undefined = CODE,
    head: Terraform = CODE,
    by = {},
  ): Plan {
    const live = structuredClone(LIVE);
    byHand(live);
    const changes = Object.entries(live).map(([address, before]) => {
      const isChanged = JSON.stringify(before) !== JSON.stringify(LIVE[address]);
      const change = { actions: [isChanged ? "update" : "no-op"], before, after: LIVE[address] };
      return { address, mode: "managed", type: address.split(".")[0], change, ...(isChanged ? by : {}) };
    });
    return read(planOf(changes, head), base, head);
  }
  const deny = (live: Draft) => (live["aws_iam_policy.full"].policy = DENYING);

  test("is none where the account has what the code had, or more", () => {
    expect(inAccount(() => {}).drift).toBeUndefined();
    const more = document({ Action: "*", Resource: "*" });
    expect(inAccount((live) => (live["aws_iam_policy.full"].policy = more)).drift).toBeUndefined();
    expect(inAccount((live) => (live["aws_iam_role.full"].max_session_duration = 7200)).drift).toBeUndefined();
  });

  test("is what the account lacks", () => {
    const { drift } = inAccount(deny);
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
    const head = edited(
      ({ resource }) => (resource.aws_iam_policy.full.policy = document({ Action: "*", Resource: "*" })),
    );
    expect(inAccount(() => {}, CODE, head).drift).toBeUndefined();
    expect(inAccount(deny, CODE, head).drift).toMatchObject({ verdict: "broadened" });
  });

  test("isn't what the code takes away anyway", () => {
    const head = edited(({ resource }) => (resource.aws_iam_policy.full.policy = DENYING));
    expect(inAccount(deny, CODE, head).drift).toBeUndefined();
  });

  test("is an unknown policy that the deploy removes, and not one that the code keeps", () => {
    const attach = (live: Draft) => {
      live["aws_iam_role.full"].managed_policy_arns = [POLICY_ARN, THEIRS];
      live["aws_iam_role_policy_attachments_exclusive.full"].policy_arns = [POLICY_ARN, THEIRS];
    };
    const { drift } = inAccount(attach);
    expect(drift).toMatchObject({ verdict: "unknown", unknownPolicies: [{ role: "full", policy: THEIRS }] });
    expect(drift?.approved).toMatchObject([{}, {}, { unknownPolicies: [{ role: "full", policy: THEIRS }] }]);
    const keeping = (policy: string) =>
      edited(({ resource }) => resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns.push(policy));
    const kept = inAccount(attach, keeping(THEIRS), keeping(THEIRS));
    expect(kept.drift?.unknownPolicies).toEqual([]);
    expect(inAccount(attach, keeping(`${THEIRS}2`), keeping(`${THEIRS}2`)).drift?.unknownPolicies).toHaveLength(1);
    const elsewhere = edited(({ resource }) => {
      resource.aws_iam_role.other = { name: "Other", assume_role_policy: TRUST };
      resource.aws_iam_role_policy_attachment.other = { role: "${aws_iam_role.other.name}", policy_arn: THEIRS };
    });
    expect(inAccount(attach, elsewhere, elsewhere).drift?.unknownPolicies).toHaveLength(1);
  });

  test("is a policy in the account that can't be read", () => {
    const policy = document({ Action: "a:b", Resource: "*", Effect: "deny" });
    const { drift } = inAccount((live) => (live["aws_iam_policy.full"].policy = policy));
    expect(drift?.unreadable).toMatchObject([{ reason: "no-effect", role: "full" }]);
    expect(drift?.approved).toMatchObject([{}, {}, { unreadable: [{ Effect: "deny" }] }]);
  });

  test("is whatever was changed by hand, beside code that can't be read", () => {
    const code = edited(({ resource }) => (resource.aws_iam_user = { more: { name: "x" } }));
    const tag = (live: Draft) => (live["aws_iam_role.full"].tags = { a: "b" });
    expect(inAccount(() => {}, code, code).drift).toBeUndefined();
    const { drift } = inAccount(tag, code, code);
    expect(drift).toMatchObject({ verdict: "unknown" });
    expect(drift?.approved).toMatchObject([{}, {}, { open: [["aws_iam_role.full", { tags: { a: "b" } }]] }]);
    expect(inAccount(tag).drift).toBeUndefined();
    // Nothing is known for certain to be lost.
    const all = document({ Action: "*", Resource: "*" });
    const lost = inAccount((live) => (live["aws_iam_policy.full"].policy = all), code, code).drift;
    expect(lost?.access.roles).toMatchObject([{ permissions: { lost: [] } }]);
    // One attribute of something that the code changes, too.
    const described = edited(({ resource }) => (resource.aws_iam_role.full.description = "new"), code);
    expect(inAccount(tag, code, described).drift?.approved).toMatchObject([
      {},
      {},
      { open: [["aws_iam_role.full", {}]] },
    ]);
    const both = (live: Draft) => Object.assign(live["aws_iam_role.full"], { tags: { a: "b" }, description: "old" });
    expect(inAccount(both, code, described).drift?.approved).toMatchObject([
      {},
      {},
      { open: [["aws_iam_role.full", {}]] },
    ]);
    const inCode = edited(({ resource }) => (resource.aws_iam_role.full.tags = { c: "d" }), code);
    expect(inAccount(tag, code, inCode).drift).toBeUndefined();
  });

  test("is everything in an account in which nothing was deployed", () => {
    const { drift } = inAccount((live) => {
      for (const address of Object.keys(live)) live[address] = null;
    });
    expect(drift).toMatchObject({ verdict: "broadened" });
    expect(drift?.access.roles).toMatchObject([{ role: "full", after: { name: "Full" } }]);
    expect(drift?.access.roles[0]?.before).toBeUndefined();
  });

  test("isn't what an interrupted replacement left", () => {
    const { drift } = inAccount(deny, CODE, CODE, { deposed: "00000001" });
    expect(drift?.unknownPolicies).toEqual([{ role: "full", policy: POLICY_ARN }]);
  });

  test("is looked for at the address before and after a move", () => {
    const movedTo = (policy: string) => {
      const moved = JSON.parse(JSON.stringify(CODE).replaceAll("aws_iam_role.full", "aws_iam_role.moved"));
      moved.resource.aws_iam_role = { moved: CODE.resource.aws_iam_role.full };
      moved.resource.aws_iam_policy.full.policy = policy;
      return moved;
    };
    const inMovedAccount = (policy: string, head: Terraform) => {
      const changes = Object.entries({ ...LIVE, "aws_iam_policy.full": { arn: POLICY_ARN, policy } }).map(
        ([address, before]) => ({
          ...{ address, type: address.split(".")[0], change: { actions: ["no-op"], before, after: before } },
          ...(address === "aws_iam_role.full" && { address: "aws_iam_role.moved", previous_address: address }),
        }),
      );
      return read(planOf(changes, head), CODE, head).drift;
    };
    const all = document({ Action: "*", Resource: "*" });
    const more = document({ Action: ["support:CreateCase", "support:ResolveCase", "a:b"], Resource: "*" });
    expect(inMovedAccount(more, movedTo(all))).toBeUndefined();
    const less = document({ Action: "a:b", Resource: "*" });
    expect(inMovedAccount(less, movedTo(document()))).toBeUndefined();
    expect(inMovedAccount(less, movedTo(all))).toMatchObject({ verdict: "broadened" });
  });

  test("is the Service Quotas role that somebody may have been waiting for", () => {
    const policy = document({ Action: "servicequotas:*", Resource: "*" });
    const code = edited(({ resource }) => {
      resource.aws_iam_service_linked_role = {
        service_quotas: { aws_service_name: "servicequotas.amazonaws.com", lifecycle: { prevent_destroy: true } },
      };
      resource.aws_iam_policy.full.policy = policy;
    });
    const waiting = inAccount((live) => (live["aws_iam_policy.full"].policy = policy), code, code).drift;
    expect(waiting).toMatchObject({ verdict: "broadened", access: { serviceQuotasRole: { isAwaited: true } } });
    const there = (live: Draft) => {
      live["aws_iam_policy.full"].policy = policy;
      live["aws_iam_service_linked_role.service_quotas"] = { aws_service_name: "servicequotas.amazonaws.com" };
    };
    expect(inAccount(there, code, code).drift).toBeUndefined();
  });

  test("isn't a role that only has another address", () => {
    const moved = JSON.parse(JSON.stringify(CODE).replaceAll("aws_iam_role.full", "aws_iam_role.moved"));
    moved.resource.aws_iam_role = { moved: CODE.resource.aws_iam_role.full };
    const plan = (address: string) =>
      Object.entries(LIVE).map(([at, before]) => ({
        ...{ address: at, type: at.split(".")[0], change: { actions: ["no-op"], before, after: before } },
        ...(at === "aws_iam_role.full" ? { address: "aws_iam_role.moved[0]", previous_address: address } : {}),
      }));
    expect(read(planOf(plan("aws_iam_role.full"), moved), CODE, moved).drift).toBeUndefined();
    expect(read(planOf(plan("aws_iam_role.full"), moved), {}, moved).drift).toBeUndefined();
  });

  test("isn't settings, registrations or the account: they give nobody anything", () => {
    const named = edited(({ resource }) => {
      resource.aws_iam_role.full.max_session_duration = 7200;
      resource.aws_cloudcontrolapi_resource = {
        workspace_T01: {
          type_name: "AWS::SupportApp::SlackWorkspaceConfiguration",
          desired_state: '{"TeamId":"T01"}',
        },
      };
    });
    expect(inAccount(() => {}, named, named).drift).toBeUndefined();
    expect(inAccount(deny, named, named).drift?.access.registrations).toEqual([]);
  });
});
