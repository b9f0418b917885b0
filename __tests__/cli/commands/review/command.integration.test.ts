import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { codeDifference } from "../../../../cli/commands/review/plan-code";
import type { ReviewReport } from "../../../../cli/commands/review/review";
import { GITHUB } from "../../../../cli/forge/github/github";
import { readStack } from "../../../../cli/terraform/stack";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { parseRules } from "../../../../stacks/rules/rules";
import { type Actor, ALICE, BOB, createdBranch, gitHubInTests } from "../../../support/answering-github";
import { edited, ONCALL, set, stackOf, stacksOf } from "../../../support/edited-stack";
import { configurationOf } from "../../../support/plan-configuration";
import { changeAt, PLAN_FIXTURES, paidIn, planOf, readPlanFixture } from "../../../support/plan-fixtures";
import { reviewingInTests } from "../../../support/reviewing";
import { synthesizeInto } from "../../../support/synthesize";

beforeEach(() => {
  jest.replaceProperty(GITHUB, "maxJobs", 2);
});

const { scratch, review, reviewPlan, folderOf, fileOf } = reviewingInTests();

/** A folder of the environment `paid`. */
const paid = (stack: SynthesizedStack) => folderOf({ paid: stack });
const ALL = paid(stackOf(`full: { ${ONCALL} }`));
const LESS = paid(stackOf(`full: { ${ONCALL}, without: [live-chat, resolve-cases] }`));
const S3 = paid(stackOf(`full: { ${ONCALL} }, backend: { type: s3, bucket: state, region: us-east-1 }`));
const reviewAsJson = async (base: string, head: string, ...args: readonly string[]): Promise<ReviewReport> =>
  JSON.parse((await review("--base", base, "--head", head, "--format", "json", ...args)).output);

const SCHEMA = JSON.parse(readFileSync("docs/review-report.schema.json", "utf8"));
const isReport = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(SCHEMA);

