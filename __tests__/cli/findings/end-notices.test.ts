import { endedSentences, endNotices, type Notice } from "../../../cli/findings/end-notices";
import { environmentOf } from "../../support/live-account";

describe("an end of access is noticed from 14 days before", () => {
  const LEVEL = "full: { until: 2026-12-31 }";
  const TEMPORARY =
    "full: { service-quotas-role: create, without: [live-chat, create-cases, resolve-cases], temporarily: [{ capability: live-chat, until: 2026-12-31T18:00:00+01:00 }, { capability: create-cases, until: 2026-12-30 }, { capability: resolve-cases, until: 2026-12-31T17:00:00Z }] }";
  const REMOVE = "Remove what has ended from environments.yaml, not only its until, or set a later until.";
  const notice = (kind: Notice["kind"], resource: string, about: string[], ability: string, when: string): Notice => ({
    kind,
    answer: "healthy",
    resource: `${resource} access of test`,
    about: ["full", ...about],
    ...(kind === "ended"
      ? {
          impact: `People in its channels can no longer ${ability}.`,
          expected: "environments.yaml without access that has ended",
          found: `it ended at ${when}`,
          fix: { text: REMOVE, commands: [] },
        }
      : {
          impact: `After that, people in its channels can't ${ability}.`,
          expected: "a later end, if it is still needed",
          found: `it ends at ${when}`,
          fix: { text: "To keep it, set a later until.", commands: [] },
        }),
  });
  const levelNotice = (kind: Notice["kind"]) =>
    notice(kind, "all full", ["all", "2026-12-31"], "do anything", "the end of 2026-12-31 (UTC)");
  const CREATE = "create-cases";
  const CREATED_UNTIL = "the end of 2026-12-30 (UTC)";
  const CREATED = notice("ended", `${CREATE} of the full`, [CREATE, "2026-12-30"], CREATE, CREATED_UNTIL);
  const capabilitiesNotice = (kind: Notice["kind"]) => {
    const [capabilities, when] = ["live-chat, resolve-cases", "2026-12-31T17:00:00Z"];
    return notice(kind, `${capabilities} of the full`, ["live-chat", "resolve-cases", when], capabilities, when);
  };

  test.each<[string, string, Notice[]]>([
    ["full: {}", "2030-01-01T00:00:00Z", []],
    [LEVEL, "2026-12-17T23:59:59Z", []],
    [LEVEL, "2026-12-18T00:00:00Z", [levelNotice("ending")]],
    [LEVEL, "2026-12-31T23:59:59Z", [levelNotice("ending")]],
    [LEVEL, "2027-01-01T00:00:00Z", [levelNotice("ended")]],
    [TEMPORARY, "2026-12-01T00:00:00Z", []],
    [TEMPORARY, "2026-12-31T16:59:59Z", [CREATED, capabilitiesNotice("ending")]],
    [TEMPORARY, "2026-12-31T17:00:00Z", [CREATED, capabilitiesNotice("ended")]],
  ])("an end of access is noticed from 14 days before it: %s at %s", (yaml, time, notices) => {
    const environment = environmentOf(yaml);
    expect(environment.accesses.flatMap((props) => endNotices(props, environment, new Date(time)))).toEqual(notices);
  });

  test("a deploy prints what has ended, and not what ends soon", () => {
    const environment = environmentOf(TEMPORARY, "one");
    expect(endedSentences(environment.accesses, environment, new Date("2026-12-31T16:59:59Z"))).toEqual([
      `create-cases of the full access of one: it ended at the end of 2026-12-30 (UTC). People in its channels can no longer create-cases. ${REMOVE}`,
    ]);
  });
});
