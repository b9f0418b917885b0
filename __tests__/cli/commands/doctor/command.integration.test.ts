import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { doctorReportSchema } from "../../../../cli/findings/doctor-report";
import { runSupportApp } from "../../../../cli/program";
import { type Answers, awsInTests } from "../../../support/answering-aws";
import { answerAsSlack, TOKEN } from "../../../support/answering-slack";
import { sharedFolder } from "../../../support/folder";
import { healthyAws } from "../../../support/healthy-aws";
import { testHelp } from "../../../support/help";
import { HOSTILE, obeyedIn } from "../../../support/hostile";
import { ACCOUNT } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { printedInTests } from "../../../support/printed";

const folder = sharedFolder();
const file = join(folder, "environments.yaml");
const [report, page] = [join(folder, "report.json"), join(folder, "report.md")];

const printed = printedInTests();
const aws = awsInTests();
afterEach(() => {
  for (const file of [report, page]) rmSync(file, { force: true });
});

const HEALTHY = `{ account: "${ACCOUNT}", region: us-east-1, slack-workspaces: [T1], other-channels: true, full: { permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/boundary", service-quotas-role: create, channels: [{ name: oncall, workspace: T1, channel: C1 }] } }`;
const OTHER = '{ account: "444455556666", region: us-east-1, read-only: {} }';
const RETIRED = '{ account: "777788889999", region: us-east-1, read-only: {}, retired: true }';
const DEPLOYED =
  '{ account: "222233334444", region: us-east-1, deploy-role: "arn:aws:iam::222233334444:role/t", read-only: {} }';

/** Runs doctor on these environments. */
async function doctor(environments: Record<string, string>, args: string[], answers: Answers = () => "", env = {}) {
  const lines = Object.entries(environments).map(([name, entry]) => `  ${name}: ${entry}\n`);
  writeFileSync(file, `environments:\n${lines.join("")}`);
  aws.answers = answers;
  delete process.env.SLACK_BOT_TOKEN;
  Object.assign(process.env, { SUPPORT_APP_ENVIRONMENTS: file, ...env });
  printed.length = 0;
  return runSupportApp(["doctor", ...args]);
}

testHelp("doctor");

// More is in bad-inputs/commands.yaml.
describe("an error says what was received, what was expected and what to do:", () => {
  test.each<[string[], Record<string, string>, number, string]>([
    [
      ["one", "two", "--channel", "oncall"],
      { one: HEALTHY, two: OTHER },
      2,
      "Received --channel with 2 environments, expected it with one environment. Name the environment that has the channel.",
    ],
    [
      ["old", "--channel", "oncall"],
      { old: RETIRED },
      1,
      "Received --channel with the retired old, expected an environment that isn't retired: no channel is meant to be left. Leave --channel out.",
    ],
  ])("doctor %j is an error that says what to do", async (args, environments, status, message) => {
    expect(await doctor(environments, args)).toBe(status);
    expect(printed).toEqual([message]);
    expect(existsSync(report)).toBe(false);
  });

  test.each(["--report", "--markdown"])(
    "a file of %s that can't be written is an error that says what to do",
    async (option) => {
      const unwritable = join(folder, "nowhere", "report");
      expect(await doctor({ one: HEALTHY }, ["one", option, unwritable])).toBe(1);
      expect(printed).toEqual([
        `Can't write ${option} "${unwritable}": there is no such file or folder. Choose another file.`,
      ]);
    },
  );

  test("--report with --channel is an error, since a part isn't the environment's answer", async () => {
    expect(await doctor({ one: HEALTHY }, ["one", "--report", report, "--channel", "oncall"])).toBe(2);
    expect(printed.join()).toContain("option '--report <file>' cannot be used with option '--channel <name>'");
  });
});

