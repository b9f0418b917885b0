import type { RoleAccess } from "../../../../cli/terraform/access";
import type { ChannelChange } from "../../../../cli/terraform/channel-changes";
import { channel, inAccess, losing, oncall, ROLE, right, UNDECIDED } from "./reported";

describe("a channel", () => {
  const HERE = "`#oncall` (`C01`)";
  const lines = (more: Partial<ChannelChange>) => inAccess({ channels: [channel(more)] });
  const NOTHING: RoleAccess = { ...ROLE, permissions: [] };
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };
  const boundedBy = (policy: string): RoleAccess => ({ ...ROLE, boundary: policy });

  test.each<[string, Partial<ChannelChange>, readonly string[]]>([
    ["nothing changes", {}, []],
    ["it isn't there", { before: undefined, after: undefined, verdict: "broadened" }, []],
    ["it is added", { before: undefined }, [`- ${HERE} is added, with the role \`Full\`.`]],
    [
      "it is added, with a role in a path",
      { before: undefined, after: oncall({ access: OTHER }) },
      [`- ${HERE} is added, with the role \`/team/Other\`.`],
    ],
    ["it is removed", { after: undefined }, [`- ${HERE} is removed.`]],
    [
      "it is added, with a role that gives nothing",
      { before: undefined, after: oncall({ access: NOTHING }) },
      [
        `- ${HERE} is added, with the role \`Full\`.`,
        `- ${HERE}: the role \`Full\` gives no access. If it had an end, that has passed.`,
      ],
    ],
    ["its role gave nothing before, either", { after: oncall({ access: NOTHING }) }, []],
    [
      "it moves to a role that gives nothing",
      { isMoved: true, after: oncall({ access: { ...NOTHING, name: "Other" } }) },
      [
        `- ${HERE}: the role \`Other\` gives no access. If it had an end, that has passed.`,
        `- ${HERE} moves from the role \`Full\` to \`Other\`.`,
      ],
    ],
    [
      "it is added, with a role from elsewhere, of which nothing is known",
      { before: undefined, after: oncall({ access: { ...NOTHING, name: "" } }) },
      [`- ${HERE} is added, with the role \`   \`.`],
    ],
    [
      "its role has another address",
      { isMoved: true },
      [`- ${HERE}: its role \`Full\` has a new address in Terraform.`],
    ],
    [
      "it moves to another role",
      { isMoved: true, after: oncall({ access: OTHER }) },
      [`- ${HERE} moves from the role \`Full\` to \`/team/Other\`.`],
    ],
    [
      "it moves to a role with another boundary",
      { isMoved: true, after: oncall({ access: { ...OTHER, boundary: "arn:b" } }) },
      [
        `- ${HERE} moves from the role \`Full\` to \`/team/Other\`.`,
        `- ${HERE}, with its new role: its permissions boundary changes: none → \`arn:b\`.`,
      ],
    ],
    [
      "its role loses its boundary",
      { before: oncall({ access: boundedBy("arn:b") }) },
      [`- ${HERE}: its permissions boundary changes: \`arn:b\` → none.`],
    ],
    [
      "its role has the same boundary",
      { before: oncall({ access: boundedBy("a") }), after: oncall({ access: boundedBy("a") }) },
      [],
    ],
    [
      "its role may be used by the Support App under other conditions",
      { trust: losing(right()) },
      [`- ${HERE}: the trust policy of its role changes: see the table.`],
    ],
    [
      "it is notified of something else",
      {
        before: oncall({ notify: { severity: "high", on: ["case-created", "reply-added"] } }),
        after: oncall({ notify: { severity: "all", on: ["case-created"] } }),
      },
      [
        `- ${HERE}: its notification settings change: high severity (case-created, reply-added) → all severities (case-created).`,
      ],
    ],
    [
      "it isn't notified any more",
      {
        before: oncall({ notify: { severity: "all", on: ["case-resolved"] } }),
        after: oncall({ notify: { severity: "none" } }),
      },
      [`- ${HERE}: its notification settings change: all severities (case-resolved) → no notifications.`],
    ],
    ["it was called something else", { before: oncall({ name: "ops" }) }, [`- ${HERE} was called \`#ops\`.`]],
    [
      "only the table says what changes",
      { verdict: "narrowed", permissions: losing(right()) },
      [`- People in ${HERE}: see the table.`],
    ],
    [
      "nothing is known of what changes",
      { verdict: "unknown", permissions: UNDECIDED, trust: UNDECIDED },
      [`- People in ${HERE}: it is unknown what changes, see below.`],
    ],
    [
      "something is said already",
      { verdict: "settings", before: oncall({ name: "ops" }) },
      [`- ${HERE} was called \`#ops\`.`],
    ],
  ])("%s", (_, more, told) => {
    expect(lines(more)).toEqual(told);
  });

  test("gains, loses, and keeps for a shorter time or under conditions", () => {
    const [first, second] = ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"];
    expect(
      lines({
        verdict: "broadened",
        gained: ["resolve-cases", "view-cases"],
        lost: ["attach-files"],
        shortened: ["create-cases"],
        limited: ["reply-to-cases"],
        ends: {
          before: { "resolve-cases": first, "attach-files": first, "reply-to-cases": first },
          after: { "resolve-cases": second, "create-cases": second, "reply-to-cases": second },
        },
      }),
    ).toEqual([
      `- People in ${HERE} **gain**:`,
      "  - resolve-cases: resolve a case (`support:ResolveCase`), until the end of 2026-02-01 (UTC); before: until the end of 2026-01-01 (UTC)",
      "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)",
      `- People in ${HERE} **lose**:`,
      "  - attach-files: attach files to a new case or a reply (`support:AddAttachmentsToSet`), before: until the end of 2026-01-01 (UTC)",
      `- People in ${HERE} **keep for a shorter time** than before:`,
      "  - create-cases: open a support case (`support:CreateCase`, `support:DescribeSeverityLevels`), until the end of 2026-02-01 (UTC)",
      `- People in ${HERE} can do **only under some conditions**, which the table shows:`,
      "  - reply-to-cases: add to a case's correspondence, which also reopens it (`support:AddCommunicationToCase`), before: until the end of 2026-01-01 (UTC)",
    ]);
  });
});
