import { policyDocument } from "../../../cli/iam/policy-document";

test("a printed policy has the version that IAM recommends", () => {
  const statement = { Sid: "See", Effect: "Allow", Action: ["support:DescribeCases"], Resource: ["*"] } as const;
  expect(policyDocument([statement])).toEqual({ Version: "2012-10-17", Statement: [statement] });
});
