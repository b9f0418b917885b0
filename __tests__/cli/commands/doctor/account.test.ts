import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../../cli/aws/connection";
import { readLiveDocument } from "../../../../cli/aws/live-document";
import { readAccount } from "../../../../cli/commands/doctor/account";
import { CHECKS } from "../../../../cli/commands/doctor/checks";
import { diagnose } from "../../../../cli/commands/doctor/diagnose";
import { runSupportApp } from "../../../../cli/program";
import { doctorReportSchema } from "../../../../cli/reports/doctor-report";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { type AnsweringAws, type Answers, AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import { ACCOUNT, documentOf, environmentOf, policyText } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { printedInTests } from "../../../support/printed";

const ROLE = "AWSSupportAppReadOnlyRole";
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/${ROLE}`;
const FULL_ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`;
const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`;
const TRUST = policyText({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: "supportapp.amazonaws.com" },
});

const environment = environmentOf("read-only: { channels: [{ name: watch, workspace: T1, channel: C1 }] }");

let aws: AnsweringAws;
const before = { ...process.env };

afterEach(async () => {
  await aws.close();
  process.env = { ...before };
});

async function answering(answers: Answers): Promise<void> {
  aws = await answerAs(answers);
  process.env = {
    ...before,
    AWS_ENDPOINT_URL: aws.endpoint,
    ...AWS_VARIABLES,
  };
}

async function read(deployRole?: string) {
  const connection = connect();
  try {
    return await readAccount(connection, environment, NOW, deployRole);
  } finally {
    connection.destroy();
  }
}

const encoded = (text: string) => encodeURIComponent(text);

function listedRole(arn: string): string {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  const trust = arn === SERVICE_ROLE ? TRUST.replace("supportapp", "servicequotas") : TRUST;
  return `<RoleName>${name}</RoleName><Arn>${arn}</Arn><AssumeRolePolicyDocument>${encoded(trust)}</AssumeRolePolicyDocument>`;
}

function roleXml(arn: string, more = ""): string {
  return `<Role>${listedRole(arn)}${more}</Role>`;
}

function channelJson(identifier: unknown, properties: object): string {
  const [TeamId, ChannelId] = String(identifier).split("|");
  const Properties = JSON.stringify({ TeamId, ChannelId, NotifyOnCaseSeverity: "none", ...properties });
  return JSON.stringify({ ResourceDescription: { Identifier: identifier, Properties } });
}

/** What IAM's simulation is asked, in the order in which it is. */
function simulatedActions(parameters: Readonly<Record<string, unknown>>): string[] {
  const named = Object.entries(parameters).filter(([name]) => name.startsWith("ActionNames."));
  return named.map(([, action]) => String(action));
}

/** A healthy account whose every list comes in two pages, as AWS may cut any. */
const inPages: Answers = (action, parameters) => {
  const isLast = parameters.Marker !== undefined || parameters.NextToken !== undefined;
  const xml = (list: string, first: string, last: string) =>
    `<${list}>${isLast ? last : first}</${list}><IsTruncated>${!isLast}</IsTruncated>${isLast ? "" : "<Marker>more</Marker>"}`;
  const json = (...names: string[]) =>
    JSON.stringify({
      ResourceDescriptions: [{ Identifier: isLast ? names[1] : names[0], Properties: "{}" }],
      NextToken: isLast ? undefined : "more",
    });
  switch (action) {
    case "GetCallerIdentity":
      return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/doctor</Arn>`;
    case "AssumeRole":
      return "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>";
    case "DescribeSeverityLevels":
      return JSON.stringify({ severityLevels: [{ code: "low", name: "General guidance" }] });
    case "GetRole":
      return parameters.RoleName === ROLE ? roleXml(ROLE_ARN) : { status: 404, code: "NoSuchEntity" };
    case "ListAttachedRolePolicies":
      return xml(
        "AttachedPolicies",
        "<member><PolicyName>one</PolicyName><PolicyArn>arn:aws:iam::aws:policy/one</PolicyArn></member>",
        "<member><PolicyName>two</PolicyName><PolicyArn>arn:aws:iam::aws:policy/two</PolicyArn></member>",
      );
    case "ListRolePolicies":
      return xml("PolicyNames", "<member>three</member>", "<member>four</member>");
    case "GetRolePolicy":
      return `<RoleName>${ROLE}</RoleName><PolicyName>${parameters.PolicyName}</PolicyName><PolicyDocument>${encoded(policyText())}</PolicyDocument>`;
    case "GetPolicy":
      return `<Policy><Arn>${parameters.PolicyArn}</Arn><DefaultVersionId>v7</DefaultVersionId></Policy>`;
    case "GetPolicyVersion":
      return `<PolicyVersion><VersionId>v7</VersionId><Document>${encoded(policyText({ version: parameters.VersionId }))}</Document></PolicyVersion>`;
    case "SimulatePrincipalPolicy": {
      const [first = "", ...others] = simulatedActions(parameters);
      const member = (action: string, more: string) =>
        `<member><EvalActionName>${action}</EvalActionName>${more}</member>`;
      const denied =
        "<EvalDecision>explicitDeny</EvalDecision><MissingContextValues><member>aws:RequestedRegion</member></MissingContextValues><OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>";
      return xml(
        "EvaluationResults",
        member(first, "<EvalDecision>allowed</EvalDecision>"),
        others.map((action) => member(action, denied)).join(""),
      );
    }
    case "ListRoles":
      return xml("Roles", `<member>${listedRole(ROLE_ARN)}</member>`, `<member>${listedRole(SERVICE_ROLE)}</member>`);
    case "ListResources":
      return String(parameters.TypeName).includes("Workspace") ? json("T1", "T2") : json("T1|C1", "T1|C2");
    case "GetResource":
      if (parameters.Identifier === "T1|C3") return { status: 400, code: "ResourceNotFoundException" };
      return channelJson(parameters.Identifier, {
        ChannelRoleArn: parameters.Identifier === "T1|C1" ? ROLE_ARN : `arn:aws:iam::${ACCOUNT}:role/gone`,
      });
    default:
      throw new Error(`Received ${action}, which only reads.`);
  }
};

