import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import type { Review } from "../../../../cli/commands/review/review";
import { GITHUB } from "../../../../cli/forge/github/github";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { parseRules } from "../../../../stacks/environments/rules/rules";
import { ALICE, gitHubInTests } from "../../../support/answering-github";
import { edited, ONCALL, set, stackOf, stacksOf } from "../../../support/edited-stack";
import { testHelp } from "../../../support/help";
import { PLAN_FIXTURES, paidIn, planOf, readPlanFixture } from "../../../support/plan-fixtures";
import { reviewingInTests } from "../../../support/reviewing";
import { synthesizeInto } from "../../../support/synthesize";

testHelp("review");

beforeEach(() => {
  jest.replaceProperty(GITHUB, "maxJobs", 2);
});

const { scratch, review, reviewPlan, folderOf, fileOf } = reviewingInTests();

/** A folder of the environment `paid`. */
const paid = (stack: SynthesizedStack) => folderOf({ paid: stack });
const ALL = paid(stackOf(`full: { ${ONCALL} }`));
const LESS = paid(stackOf(`full: { ${ONCALL}, without: [live-chat, resolve-cases] }`));
const S3 = paid(stackOf(`full: { ${ONCALL} }, backend: { type: s3, bucket: state, region: us-east-1 }`));
const reviewAsJson = async (base: string, head: string, ...args: readonly string[]): Promise<Review> =>
  JSON.parse((await review("--base", base, "--head", head, "--format", "json", ...args)).output);

const SCHEMA = JSON.parse(readFileSync("docs/review-report.schema.json", "utf8"));
const isReport = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(SCHEMA);

