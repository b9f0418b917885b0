import { groupIdentical } from "../../../../cli/commands/review/group-identical";
import type { ReviewedEnvironment } from "../../../../cli/commands/review/review";
import type { StateChange } from "../../../../cli/commands/review/state-changes";
import type { Backend } from "../../../../cli/terraform/stack";
import { environment, NO_CHANGES, named, names, registered } from "./report/reported";

/** The names in each group. */
const groups = (...environments: readonly ReviewedEnvironment[]) =>
  groupIdentical(environments).map((group) => group.map((one) => one.environment));

test("environments that change in the same way are a group, in the order of their names", () => {
  expect(groups(...named(names(3)), environment({ environment: "x", verdict: "narrowed" }))).toEqual([
    ["e0", "e1", "e2"],
    ["x"],
  ]);
});

const [ONE, TWO] = ["111111111111", "222222222222"];
const attached = (name: string, account: string | undefined, value: string) =>
  environment({ environment: name, account, access: { ...NO_CHANGES, registrations: [registered(value)] } });

test.each<[string, [string, string | undefined, string], [string, string | undefined, string], number]>([
  ["other texts", ["a", ONE, "p"], ["b", TWO, "q"], 2],
  ["each its own account", ["a", ONE, `arn:${ONE}:p`], ["b", TWO, `arn:${TWO}:p`], 1],
  ["its own account, with something else", ["a", ONE, `arn:${ONE}:p`], ["b", TWO, `arn:${TWO}:q`], 2],
  ["one the other's account", ["a", ONE, `arn:${ONE}:p`], ["b", TWO, `arn:${ONE}:p`], 2],
  ["its account within another number", ["a", ONE, `1${ONE}`], ["b", TWO, `1${TWO}`], 2],
  ["each its own name, which is a text as any other", ["a", ONE, "a"], ["b", TWO, "b"], 2],
  ["one account and any", ["a", ONE, "p"], ["b", undefined, "p"], 2],
])("two that have %s: %j, %j", (_, one, other, count) => {
  expect(groups(attached(...one), attached(...other))).toHaveLength(count);
});

const inState = (name: string, state: StateChange) => environment({ environment: name, state: [state] });
const backend = (name: string, after: Backend, before: Backend | undefined = after) =>
  inState(name, { kind: "backend", verdict: "unknown", before, after });
const local = (name: string, path: string) => backend(name, { type: "local", settings: { path } });

test.each<[string, (name: string) => ReviewedEnvironment, number]>([
  ["the path of a local state", (name) => local(name, `state/${name}.tfstate`), 1],
  ["the key in S3", (name) => backend(name, { type: "s3", settings: { key: name } }), 1],
  ["the workspace in HCP Terraform", (name) => backend(name, { type: "cloud", settings: { workspace: name } }), 1],
  ["a bucket", (name) => backend(name, { type: "s3", settings: { bucket: name } }), 2],
  [
    "a role to assume",
    (name) => inState(name, { kind: "provider", verdict: "unknown", after: { assumeRole: name } }),
    2,
  ],
  ["another word", (name) => local(name, `read-${name}`), 2],
])("the name of each in %s", (_, of, count) => {
  expect(groups(of("a"), of("b"))).toHaveLength(count);
});

test("the type of a backend is never a name", () => {
  const of = (type: "s3" | "local") => backend(type, { type, settings: {} });
  expect(groups(of("s3"), of("local"))).toHaveLength(2);
  expect(groups(local("a", "a.tfstate"), local("b", "a.tfstate"))).toHaveLength(2);
});