test("every page of every list is read, and so are properties of a channel that a list leaves out", async () => {
  await answering(inPages);
  const { accesses, roleArns, channels, workspaces, serviceQuotasRole, supportApi } = await read();
  const access = accesses[0];
  expect(access?.role).toEqual({ known: { arn: ROLE_ARN, trust: readLiveDocument(TRUST), boundary: undefined } });
  expect(access?.policies).toMatchObject({
    known: [
      { name: "one", arn: "arn:aws:iam::aws:policy/one", document: { known: { text: policyText({ version: "v7" }) } } },
      { name: "two" },
      { name: "three", document: documentOf() },
      { name: "four" },
    ],
  });
  const allowed = { isAllowed: true, isDeniedByOrganization: false, decision: "allowed", missingKeys: [] };
  const denied = {
    isAllowed: false,
    isDeniedByOrganization: true,
    decision: "explicitDeny",
    missingKeys: ["aws:RequestedRegion"],
  };
  const [first = "", ...others] = [...actionsOf(CAPABILITIES), "iam:CreateServiceLinkedRole"].map((action) =>
    action.toLowerCase(),
  );
  const right = others.pop() ?? "";
  expect(access?.simulated).toEqual({
    known: new Map([[first, allowed], ...others.map((action) => [action, denied] as const), [right, allowed]]),
  });
  expect(channels).toMatchObject({
    known: [
      { workspace: "T1", channel: "C1", properties: { known: { ChannelRoleArn: ROLE_ARN } } },
      { workspace: "T1", channel: "C2" },
    ],
  });
  expect(roleArns).toEqual({ known: [ROLE_ARN, SERVICE_ROLE] });
  expect(workspaces).toEqual({ known: ["T1", "T2"] });
  expect(serviceQuotasRole).toEqual({ known: true });
  expect("known" in supportApi).toBe(true);
});

