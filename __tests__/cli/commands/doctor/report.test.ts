import {
  doctorReportLines,
  jsonReport,
  markdownReport,
  shortLines,
  summaryLines,
} from "../../../../cli/commands/doctor/report";
import {
  type CheckResult,
  type DoctorReport,
  doctorReportSchema,
  type ReportedEnvironment,
} from "../../../../cli/findings/doctor-report";
import type { Finding } from "../../../../cli/findings/finding";
import { GUIDE_TOPICS } from "../../../../cli/findings/kinds";
import { NOW } from "../../../support/now";

const HEALTHY: ReportedEnvironment = {
  name: "staging",
  account: "111122223333",
  region: "us-east-1",
  answer: "healthy",
  checks: [{ name: "role", sentence: "Each role exists.", answer: "healthy" }],
  findings: [],
  notes: ["Keep it private."],
};
const CHANNEL: Finding = {
  subject: { environment: "production" },
  kind: "channels",
  answer: "unhealthy",
  resource: "#oncall",
  about: ["channel", "T1", "C1"],
  impact: "People in it can do more.",
  expected: "the role a",
  found: "the role b",
  topic: GUIDE_TOPICS.invalidRole,
  fix: {
    text: "Leave it out.",
    change: { environments: { production: { full: { without: ["live-chat"] } } } },
    commands: ["npx support-app deploy production"],
  },
};
const WORKSPACES: Finding = {
  ...CHANNEL,
  answer: "unknown",
  resource: "Slack workspaces",
  about: ["workspace"],
  topic: undefined,
  expected: "to see them",
  found: "AccessDenied",
  fix: { text: "Ask.", commands: [] },
};
const ENDED: Finding = { ...WORKSPACES, kind: "ended", answer: "healthy", resource: "all full access" };
const UNHEALTHY: ReportedEnvironment = {
  ...HEALTHY,
  name: "production",
  answer: "unhealthy",
  checks: [
    { name: "role", sentence: "Each role exists.", answer: "skipped", waitsFor: "credentials" },
    { name: "channels", sentence: "Each channel is configured.", answer: "unhealthy" },
  ],
  findings: [CHANNEL, WORKSPACES, ENDED],
};

test("a person sees each check, then each finding with its fix", () => {
  const lines = doctorReportLines(UNHEALTHY);
  const text = lines.join("\n");
  expect(text).toMatchSnapshot();
  expect(text).toContain("production (111122223333, us-east-1) is unhealthy.");
  expect(text).toContain("              $ npx support-app deploy production");
  expect(doctorReportLines(HEALTHY)[2]).toBe("  healthy    role  Each role exists.");
  expect(shortLines(UNHEALTHY)).toEqual([...lines, ""]); // also among many
});

test("on a page, each environment has a heading, and what was found is in a block in which nothing is Markdown", () => {
  const markup = "[a](b) <b> @acme/owners\n# `c`\n/close";
  const page = markdownReport([HEALTHY, { ...UNHEALTHY, findings: [{ ...CHANNEL, found: markup }] }]);
  const [healthy, unhealthy, ...block] = page.split("\n").filter((line) => line.trim() !== "");
  expect([healthy, unhealthy]).toEqual([
    "### staging (111122223333, us-east-1) is healthy.",
    "### production (111122223333, us-east-1) is unhealthy.",
  ]);
  expect(block.filter((line) => !line.startsWith("    "))).toEqual([]);
  expect(block.join("\n")).toContain("found     [a](b) <b> @acme/owners\\u{000a}# `c`\\u{000a}/close");
  expect(markdownReport([{ ...HEALTHY, findings: [ENDED] }])).toContain("notice: ended: all full access"); // nothing is wrong, but people should know
});

const READ_AT = NOW.toISOString();

function jsonOf(environments: readonly ReportedEnvironment[]): DoctorReport {
  return doctorReportSchema.parse(JSON.parse(jsonReport(environments, NOW)));
}

