import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import { runSupportApp } from "../../../cli/program";
import { classify } from "../../../cli/review/classify";
import { markdown, reviewOf } from "../../../cli/review/report";
import { readSynthesized } from "../../../cli/review/synthesized";
import { synthesize } from "../../support/synthesize";

// biome-ignore lint/suspicious/noExplicitAny: a case changes what a plan has at any place
type Draft = any;

const scratch = mkdtempSync(join(tmpdir(), "support-app-review-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  for (const level of ["log", "error"] as const) {
    jest.spyOn(console, level).mockImplementation((...texts: unknown[]) => void printed.push(texts.join(" ")));
  }
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  }
});
afterEach(() => jest.restoreAllMocks());

async function review(...args: string[]): Promise<{ status: number; output: string }> {
  const status = await runSupportApp(["review", ...args]);
  return { status, output: printed.splice(0).join("\n") };
}

let folders = 0;

/** A folder as `cdktf synth` writes it. */
function folderOf(stacks: Readonly<Record<string, string>>): string {
  const folder = join(scratch, `folder-${folders++}`);
  mkdirSync(join(folder, "stacks"), { recursive: true });
  const entries = Object.entries(stacks).map(([name, text]) => {
    const synthesizedStackPath = `stacks/${name}/cdk.tf.json`;
    mkdirSync(join(folder, "stacks", name));
    writeFileSync(join(folder, synthesizedStackPath), text);
    return [name, { name, synthesizedStackPath }];
  });
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify({ version: "0.21.0", stacks: Object.fromEntries(entries) }),
  );
  return folder;
}

const paid = (full: string) =>
  synthesize(`environments: { paid: { account: "111122223333", region: us-east-1, full: ${full} } }`);
const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
const ALL = folderOf(paid(`{ ${ONCALL} }`));
const LESS = folderOf(paid(`{ ${ONCALL}, without: [live-chat, resolve-cases] }`));

describe("a change", () => {
  test("that takes passes, and says who loses what", async () => {
    const { status, output } = await review("--base", ALL, "--head", LESS);
    expect(status).toBe(0);
    expect(output).toMatchSnapshot();
    expect(output).toContain("✅ Access is narrowed in 1 environment");
    expect(output).toContain("People in `#oncall` (`C01`) **lose** resolve-cases, live-chat.");
  });

  test("that gives needs an approval of this very change", async () => {
    const { status, output } = await review("--base", LESS, "--head", ALL);
    expect(status).toBe(3);
    expect(output).toContain("⚠️ Access is broadened in 1 environment");
    expect(output).toContain("People in `#oncall` (`C01`) **gain** resolve-cases, live-chat.");
    const [, digest = ""] = output.match(/Digest of this change: `([\da-f]{32})`/) ?? [];
    expect((await review("--base", LESS, "--head", ALL, "--approved", digest)).status).toBe(0);
    expect((await review("--base", LESS, "--head", ALL, "--approved", digest.replace(/^./, "x"))).status).toBe(3);
    expect((await review("--base", LESS, "--head", ALL, "--approved", digest.slice(0, -1))).status).toBe(3);

    const more = folderOf(paid(`{ ${ONCALL.replace("C01", "C02")} }`));
    expect((await review("--base", LESS, "--head", more, "--approved", digest)).status).toBe(3);
  });

  test("that changes nobody's access is one line", async () => {
    const tagged = folderOf(
      synthesize(
        `environments: { paid: { account: "111122223333", region: us-east-1, tags: { Owner: a }, full: { ${ONCALL} } } }`,
      ),
    );
    expect(await review("--base", ALL, "--head", ALL)).toEqual({
      status: 0,
      output: "## ✅ Nobody's access changes\n",
    });
    expect(await review("--base", ALL, "--head", tagged)).toEqual({
      status: 0,
      output: "## ✅ Nobody's access changes\n\nChanged in form only, with the same access: `paid`.\n",
    });
  });

  test("that lets a read-only access write fails, approved or not", async () => {
    const text = synthesize('environments: { paid: { account: "111122223333", region: us-east-1, read-only: {} } }');
    const base = folderOf(text);
    const head = folderOf({ paid: text.paid?.replace("support:DescribeCases", "support:CreateCase") ?? "" });
    const { status, output } = await review("--base", base, "--head", head);
    expect(status).toBe(1);
    expect(output).toContain("⛔ Access that may never be");
    const [, digest = ""] = output.match(/Digest of this change: `([\da-f]{32})`/) ?? [];
    expect((await review("--base", base, "--head", head, "--approved", digest)).status).toBe(1);
  });

  test("is printed for machines, with the version of its form", async () => {
    const { output } = await review("--base", LESS, "--head", ALL, "--format", "json");
    expect(JSON.parse(output)).toMatchObject({
      schemaVersion: 1,
      digest: expect.stringMatching(/^[\da-f]{32}$/),
      approvalNeeded: true,
      refused: false,
      environments: [
        { environment: "paid", verdict: "broadened", channels: [{ gained: ["resolve-cases", "live-chat"] }] },
      ],
    });
  });

  test("has the same digest wherever it is reviewed, and whatever else changes in form", async () => {
    const digest = async (base: string, head: string) =>
      JSON.parse((await review("--base", base, "--head", head, "--format", "json")).output).digest;
    const other = synthesize('environments: { other: { account: "444455556666", region: us-east-1, full: {} } }');
    const tagged = { other: other.other?.replace('"version": "0.21.0"', '"version": "0.22.0"') ?? "" };
    const [a, b] = [paid("{}"), paid("{ without: [live-chat] }")];
    expect(await digest(folderOf({ ...b, ...other }), folderOf({ ...a, ...tagged }))).toBe(
      await digest(folderOf(b), folderOf(a)),
    );
  });
});

