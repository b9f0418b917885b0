import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  type Answer,
  doctorReportSchema,
  type Finding,
  findingLines,
  worstOf,
} from "../../../cli/reports/doctor-report";

test.each<[Answer[], Answer]>([
  [[], "healthy"],
  [["healthy", "unknown"], "unknown"],
  [["unknown", "unhealthy", "healthy"], "unhealthy"],
])("the worst of %j is %s", (answers, worst) => {
  expect(worstOf(answers)).toBe(worst);
});

const FINDING: Finding = {
  answer: "unknown",
  subject: "Slack workspaces",
  about: ["workspaces"],
  expected: "to see them",
  found: "AccessDenied",
  fix: { text: "Allow it.", commands: [] },
};

test("a finding says what was found and how to fix it, where to read, what to set, and what to run then", () => {
  expect(findingLines("channels", FINDING)).toEqual([
    "  unknown: channels: Slack workspaces",
    "    expected  to see them",
    "    found     AccessDenied",
    "    fix       Allow it.",
  ]);
  const commands = ["npm run synth", "npx support-app deploy production"];
  const without = ["live-chat", "resolve-cases"];
  const change = { environments: { production: { full: { without, description: "word ".repeat(30).trim() } } } };
  const topic = { title: "A Slack error", url: "https://docs.aws.amazon.com/a" };
  const fix = { text: "Leave them out.", change, commands };
  expect(findingLines("role", { ...FINDING, answer: "unhealthy", topic, fix })).toEqual([
    "  unhealthy: role: Slack workspaces",
    "    expected  to see them",
    "    found     AccessDenied",
    "    guide     A Slack error",
    "              https://docs.aws.amazon.com/a",
    "    fix       Leave them out.",
    "              in environments.yaml:",
    "                environments:",
    "                  production:",
    "                    full:",
    "                      without:",
    "                        - live-chat",
    "                        - resolve-cases",
    `                      description: ${"word ".repeat(30).trim()}`,
    "              $ npm run synth",
    "              $ npx support-app deploy production",
  ]);
});

test("docs/doctor-report.schema.json is its schema", () => {
  const documented = JSON.parse(readFileSync("docs/doctor-report.schema.json", "utf8"));
  expect(z.toJSONSchema(doctorReportSchema)).toEqual(documented);
});
