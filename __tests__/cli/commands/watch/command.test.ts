import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { watchReportSchema } from "../../../../cli/commands/watch/report";
import { runSupportApp } from "../../../../cli/program";
import { HOSTILE, outsideOfCode } from "../../../support/hostile";
import { doctorReport, type Said, TOKEN, watchingInTests } from "../../../support/watching";

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

  test("what can't be looked at for two nights stays in the report, with its earlier lines, and isn't new afterwards", async () => {
    await night({ says: { production: TRUST }, args: since() });
    for (const _ of [1, 2]) {
      const { status, output } = await night({ says: { production: undefined }, args: since() });
      expect(status).toBe(5);
      expect(output).toMatch(/^not looked at\s+production: trust: full$/m);
    }
    expect(read("watch.md")).toContain("it is otherwise");
    const { output } = await night({ says: { production: TRUST }, args: since() });
    expect(output).toMatch(/^stays\s+production: trust: full$/m);
  });

  test("without an earlier report, findings are listed, and nothing is new", async () => {
    expect((await night({ says: { production: TRUST }, args: [] })).output).toMatch(
      /^found {2}production: trust: full\n/,
    );
    expect(await night({ says: { production: {} }, args: [] })).toMatchObject({ status: 0 });
  });

  test("a broken report before is a sentence, and nothing is written", async () => {
    writeFileSync(path("before.json"), "{}");
    const { status, output } = await night({
      says: { production: {} },
      args: ["--since", path("before.json"), "--report", path("new.json")],
    });
    expect(status).toBe(1);
    expect(output).toMatch(/^Received --since ".*before\.json" in another form, expected /);
    expect(() => read("new.json")).toThrow();
  });
});

