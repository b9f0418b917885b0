import { codeDifference, foreignPlace } from "../../../../cli/commands/review/plan-code";
import { readPlannedResource } from "../../../../cli/terraform/plan";
import { readStack } from "../../../../cli/terraform/stack";
import type { SynthesizedStack, TerraformJson } from "../../../../cli/terraform/synthesized-folder";
import type { Fields } from "../../../../common/fields";
import { edited, set, stackOf } from "../../../support/edited-stack";
import { configurationOf } from "../../../support/plan-configuration";

const CODE = stackOf("full: {}");

const constant = (value: unknown) => ({ constant_value: value });

const differenceOf = (plan: Fields, code: TerraformJson) =>
  codeDifference(plan, code, readStack("paid", { terraform: code }).blocks);

/** The difference between a plan with those parts of the configuration and the code. */
const difference = (configuration: Fields, code: TerraformJson) => differenceOf({ configuration }, code);
const inModule = (root_module: Fields, code: TerraformJson) => difference({ root_module }, code);

/** The argument of one resource that differs between a plan with those expressions and the code. */
function argument(expressions: Fields, code: Fields, overrides: Fields = {}): string | undefined {
  const resources = [{ address: "a.b", expressions, ...overrides }];
  return inModule({ resources }, { resource: { a: { b: code } } })?.replace(" of a.b", "");
}

test.each([{}, { configuration: null }, { configuration: { root_module: [] } }])(
  "a plan without a configuration is of no code: %j",
  (plan) => {
    expect(differenceOf(plan, {})).toBeUndefined();
    expect(differenceOf(plan, { resource: { a: { b: {} } } })).toBe("a.b");
  },
);

describe("each name stands on both sides", () => {
  const block = { a: {} };
  test.each<[string, Fields, TerraformJson]>([
    ["module.a", { root_module: { module_calls: block } }, { module: block }],
    ["variable.a", { root_module: { variables: block } }, { variable: block }],
    ["provider.a", { provider_config: block }, { provider: block }],
    ["output.a", { root_module: { outputs: block } }, { output: block }],
    ["a.b", { root_module: { resources: [{ address: "a.b" }] } }, { resource: { a: { b: {} } } }],
    ["data.a.b", { root_module: { resources: [{ address: "data.a.b" }] } }, { data: { a: { b: {} } } }],
  ])("the name %s must stand both in the plan and in the code", (address, configuration, code) => {
    expect(difference(configuration, code)).toBeUndefined();
    expect(difference(configuration, {})).toBe(address);
    expect(difference({}, code)).toBe(address);
  });

  test("a name that every object in JavaScript has must stand on both sides, too", () => {
    expect(inModule({ module_calls: JSON.parse('{"toString":{}}') }, {})).toBe("module.toString");
    expect(inModule({}, { module: JSON.parse('{"toString":{}}') })).toBe("module.toString");
  });
});

describe("providers", () => {
  const region = (value: string) => ({ expressions: { region: constant(value) } });

  test("providers have the settings of the code, also under another name", () => {
    const code = { provider: { aws: [{ region: "us-east-1" }, { "//": "a", alias: "west", region: "us-west-2" }] } };
    const providers = { aws: region("us-east-1"), "aws.west": region("us-west-2") };
    expect(difference({ provider_config: providers }, code)).toBeUndefined();
    const otherRegion = { ...providers, "aws.west": region("us-east-1") };
    expect(difference({ provider_config: otherRegion }, code)).toBe("region of provider.aws.west");
    expect(difference({ provider_config: { aws: region("us-east-1") } }, code)).toBe("provider.aws.west");
    const single = { provider: { aws: { region: "a" } } };
    expect(difference({ provider_config: { aws: region("a") } }, single)).toBeUndefined();
  });

  test("providers may only be required", () => {
    const code = { terraform: { required_providers: { aws: { source: "aws" }, random: {} } } };
    expect(difference({ provider_config: { aws: { name: "aws" }, random: {} } }, code)).toBeUndefined();
    expect(difference({ provider_config: { aws: region("a"), random: {} } }, code)).toBe("region of provider.aws");
    expect(difference({ provider_config: { aws: {} } }, code)).toBe("provider.random");
    const configured = { ...code, provider: { aws: [{ region: "a" }] } };
    expect(difference({ provider_config: { aws: region("a"), random: {} } }, configured)).toBeUndefined();
  });
});

