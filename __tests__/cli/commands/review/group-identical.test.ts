import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { groupIdentical } from "../../../../cli/commands/review/group-identical";
import { markdown } from "../../../../cli/commands/review/report";
import { type ReviewedEnvironment, reviewOf } from "../../../../cli/commands/review/review";
import type { Backend, StateChange } from "../../../../cli/commands/review/state-changes";
import { type Draft, edited, stacksOf } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";
import { environment, environmentsNamed, NO_CHANGES, names, registered } from "./report/reported";

/** The names in each group. */
const groups = (...environments: readonly ReviewedEnvironment[]) =>
  groupIdentical(environments).map((group) => group.map((member) => member.environment));

test("environments that change in the same way are a group, in the order of their names", () => {
  expect(groups(...environmentsNamed(names(3)), environment({ environment: "x", verdict: "narrowed" }))).toEqual([
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
])("two environments that have %s are grouped only if they change alike: %j, %j", (_, firstArgs, secondArgs, count) => {
  expect(groups(attached(...firstArgs), attached(...secondArgs))).toHaveLength(count);
});

const inState = (name: string, state: StateChange) => environment({ environment: name, state: [state] });
const backend = (name: string, after: Backend, before: Backend | undefined = after) =>
  inState(name, { kind: "backend", verdict: "unknown", before, after });
const local = (name: string, path: string) => backend(name, { type: "local", settings: { path } });

test.each<[string, (name: string) => ReviewedEnvironment, number]>([
  ["the path of a local state", (name) => local(name, `state/${name}.tfstate`), 1],
  ["the key in S3", (name) => backend(name, { type: "s3", settings: { key: name } }), 1],
  ["the workspace in HCP Terraform", (name) => backend(name, { type: "cloud", settings: { workspace: name } }), 1],
  [
    "the workspace in HCP Terraform, after the prefix",
    (name) => backend(name, { type: "cloud", settings: { workspace: `support-app-${name}` } }),
    1,
  ],
  [
    "the address in GitLab",
    (name) =>
      backend(name, {
        type: "http",
        settings: {
          address: `x/support-app-${name}`,
          lock_address: `x/${name}/lock`,
          unlock_address: `x/${name}/lock`,
        },
      }),
    1,
  ],
  ["a method", (name) => backend(name, { type: "http", settings: { lock_method: name } }), 2],
  ["a bucket", (name) => backend(name, { type: "s3", settings: { bucket: name } }), 2],
  [
    "a role to act as",
    (name) =>
      inState(name, {
        kind: "provider",
        verdict: "unknown",
        after: { region: "us-east-1", deployRole: { arn: name } },
      }),
    2,
  ],
  ["another word", (name) => local(name, `read-${name}`), 2],
  ["another word after the prefix", (name) => local(name, `support-app-read-${name}`), 2],
  ["another word before the prefix", (name) => local(name, `read-support-app-${name}`), 2],
])(
  "environments with the name of each in %s are a group only if it is where their state is",
  (_, environmentNamed, count) => {
    expect(groups(environmentNamed("a"), environmentNamed("b"))).toHaveLength(count);
  },
);

test("the type of a backend is never a name", () => {
  const environmentWith = (type: "s3" | "local") => backend(type, { type, settings: {} });
  expect(groups(environmentWith("s3"), environmentWith("local"))).toHaveLength(2);
  expect(groups(local("a", "a.tfstate"), local("b", "a.tfstate"))).toHaveLength(2);
});

test("environments that an upgrade changes alike are a group with one approval, and one that changes otherwise isn't in it", () => {
  const entries = ["a", "b", "c"].map((name, index) => `${name}: { account: "${index}11122223333", full: {} }`);
  const head = stacksOf(`defaults: { region: us-east-1 }\nenvironments: { ${entries.join(", ")} }`);
  /** As version 0.9.0 wrote them. */
  const base = new Map(
    [...head].map(([name, stack]) => {
      const environmentFile = { ...(stack.environmentFile as object), writtenBy: "0.9.0" };
      const older = ({ resource, output }: Draft) => {
        resource.aws_iam_role.full.force_detach_policies = name === "c";
        delete output.full_capabilities;
      };
      return [name, edited({ ...stack, environmentFile }, older)];
    }),
  );
  const review = reviewOf(environmentChanges(base, head, NOW));
  expect(review).toMatchObject({ approvalNeeded: true, refused: false });
  expect(groupIdentical(review.environments).map((group) => group.map((member) => member.environment))).toEqual([
    ["a", "b"],
    ["c"],
  ]);
  const report = markdown(review);
  expect(report).toContain("<details><summary>2 environments like a: access is unknown</summary>");
  expect(report.match(/^- Unsupported: .*"thisVersion":".*","writtenBy":"0\.9\.0"/gm)).toHaveLength(2);
  expect(report.match(/Digest of this change/g)).toHaveLength(1);
});