describe("a run", () => {
  const unhealthy: Answers = (action, parameters) =>
    action === "GetRole" && parameters.RoleName === "AWSSupportAppFullRole"
      ? { status: 404, code: "NoSuchEntity" }
      : healthyAws(action, parameters);

  test.each<[string, Answers, number]>([
    ["healthy", healthyAws, 0],
    ["unhealthy", unhealthy, 4],
    ["unknown", () => ({ status: 403, code: "AccessDenied" }), 5],
  ])(
    "a run ends with the exit status for %s, and says what it looks at, with the credentials as they are if there is no role to assume",
    async (answer, answers, status) => {
      expect(await doctor({ one: HEALTHY }, ["one", "--assume"], answers)).toBe(status);
      const [looking, first] = printed;
      expect(looking).toBe("Looking at one …");
      const words = answer === "unknown" ? "not known to be healthy or unhealthy" : answer;
      expect(first?.split("\n")[0]).toBe(`one (${ACCOUNT}, us-east-1) is ${words}.`);
      expect(first).not.toContain("slack-token");
      expect(printed).toHaveLength(2);
    },
  );

  test("a run of several environments shows a line for each that is healthy, and a count", async () => {
    expect(await doctor({ one: HEALTHY, two: OTHER }, ["one", "two", "--parallel", "1"], healthyAws)).toBe(5);
    expect(printed[0]).toBe("Looking at 2 environments …");
    expect(printed[1]).toBe(`one (${ACCOUNT}, us-east-1) is healthy; doctor one has notes on it.`);
    expect(printed.at(-1)).toBe("\n2 environments: 1 healthy, 0 unhealthy, 1 unknown.\nUnknown: two.");
  });

  test("a run of all environments is one of many even if there is one, and assumes plan-roles, or deploy-roles where there are none", async () => {
    const environments = { here: DEPLOYED };
    const requests: string[] = [];
    const answers: Answers = (action, parameters) => {
      requests.push(`${action} ${parameters.RoleArn ?? ""}`.trim());
      return { status: 403, code: "AccessDenied" };
    };
    expect(await doctor(environments, ["--all", "--assume"], answers)).toBe(5);
    expect(printed[0]).toBe("Looking at 1 environment …");
    expect(printed.at(-1)).toMatch(/^\n1 environment: /);
    expect(requests[0]).toBe("AssumeRole arn:aws:iam::222233334444:role/t");
    const planned = DEPLOYED.replace("{ ", '{ plan-role: "arn:aws:iam::222233334444:role/p", ');
    requests.length = 0;
    expect(await doctor({ here: planned }, ["--all", "--assume"], answers)).toBe(5);
    expect(requests[0]).toBe("AssumeRole arn:aws:iam::222233334444:role/p");
    expect(await doctor(environments, ["--all"], answers)).toBe(5);
    expect(requests.at(-1)).toBe("GetCallerIdentity");
  });

  test("of a retired environment, doctor answers whether anything is left in AWS, with what to do", async () => {
    const retired = { old: HEALTHY.replace("{ ", "{ retired: true, account-alias: Payments, ") };
    const empty: Answers = (action, parameters, ...call) => {
      if (action === "GetCallerIdentity") return healthyAws(action, parameters, ...call);
      return action === "ListResources" ? '{"ResourceDescriptions":[]}' : { status: 404, code: "NoSuchEntity" };
    };
    expect(await doctor(retired, ["old"], empty)).toBe(0);
    expect(printed[1]?.split("\n").slice(2)).toEqual([
      "  healthy    credentials  AWS accepts the credentials, and they belong to the environment's account.",
      "  healthy    retired      Nothing of the retired environment is left in AWS.",
    ]);
    expect(await doctor(retired, ["--all", "--format", "json"], healthyAws)).toBe(4);
    const [{ findings }] = JSON.parse(printed.at(-1) ?? "").environments;
    const role = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`;
    expect(findings.map(({ resource }: { resource: string }) => resource)).toEqual([
      `the role ${role}`,
      `the policy arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`,
      "the workspace T1",
      "the account alias",
      `the channel T1|C1 in us-east-1 with the role ${role}`,
    ]);
    expect(findings[0]).toMatchObject({
      impact: "People in its channels keep their access.",
      fix: { commands: ["npx support-app deploy old"] },
    });
    const otherRegion: Answers = (action, parameters, key, region) =>
      healthyAws(action, parameters, key, region === "eu-west-1" ? "us-east-1" : "eu-west-2");
    await doctor(retired, ["old", "--format", "json"], otherRegion);
    const inIreland = JSON.parse(printed.at(-1) ?? "").environments[0].findings.at(-1);
    expect(inIreland).toMatchObject({
      resource: `the channel T1|C1 in eu-west-1 with the role ${role}`,
      fix: { commands: [expect.stringContaining("cloudcontrol --region eu-west-1 delete-resource")] },
    });
    expect(
      await doctor(retired, ["old"], (action, parameters, ...call) =>
        action === "GetRole" ? { status: 403, code: "AccessDenied" } : empty(action, parameters, ...call),
      ),
    ).toBe(5);
  });

  test("a run of many in JSON says how far it is, and with --report and --markdown writes files, in place of earlier ones", async () => {
    const environments = { one: HEALTHY, two: OTHER };
    const args = ["--all", "--format", "json", "--parallel", "1", "--report", report, "--markdown", page];
    for (const file of [report, page]) writeFileSync(file, "of an earlier run");
    expect(await doctor(environments, args, healthyAws)).toBe(5);
    const [looking, ...lines] = printed.flatMap((text) => text.split("\n"));
    expect(looking).toBe("Looking at 2 environments …");
    expect(lines.splice(0, 2)).toEqual(["1 of 2: one is healthy.", "2 of 2: two is unknown."]);
    expect(doctorReportSchema.parse(JSON.parse(lines.join("\n")))).toMatchObject({ answer: "unknown" });
    expect(readFileSync(report, "utf8")).toBe(`${lines.join("\n")}\n`);
    expect(readFileSync(page, "utf8").match(/^###.*/gm)).toEqual([
      expect.stringMatching(/^### one \(.*\) is healthy\.$/),
      expect.stringMatching(/^### two \(.*\) is not known to be healthy or unhealthy\.$/),
    ]);
  });

  test("a run with --slack asks Slack, too, and prints the token nowhere, and in JSON nothing of how far it is", async () => {
    const slack = await answerAsSlack(undefined, () => ({ ok: false, error: "invalid_auth" }));
    const args = ["one", "--slack", "--format", "json"];
    const env = { SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url };
    expect(await doctor({ one: HEALTHY }, args, healthyAws, env)).toBe(5);
    await slack.close();
    const [looking, ...json] = printed;
    expect(looking).toBe("Looking at one …");
    const { answer, environments } = doctorReportSchema.parse(JSON.parse(json.join("\n")));
    expect(answer).toBe("unknown");
    const findings = environments[0]?.findings.filter(({ kind }) => kind === "slack-token");
    expect(findings).toMatchObject([{ found: "Slack answers invalid_auth to auth.test" }]);
    expect(printed.join()).not.toContain(TOKEN);
  });

  test("a run with --slack and without a token fails, and leaves no report of an earlier run", async () => {
    writeFileSync(report, "of an earlier run");
    expect(await doctor({ one: HEALTHY }, ["one", "--slack", "--report", report], healthyAws)).toBe(2);
    expect(printed.join("\n")).toContain("SLACK_BOT_TOKEN");
    expect(readFileSync(report, "utf8")).toBe("");
  });

  test("a run prints nothing that a terminal or a log would obey, whatever stands in the account; in JSON it is itself", async () => {
    const odd = policyText({ Sid: HOSTILE, Effect: "Allow", Action: HOSTILE, Resource: HOSTILE, [HOSTILE]: HOSTILE });
    const trust = encodeURIComponent(odd.replaceAll('"Resource"', '"Principal"'));
    const changed: Readonly<Record<string, ReturnType<Answers>>> = {
      ListRoles: { status: 400, code: "AccessDenied", message: HOSTILE },
      GetRole: `<Role><Arn>arn:aws:iam::${ACCOUNT}:role/a</Arn><AssumeRolePolicyDocument>${trust}</AssumeRolePolicyDocument></Role>`,
      GetRolePolicy: `<PolicyDocument>${encodeURIComponent(odd)}</PolicyDocument>`,
      GetResource: JSON.stringify({ ResourceDescription: { Properties: JSON.stringify({ ChannelName: HOSTILE }) } }),
    };
    const answers: Answers = (action, parameters) => changed[action] ?? healthyAws(action, parameters);
    expect(await doctor({ one: HEALTHY }, ["one"], answers)).toBe(4);
    expect(printed.join("\n").match(/::error::a/g)?.length).toBeGreaterThan(9);
    expect(obeyedIn(printed.join("\n"))).toEqual([]);
    expect(await doctor({ one: HEALTHY }, ["one", "--format", "json"], answers)).toBe(4);
    expect(obeyedIn(printed.join("\n"))).toEqual([]);
    const [, ...json] = printed;
    const jsonFindings = doctorReportSchema
      .parse(JSON.parse(json.join("\n")))
      .environments.flatMap(({ findings }) => findings);
    expect(jsonFindings.find(({ kind }) => kind === "other-roles")?.found).toContain("##vso[d]e \u001b[31m");
  });

  test("a run with --channel looks at that channel alone", async () => {
    expect(await doctor({ one: HEALTHY }, ["one", "--channel", "oncall"], healthyAws)).toBe(0);
    expect(printed.join("\n")).not.toContain("C2 of T1");
  });
});