/** What GitHub shows of a report, without what stands as code. */
function outsideOfCode(report: string): string {
  return new MarkdownIt({ html: true, linkify: true }).render(report).replace(/<code>[^<]*<\/code>/g, "");
}

test("nothing in a change becomes Markdown, HTML, a mention or a link: it stands as code", async () => {
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

test("a name that looks like a mention, an issue or an address stands as code", async () => {
  const evil = (name: string) =>
    `{ role-name: "${name}@acme", channels: [{ name: "123", workspace: T01, channel: C01 }] }`;
  const { output } = await review("--base", folderOf(paid(evil("a"))), "--head", folderOf(paid(evil("b"))));
  expect(output).toContain("b@acme");
  expect(outsideOfCode(output)).not.toMatch(/acme|123/);
});

test("what can't be read is shown, and only as much of it as helps", async () => {
  const head = folderOf({
    paid: (paid("{}").paid ?? "").replaceAll('"support:CreateCase"', `"support:${"Create".repeat(100)}*"`),
  });
  const { status, output } = await review("--base", ALL, "--head", head);
  expect(status).toBe(3);
  expect(output).toMatch(/Can't be read, and counts as broadened: `a wildcard: .{200,400}… \(\d+ characters\)`/);
});

test("a report is within what GitHub takes, and says so when it is cut", async () => {
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`paid-${index}`, paid("{}").paid ?? ""]));
  const { output } = await review("--base", folderOf({}), "--head", folderOf(many));
  expect(output.length).toBeLessThanOrEqual(65_536);
  expect(output).toContain("Digest of this change");
  expect(output).toContain("This report is cut: it is longer than GitHub takes.");
  expect(output.split("<details>").length).toBe(output.split("</details>").length);
});

