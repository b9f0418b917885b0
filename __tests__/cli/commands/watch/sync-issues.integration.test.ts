import { ALICE, type Failure, GITHUB_ACTIONS, type StoredIssue } from "../../../support/answering-github";
import { HOSTILE, outsideOfCode, shownIn } from "../../../support/hostile";
import { type Said, watchingInTests } from "../../../support/watching";

const { night, gitHub, issues, comments, printed, read: readText } = watchingInTests();

const TRUST: Said = { findings: { trust: [{ resource: "trust of the role AWSSupportAppFullRole (full)" }] } };
const ROLE: Said = { findings: { role: [{}] } };
const HEALED = "Closed: this is no longer found, or environments.yaml no longer has it.";
const REOPENED = "Reopened: this is found again. To silence it, close it as not planned.";

const issue = (number: number): StoredIssue => {
  const match = gitHub().issues.find((candidate) => candidate.number === number);
  if (!match) throw new Error(`There is no issue ${number}.`);
  return match;
};
const close = (number: number, state_reason: string) => Object.assign(issue(number), { state: "closed", state_reason });

test("an issue is opened for a finding, stays as it is the next nights, and closes itself with a comment", async () => {
  const first = await night({ says: { production: TRUST, staging: {} } });
  expect(first.status).toBe(4);
  expect(issues()).toEqual(["#101 open production: trust: full"]);
  expect(issue(101).labels).toEqual([{ name: "support-app-watch" }]);
  expect(first.output).toContain("new  production: trust: full  https://github.com/acme/access/issues/101");

  const second = await night({ says: { production: TRUST, staging: ROLE } });
  expect(second).toMatchObject({ status: 4, written: ["POST /labels", "POST /issues"] });

  const third = await night({ says: { production: {}, staging: ROLE } });
  expect(third).toMatchObject({ status: 4, written: ["PATCH /issues/101", "POST /issues/101/comments"] });
  expect(issues()).toEqual(["#101 closed (completed) production: trust: full", "#102 open staging: role: full"]);
  expect(comments(101)).toEqual([HEALED]);
  expect(third.output).toContain("healed  production: trust: full  https://github.com/acme/access/issues/101");
  expect(issue(102).body).toContain("in `staging`, account `111122223334`:");
  const fourth = await night({ says: { production: {}, staging: ROLE } });
  expect(fourth.written).toEqual([]);
  expect(fourth.output).not.toContain("healed");
});

test("a finding that comes back, or stays when somebody closes its issue as completed, reopens it with a comment", async () => {
  for (const says of [TRUST, {}]) await night({ says: { production: says } });
  expect((await night({ says: { production: TRUST } })).output).toMatch(/^new {2}production: trust: full/);
  close(101, "completed");
  await night({ says: { production: TRUST } });
  expect(issues()).toEqual(["#101 open production: trust: full"]);
  expect(comments(101)).toEqual([HEALED, REOPENED, REOPENED]);
});

test("a finding whose issue is closed by hand as not planned or as a duplicate is silenced, until it is healed and comes back", async () => {
  await night({ says: { production: TRUST } });
  close(101, "not_planned");
  const silent = await night({ says: { production: TRUST } });
  expect(silent).toMatchObject({ status: 4, written: [] });
  expect(silent.output).toContain("Findings: 1 silenced.");
  expect(silent.output).toContain("/issues/101");
  await night({ says: { production: undefined } });
  expect((await night({ says: { production: TRUST } })).output).toContain("1 silenced");
  await night({ says: { production: {} } });
  expect(comments(101)).toEqual([]);
  await night({ says: { production: TRUST } });
  const [, , newIssue = ""] = issues();
  expect(newIssue).toBe("#103 open production: trust: full");
  close(103, "duplicate");
  expect((await night({ says: { production: TRUST } })).output).toContain("1 silenced");
});

