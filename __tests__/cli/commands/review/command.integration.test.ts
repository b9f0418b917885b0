import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeDifference } from "../../../../cli/commands/review/plan-code";
import { readStack } from "../../../../cli/terraform/stack";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { parseRules } from "../../../../stacks/rules/rules";
import { type Actor, type AnsweringGitHub, answerAsGitHub } from "../../../support/answering-github";
import { ONCALL } from "../../../support/edited-stack";
import { configurationOf } from "../../../support/plan-configuration";
import { changeAt, PLAN_FIXTURES, planOf, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";
import { schemaErrors } from "../../../support/review-schema";
import { paid, reviewedFoldersInTests } from "../../../support/reviewed-folders";
import { synthesize, synthesizeInto } from "../../../support/synthesize";
import { EMPTY, edited } from "./small-stack";

const { scratch, review, reviewPlan, folderOf, fileOf, ALL, LESS, S3, reviewAsJson } = reviewedFoldersInTests();

describe("a change", () => {
  test("that only takes access passes, and shows who loses what", async () => {
    const { status, output } = await review("--base", ALL, "--head", LESS);
    expect(status).toBe(0);
    expect(output).toMatchSnapshot();
    expect(output).toContain("✅ Access is narrowed in 1 environment");
    expect(output).not.toContain("Digest"); // there is nothing to approve
    expect(output).toContain(`- People in \`#oncall\` (\`C01\`) **lose**:
  - resolve-cases: resolve a case (\`support:ResolveCase\`)
  - live-chat: start a live chat with AWS, in a thread of the channel or in a new private channel that gets the same access (\`support:InitiateChatForCase\`)
`);
  });

  test("that gives access needs an approval of exactly this change", async () => {
    const { status, output } = await review("--base", LESS, "--head", ALL);
    expect(status).toBe(3);
    expect(output).toContain("⚠️ Access is broadened in 1 environment");
    expect(output).toContain(`- People in \`#oncall\` (\`C01\`) **gain**:
  - resolve-cases: resolve a case (\`support:ResolveCase\`)
  - live-chat: `);
    const digest = digestIn(output);
    const howToApprove = `Approve exactly this change with \`--approved ${digest}\`.`;
    expect(output).toContain(`\`${digest}\`\n\n${howToApprove}\n\n`);
    for (const given of [digest, `approved-${digest}`]) {
      const approved = await review("--base", LESS, "--head", ALL, "--approved", given);
      expect(approved).toEqual({ status: 0, output: output.replace(howToApprove, "This change **is approved**.") });
    }
    const other = digest.replace(/^./, (digit) => (digit === "a" ? "b" : "a"));
    for (const wrong of [other, digest.slice(0, -1), digest.toUpperCase()]) {
      const refused = await review("--base", LESS, "--head", ALL, "--approved", wrong);
      expect(refused.status).toBe(3);
      expect(refused.output).toContain(
        `Received --approved ${wrong}, expected the digest of this change, ${digest}: it isn't approved.`,
      );
    }
    expect((await review("--base", LESS, "--head", ALL, "--approved", other, digest)).status).toBe(0);
    const both = await review("--base", LESS, "--head", ALL, "--approved", other, "x");
    expect(both.output).toContain(`Received --approved ${other} x, expected`);

    const more = folderOf(paid(`{ ${ONCALL.replace("C01", "C02")} }`));
    expect((await review("--base", LESS, "--head", more, "--approved", digest)).status).toBe(3);
  });

  test("that changes nobody's access is one line", async () => {
    const tagged = folderOf(paid(`{ ${ONCALL} }`, "tags: { Owner: a },"));
    expect(await review("--base", ALL, "--head", ALL)).toEqual({
      status: 0,
      output: "## ✅ Nobody's access changes\n",
    });
    expect(await review("--base", ALL, "--head", tagged)).toEqual({
      status: 0,
      output: "## ✅ Nobody's access changes\n\nChanged, but nobody's access changes: `paid`.\n",
    });
  });

  test("that lets read-only access write fails, approved or not", async () => {
    const text = synthesize('environments: { paid: { account: "111122223333", region: us-east-1, read-only: {} } }');
    const base = folderOf(text);
    const head = folderOf({ paid: text.paid?.replace("support:DescribeCases", "support:CreateCase") ?? "" });
    const { status, output } = await review("--base", base, "--head", head);
    expect(status).toBe(1);
    expect(output).toContain("## ⛔ Forbidden access: no approval allows this change");
    expect(output).toContain(
      "- ⛔ The read-only role `AWSSupportAppReadOnlyRole` allows `support:CreateCase`, expected only `support:DescribeCases` and `support:DescribeCommunications`.",
    );
    expect((await review("--base", base, "--head", head, "--approved", digestIn(output))).status).toBe(1);
  });

  test("is printed for machines, with a schema version", async () => {
    const found = await reviewAsJson(LESS, ALL);
    expect(found).toMatchObject({
      schemaVersion: 3,
      digest: expect.stringMatching(/^[a-z2-7]{40}$/),
      approvalNeeded: true,
      refused: false,
      environments: [
        {
          environment: "paid",
          verdict: "broadened",
          access: { channels: [{ gained: ["resolve-cases", "live-chat"] }] },
        },
      ],
      isApproved: false,
      plannable: ["paid"],
    });
    expect(await reviewAsJson(LESS, ALL, "--approved", found.digest)).toEqual({ ...found, isApproved: true });
  });
});

function digestIn(report: string): string {
  return report.match(/^Digest of this change: `([a-z2-7]{40})`$/m)?.[1] ?? "";
}

test.each<[string, () => readonly [string, string], before: string[], approved: string[]]>([
  ["always, where it is broadened: whoever approves wants to see the plan", () => [LESS, ALL], ["paid"], ["paid"]],
  ["once it is approved, where its backend changes", () => [ALL, S3], [], ["paid"]],
  ["never, where it is removed", () => [ALL, folderOf({})], [], []],
])("Terraform may plan an environment %s", async (_, folders, before, approved) => {
  const [base, head] = folders();
  const found = await reviewAsJson(base, head);
  expect(found.plannable).toEqual(before);
  expect((await reviewAsJson(base, head, "--approved", found.digest)).plannable).toEqual(approved);
});

test("a synthesis of only some environments isn't reviewed: the others would count as removed", async () => {
  const environments = parseEnvironments(
    `environments: { paid: { account: "111122223333", region: us-east-1, full: { ${ONCALL} } } }`,
    "environments.yaml",
  );
  const [all, chosen] = [join(scratch, "all"), join(scratch, "chosen")];
  synthesizeInto(all, environments);
  process.env.SUPPORT_APP_ONLY = "paid";
  try {
    synthesizeInto(chosen, environments);
  } finally {
    delete process.env.SUPPORT_APP_ONLY;
  }
  expect((await review("--base", all, "--head", all)).status).toBe(0);
  expect(await review("--base", all, "--head", chosen)).toEqual({
    status: 1,
    output: `Received "${chosen}", which has only some of the environments (paid), as SUPPORT_APP_ONLY, support-app deploy and support-app diff write them, expected all of them: a missing one would count as removed. Synthesize again, without SUPPORT_APP_ONLY.`,
  });
});

test("the schema of the report is closed: a key that it doesn't name, a missing one and another type are seen", async () => {
  const report = await reviewAsJson(LESS, ALL);
  expect(schemaErrors("ReviewReport", report)).toEqual([]);
  expect(schemaErrors("ReviewReport", { ...report, more: 1 })).toEqual([": must NOT have additional properties"]);
  expect(schemaErrors("ReviewReport", { ...report, digest: undefined })).toEqual([
    ": must have required property 'digest'",
  ]);
});

describe("plans that Terraform has made", () => {
  test.each(PLAN_FIXTURES.filter((name) => name !== "destroy"))("%s", async (name) => {
    const { before, after, plan } = readPlanFixture(name);
    const [base, head] = [before, after].map((yaml) => (yaml.includes("paid") ? terraformOf(yaml) : undefined));
    expect((await reviewPlan(base, head, plan)).output).toMatchSnapshot();
    const { output } = await reviewPlan(base, head, plan, "--format", "json");
    expect(schemaErrors("ReviewReport", JSON.parse(output))).toEqual([]);
  });

  test.each(PLAN_FIXTURES)("are of the code that a plan in other tests would be of: %s", (name) => {
    const { before, after, plan } = readPlanFixture(name);
    const code = terraformOf(name === "destroy" ? before : after);
    const configuration = JSON.parse(JSON.stringify(configurationOf(code)));
    expect(plan.configuration).toMatchObject(configuration);
    expect(codeDifference(plan, code, readStack(code).blocks)).toBeUndefined(); // nor has the real one anything more
  });

  test("everything of a retired environment is deleted", async () => {
    const { before, plan } = readPlanFixture("destroy");
    const retired = terraformOf(before.replace("paid: {", "paid: { retired: true,"));
    const { status, output } = await reviewPlan(terraformOf(before), retired, planOf(retired, plan));
    expect(status).toBe(0);
    expect(output).toContain("✅ Access is narrowed in 1 environment");
    expect(output.match(/^- \*\*deletes\*\* .*$/gm)).toHaveLength(6);
  });
});

const DENYING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"support:*","Resource":"*"}]}';