test("the simulation gets the known keys of each request", async () => {
  const told = new Map<string, string[]>();
  await answering((action, parameters) => {
    if (action !== "SimulatePrincipalPolicy") return inPages(action, parameters);
    const named = Object.entries(parameters).filter(([name]) => /^ResourceArns|KeyName$|KeyType$|KeyValues/.test(name));
    told.set(
      String(parameters["ActionNames.member.1"]),
      named.map(([, value]) => String(value)),
    );
    const missing =
      "<MissingContextValues><member>aws:ViaAWSService</member><member>iam:AWSServiceName</member></MissingContextValues>";
    const results = simulatedActions(parameters).map(
      (asked) =>
        `<member><EvalActionName>${asked}</EvalActionName><EvalDecision>allowed</EvalDecision><ResourceSpecificResults><member>${missing}</member></ResourceSpecificResults></member>`,
    );
    return `<EvaluationResults>${results.join("")}</EvaluationResults><IsTruncated>false</IsTruncated>`;
  });
  const { accesses } = await read();
  const principal = [
    ...["aws:principalaccount", ACCOUNT, "string", "aws:principalarn", ROLE_ARN, "string"],
    ...["aws:currenttime", "2026-06-01T00:00:00Z", "date"],
  ];
  expect(Object.fromEntries(told)).toEqual({
    "servicequotas:GetRequestedServiceQuotaChange": ["*", ...principal],
    "iam:CreateServiceLinkedRole": [
      SERVICE_ROLE,
      ...principal,
      "iam:awsservicename",
      "servicequotas.amazonaws.com",
      "string",
    ],
  });
  // What AWS says of the resource that was asked about counts, too.
  const simulated = accesses[0]?.simulated;
  const results = simulated && "known" in simulated ? [...(simulated.known?.values() ?? [])] : [];
  expect(new Set(results.map(({ missingKeys }) => missingKeys.join()))).toEqual(new Set(["aws:ViaAWSService"]));
});

test("the simulation is of the role at its ARN or, if that is unknown, at its expected ARN", async () => {
  const elsewhere = ROLE_ARN.replace("role/", "role/by-hand/");
  const askedOf = async (getRole: ReturnType<Answers>) => {
    const sources: unknown[] = [];
    await answering((action, parameters) => {
      if (action === "SimulatePrincipalPolicy") sources.push(parameters.PolicySourceArn);
      return action === "GetRole" ? getRole : inPages(action, parameters);
    });
    await read().finally(() => aws.close());
    return [...new Set(sources)];
  };
  expect(await askedOf(roleXml(elsewhere))).toEqual([elsewhere]);
  expect(await askedOf({ status: 403, code: "AccessDenied" })).toEqual([ROLE_ARN]);
});

test("--channel looks at every channel of that name, or at the one of that ID, with its access level and its workspace, and at no other", async () => {
  const level = (channels: string) => `{ channels: [${channels}] }`;
  const named = environmentOf(
    `slack-workspaces: [T1, T9], read-only: ${level("{ name: watch, workspace: T1, channel: C1 }")}, full: ${level("{ name: watch, workspace: T2, channel: C5 }, { name: watch, workspace: T2, channel: C6 }, { name: oncall, workspace: T9, channel: C9 }")}`,
  );
  await answering((action, parameters) => {
    if (action === "ListResources") {
      const all = String(parameters.TypeName).includes("Workspace") ? ["T2"] : ["T1|C1", "T1|C2", "T2|C6"];
      return JSON.stringify({ ResourceDescriptions: all.map((Identifier) => ({ Identifier, Properties: "{}" })) });
    }
    if (action !== "GetResource") return inPages(action, parameters);
    const ChannelRoleArn = String(parameters.Identifier).startsWith("T1") ? ROLE_ARN : FULL_ROLE_ARN;
    return channelJson(parameters.Identifier, { ChannelRoleArn });
  });
  const connection = connect();
  const subjects = async (channel: string) => {
    const { checks } = await diagnose(connection, named, { now: NOW, channel });
    const of = (check: string) => checks.find(({ name }) => name === check)?.findings.map(({ subject }) => subject);
    return { channels: of("channels"), roles: of("role") };
  };
  try {
    const roles = ["role AWSSupportAppFullRole (full)"];
    expect(await subjects("watch")).toEqual({ channels: ["Slack workspace T1", "#watch (C5 of T2)"], roles });
    expect(await subjects("C5")).toEqual({ channels: ["#watch (C5 of T2)"], roles });
  } finally {
    connection.destroy();
  }
});

