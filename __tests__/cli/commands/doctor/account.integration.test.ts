import { IAMClient } from "@aws-sdk/client-iam";
import { connect } from "../../../../cli/aws/connection";
import { readDoctorAccount, readLiveLevel, requestOf } from "../../../../cli/commands/doctor/account";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { type Answers, awsInTests, CLIENT } from "../../../support/answering-aws";
import { everyCallEnvironment, healthyAws } from "../../../support/healthy-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";
import { NOW } from "../../../support/now";

const aws = awsInTests();

async function readAccountWith(answers: Answers, environment = everyCallEnvironment, levels = environment.accesses) {
  aws.answers = answers;
  const connection = connect();
  return readDoctorAccount(connection.configFor(environment), environment, levels, NOW).finally(() =>
    connection.destroy(),
  );
}

const ROLE = "AWSSupportAppFullRole";
const LINKED = "aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas";
const arnOf = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`;

test("what the checks need beside the live account is read at the same time, the Support API in its own region", async () => {
  const anywhere: Answers = (action, parameters) => healthyAws(action, parameters);
  expect(await readAccountWith(anywhere, { ...everyCallEnvironment, region: "eu-west-1" })).toMatchObject({
    time: NOW,
    alias: { known: "Payments" },
    elsewhere: [],
    supportApi: { known: { items: [{ code: "low" }] } },
    accesses: [{ time: NOW, props: { access: "full" }, role: { known: { arn: arnOf(ROLE) } } }],
    workspaces: { known: ["T1"] },
  });
  expect(aws.signed[aws.asked.indexOf("DescribeSeverityLevels")]).toMatch(/ in us-east-1$/);
  expect(aws.signed[aws.asked.indexOf("ListResources")]).toMatch(/ in eu-west-1$/);
});

test("other regions are searched for channels, and one without the Support App has none", async () => {
  aws.answers = (action, parameters, key, region) =>
    region === "eu-west-1"
      ? { status: 400, code: "TypeNotFoundException" }
      : healthyAws(action, parameters, key, region === "us-west-2" ? "us-east-1" : region);
  const connection = connect();
  const config = connection.configFor(everyCallEnvironment);
  const regions = ["eu-west-1", "us-west-2"] as const;
  const { elsewhere: searchedRegions } = await readDoctorAccount(
    config,
    everyCallEnvironment,
    [],
    NOW,
    regions,
  ).finally(() => connection.destroy());
  expect(searchedRegions).toMatchObject([
    { region: "eu-west-1", channels: { known: [] }, workspaces: { known: [] } },
    { region: "us-west-2", channels: { known: [{ identifier: "T1|C1" }, {}] }, workspaces: { known: ["T1"] } },
  ]);
});

test("a role of environments.yaml that is listed and then isn't there isn't known, and one in no list is gone", async () => {
  const answersWithoutRole: Answers = (action, ...rest) =>
    action === "GetRole" ? { status: 404, code: "NoSuchEntity" } : healthyAws(action, ...rest);
  const listing: Answers = (action, ...rest) =>
    action === "ListRoles"
      ? String(healthyAws(action, ...rest)).replaceAll("other", ROLE.toUpperCase())
      : answersWithoutRole(action, ...rest);
  expect((await readAccountWith(answersWithoutRole)).accesses).toMatchObject([{ role: { known: undefined } }]);
  const unknown = { unknown: { kind: "contradiction", action: "iam:GetRole" } };
  expect((await readAccountWith(listing)).accesses).toMatchObject([
    { role: unknown, policies: unknown, boundary: unknown },
  ]);
});

test("only the chosen access levels are read; a role of environments.yaml, in any case, is no other role", async () => {
  const answers: Answers = (action, parameters) => {
    const answer = String(healthyAws(action, parameters));
    return action === "ListRoles" ? answer.replace("<RoleName>other", `<RoleName>${ROLE.toUpperCase()}`) : answer;
  };
  const { accesses, roles } = await readAccountWith(answers, everyCallEnvironment, []);
  expect({ accesses, roles }).toEqual({ accesses: [], roles: { known: [] } });
});

const [full] = environmentOf("full: {}").accesses as [ReturnType<typeof environmentOf>["accesses"][number]];

describe("the simulation", () => {
  const member = (action: string, details = "") =>
    `<member><EvalActionName>${action}</EvalActionName><EvalDecision>allowed</EvalDecision>${details}</member>`;
  const page = (...members: string[]) =>
    `<EvaluationResults>${members.join("")}</EvaluationResults><IsTruncated>false</IsTruncated>`;
  const requestedActions = (parameters: Readonly<Record<string, unknown>>) =>
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
        ? answer(requestedActions(parameters), parameters)
        : healthyAws(action, parameters);
    };
    const iam = new IAMClient(CLIENT);
    const access = await readLiveLevel(iam, full, NOW, Promise.resolve({ known: [] }));
    iam.destroy();
    return access.simulated;
  }

  const RIGHT = "iam:CreateServiceLinkedRole";

  test.each<[string, ReturnType<Answers> | undefined, string]>([
    ["at its ARN", undefined, arnOf(ROLE)],
    [
      "under another path",
      `<Role><Arn>arn:aws:iam::${ACCOUNT}:role/a/b</Arn><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument></Role>`,
      arnOf("a/b"),
    ],
    ["that can't be read", { status: 403, code: "AccessDenied" }, arnOf(ROLE)],
  ])("the simulation is of a role %s, with the known keys of each request", async (_, getRole, arn) => {
    const told = new Map<unknown, ReadonlySet<unknown>>();
    await simulated((actions, parameters) => {
      const isAbout = (name: string) => /^(PolicySourceArn|ResourceArns)|KeyName$|KeyType$|KeyValues/.test(name);
      told.set(actions[0], new Set(Object.keys(parameters).flatMap((name) => (isAbout(name) ? parameters[name] : []))));
      return page(...actions.map((action) => member(action)));
    }, getRole);
    const keys = [
      ...["aws:principalaccount", ACCOUNT, "string"],
      ...["aws:principalarn", arnOf(ROLE), "string"],
      ...["aws:currenttime", "2026-06-01T00:00:00Z", "date"],
    ];
    expect(told.get("servicequotas:GetRequestedServiceQuotaChange")).toEqual(new Set([arn, "*", ...keys]));
    expect(told.get(RIGHT)).toEqual(
      new Set([arn, arnOf(LINKED), ...keys, "iam:awsservicename", "servicequotas.amazonaws.com", "string"]),
    );
  });

  const ofAll = (actions: readonly string[], details = "") => page(...actions.map((action) => member(action, details)));
  test.each<[string, (actions: readonly string[]) => ReturnType<Answers>, string, RegExp]>([
    [
      "leaves out an action",
      ([, ...actions]) => ofAll(actions),
      "broken-answer",
      /: received no result for \S+, expected one/,
    ],
    [
      "has a decision that IAM doesn't know",
      (actions) => ofAll(actions).replaceAll("allowed", "perhaps"),
      "broken-answer",
      /: received "perhaps" as EvalDecision, expected a decision$/,
    ],
    [
      "fails for the right to create the Service Quotas role alone",
      (actions) => (actions.includes(RIGHT) ? { status: 403, code: "AccessDenied" } : ofAll(actions)),
      "denied",
      /^AccessDenied/,
    ],
  ])("a simulation that %s is no answer", async (_, answer, kind, says) => {
    expect(await simulated(answer)).toMatchObject({ unknown: { kind, message: expect.stringMatching(says) } });
  });

  test("a key is missing in the simulation unless the request is known to lack it, in whatever case", async () => {
    const keys =
      "<MissingContextValues><member>IAM:AWSServiceName</member><member>aws:ViaAWSService</member></MissingContextValues><OrganizationsDecisionDetail><AllowedByOrganizations>true</AllowedByOrganizations></OrganizationsDecisionDetail>";
    const lookup = await simulated((actions) => ofAll(actions, keys));
    const simulation = "known" in lookup ? lookup.known : undefined;
    expect(simulation?.size).toBe(actionsOf(CAPABILITIES).length + 1); // and the right to create the Service Quotas role
    expect(simulation?.get("support:createcase")).toEqual({
      isDeniedByOrganization: false,
      decision: "allowed",
      missingKeys: ["aws:ViaAWSService"],
    });
  });
});

test.each<[string, string | undefined, string | undefined]>([
  ["support:CreateCase", undefined, undefined],
  ["servicequotas:GetServiceQuota", "some", undefined],
  ["iam:CreateServiceLinkedRole", arnOf(LINKED), "servicequotas.amazonaws.com"],
])("a request for %s has the resource %s, and is known to be for the service %s", (action, resource, service) => {
  const [pathed] = environmentOf("full: { path: /support/ }").accesses as [typeof full];
  const keys = {
    "aws:principalaccount": ACCOUNT,
    "aws:principalarn": arnOf(`support/${ROLE}`),
    "aws:currenttime": "2026-06-01T00:00:00Z",
    "iam:awsservicename": service,
  };
  expect(requestOf(pathed, action, NOW)).toEqual({ action, keys, resource });
});