/** What a report in JSON has that its published schema doesn't allow. */
function schemaErrors(report: unknown): string[] {
  isReport(JSON.parse(JSON.stringify(report)));
  return (isReport.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

describe("a change", () => {
  test("a change that gives access needs an approval of exactly this change", async () => {
    const { status, output } = await review("--base", LESS, "--head", ALL);
    expect(status).toBe(3);
    expect(output).toContain("⚠️ Access is broadened in 1 environment");
    expect(output).toContain(`- People in \`#oncall\` (\`C01\`) **gain**:
  - resolve-cases: resolve a case (\`support:ResolveCase\`)
  - live-chat: `);
    const digest = digestIn(output);
    const howToApprove = `Approve exactly this change with \`--approved ${digest}\`.`;
    expect(output).toContain(`\`${digest}\`\n\n${howToApprove}\n\n`);
    for (const approval of [digest, `approved-${digest}`]) {
      const approved = await review("--base", LESS, "--head", ALL, "--approved", approval);
      expect(approved).toEqual({ status: 0, output: output.replace(howToApprove, "This change **is approved**.") });
    }
    const otherDigest = digest.replace(/^./, (digit) => (digit === "a" ? "b" : "a"));
    const refused = await review("--base", LESS, "--head", ALL, "--approved", otherDigest, digest.slice(0, -1));
    expect(refused.status).toBe(3);
    expect(refused.output).toContain(
      `Received --approved ${otherDigest} ${digest.slice(0, -1)}, expected the digest of this change, ${digest}: it isn't approved.`,
    );
    expect((await review("--base", LESS, "--head", ALL, "--approved", otherDigest, digest)).status).toBe(0);
  });

  test("a change that lets read-only access write fails, approved or not", async () => {
    const stack = stackOf("read-only: {}");
    const base = paid(stack);
    const write = "data aws_iam_policy_document read_only statement 0 actions 0";
    const head = paid(edited(stack, (draft) => set(draft, write, "support:CreateCase")));
    const { status, output } = await review("--base", base, "--head", head);
    expect(status).toBe(1);
    expect(output).toContain(
      "- ⛔ Something new may give the read-only role `AWSSupportAppReadOnlyRole` more: Unsupported: something other than the constructs write for this environment, in `data.aws_iam_policy_document.read_only`",
    );
    expect((await review("--base", base, "--head", head, "--approved", digestIn(output))).status).toBe(1);
  });

  test("a change is printed for machines, in a closed schema, with what Terraform may plan before and after an approval", async () => {
    const report = await reviewAsJson(LESS, S3);
    expect(report).toMatchObject({
      schemaVersion: 6,
      digest: expect.stringMatching(/^[a-z2-7]{40}$/),
      approvalNeeded: true,
      refused: false,
      environments: [
        { environment: "paid", verdict: "unknown", access: { channels: [{ gained: ["resolve-cases", "live-chat"] }] } },
      ],
      isApproved: false,
      plannable: [],
    });
    expect(schemaErrors(report)).toEqual([]);
    expect(schemaErrors({ ...report, more: 1 })).toEqual([": must NOT have additional properties"]);
    expect(schemaErrors({ ...report, digest: undefined })).toEqual([": must have required property 'digest'"]);
    expect(await reviewAsJson(LESS, S3, "--approved", report.digest)).toEqual({
      ...{ ...report, isApproved: true, plannable: ["paid"] },
    });
  });
});

function digestIn(report: string): string {
  return report.match(/^Digest of this change: `([a-z2-7]{40})`$/m)?.[1] ?? "";
}

describe("plans that Terraform has made", () => {
  test.each(PLAN_FIXTURES)("a real plan of Terraform is reviewed as expected: %s", async (name) => {
    const { before, after, plan } = readPlanFixture(name);
    const [base, head] = [before, after].map((yaml) => (yaml.includes("paid") ? paidIn(yaml) : undefined));
    expect((await reviewPlan(base, head, plan)).output).toMatchSnapshot();
    const { output } = await reviewPlan(base, head, plan, "--format", "json");
    expect(schemaErrors(JSON.parse(output))).toEqual([]);
  });

  test.each(PLAN_FIXTURES)("a real plan is of the code that a plan in other tests would be of: %s", (name) => {
    const { after, plan } = readPlanFixture(name);
    const code = paidIn(after);
    const configuration = JSON.parse(JSON.stringify(configurationOf(code.terraform)));
    expect(plan.configuration).toMatchObject(configuration);
    expect(codeDifference(plan, code.terraform, readStack("paid", code).blocks)).toBeUndefined(); // nor has the real one anything more
  });

  test("a real plan of a retired environment deletes everything", async () => {
    const { before, after, plan } = readPlanFixture("retired");
    const { status, output } = await reviewPlan(paidIn(before), paidIn(after), plan);
    expect(status).toBe(0);
    expect(output).toContain("✅ Access is narrowed in 1 environment");
    expect(output.match(/^- \*\*deletes\*\* .*$/gm)).toHaveLength(7);
  });
});

const DENYING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"support:*","Resource":"*"}]}';

describe("--plans", () => {
  const UPDATE = readPlanFixture("update");
  const args = ["--base", paid(paidIn(UPDATE.before)), "--head", paid(paidIn(UPDATE.after))];
  const PLAN = planOf(paidIn(UPDATE.after), UPDATE.plan);

  test("--plans takes the plan of each environment from a folder of its name, and ignores others", async () => {
    const { status, output } = await review(...args, "--plans", folderOfPlans({ "plan-paid": PLAN, head: undefined }));
    expect(status).toBe(0);
    expect(output).toContain("- updates `aws_iam_policy.full` (`policy`).");
    expect(output).toBe((await review(...args, "--plan", `paid=${fileOf(PLAN)}`)).output);
    const result = await review(...args, "--plans", folderOfPlans({ base: undefined }));
    expect(result.output).not.toContain("Terraform\n");
  });

  test("--plans with an environment that has a plan already is wrong usage", async () => {
    const twice = ["--plan", `paid=${fileOf(PLAN)}`, "--plans", folderOfPlans({ "plan-paid": PLAN })];
    const output = "Received two plans of paid, expected only one. Leave one out.";
    expect(await review(...args, ...twice)).toEqual({ status: 2, output });
  });
});

