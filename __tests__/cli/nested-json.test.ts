import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStack } from "../../cli/terraform/stack";
import { type AnsweringAws, type Answers, AWS_VARIABLES, answerAs } from "../support/answering-aws";
import { type AnsweringGitHub, answerAsGitHub } from "../support/answering-github";
import { EVERY_FIELD } from "../support/every-field";
import { ACCOUNT } from "../support/live-account";
import { planOf } from "../support/plan-fixtures";
import { reviewingInTests } from "../support/reviewing";
import { synthesize } from "../support/synthesize";
import { thoroughTest } from "../support/thorough";

/*
 * JSON that is nested far deeper than recursive code can handle, in place of every file and answer that is read, and
 * inside them.
 */
const DEEP = `${'{"a":['.repeat(10_000)}${"]}".repeat(10_000)}`;

const { scratch, supportApp, review, reviewPlan, folderOf, fileOf } = reviewingInTests();
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const TEXT = synthesize('environments: { paid: { account: "111122223333", region: us-east-1, full: {} } }').paid ?? "";
const ALL = folderOf({ paid: TEXT });

/** A file or folder with some text in it. */
let files = 0;
function written(text: string, name = "deep.json"): string {
  const folder = join(scratch, `nested-${files++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, name), text);
  return folder;
}

/** JSON with a text of its own in the place of "DEEP". */
function withDeep(value: unknown): string {
  return JSON.stringify(value).replace('"DEEP"', () => DEEP);
}

const TOO_DEEP = "that is not JSON \\(it is nested more than 200 deep\\), expected .*\\.$";

describe("review ends with one sentence for", () => {
  test.each<[string, () => string[], RegExp]>([
    ["a manifest", () => ["--base", written(DEEP, "manifest.json"), "--head", ALL], new RegExp(TOO_DEEP)],
    ["a stack", () => ["--base", folderOf({ paid: DEEP }), "--head", ALL], new RegExp(TOO_DEEP)],
    [
      "an argument of a stack",
      () => ["--base", ALL, "--head", folderOf({ paid: withDeep({ ...JSON.parse(TEXT), output: "DEEP" }) })],
      new RegExp(TOO_DEEP),
    ],
    [
      "a plan",
      () => ["--base", ALL, "--head", ALL, "--plan", `paid=${join(written(DEEP), "deep.json")}`],
      /^Received ".*deep\.json" that is not JSON, expected a plan\. Write it with .*\.$/,
    ],
  ])("%s", async (_, args, sentence) => {
    expect(await review(...args())).toEqual({ status: 1, output: expect.stringMatching(sentence) });
  });

  test("a policy in a text of a stack is unsupported", async () => {
    const stack = JSON.parse(TEXT);
    stack.resource.aws_iam_policy.full.policy = DEEP;
    const { status, output } = await review("--base", ALL, "--head", folderOf({ paid: JSON.stringify(stack) }));
    expect(status).toBe(3);
    expect(output).toContain(
      "Unsupported: an argument or a value in a form that the constructs don't write, in `aws_iam_policy.full`",
    );
  });

  test("a policy in a text of a plan doesn't crash the command", async () => {
    const change = { actions: ["update"], before: { assume_role_policy: DEEP }, after: {} };
    const role = { address: "aws_iam_role.full", type: "aws_iam_role", name: "full", change };
    const plan = fileOf({ format_version: "1.2", planned_values: {}, resource_changes: [role], configuration: {} });
    expect(await review("--base", ALL, "--head", ALL, "--plan", `paid=${plan}`)).toEqual({
      status: 1,
      output: expect.stringMatching(/^Received .* is different\. Plan what was synthesized, .*\.$/),
    });
  });
});

describe("review --github", () => {
  let github: AnsweringGitHub;
  beforeAll(async () => {
    github = await answerAsGitHub();
  });
  afterAll(() => github.close());

  const EVENT = JSON.stringify({
    pull_request: {
      number: 7,
      user: { id: 1, login: "alice" },
      head: { sha: "0123456789abcdef0123456789abcdef01234567", repo: { full_name: "acme/access" } },
    },
  });
  const inWorkflow = (event: string) => {
    github.reset();
    const folder = written(event, "event.json");
    Object.assign(process.env, {
      GITHUB_EVENT_PATH: join(folder, "event.json"),
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: "secret",
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      SUPPORT_APP_SYNTH: "success",
    });
  };

  test("the event", async () => {
    inWorkflow(DEEP);
    expect(await review("--github", "--base", ALL, "--head", ALL)).toEqual({
      status: 1,
      output: expect.stringMatching(new RegExp(TOO_DEEP)),
    });
  });

  test.each([
    [200, `[{"id":1,"body":${DEEP}}]`, /^Received "\[\{.*…" \(\d+ characters\) from GitHub to GET .*\.$/],
    [200, DEEP, /^Received ".*…" \(\d+ characters\) from GitHub to GET .*\.$/],
    [500, `{"errors":${DEEP}}`, /^GitHub answered GET .* with status 500 \("\{.*…" \(\d+ characters\)\)\. .*\.$/],
    [500, `{"message":${DEEP}}`, /^GitHub answered GET .* with status 500 \("\{.*…" \(\d+ characters\)\)\. .*\.$/],
  ])("a GitHub answer with status %d", async (status, json, sentence) => {
    inWorkflow(EVENT);
    github.failures.set("GET /repos/acme/access/issues/7/comments", { status, json });
    const reviewed = await review("--github", "--base", ALL, "--head", ALL);
    expect(reviewed).toEqual({ status: 1, output: expect.stringMatching(sentence) });
  });
});

describe("publish", () => {
  const environments = () => {
    process.env.SUPPORT_APP_ENVIRONMENTS = join(
      written(JSON.stringify(EVERY_FIELD), "environments.yaml"),
      "environments.yaml",
    );
  };
  test.each<[string, () => string[]]>([
    ["--since", () => ["--out", join(scratch, "out"), "--since", written(DEEP, "access.json")]],
    ["--check", () => ["--check", written(DEEP, "manifest.json")]],
  ])("%s", async (option, args) => {
    environments();
    expect(await supportApp("publish", ...args())).toEqual({
      status: 1,
      output: expect.stringMatching(
        new RegExp(
          `^Received ${option} ".*".*, expected (a folder that publish has written|an earlier publication), .*\\.$`,
        ),
      ),
    });
  });

  test("--out treats a folder with such a manifest as not its own", async () => {
    environments();
    expect(await supportApp("publish", "--out", written(DEEP, "manifest.json"))).toEqual({
      status: 1,
      output: expect.stringContaining('this one has "manifest.json" in it, which would be lost.'),
    });
  });
});

describe("doctor doesn't know", () => {
  let aws: AnsweringAws;
  afterEach(() => aws.close());

  const CHANNEL = JSON.stringify({
    TeamId: "T1",
    ChannelId: "C1",
    ChannelName: "oncall",
    ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
    NotifyOnCaseSeverity: "none",
  });
  const account = (changed: { readonly policy?: string; readonly channel?: string }): Answers => {
    const { policy = '{"Version":"2012-10-17","Statement":[]}', channel = CHANNEL } = changed;
    return (action, { TypeName, RoleName, PolicyName }) => {
      const description = String(TypeName).includes("Workspace")
        ? { Identifier: "T1", Properties: '{"TeamId":"T1"}' }
        : { Identifier: "T1|C1", Properties: channel };
      const answer: Readonly<Record<string, string>> = {
        GetCallerIdentity: `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/doctor</Arn>`,
        DescribeSeverityLevels: '{"severityLevels":[{"code":"low"}]}',
        GetRole: `<Role><RoleName>${RoleName}</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole</Arn><AssumeRolePolicyDocument>${encodeURIComponent(policy)}</AssumeRolePolicyDocument></Role>`,
        ListAttachedRolePolicies: "<AttachedPolicies></AttachedPolicies><IsTruncated>false</IsTruncated>",
        ListRolePolicies: "<PolicyNames><member>mine</member></PolicyNames><IsTruncated>false</IsTruncated>",
        GetRolePolicy: `<RoleName>${RoleName}</RoleName><PolicyName>${PolicyName}</PolicyName><PolicyDocument>${encodeURIComponent(policy)}</PolicyDocument>`,
        ListRoles: "<Roles></Roles><IsTruncated>false</IsTruncated>",
        ListResources: JSON.stringify({ TypeName, ResourceDescriptions: [description] }),
        GetResource: JSON.stringify({ TypeName, ResourceDescription: description }),
      };
      return answer[action] ?? { status: 400, code: "AccessDenied" };
    };
  };

  test.each<[string, Answers, string]>([
    ["a policy and a trust", account({ policy: DEEP }), "expected a policy document"],
    ["a channel", account({ channel: DEEP }), "expected a mapping in JSON"],
    [
      "a channel's setting",
      account({ channel: withDeep({ NotifyOnCaseSeverity: "DEEP" }) }),
      "expected a mapping in JSON",
    ],
    ["an answer of Cloud Control", (...asked) => (asked[0] === "ListResources" ? DEEP : account({})(...asked)), ""],
  ])("%s", async (_, answers, found) => {
    aws = await answerAs(answers);
    const file = join(scratch, "doctor.yaml");
    writeFileSync(
      file,
      `environments: { test: { account: "${ACCOUNT}", region: us-east-1, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] } } }`,
    );
    Object.assign(process.env, {
      SUPPORT_APP_ENVIRONMENTS: file,
      AWS_ENDPOINT_URL: aws.endpoint,
      ...AWS_VARIABLES,
    });
    const { status, output } = await supportApp("doctor", "test");
    expect([4, 5]).toContain(status);
    expect(output).toContain(found);
  });
});

describe("JSON of a usual depth", () => {
  thoroughTest("may be of any width", () => {
    const null_resource = Object.fromEntries(Array.from({ length: 130_000 }, (_, index) => [`a${index}`, {}]));
    expect(readStack({ resource: { null_resource } }).unreadable.length).toBeGreaterThan(130_000);
  });

  thoroughTest("may refer to itself in a circle, or in a long chain", async () => {
    const chain = (length: number, last: string) =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `a${index}`,
          { name: `\${aws_cloudwatch_log_group.a${index + 1}.name}` },
        ]).concat([[`a${length}`, { name: last }]]),
      );
    const change = { actions: ["update"], before: { name: "x" }, after: { name: "y" } };
    const stackOf = (last: string) => ({ resource: { aws_cloudwatch_log_group: chain(3_000, last) } });
    const planned = async (before: string, after: string) => {
      const [base, head] = [stackOf(before), stackOf(after)];
      const resource_changes = [{ address: "aws_cloudwatch_log_group.a0", type: "aws_cloudwatch_log_group", change }];
      const plan = planOf(head, { format_version: "1.2", planned_values: {}, resource_changes });
      const { output } = await reviewPlan(base, head, plan, "--format", "json");
      return JSON.parse(output).environments[0].plan.changes[0].drift;
    };
    expect(await planned("${aws_cloudwatch_log_group.a0.name}", "${aws_cloudwatch_log_group.a0.name}")).toBe(true);
    expect(await planned("a", "b")).toBe(false);
  });
});
