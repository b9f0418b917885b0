import {
  managesServiceQuotasRole,
  SERVICE_QUOTAS_ROLE_MODES,
  serviceQuotasModeOf,
  serviceQuotasRoleArn,
  serviceQuotasRoleRemoved,
} from "../../../../modules/support-app/model/service-quotas-role";

test("the ARN of the Service Quotas role is in the account that needs it", () => {
  expect(serviceQuotasRoleArn("111122223333")).toBe(
    "arn:aws:iam::111122223333:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas",
  );
});

test("a stack without the role hands it back to the account instead of destroying it", () => {
  const lifecycle = { destroy: false };
  expect(serviceQuotasRoleRemoved()).toEqual([{ from: "aws_iam_service_linked_role.service_quotas", lifecycle }]);
});

test("without a mode, the first quota request creates the role, and no stack does", () => {
  expect(serviceQuotasModeOf({})).toBe("on-demand");
  const modes = SERVICE_QUOTAS_ROLE_MODES.filter(managesServiceQuotasRole);
  expect(modes).toEqual(["create", "adopt"]);
});
