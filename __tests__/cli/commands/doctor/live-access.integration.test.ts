import { IAMClient } from "@aws-sdk/client-iam";
import { isGone, readAccess, requestOf } from "../../../../cli/commands/doctor/live-access";
import { type Answers, awsInTests, CLIENT } from "../../../support/answering-aws";
import { healthyAws } from "../../../support/healthy-aws";
import { ACCOUNT, DENIED, documentOf, environmentOf } from "../../../support/live-account";
import { NOW } from "../../../support/now";

const [full] = environmentOf("full: {}").accesses as [ReturnType<typeof environmentOf>["accesses"][number]];

test("a role is gone only if that is known", () => {
  expect(isGone({ role: { known: undefined } })).toBe(true);
  expect(isGone({ role: DENIED })).toBe(false);
  expect(isGone({ role: { known: { arn: "a", trust: documentOf().known } } })).toBe(false);
});

describe("the simulation", () => {
  const aws = awsInTests();
  const member = (action: string, more = "") =>
    `<member><EvalActionName>${action}</EvalActionName><EvalDecision>allowed</EvalDecision>${more}</member>`;
  const page = (...members: string[]) =>
    `<EvaluationResults>${members.join("")}</EvaluationResults><IsTruncated>false</IsTruncated>`;
  const asked = (parameters: Readonly<Record<string, unknown>>) =>
    Object.keys(parameters)
      .filter((name) => name.startsWith("ActionNames."))
      .map((name) => String(parameters[name]));

  async function simulated(
    answer: (actions: readonly string[], parameters: Readonly<Record<string, unknown>>) => ReturnType<Answers>,
    getRole?: ReturnType<Answers>,
  ) {
    aws.answers = (action, parameters) => {
      if (action === "GetRole" && getRole) return getRole;
      return action === "SimulatePrincipalPolicy"
        ? answer(asked(parameters), parameters)
        : healthyAws(action, parameters);
    };
    const iam = new IAMClient(CLIENT);
    const access = await readAccess(iam, full, NOW);
    iam.destroy();
    return access.simulated;
  }

  const RIGHT = "iam:CreateServiceLinkedRole";

  test.each<[string, ReturnType<Answers> | undefined, string]>([
    ["at its ARN", undefined, `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`],
    [
      "under another path",
      `<Role><Arn>arn:aws:iam::${ACCOUNT}:role/a/b</Arn><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument></Role>`,
      `arn:aws:iam::${ACCOUNT}:role/a/b`,
    ],
    ["that can't be read", { status: 403, code: "AccessDenied" }, `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`],
  ])("is of a role %s, with the known keys of each request", async (_, getRole, arn) => {
    const told = new Map<string, readonly unknown[]>();
    await simulated((actions, parameters) => {
      const about = Object.entries(parameters).filter(([name]) =>
        /^(PolicySourceArn|ResourceArns)|KeyName$|KeyType$|KeyValues/.test(name),
      );
      told.set(
        String(actions[0]),
        about.map(([, value]) => value),
      );
      return page(...actions.map((one) => member(one)));
    }, getRole);
    const keys = [
      ...["aws:principalaccount", ACCOUNT, "string"],
      ...["aws:principalarn", `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`, "string"],
      ...["aws:currenttime", "2026-06-01T00:00:00Z", "date"],
    ];
    const linked = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`;
    const [own, right] = [told.get("servicequotas:GetRequestedServiceQuotaChange"), told.get(RIGHT)];
    expect(new Set(own)).toEqual(new Set([arn, "*", ...keys]));
    expect(new Set(right)).toEqual(
      new Set([arn, linked, ...keys, "iam:awsservicename", "servicequotas.amazonaws.com", "string"]),
    );
  });

  test("that leaves out an action is no answer", async () => {
    expect(await simulated(([, ...others]) => page(...others.map((one) => member(one))))).toMatchObject({
      unknown: {
        kind: "broken-answer",
        message: expect.stringMatching(/: received no result for \S+, expected one for each action$/),
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