test("the notice of a cut is not folded away by what stands in the report", async () => {
  const text = paid("{}").paid ?? "";
  const actions = Array.from({ length: 1200 }, (_, index) => `support:${"A".repeat(30)}${index}`);
  const evil = text
    .replaceAll('"support:CreateCase"', actions.map((action) => JSON.stringify(action)).join(","))
    .replaceAll(/"resources": \[\s*"\*"/g, '"resources": ["arn:aws:s3:::x </details>"');
  const { output } = await review("--base", ALL, "--head", folderOf({ paid: evil }));
  const notice = output.slice(0, output.indexOf("> [!CAUTION]"));
  const lines = (start: string) => notice.split("\n").filter((line) => line.startsWith(start)).length;
  expect(notice).not.toBe(output);
  expect(lines("<details>")).toBe(lines("</details>"));
});

test("--list-changed names the environments whose Terraform changes", async () => {
  const base = folderOf({ a: '{"a":1}', b: '{"b":1}', c: "{}" });
  const head = folderOf({ a: '{"a":2}', b: '{ "b": 1 }', d: "{}" });
  expect(await review("--base", base, "--head", head, "--list-changed")).toEqual({
    status: 0,
    output: '["a","c","d"]',
  });
});

test("README shows a real report", async () => {
  const without = (capability: string) =>
    folderOf(
      synthesize(`environments: { production: { account: "111122223333", region: us-east-1, full: { without: [${capability}],
        channels: [{ name: support-oncall, workspace: T012ABCDEFG, channel: C09876Z5YXW }] } } }`),
    );
  const { output } = await review("--base", without("resolve-cases"), "--head", without("live-chat"));
  const asText = (markdown: string) =>
    markdown
      .replaceAll(/<.*>|^\|[-| ]+\|$/gm, "")
      .replaceAll(/ +/g, " ")
      .split("\n")
      .filter((line) => line.trim() !== "");
  const shown = readFileSync("README.md", "utf8").match(/^>.*Access is broadened(.*\n>)*.*/m)?.[0] ?? "";
  expect(asText(shown.replaceAll(/^> ?/gm, ""))).toEqual(asText(output));
});

interface Fixture {
  readonly before: string;
  readonly after: string;
  readonly plan: Draft;
}
const PLANS = join(__dirname, "plans");
const readFixture = (name: string): Fixture => JSON.parse(readFileSync(join(PLANS, `${name}.json`), "utf8"));

describe("real plans", () => {
  const OTHER = '  other: { account: "999999999999", region: us-east-1, read-only: {} }\n';

  async function reviewPlan(name: string): Promise<string> {
    const { before, after, plan } = readFixture(name);
    const file = join(scratch, `${name}.json`);
    writeFileSync(file, JSON.stringify(plan));
    const [base, head] = [before, after].map((yaml) => folderOf(synthesize(yaml + OTHER)));
    return (await review("--base", base ?? "", "--head", head ?? "", "--plan", `paid=${file}`)).output;
  }

  test.each(readdirSync(PLANS).map((file) => file.replace(".json", "")))("%s", async (name) => {
    expect(await reviewPlan(name)).toMatchSnapshot();
  });

  test("drift is told from what the code changes, and what breaks is said", async () => {
    expect(await reviewPlan("update")).not.toContain("Drift");
    expect(await reviewPlan("create")).not.toContain("Drift");
    expect(await reviewPlan("drift")).toContain(
      "It takes off `arn:aws:iam::aws:policy/AdministratorAccess`, which was put there by hand.",
    );
    expect((await reviewPlan("drift")).match(/\*\*Drift\*\*/g)).toHaveLength(2);
    expect(await reviewPlan("rename")).toContain(
      "A channel that was configured by hand and uses the role can do nothing once it is gone.",
    );
    expect(await reviewPlan("adopt")).toContain("- imports `");
    expect(await reviewPlan("destroy")).toContain("- **deletes** `");
  });

  const { plan } = readFixture("update") as { plan: Record<string, unknown> };
  test.each([
    ["fields nobody knows, of a newer minor version", { ...plan, format_version: "1.99", more: {} }, [0, 3], "updates"],
    [
      "a newer major version",
      { ...plan, format_version: "2.0" },
      [1],
      'of format "2.0", expected a plan of format 1.x. Write it with `terraform show -json PLAN`.',
    ],
    ["something else", { a: 1 }, [1], 'of format "", expected a plan of format 1.x.'],
    ["a list", [1], [1], "that is no mapping in JSON, expected a plan."],
  ])("%s", async (_, content, statuses, message) => {
    const { before, after } = readFixture("update");
    const file = join(scratch, "plan.json");
    writeFileSync(file, JSON.stringify(content));
    const [base, head] = [before, after].map((yaml) => folderOf(synthesize(yaml)));
    const { status, output } = await review("--base", base ?? "", "--head", head ?? "", "--plan", `paid=${file}`);
    expect(statuses).toContain(status);
    expect(output).toContain(message);
  });

  test("drift of an attribute is told beside what the code changes of the same thing", async () => {
    const { before, after, plan } = structuredClone(readFixture("update"));
    const role = plan.resource_changes.find(({ address }: Draft) => address === "aws_iam_role.full");
    role.change = {
      ...role.change,
      actions: ["update"],
      before: { ...role.change.before, description: "by hand", max_session_duration: 7200, tags: { a: "b" } },
      after: { ...role.change.after, max_session_duration: 3600 },
      after_unknown: { arn: true },
    };
    const file = join(scratch, "partly.json");
    writeFileSync(file, JSON.stringify(plan));
    const shorter = after.replace("full: {", "full: { max-session-duration: 3600,");
    expect(shorter).not.toBe(after);
    const [base, head] = [before, shorter].map((yaml) => folderOf(synthesize(yaml)));
    expect((await review("--base", base ?? "", "--head", head ?? "", "--plan", `paid=${file}`)).output).toContain(
      "- updates `aws_iam_role.full` (`arn`, `max_session_duration`; by **drift**: `description`, `tags`).",
    );
  });

  test.each([
    ["a tag more", (yaml: string) => yaml.replace("full: {", "full: { tags: { Owner: a },")],
    [
      "another who deploys",
      (yaml: string) => yaml.replace("region:", 'deploy-role: "arn:aws:iam::111122223333:role/b", region:'),
    ],
  ])("drift is drift beside %s", async (_, edit) => {
    const { before, after, plan } = readFixture("drift");
    const file = join(scratch, "drift.json");
    writeFileSync(file, JSON.stringify(plan));
    expect(edit(after)).not.toBe(after);
    const [base, head] = [before, edit(after)].map((yaml) => folderOf(synthesize(yaml)));
    const { output } = await review("--base", base ?? "", "--head", head ?? "", "--plan", `paid=${file}`);
    expect(output.match(/\*\*[Dd]rift\*\*/g)).toHaveLength(2);
    expect(output).toMatch(/\*\*[Dd]rift\*\*.*`permissions_boundary`/);
  });

  test("drift is drift though the document is written otherwise, and the provider or an unused local changes", async () => {
    const { before, plan } = structuredClone(readFixture("update"));
    const file = join(scratch, "otherwise.json");
    writeFileSync(file, JSON.stringify(plan));
    const text = synthesize(before).paid ?? "";
    const edited = JSON.parse(text);
    edited.data.aws_iam_policy_document.full.statement[0].actions.reverse();
    edited.provider.aws[0].max_retries = 3;
    edited.locals = { unused: 1 };
    const args = ["--base", folderOf({ paid: text }), "--head", folderOf({ paid: JSON.stringify(edited) })];
    expect((await review(...args, "--plan", `paid=${file}`)).output).toContain(
      "- **Drift**, which the code doesn't change: updates `aws_iam_policy.full` (`policy`).",
    );
    edited.data.aws_iam_policy_document.full.statement[0].actions.pop();
    args[3] = folderOf({ paid: JSON.stringify(edited) });
    expect((await review(...args, "--plan", `paid=${file}`)).output).toContain(
      "- updates `aws_iam_policy.full` (`policy`).",
    );
  });

  test.each<[string, (terraform: Draft, change: Draft) => void]>([
    ["default tags", (terraform) => Object.assign(terraform.provider.aws[0], { default_tags: [{ tags: { a: "b" } }] })],
    ["another region", (terraform) => Object.assign(terraform.provider.aws[0], { region: "eu-west-1" })],
    [
      "an address that moves",
      (terraform, change) => {
        terraform.resource.aws_iam_role.moved = { ...terraform.resource.aws_iam_role.full, description: "new" };
        Object.assign(change, { previous_address: "aws_iam_role.full", address: "aws_iam_role.moved" });
      },
    ],
    [
      "an index",
      (terraform, change) => {
        terraform.resource.aws_iam_role.full.description = "new";
        change.address = "aws_iam_role.full[0]";
      },
    ],
    [
      "a module",
      (terraform, change) => {
        terraform.module = { a: { source: "./a" } };
        change.address = "module.a.aws_iam_role.full";
      },
    ],
    [
      "a name behind a local",
      (terraform) => {
        terraform.resource.aws_iam_role.full.description = "${local.a}";
        terraform.locals = { a: "b" };
      },
    ],
  ])("what follows from the code is no drift: %s", async (_, edit) => {
    const { before, plan } = structuredClone(readFixture("update"));
    const [{ change, ...first }] = plan.resource_changes;
    const planned = {
      ...first,
      address: "aws_iam_role.full",
      type: "aws_iam_role",
      mode: "managed",
      change: { actions: ["update"], before: { description: "a" }, after: { description: "new" } },
    };
    const text = synthesize(before).paid ?? "";
    const edited = JSON.parse(text);
    edit(edited, planned);
    const file = join(scratch, "follows.json");
    writeFileSync(file, JSON.stringify({ ...plan, resource_changes: [planned, { ...planned, mode: "data" }] }));
    const args = ["--base", folderOf({ paid: text }), "--head", folderOf({ paid: JSON.stringify(edited) })];
    const { output } = await review(...args, "--plan", `paid=${file}`);
    expect(output.match(/^- .*updates .*$/gm)).toHaveLength(1);
    if (_ !== "default tags") expect(output).not.toMatch(/drift/i);
    else expect(output).not.toContain("**Drift**");
  });

  test("what comes or goes alone although the code has it before and after is drift", async () => {
    const { before, after, plan } = structuredClone(readFixture("update"));
    const [first] = plan.resource_changes;
    const one = (name: string, action: string) => ({
      ...first,
      address: `aws_iam_policy.${name}`,
      type: "aws_iam_policy",
      change: { actions: [action] },
    });
    plan.resource_changes = [one("full", "create"), one("full", "delete"), one("other", "create")];
    const file = join(scratch, "alone.json");
    writeFileSync(file, JSON.stringify(plan));
    const base = folderOf(synthesize(before));
    const text = synthesize(after.replace("full: {", "full: { policy-name: P2,"));
    const edited = JSON.parse(text.paid ?? "");
    edited.resource.aws_iam_policy.other = edited.resource.aws_iam_policy.full;
    const { output } = await review(
      "--base",
      base,
      "--head",
      folderOf({ paid: JSON.stringify(edited) }),
      "--plan",
      `paid=${file}`,
    );
    expect(output.match(/^- .*(creates|deletes).*$/gm)).toEqual([
      "- **Drift**, which the code doesn't change: creates `aws_iam_policy.full`.",
      "- **Drift**, which the code doesn't change: **deletes** `aws_iam_policy.full`. Whatever else the policy is attached to loses it.",
      "- creates `aws_iam_policy.other`.",
    ]);
  });

  test("of what is taken off, the report says what was put there by hand", async () => {
    const { before, plan } = structuredClone(readFixture("drift"));
    const file = join(scratch, "taken.json");
    const exclusive = plan.resource_changes.find(
      ({ type, change }: Draft) =>
        type === "aws_iam_role_policy_attachments_exclusive" && change.actions[0] === "update",
    );
    exclusive.change.after = {};
    exclusive.change.after_unknown = { policy_arns: true };
    writeFileSync(file, JSON.stringify(plan));
    const [base, head] = [before, before.replace("policy-name: paid", "policy-name: other")].map((yaml) =>
      folderOf(synthesize(yaml)),
    );
    const { output } = await review("--base", base ?? "", "--head", head ?? "", "--plan", `paid=${file}`);
    expect(output).toMatch(
      /It takes off `arn:aws:iam::111122223333:policy\/paid`\. It takes off|AdministratorAccess`, which was put there by hand\. It takes off `arn:aws:iam::111122223333:policy\/paid`\./,
    );
  });

  test("what an interrupted replacement left, and what is imported and changed at once", async () => {
    const { before, after, plan } = structuredClone(readFixture("update"));
    const [first] = plan.resource_changes;
    plan.resource_changes = [
      {
        ...first,
        address: "aws_iam_role.full",
        type: "aws_iam_role",
        deposed: "0011aabb",
        change: { actions: ["delete"] },
      },
      {
        ...first,
        address: "aws_iam_role.full",
        type: "aws_iam_role",
        change: { actions: ["update"], importing: { id: "a" } },
      },
    ];
    const file = join(scratch, "deposed.json");
    writeFileSync(file, JSON.stringify(plan));
    const [base, head] = [before, after].map((yaml) => folderOf(synthesize(yaml)));
    const { output } = await review("--base", base ?? "", "--head", head ?? "", "--plan", `paid=${file}`);
    expect(output.match(/^- .*aws_iam_role.*$/gm)).toEqual([
      "- **Drift**, which the code doesn't change: **deletes** `aws_iam_role.full (deposed)`.",
      "- updates `aws_iam_role.full`.",
    ]);
  });

  test.each([null, {}, [1]])("resource_changes of another form: %j", async (resource_changes) => {
    const file = join(scratch, "odd.json");
    writeFileSync(file, JSON.stringify({ ...readFixture("update").plan, resource_changes }));
    expect(await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`)).toMatchObject({
      status: 1,
      output: expect.stringContaining("whose resource_changes are no list of mappings, expected a plan."),
    });
  });

  test.each(["format_version", "address", "type", "actions", "account"])(
    "%s of another type gives no stack trace",
    async (where) => {
      const { before, after, plan } = structuredClone(readFixture("update"));
      const odd = { toString: 1 };
      const [first] = plan.resource_changes;
      if (where === "format_version") plan.format_version = odd;
      else if (where === "account")
        plan.configuration.provider_config.aws.expressions.allowed_account_ids.constant_value = [odd];
      else if (where === "actions") first.change.actions = [odd];
      else first[where] = odd;
      const file = join(scratch, "odd.json");
      writeFileSync(file, JSON.stringify(plan));
      const [base, head] = [before, after].map((yaml) => folderOf(synthesize(yaml)));
      expect([0, 1]).toContain(
        (await review("--base", base ?? "", "--head", head ?? "", "--plan", `paid=${file}`)).status,
      );
    },
  );

  test("what a plan leaves alone isn't listed; what it lets go of is", async () => {
    const file = join(scratch, "quiet.json");
    const aws = { expressions: { allowed_account_ids: { constant_value: ["111122223333"] } } };
    const resource = (name: string, change?: object) => ({
      address: `aws_iam_role.${name}`,
      type: "aws_iam_role",
      change,
    });
    writeFileSync(
      file,
      JSON.stringify({
        format_version: "1.2",
        configuration: { provider_config: { aws } },
        resource_changes: [
          resource("a", { actions: ["no-op"] }),
          resource("b", { actions: ["read"] }),
          resource("c", { actions: ["forget"] }),
          resource("d"),
          resource("e", {
            actions: ["delete", "create"],
            before: null,
            after: { name: "e" },
            after_unknown: { arn: true },
          }),
          { ...resource("f", { actions: ["delete"] }), type: "aws_unknown" },
        ],
      }),
    );
    const { output } = await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`);
    expect(output.match(/^- .*$/gm)).toEqual([
      "- **Drift**, which the code doesn't change: lets go of `aws_iam_role.c`.",
      "- **Drift**, which the code doesn't change: **replaces** `aws_iam_role.e` (`arn`, `name`). A channel that was configured by hand and uses the role can do nothing once it is gone.",
      "- **Drift**, which the code doesn't change: **deletes** `aws_iam_role.f`.",
    ]);
    writeFileSync(
      file,
      JSON.stringify({ format_version: "1.2", configuration: { provider_config: { aws } }, planned_values: {} }),
    );
    expect((await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`)).output).toContain(
      "Terraform would change nothing.",
    );
    writeFileSync(file, JSON.stringify({ format_version: "1.2", planned_values: {} }));
    expect((await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`)).output).toContain(
      "this one is of (any).",
    );
    writeFileSync(file, JSON.stringify({ planned_values: {} }));
    expect((await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`)).output).toContain('of format ""');
    const empty = folderOf({ paid: "{}" });
    expect((await review("--base", empty, "--head", empty, "--plan", `paid=${readPlanFile()}`)).output).toContain(
      "of its account (any)",
    );
  });

  function readPlanFile(): string {
    const file = join(scratch, "update-plan.json");
    writeFileSync(file, JSON.stringify(plan));
    return file;
  }

  test("of another environment", async () => {
    const file = join(scratch, "other.json");
    writeFileSync(file, JSON.stringify(plan));
    const { after } = readFixture("update");
    const folder = folderOf(synthesize(after + OTHER));
    expect(await review("--base", folder, "--head", folder, "--plan", `other=${file}`)).toEqual({
      status: 1,
      output: `Received ${JSON.stringify(file)} for other, expected a plan of its account 999999999999: this one is of 111122223333. Give each environment its own plan.`,
    });
  });
});

