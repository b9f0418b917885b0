import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { NO_ACCESS } from "../../../cli/terraform/environment-access";
import { differences, entriesOf, readStack } from "../../../cli/terraform/stack";
import { readSynthesized, type SynthesizedStack } from "../../../cli/terraform/synthesized-folder";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { digestOutput } from "../../../stacks/output/stack-digest";
import { CHANNEL, type Draft, edited, ONCALL, set, stackOf } from "../../support/edited-stack";
import { environmentFile } from "../../support/environment-files";
import { EVERY_FIELD } from "../../support/every-field";
import { sharedFolder } from "../../support/folder";
import { synthesizeInto } from "../../support/synthesize";
import { propertyRuns } from "../../support/thorough";

const root = sharedFolder({ isReal: true });
let count = 0;

/** Expects the stacks of environments.yaml, as they are on the disk, to be what their environments say. */
function expectReadable(yaml: string): void {
  const environments = parseEnvironments(yaml, "environments.yaml");
  const folder = join(root, `folder-${count++}`);
  synthesizeInto(folder, environments);
  const { stacks } = readSynthesized(folder);
  for (const environment of environments) {
    const { name } = environment;
    const stack = readStack(name, stacks.get(name) as SynthesizedStack);
    expect(stack.unreadable).toEqual([]);
    expect(stack.environment).toEqual(environment);
  }
}

describe("a stack as it is synthesized is what its environment says", () => {
  test("a stack as it is synthesized is what its environment says, whatever that has", () => {
    fc.assert(
      fc.property(environmentFile, (file) => expectReadable(stringify(file))),
      propertyRuns(100),
    );
  });

  test("a stack as it is synthesized is what its environment says with every field there is", () => {
    expectReadable(stringify(EVERY_FIELD));
  });

  test("a stack with tags whose keys JavaScript and CDKTF sort differently is what its environment says", () => {
    const tags = '{ "0": a, "//": b, z: c }';
    expectReadable(`environments: { a: { account: "111122223333", region: us-east-1, tags: ${tags}, full: {} } }`);
  });

  test("a stack without anything in it, as of a retired environment, is what its environment says", () => {
    const place = "region: us-east-1, full: { service-quotas-role: create, adopt: true }";
    expectReadable(`environments: { a: { account: "111122223333", ${place}, retired: true } }`);
  });
});

test("a stack with a profile is what its environment says, also where the process names credentials", () => {
  const before = { ...process.env };
  try {
    for (const inCI of [true, false]) {
      const [synthesizing, reviewing] = inCI ? [{ CI: "true" }, {}] : [{}, { CI: "true" }];
      process.env = { PATH: before.PATH, ...synthesizing };
      const stack = stackOf("profile: ops, backend: { type: s3, bucket: states, region: us-east-1 }, full: {}");
      expect(JSON.stringify(stack.terraform).includes('"ops"')).toBe(!inCI);
      process.env = { PATH: before.PATH, ...reviewing };
      expect(readStack("paid", stack).unreadable).toEqual([]);
    }
  } finally {
    process.env = before;
  }
});

const WHOLE = stackOf(
  `full: { path: /a/, adopt: true, service-quotas-role: adopt, ${ONCALL} }, slack-workspaces: [T01], account-alias: Payments`,
);

/** The reason, the address and the content of what isn't as it is written in an edited stack. */
function unreadableOf(edit: (draft: Draft) => void, stack = WHOLE): unknown[][] {
  const { unreadable } = readStack("paid", edited(stack, edit));
  return unreadable.map(({ reason, address, source }) => [reason, address, source]);
}

function setAt(draft: Draft, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce((node, step) => node[step], draft);
  const last = path.at(-1) ?? "";
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
}

test("a stack has its blocks by address, and what its environment gives", () => {
  const { blocks, access } = readStack("paid", WHOLE);
  expect([...blocks.keys()]).toEqual(
    expect.arrayContaining(["aws_iam_role.full", "data.aws_iam_policy_document.full"]),
  );
  expect(access).toMatchObject({ alias: "Payments", workspaces: ["T01"], hasServiceQuotasRole: true });
});

test("the order of keys, and CDKTF's remarks, make no difference", () => {
  const reversed = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, child]) => [key, reversed(child)]),
        );
  const { terraform } = edited(WHOLE, (draft) => set(draft, "resource aws_iam_role full //", { metadata: {} }));
  const stack = { ...WHOLE, terraform: reversed(terraform) as SynthesizedStack["terraform"] };
  expect(readStack("paid", stack).unreadable).toEqual([]);
});

