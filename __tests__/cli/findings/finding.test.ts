import { type Answer, type Draft, environmentFinding, worstOf } from "../../../cli/findings/finding";
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
    ...{ subject: { environment: "production" }, kind: "role" },
    ...{ impact: KINDS.role.impact, topic: GUIDE_TOPICS.missingRole },
  });
  const other = { impact: "People can do more.", topic: undefined };
  expect(environmentFinding("production", "role", { ...draft, ...other })).toMatchObject(other);
  expect(environmentFinding("production", "region", draft).topic).toBeUndefined();
});
