import { runSupportApp } from "../../../../cli/program";
import { type Actor, type Failure, GITHUB_ACTIONS, type StoredIssue } from "../../../support/answering-github";
import { HOSTILE, outsideOfCode, shownIn } from "../../../support/hostile";
import { sample } from "../../../support/thorough";
import { type Said, watchingInTests } from "../../../support/watching";

const { night, prepared, gitHub, issues, comments, printed, read, scratch } = watchingInTests();

const ALICE: Actor = { id: 1, login: "alice", type: "User" };
const TRUST: Said = { findings: { trust: [{ subject: "trust of the role AWSSupportAppFullRole (full)" }] } };
const ROLE: Said = { findings: { role: [{}] } };
const HEALED = "Closed: doctor no longer finds this, or environments.yaml no longer has it.";
const REOPENED = "Reopened: doctor finds this. To silence it, close it as not planned.";

const issue = (number: number): StoredIssue => {
  const found = gitHub().issues.find((one) => one.number === number);
  if (!found) throw new Error(`There is no issue ${number}.`);
  return found;
};

test("three nights: an issue is opened for a finding, stays as it is, and closes itself with a comment", async () => {
  const first = await night({ says: { production: TRUST, staging: {} } });
  expect(first.status).toBe(4);
  expect(issues()).toEqual(["#101 open production: trust: full"]);
  expect(issue(101).labels).toEqual([{ name: "support-app-watch" }]);
  expect(issue(101).body?.replace(/^<!--.*-->\n/, "")).toMatchInlineSnapshot(`
"\`support-app doctor\` finds this in \`production\`, account \`111122223333\`.

      unhealthy: trust: trust of the role AWSSupportAppFullRole (full)
        expected  it is as environments.yaml says
        found     it is otherwise
        fix       Deploy the environment.
                  $ npx support-app deploy production

<sub>This issue closes itself when doctor no longer finds this. Close it as not planned to silence it while it lasts. Write comments: the text above is replaced.</sub>
"
`);
  expect(first.output).toContain("new  production: trust: full  https://github.com/acme/access/issues/101");

  const second = await night({ says: { production: TRUST, staging: ROLE } });
  expect(second).toMatchObject({ status: 4, written: ["POST /labels", "POST /issues"] });
  expect(issues()).toEqual(["#101 open production: trust: full", "#102 open staging: role: full"]);
  expect(comments(101)).toEqual([]);

  const third = await night({ says: { production: {}, staging: ROLE } });
  expect(third).toMatchObject({ status: 4, written: ["PATCH /issues/101", "POST /issues/101/comments"] });
  expect(issues()).toEqual(["#101 closed (completed) production: trust: full", "#102 open staging: role: full"]);
  expect(comments(101)).toEqual(["Closed: doctor no longer finds this, or environments.yaml no longer has it."]);
  expect(third.output).toContain("healed  production: trust: full  https://github.com/acme/access/issues/101");

  expect(await night({ says: { production: {}, staging: ROLE } })).toMatchObject({ written: [] });
  expect(await night({ says: { production: {}, staging: {} } })).toMatchObject({ status: 0 });
});

test("findings about the same thing are one issue, however they are worded, and it is edited if that changes", async () => {
  const says = (...found: string[]) => ({
    production: {
      findings: { "slack-channels": found.map((one) => ({ about: ["channel", "T1", "C1"], found: one })) },
    },
  });
  await night({ says: says("it is public") });
  const { written } = await night({ says: says("it is archived", "it is shared") });
  expect(written).toEqual(["PATCH /issues/101"]);
  expect(issues()).toEqual(["#101 open production: slack-channels: channel T1 C1"]);
  for (const one of ["it is archived", "it is shared"]) expect(issue(101).body).toContain(one);
  expect(issue(101).body).not.toContain("it is public");
  expect((await night({ says: says("it is archived", "it is shared") })).written).toEqual([]);
});

