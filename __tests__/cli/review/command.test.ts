import { mkdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import { cut } from "../../../cli/review/cut";
import { environmentChanges } from "../../../cli/review/environment-change";
import { markdown } from "../../../cli/review/report";
import { type Review, reviewOf } from "../../../cli/review/review";
import { readSynthesized } from "../../../cli/terraform/synthesized-folder";
import { parseEnvironments } from "../../../stacks/environments";
import { type Actor, type AnsweringGitHub, answerAsGitHub } from "../../support/answering-github";
import { cpuTime } from "../../support/cpu-time";
import { digested } from "../../support/digested";
import { NOW } from "../../support/now";
import { changeAt, planOf, readPlanFixture, terraformOf } from "../../support/plan-fixtures";
import { reviewingInTests } from "../../support/reviewing";
import { synthesize, synthesizeInto } from "../../support/synthesize";
import { thoroughTest } from "../../support/thorough";

// biome-ignore lint/suspicious/noExplicitAny: a case changes what Terraform has at any place
type Draft = any;

const { scratch, review, folderOf } = reviewingInTests();

const paid = (full: string, more = "") =>
  synthesize(`environments: { paid: { account: "111122223333", region: us-east-1, ${more} full: ${full} } }`);
const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
const ALL_TEXT = paid(`{ ${ONCALL} }`);
const ALL = folderOf(ALL_TEXT);
const LESS = folderOf(paid(`{ ${ONCALL}, without: [live-chat, resolve-cases] }`));
const S3 = folderOf(paid(`{ ${ONCALL} }`, "backend: { type: s3, bucket: state, region: us-east-1 },"));

/** A folder in which the environment's Terraform says something else. */
function editedFolder(edit: (terraform: Draft) => void): string {
  const terraform = JSON.parse(ALL_TEXT.paid ?? "");
  edit(terraform);
  return folderOf({ paid: JSON.stringify(terraform) });
}

async function reviewAsJson(
  base: string,
  head: string,
  ...args: string[]
): Promise<Review & { readonly isApproved: boolean; readonly plannable: readonly string[] }> {
  return JSON.parse((await review("--base", base, "--head", head, "--format", "json", ...args)).output);
}

describe("a change", () => {
  test("that only takes access passes, and says who loses what", async () => {
    const { status, output } = await review("--base", ALL, "--head", LESS);
    expect(status).toBe(0);
    expect(output).toMatchSnapshot();
    expect(output).toContain("✅ Access is narrowed in 1 environment");
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
    expect((await review("--base", LESS, "--head", ALL, "--approved", digest)).status).toBe(0);
    const other = digest.replace(/^./, (digit) => (digit === "a" ? "b" : "a"));
    for (const wrong of [other, digest.slice(0, -1), digest.toUpperCase()]) {
      expect((await review("--base", LESS, "--head", ALL, "--approved", wrong)).status).toBe(3);
    }
    expect((await review("--base", LESS, "--head", ALL, "--approved", other, digest)).status).toBe(0);

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
      schemaVersion: 2,
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

  test("has the same digest wherever it is reviewed, and whatever else changes only in form", async () => {
    const digest = async (base: string, head: string) => (await reviewAsJson(base, head)).digest;
    const other = synthesize('environments: { other: { account: "444455556666", region: us-east-1, full: {} } }');
    const tagged = { other: other.other?.replace(/"version": "0\.2\d\.0"/, '"version": "0.99.0"') ?? "" };
    expect(tagged).not.toEqual(other);
    const [a, b] = [paid("{}"), paid("{ without: [live-chat] }")];
    expect(await digest(folderOf({ ...b, ...other }), folderOf({ ...a, ...tagged }))).toBe(
      await digest(folderOf(b), folderOf(a)),
    );
  });
});

function digestIn(report: string): string {
  return report.match(/^Digest of this change: `([a-z2-7]{40})`$/m)?.[1] ?? "";
}

describe("Terraform may plan an environment", () => {
  const NONE = folderOf({});
  const WITH_LOCALS = editedFolder((terraform) => Object.assign(terraform, { locals: { a: 1 } }));
  const OTHER_REGION = editedFolder(({ provider }) => Object.assign(provider.aws[0], { region: "eu-west-1" }));
  const OTHER_DEPLOYER = folderOf(paid(`{ ${ONCALL} }`, 'deploy-role: "arn:aws:iam::111122223333:role/deployer",'));
  const ANY_ACCOUNT = editedFolder(({ provider }) => delete provider.aws[0].allowed_account_ids);
  const OTHER_PROVIDER = editedFolder(({ terraform }) =>
    Object.assign(terraform.required_providers.aws, { version: ">= 4.0.0" }),
  );
  const PROGRAM = editedFolder((terraform) => Object.assign(terraform.data, { external: { a: { program: ["sh"] } } }));

  test.each<[string, string, string, before: string[], approved: string[]]>([
    ["always, where it is narrowed", ALL, LESS, ["paid"], ["paid"]],
    ["always, where it is broadened: whoever approves wants to see the plan", LESS, ALL, ["paid"], ["paid"]],
    ["once it is approved, where another role deploys", ALL, OTHER_DEPLOYER, [], ["paid"]],
    ["once it is approved, where its region changes and the channel stays behind", ALL, OTHER_REGION, [], ["paid"]],
    ["once it is approved, where its backend changes", ALL, S3, [], ["paid"]],
    ["once it is approved, where its account changes", ALL, ANY_ACCOUNT, [], ["paid"]],
    ["once it is approved, where the constraint of its provider changes", ALL, OTHER_PROVIDER, [], ["paid"]],
    ["once it is approved, where it is new", NONE, ALL, [], ["paid"]],
    ["once it is approved, where something is unsupported after the change", ALL, WITH_LOCALS, [], ["paid"]],
    ["once it is approved, where something was unsupported before it", WITH_LOCALS, ALL, [], ["paid"]],
    ["never, where it is forbidden", ALL, PROGRAM, [], []],
    ["never, where it is removed", ALL, NONE, [], []],
    ["never, where it is unchanged", ALL, ALL, [], []],
  ])("%s", async (_, base, head, before, approved) => {
    const found = await reviewAsJson(base, head);
    expect(found.plannable).toEqual(before);
    expect((await reviewAsJson(base, head, "--approved", found.digest)).plannable).toEqual(approved);
  });

  test("whatever happens to the others", async () => {
    const both = (other: string) => ({
      ...ALL_TEXT,
      ...synthesize(`environments: { other: { account: "444455556666", region: us-east-1, ${other} } }`),
    });
    const base = folderOf(both("full: {}"));
    const head = folderOf({ ...both("backend: { type: s3, bucket: state, region: us-east-1 }, full: {}"), ...TAGGED });
    const found = await reviewAsJson(base, head);
    expect(found.plannable).toEqual(["paid"]);
    expect((await reviewAsJson(base, head, "--approved", found.digest)).plannable).toEqual(["other", "paid"]);
  });
  const TAGGED = paid(`{ ${ONCALL} }`, "tags: { Owner: a },");
});

/** What GitHub shows of a report, without what stands as code. */
function outsideOfCode(report: string): string {
  return new MarkdownIt({ html: true, linkify: true }).render(report).replace(/<code>[^<]*<\/code>/g, "");
}

test("nothing in a change becomes Markdown, HTML, a mention or a link: it is shown as code", async () => {
  const evil = "@everyone <img src=x> [a](http://b) | `c` ``d \u202e **e** #1 https://evil.example ops@evil.example \\";
  const text = paid("{}").paid ?? "";
  const head = folderOf({ paid: text.replaceAll('"support:CreateCase"', JSON.stringify(evil)) });
  const { output } = await review("--base", ALL, "--head", head);
  expect(output).not.toContain("\u202e");
  expect(output).toContain("https://evil.example");
  expect(outsideOfCode(output)).not.toMatch(/everyone|<img|<a |<strong>e|evil|#1/);
  const rows = outsideOfCode(output).match(/<tr>.*?<\/tr>/gs) ?? [];
  for (const row of rows) expect(row.match(/<t[dh]/g)).toHaveLength(6); // no cell is split
});

test("a name that looks like a mention, an issue or an address is shown as code", async () => {
  const evil = (name: string) =>
    `{ role-name: "${name}@acme", channels: [{ name: "123", workspace: T01, channel: C01 }] }`;
  const { output } = await review("--base", folderOf(paid(evil("a"))), "--head", folderOf(paid(evil("b"))));
  expect(output).toContain("b@acme");
  expect(outsideOfCode(output)).not.toMatch(/acme|123/);
});

test("an unsupported value is shown, but only as much of it as helps", async () => {
  const head = folderOf({
    paid: (paid("{}").paid ?? "").replaceAll('"support:CreateCase"', `"support:${"Create".repeat(100)}-Case"`),
  });
  const { status, output } = await review("--base", ALL, "--head", head);
  expect(status).toBe(3);
  expect(output).toMatch(
    /^- Unsupported: an action in a form that AWS may refuse, in `aws_iam_role\.full` \(`support:(create){48,50}c?.{0,5}… \(613 characters\)`\)\.$/m,
  );
});

thoroughTest("a report is within what GitHub takes, and says so when it is cut", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`paid-${index}`, paid(`{ role-name: role-${index} }`).paid ?? ""]),
  );
  const { output } = await review("--base", folderOf({}), "--head", folderOf(many));
  expect(output.length).toBeGreaterThan(65_536); // on a terminal, it is whole
  const shown = cut(output);
  expect(shown.length).toBeLessThanOrEqual(65_536);
  expect(shown).toContain("Digest of this change");
  expect(shown).toContain("This report is cut off: it is longer than GitHub accepts.");
  expect(shown.split("<details>").length).toBe(shown.split("</details>").length);
});

