import type { Account } from "../../../../cli/commands/doctor/account";
import { CHECKS } from "../../../../cli/commands/doctor/checks";
import type { AccessLevel } from "../../../../modules/support-app/model/access-level";
import { environmentOf, healthyAccount, ownPolicy, withAccess } from "../../../support/live-account";

/** What doctor finds and notes at a time, where the account has what other lines would say. */
function examined(yaml: string, time: string, { deployed = yaml }: { readonly deployed?: string } = {}) {
  const environment = environmentOf(yaml);
  const at = new Date(time);
  const live = environmentOf(deployed);
  let account: Account = { ...healthyAccount(environment), time: at };
  for (const { access } of environment.accesses) {
    const props = live.accesses.find((one) => one.access === access);
    const policies = props ? { policies: { known: [ownPolicy(props)] } } : {};
    account = withAccess(account, access as AccessLevel, { time: at, ...policies });
  }
  const outcomes = CHECKS.map(
    (check) => [check.name, check.examine({ environment, whole: environment, account })] as const,
  );
  return {
    findings: outcomes.flatMap(([name, { findings }]) => findings.map((finding) => ({ name, ...finding }))),
    notes: outcomes.flatMap(([, { notes = [] }]) => notes.filter((note) => !note.startsWith("IAM's simulation"))),
  };
}

const LEVEL = "full: { until: 2026-12-31, service-quotas-role: create }";
const ENDS = "2027-01-01T00:00:00Z";
const SECOND_BEFORE = "2026-12-31T23:59:59Z";
const chat = (until: string) =>
  `full: { service-quotas-role: create, without: [live-chat], temporarily: [{ capability: live-chat, until: ${until} }] }`;

describe("an end is a note, not a fault", () => {
  test.each<[string, string, string, string[]]>([
    ["more than 14 days before", LEVEL, "2026-12-17T23:59:59Z", []],
    [
      "14 days before",
      LEVEL,
      "2026-12-18T00:00:00Z",
      ["All full access of test ends at the end of 2026-12-31 (UTC). To keep it, set a later until."],
    ],
    [
      "in the second before",
      LEVEL,
      SECOND_BEFORE,
      ["All full access of test ends at the end of 2026-12-31 (UTC). To keep it, set a later until."],
    ],
    [
      "in the second in which it comes",
      LEVEL,
      ENDS,
      [
        "All full access of test ended at the end of 2026-12-31 (UTC). Retire the environment, or set a later until. Don't just remove until: everything would be given again, without an end.",
      ],
    ],
    [
      "with another level beside it",
      `read-only: {}, ${LEVEL}`,
      ENDS,
      [
        "All full access of test ended at the end of 2026-12-31 (UTC). Remove full from environments.yaml, or set a later until. Don't just remove until: everything would be given again, without an end.",
      ],
    ],
    [
      "of a capability, soon",
      chat("2026-12-31T18:00:00+01:00"),
      "2026-12-31T16:59:59Z",
      [
        "live-chat of the full access of test ends at 2026-12-31T17:00:00Z. To keep it, set a later until in temporarily.",
      ],
    ],
    [
      "of a capability, in the second in which it comes, in another zone",
      chat("2026-12-31T18:00:00+01:00"),
      "2026-12-31T17:00:00Z",
      [
        "live-chat of the full access of test ended at 2026-12-31T17:00:00Z. Remove it from temporarily: nobody loses anything.",
      ],
    ],
    ["of nothing", "full: { service-quotas-role: create }", ENDS, []],
  ])("%s", (_, yaml, time, notes) => {
    expect(examined(yaml, time)).toEqual({ findings: [], notes });
  });
});

describe("the account's policy is judged at the current time", () => {
  const without = "full: { service-quotas-role: create, without: [live-chat] }";
  const everlasting = "full: { service-quotas-role: create }";

  test("a policy without the line isn't deployed yet", () => {
    const { findings } = examined(chat("2026-12-31"), SECOND_BEFORE, { deployed: without });
    expect(findings).toMatchObject([
      { name: "capabilities", answer: "unhealthy", subject: "live-chat of the role AWSSupportAppFullRole (full)" },
    ]);
    expect(examined(chat("2026-12-31"), ENDS, { deployed: without }).findings).toEqual([]);
  });

  test("a policy that ends earlier has ended too early", () => {
    const { findings } = examined(chat("2026-12-31"), SECOND_BEFORE, { deployed: chat("2026-12-30") });
    expect(findings).toMatchObject([{ name: "capabilities", found: expect.stringContaining("doesn't allow it") }]);
    expect(examined(chat("2026-12-31"), "2026-12-30T23:59:59Z", { deployed: chat("2026-12-30") }).findings).toEqual([]);
  });

  test.each([
    ["has no end", everlasting, "without an end"],
    ["ends later", chat("2027-01-31"), "until the end of 2027-01-31 (UTC)"],
  ])("a policy that %s gives it for longer", (_, deployed, found) => {
    const words = `support:InitiateChatForCase (${found}, expected until the end of 2026-12-31 (UTC))`;
    expect(examined(chat("2026-12-31"), SECOND_BEFORE, { deployed }).findings).toMatchObject([
      {
        name: "unexpected-access",
        answer: "unhealthy",
        expected:
          "nothing but full: view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, request-quota-increases, live-chat (until the end of 2026-12-31 (UTC))",
        found: `it allows for longer than expected: ${words}`,
        fix: { commands: ["npx support-app deploy test"] },
      },
    ]);
    // Then people can what they weren't promised.
    expect(examined(chat("2026-12-31"), ENDS, { deployed }).findings).toMatchObject([
      {
        name: "unexpected-access",
        found: `people in every channel with this role can live-chat: it allows for longer than expected: ${words}`,
      },
    ]);
  });

  test("the right to create the Service Quotas role ends, too", () => {
    const { findings } = examined("full: { until: 2026-12-31 }", SECOND_BEFORE, { deployed: "full: {}" });
    expect(findings).toMatchObject([
      { name: "unexpected-access", found: expect.stringContaining("iam:CreateServiceLinkedRole (without an end") },
    ]);
    expect(examined("full: { until: 2026-12-31 }", SECOND_BEFORE).findings).toEqual([]);
  });
});