let plans = 0;
function folderOfPlans(plansByName: Readonly<Record<string, unknown>>): string {
  const path = join(scratch, `plans-${plans++}`);
  for (const [name, plan] of Object.entries(plansByName)) {
    mkdirSync(join(path, name), { recursive: true });
    if (plan !== undefined) writeFileSync(join(path, name, "plan.json"), JSON.stringify(plan));
  }
  mkdirSync(path, { recursive: true });
  return path;
}

test("rules that are loosened need an approval, also if an earlier version recorded them in its words", async () => {
  const folderWith = (rules: string) => {
    const folder = mkdtempSync(join(scratch, "rules-"));
    const parsed = parseRules(rules, "rules.yaml");
    const yaml = 'environments: { one: { account: "111122223333", region: us-east-1, read-only: {} } }';
    synthesizeInto(folder, parseEnvironments(yaml, "environments.yaml", parsed), "json", parsed.value);
    return folder;
  };
  const [base, head] = [90, 91].map((days) => folderWith(`all: { max-days-until-end: ${days} }`)) as [string, string];
  const { status, output } = await review("--base", base, "--head", head);
  expect(status).toBe(3);
  expect(output).toContain("  - **loosened**: maximum days until an end: 90 → 91\n");
  expect((await review("--base", base, "--head", head, "--approved", digestIn(output))).status).toBe(0);
  const manifest = join(base, "manifest.json");
  const text = readFileSync(manifest, "utf8");
  const former = text.replace(/"max-days-until-end": *90/, '"longest": { "days": 90 }');
  expect(former).not.toBe(text);
  writeFileSync(manifest, former);
  expect(await review("--base", base, "--head", head)).toEqual({ status, output });
});