test("Terraform's own provider is there where the code has its resource", () => {
  const plan = { provider_config: { terraform: { name: "terraform" } } };
  const code = { resource: { terraform_data: { b: {} } } };
  const resources = [{ address: "terraform_data.b" }];
  expect(difference({ ...plan, root_module: { resources } }, code)).toBeUndefined();
  expect(difference({ root_module: { resources } }, code)).toBe("provider.terraform");
  expect(difference(plan, {})).toBe("provider.terraform");
  const settings = { terraform: { expressions: { a: constant(1) } } };
  expect(difference({ provider_config: settings, root_module: { resources } }, code)).toBe("a of provider.terraform");
});

test("outputs have the value of the code", () => {
  const code = { output: { arn: { value: "a", description: "in the code alone" } } };
  expect(inModule({ outputs: { arn: { expression: constant("a") } } }, code)).toBeUndefined();
  expect(inModule({ outputs: { arn: { expression: constant("b") } } }, code)).toBe("value of output.arn");
});

describe("a resource", () => {
  test("a resource has the arguments of the code, and no others", () => {
    expect(argument({ name: constant("a") }, { name: "a" })).toBeUndefined();
    expect(argument({ name: constant("b") }, { name: "a" })).toBe("name");
    expect(argument({}, { name: "a" })).toBe("name");
    expect(argument({ name: constant("a") }, {})).toBe("name");
    expect(argument({ a: constant("a"), path: constant("b") }, { a: "a" })).toBe("path");
    expect(argument(JSON.parse('{"toString":{"constant_value":"a"}}'), {})).toBe("toString");
    expect(argument({}, JSON.parse('{"toString":"a"}'))).toBe("toString");
  });

  test("a resource has arguments of Terraform itself that a plan leaves out", () => {
    const meta = { "//": "a", lifecycle: [{}], depends_on: ["a.b"], provider: "aws.west" };
    expect(argument({}, meta)).toBeUndefined();
    expect(argument({}, { ...meta, connection: {} })).toBeUndefined();
    expect(argument({}, { ...meta, connection: { host: "a" } })).toBe("connection");
  });

  test("a resource is repeated as in the code", () => {
    expect(argument({}, { count: 2 }, { count_expression: constant(2) })).toBeUndefined();
    expect(argument({}, {}, { count_expression: constant(2) })).toBe("count");
    expect(argument({}, { for_each: ["a"] }, { for_each_expression: constant(["a"]) })).toBeUndefined();
    expect(argument({}, { for_each: ["a"] }, { for_each_expression: constant(["b"]) })).toBe("for_each");
  });

  test("a resource runs no program", () => {
    const provisioners = [{ type: "local-exec", expressions: { command: constant("true") } }];
    const provisioner = [{ "local-exec": { command: "true" } }];
    expect(argument({}, {}, { provisioners })).toBe("provisioner");
    expect(argument({}, { provisioner }, { provisioners })).toBe("provisioner");
    expect(argument({}, { provisioner })).toBe("provisioner");
  });

  test.each<[string, unknown, unknown, boolean]>([
    ["nothing", undefined, undefined, true],
    ["nothing, as null", null, undefined, true],
    ["nothing, as no blocks", undefined, [], true],
    ["nothing, where the code has something", null, 0, false],
    ["nothing, where the code has an empty text", undefined, "", false],
    ["a value in another order of its keys", constant({ a: 1, b: 2 }), { b: 2, a: 1 }, true],
    ["a text, and a number in the code", constant("1"), 1, false],
    ["an expression without a value, and nothing in the code", { references: ["local.a"] }, undefined, false],
    ["a block", { a: constant(1) }, { a: 1 }, true],
    ["a block within a block", [{ a: [{ b: constant(1) }] }], [{ a: { b: 1 } }], true],
    ["one block more", [{ a: constant(1) }, {}], [{ a: 1 }], false],
    ["the second of two blocks", [{ a: constant(1) }, { a: constant(2) }], [{ a: 1 }, { a: 3 }], false],
    ["an empty block, and no block in the code", [{}], undefined, false],
  ])("a resource's argument may say the same in other words: %s", (_, expression, code, isSame) => {
    expect(argument({ block: expression }, { block: code })).toBe(isSame ? undefined : "block");
  });
});