test("a finding that comes back reopens its issue, with a comment each time", async () => {
  for (const says of [TRUST, {}, TRUST, {}, TRUST]) await night({ says: { production: says } });
  expect(issues()).toEqual(["#101 open production: trust: full"]);
  expect(comments(101)).toEqual([
    "Closed: doctor no longer finds this, or environments.yaml no longer has it.",
    REOPENED,
    "Closed: doctor no longer finds this, or environments.yaml no longer has it.",
    REOPENED,
  ]);
});

describe("somebody closes an issue by hand", () => {
  test("as completed while the finding stays: it is reopened, with a comment on how to silence it", async () => {
    await night({ says: { production: TRUST } });
    Object.assign(issue(101), { state: "closed", state_reason: "completed" });
    await night({ says: { production: TRUST } });
    expect(issues()).toEqual(["#101 open production: trust: full"]);
    expect(comments(101)).toEqual([REOPENED]);
  });

  test("as not planned: it stays closed and is counted, until the finding is healed and comes back", async () => {
    await night({ says: { production: TRUST } });
    Object.assign(issue(101), { state: "closed", state_reason: "not_planned" });
    const silent = await night({ says: { production: TRUST } });
    expect(silent).toMatchObject({ status: 4, written: [] });
    expect(silent.output).toContain("Findings: 1 silenced.");
    await night({ says: { production: {} } });
    expect(comments(101)).toEqual([]);
    await night({ says: { production: TRUST } });
    expect(issues()).toEqual(["#101 open production: trust: full"]);
    expect(comments(101)).toEqual([REOPENED]);
  });
});

test("an issue that somebody reopens by hand once it is healed can be silenced as any other", async () => {
  for (const says of [TRUST, {}]) await night({ says: { production: says } });
  Object.assign(issue(101), { state: "open", state_reason: "reopened" });
  await night({ says: { production: TRUST } });
  Object.assign(issue(101), { state: "closed", state_reason: "not_planned" });
  expect(await night({ says: { production: TRUST } })).toMatchObject({ status: 4, written: [] });
  expect(issues()).toEqual(["#101 closed (not_planned) production: trust: full"]);
});

describe("what can't be looked at", () => {
  test("keeps its issue, and the environment gets a separate one, from the first night on", async () => {
    await night({ says: { production: TRUST } });
    const { status, output } = await night({ says: { production: undefined } });
    expect(status).toBe(5);
    expect(output).toMatch(/^not looked at\s+production: trust: full /m);
    expect(issues()).toEqual(["#101 open production: trust: full", "#102 open production: not looked at"]);
    expect(issue(102).body).toContain("none: its job didn't start, or ended early");
    await night({ says: { production: {} } });
    expect(issues()).toEqual([
      "#101 closed (completed) production: trust: full",
      "#102 closed (completed) production: not looked at",
    ]);
    expect(comments(102)).toEqual(["Closed: nothing is unknown any more."]);
  });

  test("is one issue for an environment, however much it is, such as if credentials fail", async () => {
    const unknown = { answer: "unknown" as const, about: ["credentials"], found: "ExpiredToken" };
    const waits = { trust: "credentials", role: "credentials" };
    await night({ says: { production: { findings: { ...TRUST.findings, ...ROLE.findings } } } });
    await night({ says: { production: { findings: { credentials: [unknown], channels: [unknown] }, waits } } });
    expect(issues()).toEqual([
      "#101 open production: role: full",
      "#102 open production: trust: full",
      "#103 open production: not looked at",
    ]);
    expect(issue(103).body?.match(/ExpiredToken/g)).toHaveLength(2);
  });
});

test("what is no longer looked for closes its issue with the reason, such as an environment that was removed", async () => {
  await night({ says: { staging: {}, production: TRUST } });
  const { output } = await night({ says: { staging: {} } });
  expect(issues()).toEqual(["#101 closed (completed) production: trust: full"]);
  expect(comments(101)).toEqual([
    "Closed: the environment `production` is no longer in the environment file. Its account wasn't looked at.",
  ]);
  expect(output).toMatch(/^closed: /m);
});

