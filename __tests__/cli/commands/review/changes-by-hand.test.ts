import { changesByHand } from "../../../../cli/commands/review/changes-by-hand";
import { type PlannedResource, readPlannedResource } from "../../../../cli/terraform/plan";

const ROLE = "aws_iam_role.full";
const resource = (actions: readonly string[], before: object | null, after: object | null): PlannedResource =>
  readPlannedResource({ address: ROLE, type: "aws_iam_role", change: { actions, before, after } });

/** What is reported of a change by hand that the plan changes back, or leaves as it is. */
const changesOf = (drifted: PlannedResource, planned?: object) =>
  changesByHand([drifted], planned ? [resource(["update"], drifted.after ?? null, planned)] : [], []);

test("each attribute that was changed is shown as it is in AWS and as the file says, whether or not the plan changes it back", () => {
  const drifted = resource(["update"], { path: "/", name: "a" }, { path: "/x/", name: "a" });
  const expected = [{ address: ROLE, attribute: "path", live: "/x/", file: "/", messages: [] }];
  expect(changesOf(drifted, { path: "/", name: "a" })).toEqual(expected);
  expect(changesOf(drifted, { path: "/x/", name: "a" })).toEqual(expected); // the plan leaves it
  expect(changesOf(drifted)).toEqual(expected);
  expect(changesOf(drifted, { path: "/new/", name: "a" })).toMatchObject([{ live: "/x/", file: "/new/" }]);
});

test("of JSON, the keys that differ are shown, and another way to write the same is no change", () => {
  const drifted = (live: string) =>
    resource(["update"], { properties: '{"Role":"a","Name":"b"}' }, { properties: live });
  expect(changesOf(drifted('{"Name":"b","Role":"x"}'))).toEqual([
    { address: ROLE, attribute: "properties.Role", live: "x", file: "a", messages: [] },
  ]);
  expect(changesOf(drifted('{ "Name": "b", "Role": "a" }'))).toEqual([]);
});

test("what was deleted by hand is shown, and what only moved or follows from something else isn't", () => {
  expect(changesOf(resource(["delete"], { name: "a" }, null))).toEqual([
    { address: ROLE, live: undefined, file: { name: "a" }, messages: [] },
  ]);
  expect(changesOf(resource(["no-op"], { name: "a" }, { name: "a" }))).toEqual([]);
  expect(changesOf(resource(["update"], { managed_policy_arns: [] }, { managed_policy_arns: ["a"] }))).toEqual([]);
});

test("a check that fails is quoted, and of one that can't be evaluated it is said that nothing is known", () => {
  const check = (status: string, kind = "check") => ({
    address: { kind, name: "oncall" },
    status,
    instances: [{ problems: [{ message: "#oncall has another role." }] }],
  });
  expect(changesByHand([], [], [check("fail"), check("pass"), check("unknown"), check("fail", "resource")])).toEqual([
    { address: "check.oncall", messages: ["#oncall has another role."] },
  ]);
  expect(changesByHand([], [], [check("error")])).toMatchObject([
    { messages: [expect.stringContaining("is unknown"), "#oncall has another role."] },
  ]);
});