test("the Support API is asked where it is", async () => {
  await answering(inPages);
  const elsewhere = { ...environment, region: "eu-west-1" };
  const connection = connect();
  await readAccount(connection, elsewhere, NOW).finally(() => connection.destroy());
  expect(aws.signed[aws.asked.indexOf("DescribeSeverityLevels")]).toMatch(/ in us-east-1$/);
  expect(aws.signed[aws.asked.indexOf("ListResources")]).toMatch(/ in eu-west-1$/);
});

test("a boundary is read, and a channel that is removed meanwhile is missing", async () => {
  const boundary = "arn:aws:iam::aws:policy/boundary";
  await answering((action, parameters) => {
    if (action === "GetRole") {
      const arn = `<PermissionsBoundaryArn>${boundary}</PermissionsBoundaryArn>`;
      return roleXml(ROLE_ARN, `<PermissionsBoundary>${arn}</PermissionsBoundary>`);
    }
    if (action === "ListResources") return JSON.stringify({ ResourceDescriptions: [{ Identifier: "T1|C3" }] });
    return inPages(action, parameters);
  });
  const { accesses, channels } = await read();
  expect(accesses[0]?.boundary).toMatchObject({ known: { name: { arn: boundary } } });
  expect(channels).toEqual({ known: [] });
});

test("nothing is read with another account's credentials", async () => {
  await answering(() => "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:root</Arn>");
  expect((await read()).identity).toMatchObject({ known: { account: "999999999999" } });
  expect(aws.asked).toEqual(["GetCallerIdentity"]);
});

test("nothing more is read of a missing role", async () => {
  await answering((action, parameters) =>
    action === "GetRole" ? { status: 404, code: "NoSuchEntity" } : inPages(action, parameters),
  );
  const { accesses } = await read();
  expect(accesses[0]).toEqual({
    props: environment.accesses[0],
    time: NOW,
    role: { known: undefined },
    policies: { known: [] },
    boundary: { known: undefined },
    simulated: { known: undefined },
  });
  expect(aws.asked).not.toContain("SimulatePrincipalPolicy");
});