test("an environment that SUPPORT_APP_ONLY leaves out doesn't count as removed, nor does one of another file", async () => {
  await night({ says: { staging: {}, production: TRUST } });
  await night({ says: { staging: {}, production: undefined }, env: { SUPPORT_APP_ONLY: "staging" } });
  await night({ says: { other: TRUST }, file: "others.yaml" });
  expect(issues()).toEqual(["#101 open production: trust: full", "#102 open other: trust: full"]);
});

test("an issue of a person with the very text stays as it is, and the finding gets its own", async () => {
  await night({ says: { production: TRUST } });
  const copy = { ...issue(101), number: 50, written: [], user: ALICE };
  gitHub().issues.splice(0, 1, copy);
  const text = JSON.stringify(copy);
  await night({ says: { production: TRUST } });
  expect(gitHub().issues).toHaveLength(2);
  await night({ says: { production: {} } });
  expect(JSON.stringify(gitHub().issues[0])).toBe(text);
  expect(gitHub().issues[1]).toMatchObject({ state: "closed", user: GITHUB_ACTIONS });
});

describe("somebody edits an issue:", () => {
  test("its text and title are replaced, but not because of line breaks of Windows", async () => {
    await night({ says: { production: TRUST } });
    const { body, title } = issue(101);
    issue(101).body = body?.replaceAll("\n", "\r\n") ?? "";
    expect((await night({ says: { production: TRUST } })).written).toEqual([]);
    Object.assign(issue(101), { title: "The trust thing", body: `Alice looks into it.\n${body}` });
    expect((await night({ says: { production: TRUST } })).written).toEqual(["PATCH /issues/101"]);
    expect(issue(101)).toMatchObject({ title, body });
  });

  test("without its mark, it is no longer kept, and the finding gets another", async () => {
    await night({ says: { production: TRUST } });
    for (const body of ["", issue(101).body?.replace("support-app watch ", "support-app watch A") ?? ""]) {
      issue(101).body = body;
      await night({ says: { production: TRUST } });
      expect(issues()).toEqual(["#101 open production: trust: full", "#102 open production: trust: full"]);
      expect(issue(101).body).toBe(body);
    }
  });
});