test("a machine gets the same words, with anything that a terminal would interpret escaped", () => {
  const notedEnvironment = { ...HEALTHY, notes: ["\u009b31m\u202e \u{e0001}é"] };
  expect(jsonOf([notedEnvironment])).toEqual({
    schemaVersion: 1,
    readAt: READ_AT,
    answer: "healthy",
    environments: [notedEnvironment],
  });
  expect(jsonReport([notedEnvironment], NOW)).toContain("\\u009b31m\\u202e \\udb40\\udc01é");
});

test("the summary of many environments counts them, names up to a hundred that aren't healthy, and the worst is the report's answer", () => {
  const environments = [HEALTHY, UNHEALTHY, { ...HEALTHY, name: "qa", answer: "unknown" } as const];
  expect(summaryLines(environments)).toEqual([
    ...["", "3 environments: 1 healthy, 1 unhealthy, 1 unknown.", "Unhealthy: production.", "Unknown: qa."],
  ]);
  expect(jsonOf(environments).answer).toBe("unhealthy");
  expect(summaryLines([HEALTHY])).toEqual(["", "1 environment: 1 healthy, 0 unhealthy, 0 unknown."]);
  const unknownEnvironments = Array.from(
    { length: 130 },
    (_, n) => ({ ...HEALTHY, name: `e${n}`, answer: "unknown" }) as const,
  );
  expect(summaryLines(unknownEnvironments)[2]).toMatch(/^Unknown: e0, .*, e99 and 30 more\.$/);
});

test.each<[string[], Finding[], string]>([
  [[], [], "is healthy."],
  [["a"], [], "is healthy; doctor staging has a note on it."],
  [[], [ENDED], "is healthy; doctor staging has a note on it."],
  [["a"], [ENDED], "is healthy; doctor staging has notes on it."],
])("among many, a healthy environment with the notes %j and the notices %j takes one line", (notes, findings, line) => {
  expect(shortLines({ ...HEALTHY, notes, findings })).toEqual([`staging (111122223333, us-east-1) ${line}`]);
});

test("a check says how many findings it has and what it waits for", () => {
  const resultOf = (count: number, waitsFor?: string) => {
    const checks = [{ ...(UNHEALTHY.checks[0] as CheckResult), waitsFor }];
    const findings = Array(count).fill({ ...CHANNEL, kind: "role" });
    return doctorReportLines({ ...UNHEALTHY, checks, findings })[2]?.replace(/^ *skipped +role +/, "");
  };
  expect(resultOf(1)).toBe("1 finding below");
  expect(resultOf(2, "credentials")).toBe("2 findings below; waits for credentials");
});

test.each<[string, object, string]>([
  ["is private", {}, "private; 12 people (2 guests, 1 of other organizations), 3 bots"],
  [
    "is public",
    { isPrivate: false },
    "public, so everyone in the workspace can join it and then has its access; 12 people (2 guests, 1 of other organizations), 3 bots",
  ],
  [
    "is shared",
    { isShared: true, sharedWith: ["T8", "T9"] },
    "private; shared with another organization (T8, T9); 12 people (2 guests, 1 of other organizations), 3 bots",
  ],
])("a channel that %s in Slack has a line, in the report of its environment and among many", (_, state, words) => {
  const slackState = {
    name: "a",
    isPrivate: true,
    isArchived: false,
    isShared: false,
    sharedWith: [],
    isInvited: false,
  };
  const counts = { members: 12, guests: 2, strangers: 1, bots: 3, unseen: 0 };
  const channel = { workspace: "T1", channel: "C1", name: "oncall", state: { ...slackState, ...state }, counts };
  const environment = { ...HEALTHY, notes: [], channels: [channel] };
  const line = `  #oncall (C1 of T1): ${words}`;
  expect(shortLines(environment)).toEqual(["staging (111122223333, us-east-1) is healthy.", line]);
  expect(doctorReportLines(environment).slice(-2)).toEqual(["", line]);
});
