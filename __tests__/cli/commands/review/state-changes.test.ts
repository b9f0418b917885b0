import { foreignMoves, stateChanges } from "../../../../cli/commands/review/state-changes";
import type { Stack } from "../../../../cli/terraform/stack";
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

describe("what changes around the access", () => {
  const REGIONAL = blocksOf({ "aws_cloudcontrolapi_resource.channel": {}, "aws_iam_role.full": {} });
  const LOCAL = { type: "local", settings: { path: "a" } } as const;
  const inRegion = (region: string, more: object = {}) => ({ account: ACCOUNT, region, ...more });

  test.each<[string, Partial<Stack>, Partial<Stack>, readonly object[]]>([
    ["nothing", { backend: LOCAL }, { backend: LOCAL }, []],
    [
      "the account",
      {},
      { provider: { account: "999999999999" } },
      [{ kind: "account", verdict: "unknown", before: ACCOUNT, after: "999999999999" }],
    ],
    [
      "the account, to any",
      {},
      { provider: {} },
      [{ kind: "account", verdict: "unknown", before: ACCOUNT, after: undefined }],
    ],
    [
      "the place of the state",
      { backend: LOCAL },
      { backend: { type: "local", settings: { path: "b" } } },
      [
        {
          ...{ kind: "backend", verdict: "unknown", before: LOCAL },
          after: { type: "local", settings: { path: "b" } },
        },
      ],
    ],
    [
      "a first backend",
      {},
      { backend: LOCAL },
      [{ kind: "backend", verdict: "unknown", before: undefined, after: LOCAL }],
    ],
    [
      "the profile that reads the state",
      { backend: LOCAL },
      { backend: { ...LOCAL, profile: "ops" } },
      [{ kind: "profile", isNew: false, verdict: "settings", of: "backend", before: undefined, after: "ops" }],
    ],
    [
      "the profile of whoever deploys",
      { provider: { account: ACCOUNT, profile: "ops" } },
      {},
      [{ kind: "profile", isNew: false, verdict: "settings", of: "provider", before: "ops", after: undefined }],
    ],
    [
      "the profiles of whoever deploys to any account",
      { provider: {}, backend: LOCAL },
      { provider: { profile: "ops" }, backend: { ...LOCAL, profile: "state" } },
      [
        { kind: "profile", isNew: false, verdict: "unknown", of: "provider", before: undefined, after: "ops" },
        { kind: "profile", isNew: false, verdict: "unknown", of: "backend", before: undefined, after: "state" },
      ],
    ],
    [
      "the region, with nothing in the old one",
      { provider: inRegion("us-east-1"), blocks: blocksOf({ "aws_iam_role.full": {} }) },
      { provider: inRegion("eu-west-1"), blocks: REGIONAL },
      [
        {
          ...{ kind: "provider", verdict: "settings", isLeft: false },
          ...{ before: { region: "us-east-1" }, after: { region: "eu-west-1" } },
        },
      ],
    ],
    [
      "the region, with a channel in the old one",
      { provider: inRegion("us-east-1"), blocks: REGIONAL },
      { provider: inRegion("eu-west-1") },
      [
        {
          ...{ kind: "provider", verdict: "unknown", isLeft: true },
          ...{ before: { region: "us-east-1" }, after: { region: "eu-west-1" } },
        },
      ],
    ],
    [
      "the region, in any account",
      { provider: { region: "a" } },
      { provider: { region: "b" } },
      [{ kind: "provider", verdict: "unknown", before: { region: "a" }, after: { region: "b" }, isLeft: false }],
    ],
    [
      "the role that Terraform acts as, where its channels are",
      { provider: inRegion("us-east-1"), blocks: REGIONAL },
      { provider: inRegion("us-east-1", { assumeRole: "arn:x" }), blocks: REGIONAL },
      [
        {
          ...{ kind: "provider", verdict: "unknown", isLeft: false },
          ...{ before: { region: "us-east-1" }, after: { region: "us-east-1", assumeRole: "arn:x" } },
        },
      ],
    ],
    [
      "the version of the AWS provider, to what this version writes",
      { providerVersion: ">= 5.0.0" },
      { providerVersion: AWS_PROVIDER.version },
      [{ kind: "provider-version", verdict: "settings", before: ">= 5.0.0", after: AWS_PROVIDER.version }],
    ],
    [
      "the version of the AWS provider, to another",
      { providerVersion: AWS_PROVIDER.version },
      {},
      [{ kind: "provider-version", verdict: "unknown", before: AWS_PROVIDER.version, after: undefined }],
    ],
    [
      "the version of Terraform",
      { requiredVersion: ">= 1.10" },
      { requiredVersion: ">= 1.11" },
      [{ kind: "terraform-version", verdict: "settings", before: ">= 1.10", after: ">= 1.11" }],
    ],
  ])("%s", (_, base, head, changes) => {
    expect(stateChanges(stack(base), stack(head))).toEqual(changes);
  });
});

describe("an import", () => {
  const named = (address: string, name: string) => blocksOf({ [address]: { name } });
  const imported = (to: string, was: Partial<Stack>, is: Partial<Stack>) =>
    stateChanges(stack(was), stack({ imports: [{ to, id: "x" }], ...is }));
  const SETTINGS = { kind: "import", verdict: "settings", isTakenOver: false, id: "x" };
  const TAKEN_OVER = { kind: "import", verdict: "unknown", isTakenOver: true, id: "x" };

  test.each<[string, string, Stack["blocks"], Stack["blocks"], object]>([
    [
      "of what had the name already",
      "aws_iam_role.full",
      named("aws_iam_role.full", "a"),
      named("aws_iam_role.full", "a"),
      SETTINGS,
    ],
    [
      "of a role of another name",
      "aws_iam_role.full",
      named("aws_iam_role.full", "a"),
      named("aws_iam_role.full", "b"),
      TAKEN_OVER,
    ],
    ["of a new policy", "aws_iam_policy.full", new Map(), named("aws_iam_policy.full", "a"), TAKEN_OVER],
    [
      "of something without a name of its own",
      ...([
        "aws_iam_role_policy_attachment.full",
        new Map(),
        named("aws_iam_role_policy_attachment.full", "a"),
      ] as const),
      SETTINGS,
    ],
    [
      "of something that only contains the word",
      ...(["other.aws_iam_role.full", new Map(), named("other.aws_iam_role.full", "a")] as const),
      SETTINGS,
    ],
  ])("%s", (_, to, was, is, change) => {
    expect(imported(to, { blocks: was }, { blocks: is })).toEqual([{ ...change, to }]);
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
    ["neither", at(), at()],
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