test("each question names what it is about", async () => {
  const told = new Map<string, Readonly<Record<string, unknown>>>();
  await answering((action, parameters) => {
    told.set(action, parameters);
    return inPages(action, parameters);
  });
  await read(`arn:aws:iam::${ACCOUNT}:role/terraform`);
  expect(told.get("AssumeRole")).toMatchObject({
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/terraform`,
    RoleSessionName: "support-app-doctor",
  });
  expect(told.get("DescribeSeverityLevels")).toEqual({ language: "en" });
  expect(told.get("ListRoles")).toMatchObject({ Marker: "more" });
});

test("every other role that the Support App may assume is read with its policies", async () => {
  const arns = Array.from({ length: 3 }, (_, index) => `arn:aws:iam::${ACCOUNT}:role/other${index}`);
  await answering((action, parameters) => {
    const listed = [...arns, ROLE_ARN, SERVICE_ROLE].map((arn) => `<member>${listedRole(arn)}</member>`).join("");
    if (action === "ListRoles") return `<Roles>${listed}</Roles><IsTruncated>false</IsTruncated>`;
    const { RoleName } = parameters;
    if (action === "GetRole" && RoleName !== ROLE) return roleXml(`arn:aws:iam::${ACCOUNT}:role/${RoleName}`);
    const answer = inPages(action, parameters);
    return typeof answer === "string" ? answer.replaceAll(`<RoleName>${ROLE}<`, `<RoleName>${RoleName}<`) : answer;
  });
  const { otherRoles } = await read();
  const known = "known" in otherRoles ? otherRoles.known : [];
  expect(known.map(({ arn }) => arn)).toEqual(arns);
  expect(known.map(({ rights }) => rights)).toMatchObject(
    arns.map((arn) => ({
      role: { known: { arn } },
      policies: { known: [{ name: "one" }, { name: "two" }, { name: "three" }, { name: "four" }] },
      boundary: { known: undefined },
    })),
  );
});

test("an account without the Service Quotas role has none", async () => {
  await answering((action, parameters) =>
    action === "ListRoles" ? "<Roles/><IsTruncated>false</IsTruncated>" : inPages(action, parameters),
  );
  expect((await read()).serviceQuotasRole).toEqual({ known: false });
});

test("an account that can't be read is unknown in every part", async () => {
  await answering(() => "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:root</Arn>");
  const unknown = {
    unknown: {
      kind: "credentials",
      action: "sts:GetCallerIdentity",
      message: "these aren't the account's credentials",
    },
  };
  const parts = {
    supportApi: unknown,
    otherRoles: unknown,
    roleArns: unknown,
    channels: unknown,
    workspaces: unknown,
    serviceQuotasRole: unknown,
  };
  expect(await read()).toEqual({
    time: NOW,
    identity: { known: { account: "999999999999", arn: "arn:aws:iam::999999999999:root" } },
    accesses: [],
    ...parts,
  });
  await aws.close();
  await answering(() => ({ status: 403, code: "ExpiredToken" }));
  const account = await read();
  expect(account.identity).toMatchObject({ unknown: { kind: "credentials" } });
  expect(account).toMatchObject(parts);
  expect(aws.asked).toEqual(["GetCallerIdentity"]);
});

test.each([
  ["AccessDenied", "denied"],
  ["SubscriptionRequiredException", "no-support-plan"],
  ["ExpiredToken", "credentials"],
  ["InvalidSomething", "other"],
  ["TypeNotFoundException", "no-support-app"],
])("every call answered with %s: %s", async (code, kind) => {
  await answering((action, parameters) =>
    action === "GetCallerIdentity" ? inPages(action, parameters) : { status: 403, code },
  );
  const { accesses, channels, workspaces, serviceQuotasRole, supportApi } = await read();
  const { role, policies, boundary, simulated } = accesses[0] ?? {};
  for (const lookup of [role, policies, boundary, simulated, channels, workspaces, serviceQuotasRole, supportApi]) {
    expect(lookup).toMatchObject({ unknown: { kind, message: expect.stringContaining("says so") } });
  }
});

test("the deploy-role is assumed, or nothing is read", async () => {
  await answering(inPages);
  expect((await read(`arn:aws:iam::${ACCOUNT}:role/terraform`)).identity).toMatchObject({
    known: { account: ACCOUNT },
  });
  expect(aws.asked[0]).toBe("AssumeRole");
  expect(aws.signed[0]).toBe("AKIAIOSFODNN7EXAMPLE in us-east-1");
  expect(new Set(aws.signed.slice(1))).toEqual(new Set(["ASIA in us-east-1"]));
  await aws.close();
  await answering((action) => ({ status: 403, code: action === "AssumeRole" ? "AccessDenied" : "Never" }));
  expect((await read(`arn:aws:iam::${ACCOUNT}:role/terraform`)).identity).toMatchObject({
    unknown: { kind: "denied", action: "sts:AssumeRole" },
  });
  expect(aws.asked).toEqual(["AssumeRole"]);
});

describe("the command", () => {
  const printed = printedInTests();

  test.each([
    [["doctor"], 2, "Received neither an environment nor --all, expected one of them."],
    [["doctor", "staging", "--all"], 2, 'Received both --all and the environment "staging", expected one of them.'],
    [
      ["doctor", "--all", "--channel", "support-watch"],
      2,
      "Received --channel with --all, expected it with one environment. Name the environment that has the channel.",
    ],
    [["doctor", "staging", "--policy"], 2, "Received --policy with other arguments, expected --policy alone"],
    [["doctor", "--policy", "--assume"], 2, "Received --policy with other arguments, expected --policy alone"],
    [["doctor", "stagin"], 1, "Did you mean staging?"],
    [
      ["doctor", "staging", "--assume"],
      1,
      "Received --assume for staging, expected an environment with a deploy-role.",
    ],
    [
      ["doctor", "staging", "--channel", "x"],
      1,
      'Received --channel "x", expected no channel: staging has none in environments.yaml.',
    ],
    [
      ["doctor", "production", "--channel", "support-wach"],
      1,
      "expected the name or the ID of one of support-watch (C01234A5BCD), support-oncall (C09876Z5YXW). Did you mean support-watch?",
    ],
    [["doctor", "--all", "--parallel", "0"], 2, "Expected a whole number from 1 to 999."],
    [["doctor", "staging", "--parallel", "2"], 2, "Received --parallel 2 for one environment, expected it with --all."],
    [["doctor", "--policy", "--parallel", "2"], 2, "Received --policy with other arguments"],
    [["doctor", "staging", "--format", "xml"], 2, "Allowed choices are text, json."],
  ])("support-app %j ends with %d and says what", async (args, status, message) => {
    await answering(inPages);
    expect(await runSupportApp(args)).toBe(status);
    expect(printed.join("")).toContain(message);
    expect(aws.asked).toEqual([]);
  });

  test("prints its least privilege, with a statement for each check that needs any", async () => {
    await answering(inPages);
    expect(await runSupportApp(["doctor", "--policy"])).toBe(0);
    expect(printed.join("")).toMatchSnapshot();
    const { Statement } = JSON.parse(printed.join(""));
    const actions = Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    expect(actions.filter((action: string) => !/:(Get|List|Describe|Simulate)/.test(action))).toEqual([]);
  });

  test("--all shows each environment as soon as it is known, whatever isn't healthy in full, and a count", async () => {
    await answering(inPages);
    expect(await runSupportApp(["doctor", "--all"])).toBe(4);
    const text = printed.join("\n");
    expect(printed[0]).toBe("Looking at 2 environments …");
    expect(printed.at(-1)).toBe(
      "\n2 environments: 0 healthy, 1 unhealthy, 1 unknown.\nUnhealthy: staging.\nUnknown: production.",
    );
    expect(text).toMatch(/^ {2}skipped .* waits for credentials$/m);
    expect(text).toContain("  Note: ");
    expect(text).toContain("staging (111122223333, us-east-1) is unhealthy.");
  });

  describe("with retired environments", () => {
    const folder = mkdtempSync(join(tmpdir(), "support-app-doctor-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** Runs doctor with environments of these names, of which some are retired. */
    async function doctorOf(environments: Record<string, boolean>, ...args: string[]): Promise<number> {
      const one = ([name, retired]: [string, boolean], index: number) =>
        `  ${name}: { account: "11112222333${index + 3}", region: us-east-1, read-only: {}, retired: ${retired} }\n`;
      const file = join(folder, "environments.yaml");
      writeFileSync(file, `environments:\n${Object.entries(environments).map(one).join("")}`);
      await answering(inPages);
      process.env.SUPPORT_APP_ENVIRONMENTS = file;
      return runSupportApp(["doctor", ...args]);
    }

    test("a retired environment is an error, and AWS isn't asked", async () => {
      expect(await doctorOf({ kept: false, old: true }, "old")).toBe(1);
      expect(printed).toEqual([
        "Received old, which is retired, expected an environment that isn't. Deploy old to remove what it still has, or remove retired: true from it.",
      ]);
      expect(aws.asked).toEqual([]);
    });

    test("--all looks at the others, and names those it skips", async () => {
      expect(await doctorOf({ kept: false, old: true, older: true }, "--all", "--format", "json")).toBe(4);
      const [skipping, looking, known, ...json] = printed;
      const { environments } = JSON.parse(json.join("\n"));
      expect(environments.map(({ name }: { name: string }) => name)).toEqual(["kept"]);
      expect([skipping, looking, known]).toEqual([
        "Skipping retired environments: old, older.",
        "Looking at 1 environment …",
        "1 of 1: kept is unhealthy.",
      ]);
    });

    test("--all with nothing else is an error, and AWS isn't asked", async () => {
      expect(await doctorOf({ old: true, older: true }, "--all")).toBe(1);
      expect(printed).toEqual([
        "Received --all, but every environment is retired (old, older), expected at least one that isn't. There is nothing to look at.",
      ]);
      expect(aws.asked).toEqual([]);
    });
  });

  test("--channel looks only at one channel, and at the role of its access level", async () => {
    const production = "444455556666";
    await answering((action, parameters) => {
      const answer = inPages(action, parameters);
      return typeof answer === "string" ? answer.replaceAll(ACCOUNT, production) : answer;
    });
    expect(await runSupportApp(["doctor", "production", "--channel", "support-watch"])).toBe(4);
    const text = printed.join("\n");
    expect(text).toContain("unhealthy: channels: Slack workspace T012ABCDEFG"); // in which the channel is
    expect(text).toMatch(/^ {2}unhealthy {2}channels /m);
    expect(text).toMatch(/^ {2}healthy {4}trust /m);
    for (const other of ["support-oncall", "AWSSupportAppFullRole", "of T1"]) expect(text).not.toContain(other);
  });

  test("--report writes what --format json prints, besides the text, and replaces an earlier report", async () => {
    const folder = mkdtempSync(join(tmpdir(), "support-app-doctor-"));
    const file = join(folder, "report.json");
    try {
      writeFileSync(file, "of a run before, and longer".repeat(10_000));
      await answering(inPages);
      expect(await runSupportApp(["doctor", "--all", "--report", file])).toBe(4);
      const text = printed.splice(0).join("\n");
      expect(text).toContain("staging (111122223333, us-east-1) is unhealthy.");
      expect(await runSupportApp(["doctor", "--all", "--format", "json"])).toBe(4);
      const json = printed.filter((line) => !/^Looking at|^\d of \d/.test(line)).join("\n");
      expect(doctorReportSchema.parse(JSON.parse(json))).toMatchObject({ answer: "unhealthy" });
      const untimed = (text: string) => text.replace(/"readAt": "2[-\dT:.]+Z"/, '"readAt": ""'); // of two runs
      expect(untimed(readFileSync(file, "utf8"))).toBe(`${untimed(json)}\n`);
      expect(untimed(json)).toContain('"readAt": ""');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a run that fails before it looks leaves no report of an earlier one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "support-app-doctor-"));
    const file = join(folder, "report.json");
    try {
      writeFileSync(file, "of a run before");
      expect(await runSupportApp(["doctor", "--all", "--slack", "--report", file])).toBe(2); // without a token
      expect(readFileSync(file, "utf8")).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [["--report", join(tmpdir(), "support-app-nowhere", "a.json")], 1, 'a.json": '],
    [
      ["--report", "a.json", "--channel", "support-watch"],
      2,
      "Received --report with --channel, expected only one of them: watch would take the rest of the environment for healed. Leave one out.",
    ],
  ])("doctor production %j ends with %d and says what, before AWS is asked", async (args, status, message) => {
    await answering(inPages);
    expect(await runSupportApp(["doctor", "production", ...args])).toBe(status);
    expect(printed.join("")).toContain(message);
    expect(aws.asked).toEqual([]);
  });

  test("--format json prints only the report", async () => {
    await answering(inPages);
    expect(await runSupportApp(["doctor", "production", "--assume", "--format", "json"])).toBe(5);
    expect(printed[0]).toBe("Looking at production …"); // on the other stream
    expect(JSON.parse(printed.slice(1).join(""))).toMatchObject({
      schemaVersion: 1,
      answer: "unknown",
      environments: [
        {
          name: "production",
          checks: CHECKS.map(({ name }) =>
            name === "credentials" ? { answer: "unknown" } : { answer: "skipped", waitsFor: "credentials" },
          ),
        },
      ],
    });
  });
});
