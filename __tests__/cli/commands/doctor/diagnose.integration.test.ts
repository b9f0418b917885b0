import { type Connection, connect } from "../../../../cli/aws/connection";
import { DOCTOR_CHECKS } from "../../../../cli/commands/doctor/checks";
import { type DiagnoseOptions, diagnose } from "../../../../cli/commands/doctor/diagnose";
import type { ReportedEnvironment } from "../../../../cli/findings/doctor-report";
import type { Slack } from "../../../../cli/slack/connection";
import { type Answer, type Answers, awsInTests, xmlAnswer } from "../../../support/answering-aws";
import { DEPLOY_ROLE, everyCallEnvironment, healthyAws } from "../../../support/healthy-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { isThorough } from "../../../support/thorough";
import { withWordLists } from "../../../support/word-lists";

const EVERY_CAPABILITY = withWordLists("<capabilities>");

type Parameters = Readonly<Record<string, unknown>>;

/** A call that doctor makes, and what it learns from it. */
interface Call {
  /** As IAM names it. */
  readonly action: string;
  /** Which of these calls. */
  readonly about?: string;
  readonly matches?: (parameters: Parameters) => boolean;
  /** In which region only. */
  readonly region?: string;
  /** What each check that depends on it says without it. */
  readonly checks: Readonly<Record<string, "unknown" | "skipped">>;
  /** What AWS promises of the answer. */
  readonly promised: readonly string[];
  readonly isList?: true;
  /** Whether the role's documents tell this, where IAM's simulation isn't allowed. */
  readonly isWithoutSimulation?: boolean;
}

const EVERYTHING = Object.fromEntries(Object.keys(DOCTOR_CHECKS).map((kind) => [kind, "skipped"] as const));
const SIGNED_OUT = { credentials: "unknown", ...EVERYTHING } as const;
const ROLE = "AWSSupportAppFullRole";
const isOfRole = ({ RoleName }: Parameters) => RoleName === ROLE;
const isBoundary = ({ PolicyArn }: Parameters) => String(PolicyArn).endsWith("/boundary");

const ROLE_IS = { role: "unknown", trust: "skipped", "permissions-boundary": "skipped" } as const;
const POLICIES = { "unexpected-access": "unknown", capabilities: "unknown" } as const;
const ALL_POLICIES = { ...POLICIES, "other-roles": "unknown" } as const;
const CAPABILITIES = { capabilities: "unknown" } as const;
const BOUNDARY = { "permissions-boundary": "unknown", ...CAPABILITIES, "other-roles": "unknown" } as const;
const CHANNELS = { channels: "unknown" } as const;
const ALIAS = { "account-alias": "unknown" } as const;
const LIST = { isList: true } as const;
const UNSIMULATED = { isWithoutSimulation: true } as const;
const OWN = { about: "the role", matches: isOfRole, ...UNSIMULATED };
const isNoBoundary = (parameters: Parameters) => !isBoundary(parameters);
const OF_ROLES = { about: "the roles' policy", matches: isNoBoundary, ...UNSIMULATED };
const LIMIT = { about: "the boundary", matches: isBoundary, ...UNSIMULATED };
const isOfType = (type: string) => (parameters: Parameters) => String(parameters.TypeName).includes(type);
const REGIONS = { "other-regions": "unknown" } as const;