test.each(["extra.tf", "override.tf.json", "terraform.tfvars"])(
  "a stack with %s beside it is refused",
  async (file) => {
    const folder = folderOf(paid("{}"));
    writeFileSync(join(folder, "stacks/paid", file), "{}");
    expect(await review("--base", ALL, "--head", folder)).toMatchObject({
      status: 1,
      output: expect.stringContaining("expected nothing else that Terraform would take. Synthesize into a new folder."),
    });
  },
);

test.each([
  ["failed", { errored: true }],
  ["is not complete", { complete: false }],
])("a plan that %s is refused", async (what, more) => {
  const file = join(scratch, "half.json");
  writeFileSync(file, JSON.stringify({ format_version: "1.2", planned_values: {}, ...more }));
  expect(await review("--base", ALL, "--head", ALL, "--plan", `paid=${file}`)).toMatchObject({
    status: 1,
    output: expect.stringContaining(`of a plan that ${what}, expected a whole one. Plan again.`),
  });
});

describe("bad input is one sentence", () => {
  const folder = (content: Readonly<Record<string, string>>) => {
    const path = join(scratch, `bad-${folders++}`);
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
      /expected one that `cdktf synth` has written, with manifest\.json in it\. Run/,
    ],
    [
      "a manifest that is no JSON",
      folder({ "manifest.json": "{" }),
      /that is not JSON \(.*\), expected what `cdktf synth` writes in JSON\./,
    ],
    [
      "a manifest without stacks",
      folder({ "manifest.json": "[]" }),
      /without stacks, expected what `cdktf synth` writes\./,
    ],
    [
      "a stack in HCL",
      folder(manifest({ synthesizedStackPath: "stacks/a/cdk.tf" })),
      /^Received the stack "a" at "stacks\/a\/cdk\.tf" in .*, expected it at "stacks\/a\/cdk\.tf\.json"\. Synthesize again, without --hcl\.$/,
    ],
    [
      "a stack outside of the folder",
      folder(manifest({ synthesizedStackPath: "../a.json" })),
      /^Received the stack "a" at "\.\.\/a\.json"/,
    ],
    [
      "a stack that Terraform would run elsewhere",
      folder(manifest({ synthesizedStackPath: PATH, workingDirectory: "stacks/b" })),
      /^Received the stack "a" at/,
    ],
    ["a stack of another form", folder(manifest([])), /^Received the stack "a" at nothing in/],
    [
      "a stack whose name is a path",
      folder({ "manifest.json": '{"stacks":{"../a":{"synthesizedStackPath":"stacks/../a/cdk.tf.json"}}}' }),
      /^Received the stack "\.\.\/a" at/,
    ],
    [
      "a stack that isn't there",
      folder(STACK),
      /^Received no "stacks\/a\/cdk\.tf\.json" in .*, expected the Terraform of a as JSON\./,
    ],
    ["a stack that is no JSON", folder({ ...STACK, [PATH]: "resource {}" }), /cdk\.tf\.json" that is not JSON/],
    [
      "a stack in which a key stands twice",
      folder({ ...STACK, [PATH]: '{"resource":{"a":1},"resource":{}}' }),
      /\(a key stands twice, or something is written in an unusual way\)/,
    ],
    [
      "a stack that is a list",
      folder({ ...STACK, [PATH]: "[]" }),
      /cdk\.tf\.json" that is no mapping, expected Terraform\./,
    ],
  ])("%s", async (_, base, message) => {
    const { status, output } = await review("--base", base, "--head", ALL);
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(output.split("\n")).toHaveLength(1);
  });

  test.each([
    [["--plan", "nothing"], 'Received --plan "nothing", expected ENVIRONMENT=FILE with paid for ENVIRONMENT.'],
    [
      ["--plan", "unknown=plan.json"],
      'Received --plan "unknown=plan.json", expected ENVIRONMENT=FILE with paid for ENVIRONMENT.',
    ],
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
      output:
        "Received JSON that is nested too deeply to be read, expected what `cdktf synth` and `terraform show -json` write. Synthesize and plan again.",
    });
  });

  test("a file of 50 MB, as a plan and as a stack", async () => {
    const large = JSON.stringify({ large: Array.from({ length: 2 ** 20 }, (_, index) => `${index}`.padStart(50)) });
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

  test("two plans of one environment", async () => {
    const { before, after, plan } = readFixture("update");
    const file = join(scratch, "twice.json");
    writeFileSync(file, JSON.stringify(plan));
    const [base, head] = [before, after].map((yaml) => folderOf(synthesize(yaml)));
    const args = ["--plan", `paid=${file}`, "--plan", `paid=${file}`];
    expect(await review("--base", base ?? "", "--head", head ?? "", ...args)).toEqual({
      status: 2,
      output: "Received two plans of paid, expected one of each environment. Leave one out.",
    });
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

test("1,000 environments of which one changes take under 2 seconds beyond reading them", async () => {
  const text = paid("{}").paid ?? "";
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`paid-${index}`, text]));
  const base = folderOf(many);
  const head = folderOf({ ...many, "paid-7": LESS_TEXT });
  const read = [readSynthesized(base), readSynthesized(head)] as const;
  const started = performance.now();
  const report = markdown(reviewOf(classify(...read)));
  expect(performance.now() - started).toBeLessThan(2000);
  expect(report).toContain("narrowed in 1 environment");
});
const LESS_TEXT = paid("{ without: [live-chat] }").paid ?? "";
