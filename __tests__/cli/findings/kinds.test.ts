import { ACCOUNT_KINDS, ENVIRONMENT_KINDS, GUIDE_TOPICS, KINDS } from "../../../cli/findings/kinds";

test("kinds keep their names, which are a part of a finding's ID, and their order, which is that of the reports", () => {
  expect(ENVIRONMENT_KINDS).toEqual([
    ...[
      "credentials",
      "retired",
      "region",
      "support-plan",
      "role",
      "trust",
      "permissions-boundary",
      "unexpected-access",
    ],
    ...["capabilities", "channels", "other-regions", "account-alias", "other-roles", "service-quotas-role"],
    ...["slack-token", "slack-channels", "slack-people"],
  ]);
  expect(ACCOUNT_KINDS).toEqual([
    ...["audit-unknown", "audit-administrators", "audit-open-trust", "audit-writes-as-read-only"],
    ...["audit-missing-role", "audit-configured-twice", "audit-no-channel", "audit-ended"],
  ]);
  expect(Object.keys(KINDS).slice(-3)).toEqual(["ending", "ended", "policy-changed"]);
});

test.each(ENVIRONMENT_KINDS)(
  "%s says in a sentence what is true without a finding, and what one means for people",
  (kind) => {
    expect(KINDS[kind].healthy).toMatch(/^[A-Z].*\.$/);
    expect(KINDS[kind].impact).toMatch(/^(People|Others|Whoever) .*\.$/);
  },
);

test("each heading of audit, and each topic of AWS's guide, is another", () => {
  const headings = ACCOUNT_KINDS.map((kind) => KINDS[kind].heading);
  expect(new Set(headings).size).toBe(ACCOUNT_KINDS.length);
  expect(headings.every((heading) => /^[A-Z].*\w$/.test(heading))).toBe(true);
  const topics = Object.values(GUIDE_TOPICS).map(({ title, url }) => [title, url.split("#")]);
  expect(new Set(topics.map(([title]) => title)).size).toBe(5);
  for (const [title, [page, anchor]] of topics as [string, string[]][]) {
    expect(page).toBe("https://docs.aws.amazon.com/awssupport/latest/user/support-app-permissions.html");
    expect([title, anchor]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/^[a-z-]+$/)]);
  }
});
