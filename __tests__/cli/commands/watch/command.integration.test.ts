import { watchReportSchema } from "../../../../cli/commands/watch/watch-report";
import { testHelp } from "../../../support/help";
import { notice, type Said, watchingInTests } from "../../../support/watching";

testHelp("watch");

const { night, gitHub, issues, read: readText, path } = watchingInTests();

const TRUST: Said = { findings: { trust: [{}] } };
const ROLE: Said = { findings: { role: [{}] } };

const SINCE = ["--since", path("watch.json"), "--report", path("watch.json"), "--summary", path("watch.md")];

test("the earlier report tells, without GitHub, what is new, what stays and what is healed", async () => {
  expect(await night({ says: { production: TRUST, staging: {}, qa: TRUST }, args: SINCE })).toEqual({
    status: 4,
    output: `new  production: trust: full
new  qa: trust: full
3 environments: 1 healthy, 2 unhealthy, 0 unknown. Findings: 2 new.`,
    written: [],
  });
  const { output } = await night({ says: { production: {}, staging: ROLE, qa: TRUST }, args: SINCE });
  expect(output.split("\n").slice(0, -1)).toEqual([
    "new     staging: role: full",
    "stays   qa: trust: full",
    "healed  production: trust: full",
  ]);
  expect(watchReportSchema.parse(JSON.parse(readText("watch.json")))).toMatchObject({
    answer: "unhealthy",
    findings: [
      { subject: { environment: "staging" }, kind: "role", about: ["full"], state: "found", change: "new" },
      { subject: { environment: "qa" }, change: "stays" },
    ],
    healed: [{ subject: { environment: "production" }, kind: "trust", because: "healed" }],
  });
  expect(readText("watch.md")).toContain("## Watch\n\n3 environments: 1 healthy, 2 unhealthy, 0 unknown.");
  expect(readText("watch.md")).toContain("### `staging: role: full`");
  expect(gitHub().asked).toEqual([]);
});

test("reports of a job that was cut off are named, and its environments count as not looked at", async () => {
  const { status, output } = await night({ says: { staging: undefined }, files: { "doctor-b/report.json": "{" } });
  expect(status).toBe(5);
  for (const text of [output, readText("step-summary.md")]) expect(text).toContain('report.json" that is not JSON');
});

test.each([
  [
    "a re-run, whose environment file is old: issues of what was added since would be closed",
    { GITHUB_RUN_ATTEMPT: "2" },
    'Received "2" for the variable GITHUB_RUN_ATTEMPT, expected 1: a re-run has an old environment file. Start a new run of the workflow, with "Run workflow".',
  ],
  [
    "a run outside a workflow",
    { GITHUB_REPOSITORY: "" },
    'Received "" for the variable GITHUB_REPOSITORY, expected OWNER/NAME. Run `support-app watch --github` as .github/workflows/doctor.yml does.',
  ],
])("%s asks and writes nothing", async (_, env, output) => {
  expect(await night({ says: { production: {} }, env })).toEqual({ status: 1, output, written: [] });
  expect(gitHub().asked).toEqual([]);
});

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

  test("a message to Slack reports once what is new and what is healed, with links to the issues, and isn't sent if nothing changed", async () => {
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

  test("a message to Slack tells an end that is near, and again when it has passed, each once, with an issue, though all is healthy", async () => {
    const END = ["all", "2026-12-31"] as const;
    const [near, passed] = [notice("ending", ...END), notice("ended", ...END)].map((item) => ({ notices: [item] }));
    const nights = [];
    for (const production of [near, near, passed, { notices: [] }])
      nights.push(await night({ says: { production }, env }));
    expect(nights.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(nights[0]?.output).toMatch(/^new {2}production: ending: full all 2026-12-31 {2}https/);
    expect(nights[1]?.output).toMatch(
      /^stays {2}production: ending: [\s\S]*1 healthy, 0 unhealthy[\s\S]*Findings: 1 stays\.$/,
    );
    const link = (number: number, title: string) => `<https://github.com/acme/access/issues/${number}|${title}>`;
    const [ending, endedLink] = ["ending", "ended"].map((kind, index) =>
      link(101 + index, `production: ${kind}: full all 2026-12-31`),
    );
    expect(texts).toEqual([
      `AWS Support App access: 1 new, 0 healed or closed, 0 others\n• new: ${ending}`,
      `AWS Support App access: 1 new, 1 healed or closed, 0 others\n• new: ${endedLink}\n• closed: ${ending}`,
      `AWS Support App access: 0 new, 1 healed or closed, 0 others\n• closed: ${endedLink}`,
    ]);
    expect(issues()).toEqual([
      "#101 closed (completed) production: ending: full all 2026-12-31",
      "#102 closed (completed) production: ended: full all 2026-12-31",
    ]);
    expect(gitHub().issues[0]?.body).toContain("\n        found     The full access is ending.\n");
  });

  test("a message to Slack is also sent with --since; without either, nothing is known to be new, which is reported", async () => {
    await night({ says: { production: TRUST }, args: SINCE, env });
    expect(texts.splice(0)).toHaveLength(1);
    const { output } = await night({ says: { production: TRUST }, args: [], env });
    expect(texts).toEqual([]);
    expect(output).toContain(
      "Nothing was sent to SLACK_WEBHOOK_URL: without --github or --gitlab, or --since, nothing is known to be new.",
    );
  });

  test("a message that Slack refuses is one sentence without the URL; issues, summary and report are kept", async () => {
    status = 404;
    const args = ["--github", "--report", path("watch.json")];
    const result = await night({ says: { production: TRUST }, args, env });
    expect(result.status).toBe(1);
    expect(result.output).toContain("Can't send the message to SLACK_WEBHOOK_URL: status 404.");
    expect(issues()).toEqual(["#101 open production: trust: full"]);
    expect(watchReportSchema.safeParse(JSON.parse(readText("watch.json"))).success).toBe(true);
    expect([result.output, readText("step-summary.md"), readText("watch.json")].join()).not.toContain("XsecretX");
  });
});
