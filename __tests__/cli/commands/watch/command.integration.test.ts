import { existsSync } from "node:fs";
import { watchReportSchema } from "../../../../cli/commands/watch/watch-report";
import { runSupportApp } from "../../../../cli/program";
import { testHelp } from "../../../support/help";
import { type Said, watchingInTests } from "../../../support/watching";

testHelp("watch");

const { night, prepared, gitHub, issues, printed, read, path } = watchingInTests();

const TRUST: Said = { findings: { trust: [{}] } };
const ROLE: Said = { findings: { role: [{}] } };

describe("without GitHub", () => {
  const since = (name = "watch.json") => ["--since", path(name), "--report", path(name), "--summary", path("watch.md")];

  test("three nights: what is new, what stays and what is healed is known from the earlier report", async () => {
    const first = await night({ says: { production: TRUST, staging: {} }, args: since() });
    expect(first).toEqual({
      status: 4,
      output: "new  production: trust: full\n2 environments: 1 healthy, 1 unhealthy, 0 unknown. Findings: 1 new.",
      written: [],
    });
    const second = await night({ says: { production: TRUST, staging: ROLE }, args: since() });
    expect(second.output.split("\n").slice(0, -1)).toEqual([
      "new    staging: role: full",
      "stays  production: trust: full",
    ]);
    const third = await night({ says: { production: {}, staging: ROLE }, args: since() });
    expect(third.output.split("\n").slice(0, -1)).toEqual([
      "stays   staging: role: full",
      "healed  production: trust: full",
    ]);
    expect(watchReportSchema.parse(JSON.parse(read("watch.json")))).toMatchObject({
      answer: "unhealthy",
      environments: [
        { name: "production", answer: "healthy" },
        { name: "staging", answer: "unhealthy" },
      ],
      findings: [{ environment: "staging", check: "role", about: ["full"], state: "found", change: "stays" }],
      healed: [{ environment: "production", check: "trust", because: "healed" }],
    });
    expect(read("watch.md")).toContain("## Watch\n\n2 environments: 1 healthy, 1 unhealthy, 0 unknown.");
    expect(read("watch.md")).toContain("### `staging: role: full`");
    expect(gitHub().asked).toEqual([]);
  });
});

describe("reports", () => {
  test("of a job that was cut off are named, and its environments count as not looked at", async () => {
    const { status, output } = await night({ says: { staging: undefined }, files: { "doctor-b/report.json": "{" } });
    expect(status).toBe(5);
    for (const text of [output, read("step-summary.md")]) expect(text).toContain('report.json" that is not JSON');
  });

  test("of a re-run touch no issue: its environment file is old, so issues of what was added since would be closed", async () => {
    await night({ says: { production: TRUST, added: TRUST } });
    const asked = gitHub().asked.length;
    const { status, output } = await night({ says: { production: {} }, env: { GITHUB_RUN_ATTEMPT: "2" } });
    expect(status).toBe(1);
    expect(output).toBe(
      'Received "2" for the variable GITHUB_RUN_ATTEMPT, expected 1: a re-run has an old environment file. Start a new run of the workflow, with "Run workflow".',
    );
    expect(gitHub().asked).toHaveLength(asked);
  });
});

test.each([
  [[], 2, "error: required option '--reports <folder>' not specified"],
  [["--reports", "reports", "--report", "nowhere/a.json"], 1, 'nowhere/a.json": ENOENT'],
  [
    ["--reports", "reports", "--github"],
    1,
    "Received nothing for the variable GITHUB_REPOSITORY, expected OWNER/NAME. Run `support-app watch --github` as .github/workflows/doctor.yml does.",
  ],
])(
  "support-app watch %j ends with %d and explains why, and nothing is requested or written",
  async (args, status, message) => {
    prepared({ says: {}, environments: { production: "read-only: {}" } });
    delete process.env.GITHUB_REPOSITORY;
    const inScratch = args.map((one) => (one.startsWith("--") ? one : path(one)));
    expect(await runSupportApp(["watch", ...inScratch])).toBe(status);
    expect(printed.join("\n")).toContain(message);
    expect(gitHub().asked).toEqual([]);
    expect(existsSync(path("nowhere"))).toBe(false);
  },
);

describe("a message to Slack", () => {
  const SECRET = "T000/B000/XsecretX";
  const env = { SLACK_WEBHOOK_URL: `https://hooks.slack.com/services/${SECRET}` };
  const texts: string[] = [];
  let status = 200;
  beforeEach(() => {
    texts.length = 0;
    status = 200;
    const real = globalThis.fetch;
    jest.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
      if (!String(url).startsWith("https://hooks.slack.com/")) return real(url, init);
      texts.push(JSON.parse(String(init?.body)).text);
      return new Response(`no_service for ${url}`, { status });
    });
  });
  afterEach(() => jest.restoreAllMocks());

  test("reports once what is new and what is healed, with links to the issues, and isn't sent if nothing changed", async () => {
    for (const _ of [1, 2]) await night({ says: { production: TRUST }, env });
    await night({ says: { production: {} }, env });
    const link = "<https://github.com/acme/access/issues/101|production: trust: full>";
    expect(texts).toEqual([
      `AWS Support App access: 1 new, 0 healed or closed, 0 others\n• new: ${link}`,
      `AWS Support App access: 0 new, 1 healed or closed, 0 others\n• healed: ${link}`,
    ]);
    gitHub().failures.set("GET /repos/acme/access/issues", { status: 502, message: "Bad Gateway" });
    const { output } = await night({ says: { production: TRUST }, env });
    expect(texts).toHaveLength(2);
    expect(output).toContain("Nothing was sent to SLACK_WEBHOOK_URL: the existing issues aren't known.");
  });

  test("is also sent with --since; without either, nothing is known to be new, which is reported", async () => {
    const since = ["--since", path("watch.json"), "--report", path("watch.json")];
    await night({ says: { production: TRUST }, args: since, env });
    expect(texts.splice(0)).toHaveLength(1);
    const { output } = await night({ says: { production: TRUST }, args: [], env });
    expect(texts).toEqual([]);
    expect(output).toContain(
      "Nothing was sent to SLACK_WEBHOOK_URL: without --github or --since, nothing is known to be new.",
    );
  });

  test("that Slack refuses is one sentence without the URL; issues, summary and report are kept", async () => {
    status = 404;
    const args = ["--github", "--report", path("watch.json")];
    const ended = await night({ says: { production: TRUST }, args, env });
    expect(ended.status).toBe(1);
    expect(ended.output).toContain("Can't send the message to SLACK_WEBHOOK_URL: status 404.");
    expect(issues()).toEqual(["#101 open production: trust: full"]);
    expect(watchReportSchema.safeParse(JSON.parse(read("watch.json"))).success).toBe(true);
    expect([ended.output, read("step-summary.md"), read("watch.json")].join()).not.toContain("XsecretX");
  });
});
