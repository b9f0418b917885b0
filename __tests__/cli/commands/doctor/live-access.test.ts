import { IAMClient } from "@aws-sdk/client-iam";
import { isGone, isOwnPolicy, readAccess, requestOf } from "../../../../cli/commands/doctor/live-access";
import { type AnsweringAws, type Answers, answerAs } from "../../../support/answering-aws";
import { healthyAws } from "../../../support/healthy-aws";
import { ACCOUNT, DENIED, documentOf, environmentOf } from "../../../support/live-account";
import { NOW } from "../../../support/now";

const OWN = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
const AWS_OWN = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
const [full] = environmentOf("full: {}").accesses as [ReturnType<typeof environmentOf>["accesses"][number]];
const [managed] = environmentOf("full: { policy: aws-managed }").accesses as [typeof full];

test.each([
  [OWN, true],
  [OWN.replace("policy/", "policy/team/"), true],
  [OWN.toLowerCase(), true],
  [`${OWN}2`, false],
  [OWN.replace(ACCOUNT, "999999999999"), false],
  [AWS_OWN, false],
  [undefined, false],
])("%s is the access level's own policy: %s", (arn, isOwn) => {
  expect(isOwnPolicy({ name: "AWSSupportAppFullRolePolicy", arn }, full)).toBe(isOwn);
});

test("with policy: aws-managed, AWS's is the own one, and a policy of the account with that name isn't", () => {
  expect(isOwnPolicy({ name: "x", arn: AWS_OWN }, managed)).toBe(true);
  expect(isOwnPolicy({ name: "x", arn: AWS_OWN.replace(":aws:policy", `:${ACCOUNT}:policy`) }, managed)).toBe(false);
  expect(isOwnPolicy({ name: "x", arn: OWN }, managed)).toBe(false);
});

test("a role is gone only if that is known", () => {
  expect(isGone({ role: { known: undefined } })).toBe(true);
  expect(isGone({ role: DENIED })).toBe(false);
  expect(isGone({ role: { known: { arn: "a", trust: documentOf().known } } })).toBe(false);
});

describe("the simulation", () => {
  let aws: AnsweringAws | undefined;
  afterEach(async () => {
    await aws?.close();
    aws = undefined;
  });

  const member = (action: string, more = "") =>
    `<member><EvalActionName>${action}</EvalActionName><EvalDecision>allowed</EvalDecision>${more}</member>`;
  const page = (...members: string[]) =>
    `<EvaluationResults>${members.join("")}</EvaluationResults><IsTruncated>false</IsTruncated>`;
  const asked = (parameters: Readonly<Record<string, unknown>>) =>
    Object.keys(parameters)
      .filter((name) => name.startsWith("ActionNames."))
      .map((name) => String(parameters[name]));

  async function simulated(answer: (actions: readonly string[]) => ReturnType<Answers>) {
    aws = await answerAs((action, parameters) =>
      action === "SimulatePrincipalPolicy" ? answer(asked(parameters)) : healthyAws(action, parameters),
    );
    const credentials = { accessKeyId: "AKIA", secretAccessKey: "s" };
    const iam = new IAMClient({ region: "us-east-1", endpoint: aws.endpoint, credentials });
    const access = await readAccess(iam, full, NOW);
    iam.destroy();
    return access.simulated;
  }

  const RIGHT = "iam:CreateServiceLinkedRole";

  test("that leaves out an action, or has one twice, is no answer", async () => {
    const unknown = {
      kind: "broken-answer",
      action: "iam:SimulatePrincipalPolicy",
      message:
        "a broken answer to iam:SimulatePrincipalPolicy: received 10 results, expected one for each of the 11 simulated actions",
    };
    expect(await simulated(([, ...others]) => page(...others.map((one) => member(one))))).toMatchObject({ unknown });
    await aws?.close();
    const twice = ([first = "", , ...others]: readonly string[]) =>
      page(...[first, first, ...others].map((one) => member(one)));
    expect(
      await simulated((actions) => (actions.length > 1 ? twice(actions) : page(...actions.map((one) => member(one))))),
    ).toMatchObject({
      unknown: {
        message:
          "a broken answer to iam:SimulatePrincipalPolicy: received 11 results, expected one for each of the 11 simulated actions",
      },
    });
  });

  test("of the right to create the Service Quotas role may fail alone: then all of it is unknown", async () => {
    const denied = { status: 403, code: "AccessDenied" };
    expect(
      await simulated((actions) => (actions.includes(RIGHT) ? denied : page(...actions.map((one) => member(one))))),
    ).toMatchObject({ unknown: { kind: "denied" } });
  });

  test("a key is missing unless the request is known to lack it, in whatever case", async () => {
    const keys =
      "<MissingContextValues><member>IAM:AWSServiceName</member><member>aws:ViaAWSService</member></MissingContextValues><OrganizationsDecisionDetail><AllowedByOrganizations>true</AllowedByOrganizations></OrganizationsDecisionDetail>";
    const lookup = await simulated((actions) => page(...actions.map((one) => member(one, keys))));
    const known = "known" in lookup ? lookup.known : undefined;
    expect(known?.size).toBe(12);
    expect(known?.get("support:createcase")).toEqual({
      isAllowed: true,
      isDeniedByOrganization: false,
      decision: "allowed",
      missingKeys: ["aws:ViaAWSService"],
    });
  });
});

describe("a request", () => {
  const [pathed] = environmentOf("full: { path: /support/ }").accesses as [typeof full];
  const keys = {
    "aws:principalaccount": ACCOUNT,
    "aws:principalarn": `arn:aws:iam::${ACCOUNT}:role/support/AWSSupportAppFullRole`,
    "aws:currenttime": "2026-06-01T00:00:00Z",
    "iam:awsservicename": undefined,
  };

  test("a request to AWS Support has no resource, and is known to lack a linked service", () => {
    expect(requestOf(pathed, "support:CreateCase", NOW)).toEqual({
      action: "support:CreateCase",
      keys,
      resource: undefined,
    });
  });

  test("a request to Service Quotas has some resource", () => {
    expect(requestOf(pathed, "servicequotas:GetServiceQuota", NOW)).toEqual({
      action: "servicequotas:GetServiceQuota",
      keys,
      resource: "some",
    });
  });

  test("a request to create the Service Quotas role names the service and that role", () => {
    expect(requestOf(pathed, "iam:CreateServiceLinkedRole", NOW)).toEqual({
      action: "iam:CreateServiceLinkedRole",
      keys: { ...keys, "iam:awsservicename": "servicequotas.amazonaws.com" },
      resource: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`,
    });
  });
});