test("the notice that a report is cut off is never folded away", async () => {
  const text = paid("{}").paid ?? "";
  const actions = Array.from({ length: 40 }, (_, index) => `support:${"A".repeat(1800)}${index}`);
  const evil = text
    .replaceAll('"support:CreateCase"', actions.map((action) => JSON.stringify(action)).join(","))
    .replaceAll(/"resources": \[\s*"\*"/g, '"resources": ["arn:aws:s3:::x </details>"');
  const { output } = await review("--base", ALL, "--head", folderOf({ paid: evil }));
  const notice = output.slice(0, output.indexOf("> [!CAUTION]"));
  const lines = (start: string) => notice.split("\n").filter((line) => line.startsWith(start)).length;
  expect(notice).not.toBe(output);
  expect(lines("<details>")).toBe(lines("</details>"));
});

test("README shows a real report", async () => {
  const without = (...capabilities: string[]) =>
    folderOf(
      synthesize(`environments: { production: { account: "111122223333", region: us-east-1, full: { without: [${capabilities}],
        channels: [{ name: support-oncall, workspace: T012ABCDEFG, channel: C09876Z5YXW }] } } }`),
    );
  const { output } = await review("--base", without("resolve-cases"), "--head", without());
  const asText = (markdown: string) =>
    markdown
      .replaceAll(/<.*>|^\|[-| ]+\|$/gm, "")
      .replaceAll(/ +/g, " ")
      .split("\n")
      .filter((line) => line.trim() !== "");
  const shown = readFileSync("README.md", "utf8").match(/^>.*Access is broadened(.*\n>)*.*/m)?.[0] ?? "";
  expect(asText(shown.replaceAll(/^> ?/gm, ""))).toEqual(asText(output));
});

describe("anything that synthesizing doesn't write is an error that names it", () => {
  const refuses = async (folder: string, name: string) => {
    const refused = {
      status: 1,
      output: `Received ${JSON.stringify(join(folder, name))}, expected nothing but what \`npm run synth\` writes: Terraform or OpenTofu might read it. Synthesize into a new folder.`,
    };
    expect(await review("--base", ALL, "--head", folder)).toEqual(refused);
    expect(await review("--base", folder, "--head", ALL)).toEqual(refused);
  };

  test.each([
    ...["extra.tf", "extra.tofu", "cdk.tofu.json", "extra.tofu.json", "cdk.tf", "extra.tf.json"],
    ...["override.tf.json", "extra_override.tf", "terraform.tfvars", "terraform.tfvars.json", "x.auto.tfvars"],
    ...["x.auto.tfvars.json", ".terraform.lock.hcl.old", ".terraformrc", "extra.tftest.hcl", "terraform.tfstate"],
    ...[".gitkeep", "README.md", "CDK.TF.JSON"],
  ])("the file %s beside a stack", async (name) => {
    const folder = folderOf(ALL_TEXT);
    writeFileSync(join(folder, "stacks/paid", name), "{}");
    await refuses(folder, `stacks/paid/${name}`);
  });

  test.each(["modules", ".terraform", "terraform.tfstate.d"])("the folder %s beside a stack", async (name) => {
    const folder = folderOf(ALL_TEXT);
    mkdirSync(join(folder, "stacks/paid", name));
    await refuses(folder, `stacks/paid/${name}`);
  });

  test.each(["stacks/paid/cdk.tf.json", "stacks/paid", "stacks", "manifest.json"])("a link for %s", async (path) => {
    const folder = folderOf(ALL_TEXT);
    const target = `${folder}-target`;
    renameSync(join(folder, path), target);
    symlinkSync(target, join(folder, path));
    await refuses(folder, path);
  });

  test.each(["stacks/other", "stacks/other/modules"])(
    "the folder %s, which isn't a stack of the manifest",
    async (path) => {
      const folder = folderOf(ALL_TEXT);
      mkdirSync(join(folder, path), { recursive: true });
      await refuses(folder, "stacks/other");
    },
  );

  test.each(["extra.tf", ".env", "stacks/extra.tf", "stacks/.env"])("the file %s", async (path) => {
    const folder = folderOf(ALL_TEXT);
    writeFileSync(join(folder, path), "");
    await refuses(folder, path);
  });

  test("a file in the place of a folder, and a folder in the place of a file", async () => {
    const folder = folderOf({ ...ALL_TEXT, other: "{}" });
    renameSync(join(folder, "stacks/other"), join(folder, "stacks/paid/cdk"));
    renameSync(join(folder, "stacks/paid/cdk/cdk.tf.json"), join(folder, "stacks/other"));
    await refuses(folder, "stacks/other");
  });

  test("a manifest that is a link is refused before anything is read through it", async () => {
    const folder = folderOf(paid("{}"));
    const secret = join(folder, "..", "secret");
    writeFileSync(secret, "password");
    unlinkSync(join(folder, "manifest.json"));
    symlinkSync(secret, join(folder, "manifest.json"));
    const { status, output } = await review("--base", ALL, "--head", folder);
    expect(status).toBe(1);
    expect(output).toContain("expected nothing but what `npm run synth` writes");
    expect(output).not.toContain("passw");
  });

  test("a text that Terraform would change is refused", async () => {
    const folder = folderOf({
      paid: (paid("{}").paid ?? "").replace('"support:ResolveCase"', '"support:\\u212aesolveCase"'),
    });
    expect(await review("--base", ALL, "--head", folder)).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        "a text isn't in the Unicode normalization form NFC, in which synthesizing writes all texts",
      ),
    });
  });

  test("also in a folder with a long path, which is whole in the message", async () => {
    const parent = join(scratch, ...Array.from({ length: 5 }, (_, index) => `${index}`.repeat(30)));
    mkdirSync(parent, { recursive: true });
    const folder = join(parent, "head");
    renameSync(folderOf(ALL_TEXT), folder);
    writeFileSync(join(folder, "stacks/paid/extra.tf"), "");
    expect(folder.length).toBeGreaterThan(150);
    await refuses(folder, "stacks/paid/extra.tf");
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

Approve this very change with the label \`approved-${digest}\`, set by somebody other than the author of the pull request.
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
    expect(github.comments[0]?.body).not.toContain("Approve this very change");
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

  test("of more environments than GitHub Actions accepts jobs, the first are planned, and the report says how many aren't", async () => {
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

  test("the plans are those of the plannable environments: a failed one is missing, and no other is accepted", async () => {
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

  test("drift in a plan has a digest of its own, beside the one that let it be planned", async () => {
    const { before, after, plan } = readPlanFixture("drift");
    const [base, head] = [terraformOf(before), terraformOf(after)];
    head.provider.aws[0].assume_role = [{ role_arn: "arn:aws:iam::111122223333:role/other" }];
    const role = changeAt(plan, "aws_iam_role.full");
    const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"support:*","Resource":"*"}]}';
    role.before.inline_policy = [{ name: "by-hand", policy }];
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
  const files = (folder: string) => readFileSync(join(folder, "stacks/paid/cdk.tf.json"), "utf8");
  expect(files(chosen)).toBe(files(all));
});

describe("bad input is one sentence", () => {
  let count = 0;
  const folder = (content: Readonly<Record<string, string>>) => {
    const path = join(scratch, `bad-${count++}`);
    mkdirSync(join(path, "stacks/a"), { recursive: true });
    for (const [name, text] of Object.entries(content)) writeFileSync(join(path, name), text);
    return path;
  };
  const manifest = (stack: object) => ({ "manifest.json": JSON.stringify({ stacks: { a: stack } }) });
  const PATH = "stacks/a/cdk.tf.json";
  const STACK = manifest({ synthesizedStackPath: PATH, workingDirectory: "stacks/a" });
  test.each<[string, string, RegExp]>([
    ["no folder", join(scratch, "nowhere"), /^Received the folder ".*nowhere", expected one that exists\./],
    [
      "a folder that was never synthesized",
      folder({}),
      /expected one that `npm run synth` has written, with manifest\.json in it\. Run/,
    ],
    [
      "a manifest that is no JSON",
      folder({ "manifest.json": "{" }),
      /that is not JSON \(.*\), expected what `npm run synth` writes in JSON\./,
    ],
    [
      "a manifest without stacks",
      folder({ "manifest.json": "[]" }),
      /without stacks, expected what `npm run synth` writes\./,
    ],
    [
      "a stack in HCL",
      folder(manifest({ synthesizedStackPath: "stacks/a/cdk.tf" })),
      /^Received the stack "a" in .* at "stacks\/a\/cdk\.tf" with the working directory "stacks\/a", expected it at "stacks\/a\/cdk\.tf\.json" with the working directory "stacks\/a"\. Synthesize again, without --hcl\.$/,
    ],
    [
      "a stack outside of the folder",
      folder(manifest({ synthesizedStackPath: "../a.json" })),
      /^Received the stack "a" in .* at "\.\.\/a\.json"/,
    ],
    [
      "a stack that Terraform would run elsewhere",
      folder(manifest({ synthesizedStackPath: PATH, workingDirectory: "stacks/b" })),
      /^Received the stack "a" in .* at/,
    ],
    [
      "a stack of another form",
      folder(manifest([])),
      /^Received the stack "a" in .* at nothing with the working directory/,
    ],
    [
      "a stack whose name is a path",
      folder({ "manifest.json": '{"stacks":{"../a":{"synthesizedStackPath":"stacks/../a/cdk.tf.json"}}}' }),
      /^Received the stack "\.\.\/a" in .* at/,
    ],
    [
      "a stack that isn't there",
      folder(STACK),
      /^Received no "stacks\/a\/cdk\.tf\.json" in .*, expected the Terraform of a as JSON\./,
    ],
    ["a stack that isn't JSON", folder({ ...STACK, [PATH]: "resource {}" }), /cdk\.tf\.json" that is not JSON/],
    [
      "a stack with a duplicate key",
      folder({ ...STACK, [PATH]: '{"resource":{"a":1},"resource":{}}' }),
      /\(a key stands twice, or something is written in an unusual way\)/,
    ],
    [
      "a stack that is a list",
      folder({ ...STACK, [PATH]: "[]" }),
      /cdk\.tf\.json" that is not a mapping, expected Terraform\./,
    ],
  ])("%s", async (_, base, message) => {
    const { status, output } = await review("--base", base, "--head", ALL);
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(output.split("\n")).toHaveLength(1);
  });

  test.each([
    ...["nothing", "paid=", "=plan.json", "unknown=plan.json"].map((plan): [string[], string] => [
      ["--plan", plan],
      `Received the plan "${plan}", expected ENVIRONMENT=FILE, or plan-ENVIRONMENT/plan.json in a folder, with paid for ENVIRONMENT.`,
    ]),
    [["--plans", "nowhere"], 'Received --plans "nowhere", expected a folder that exists. Check the name.'],
    [
      ["--plan", "paid=nowhere.json"],
      'Received the plan "nowhere.json", expected a file that can be read, but: ENOENT',
    ],
  ])("%j", async (args, message) => {
    const { status, output } = await review("--base", ALL, "--head", ALL, ...args);
    expect(status).toBe(output.includes("ENOENT") ? 1 : 2);
    expect(output).toContain(message);
  });

  test("JSON that is nested too deeply", async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    expect(await review("--base", folderOf({ paid: deep }), "--head", ALL)).toEqual({
      status: 1,
      output: expect.stringMatching(
        /^Received ".*cdk\.tf\.json" that is not JSON \(it is nested more than 200 deep\), expected what `npm run synth` writes in JSON\. Synthesize again, without --hcl\.$/,
      ),
    });
  });

  thoroughTest("a file of 50 MB, as a plan and as a stack", async () => {
    const large = JSON.stringify({ large: Array.from({ length: 2 ** 17 }, (_, index) => `${index}`.padStart(400)) });
    expect(large.length).toBeGreaterThan(50 * 2 ** 20);
    const file = join(scratch, "large.json");
    writeFileSync(file, large);
    expect(await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`)).toMatchObject({
      status: 1,
      output: expect.stringMatching(/large\.json" of format "", expected a plan of format 1\.x\. .*\.$/),
    });
    const { status, output } = await review("--base", ALL, "--head", folderOf({ paid: large }));
    expect(status).toBe(3); // a section that nobody knows
    expect(output.length).toBeLessThan(65_536);
  });

  test("wrong usage", async () => {
    expect(await review("--base", ALL)).toMatchObject({
      status: 2,
      output: expect.stringContaining("required option '--head <folder>' not specified"),
    });
    expect(await review("--base", ALL, "--head", ALL, "--format", "html")).toMatchObject({
      status: 2,
      output: expect.stringContaining("Allowed choices are markdown, json."),
    });
  });
});

thoroughTest("1,000 environments of which one changes take as long as 100, ten times, with reading them", () => {
  const less = paid(`{ ${ONCALL}, without: [live-chat] }`).paid ?? "";
  const stacks = (count: number, changed = "") =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `paid-${index}`,
        JSON.stringify(
          digested(
            (changed === `paid-${index}` ? less : (ALL_TEXT.paid ?? "")).replaceAll(
              "111122223333",
              `${10 ** 11 + index}`,
            ),
          ),
        ),
      ]),
    );
  const timeOf = (count: number, times: number) => {
    const [base, head] = [folderOf(stacks(count)), folderOf(stacks(count, "paid-7"))];
    return cpuTime(() => {
      const changes = environmentChanges(readSynthesized(base).stacks, readSynthesized(head).stacks, NOW);
      expect(markdown(reviewOf(changes))).toContain("narrowed in 1 environment");
    }, times);
  };
  timeOf(10, 5);
  expect(timeOf(1000, 2) / timeOf(100, 5)).toBeLessThan(25);
});
