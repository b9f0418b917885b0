import {
  foreignMoves,
  type MovedFrom,
  stateChanges,
  stateLocation,
} from "../../../../cli/commands/review/state-changes";
import type { Backend, Stack } from "../../../../cli/terraform/stack";
import { AWS_PROVIDER } from "../../../../stacks/required-versions";

const ACCOUNT = "111122223333";

/** The parts of an address and what stands there, by address. */
const blocksOf = (blocks: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Stack["blocks"] =>
  new Map(
    Object.entries(blocks).map(([address, body]) => {
      const [type = "", name = ""] = address.split(".");
      return [address, { address, type, name, isData: false, body }];
    }),
  );

const stack = (more: Partial<Stack> = {}): Stack => ({
  ...{ provider: { account: ACCOUNT }, blocks: new Map(), imports: [], moves: [], removals: [], unreadable: [] },
  ...more,
});

const REGIONAL = blocksOf({ "aws_cloudcontrolapi_resource.channel": {}, "aws_iam_role.full": {} });
const LOCAL = { type: "local", settings: { path: "a" } } as const;
const inRegion = (region: string, more: object = {}) => ({ account: ACCOUNT, region, ...more });

const OTHER = { type: "local", settings: { path: "b" } } as const;
const [US, EU] = [{ region: "us-east-1" }, { region: "eu-west-1" }];
const found = (kind: string, verdict: string, before: unknown, after: unknown, more: object = {}) => ({
  ...{ kind, verdict, before, after, ...more },
});
const acting = (verdict: string, before: object, after: object, from?: MovedFrom) =>
  found("provider", verdict, before, after, from && { from });
const inUS = { provider: inRegion("us-east-1"), blocks: REGIONAL };
const asX = { provider: inRegion("us-east-1", { assumeRole: "arn:x" }), blocks: REGIONAL };
const OLD = { providerVersion: ">= 5.0.0" };
const OWN = { providerVersion: AWS_PROVIDER.version };
const [TEN, ELEVEN] = [{ requiredVersion: ">= 1.10" }, { requiredVersion: ">= 1.11" }];

test.each<[string, Partial<Stack>, Partial<Stack>, readonly object[]]>([
  ["nothing", { backend: LOCAL }, { backend: LOCAL }, []],
  ["the account", {}, { provider: { account: "9" } }, [found("account", "unknown", ACCOUNT, "9", { from: "retired" })]],
  [
    "the account of what isn't retired",
    inUS,
    { provider: inRegion("us-east-1", { account: "9" }), blocks: REGIONAL },
    [found("account", "unknown", ACCOUNT, "9", { from: "in-use" })],
  ],
  [
    "the account of what is retired at the same time",
    inUS,
    { provider: inRegion("us-east-1", { account: "9" }), blocks: blocksOf({}) },
    [found("account", "unknown", ACCOUNT, "9", { from: "retiring" })],
  ],
  ["the state", { backend: LOCAL }, { backend: OTHER }, [found("backend", "unknown", LOCAL, OTHER)]],
  [
    "the profile that reads the state",
    { backend: LOCAL },
    { backend: { ...LOCAL, profile: "ops" } },
    [found("backend", "settings", LOCAL, { ...LOCAL, profile: "ops" })],
  ],
  [
    "the profiles of whoever deploys to any account",
    { provider: {}, backend: LOCAL },
    { provider: { profile: "ops" }, backend: { ...LOCAL, profile: "state" } },
    [found("backend", "unknown", LOCAL, { ...LOCAL, profile: "state" }), acting("unknown", {}, { profile: "ops" })],
  ],
  [
    "the region, with nothing in the old one that the code still has",
    { ...inUS, blocks: blocksOf({ "aws_iam_role.full": {} }) },
    { provider: inRegion("eu-west-1"), blocks: REGIONAL },
    [acting("unknown", US, EU, "in-use")],
  ],
  [
    "the region of a retired environment, which its state may remember",
    { ...inUS, blocks: blocksOf({ "terraform_data.location": {} }) },
    { provider: inRegion("eu-west-1"), blocks: REGIONAL },
    [acting("unknown", US, EU, "retired")],
  ],
  ["the region of a channel", inUS, { provider: inRegion("eu-west-1") }, [acting("unknown", US, EU, "retiring")]],
  ["the region, in any account", { provider: US }, { provider: EU }, [acting("unknown", US, EU, "retired")]],
  ["the role that Terraform acts as", inUS, asX, [acting("unknown", US, { ...US, assumeRole: "arn:x" })]],
  ["the provider, to ours", OLD, OWN, [found("provider-version", "settings", ">= 5.0.0", AWS_PROVIDER.version)]],
  ["the provider, to another", OWN, {}, [found("provider-version", "unknown", AWS_PROVIDER.version, undefined)]],
  ["Terraform's version", TEN, ELEVEN, [found("terraform-version", "settings", ">= 1.10", ">= 1.11")]],
])("what changes around the access: %s", (_, base, head, changes) => {
  expect(stateChanges(stack(base), stack(head))).toEqual(changes);
});

test.each<[Backend["type"], settings: object, others: readonly object[]]>([
  ["s3", { bucket: "acme", key: "paid" }, [{ bucket: "theirs" }, { key: "theirs" }]],
  [
    ...(["cloud", { organization: "acme", workspace: "paid" }] as const),
    [{ organization: "theirs" }, { hostname: "evil.example" }, { workspace: "theirs" }],
  ],
])("a state in %s with %j is elsewhere with any of %j", (type, settings, others) => {
  const placeWith = (more: object) => stateLocation({ type, settings: { ...settings, ...more } }, "paid");
  expect(new Set([{}, ...others].map(placeWith)).size).toBe(1 + others.length);
  expect(placeWith({ encrypt: true, hostname: "APP.terraform.io.:443" })).toBe(placeWith({}));
  expect(placeWith({ hostname: "app.terraform.io." })).toBe(placeWith({}));
});

test.each<[Backend["type"], object, same: object]>([
  ["local", { path: "paid.tfstate" }, { path: "./states/../paid.tfstate" }],
  ["local", {}, { path: "terraform.tfstate" }],
  ["local", {}, { path: "../../stacks/paid/terraform.tfstate" }],
  ["local", { path: "/states/paid" }, { path: "/states//./paid" }],
  [
    ...(["cloud", { organization: "acme", workspace: "paid", hostname: "tfe.example:8443" }] as const),
    { organization: "acme", workspace: "paid", hostname: "TFE.example.:8443" },
  ],
  ["s3", { bucket: "acme", key: "paid" }, { bucket: "acme", key: "/paid" }],
])("a state in %s with %j is where it is with %j", (type, settings, same) => {
  const [placed, place] = [same, settings].map((one) => stateLocation({ type, settings: one as never }, "paid"));
  expect(placed).toBe(place);
});

test("a local state is in its environment's folder", () => {
  const place = (path: string | undefined, environment: string) =>
    stateLocation({ type: "local", settings: path === undefined ? {} : { path } }, environment);
  expect(place("../b/terraform.tfstate", "a")).toBe(place(undefined, "b"));
  expect(place("../../../state", "a")).toBe(place("../../../state", "b"));
  expect(place("terraform.tfstate", "a")).not.toBe(place("terraform.tfstate", "b"));
  expect(place("/stacks/a/terraform.tfstate", "a")).not.toBe(place(undefined, "a"));
  expect(place("../../../../state", "a")).not.toBe(place("../../../state", "a"));
});

describe("an import", () => {
  const named = (address: string, name: string) => blocksOf({ [address]: { name } });
  const imported = (to: string, was: Partial<Stack>, is: Partial<Stack>) =>
    stateChanges(stack(was), stack({ imports: [{ to, id: "x" }], ...is }));
  const SETTINGS = { kind: "import", verdict: "settings", isTakenOver: false, id: "x" };
  const TAKEN_OVER = { kind: "import", verdict: "unknown", isTakenOver: true, id: "x" };

  const [ROLE, POLICY, ATTACHED] = ["aws_iam_role.full", "aws_iam_policy.full", "aws_iam_role_policy_attachment.full"];
  test.each<[string, string, string | undefined, string, object]>([
    ["what had the name already", ROLE, "a", "a", SETTINGS],
    ["a role of another name", ROLE, "a", "b", TAKEN_OVER],
    ["a new policy", POLICY, undefined, "a", TAKEN_OVER],
    ["something without a name of its own", ATTACHED, undefined, "a", SETTINGS],
    ["something that only contains the word", "other.aws_iam_role.full", undefined, "a", SETTINGS],
  ])("of %s", (_, to, was, is, change) => {
    const blocks = was === undefined ? new Map() : named(to, was);
    expect(imported(to, { blocks }, { blocks: named(to, is) })).toEqual([{ ...change, to }]);
  });

  test("that was there before changes nothing", () => {
    const imports = [{ to: "aws_iam_role.full", id: "x" }];
    expect(stateChanges(stack({ imports }), stack({ imports }))).toEqual([]);
    expect(stateChanges(stack({ imports }), stack({ imports: [{ ...imports[0], id: "y" } as never] }))).toHaveLength(1);
  });
});

describe("a move", () => {
  const [FROM, TO] = ["aws_iam_role.old", "aws_iam_role.new"];
  const moves = [{ from: FROM, to: TO }];
  const at = (...addresses: readonly string[]) => blocksOf(Object.fromEntries(addresses.map((one) => [one, {}])));
  const FOREIGN = [{ reason: "foreign-move", address: `moved.${TO}`, source: moves[0] }];

  test("from what the stack had to what it has is its own", () => {
    const [base, head] = [stack({ blocks: at(FROM) }), stack({ blocks: at(TO), moves })];
    expect(stateChanges(base, head)).toEqual([{ kind: "move", verdict: "settings", from: FROM, to: TO }]);
    expect(foreignMoves(base, head)).toEqual([]);
  });

  test.each<[string, Stack["blocks"], Stack["blocks"]]>([
    ["what the stack didn't have", at(), at(TO)],
    ["what the stack still has", at(FROM), at(FROM, TO)],
    ["nothing that the stack has", at(FROM), at()],
    ["something that the stack had already", at(FROM, TO), at(TO)],
  ])("of %s is foreign", (_, before, after) => {
    const [base, head] = [stack({ blocks: before }), stack({ blocks: after, moves })];
    expect(stateChanges(base, head)).toEqual([]);
    expect(foreignMoves(base, head)).toEqual(FOREIGN);
  });

  test("to another type is foreign", () => {
    const other = [{ from: "aws_iam_policy.old", to: TO }];
    const [base, head] = [stack({ blocks: at("aws_iam_policy.old") }), stack({ blocks: at(TO), moves: other })];
    expect(stateChanges(base, head)).toEqual([]);
    expect(foreignMoves(base, head)).toHaveLength(1);
  });

  test("in a new stack is foreign", () => {
    expect(foreignMoves(undefined, stack({ blocks: at(TO), moves }))).toEqual(FOREIGN);
  });

  test("that was there before is done", () => {
    const [base, head] = [stack({ blocks: at(TO), moves }), stack({ blocks: at(TO), moves })];
    expect(stateChanges(base, head)).toEqual([]);
    expect(foreignMoves(base, head)).toEqual([]);
  });
});
