import { readFileSync } from "node:fs";
import * as z from "zod";
import { type Answer, type Draft, environmentFinding, findingSchema, worstOf } from "../../../cli/findings/finding";
import { GUIDE_TOPICS, KINDS } from "../../../cli/findings/kinds";

test.each<[Answer[], Answer]>([
  [[], "healthy"],
  [["healthy", "unknown"], "unknown"],
  [["unknown", "unhealthy", "healthy"], "unhealthy"],
])("the worst of %j is %s", (answers, worst) => {
  expect(worstOf(answers)).toBe(worst);
});

test("a finding has what its kind means for people, and where the guide describes it, unless its check says otherwise", () => {
  const fix = { text: "Deploy.", commands: [] };
  const draft: Draft = { answer: "unhealthy", resource: "role a", about: ["full"], expected: "it", found: "none", fix };
  expect(environmentFinding("production", "role", draft)).toEqual({
    ...draft,
    subject: { environment: "production" },
    kind: "role",
    impact: KINDS.role.impact,
    topic: GUIDE_TOPICS.missingRole,
  });
  const overrides = { impact: "People can do more.", topic: undefined };
  expect(environmentFinding("production", "role", { ...draft, ...overrides })).toMatchObject(overrides);
  expect(environmentFinding("production", "region", draft).topic).toBeUndefined();
});

test.each([
  ["doctor", "environments"],
  ["audit", "accounts"],
])("the report of %s has findings in the one form", (command, subjects) => {
  const report = JSON.parse(readFileSync(`docs/${command}-report.schema.json`, "utf8"));
  const { $schema, ...form } = z.toJSONSchema(findingSchema);
  expect(report.properties[subjects].items.properties.findings.items).toEqual(form);
});