describe("reports", () => {
  test("of a job that was cut off: its environments count as not looked at, and it is named", async () => {
    const what = 'report.json" that is not JSON';
    const { status, output } = await night({
      says: { production: {}, staging: undefined },
      files: { "doctor-b/report.json": '{ "schemaVersion": 1, "environments": [' },
    });
    expect(status).toBe(5);
    expect(output).toContain(what);
    expect(issues()).toEqual(["#101 open staging: not looked at"]);
    expect(read("step-summary.md")).toContain(what);
  });

  test("with any text can't break the summary", async () => {
    await night({
      says: { production: undefined },
      files: { "doctor-b/report.json": `[f](g) @acme <img src=x> ${HOSTILE}` },
    });
    expect(outsideOfCode(read("step-summary.md"))).not.toMatch(/@acme|href="g|<img/);
  });

  test("that can't be used heal nothing: their environment isn't looked at, with the reason", async () => {
    await night({ says: { production: TRUST } });
    const report = JSON.stringify({ ...doctorReport({ production: {} }), readAt: undefined });
    const files = { "doctor-b/report.json": report };
    const { status } = await night({ says: { production: undefined }, files });
    expect(status).toBe(5);
    expect(issues()).toEqual(["#101 open production: trust: full", "#102 open production: not looked at"]);
    expect(gitHub().issues[1]?.body).toContain("found     one without a time");
    expect((await night({ says: { production: undefined }, files })).written).toEqual([]);
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

  test("two on one environment are one sentence, and no issue is touched", async () => {
    const args = prepared({ says: { production: TRUST } });
    const other = readFileSync(path("reports/doctor-a/report.json"), "utf8");
    const { status, output } = await night({ says: { production: TRUST }, files: { "old/report.json": other } });
    expect(status).toBe(1);
    expect(output).toMatch(/^Received two reports on the environment "production", ".*" and ".*", expected one/);
    expect(args).toContain("--github");
    expect(gitHub().asked).toEqual([]);
  });

  test("a missing folder has none: nothing is known, and nothing is healed", async () => {
    await night({ says: { production: TRUST } });
    prepared({ says: { production: {} } });
    expect(await runSupportApp(["watch", "--reports", path("nowhere"), "--github"])).toBe(5);
    expect(issues()).toEqual(["#101 open production: trust: full", "#102 open production: not looked at"]);
  });
});

test.each([
  [[], 2, "error: required option '--reports <folder>' not specified"],
  [["--reports", "reports", "--report", "nowhere/a.json"], 1, 'nowhere/a.json": ENOENT'],
  [["--reports", "reports", "--report", "."], 1, ": EISDIR"],
  [["--reports", "reports", "--summary", "nowhere/a.md"], 1, 'nowhere/a.md": ENOENT'],
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
  const received: { readonly text: string; readonly headers: IncomingHttpHeaders; readonly url?: string }[] = [];
  let answers: { readonly status: number; readonly headers?: Record<string, string> };
  let server: Server;
  beforeAll(async () => {
    server = createServer((incoming, outgoing) => {
      let text = "";
      incoming.on("data", (part) => {
        text += part;
      });
      incoming.on("end", () => {
        received.push({ text: JSON.parse(text).text, headers: incoming.headers, url: incoming.url });
        if (answers.status === 0) incoming.socket.destroy();
        else outgoing.writeHead(answers.status, answers.headers).end(`no_service for ${incoming.url}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => {
    received.length = 0;
    answers = { status: 200 };
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const env = () => ({
    SLACK_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/${SECRET}`,
  });
  const texts = () => received.splice(0).map(({ text }) => text);

  test("reports once what is new and what is healed, with links to the issues, and isn't sent if nothing changed", async () => {
    await night({ says: { production: TRUST, staging: ROLE }, env: env() });
    expect(texts()).toEqual([
      `AWS Support App access: 2 new, 0 healed or closed, 0 others
• new: <https://github.com/acme/access/issues/101|production: trust: full>
• new: <https://github.com/acme/access/issues/102|staging: role: full>`,
    ]);
    await night({ says: { production: TRUST, staging: ROLE }, env: env() });
    expect(texts()).toEqual([]);
    await night({ says: { production: TRUST, staging: {} }, env: env() });
    expect(texts()).toEqual([
      `AWS Support App access: 0 new, 1 healed or closed, 1 others
• healed: <https://github.com/acme/access/issues/102|staging: role: full>`,
    ]);
  });

  test("has nobody's name, mentions nobody, and has no token", async () => {
    const about = ["full", "inline policy", "<!channel> @here jane.doe@example.com & <https://evil.example.com|x>"];
    await night({ says: { production: { findings: { "unexpected-access": [{ about }] } } }, env: env() });
    const [text = ""] = texts();
    expect(text.replace("<https://github.com/acme/access/issues/101|", "").replace(/>$/, "")).not.toMatch(
      /[<>&@]|jane/,
    );
    expect(text).not.toContain(TOKEN);
  });

  test("is also sent with --since; without either, nothing is known to be new, which is reported", async () => {
    const since = ["--since", path("watch.json"), "--report", path("watch.json")];
    await night({ says: { production: TRUST }, args: since, env: env() });
    expect(texts()).toEqual([
      "AWS Support App access: 1 new, 0 healed or closed, 0 others\n• new: production: trust: full",
    ]);
    const { output } = await night({ says: { production: TRUST }, args: [], env: env() });
    expect(texts()).toEqual([]);
    expect(output).toContain(
      "Nothing was sent to SLACK_WEBHOOK_URL: without --github or --since, nothing is known to be new.",
    );
  });

  test("isn't sent if GitHub doesn't list the issues, which is reported", async () => {
    gitHub().failures.set("GET /repos/acme/access/issues", { status: 502, message: "Bad Gateway" });
    const { output } = await night({ says: { production: TRUST }, env: env() });
    expect(texts()).toEqual([]);
    expect(output).toContain("Nothing was sent to SLACK_WEBHOOK_URL: the existing issues aren't known.");
    expect(output).not.toContain("without --github");
  });

  test.each([
    [{ status: 302, headers: { location: "http://127.0.0.1:1/elsewhere" } }, "status 302"],
    [{ status: 0 }, "no answer"],
  ])(
    "that Slack answers with %j is one sentence without the URL; issues, summary and report are kept",
    async (instead, what) => {
      answers = instead;
      const { status, output } = await night({
        says: { production: TRUST },
        args: ["--github", "--report", path("watch.json")],
        env: env(),
      });
      expect(status).toBe(1);
      expect(output).toContain(`Can't send the message to SLACK_WEBHOOK_URL: ${what}.`);
      expect(issues()).toEqual(["#101 open production: trust: full"]);
      expect(watchReportSchema.safeParse(JSON.parse(read("watch.json"))).success).toBe(true);
      expect([output, read("step-summary.md"), read("watch.json")].join()).not.toMatch(
        /XsecretX|127\.0\.0\.1:\d+\/services/,
      );
    },
  );

  test("isn't sent to an invalid URL, which isn't repeated, and no issue is touched", async () => {
    const env = { SLACK_WEBHOOK_URL: `https://example.com/services/${SECRET}` };
    const { status, output } = await night({ says: { production: TRUST }, env });
    expect(status).toBe(1);
    expect(output).toMatch(/^Received an invalid value in SLACK_WEBHOOK_URL, /);
    expect(output).not.toMatch(/secret/i);
    expect(gitHub().asked).toEqual([]);
  });
});
