import { BOUNDED, change, changed, FULL, ONCALL, report, statements, terraformOf } from "../../support/edited-stack";

test("who loses a capability, by channel, and by what statements", () => {
  const found = change(
    FULL,
    terraformOf(`full: { ${BOUNDED}, ${ONCALL}, without: [live-chat, create-cases] }, read-only: {}`),
  );
  expect(found.access.channels).toMatchObject([
    {
      workspace: "T01",
      channel: "C01",
      verdict: "narrowed",
      gained: [],
      lost: ["create-cases", "live-chat"],
      limited: [],
    },
  ]);
  expect(found.access.roles[0]?.permissions.lost.map(({ action }) => action.patterns)).toEqual([
    ["support:createcase"],
    ["support:describeseveritylevels"],
    ["support:initiatechatforcase"],
  ]);
  expect(report(found)).toContain(
    "- People in `#oncall` (`C01`) **lose**:\n  - create-cases: open a support case (`support:CreateCase`, `support:DescribeSeverityLevels`)",
  );
  expect(report(found)).toContain("| loses | people in `#oncall` | `support:CreateCase` | everything |  |  |");
});

test("a capability counts only with all of its actions", () => {
  const found = changed((draft) =>
    statements(draft)[0].actions.splice(statements(draft)[0].actions.indexOf("support:DescribeSeverityLevels"), 1),
  );
  expect(found.access.channels[0]?.lost).toEqual(["create-cases"]);
});