describe("--plans", () => {
  const UPDATE = readPlanFixture("update");
  const args = ["--base", folderOf(synthesize(UPDATE.before)), "--head", folderOf(synthesize(UPDATE.after))];
  const PLAN = planOf(JSON.parse(synthesize(UPDATE.after).paid ?? ""), UPDATE.plan);

  test("takes the plan of each environment from a folder of its name, and ignores others", async () => {
    const { status, output } = await review(...args, "--plans", folderOfPlans({ "plan-paid": PLAN, head: undefined }));
    expect(status).toBe(0);
    expect(output).toContain("- updates `aws_iam_policy.full` (`policy`).");
    expect(output).toBe((await review(...args, "--plan", `paid=${fileOf(PLAN)}`)).output);
    const none = await review(...args, "--plans", folderOfPlans({ base: undefined }));
    expect(none.output).not.toContain("Terraform\n");
  });

  test.each<[string, () => readonly string[], string]>([
    ["nowhere", () => ["--plans", "nowhere"], 'Received --plans "nowhere", expected a folder that exists.'],
    ["of an unknown environment", () => ["--plan", "unknown=plan.json"], "with paid for ENVIRONMENT."],
    ["of no environment", () => ["--plan", "plan.json"], 'Received the plan "plan.json", expected ENVIRONMENT=FILE'],
    ["without a file", () => ["--plan", "paid="], 'Received the plan "paid=", expected ENVIRONMENT=FILE'],
    [
      "twice",
      () => ["--plan", `paid=${fileOf(PLAN)}`, "--plans", folderOfPlans({ "plan-paid": PLAN })],
      "Received two plans of paid, expected only one. Leave one out.",
    ],
  ])("%s is wrong usage", async (_, given, message) => {
    expect(await review(...args, ...given())).toMatchObject({ status: 2, output: expect.stringContaining(message) });
  });
});