describe("Terraform lists what the code has, once, and removes only what it hasn't", () => {
  const ADDRESS = "aws_iam_policy.full";
  const SAME = { actions: ["no-op"], before: { name: "x" }, after: { name: "x" } };
  const entry = (address: string, change: object = SAME, overrides: object = {}): Fields => ({
    address,
    type: address.split(".")[0],
    change,
    ...overrides,
  });
  const CREATE = { actions: ["create"], before: null, after: {} };
  const DELETE = { actions: ["delete"], before: {}, after: null };
  const FORGET = { ...DELETE, actions: ["forget"] };
  const addresses = [...readStack("paid", CODE).blocks.values()].flatMap(({ isData, address }) =>
    isData ? [] : [address],
  );
  /** The difference of a plan of all resources, with those in place of `ADDRESS`. */
  const differing = (entries: readonly Fields[], code = CODE) => {
    const otherEntries = addresses.filter((address) => address !== ADDRESS).map((address) => entry(address));
    const resources = [...otherEntries, ...entries].map(readPlannedResource);
    return foreignPlace({ configuration: configurationOf(code.terraform) }, resources, [], readStack("paid", code));
  };
  const OWN = entry(ADDRESS);
  const imported = (to: string) => edited(CODE, (draft) => set(draft, "import", [{ to, id: "x" }]));
  const repeated = (name: string) => edited(CODE, (draft) => set(draft, `resource aws_iam_policy full ${name}`, 2));

  test.each<[string, readonly Fields[], string | undefined, ...SynthesizedStack[]]>([
    ["all of it", [OWN], undefined],
    ["a missing resource", [], ADDRESS],
    ["a resource that stands twice", [OWN, OWN], ADDRESS],
    ["a resource that is deleted", [entry(ADDRESS, DELETE)], ADDRESS],
    ["a resource that Terraform stops managing", [entry(ADDRESS, FORGET)], ADDRESS],
    ["a resource of another type", [entry(ADDRESS, SAME, { type: "aws_iam_role" })], ADDRESS],
    ["a resource without a change", [entry(ADDRESS, {})], ADDRESS],
    ["something else that is deleted", [OWN, entry("aws_iam_role.old", DELETE)], undefined],
    ["something else that Terraform stops managing", [OWN, entry("aws_iam_role.old", FORGET)], undefined],
    ["what an interrupted replacement left", [OWN, entry(ADDRESS, DELETE, { deposed: "01" })], undefined],
    ["something else that is created", [OWN, entry("aws_iam_role.more", CREATE)], "aws_iam_role.more"],
    ["an index", [OWN, entry(`${ADDRESS}[0]`, CREATE)], `${ADDRESS}[0]`],
    ["the resource of a module", [OWN, entry(`module.x.${ADDRESS}`, CREATE)], `module.x.${ADDRESS}`],
    ["a data source", [OWN, entry("data.aws_iam_policy_document.full")], "data.aws_iam_policy_document.full"],
    ["an import", [entry(ADDRESS, { ...SAME, importing: {} })], ADDRESS],
    ["an import of another one", [entry(ADDRESS, { ...SAME, importing: {} })], ADDRESS, imported("aws_iam_role.full")],
    ["an import of the code", [entry(ADDRESS, { ...SAME, importing: {} })], undefined, imported(ADDRESS)],
    ["one of a count", [entry(`${ADDRESS}[0]`), entry(`${ADDRESS}[1]`)], undefined, repeated("count")],
    ["none of a for_each", [], undefined, repeated("for_each")],
  ])("a plan lists what the code has, once, and removes only what it hasn't: %s", (_, entries, address, ...code) => {
    expect(differing(entries, ...code)).toBe(address);
  });

  test.each<[string, object, object | null, object | null, unknown, boolean]>([
    ["no-op", ["no-op"], { a: 1 }, { a: 1 }, { a: false, b: [{}] }, true],
    ["no-op", ["no-op"], { a: 1 }, { a: 2 }, {}, false],
    ["no-op", ["no-op"], { a: 1 }, { a: 1 }, { b: [{ c: true }] }, false],
    ["no-op", ["no-op"], { a: 1 }, null, {}, false],
    ["create", ["create"], null, {}, {}, true],
    ["create", ["create"], {}, {}, {}, false],
    ["create", ["create"], null, null, {}, false],
    ["update", ["update"], {}, {}, {}, true],
    ["update", ["update"], null, {}, {}, false],
    ["update", ["update"], {}, null, {}, false],
    ["replace", ["create", "delete"], {}, {}, {}, true],
    ["replace", ["create", "delete"], null, {}, {}, false],
  ])("a %s fits or not with %j from %j to %j, unknown: %j", (_, actions, before, after, after_unknown, isPossible) => {
    const actual = differing([entry(ADDRESS, { actions, before, after, after_unknown })]);
    expect(actual).toBe(isPossible ? undefined : ADDRESS);
  });

  test("a removal has values only before", () => {
    const removal = (actions: readonly string[], before: unknown, after: unknown) =>
      differing([OWN, entry("aws_iam_role.old", { actions, before, after })]);
    for (const actions of [["delete"], ["forget"]]) {
      expect(removal(actions, {}, null)).toBeUndefined();
      expect(removal(actions, {}, {})).toBe("aws_iam_role.old");
      expect(removal(actions, null, null)).toBe("aws_iam_role.old");
    }
  });
});