/** A row: the call, the checks that depend on it, what AWS promises of the answer, and more. */
const row = (action: string, checks: Call["checks"], promised: string, overrides: Partial<Call> = {}): Call => ({
  action,
  checks,
  promised: promised.split(" "),
  ...overrides,
});
const CALLS: readonly Call[] = [
  row("sts:AssumeRole", SIGNED_OUT, "Credentials AccessKeyId SecretAccessKey SessionToken"),
  row("sts:GetCallerIdentity", SIGNED_OUT, "Account Arn"),
  row("support:DescribeSeverityLevels", { "support-plan": "unknown" }, "severityLevels"),
  row("iam:GetRole", { ...ROLE_IS, ...CAPABILITIES }, "Role Arn AssumeRolePolicyDocument PermissionsBoundaryArn", OWN),
  row("iam:GetRole", { "other-roles": "unknown" }, "Role Arn AssumeRolePolicyDocument", {
    about: "another channel's role",
    matches: (parameters) => !isOfRole(parameters),
  }),
  row("iam:ListAttachedRolePolicies", { "other-roles": "unknown" }, "AttachedPolicies PolicyArn", {
    ...LIST,
    about: "another channel's role",
    matches: (parameters) => !isOfRole(parameters),
  }),
  row("iam:ListAttachedRolePolicies", POLICIES, "AttachedPolicies PolicyArn", { ...OWN, ...LIST }),
  row("iam:GetPolicy", ALL_POLICIES, "Policy DefaultVersionId", OF_ROLES),
  row("iam:GetPolicyVersion", ALL_POLICIES, "PolicyVersion Document", OF_ROLES),
  row("iam:GetPolicy", BOUNDARY, "Policy DefaultVersionId", LIMIT),
  row("iam:GetPolicyVersion", BOUNDARY, "PolicyVersion Document", LIMIT),
  row("iam:ListRolePolicies", POLICIES, "PolicyNames", { ...OWN, ...LIST }),
  row("iam:GetRolePolicy", POLICIES, "PolicyDocument", OWN),
  row("iam:SimulatePrincipalPolicy", CAPABILITIES, "EvaluationResults EvalActionName EvalDecision", LIST),
  row(
    "iam:ListRoles",
    { ...CHANNELS, "other-roles": "unknown", "service-quotas-role": "unknown" },
    "Roles RoleName Arn AssumeRolePolicyDocument",
    LIST,
  ),
  row("cloudformation:ListResources", { region: "skipped", ...CHANNELS }, "ResourceDescriptions Identifier", {
    ...LIST,
    about: "channels",
    matches: isOfType("Channel"),
    region: "us-east-1",
  }),
  row("cloudformation:ListResources", REGIONS, "ResourceDescriptions", {
    ...LIST,
    about: "channels of another region",
    matches: isOfType("Channel"),
    region: "eu-west-1",
  }),
  row("cloudformation:ListResources", ALIAS, "ResourceDescriptions Identifier", {
    ...LIST,
    about: "aliases",
    matches: isOfType("Alias"),
    region: "us-east-1",
  }),
  row("cloudformation:ListResources", CHANNELS, "ResourceDescriptions Identifier", {
    ...LIST,
    about: "workspaces",
    matches: isOfType("Workspace"),
    region: "us-east-1",
  }),
  row(
    "cloudformation:GetResource",
    CHANNELS,
    "ResourceDescription Properties TeamId ChannelId ChannelRoleArn NotifyOnCaseSeverity",
    { about: "a channel", matches: isOfType("Channel") },
  ),
  row("cloudformation:GetResource", ALIAS, "ResourceDescription Properties AccountAlias", {
    about: "the alias",
    matches: isOfType("Alias"),
  }),
];

const isJson = ({ action }: Pick<Call, "action">) => /^(support|cloudformation):/.test(action);

const HTML =
  "<!DOCTYPE html><html><head><meta charset=utf-8><title>Log in</title></head><body><p>Log in<br>here</body></html>";

/** What stands in place of an answer. */
type Fault = (call: Call, right: string, count: number) => Answer | undefined;

function respondWith(body: string): Answer {
  return (outgoing) => outgoing.end(body);
}

const nextOf = (call: Call, right: string, token: string) =>
  isJson(call)
    ? JSON.stringify({ ...JSON.parse(right), NextToken: token })
    : right.replace("<IsTruncated>false</IsTruncated>", `<IsTruncated>true</IsTruncated><Marker>${token}</Marker>`);

/** The SDK reads such an answer as one that lacks everything, or can't read it. */
const NOT_AWS =
  /: received nothing as \S+, expected (what AWS documents|a policy document)$|: received status 20[04] and an unreadable body/;
/** Faults after which nothing is known of a call, by what they are, and what is said of each. */
const FAULTS: Readonly<Record<string, readonly [Fault, RegExp]>> = {
  "HTML of a login page": [() => respondWith(HTML), NOT_AWS],
  "a redirection": [
    () => (outgoing) => outgoing.writeHead(302, { location: "http://127.0.0.1/login" }).end(),
    /: received status 302, expected an error code of AWS$/,
  ],
  "an empty answer": [() => respondWith(""), NOT_AWS],
  "null or a text": [(call) => (isJson(call) ? "null" : "text"), NOT_AWS],
  "half of the text": [
    (call, right) => respondWith(whole(call, right).slice(0, whole(call, right).length / 2)),
    NOT_AWS,
  ],
  "the answer to something else": [() => respondWith(xmlAnswer("GetUser", "<User/>")), NOT_AWS],
};

