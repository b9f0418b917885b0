import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { addCommand } from "../../../../cli/commands/review/command";
import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { readSynthesized } from "../../../../cli/terraform/synthesized-folder";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { cpuTime } from "../../../support/cpu-time";
import { digested } from "../../../support/digested";
import { type Draft, ONCALL } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";
import { ALL_TEXT, paid, reviewedFoldersInTests } from "../../../support/reviewed-folders";
import { synthesize, synthesizeInto } from "../../../support/synthesize";
import { thoroughTest } from "../../../support/thorough";

const { scratch, review, folderOf, ALL, LESS, S3, reviewAsJson } = reviewedFoldersInTests();

/** A folder in which the environment's Terraform says something else. */
function editedFolder(edit: (terraform: Draft) => void): string {
  const terraform = JSON.parse(ALL_TEXT.paid ?? "");
  edit(terraform);
  return folderOf({ paid: JSON.stringify(terraform) });
}

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
      expect(approved).toEqual({
        status: 0,
        output: output.replace(howToApprove, "This change **is approved**."),
      });
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

describe("the help", () => {
  test("explains the command, its options and its exit status", async () => {
    expect(await review("--help")).toEqual({
      status: 0,
      output: `Usage: support-app review [options]

Compare two folders that \`npm run synth\` has written, and print what people in
each Slack channel can do after the change that they could not do before. Needs
no credentials, no Terraform and, without --github, no network.

Options:
  --base <folder>            the synthesized folder before the change
  --head <folder>            the synthesized folder after the change
  --format <format>          what to print (choices: "markdown", "json",
                             default: "markdown")
  --plan <environment=file>  what Terraform would do in an environment, from
                             \`terraform show -json\`; can be repeated
  --plans <folder>           the same for each plan-<environment>/plan.json in a
                             folder
  --approved <digest...>     the approved digests: each lets exactly its own
                             change pass
  --github                   in a GitHub Actions workflow: take approvals from
                             the pull request's labels, and write the report
                             into its comment
  -h, --help                 display help for command

Exit status: 0 nothing is broadened, or the digest is approved; 1 an error, or forbidden access; 2 wrong usage; 3 approval is needed.`,
    });
  });

  test("of support-app has a line about it", () => {
    const program = new Command();
    addCommand(program, () => {});
    expect(program.commands.map((command) => [command.name(), command.summary()])).toEqual([
      ["review", "what access a change gives and takes, in the words of the channel"],
    ]);
  });
});

describe("bad input is one sentence", () => {
  test.each([
    ...["nothing", "paid=", "=plan.json", "unknown=plan.json"].map((plan): [string[], string] => [
      ["--plan", plan],
      `Received the plan "${plan}", expected ENVIRONMENT=FILE, or plan-ENVIRONMENT/plan.json in a folder, with paid for ENVIRONMENT.`,
    ]),
    [["--plans", "nowhere"], 'Received --plans "nowhere", expected a folder that exists. Check the name.'],
    [["--plan", "paid=nowhere.json"], `Can't read the plan "nowhere.json": ENOENT`],
  ])("%j", async (args, message) => {
    const { status, output } = await review("--base", ALL, "--head", ALL, ...args);
    expect(status).toBe(output.includes("ENOENT") ? 1 : 2);
    expect(output).toContain(message);
  });

  test("a plan of an unknown environment, beside those of either side", async () => {
    const [base, head] = [folderOf({ b: ALL_TEXT.paid ?? "" }), folderOf({ a: ALL_TEXT.paid ?? "" })];
    expect((await review("--base", base, "--head", head, "--plan", "c=plan.json")).output).toContain(
      "with one of a, b for ENVIRONMENT.",
    );
  });

  thoroughTest("a file of 50 MB, as a plan and as a stack", async () => {
    const large = JSON.stringify({ large: Array.from({ length: 2 ** 17 }, (_, index) => `${index}`.padStart(400)) });
    expect(large.length).toBeGreaterThan(50 * 2 ** 20);
    const file = join(scratch, "large.json");
    writeFileSync(file, large);
    expect(await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`)).toMatchObject({
      status: 1,
      output: expect.stringMatching(/large\.json" with .*, expected a complete plan of format 1\.x\. .*\.$/),
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