describe("--github", () => {
  const COMMIT = "0123456789abcdef0123456789abcdef01234567";
  const file = (name: string) => join(scratch, `github-${name}`);
  const before = { ...process.env };
  const github = gitHubInTests();
  beforeEach(() => {
    const head = { sha: COMMIT, ref: "change", repo: { full_name: "acme/access" } };
    writeFileSync(file("event"), JSON.stringify({ pull_request: { number: 7, user: ALICE, head } }));
    for (const name of ["output", "summary"]) writeFileSync(file(name), "");
    github.pushes.push(createdBranch(COMMIT));
    Object.assign(process.env, {
      ...{ GITHUB_EVENT_PATH: file("event"), GITHUB_OUTPUT: file("output"), GITHUB_STEP_SUMMARY: file("summary") },
      ...{ GITHUB_REPOSITORY: "acme/access", GITHUB_API_URL: github.url, GITHUB_TOKEN: "ghs_token" },
      ...{ SUPPORT_APP_SYNTH: "success", SUPPORT_APP_AUTHOR_MAY_APPROVE: "" },
    });
  });
  afterEach(() => {
    process.env = { ...before };
  });

  const reviewed = (base: string, head: string) => review("--github", "--base", base, "--head", head);
  const readText = (name: string) => readFileSync(file(name), "utf8");
  const label = (name: string, actor: Actor) => {
    github.labels.push({ name });
    const happened = { event: "labeled", created_at: "2026-01-01T00:00:00Z", performed_via_github_app: null };
    github.events.push({ ...happened, actor, label: { name } });
  };

  test("a change that gives access is reported, and needs the label that the report names", async () => {
    const { status, output } = await reviewed(LESS, ALL);
    expect(status).toBe(3);
    const { digest } = await reviewAsJson(LESS, ALL);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain(`## ⚠️ Access is broadened in 1 environment

Digest of this change: \`${digest}\`

Approve exactly this change with the label \`approved-${digest}\`, set by somebody who is neither the author of the pull request nor has pushed to it.
`);
    expect(github.comments[0]?.body).toContain(output); // the log has all of it, too
    expect(readText("summary")).toContain(`approved-${digest}`);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    expect(readText("output")).toBe('plannable=["paid"]\noverrides={"paid":{}}\n'); // whoever approves wants to see the plan
  });

  test("an approval that only a closed pull request has is deleted; if that isn't possible, the review is as it is", async () => {
    const name = `approved-${"a".repeat(40)}`;
    github.repositoryLabels.push({ name });
    github.issues.push({
      ...{ number: 8, user: ALICE, created_at: "2026-01-01T00:00:00Z", title: "", body: null, state: "closed" },
      ...{ state_reason: null, labels: [{ name }], pull_request: {}, written: [] },
    });
    const call = `DELETE /repos/acme/access/labels/${name}`;
    github.failures.set(call, { status: 403, message: "no", times: 1 });
    const { status, output } = await reviewed(ALL, LESS);
    expect(status).toBe(0);
    expect(output).toContain(
      `Approvals of closed pull requests can't be deleted: GitHub answered ${call} with status 403`,
    );
    expect(github.comments[0]?.body).toContain("## ✅");
    expect(github.repositoryLabels).toEqual([{ name }]);
    expect((await reviewed(ALL, LESS)).status).toBe(0);
    expect(github.repositoryLabels).toEqual([]);
  });

  test("somebody else's label approves a change, and what may then be planned", async () => {
    expect((await reviewed(ALL, S3)).status).toBe(3);
    expect(readText("output")).toBe("plannable=[]\noverrides={}\n");
    label(`approved-${(await reviewAsJson(ALL, S3)).digest}`, BOB);
    expect((await reviewed(ALL, S3)).status).toBe(0);
    expect(readText("output")).toBe('plannable=[]\noverrides={}\nplannable=["paid"]\noverrides={"paid":{}}\n');
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("The backend changes: ");
    expect(github.comments[0]?.body).toContain("\n\nThis change **is approved**.\n\n");
    expect(github.comments[0]?.body).not.toContain("Approve exactly this change");
  });

  test("the role to plan as isn't used before it is approved; from then on, it is what the plan merges into the stack", async () => {
    const planning = (role: string) =>
      folderOf({ paid: stackOf(`full: {}, plan-role: "arn:aws:iam::111122223333:role/${role}"`) });
    const overrides = (role: string) =>
      `overrides={"paid":{"provider":{"aws":{"assume_role":[{"role_arn":"arn:aws:iam::111122223333:role/${role}"}]}}}}\n`;
    const [before, after] = [planning("before"), planning("after")];
    expect((await reviewed(before, after)).status).toBe(3);
    expect(readText("output")).toBe("plannable=[]\noverrides={}\n");
    label(`approved-${(await reviewAsJson(before, after)).digest}`, BOB);
    expect((await reviewed(before, after)).status).toBe(0);
    expect(readText("output")).toContain(`plannable=["paid"]\n${overrides("after")}`);
    const tagged = stackOf('full: { tags: { a: b } }, plan-role: "arn:aws:iam::111122223333:role/before"');
    expect((await reviewed(before, folderOf({ paid: tagged }))).status).toBe(0);
    expect(readText("output").endsWith(`plannable=["paid"]\n${overrides("before")}`)).toBe(true);
  });

  test("of more environments than GitHub Actions accepts jobs, the first are planned, and the report shows how many aren't", async () => {
    const folderWith = (full: string) => {
      const entries = ["a", "b", "c"].map(
        (name, index) => `${name}: { account: "${index}11122223333", full: ${full} }`,
      );
      return folderOf(
        Object.fromEntries(stacksOf(`defaults: { region: us-east-1 }\nenvironments: { ${entries.join(", ")} }`)),
      );
    };
    expect((await reviewed(folderWith("{}"), folderWith("{ tags: { a: b } }"))).status).toBe(0);
    expect(readText("output")).toBe('plannable=["a","b"]\noverrides={"a":{},"b":{}}\n');
    expect(github.comments[0]?.body).toContain("1 more could be planned.");
  });

  describe("plans of a workflow", () => {
    const UPDATE = readPlanFixture("update");
    const [before, after] = [paidIn(UPDATE.before), paidIn(UPDATE.after)];
    const PLAN = planOf(after, UPDATE.plan);
    const inOther = (text: string) => text.replaceAll("111122223333", "222233334444");
    const [beforeC, afterC] = [paidIn(inOther(UPDATE.before)), paidIn(inOther(UPDATE.after))];
    const PLAN_C = planOf(afterC, JSON.parse(inOther(JSON.stringify(UPDATE.plan))));
    const base = folderOf({ a: before, b: after, c: beforeC });
    const head = folderOf({ a: after, b: after, c: afterC });
    const run = (planFiles: Readonly<Record<string, unknown>>) =>
      review("--github", "--base", base, "--head", head, "--plans", folderOfPlans(planFiles));
    beforeEach(() => {
      process.env.GITHUB_RUN_ID = "5";
      github.jobs.push({ name: "plan (a)", conclusion: "success" }, { name: "plan (c)", conclusion: "success" });
    });
    const body = () => github.comments[0]?.body ?? "";
    const isBroadened = () => github.labels.length > 0;
    const missing = (name: string) => `The plan of \`${name}\` is missing from this report:\n\n    `;

    test("all plans of a workflow are read", async () => {
      expect((await run({ "plan-a": PLAN, "plan-c": PLAN_C })).status).toBe(0);
      expect(body()).not.toContain("missing");
      expect(body().match(/- updates `aws_iam_policy.full`/g)).toHaveLength(1); // alike in both
    });

    test("a plan that is missing is named, and leaves the report about access and the other plans", async () => {
      expect((await run({ "plan-c": PLAN_C })).status).toBe(1);
      expect(body()).toContain("1 plan was read, 1 wasn't.");
      expect(body()).toContain(`${missing("a")}No job wrote it. See the log of its plan job, and run it again.\n`);
      expect(body()).toContain("## ✅ Access is narrowed in 2 environments");
      expect(body()).toContain("- updates `aws_iam_policy.full`");
    });

    test("a plan that is unreadable or of other code is named with the reason", async () => {
      expect((await run({ "plan-a": "no plan", "plan-c": { ...PLAN_C, format_version: "9" } })).status).toBe(1);
      expect(body()).toMatch(
        /The plan of `a` is missing from this report:\n\n {4}Received ".*" with .*, expected a complete plan/,
      );
      expect(body()).toMatch(
        /The plan of `c` is missing from this report:\n\n {4}Received ".*" with "9" for format_version/,
      );
    });

    test("a plan that nobody asked for is named, and isn't read, whatever it says", async () => {
      const { status } = await run({ "plan-a": PLAN, "plan-b": { secret: 1 }, "plan-c": PLAN_C, "plan-x`y": PLAN });
      expect(status).toBe(1);
      expect(body()).toContain(`${missing("b")}Nobody asked for a plan of this environment. It isn't read.\n`);
      expect(body()).toContain("The plan of ``x`y`` is missing");
    });

    test("of plan jobs of which one failed, only the plans of those that succeeded are read, whoever wrote the others", async () => {
      github.jobs.splice(0, 1, { name: "plan (a)", conclusion: "failure" });
      expect((await run({ "plan-a": PLAN, "plan-c": PLAN_C })).status).toBe(1);
      expect(body()).toContain(`${missing("a")}The job plan (a) ended with failure. See its log, and run it again.\n`);
      expect(body()).toContain("1 plan was read");
      github.jobs.length = 0;
      await run({ "plan-a": PLAN, "plan-c": PLAN_C });
      expect(body()).toContain("The job plan (c) ended with no result.");
    });

    test("a plan of an environment that this run didn't plan isn't read, such as after an approval", async () => {
      github.jobs.pop();
      expect((await run({ "plan-a": PLAN, "plan-c": PLAN_C })).status).toBe(1);
      expect(body()).toContain(`${missing("c")}The job plan (c) ended with no result.`);
    });

    test("the only plan of several is read where the download has left out its folder", async () => {
      github.jobs.splice(0, 1, { name: "plan (a)", conclusion: "failure" });
      const folder = folderOfPlans({ "plan-c": PLAN_C });
      renameSync(join(folder, "plan-c", "plan.json"), join(folder, "plan.json"));
      await review("--github", "--base", base, "--head", head, "--plans", folder);
      expect(body()).toContain("1 plan was read, 1 wasn't.");
    });

    test("the label stays while plans run, and while one of them is missing", async () => {
      github.labels.push({ name: "access-broadened" }); // by drift, in the last run
      process.env.SUPPORT_APP_PLAN = "true";
      expect((await reviewed(base, head)).status).toBe(0);
      expect(body()).toContain("**Plans are running** for `a`, `c`. This comment is then written again");
      expect(isBroadened()).toBe(true);
      expect((await run({ "plan-a": PLAN })).status).toBe(1);
      expect(isBroadened()).toBe(true);
      expect((await run({ "plan-a": PLAN, "plan-c": PLAN_C })).status).toBe(0);
      expect(isBroadened()).toBe(false);
    });

    test("the label is set while the code needs an approval, whatever is missing", async () => {
      expect((await review("--github", "--base", head, "--head", base, "--plans", folderOfPlans({}))).status).toBe(1);
      expect(isBroadened()).toBe(true);
    });
  });

  test("a label that doesn't approve is explained in the comment, and the next one approves", async () => {
    const { digest } = await reviewAsJson(LESS, ALL);
    label(`approved-${digest}`, ALICE);
    expect((await reviewed(LESS, ALL)).status).toBe(3);
    expect(github.comments[0]?.body).toContain(
      `- The label \`approved-${digest}\`, set by \`alice\` at 2026-01-01T00:00:00Z, doesn't approve it: that is the author of the pull request.`,
    );
    github.events.length = github.labels.length = 0;
    github.pushes.splice(0, 1, { ...createdBranch(COMMIT), actor: BOB });
    label(`approved-${digest}`, BOB);
    expect((await reviewed(LESS, ALL)).status).toBe(3);
    expect(github.comments[0]?.body).toContain(
      "set by `bob` at 2026-01-01T00:00:00Z, doesn't approve it: that person pushed",
    );
  });

  test("the whole report is also a page", async () => {
    const { output } = await review("--github", "--base", LESS, "--head", ALL, "--page", file("page.html"));
    expect(readText("page.html")).toContain("<h3><code>paid</code>: access is broadened</h3>");
    expect(output).toContain("### `paid`: access is broadened");
    expect((await review("--base", LESS, "--head", ALL, "--page", file("other.html"))).status).toBe(3);
    expect(readText("other.html")).toContain("<h3><code>paid</code>: access is broadened</h3>");
  });

  test("drift in a plan has a digest of its own, beside the one that let it be planned", async () => {
    const { before, after, plan } = readPlanFixture("drift");
    const acting = 'account: "111122223333", deploy-role: "arn:aws:iam::111122223333:role/other"';
    const [base, head] = [paidIn(before), paidIn(after.replace('account: "111122223333"', acting))];
    const role = changeAt(plan, "aws_iam_role.full");
    role.before.inline_policy = role.after.inline_policy = [{ name: "by-hand", policy: DENYING }];
    const [from, to] = [paid(base), paid(head)];
    const plans = folderOfPlans({ "plan-paid": planOf(head, plan) });
    process.env.GITHUB_RUN_ID = "5";
    github.jobs.push({ name: "plan (paid)", conclusion: "success" });
    const labelFor = (body = "") => label(body.match(/approved-[a-z2-7]{40}/)?.[0] ?? "", BOB);

    expect((await reviewed(from, to)).status).toBe(3);
    labelFor(github.comments[0]?.body);
    expect((await reviewed(from, to)).status).toBe(0);
    expect(readText("output")).toContain('plannable=["paid"]');

    const withPlans = () => review("--github", "--base", from, "--head", to, "--plans", plans);
    expect((await withPlans()).status).toBe(3);
    expect(github.comments[0]?.body).toContain("**The account differs from the code before this change");
    labelFor(github.comments[0]?.body);
    expect((await withPlans()).status).toBe(0);
    expect((await reviewed(from, to)).status).toBe(0);
  });

  test("the output of a failed synth isn't reviewed: the error is reported, and nothing may be planned", async () => {
    process.env.SUPPORT_APP_SYNTH = "failure";
    const { status, output } = await reviewed(ALL, LESS);
    expect(status).toBe(1);
    expect(output).toContain('Received "failure" for the result of the job synth, expected success.');
    expect(github.comments[0]?.body).toContain("## ⛔ The review ended with an error");
    expect(github.comments[0]?.body).toContain(output);
    expect(readText("output")).toBe("");
  });
});