/** Faults of a list. */
const LIST_FAULTS: Readonly<Record<string, readonly [Fault, RegExp]>> = {
  "pages that don't end": [
    (call, right, count) => nextOf(call, right, `page-${count}`),
    /: received more than 100 pages, expected an end$/,
  ],
  "a text in place of the list": [
    ({ promised: [list = ""], ...call }, right) =>
      isJson(call)
        ? JSON.stringify({ ...JSON.parse(right), [list]: "text" })
        : right.replace(new RegExp(`<${list}>.*</${list}>`), `<${list}>text</${list}>`),
    /: received (a text|"text") as \w+, expected a list$/,
  ],
};

function whole(call: Call, right: string): string {
  return isJson(call) ? right : xmlAnswer(call.action.split(":")[1] ?? "", right);
}

let connection: Connection;
let isFaulty: { readonly call: Call; readonly fault: Fault; counts: Map<string, number> } | undefined;

const aws = awsInTests((action, parameters, accessKey, region) => {
  const right = healthyAws(action, parameters, accessKey, region);
  if (isFaulty?.call.isWithoutSimulation && action === "SimulatePrincipalPolicy")
    return { status: 403, code: "AccessDenied" };
  if (!isFaulty || typeof right !== "string") return right;
  const { call, fault, counts } = isFaulty;
  if (call.action.split(":")[1] !== action || call.matches?.(parameters) === false) return right;
  if (call.region !== undefined && call.region !== region) return right;
  const { Marker: _, NextToken: __, ...otherParameters } = parameters;
  const key = JSON.stringify(otherParameters);
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return fault(call, right, count) ?? right;
});

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0); // the SDK's pauses
  connection = connect();
});
afterEach(() => {
  connection.destroy();
  jest.restoreAllMocks();
});

async function diagnosed(call?: Call, fault?: Fault): Promise<ReportedEnvironment> {
  isFaulty = call && fault && { call, fault, counts: new Map() };
  return diagnose(connection, everyCallEnvironment, { now: NOW, role: { arn: DEPLOY_ROLE } });
}

const foundIn = ({ findings }: ReportedEnvironment) => findings.map(({ found }) => found);
const answersOf = ({ checks }: Pick<ReportedEnvironment, "checks">) =>
  Object.fromEntries(checks.map(({ name, answer }) => [name, answer]));
const HEALTHY = Object.fromEntries(["credentials", ...Object.keys(EVERYTHING)].map((check) => [check, "healthy"]));
const nameOf = ({ action, about }: Call) => (about === undefined ? action : `${action} of ${about}`);

test("without a fault everything is healthy, with every call of the table", async () => {
  const { checks, ...report } = await diagnosed();
  expect(answersOf({ checks })).toEqual(HEALTHY);
  const OTHER = `People in #oncall (C2 of T1), which isn't in environments.yaml, can ${EVERY_CAPABILITY} with its role arn:aws:iam::${ACCOUNT}:role/other.`;
  expect(report).toEqual({
    name: "test",
    account: ACCOUNT,
    region: "us-east-1",
    answer: "healthy",
    notes: [
      "The inline policy by-hand of the role AWSSupportAppFullRole (full) isn't in environments.yaml and allows nothing more: a deploy removes it.",
      "Whether a channel is private, and who is in it, can't be seen from AWS. Keep #oncall private, and invite only those who need the cases.",
      OTHER,
    ],
    findings: [],
  });
  expect(aws.asked[0]).toBe("AssumeRole");
  expect(new Set(aws.asked)).toEqual(new Set(CALLS.map(({ action }) => action.split(":")[1])));
});

/** An answer that lacks what AWS promises. */
const without = (name: string): readonly [Fault, RegExp] => [
  (call, right) =>
    isJson(call)
      ? right.replaceAll(new RegExp(`(\\\\?")${name}\\1`, "g"), "$1other$1")
      : right.replaceAll(new RegExp(`<(/?)${name}>`, "g"), "<$1Other>"),
  new RegExp(`: received .*${name}`),
];

/** Each call with one of its faults in turn, and each week with all of them. */
const CASES = CALLS.flatMap((call, index) => {
  const promises = call.promised.map((name) => [`an answer without ${name}`, without(name)] as const);
  const faults = [...Object.entries({ ...FAULTS, ...(call.isList ? LIST_FAULTS : {}) }), ...promises];
  return faults
    .filter((_, place) => isThorough || place === index % faults.length)
    .map(([name, [fault, says]]) => [nameOf(call), name, call, fault, says] as const);
});

