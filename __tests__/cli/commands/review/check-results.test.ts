import { checkResults, foreignCheck } from "../../../../cli/commands/review/check-results";
import type { PlannedChange } from "../../../../cli/commands/review/planned-changes";

const CHANNEL = "aws_cloudcontrolapi_resource.channel";
/** A check as the constructs write it. */
const CODE = {
  locals: {
    oncall_differences: `\${[for name, value in jsondecode(${CHANNEL}.properties) : local.names]}`,
    names: "${[local.oncall_differences, aws_iam_role.full.arn]}",
  },
  check: {
    oncall: {
      assert: [
        { condition: "${length(local.oncall_differences) == 0}", error_message: "${local.more}${local.constructor}" },
      ],
    },
  },
};
const ADDRESS = "check.oncall";

/** An entry of a plan's checks, as Terraform 1.11.4 writes it. */
const result = (status: unknown, messages: readonly unknown[] = [], name = "oncall", kind = "check") => {
  const problems = messages.map((message) => ({ message }));
  const address = { kind, name, to_display: `${kind}.${name}` };
  return { address, status, instances: [{ address: { to_display: `${kind}.${name}` }, status, problems }] };
};
const changing = (address: string) => ({ address }) as PlannedChange;

test("a check that passes says nothing, and one that fails says why", () => {
  expect(checkResults([result("pass")], CODE, [])).toEqual([]);
  const messages = ["#oncall has another role in AWS: arn:x", "more"];
  expect(checkResults([result("fail", messages)], CODE, [])).toEqual([{ address: ADDRESS, status: "fail", messages }]);
  expect(checkResults([result("error", ["AccessDenied"])], CODE, [])).toEqual([
    { address: ADDRESS, status: "error", messages: ["AccessDenied"] },
  ]);
  // Whatever else changes: Terraform doesn't evaluate what a change decides.
  expect(checkResults([result("fail")], CODE, [changing(CHANNEL)])).toHaveLength(1);
});

test("a check is unknown until what it refers to was deployed, and otherwise isn't passed over", () => {
  const UNKNOWN = [{ address: ADDRESS, status: "unknown", messages: [] }];
  for (const address of [CHANNEL, "aws_iam_role.full"])
    expect(checkResults([result("unknown")], CODE, [changing(address)])).toEqual([]);
  expect(checkResults([result("unknown")], CODE, [])).toEqual(UNKNOWN);
  expect(checkResults([result("unknown")], CODE, [changing("aws_iam_role.read_only")])).toEqual(UNKNOWN);
  for (const status of ["other", null, 7])
    expect(checkResults([result(status)], CODE, [changing(CHANNEL)])).toEqual(UNKNOWN);
  expect(checkResults([], CODE, [])).toEqual(UNKNOWN);
  expect(checkResults([], CODE, [changing(CHANNEL)])).toEqual([]);
  expect(checkResults([{ address: 7 }], {}, [])).toEqual([{ address: "null.null", status: "unknown", messages: [] }]);
});

test("conditions of resources, outputs and variables aren't check results: they end a plan", () => {
  const otherResults = ["resource", "output_value", "var"].map((kind) => result("fail", [], "a", kind));
  expect(checkResults(otherResults, {}, [])).toEqual([]);
  expect(checkResults([result("fail", [], "a", "other")], {}, [])).toEqual([
    { address: "other.a", status: "fail", messages: [] },
  ]);
});

test("a check that the code doesn't have is of another plan", () => {
  expect(foreignCheck([result("pass"), result("fail", [], "a", "output_value")], CODE)).toBeUndefined();
  expect(foreignCheck([result("pass"), result("pass", [], "theirs")], CODE)).toBe("check.theirs");
  expect(foreignCheck([result("pass", [], "constructor")], CODE)).toBe("check.constructor");
});
