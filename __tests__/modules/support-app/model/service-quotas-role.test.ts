import {
  managesServiceQuotasRole,
  serviceQuotasModeOf,
  serviceQuotasRoleArn,
} from "../../../../modules/support-app/model/service-quotas-role";

test("the role's ARN", () => {
  expect(serviceQuotasRoleArn("111122223333")).toBe(
    "arn:aws:iam::111122223333:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas",
  );
});

test("without a mode, the first quota request creates the role", () => {
  expect(serviceQuotasModeOf({})).toBe("on-demand");
  expect(serviceQuotasModeOf({ serviceQuotasRole: "existing" })).toBe("existing");
});

test.each([
  ["on-demand", false],
  ["create", true],
  ["adopt", true],
  ["existing", false],
] as const)("%s: the role is in the stack: %s", (mode, managed) => {
  expect(managesServiceQuotasRole(mode)).toBe(managed);
});