test("what can't be looked at keeps its issue, and the environment gets a separate one", async () => {
  await night({ says: { production: TRUST } });
  const { status, output } = await night({ says: { production: undefined } });
  expect(status).toBe(5);
  expect(output).toMatch(/^not looked at\s+production: trust: full {2}https:.*101$/m);
  expect(issues()).toEqual(["#101 open production: trust: full", "#102 open production: not looked at"]);
  await night({ says: { production: {} } });
  expect(issues()).toEqual([
    "#101 closed (completed) production: trust: full",
    "#102 closed (completed) production: not looked at",
  ]);
  expect(comments(102)).toEqual([HEALED]);
});

test("of a finding's issues, the open one is linked, and not its closed duplicate", async () => {
  await night({ says: { production: TRUST } });
  gitHub().issues.push({ ...issue(101), number: 102, state: "closed", state_reason: "duplicate" });
  const { output } = await night({ says: { production: undefined } });
  expect(output).toMatch(/^not looked at\s+production: trust: full {2}https:.*101$/m);
});

test("an environment that was removed closes its issues, but not one that SUPPORT_APP_ONLY leaves out, or of another file", async () => {
  await night({ says: { staging: {}, production: TRUST } });
  await night({ says: { staging: {}, production: undefined }, env: { SUPPORT_APP_ONLY: "staging" } });
  await night({ says: { other: TRUST }, file: "others.yaml" });
  expect(issues()).toEqual(["#101 open production: trust: full", "#102 open other: trust: full"]);
  await night({ says: { staging: {} } });
  expect(issues()[0]).toBe("#101 closed (completed) production: trust: full");
  expect(comments(101)).toEqual([expect.stringContaining("is no longer in the environment file")]);
});

test("an issue of a person with the very text stays as it is, and the finding gets its own", async () => {
  await night({ says: { production: TRUST } });
  const copy = { ...issue(101), number: 50, written: [], user: ALICE };
  gitHub().issues.splice(0, 1, copy);
  const text = JSON.stringify(copy);
  for (const says of [TRUST, {}]) await night({ says: { production: says } });
  expect(JSON.stringify(gitHub().issues[0])).toBe(text);
  expect(gitHub().issues[1]).toMatchObject({ state: "closed", user: GITHUB_ACTIONS });
});

test("an edited text and title are replaced, but not because of line breaks of Windows", async () => {
  await night({ says: { production: TRUST } });
  const { body, title } = issue(101);
  issue(101).body = `${body?.replaceAll("\n", "\r\n")}\r\n`;
  expect((await night({ says: { production: TRUST } })).written).toEqual([]);
  for (const edit of [{ title: "The trust thing" }, { body: `Alice looks into it.\n${body}` }]) {
    Object.assign(issue(101), edit);
    expect((await night({ says: { production: TRUST } })).written).toEqual(["PATCH /issues/101"]);
    expect(issue(101)).toMatchObject({ title, body });
  }
  issue(101).body = "";
  await night({ says: { production: TRUST } }); // without its mark, it isn't kept any more
  expect(issues()).toEqual(["#101 open production: trust: full", "#102 open production: trust: full"]);
  expect(issue(101).body).toBe("");
});

test("of two issues about one finding, the first is edited, and both close when it is healed", async () => {
  await night({ says: { production: TRUST } });
  gitHub().issues.push({ ...issue(101), number: 102, written: [] });
  Object.assign(issue(101), { title: "old" });
  expect((await night({ says: { production: TRUST } })).written).toEqual(["PATCH /issues/101"]);
  await night({ says: { production: {} } });
  expect(issues().filter((line) => line.includes("open"))).toEqual([]);
});

test("one mistake in a whole fleet opens 25 issues, the rest is counted, and another check still has room", async () => {
  const says = {
    ...Object.fromEntries(Array.from({ length: 28 }, (_, index) => [`e${index}`, TRUST])),
    e27: { findings: { ...TRUST.findings, ...ROLE.findings } },
  };
  const first = await night({ says });
  expect(first.output).toContain("3 findings without an issue: at most 25 issues of a kind are open at once.");
  expect(issues().filter((line) => line.includes(": trust: "))).toHaveLength(25);
  expect(issues()).toContain("#126 open e27: role: full");
  const second = await night({ says });
  expect(second.written).toEqual([]);
  expect(second.output).toContain("Findings: 26 stays, 3 without an issue.");
  await night({ says: { ...says, e0: {} } });
  expect(issues().filter((line) => line.includes("open") && line.includes(": trust: "))).toHaveLength(25);
  close(102, "completed");
  expect((await night({ says: { ...says, e0: {} } })).output).toMatch(/^without an issue\s+e\d+: trust: full$/m);
});