/** The paths of all that is in a value. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[key], ...pathsIn(child).map((path) => [key, ...path])]);
}

test("whatever is changed or removed in a stack, it isn't what its environment says", () => {
  const { terraform } = WHOLE;
  const changed = (path: readonly string[], value: unknown) =>
    edited(WHOLE, (draft) => setAt(draft, path, value)).terraform;
  const writtenEntries = entriesOf(terraform);
  const quiet = pathsIn(terraform).filter((path) =>
    [undefined, "changed"].some((value) => differences(writtenEntries, entriesOf(changed(path, value))).length === 0),
  );
  expect(quiet).toEqual([]);
});

const ROLE = "resource aws_iam_role full";
const GUARD = "resource terraform_data support_app_place";

describe("an entry that isn't as it is written is reported with the arguments that differ", () => {
  test.each<[path: string, value: unknown, address: string, source: unknown]>([
    [`${ROLE} name`, "Other", "aws_iam_role.full", { name: "Other" }],
    [`${ROLE} path`, undefined, "aws_iam_role.full", { path: null }],
    [`${ROLE} max_session_duration`, 7200, "aws_iam_role.full", { max_session_duration: 7200 }],
    [`${ROLE} count`, 2, "aws_iam_role.full", { count: 2 }],
    [`${ROLE} lifecycle`, { ignore_changes: ["tags"] }, "aws_iam_role.full", { lifecycle: expect.anything() }],
    [`${ROLE} depends_on`, [], "aws_iam_role.full", { depends_on: [] }],
    [ROLE, [{ name: "Other" }], "aws_iam_role.full", [{ name: "Other" }]],
    [
      "data aws_iam_policy_document full statement 0 resources",
      ["s3"],
      "data.aws_iam_policy_document.full",
      { statement: expect.anything() },
    ],
    [
      `resource aws_cloudcontrolapi_resource ${CHANNEL} desired_state`,
      (text: string) => text.replace("oncall", "other"),
      `aws_cloudcontrolapi_resource.${CHANNEL}`,
      { desired_state: expect.stringContaining("other") },
    ],
    [
      "resource aws_iam_service_linked_role service_quotas lifecycle",
      undefined,
      "aws_iam_service_linked_role.service_quotas",
      { lifecycle: null },
    ],
    ["provider aws 0 allowed_account_ids", undefined, "provider.aws", [expect.anything()]],
    ["provider aws 0 region", "eu-west-1", "provider.aws", [expect.objectContaining({ region: "eu-west-1" })]],
    ["provider aws 0 endpoints", [{ iam: "a" }], "provider.aws", [expect.anything()]],
    ["provider aws 1", { alias: "more" }, "provider.aws", [expect.anything(), { alias: "more" }]],
    ["terraform required_version", ">= 1", "terraform.required_version", ">= 1"],
    ["terraform required_providers aws source", "evil/aws", "terraform.required_providers", { aws: expect.anything() }],
    ["terraform required_providers external", {}, "terraform.required_providers", { external: {} }],
    ["terraform backend", { http: {} }, "terraform.backend", { http: {}, local: null }],
    ["terraform backend local path", "a", "terraform.backend", { local: { path: "a" } }],
    ["import 0 id", "Other", "import", expect.arrayContaining([expect.objectContaining({ id: "Other" })])],
    [`check ${CHANNEL} assert 1`, { condition: true }, `check.${CHANNEL}`, { assert: expect.anything() }],
    [`locals ${CHANNEL}_differences`, "${[]}", `locals.${CHANNEL}_differences`, "${[]}"],
    [
      "output support_app_differences value",
      "${local.account_alias_differences}",
      "output.support_app_differences",
      { value: "${local.account_alias_differences}" },
    ],
    [`${GUARD} input account`, "444455556666", "terraform_data.support_app_place", { input: expect.anything() }],
    [`${GUARD} triggers_replace`, "a", "terraform_data.support_app_place", { triggers_replace: "a" }],
    [
      `${GUARD} lifecycle postcondition 0 condition`,
      "${true}",
      "terraform_data.support_app_place",
      { lifecycle: expect.anything() },
    ],
  ])("an entry that differs is reported with its arguments: %s, with %j", (path, value, address, source) => {
    expect(unreadableOf((draft) => set(draft, path, value))).toContainEqual([...["differs", address, source]]);
  });

  test("a value of another type is another value", () => {
    const withDuration = stackOf("full: { max-session-duration: 7200 }");
    expect(unreadableOf((draft) => set(draft, `${ROLE} max_session_duration`, "7200"), withDuration)).toEqual([
      ["differs", "aws_iam_role.full", { max_session_duration: "7200" }],
    ]);
  });
});

const withoutSource = (unreadable: readonly unknown[][]) => unreadable.map(([reason, address]) => [reason, address]);

test.each([
  ["resource aws_iam_role full", "aws_iam_role.full"],
  ["resource aws_iam_role_policy_attachments_exclusive full", "aws_iam_role_policy_attachments_exclusive.full"],
  ["resource aws_iam_role_policies_exclusive full", "aws_iam_role_policies_exclusive.full"],
  ["resource aws_iam_service_linked_role", "aws_iam_service_linked_role.service_quotas"],
  [GUARD, "terraform_data.support_app_place"],
  ["data aws_iam_policy_document full_trust", "data.aws_iam_policy_document.full_trust"],
  ["terraform backend", "terraform.backend"],
  ["terraform required_version", "terraform.required_version"],
  ["provider", "provider.aws"],
  ["import", "import"],
  [`check ${CHANNEL}`, `check.${CHANNEL}`],
  [`locals ${CHANNEL}_differences`, `locals.${CHANNEL}_differences`],
  ["output support_app_differences", "output.support_app_differences"],
])("a stack without its %s misses it", (path, address) => {
  expect(unreadableOf((draft) => set(draft, path, undefined))).toEqual([["missing", address, undefined]]);
});

test("a section in another form misses all that was in it", () => {
  const actual = unreadableOf((draft) => set(draft, "locals", [1]));
  expect(withoutSource(actual)).toEqual([
    ["missing", `locals.${CHANNEL}_differences`],
    ["missing", "locals.account_alias_differences"],
    ["unknown-addition", "locals"],
  ]);
});

test("another mode of the Service Quotas role leaves a removed block, which must be as it is written", () => {
  const handingBack = stackOf("full: { service-quotas-role: existing }");
  expect(withoutSource(unreadableOf((draft) => delete draft.removed, handingBack))).toEqual([["missing", "removed"]]);
  const destroying = (draft: Draft) => set(draft, "removed 0 lifecycle destroy", true);
  expect(withoutSource(unreadableOf(destroying, handingBack))).toEqual([["differs", "removed"]]);
});

test("what gives nobody anything may stand beside what the constructs write", () => {
  expect(
    unreadableOf((draft) => {
      set(draft, "resource aws_sns_topic a", { name: "${aws_iam_role.full.name}" });
      set(draft, "data aws_region a", {});
      set(draft, "output a", { value: "${aws_iam_role.full.arn}" });
    }),
  ).toEqual([]);
});

test.each<[path: string, value: unknown, address: string]>([
  ["resource aws_iam_role more", { name: "More" }, "aws_iam_role.more"],
  ["resource aws_iam_role_policy full", { policy: "{}" }, "aws_iam_role_policy.full"],
  ["resource aws_iam_role_policy_attachment more", {}, "aws_iam_role_policy_attachment.more"],
  ["resource aws_iam_service_linked_role more", {}, "aws_iam_service_linked_role.more"],
  ["resource aws_cloudcontrolapi_resource again", {}, "aws_cloudcontrolapi_resource.again"],
  ["resource aws_sns_topic a", { name: "${local.a}" }, "aws_sns_topic.a"],
  ["data aws_iam_policy_document more", { statement: [] }, "data.aws_iam_policy_document.more"],
  ["moved", [{ from: "aws_iam_role.a", to: "aws_iam_role.full" }], "moved"],
  ["removed", [{ from: "aws_iam_role.full" }], "removed"],
  ["check own", { assert: [] }, "check.own"],
  ["locals own", "a", "locals.own"],
  ["terraform experiments", ["a"], "terraform.experiments"],
  ["terraform cloud", { organization: "a" }, "terraform.cloud"],
  ["provider external", [{}], "provider.external"],
  ["output own", { value: "${local.a}" }, "output.own"],
  ["ephemeral aws_secret", { a: {} }, "ephemeral.aws_secret"],
])("anything else beside it, such as %s, may give somebody something", (path, value, address) => {
  expect(unreadableOf((draft) => set(draft, path, value))).toEqual([["unknown-addition", address, value]]);
});

test.each<[path: string, value: unknown, address: string]>([
  [`${ROLE} provisioner`, [{ "local-exec": {} }], "aws_iam_role.full"],
  [`${ROLE} connection`, {}, "aws_iam_role.full"],
  [`${ROLE} name`, "${var.name}", "resource.aws_iam_role.full.name"],
  [`${GUARD} provisioner`, [{ "local-exec": {} }], "terraform_data.support_app_place"],
  ["module a", { source: "./a" }, "module.a"],
  ["variable a", { default: "a" }, "variable.a"],
  ["resource null_resource a", {}, "null_resource.a"],
  ["data aws_iam_roles a", {}, "data.aws_iam_roles.a"],
  [`check ${CHANNEL} data`, {}, `check.${CHANNEL}`],
  ["check own", [{ data: { external: { a: { program: ["sh"] } } } }], "check.own"],
  ["locals own", "${timestamp()}", "locals.own"],
  ["output support_app_differences value", "${plantimestamp()}", "output.support_app_differences.value"],
])("%s depends on something outside of the Terraform as %j", (path, value, address) => {
  const actual = unreadableOf((draft) => set(draft, path, value));
  expect(actual.map(([reason, place]) => [reason, String(place).replace(/^resource\./, "")])).toEqual([
    ["reads-elsewhere", address.replace(/^resource\./, "")],
  ]);
});

describe("the digest of a stack", () => {
  const withDigest = (digest: object, edit: (draft: Draft) => void = () => {}) =>
    unreadableOf((draft) => {
      edit(draft);
      set(draft, "output support_app_digest", digest);
    });

  test("the digest of a stack is right, or isn't there", () => {
    expect(withDigest(digestOutput(WHOLE.terraform))).toEqual([]);
    expect(unreadableOf(() => {})).toEqual([]);
  });

  test("the digest of other Terraform is reported, with what differs there", () => {
    const wrong = digestOutput({});
    expect(withDigest(wrong)).toEqual([["wrong-digest", "output.support_app_digest", wrong]]);
    const actual = withDigest(digestOutput(WHOLE.terraform), (draft) => set(draft, `${ROLE} name`, "Other"));
    expect(withoutSource(actual)).toEqual([
      ["differs", "aws_iam_role.full"],
      ["wrong-digest", "output.support_app_digest"],
    ]);
  });
});

describe("a stack that another version wrote", () => {
  const byOther = (stack: SynthesizedStack): SynthesizedStack => ({
    ...stack,
    environmentFile: { ...(stack.environmentFile as object), writtenBy: "0.0.1" },
  });

  test("a stack that another version wrote is readable if this version writes the same", () => {
    expect(readStack("paid", byOther(WHOLE)).unreadable).toEqual([]);
  });

  test("a stack that another version wrote is unreadable with both versions and each place that differs", () => {
    const actual = unreadableOf((draft) => {
      set(draft, `${ROLE} name`, "Other");
      set(draft, "module a", {});
    }, byOther(WHOLE));
    expect(actual).toEqual([
      ["other-version", "environment.json", { writtenBy: "0.0.1", thisVersion: expect.any(String) }],
      ["differs", "aws_iam_role.full", { name: "Other" }],
      ["reads-elsewhere", "module.a", {}],
    ]);
  });
});

describe("of a stack without an environment, nothing is known", () => {
  const { environmentFile: content } = WHOLE as Draft;

  test.each<[what: string, environmentFile: unknown]>([
    ["no file", undefined],
    ["no mapping", [1]],
    ["another form", { ...content, formatVersion: 2 }],
    ["an environment that environments.yaml couldn't have", { ...content, environment: { account: "1" } }],
  ])("nothing is known of a stack without an environment, with %s beside it", (_, environmentFile) => {
    const stack = readStack("paid", { terraform: WHOLE.terraform, environmentFile });
    expect([stack.environment, stack.access]).toEqual([undefined, NO_ACCESS]);
    expect(stack.unreadable).toEqual([
      { reason: "no-environment", address: "environment.json", source: environmentFile },
    ]);
  });

  test("a dependency on something outside of the Terraform is known even without an environment", () => {
    const { terraform } = edited(WHOLE, (draft) => set(draft, "module a", {}));
    expect(readStack("paid", { terraform }).unreadable).toMatchObject([
      { reason: "no-environment" },
      { reason: "reads-elsewhere", address: "module.a" },
    ]);
  });
});

test("a stack with another environment beside it isn't what that says", () => {
  const otherStack = stackOf('full: { permissions-boundary: "arn:aws:iam::aws:policy/PowerUserAccess" }');
  const { unreadable } = readStack("paid", { ...otherStack, environmentFile: stackOf("full: {}").environmentFile });
  expect(unreadable).toEqual([
    {
      ...{ reason: "differs", address: "aws_iam_role.full" },
      source: { permissions_boundary: "arn:aws:iam::aws:policy/PowerUserAccess" },
    },
  ]);
  expect(
    readStack("paid", { ...otherStack, environmentFile: stackOf("read-only: {}").environmentFile }).unreadable,
  ).not.toEqual([]);
});
