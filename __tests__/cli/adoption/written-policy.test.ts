import { isSameWrittenPolicy } from "../../../cli/adoption/written-policy";
import { capabilitiesOf } from "../../../modules/support-app/model/access-level";
import { permissionStatements, trustStatements } from "../../../modules/support-app/model/policy-statements";
import { ACCOUNT, TRUST } from "../../support/live-account";
import { policyText } from "../../support/policy-text";

const [DESCRIBE, READ] = ["support:DescribeCases", "support:DescribeCommunications"];
const VIEW = { Effect: "Allow", Action: [DESCRIBE, READ], Resource: "*" };
const said = permissionStatements(capabilitiesOf("read-only"), "on-demand");

// End-to-end, Terraform's AWS provider agrees on each form that an import meets.
test.each<[string, boolean, string]>([
  ["as it is said", true, policyText(VIEW)],
  ["in another order", true, policyText({ Resource: ["*"], Action: [READ, DESCRIBE], Effect: "Allow" })],
  ["a statement that isn't in a list", true, JSON.stringify({ Statement: VIEW, Version: "2012-10-17" })],
  ["with an ID for the statement", false, policyText({ ...VIEW, Sid: "View" })],
  ["with an ID for the policy", false, JSON.stringify({ Version: "2012-10-17", Id: "view", Statement: [VIEW] })],
  ["in two statements", false, policyText({ ...VIEW, Action: DESCRIBE }, { ...VIEW, Action: READ })],
  ["in the older version", false, policyText(VIEW).replace("2012", "2008")],
  ["with a condition that has no key", false, policyText({ ...VIEW, Condition: {} })],
])("a policy is compared as it is written, %s: alike is %s", (_, isAlike, text) => {
  expect(isSameWrittenPolicy(text, said)).toBe(isAlike);
});

test("a condition is equal whether its value is a list or not, but the case of its key matters", () => {
  const trust = (condition: object) => policyText({ ...TRUST, Condition: { StringEquals: condition } });
  const statements = trustStatements(ACCOUNT);
  expect(isSameWrittenPolicy(trust({ "aws:SourceAccount": ACCOUNT }), statements)).toBe(true);
  expect(isSameWrittenPolicy(trust({ "aws:SourceAccount": [ACCOUNT] }), statements)).toBe(true);
  expect(isSameWrittenPolicy(trust({ "aws:sourceaccount": ACCOUNT }), statements)).toBe(false);
});