let plans = 0;
function folderOfPlans(all: Readonly<Record<string, unknown>>): string {
  const path = join(scratch, `plans-${plans++}`);
  for (const [name, plan] of Object.entries(all)) {
    mkdirSync(join(path, name), { recursive: true });
    if (plan !== undefined) writeFileSync(join(path, name, "plan.json"), JSON.stringify(plan));
  }
  mkdirSync(path, { recursive: true });
  return path;
}

describe("rules", () => {
  const ONE = 'environments: { one: { account: "111122223333", region: us-east-1, read-only: {} } }';
  function folderWith(rules: string | undefined): string {
    const folder = mkdtempSync(join(scratch, "rules-"));
    const parsed = rules === undefined ? undefined : parseRules(rules, "rules.yaml");
    synthesizeInto(folder, parseEnvironments(ONE, "environments.yaml", parsed), "json", parsed?.value);
    return folder;
  }
  const [NONE, STRICT, LOOSE] = [undefined, "all: { longest: { days: 90 } }", "all: { longest: { days: 91 } }"].map(
    folderWith,
  ) as [string, string, string];

  test("that are loosened or removed need an approval of exactly that", async () => {
    const looser = await reviewAsJson(STRICT, LOOSE);
    expect(looser).toMatchObject({ approvalNeeded: true, rules: { isLoosened: true }, environments: [] });
    const given = ["--base", STRICT, "--head", LOOSE, "--approved", looser.digest];
    expect((await review(...given)).status).toBe(0);
    const { status, output } = await review("--base", STRICT, "--head", NONE, "--approved", looser.digest);
    expect(status).toBe(3);
    expect(output).toContain("  - **loosened**: maximum days until an end: 90 → any\n");
  });

  test("that are tightened or added need none, and change no digest", async () => {
    const nothing = await reviewAsJson(NONE, NONE);
    expect(nothing).not.toHaveProperty("rules");
    for (const [base, head] of [
      [LOOSE, STRICT],
      [NONE, STRICT],
    ] as const) {
      const stricter = await reviewAsJson(base, head);
      expect(stricter).toMatchObject({ approvalNeeded: false, rules: { isLoosened: false }, digest: nothing.digest });
    }
  });
});

