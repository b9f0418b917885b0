import { readFileSync } from "node:fs";
import type { Diagnosis } from "../../../cli/doctor/diagnose";
import { GUIDE_TOPICS } from "../../../cli/doctor/guide-topic";
import { doctorReportJsonSchema, jsonReport, textReport, textReports } from "../../../cli/doctor/report";
import { jsonText } from "../../../cli/json";

const HEALTHY: Diagnosis = {
  name: "staging",
  account: "111122223333",
  region: "us-east-1",
  answer: "healthy",
  checks: [{ name: "role", sentence: "Each role exists.", answer: "healthy", findings: [] }],
  notes: ["Keep it private."],
};
const UNHEALTHY: Diagnosis = {
  ...HEALTHY,
  name: "production",
  answer: "unhealthy",
  checks: [
    { name: "role", sentence: "Each role exists.", answer: "skipped", waitsFor: "credentials", findings: [] },
    {
      name: "channels",
      sentence: "Each channel is configured.",
      answer: "unhealthy",
      findings: [
        {
          answer: "unhealthy",
          subject: "#oncall\u001b[31m\u202e",
          expected: "the role a",
          found: "the role b",
          topic: GUIDE_TOPICS.invalidRole,
          fix: {
            text: "Leave it out.",
            change: { environments: { production: { full: { without: ["live-chat"] } } } },
            commands: ["npx support-app deploy production"],
          },
        },
        {
          answer: "unknown",
          subject: "Slack workspaces",
          expected: "to see them",
          found: "AccessDenied",
          fix: { text: "Ask.", commands: [] },
        },
      ],
    },
  ],
};

test("a person sees each check, then each finding with its fix, and nothing that a terminal would obey", () => {
  const text = textReport(UNHEALTHY);
  expect(text).toMatchSnapshot();
  expect(text).toContain("production (111122223333, us-east-1) is unhealthy.");
  expect(text).toContain("              $ npx support-app deploy production");
  for (const command of ["\u001b", "\u202e"]) expect(text).not.toContain(command);
});

test("a machine gets the same words, with what a terminal would obey escaped", () => {
  const report = jsonReport([{ ...HEALTHY, notes: ["\u009b31m\u202e \u{e0001}é"] }]);
  const text = jsonText(report);
  expect(JSON.parse(text)).toEqual(report);
  expect(text).toContain("\\u009b31m\\u202e \\udb40\\udc01é");
});

test("of many environments, the healthy ones take a line", () => {
  const text = textReports([HEALTHY, UNHEALTHY, { ...HEALTHY, name: "qa", answer: "unknown" }]);
  expect(text.match(/^staging .*/gm)).toEqual([
    "staging (111122223333, us-east-1) is healthy; doctor staging has a note on it.",
  ]);
  expect(text).toContain("qa (111122223333, us-east-1) is not known to be healthy or unhealthy.");
  expect(text).toContain("3 environments: 1 healthy, 1 unhealthy, 1 unknown.");
});

test("the worst environment is the report's answer, and what is unhealthy is worse than what isn't known", () => {
  const unknown = { ...HEALTHY, answer: "unknown" } as const;
  expect(jsonReport([HEALTHY]).answer).toBe("healthy");
  expect(jsonReport([HEALTHY, unknown]).answer).toBe("unknown");
  expect(jsonReport([unknown, UNHEALTHY, HEALTHY])).toMatchObject({ schemaVersion: 1, answer: "unhealthy" });
});

test("the JSON Schema of the report is the one that is written: npm run schema", () => {
  const written = JSON.parse(readFileSync("docs/doctor-report.schema.json", "utf8"));
  expect(written).toEqual(JSON.parse(JSON.stringify(doctorReportJsonSchema())));
});
