import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { changedPlaces, readStack } from "../../../cli/terraform/stack";
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
    expect(stack.unproven).toEqual([]);
    expect(stack.source?.environment).toEqual(environment);
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
      expect(readStack("paid", stack).unproven).toEqual([]);
    }
  } finally {
    process.env = before;
  }
});

const WHOLE = stackOf(
  `full: { path: /a/, adopt: true, service-quotas-role: adopt, ${ONCALL} }, slack-workspaces: [T01], account-alias: Payments`,
);

/** The address of each place that isn't as it is written in an edited stack, with what is expected and what is there. */
function unprovenOf(edit: (draft: Draft) => void, stack = WHOLE): unknown[][] {
  const { unproven } = readStack("paid", edited(stack, edit));
  return unproven.map(({ address, attribute, expected, actual }) => [
    attribute === undefined ? address : `${address} ${attribute}`,
    expected === undefined ? "added" : actual === undefined ? "missing" : actual,
  ]);
}

function setAt(draft: Draft, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce((node, step) => node[step], draft);
  const last = path.at(-1) ?? "";
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
}

test("a stack has its blocks by address", () => {
  const { blocks } = readStack("paid", WHOLE);
  expect([...blocks.keys()]).toEqual(
    expect.arrayContaining(["aws_iam_role.full", "data.aws_iam_policy_document.full"]),
  );
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
  expect(readStack("paid", stack).unproven).toEqual([]);
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
  const quiet = pathsIn(terraform).filter((path) =>
    [undefined, "changed"].some((value) => changedPlaces(terraform, changed(path, value)).length === 0),
  );
  expect(quiet).toEqual([]);
});

const ROLE = "resource aws_iam_role full";

test.each<[path: string, value: unknown, address: string, actual: unknown]>([
  [`${ROLE} name`, "Other", "aws_iam_role.full name", "Other"],
  [`${ROLE} path`, undefined, "aws_iam_role.full path", "missing"],
  [`${ROLE} count`, 2, "aws_iam_role.full count", "added"],
  [`${ROLE} name`, null, "aws_iam_role.full name", null],
  [ROLE, [{ name: "Other" }], "aws_iam_role.full", [{ name: "Other" }]],
  [ROLE, undefined, "aws_iam_role.full", "missing"],
  [
    "data aws_iam_policy_document full statement 0 resources",
    ["s3"],
    "data.aws_iam_policy_document.full statement",
    expect.anything(),
  ],
  ["provider aws 0 region", "eu-west-1", "provider.aws", expect.anything()],
  ["terraform backend", { http: {} }, "terraform.backend http", "added"],
  ["terraform cloud", { workspaces: { tags: ["a"] } }, "terraform.cloud", "added"],
  ["import 0 id", "Other", "import", expect.anything()],
  [`locals ${CHANNEL}_differences`, "${[]}", `locals.${CHANNEL}_differences`, "${[]}"],
  [
    "output support_app_differences value",
    "${plantimestamp()}",
    "output.support_app_differences value",
    "${plantimestamp()}",
  ],
  ["resource aws_iam_role_policy full", { policy: "{}" }, "aws_iam_role_policy.full", "added"],
  ["resource aws_sns_topic a", { name: "a" }, "aws_sns_topic.a", "added"],
  ["moved", [{ from: "aws_iam_role.a", to: "aws_iam_role.full" }], "moved", "added"],
  ["module a", { source: "./a" }, "module.a", "added"],
  ["module", {}, "module", "added"],
  ["check own", { assert: [] }, "check.own", "added"],
])("a place that isn't as it is written is shown: %s as %j", (path, value, address, actual) => {
  expect(unprovenOf((draft) => set(draft, path, value))).toContainEqual([address, actual]);
});

test("a value of another type is another value", () => {
  const withDuration = stackOf("full: { max-session-duration: 7200 }");
  expect(unprovenOf((draft) => set(draft, `${ROLE} max_session_duration`, "7200"), withDuration)).toEqual([
    ["aws_iam_role.full max_session_duration", "7200"],
  ]);
});

test("a section in another form misses all that was in it", () => {
  expect(unprovenOf((draft) => set(draft, "locals", [1]))).toEqual([
    ["locals", "added"],
    ["locals.account_alias_differences", "missing"],
    [`locals.${CHANNEL}_differences`, "missing"],
  ]);
});

test("the digest of a stack is right, or isn't there, or is a place like any other", () => {
  const withDigest = (digest: object) => unprovenOf((draft) => set(draft, "output support_app_digest", digest));
  expect(withDigest(digestOutput(WHOLE.terraform))).toEqual([]);
  expect(unprovenOf(() => {})).toEqual([]);
  expect(withDigest(digestOutput({}))).toEqual([["output.support_app_digest", "added"]]);
});

describe("a stack that another version wrote", () => {
  const byOther = (stack: SynthesizedStack): SynthesizedStack => ({
    ...stack,
    environmentFile: { ...(stack.environmentFile as object), writtenBy: "0.0.1" },
  });

  test("a stack that another version wrote is proven if this version writes the same, and otherwise shown with both versions", () => {
    expect(readStack("paid", byOther(WHOLE)).unproven).toEqual([]);
    expect(unprovenOf((draft) => set(draft, `${ROLE} name`, "Other"), byOther(WHOLE))).toEqual([
      ["environment.json writtenBy", "0.0.1"],
      ["aws_iam_role.full name", "Other"],
    ]);
  });
});

test.each<[what: string, environmentFile: unknown]>([
  ["no file", undefined],
  ["no mapping", [1]],
  ["another form", { ...(WHOLE.environmentFile as object), formatVersion: 2 }],
  [
    "an environment that environments.yaml couldn't have",
    { ...(WHOLE.environmentFile as object), environment: { account: "1" } },
  ],
])("nothing is known of a stack without an environment, with %s beside it", (_, environmentFile) => {
  const { source, unproven } = readStack("paid", { terraform: WHOLE.terraform, environmentFile });
  expect(source).toBeUndefined();
  expect(unproven).toMatchObject([{ address: "environment.json", actual: environmentFile }]);
});

test("a stack with another environment beside it isn't what that says", () => {
  const otherStack = stackOf('full: { permissions-boundary: "arn:aws:iam::aws:policy/PowerUserAccess" }');
  const { environmentFile } = stackOf("full: {}");
  expect(readStack("paid", { ...otherStack, environmentFile }).unproven).toEqual([
    {
      address: "aws_iam_role.full",
      attribute: "permissions_boundary",
      expected: undefined,
      actual: "arn:aws:iam::aws:policy/PowerUserAccess",
    },
  ]);
});