describe("--github", () => {
  const ALICE: Actor = { id: 1, login: "alice", type: "User" };
  const BOB: Actor = { id: 2, login: "bob", type: "User" };
  const file = (name: string) => join(scratch, `github-${name}`);
  const before = { ...process.env };
  let github: AnsweringGitHub;
  beforeAll(async () => {
    github = await answerAsGitHub();
  });
  beforeEach(() => {
    github.reset();
    const head = { sha: "0123456789abcdef0123456789abcdef01234567", repo: { full_name: "acme/access" } };
    writeFileSync(file("event"), JSON.stringify({ pull_request: { number: 7, user: ALICE, head } }));
    for (const name of ["output", "summary"]) writeFileSync(file(name), "");
    Object.assign(process.env, {
      GITHUB_EVENT_PATH: file("event"),
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: "ghs_token",
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: file("summary"),
      SUPPORT_APP_SYNTH: "success",
      SUPPORT_APP_AUTHOR_MAY_APPROVE: "",
    });
  });
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => github.close());

  const reviewed = (base: string, head: string) => review("--github", "--base", base, "--head", head);
  const read = (name: string) => readFileSync(file(name), "utf8");
  const label = (name: string, actor: Actor) => {
    github.labels.push({ name });
    const happened = { event: "labeled", created_at: "2026-01-01T00:00:00Z", performed_via_github_app: null };
    github.events.push({ ...happened, actor, label: { name } });
  };

  test("a change that gives access is reported, and needs the label that the report names", async () => {
    expect(await reviewed(LESS, ALL)).toEqual({ status: 3, output: "" });
    const { digest } = await reviewAsJson(LESS, ALL);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain(`## ⚠️ Access is broadened in 1 environment

Digest of this change: \`${digest}\`

Approve exactly this change with the label \`approved-${digest}\`, set by somebody other than the author of the pull request.
`);
    expect(read("summary")).toContain(`approved-${digest}`);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    expect(read("output")).toBe('plannable=["paid"]\n'); // whoever approves wants to see the plan
  });

  test("somebody else's label approves it, and what may then be planned", async () => {
    expect((await reviewed(ALL, S3)).status).toBe(3);
    expect(read("output")).toBe("plannable=[]\n");
    label(`approved-${(await reviewAsJson(ALL, S3)).digest}`, BOB);
    expect(await reviewed(ALL, S3)).toEqual({ status: 0, output: "" });
    expect(read("output")).toBe('plannable=[]\nplannable=["paid"]\n');
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("The backend changes: ");
    expect(github.comments[0]?.body).toContain("\n\nThis change **is approved**.\n\n");
    expect(github.comments[0]?.body).not.toContain("Approve exactly this change");
  });

  test("an error is reported, and nothing may be planned", async () => {
    await reviewed(ALL, LESS);
    writeFileSync(file("output"), "");
    const broken = folderOf({ paid: "{" });
    const { status, output } = await reviewed(ALL, broken);
    expect(status).toBe(1);
    expect(output).toContain(`Received ${JSON.stringify(join(broken, "stacks/paid/cdk.tf.json"))}, expected JSON as `);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("## ⛔ The review ended with an error");
    expect(github.comments[0]?.body).toContain(output);
    expect(github.comments[0]?.body).not.toContain("✅");
    expect(read("output")).toBe("");
  });

  test("of more environments than GitHub Actions accepts jobs, the first are planned, and the report shows how many aren't", async () => {
    const names = Array.from({ length: 258 }, (_, index) => `e${1000 + index}`);
    const newer = edited(({ terraform }) => (terraform.required_version = ">= 1.10"), EMPTY);
    const [base = "", head = ""] = [EMPTY, newer].map((code) =>
      folderOf(Object.fromEntries(names.map((name) => [name, JSON.stringify(code)]))),
    );
    expect((await reviewed(base, head)).status).toBe(0);
    expect(read("output")).toBe(`plannable=${JSON.stringify(names.slice(0, 256))}\n`);
    expect(github.comments[0]?.body).toContain("2 more could be planned.");
  });

  test("a plan that is missing and a plan that nobody asked for are both listed", async () => {
    const UPDATE = readPlanFixture("update");
    const [before = "", after = ""] = [UPDATE.before, UPDATE.after].map((yaml) => synthesize(yaml).paid);
    const base = folderOf({ a: before, b: after });
    const head = folderOf({ a: after, b: after });
    const PLAN = planOf(JSON.parse(after), UPDATE.plan);
    const run = (plans: string) => review("--github", "--base", base, "--head", head, "--plans", plans);
    const expected = "expected plans of a and no others. See the logs of the plan jobs, and run the workflow again.";
    for (const [received, given] of [
      ["no plan", {}],
      ["plans of b", { "plan-b": PLAN }],
      ["plans of a, b", { "plan-a": PLAN, "plan-b": PLAN }],
    ] as const) {
      const plans = folderOfPlans(given);
      expect(await run(plans)).toEqual({
        status: 1,
        output: `Received ${received} in ${JSON.stringify(plans)}, ${expected}`,
      });
    }
    expect((await run(folderOfPlans({ "plan-a": PLAN }))).status).toBe(0);
    const unchanged = folderOfPlans({ "plan-a": PLAN });
    expect((await review("--github", "--base", head, "--head", head, "--plans", unchanged)).output).toContain(
      "expected none.",
    );
  });

  test("drift in a plan has a digest of its own, beside the one that let it be planned", async () => {
    const { before, after, plan } = readPlanFixture("drift");
    const [base, head] = [terraformOf(before), terraformOf(after)];
    head.provider.aws[0].assume_role = [{ role_arn: "arn:aws:iam::111122223333:role/other" }];
    const role = changeAt(plan, "aws_iam_role.full");
    role.before.inline_policy = role.after.inline_policy = [{ name: "by-hand", policy: DENYING }];
    const [from, to] = [base, head].map((terraform) => folderOf({ paid: JSON.stringify(terraform) }));
    const plans = folderOfPlans({ "plan-paid": planOf(head, plan) });
    const labelFor = (body = "") => label(body.match(/approved-[a-z2-7]{40}/)?.[0] ?? "", BOB);

    expect((await reviewed(from ?? "", to ?? "")).status).toBe(3);
    labelFor(github.comments[0]?.body);
    expect((await reviewed(from ?? "", to ?? "")).status).toBe(0);
    expect(read("output")).toContain('plannable=["paid"]');

    const withPlans = () => review("--github", "--base", from ?? "", "--head", to ?? "", "--plans", plans);
    expect((await withPlans()).status).toBe(3);
    expect(github.comments[0]?.body).toContain("**The account differs from the code before this change");
    labelFor(github.comments[0]?.body);
    expect((await withPlans()).status).toBe(0);
    expect((await reviewed(from ?? "", to ?? "")).status).toBe(0);
  });

  test("the output of a failed synth isn't reviewed", async () => {
    process.env.SUPPORT_APP_SYNTH = "failure";
    const { status, output } = await reviewed(ALL, LESS);
    expect(status).toBe(1);
    expect(output).toContain('Received "failure" for the result of the job synth, expected success.');
    expect(github.comments[0]?.body).toContain(output);
    expect(read("output")).toBe("");
  });
});