/** What must hold after a night, whatever happened before. */
function expectOneIssueEach(open: readonly string[], closed: readonly string[]): void {
  const withState = (state: string) =>
    gitHub()
      .issues.filter((one) => one.state === state)
      .map(({ title }) => title.replace(/ \(.*/, ""));
  expect(withState("open").sort()).toEqual([...open].sort());
  expect(withState("closed").sort()).toEqual([...closed].sort());
}

describe("an interrupted night", () => {
  const before = { production: { findings: { ...TRUST.findings, ...ROLE.findings } }, staging: {}, qa: ROLE };
  const after = { production: ROLE, staging: TRUST, qa: {} };

  /** Two nights, a third with returning and changed findings that is interrupted, and another one. */
  async function cutOff(requests: number, isDone: boolean): Promise<boolean> {
    gitHub().reset();
    await night({ says: before });
    await night({ says: { ...before, qa: {} } });
    const last = gitHub().asked.length + requests;
    gitHub().cut = { after: last, isDone };
    const third = { ...after, production: { findings: { role: [{ found: "something else" }] } }, qa: ROLE };
    const { status, output } = await night({ says: third });
    const isCut = gitHub().asked.length > last;
    const failures = output.match(/GitHub didn't answer .*/g) ?? [];
    expect([status, failures.length > 0]).toEqual(isCut ? [1, true] : [4, false]);
    // watch refuses a re-run of the job.
    for (const one of failures) expect(one).toContain('Start a new run of the workflow, with "Run workflow".');
    gitHub().cut = undefined;
    await night({ says: third });
    expectOneIssueEach(
      ["production: role: full", "qa: role: full", "staging: trust: full"],
      ["production: trust: full"],
    );
    const written = gitHub().issues.map(({ number }) => comments(number)?.join());
    expect(written).toEqual([
      "",
      expect.stringMatching(`^(${HEALED})?$`),
      expect.stringMatching(`^${HEALED}(,${REOPENED})?$`),
      "",
    ]);
    expect(issue(101).body).toContain("something else");
    expect((await night({ says: third })).written).toEqual([]);
    return isCut;
  }

  test("between any two requests is completed by the next one: never two issues, no comment twice", async () => {
    const moments = Array.from({ length: 8 }, (_, requests) => requests);
    for (const requests of sample(moments, 4)) {
      for (const isDone of [false, true]) expect(await cutOff(requests, isDone)).toBe(true);
    }
    expect(await cutOff(moments.length, false)).toBe(false);
  });
});

test("two nights at once: the next one closes what both have opened", async () => {
  const says = { production: TRUST, staging: ROLE };
  const args = prepared({ says });
  await Promise.all([runSupportApp(args), runSupportApp(args)]);
  expect(gitHub().issues.length).toBeGreaterThan(2);
  await night({ says });
  expect(
    issues()
      .filter((one) => one.includes(" open "))
      .map((one) => one.replace(/#\d+ /, "")),
  ).toEqual([
    expect.stringMatching(/^open (production: trust|staging: role): full$/),
    expect.stringMatching(/^open (production: trust|staging: role): full$/),
  ]);
  const closed = gitHub().issues.filter(({ state }) => state === "closed");
  for (const { written } of closed) expect(written[0]?.body).toMatch(/Duplicate of #10\d\.$/);
  expect((await night({ says })).written).toEqual([]);
  await night({ says: { production: {}, staging: {} } });
  expectOneIssueEach(
    [],
    gitHub().issues.map(({ title }) => title.replace(/ \(.*/, "")),
  );
});

test("one mistake in a whole fleet opens 25 issues, the rest is counted, and another check still has room", async () => {
  const says = (broken: number) => ({
    ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`e${index}`, index < broken ? TRUST : {}])),
    e59: { findings: { ...TRUST.findings, ...ROLE.findings } },
  });
  const first = await night({ says: says(60) });
  expect(first.output).toContain("35 findings have no issue: at most 25 issues of a check are open at once.");
  expect(issues().filter((one) => one.includes(": trust: "))).toHaveLength(25);
  expect(issues()).toContain("#126 open e59: role: full");
  const second = await night({ says: says(60) });
  expect(second.written).toEqual([]);
  expect(second.output).toContain("Findings: 26 stays, 35 without an issue.");
  Object.assign(issue(101), { state: "closed", state_reason: "not_planned" });
  await night({ says: says(60) });
  expect(issues().filter((one) => one.includes("open") && one.includes(": trust: "))).toHaveLength(25);
});

test("a finding that comes back while 25 others of its check are open has no issue, and isn't shown with its closed one", async () => {
  const names = Array.from({ length: 26 }, (_, index) => `e${index}`);
  const says = (healthy: string) => Object.fromEntries(names.map((name) => [name, name === healthy ? {} : TRUST]));
  await night({ says: says("e25") });
  await night({ says: says("e0") });
  const { output } = await night({ says: says("nobody") });
  expect(output).toMatch(/^without an issue\s+e0: trust: full$/m);
  expect(output).toContain("Findings: 1 without an issue, 25 stays.");
});

describe("GitHub fails:", () => {
  const HTML = "<html><body>Login</body></html>";
  const failures: [string, Failure][] = [
    ["401", { status: 401, message: "Bad credentials" }],
    ["403", { status: 403, message: "Resource not accessible by integration" }],
    ["404", { status: 404, message: "Not Found" }],
    ["410", { status: 410, message: "Issues are disabled for this repo" }],
    ["422", { status: 422, message: "Validation Failed" }],
    ["502 in HTML", { status: 502, body: HTML }],
    ["a login page", { status: 200, body: HTML }],
    ["a list of something else", { status: 200, body: [{ number: "x" }] }],
    [
      "a limit that lasts an hour",
      { status: 403, message: "You have exceeded a secondary rate limit", retryAfter: 3600 },
    ],
  ];
  const requests = ["GET /issues", "POST /issues", "POST /issues/101/comments", "PATCH /issues/101"];
  const cases = failures.flatMap(([what, failure]) => requests.map((request) => [request, what, failure] as const));

  test.each(sample(cases, 5))(
    "%s answers %s: one sentence, the summary is written, and the next night does the rest",
    async (request, _, failure) => {
      await night({ says: { production: TRUST, staging: {} } });
      const [method, path] = request.split(" ");
      gitHub().failures.set(`${method} /repos/acme/access${path}`, failure);
      const { status, output } = await night({ says: { production: {}, staging: ROLE } });
      expect(status).toBe(1);
      expect(output).toMatch(
        /^(GitHub (answered|didn't answer)|Received .* from GitHub to) (GET|POST|PATCH) \/repos\/acme\/access\/issues.*\.$/m,
      );
      expect(read("step-summary.md")).toContain("## Watch");
      gitHub().failures.clear();
      await night({ says: { production: {}, staging: ROLE } });
      expectOneIssueEach(["staging: role: full"], ["production: trust: full"]);
    },
  );

  test("a login page in GitHub's place has closed nothing, and nothing counts as healed", async () => {
    await night({ says: { production: TRUST } });
    gitHub().failures.set("PATCH /repos/acme/access/issues/101", { status: 200, body: HTML });
    const { status, output } = await night({ says: { production: {} } });
    expect(status).toBe(1);
    expect(output).toContain(
      "from GitHub to PATCH /repos/acme/access/issues/101, expected what its REST API documents.",
    );
    expect(output).not.toContain("healed  ");
    expectOneIssueEach(["production: trust: full"], []);
  });

  test("an issue that allows no comment, as after 2,500, is closed and reopened without one", async () => {
    await night({ says: { production: TRUST, staging: TRUST } });
    const message = "Commenting is disabled on issues with more than 2500 comments";
    gitHub().failures.set("POST /repos/acme/access/issues/101/comments", { status: 403, message });
    const healed = await night({ says: { production: {}, staging: {}, qa: ROLE } });
    expect(healed.status).toBe(1);
    expect(healed.output).toMatch(/^GitHub answered POST .*\/issues\/101\/comments with status 403 /m);
    expectOneIssueEach(["qa: role: full"], ["production: trust: full", "staging: trust: full"]);
    expect((await night({ says: { production: {}, staging: {}, qa: ROLE } })).written).toEqual([]);
    await night({ says: { production: TRUST, staging: {}, qa: {} } });
    expectOneIssueEach(["production: trust: full"], ["qa: role: full", "staging: trust: full"]);
  });

  test("an issue that can't be changed doesn't stop the others", async () => {
    await night({ says: { production: TRUST, staging: TRUST } });
    gitHub().failures.set("PATCH /repos/acme/access/issues/101", { status: 403, message: "Refused" });
    await night({ says: { production: {}, staging: {}, qa: ROLE } });
    expectOneIssueEach(["production: trust: full", "qa: role: full"], ["staging: trust: full"]);
  });

  test("at a rate limit that lasts, no more requests are sent", async () => {
    await night({ says: { production: TRUST, staging: TRUST } });
    const limit = { status: 403, message: "You have exceeded a secondary rate limit", retryAfter: 3600 };
    gitHub().failures.set("POST /repos/acme/access/issues/101/comments", limit);
    expect((await night({ says: { production: {}, staging: {} } })).output).toContain(
      "No more requests were sent to GitHub.",
    );
    expectOneIssueEach(["staging: trust: full"], ["production: trust: full"]);
  });

  test("after five failures in a row, no more requests are sent", async () => {
    gitHub().failures.set("POST /repos/acme/access/issues", { status: 500, message: "Server Error" });
    const { output, written } = await night({
      says: Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, TRUST])),
    });
    expect(written.filter((call) => call === "POST /issues")).toHaveLength(5);
    expect(output).toMatch(/\nNo more requests were sent to GitHub\. The next run does the rest\.$/);
  });

  test("one issue that GitHub refuses doesn't stop the others", async () => {
    await night({ says: { production: TRUST, staging: TRUST } });
    gitHub().failures.set("PATCH /repos/acme/access/issues/101", { status: 422, message: "Validation Failed" });
    await night({ says: { production: {}, staging: {} } });
    expectOneIssueEach(["production: trust: full"], ["staging: trust: full"]);
  });

  test("a secondary limit is waited for as long as GitHub asks, and the request is then done once", async () => {
    const limit = { status: 403, message: "You have exceeded a secondary rate limit", retryAfter: 0 };
    gitHub().failures.set("POST /repos/acme/access/issues", { ...limit, times: 2 });
    const { status, output } = await night({ says: { production: TRUST } });
    expect(status).toBe(4);
    expect(output.match(/GitHub asks to wait 0 seconds …/g)).toHaveLength(2);
    expect(issues()).toEqual(["#101 open production: trust: full"]);
  });

  test("an issue from another token wouldn't be recognized the next night: it is closed again, and no other is opened", async () => {
    gitHub().self = ALICE;
    const { status, output } = await night({ says: { production: TRUST, staging: TRUST } });
    expect(status).toBe(1);
    expect(output).toContain("Received an issue that wasn't opened by github-actions[bot]");
    expect(output).toContain("production: trust: full"); // what doctor found is printed all the same
    expect(issues()).toEqual(["#101 closed (not_planned) production: trust: full"]);
  });
});

test("text from AWS is shown as it is: no link, no image, no mention, and nothing is taken for the mark", async () => {
  const mark = `<!-- support-app watch ${Buffer.from("{}").toString("base64")} -->`;
  const hostile = `${HOSTILE} @acme/everyone https://evil.example.com www.evil.example.com #1 ${mark}`;
  const about = ["full", "policy", `arn:aws:iam::aws:policy/${hostile}`];
  const of = { about, subject: hostile, expected: hostile, found: `${hostile}\n${mark}\n@acme` };
  const fix = { text: hostile, change: { environments: { production: hostile } }, commands: [hostile] };
  await night({ says: { production: { findings: { "unexpected-access": [{ ...of, fix }] } } } });
  for (const text of [issue(101).body ?? "", read("step-summary.md")]) {
    expect(shownIn(text)).toEqual([]);
    expect(outsideOfCode(text)).not.toMatch(/@|evil|#1 /);
    expect(text).not.toContain(`\n${mark}`);
  }
  expect(issue(101).title).not.toMatch(/[@#<>[\]`*]|:\/\/|www\./i);
  expect(
    (await night({ says: { production: { findings: { "unexpected-access": [{ ...of, fix }] } } } })).written,
  ).toEqual([]);
});

test("no person's name or address is in an issue, the summary or the output", async () => {
  const found = [
    "arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Admin_abc/jane.doe@example.com, which is of the account 1",
    "User: arn:aws:iam::444455556666:user/staff/janedoe is not authorized",
  ];
  const about = ["full", "inline policy", "for-jane.doe@example.com"];
  await night({
    says: { production: { findings: { trust: found.map((one) => ({ found: one, subject: one, about })) } } },
  });
  const all = [JSON.stringify(gitHub().issues), read("step-summary.md"), printed.join("\n")].join("\n");
  expect(all).not.toMatch(/jane|example\.com/i);
  expect(issue(101).body).toContain("assumed-role/AWSReservedSSO_Admin_abc/…, which is of the account 1");
  const mark = Buffer.from(issue(101).body?.split(" ")[3] ?? "", "base64").toString();
  expect(mark).not.toContain("jane");
  expect(mark).not.toContain(scratch.split("/").at(-1) === undefined ? "" : "jane");
});