/** What a report in JSON has that its published schema doesn't allow. */
function schemaErrors(report: unknown): string[] {
  isReport(JSON.parse(JSON.stringify(report)));
  return (isReport.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

describe("a change", () => {
  test("a change is reported, whatever it gives, and the command succeeds", async () => {
    const { status, output } = await review("--base", LESS, "--head", ALL);
    expect(status).toBe(0);
    expect(output).toMatch(/^## People gain access in 1 of 1 environment\n/);
    expect(output).toContain("| everyone in `#oncall` | **resolve-cases, live-chat** |");
  });

  test("a change is printed for machines, in a closed schema, with what Terraform may plan", async () => {
    const report = await reviewAsJson(LESS, S3);
    expect(report).toMatchObject({
      schemaVersion: 1,
      total: 1,
      environments: [
        {
          environment: "paid",
          kind: "changed",
          unproven: [],
          isPlannable: false,
          people: [
            { kind: "channel", name: "oncall", gains: [{ capability: "resolve-cases" }, { capability: "live-chat" }] },
            {},
          ],
          settings: [{ compared: "access", property: "backend" }],
        },
      ],
    });
    expect(schemaErrors(report)).toEqual([]);
    expect(schemaErrors({ ...report, more: 1 })).toEqual([": must NOT have additional properties"]);
    expect(schemaErrors({ ...report, total: undefined })).toEqual([": must have required property 'total'"]);
    expect((await reviewAsJson(LESS, ALL)).environments[0]?.isPlannable).toBe(true);
  });

  test("what main.ts adds is reported for machines, too, whatever it is", async () => {
    const head = edited(stackOf(`full: { ${ONCALL} }`), (draft) =>
      set(draft, "terraform cloud", { workspaces: { tags: ["a"] } }),
    );
    const report = await reviewAsJson(ALL, paid(head));
    expect(schemaErrors(report)).toEqual([]);
    expect(report.environments[0]?.unproven).toMatchObject([{ address: "terraform.cloud" }]);
  });
});

describe("plans that Terraform has made", () => {
  test.each(PLAN_FIXTURES)("a real plan of Terraform is reviewed as expected: %s", async (name) => {
    const { before, after, plan: content } = readPlanFixture(name);
    const [base, head] = [before.includes("paid") ? paidIn(before) : undefined, paidIn(after)];
    const plan = planOf(head, content);
    expect((await reviewPlan(base, head, plan)).output).toMatchSnapshot();
    const { output } = await reviewPlan(base, head, plan, "--format", "json");
    expect(schemaErrors(JSON.parse(output))).toEqual([]);
  });
});

describe("--plans", () => {
  const UPDATE = readPlanFixture("update");
  const args = ["--base", paid(paidIn(UPDATE.before)), "--head", paid(paidIn(UPDATE.after))];
  const PLAN = planOf(paidIn(UPDATE.after), UPDATE.plan);

  test("--plans takes the plan of each environment from a folder of its name, and ignores others", async () => {
    const { status, output } = await review(...args, "--plans", folderOfPlans({ "plan-paid": PLAN, head: undefined }));
    expect(status).toBe(0);
    expect(output).toContain(
      "| paid | changes | `aws_iam_policy.full` | `policy AWSSupportAppFullRolePolicy`: `policy` |",
    );
    expect(output).toBe((await review(...args, "--plan", `paid=${fileOf(PLAN)}`)).output);
    const result = await review(...args, "--plans", folderOfPlans({ base: undefined }));
    expect(result.output).not.toContain("What Terraform would do");
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

test("what the rules before the change didn't allow is named", async () => {
  const folderWith = (rules: string, keys: string) => {
    const folder = mkdtempSync(join(scratch, "rules-"));
    const parsed = parseRules(rules, "rules.yaml");
    const yaml = `environments: { one: { account: "111122223333", region: us-east-1, read-only: { ${keys} } } }`;
    synthesizeInto(folder, parseEnvironments(yaml, "environments.yaml", parsed), "json", parsed.value);
    return folder;
  };
  const base = folderWith("all: { max-days-until-end: 90 }", "");
  const head = folderWith("all: { max-days-until-end: 30000 }", "until: 2099-01-31");
  const { status, output } = await review("--base", base, "--head", head);
  expect(status).toBe(0);
  expect(output).toMatch(
    /- rules\.yaml: one would not have been allowed before: `read-only\.until: received "2099-01-31", expected an end by/,
  );
});

describe("--github", () => {
  const COMMIT = "0123456789abcdef0123456789abcdef01234567";
  const file = (name: string) => join(scratch, `github-${name}`);
  const before = { ...process.env };
  const github = gitHubInTests();
  const comeFrom = (full_name: string) => {
    const head = { sha: COMMIT, ref: "change", repo: { full_name } };
    writeFileSync(file("event"), JSON.stringify({ pull_request: { number: 7, user: ALICE, head } }));
  };
  beforeEach(() => {
    comeFrom("acme/access");
    for (const name of ["output", "summary"]) writeFileSync(file(name), "");
    Object.assign(process.env, {
      GITHUB_EVENT_PATH: file("event"),
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: file("summary"),
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: "ghs_token",
      SUPPORT_APP_SYNTH: "success",
    });
  });
  afterEach(() => {
    process.env = { ...before };
  });

  const reviewed = (base: string, head: string) => review("--github", "--base", base, "--head", head);
  const readText = (name: string) => readFileSync(file(name), "utf8");

  test("a change is reported in the pull request's comment and in the summary, with its commit, and nothing is asked for", async () => {
    const { status, output } = await reviewed(LESS, ALL);
    expect(status).toBe(0);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("## People gain access in 1 of 1 environment\n");
    expect(github.comments[0]?.body).toContain("\nReviewed: 01234567 · 0 environments are unchanged\n");
    expect(github.comments[0]?.body).toContain(output); // the log has all of it, too
    expect(readText("summary")).toContain(output);
    const COMMENTS = "/repos/acme/access/issues/7/comments";
    expect(github.asked).toEqual(["GET /repos/acme/access/pulls/7/files", `GET ${COMMENTS}`, `POST ${COMMENTS}`]);
    expect(readText("output")).toBe('plannable=["paid"]\noverrides={"paid":{}}\n');
    expect((await reviewed(ALL, S3)).status).toBe(0);
    expect(readText("output")).toMatch(/plannable=\[\]\noverrides=\{\}\n$/); // whose state is elsewhere
  });

  test("a fork's pull request is reviewed in the summary, and nothing of it is planned", async () => {
    comeFrom("mallory/access");
    const { status, output } = await reviewed(LESS, ALL);
    expect(status).toBe(0);
    expect(readText("summary")).toContain(output);
    expect(output).not.toContain("could be planned");
    expect(readText("output")).toBe("plannable=[]\noverrides={}\n");
  });

  test("a report says which files of the pull request may be code, which has written what is compared", async () => {
    github.files.push({ filename: "environments.yaml" }, { filename: "docs/page.md" });
    await reviewed(LESS, ALL);
    expect(github.comments[0]?.body).not.toContain("code:");
    github.files.push({ filename: "main.ts" });
    await reviewed(ALL, ALL);
    expect(github.comments[0]?.body).toContain(
      "## Nobody's access changes\n\n**This change also has code:** `main.ts`. Code writes what is compared here: this report is the word of whoever wrote the code. Read it yourself.\n",
    );
  });

  test("a report says that files aren't listed if GitHub doesn't list them, and is written all the same", async () => {
    github.failures.set("GET /repos/acme/access/pulls/7/files", { status: 403, message: "Forbidden" });
    expect((await reviewed(LESS, ALL)).status).toBe(0);
    expect(github.comments[0]?.body).toContain("**This change may also have code,** in files that aren't listed.");
    expect(github.comments[0]?.body).toContain("## People gain access in 1 of 1 environment\n");
  });

  test("the plan-role is what a plan merges into the stack, and another one isn't used before it is merged", async () => {
    const planning = (role: string, keys = "") =>
      folderOf({ paid: stackOf(`full: { ${keys} }, plan-role: "arn:aws:iam::111122223333:role/${role}"`) });
    await reviewed(planning("before"), planning("after"));
    expect(readText("output")).toBe("plannable=[]\noverrides={}\n");
    await reviewed(planning("before"), planning("before", "tags: { a: b }"));
    expect(readText("output")).toMatch(
      /plannable=\["paid"\]\noverrides=\{"paid":\{"provider":\{"aws":\{"assume_role":\[\{"role_arn":"arn:aws:iam::111122223333:role\/before"\}\]\}\}\}\}\n$/,
    );
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
    expect(github.comments[0]?.body).toContain("1 more environment could be planned: CI accepts");
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
    const missing = (name: string) => `There is no plan of ${name}:\n\n    `;

    test("all plans of a workflow are read", async () => {
      expect((await run({ "plan-a": PLAN, "plan-c": PLAN_C })).status).toBe(0);
      expect(body()).not.toContain("There is no plan");
      expect(body().match(/^\| [ac] \| changes \| `aws_iam_policy.full` /gm)).toHaveLength(2);
    });

    test("a plan that is missing is named, and leaves the report about access and the other plans", async () => {
      expect((await run({ "plan-c": PLAN_C })).status).toBe(0);
      expect(body()).toContain(`${missing("a")}No job wrote it. See the log of its plan job, and run it again.\n`);
      expect(body()).toContain("## People lose access in 2 of 3 environments");
      expect(body()).toContain("| c | changes | `aws_iam_policy.full`");
    });

    test("a plan that is unreadable or of other code is named with the reason", async () => {
      expect((await run({ "plan-a": "no plan", "plan-c": { ...PLAN_C, format_version: "9" } })).status).toBe(0);
      expect(body()).toMatch(/There is no plan of a:\n\n {4}Received ".*" with .*, expected a complete plan/);
      expect(body()).toMatch(/There is no plan of c:\n\n {4}Received ".*" with "9" for format_version/);
    });

    test("a plan that nobody asked for is named, and isn't read, whatever it says", async () => {
      const { status } = await run({ "plan-a": PLAN, "plan-b": { secret: 1 }, "plan-c": PLAN_C, "plan-x`y": PLAN });
      expect(status).toBe(0);
      expect(body()).toContain(`${missing("b")}Nobody asked for a plan of this environment. It isn't read.\n`);
      expect(body()).toContain("There is no plan of ``x`y``:");
    });

    test("of plan jobs of which one failed, only the plans of those that succeeded are read, whoever wrote the others", async () => {
      github.jobs.splice(0, 1, { name: "plan (a)", conclusion: "failure" });
      expect((await run({ "plan-a": PLAN, "plan-c": PLAN_C })).status).toBe(0);
      expect(body()).toContain(`${missing("a")}The job plan (a) ended with failure. See its log, and run it again.\n`);
      expect(body()).toContain("| c | changes |");
    });

    test("a plan of an environment that this run didn't plan isn't read", async () => {
      github.jobs.pop();
      expect((await run({ "plan-a": PLAN, "plan-c": PLAN_C })).status).toBe(0);
      expect(body()).toContain(`${missing("c")}The job plan (c) ended with no result.`);
    });

    test("the only plan of several is read where the download has left out its folder", async () => {
      github.jobs.splice(0, 1, { name: "plan (a)", conclusion: "failure" });
      const folder = folderOfPlans({ "plan-c": PLAN_C });
      renameSync(join(folder, "plan-c", "plan.json"), join(folder, "plan.json"));
      await review("--github", "--base", base, "--head", head, "--plans", folder);
      expect(body()).toContain("| c | changes |");
    });

    test("the report names the plans that are running until they are read", async () => {
      process.env.SUPPORT_APP_PLAN = "true";
      expect((await reviewed(base, head)).status).toBe(0);
      expect(body()).toContain("**Plans are running** for 2: a, c. This comment is then written again");
    });
  });

  test("the output of a failed synth isn't reviewed: the error is reported, and nothing may be planned", async () => {
    process.env.SUPPORT_APP_SYNTH = "failure";
    const { status, output } = await reviewed(ALL, LESS);
    expect(status).toBe(1);
    expect(output).toContain('There is no report: the job synth ended with "failure".');
    expect(github.comments[0]?.body).toContain("## The review ended with an error");
    expect(github.comments[0]?.body).toContain(output);
    expect(readText("output")).toBe("");
  });
});
