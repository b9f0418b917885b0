import {
  foreignResource,
  hasAllOf,
  replacing,
  type StateFile,
  stateFileOf,
  withoutResources,
} from "../../../../cli/commands/move/state-file";
import { readState } from "../../../../cli/terraform/state";
import { environmentOf } from "../../../support/live-account";
import { stateResource, stateWith } from "../../../support/terraform-states";

const ENVIRONMENT = environmentOf("full: {}");
const { account: ACCOUNT } = ENVIRONMENT;
const OTHER = "999988887777";
const stateFileWith = (content: object): StateFile => {
  const state = readState(JSON.stringify(content));
  if (state === undefined) throw new Error("Received no state, expected one.");
  return stateFileOf(state);
};
const withRoles = (...names: readonly string[]) =>
  stateFileWith(stateWith(names.map((name) => stateResource(name, ACCOUNT))));

test("data sources aren't resources", () => {
  const state = stateFileWith(stateWith([stateResource("a"), stateResource("b", ACCOUNT, { mode: "data" })]));
  expect(state.resources.map(({ address }) => address)).toEqual(["aws_iam_role.a"]);
  expect(stateFileWith({ version: 4, serial: 0, lineage: "l", resources: null }).resources).toEqual([]);
});

test("a state has all of another one only if each resource is the same thing in AWS at the same address", () => {
  const twoRoles = withRoles("a", "b");
  expect(hasAllOf(twoRoles, withRoles("a"))).toBe(true);
  expect(hasAllOf(withRoles("a"), twoRoles)).toBe(false);
  expect(hasAllOf(undefined, twoRoles)).toBe(false);
  const changed = (overrides: object) => stateFileWith(stateWith([stateResource("a", ACCOUNT, overrides)]));
  for (const overrides of [
    { name: "c" },
    { module: "module.m" },
    { instances: [{ attributes: { id: "other" } }] },
    { instances: [{ attributes: { id: "a" }, deposed: "1" }] },
    { instances: [{ attributes: { id: "a" }, index_key: 0 }] },
  ]) {
    expect([overrides, hasAllOf(twoRoles, changed(overrides))]).toEqual([overrides, false]);
  }
});

test.each([
  ["the environment's account", {}, ACCOUNT, false],
  ["another account", {}, OTHER, true],
  [
    "another account by OpenTofu's provider",
    { provider: 'provider["registry.opentofu.org/hashicorp/aws"]' },
    OTHER,
    true,
  ],
  [
    "another account by a provider of the user's own",
    { provider: 'provider["registry.terraform.io/hashicorp/aws"].central' },
    OTHER,
    false,
  ],
  ["no account", { instances: [{ attributes: { arn: "arn:aws:s3:::bucket" } }] }, OTHER, false],
  ["no ARN", { instances: [{}] }, OTHER, false],
] as const)("a resource in %s is foreign only if its ARN names another account", (_, overrides, account, isForeign) => {
  const state = stateFileWith(stateWith([stateResource("a", account, overrides)]));
  const foreign = foreignResource(state, ENVIRONMENT);
  expect(foreign?.account).toBe(isForeign ? account : undefined);
});

test("a state is written as it is to an empty place, and as the next one over another", () => {
  const state = withRoles("a");
  expect(replacing(state, undefined)).toEqual(state.content);
  const theirState = (serial: number) => stateFileWith(stateWith([], serial, "theirs"));
  expect(replacing(state, theirState(1))).toEqual({ ...state.content, lineage: "theirs", serial: 4 });
  expect(replacing(state, theirState(7))).toEqual({ ...state.content, lineage: "theirs", serial: 8 });
});

test("the state that is left behind has nothing, and follows the one that was there", () => {
  const { content, resources } = withRoles("a");
  const check_results = [{ config_addr: "check.a", status: "pass" }];
  expect(withoutResources({ resources, content: { ...content, check_results } })).toEqual({
    ...{ version: 4, lineage: "lineage", serial: 4, outputs: {}, resources: [], check_results: null },
  });
});

test("what only belongs to a role, and the guard, are no reason to keep a state: a deploy writes them again", () => {
  const types = ["aws_iam_role_policy_attachment", "aws_iam_role_policies_exclusive", "terraform_data"];
  const resources = [stateResource("a"), ...types.map((type) => stateResource("b", ACCOUNT, { type }))];
  expect(hasAllOf(withRoles("a"), stateFileWith(stateWith(resources)))).toBe(true);
  expect(
    hasAllOf(withRoles("a"), stateFileWith(stateWith([stateResource("b", ACCOUNT, { type: "aws_iam_policy" })]))),
  ).toBe(false);
});