describe("GitHub fails:", () => {
  const HTML = "<html><body>Login</body></html>";

  test.each<[string, Failure]>([
    ["GET /issues", { status: 502, body: HTML }],
    ["POST /issues", { status: 200, body: HTML }],
    ["POST /issues/101/comments", { status: 403, message: "Commenting is disabled" }],
    ["PATCH /issues/101", { status: 200, body: HTML }],
  ])(
    "a failure of GitHub at %s is one sentence: all else is done, and the next night does the rest",
    async (request, failure) => {
      await night({ says: { production: TRUST, staging: {}, qa: TRUST } });
      gitHub().failures.set(request.replace(" ", " /repos/acme/access"), failure);
      const after = { says: { production: {}, staging: ROLE, qa: {} } };
      const { status, output } = await night(after);
      expect(status).toBe(1);
      expect(output).toMatch(/^(GitHub answered|Received .* from GitHub to) (GET|POST|PATCH) \/repos\/acme.*\.$/m);
      expect(readText("step-summary.md")).toContain("## Watch");
      if (request !== "GET /issues") expect(issues()).toContain("#102 closed (completed) qa: trust: full");
      gitHub().failures.clear();
      await night(after);
      expect(issues()).toEqual([
        "#101 closed (completed) production: trust: full",
        "#102 closed (completed) qa: trust: full",
        "#103 open staging: role: full",
      ]);
    },
  );

  test("after five failures, no more requests are sent", async () => {
    gitHub().failures.set("POST /repos/acme/access/issues", { status: 500, message: "Server Error" });
    const { output, written: writes } = await night({
      says: Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, TRUST])),
    });
    expect(writes.filter((call) => call === "POST /issues")).toHaveLength(5);
    expect(output).toMatch(/\nNo more requests were sent to GitHub\. The next run does the rest\.$/);
    expect(output.match(/No more requests/g)).toHaveLength(1);
  });
});

test("text from AWS is shown as it is: it gives no link, no image, no mention, and nothing is taken for the mark", async () => {
  const mark = `<!-- support-app watch ${Buffer.from("{}").toString("base64")} -->`;
  const hostile = `${HOSTILE} @acme/everyone https://evil.example.com www.evil.example.com #1 ${mark}`;
  const about = ["full", "policy", `arn:aws:iam::aws:policy/${hostile}`];
  const draft = { about, resource: hostile, impact: hostile, expected: hostile, found: `${hostile}\n${mark}\n@acme` };
  const fix = { text: hostile, change: { environments: { production: hostile } }, commands: [hostile] };
  const says = { production: { findings: { "unexpected-access": [{ ...draft, fix }] } } };
  await night({ says });
  for (const text of [issue(101).body ?? "", readText("step-summary.md")]) {
    expect(shownIn(text)).toEqual([]);
    expect(outsideOfCode(text)).not.toMatch(/@|evil|#1 /);
    expect(text).not.toContain(`\n${mark}`);
  }
  expect((await night({ says })).written).toEqual([]);
});

test("no person's name or address is in an issue, the summary or the output", async () => {
  const actual = "arn:aws:sts::444455556666:assumed-role/Admin/jane.doe@example.com, User: arn:aws:iam::1:user/janedoe";
  const about = ["full", "inline policy", "for-jane.doe@example.com"];
  await night({ says: { production: { findings: { trust: [{ found: actual, resource: actual, about }] } } } });
  const mark = Buffer.from(issue(101).body?.split(" ")[3] ?? "", "base64").toString();
  const allText = [JSON.stringify(gitHub().issues), readText("step-summary.md"), printed.join("\n"), mark].join("\n");
  expect(allText).not.toMatch(/jane|example\.com/i);
});
