import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Actor, type AnsweringGitHub, answerAsGitHub } from "../../../support/answering-github";
import { changeAt, planOf, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";
import { reviewedFoldersInTests } from "../../../support/reviewed-folders";
import { synthesize } from "../../../support/synthesize";

const { scratch, review, folderOf, ALL, LESS, S3, reviewAsJson } = reviewedFoldersInTests();

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

  test.each<[string, (digest: string) => void]>([
    ["the author's label", (digest) => label(`approved-${digest}`, ALICE)],
    ["a label for another change", () => label(`approved-${"a".repeat(40)}`, BOB)],
  ])("%s approves nothing", async (_, prepare) => {
    prepare((await reviewAsJson(ALL, S3)).digest);
    expect((await reviewed(ALL, S3)).status).toBe(3);
    expect(read("output")).toBe("plannable=[]\n");
  });

  test("a change that only takes access is reported, and needs no approval", async () => {
    github.labels.push({ name: "access-broadened" });
    expect(await reviewed(ALL, LESS)).toEqual({ status: 0, output: "" });
    expect(github.comments[0]?.body).toContain("## ✅ Access is narrowed in 1 environment");
    expect(github.comments[0]?.body).not.toContain("approved-");
    expect(github.labels).toEqual([]);
    expect(read("output")).toBe('plannable=["paid"]\n');
  });

  test("an error is reported, and nothing may be planned", async () => {
    await reviewed(ALL, LESS);
    writeFileSync(file("output"), "");
    const broken = folderOf({ paid: "{" });
    const { status, output } = await reviewed(ALL, broken);
    expect(status).toBe(1);
    expect(output).toContain(`Received ${JSON.stringify(join(broken, "stacks/paid/cdk.tf.json"))} that is not JSON`);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("## ⛔ The review ended with an error");
    expect(github.comments[0]?.body).toContain(output);
    expect(github.comments[0]?.body).not.toContain("✅");
    expect(read("output")).toBe("");
  });

  test("of more environments than GitHub Actions accepts jobs, the first are planned, and the report shows how many aren't", async () => {
    const fleet = (terraform: string) => Array.from({ length: 258 }, (_, index) => [`e${1000 + index}`, terraform]);
    const [less, all] = [LESS, ALL].map((folder) => readFileSync(join(folder, "stacks/paid/cdk.tf.json"), "utf8"));
    const [base = "", head = ""] = [less, all].map((one = "") => folderOf(Object.fromEntries(fleet(one))));
    expect((await reviewed(base, head)).status).toBe(3);
    const [, list = ""] = read("output").match(/plannable=(.*)/) ?? [];
    const first = Array.from({ length: 256 }, (_, index) => `e${1000 + index}`);
    expect(JSON.parse(list)).toEqual(first);
    expect(github.comments[0]?.body).toContain(
      "Only the first 256 environments, by name, are planned: GitHub Actions accepts no more jobs in one matrix. 2 more could be planned.",
    );
    const missing = await review("--github", "--base", base, "--head", head, "--plans", folderOf({}));
    expect(missing.output).toContain(`expected plans of ${first.join(", ")} and no others.`);
  });

  test("the plans are the plans of the plannable environments: a failed one is missing, and no other is accepted", async () => {
    const UPDATE = readPlanFixture("update");
    const plans = (...environments: string[]) => {
      const folder = folderOf({});
      for (const environment of environments) {
        mkdirSync(join(folder, `plan-${environment}`));
        writeFileSync(
          join(folder, `plan-${environment}`, "plan.json"),
          JSON.stringify(planOf(JSON.parse(synthesize(UPDATE.after).paid ?? ""), UPDATE.plan)),
        );
      }
      return folder;
    };
    const [base, head] = [UPDATE.before, UPDATE.after].map((yaml) => folderOf(synthesize(yaml)));
    const withPlans = (folder: string, before = base ?? "") =>
      review("--github", "--base", before, "--head", head ?? "", "--plans", folder);
    expect((await withPlans(plans("paid"))).status).toBe(0);
    const missing = await withPlans(plans());
    expect(missing.status).toBe(1);
    expect(missing.output).toContain("expected plans of paid and no others. See the logs of the plan jobs");
    const forged = await withPlans(plans("paid"), head); // nothing changes, so nothing was planned
    expect(forged.status).toBe(1);
    expect(forged.output).toContain("Received plans of paid in");
    expect(forged.output).toContain("expected none.");
  });

  test("a plan that is missing and a plan that nobody asked for are both listed", async () => {
    const UPDATE = readPlanFixture("update");
    const [before = "", after = ""] = [UPDATE.before, UPDATE.after].map((yaml) => synthesize(yaml).paid);
    const base = folderOf({ a: before, b: after, c: after });
    const head = folderOf({ a: after, b: after, c: after });
    const plans = folderOf({});
    const expected = "expected plans of a and no others. See the logs of the plan jobs, and run the workflow again.";
    const printed = async () => (await review("--github", "--base", base, "--head", head, "--plans", plans)).output;
    expect(await printed()).toBe(`Received no plan in ${JSON.stringify(plans)}, ${expected}`);
    for (const environment of ["b", "c"]) {
      mkdirSync(join(plans, `plan-${environment}`));
      writeFileSync(
        join(plans, `plan-${environment}`, "plan.json"),
        JSON.stringify(planOf(JSON.parse(after), UPDATE.plan)),
      );
      const received = environment === "b" ? "b" : "b, c";
      expect(await printed()).toBe(`Received plans of ${received} in ${JSON.stringify(plans)}, ${expected}`);
    }
  });

  test("drift in a plan needs a label, even if the code change needs none", async () => {
    const { before, plan } = readPlanFixture("drift");
    const base = terraformOf(before);
    const head = structuredClone(base);
    head.resource.aws_iam_role.full.description = "a";
    const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"support:*","Resource":"*"}]}';
    const role = changeAt(plan, "aws_iam_role.full");
    role.before.inline_policy = role.after.inline_policy = [{ name: "by-hand", policy }];
    role.after.description = "a";
    const [from = "", to = ""] = [base, head].map((terraform) => folderOf({ paid: JSON.stringify(terraform) }));
    const plans = folderOf({});
    mkdirSync(join(plans, "plan-paid"));
    writeFileSync(join(plans, "plan-paid/plan.json"), JSON.stringify(planOf(head, plan)));
    expect((await reviewed(from, to)).status).toBe(0);
    expect(github.asked.filter((call) => call === "GET /repos/acme/access/issues/7/labels")).toHaveLength(1); // to set one
    const withPlans = () => review("--github", "--base", from, "--head", to, "--plans", plans);
    expect((await withPlans()).status).toBe(3);
    label(github.comments[0]?.body?.match(/approved-[a-z2-7]{40}/)?.[0] ?? "", BOB);
    expect((await withPlans()).status).toBe(0);
  });

  test("drift in a plan has a digest of its own, beside the one that let it be planned", async () => {
    const { before, after, plan } = readPlanFixture("drift");
    const [base, head] = [terraformOf(before), terraformOf(after)];
    head.provider.aws[0].assume_role = [{ role_arn: "arn:aws:iam::111122223333:role/other" }];
    const role = changeAt(plan, "aws_iam_role.full");
    const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"support:*","Resource":"*"}]}';
    role.before.inline_policy = role.after.inline_policy = [{ name: "by-hand", policy }];
    const [from, to] = [base, head].map((terraform) => folderOf({ paid: JSON.stringify(terraform) }));
    const plans = folderOf({});
    mkdirSync(join(plans, "plan-paid"));
    writeFileSync(join(plans, "plan-paid/plan.json"), JSON.stringify(planOf(head, plan)));
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
