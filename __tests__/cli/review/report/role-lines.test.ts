import type { RoleAccess } from "../../../../cli/terraform/access";
import type { CapabilityChanges } from "../../../../cli/terraform/capability-changes";
import type { RoleChange } from "../../../../cli/terraform/role-changes";
import { change, ONCALL, report, terraformOf } from "../../../support/edited-stack";
import { gaining, inAccess, losing, ROLE, right, role, UNDECIDED } from "./reported";

describe("a role", () => {
  const lines = (more: Partial<RoleChange>) => inAccess({ roles: [role(more)] });
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };

  test.each<[string, Partial<RoleChange>, readonly string[]]>([
    ["in which nothing changes", {}, []],
    ["is added", { before: undefined }, ["- The role `Full` is added."]],
    [
      "is added, within a boundary",
      { before: undefined, after: { ...ROLE, boundary: "arn:b" } },
      ["- The role `Full` is added, within the permissions boundary `arn:b`."],
    ],
    [
      "is removed",
      { after: undefined },
      ["- The role `Full` is removed. A channel that was configured by hand and uses it can then do nothing."],
    ],
    [
      "has another name",
      { after: OTHER },
      [
        "- The role `Full` is replaced by `/team/Other`. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.",
      ],
    ],
    ["has another address", { movedFrom: "old" }, ["- The role `Full` had the address `aws_iam_role.old` before."]],
    [
      "has policies with other names",
      { before: { ...ROLE, policies: ["/a", "/b"] }, after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: `/a`, `/b` → `/c`."],
    ],
    [
      "has a policy for the first time",
      { after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: none → `/c`."],
    ],
    [
      "has longer sessions",
      { before: { ...ROLE, maxSessionDuration: 3600 }, after: { ...ROLE, maxSessionDuration: 7200 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → 7200 seconds."],
    ],
    [
      "has sessions of IAM's default",
      { before: { ...ROLE, maxSessionDuration: 3600 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → IAM's default."],
    ],
    [
      "has another boundary",
      { before: { ...ROLE, boundary: "arn:a" }, after: { ...ROLE, boundary: "arn:b" } },
      ["- The role `Full`: its permissions boundary changes: `arn:a` → `arn:b`."],
    ],
    [
      "has the name that another one had",
      { namesake: "old" },
      [
        "- The name `Full` belonged to `aws_iam_role.old` and now belongs to `aws_iam_role.full`. A channel that was configured by hand with it gets the access of this role.",
      ],
    ],
  ])("%s", (_, more, told) => {
    expect(lines(more)).toEqual(told);
  });

  describe("that only channels configured by hand may use", () => {
    const NOTHING: CapabilityChanges = { gained: [], lost: [], limited: [] };
    const who = (name: string) => `- Whoever uses the role \`${name}\`, such as a channel configured by hand,`;

    test("gains, loses, and keeps for a shorter time or under conditions", () => {
      const [first, second] = ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"];
      expect(
        lines({
          capabilities: {
            gained: ["resolve-cases", "view-cases"],
            lost: ["attach-files"],
            shortened: ["create-cases"],
            limited: ["reply-to-cases"],
            ends: {
              before: { "resolve-cases": first, "attach-files": first, "reply-to-cases": first },
              after: { "resolve-cases": second, "create-cases": second, "reply-to-cases": second },
            },
          },
        }),
      ).toEqual([
        `${who("Full")} **gains**:`,
        "  - resolve-cases: resolve a case (`support:ResolveCase`), until the end of 2026-02-01 (UTC); before: until the end of 2026-01-01 (UTC)",
        "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)",
        `${who("Full")} **loses**:`,
        "  - attach-files: attach files to a new case or a reply (`support:AddAttachmentsToSet`), before: until the end of 2026-01-01 (UTC)",
        `${who("Full")} **keeps for a shorter time** than before:`,
        "  - create-cases: open a support case (`support:CreateCase`, `support:DescribeSeverityLevels`), until the end of 2026-02-01 (UTC)",
        `${who("Full")} can do **only under some conditions**, which the table shows:`,
        "  - reply-to-cases: add to a case's correspondence, which also reopens it (`support:AddCommunicationToCase`), before: until the end of 2026-01-01 (UTC)",
      ]);
    });

    test("gains and loses nothing", () => {
      expect(lines({ capabilities: NOTHING })).toEqual([]);
    });

    test.each<[string, Partial<RoleChange>, readonly string[]]>([
      [
        "changes in something that is no capability",
        { permissions: gaining(right()) },
        ["- The permissions of the role `Full` change: see the table."],
      ],
      [
        "changes in a capability and something else, and says the capability",
        { permissions: gaining(right()), capabilities: { ...NOTHING, gained: ["resolve-cases"] } },
        [`${who("Full")} **gains**:`, "  - resolve-cases: resolve a case (`support:ResolveCase`)"],
      ],
      [
        "may be assumed by others",
        { trust: losing(right()) },
        ["- The trust policy of the role `Full` changes: see the table."],
      ],
      [
        "changes in something that is undecided",
        { permissions: UNDECIDED, trust: UNDECIDED },
        ["- Unsupported: too many patterns in a policy to try everything that they can match."],
      ],
      [
        "is added, with all that is in it",
        { before: undefined, permissions: gaining(right()), trust: gaining(right()) },
        ["- The role `Full` is added."],
      ],
      [
        "is removed, with all that was in it",
        { after: undefined, permissions: losing(right()), trust: losing(right()) },
        ["- The role `Full` is removed. A channel that was configured by hand and uses it can then do nothing."],
      ],
    ])("%s", (_, more, told) => {
      expect(lines({ capabilities: NOTHING, ...more })).toEqual(told);
    });

    test("has the name after the change, or the one before if it is removed", () => {
      const resolve = "  - resolve-cases: resolve a case (`support:ResolveCase`)";
      expect(lines({ after: OTHER, capabilities: { ...NOTHING, gained: ["resolve-cases"] } }).slice(1)).toEqual([
        `${who("/team/Other")} **gains**:`,
        resolve,
      ]);
      expect(lines({ after: undefined, capabilities: { ...NOTHING, lost: ["resolve-cases"] } }).slice(1)).toEqual([
        `${who("Full")} **loses**:`,
        resolve,
      ]);
    });
  });
});

describe("an environment whose channels were configured by hand", () => {
  const WHO = "- Whoever uses the role `AWSSupportAppFullRole`, such as a channel configured by hand,";
  const CHAT =
    "  - live-chat: start a live chat with AWS, in a thread of the channel or in a new private channel that gets the same access (`support:InitiateChatForCase`)";
  const WITHOUT = "full: { without: [live-chat] }";
  const chat = (until: string) =>
    `full: { without: [live-chat], temporarily: [{ capability: live-chat, until: ${until} }] }`;
  const listed = (before: string | undefined, after: string) =>
    report(change(before === undefined ? undefined : terraformOf(before), terraformOf(after)))
      .split("\n")
      .filter((line) => /^ *- /.test(line));

  test.each<[string, string, string, readonly string[]]>([
    ["gains live chats", WITHOUT, "full: {}", [`${WHO} **gains**:`, CHAT]],
    ["loses them", "full: {}", WITHOUT, [`${WHO} **loses**:`, CHAT]],
    [
      "gains them until a date",
      WITHOUT,
      chat("2026-12-31"),
      [`${WHO} **gains**:`, `${CHAT}, until the end of 2026-12-31 (UTC)`],
    ],
    [
      "gains them for longer",
      chat("2026-12-31"),
      chat("2027-01-31"),
      [`${WHO} **gains**:`, `${CHAT}, until the end of 2027-01-31 (UTC); before: until the end of 2026-12-31 (UTC)`],
    ],
    [
      "keeps them until a date",
      "full: {}",
      chat("2026-12-31"),
      [`${WHO} **keeps for a shorter time** than before:`, `${CHAT}, until the end of 2026-12-31 (UTC)`],
    ],
    ["keeps everything", "full: {}", "full: { tags: { a: b } }", []],
    [
      "has another account's channels no more",
      "full: {}",
      "full: { source-account-condition: true }",
      ["- The trust policy of the role `AWSSupportAppFullRole` changes: see the table."],
    ],
  ])("%s", (_, before, after, told) => {
    expect(listed(before, after)).toEqual(told);
  });

  const VIEW =
    "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)";
  const READER = "- Whoever uses the role `AWSSupportAppReadOnlyRole`, such as a channel configured by hand,";

  test("is new", () => {
    expect(listed(undefined, "read-only: {}")).toEqual([
      "- This environment is new, in the account `111122223333`.",
      "- The role `AWSSupportAppReadOnlyRole` is added.",
      `${READER} **gains**:`,
      VIEW,
      "- The state is in local with path `../../../state/paid.tfstate`.",
      "- Terraform acts in `us-east-1`.",
    ]);
  });

  test("loses a role", () => {
    expect(listed("full: {}, read-only: {}", "full: {}")).toEqual([
      "- The role `AWSSupportAppReadOnlyRole` is removed. A channel that was configured by hand and uses it can then do nothing.",
      `${READER} **loses**:`,
      VIEW,
    ]);
  });

  test("has one in the code, too, which is said to gain what the role gives", () => {
    expect(listed(`full: { without: [live-chat], ${ONCALL} }`, `full: { ${ONCALL} }`)).toEqual([
      "- People in `#oncall` (`C01`) **gain**:",
      CHAT,
    ]);
  });

  test("gains what a channel that is removed in the same change doesn't", () => {
    const lines = listed(`full: { without: [live-chat], ${ONCALL} }`, "full: {}");
    expect(lines).toContain("- `#oncall` (`C01`) is removed.");
    expect(lines.slice(-2)).toEqual([`${WHO} **gains**:`, CHAT]);
  });

  test("gains all of a role under its new name, with whatever the change takes from it", () => {
    const lines = listed("full: { role-name: Old }", "full: { role-name: New, without: [live-chat] }");
    expect(lines).toContainEqual(expect.stringMatching(/^- The role `Old` is replaced by `New`\./));
    expect(lines).toContain("- Whoever uses the role `New`, such as a channel configured by hand, **gains**:");
    expect(lines).toContain(VIEW);
    expect(lines.join("\n")).not.toContain("**loses**");
  });

  test("gains all of a new role to which a channel moves, which gains only the difference", () => {
    const lines = listed(`read-only: { ${ONCALL} }`, `full: { ${ONCALL} }`);
    const [ofChannel, ofRole] = ["- People in `#oncall` (`C01`) **gain**:", `${WHO} **gains**:`].map((line) =>
      lines.indexOf(line),
    );
    expect([lines.indexOf(VIEW) > (ofRole ?? 0), (ofRole ?? 0) > (ofChannel ?? 0), ofChannel !== -1]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("has the old name in the table where something is lost, and the new one where it is gained", () => {
    const text = report(
      change(
        terraformOf("full: { role-name: Old, without: [live-chat] }"),
        terraformOf("full: { role-name: New, without: [resolve-cases] }"),
      ),
    );
    expect(text).toMatch(/^\| gains \| whoever uses the role `New` \| `support:InitiateChatForCase` \|/m);
    expect(text).toMatch(/^\| loses \| whoever uses the role `Old` \| `support:ResolveCase` \|/m);
  });
});
