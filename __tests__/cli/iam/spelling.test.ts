import { awsSpelling } from "../../../cli/iam/spelling";

test.each([
  ["support:describecases", "support:DescribeCases"],
  ["SUPPORT:RESOLVECASE", "support:ResolveCase"],
  ["servicequotas:requestservicequotaincrease", "servicequotas:RequestServiceQuotaIncrease"],
  ["iam:createservicelinkedrole", "iam:CreateServiceLinkedRole"],
  ["sts:assumerole", "sts:AssumeRole"],
  ["iam:awsservicename", "iam:AWSServiceName"],
  ["aws:sourceaccount", "aws:SourceAccount"],
  ["aws:currenttime", "aws:CurrentTime"],
])("%s is spelled %s", (name, expected) => {
  expect(awsSpelling(name)).toBe(expected);
});

test.each(["ec2:runinstances", "support:*", ""])("%j, which the Support App doesn't use, stays as it is", (name) => {
  expect(awsSpelling(name)).toBe(name);
});