test.each(CASES)("a fault leaves only what depends on it unknown: %s, %s", async (...testCase) => {
  const [, , call, fault, says] = testCase;
  const report = await diagnosed(call, fault);
  expect(answersOf(report)).toEqual({ ...HEALTHY, ...call.checks });
  expect(report.answer).toBe("unknown");
  expect(foundIn(report)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
});

/** What is found where AWS gives other answers. */
async function diagnoseWith(
  answers: Answers,
  options: Partial<DiagnoseOptions> = {},
  environment = everyCallEnvironment,
) {
  aws.answers = answers;
  return diagnose(connection, environment, { now: NOW, ...options });
}

test("only the chosen channel and its access level are looked at", async () => {
  const environment = environmentOf(
    "full: { channels: [{ name: a, workspace: T1, channel: C2 }] }, read-only: { channels: [{ name: b, workspace: T2, channel: C1 }] }",
  );
  const channels = environment.channels.filter(({ name }) => name === "a");
  const { checks, findings, notes } = await diagnoseWith(healthyAws, { channels }, environment);
  const resources = findings.map(({ resource }) => resource).join();
  expect(resources).toContain("#a (C2 of T1)");
  expect(resources).not.toMatch(/C1 of T|read-only/);
  const names: string[] = checks.map(({ name }) => name);
  expect(names.filter((name) => ["other-roles", "other-regions", "account-alias"].includes(name))).toEqual([]);
  expect(aws.signed.filter((signed) => !signed.endsWith(" in us-east-1"))).toEqual([]);
  expect(notes.filter((note) => /gives|C1/.test(note))).toEqual([
    `environments.yaml gives #a (C2 of T1) ${EVERY_CAPABILITY}.`,
  ]);
  expect(aws.asked).not.toContain("AssumeRole");
});

test("a policy that AWS has changed is noticed, and is no fault", async () => {
  const ARN = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
  const answers: Answers = (action, ...rest) => {
    const right = healthyAws(action, ...rest);
    return action === "ListAttachedRolePolicies" ? String(right).replace(/arn:aws:iam::\d+:policy\/\w+/, ARN) : right;
  };
  const channels = "channels: [{ name: oncall, workspace: T1, channel: C1 }]";
  const full = `{ permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/boundary", policy: aws-managed, ${channels} }`;
  const environment = environmentOf(`other-channels: true, full: ${full}`);
  const { answer, findings } = await diagnoseWith(answers, {}, environment);
  expect(findings).toMatchObject([{ answer: "healthy", kind: "policy-changed", about: ["full", "policy", ARN] }]);
  expect(answer).toBe("healthy");
});

test("with another account's credentials, nothing of it is read, every check of AWS waits for them, Slack is asked, and an end is noticed", async () => {
  const slackCalls: string[] = [];
  const ending = environmentOf("full: { until: 2026-06-02, channels: [{ name: oncall, workspace: T1, channel: C1 }] }");
  const otherCaller: Answers = () => "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:root</Arn>";
  const slack: Slack = {
    ask: async (method) => {
      slackCalls.push(method);
      return { unknown: { kind: "token", method, message: "Slack refuses" } };
    },
  };
  const { answer, checks, findings, notes } = await diagnoseWith(otherCaller, { slack }, ending);
  expect([answer, notes, aws.asked]).toEqual(["unknown", [], ["GetCallerIdentity"]]);
  const [credentials, ...otherChecks] = checks;
  expect(credentials).toMatchObject({ name: "credentials", answer: "unknown" });
  expect(findings.map(({ kind, answer }) => [kind, answer])).toEqual([
    ["credentials", "unknown"],
    ["slack-token", "unknown"],
    ["ending", "healthy"],
  ]);
  const waiting = Object.keys(DOCTOR_CHECKS).map((name) => ({ name, answer: "skipped", waitsFor: "credentials" }));
  expect(otherChecks.splice(0, waiting.length)).toMatchObject(waiting);
  expect(otherChecks.map(({ name, answer, waitsFor }) => [name, answer, waitsFor])).toEqual([
    ["slack-token", "unknown", undefined],
    ["slack-channels", "skipped", "slack-token"],
    ["slack-people", "skipped", "slack-token"],
  ]);
  expect(slackCalls).toEqual(["auth.test"]);
});

test("the worst finding is the answer, wherever it stands", async () => {
  const answers: Answers = (action, ...rest) => {
    if (action === "DescribeSeverityLevels") return { status: 403, code: "AccessDenied" };
    return action === "ListAttachedRolePolicies"
      ? "<AttachedPolicies/><IsTruncated>false</IsTruncated>"
      : healthyAws(action, ...rest);
  };
  const { answer, findings } = await diagnoseWith(answers);
  expect([answer, findings[0]?.answer]).toEqual(["unhealthy", "unknown"]);
});
