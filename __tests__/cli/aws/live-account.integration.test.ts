import { readLiveAccount } from "../../../cli/aws/live-account";
import { inSeconds } from "../../../modules/support-app/model/until";
import { type Answers, awsInTests, CLIENT } from "../../support/answering-aws";
import { healthyAws } from "../../support/healthy-aws";
import { NOW } from "../../support/now";

const aws = awsInTests();
const FORBIDDEN = { status: 403, code: "AccessDenied" };

function readWith(overrides: Readonly<Record<string, ReturnType<Answers>>> = {}, without: readonly string[] = []) {
  aws.answers = (action, parameters) => overrides[action] ?? healthyAws(action, parameters);
  return readLiveAccount(CLIENT as Parameters<typeof readLiveAccount>[0], inSeconds(NOW), without);
}

test("each role that may trust the Support App is read with its policies and its boundary, and the rest beside it", async () => {
  const policies = { known: [{ name: "AWSSupportAppFullRolePolicy" }, { name: "by-hand" }] };
  const rights = { role: { known: {} }, policies, boundary: { known: { name: { name: "boundary" } } } };
  expect(await readWith()).toMatchObject({
    roles: { known: [{ name: "other", rights }] },
    channels: { known: [{ identifier: "T1|C1" }, { identifier: "T1|C2" }] },
    workspaces: { known: ["T1"] },
    serviceQuotasRole: { known: true },
  });
});

const GONE = { status: 404, code: "NoSuchEntity" };
test.each<[string, Parameters<typeof readWith>[0], string, object]>([
  [
    "isn't there",
    { GetRole: GONE },
    "finds none of that name",
    { policies: { unknown: {} }, boundary: { unknown: {} } },
  ],
  [
    "has another trust policy",
    { GetRole: String(healthyAws("GetRole", { RoleName: "other" })).replace("supportapp", "ec2") },
    "has another ARN or trust policy for it",
    { policies: { known: [{}, {}] }, boundary: { known: {} } },
  ],
  [
    "has another ARN",
    { GetRole: String(healthyAws("GetRole", { RoleName: "other" })).replace("role/other", "role/a/other") },
    "has another ARN or trust policy for it",
    { policies: { known: [{}, {}] }, boundary: { known: {} } },
  ],
])("a role that is listed and then %s isn't known", async (_, answers, says, rights) => {
  const message = `contradicting answers of AWS: iam:ListRoles lists the role other, and iam:GetRole ${says}`;
  const role = { unknown: { kind: "contradiction", action: "iam:GetRole", message } };
  expect((await readWith(answers)).roles).toMatchObject({ known: [{ name: "other", rights: { role, ...rights } }] });
});

test("roles that are left out, by name in any case, aren't read", async () => {
  expect((await readWith({}, ["OTHER"])).roles).toEqual({ known: [] });
  expect(aws.asked).not.toContain("GetRole");
});

test("roles that can't be listed aren't known, nor is the Service Quotas role; all else is", async () => {
  const { roles, serviceQuotasRole, channels } = await readWith({ ListRoles: FORBIDDEN });
  for (const part of [roles, serviceQuotasRole]) {
    expect(part).toMatchObject({ unknown: { kind: "denied", action: "iam:ListRoles" } });
  }
  expect(channels).toMatchObject({ known: [{}, {}] });
});

test("an account may have no Service Quotas role", async () => {
  const rolesAnswer = String(healthyAws("ListRoles", {})).replaceAll("servicequotas", "autoscaling");
  const { serviceQuotasRole, roles } = await readWith({ ListRoles: rolesAnswer });
  expect(serviceQuotasRole).toEqual({ known: false });
  expect(roles).toMatchObject({ known: [{ name: "other" }] });
});
