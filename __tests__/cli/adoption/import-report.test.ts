import { importReportLines } from "../../../cli/adoption/import-report";
import { importedEnvironment } from "../../../cli/adoption/imported-environment";
import type { LiveSetup } from "../../../cli/adoption/live-setup";
import { readLiveDocument } from "../../../cli/aws/live-document";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import type { Defaults } from "../../../stacks/environments/environments-schema";
import { ACCOUNT } from "../../support/live-account";
import { NOW } from "../../support/now";
import { policyText } from "../../support/policy-text";
import { allow, attached, role, VIEW } from "../../support/trusting-role";
import { withWordLists } from "../../support/word-lists";

const ASKED = { name: "new", account: ACCOUNT, region: "us-east-1" } as const;
const FULL = allow(...actionsOf(CAPABILITIES));
const viewers = role({ name: "Viewers", attached: [attached(policyText(VIEW))] });

function report(overrides: Partial<LiveSetup>, defaults: Defaults = {}): string[] {
  const setup = { roles: [], channels: [], workspaces: [], hasServiceQuotasRole: true, ...overrides };
  return importReportLines(ASKED, setup, importedEnvironment(ASKED, setup, NOW), defaults, NOW);
}

const channel = (id: string, roleArn: string) => ({
  ...{ identifier: `T1|${id}`, workspace: "T1", channel: id },
  properties: { ChannelName: id.toLowerCase(), ChannelRoleArn: roleArn, NotifyOnCaseSeverity: "none" },
});

test("access that has ended is named, and left out", () => {
  const pastEnd = { Condition: { DateLessThan: { "aws:CurrentTime": "2026-05-01T00:00:00Z" } } };
  const chatters = role({
    attached: [attached(policyText(VIEW, { ...allow("support:InitiateChatForCase"), ...pastEnd }))],
  });
  expect(report({ roles: [chatters] })).toContain(
    "  Note: Access that has ended already is left out: live-chat at the end of 2026-04-30 (UTC).",
  );
});

test("each thing in an account has a section: what is imported, what stays outside, and how a deploy takes it over", () => {
  const broken = role({ name: "Broken" });
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
  const rogue = role({
    name: "Rogue",
    boundary,
    inline: [{ name: "i", document: readLiveDocument(policyText(allow("*"))) }],
  });
  const lines = report({
    roles: [viewers, broken, rogue],
    channels: [channel("C1", viewers.arn), channel("C2", broken.arn)],
    workspaces: ["T1", "T2"],
    alias: 'Pay "all"',
  });
  expect(lines.join("\n")).toBe(
    `${ACCOUNT} has 3 roles that the Support App may assume and 2 Slack channels.

The role Viewers is read-only. A deploy imports it and changes nothing.

The role Broken isn't imported. People in #c2 (C2 of T1) can do nothing.
  - it has no policy, and so allows nothing. Delete it if nobody needs it.

The role Rogue isn't imported. No channel in us-east-1 has it now. People in a channel with it can do everything, as far as its permissions boundary ${boundary} allows it.
  - it has no attached policy, and adopt needs one to import. Turn its inline policies into an attached one.

#c2 (C2 of T1) isn't imported: its role ${broken.arn} isn't one of the environment. Give it another role, or remove its configuration if nobody needs it. To manage it here, put it under the access level or team that it should have, with adopt: true: support-app deploy gives it that role, in place. People in it can do nothing.

Registered workspaces stay as they are: T1, T2. To manage them here, add slack-workspaces to the environment: support-app deploy takes them over.

The account alias stays as it is: "Pay \\"all\\"". To manage it here, add account-alias to the environment: support-app deploy takes it over.

1 Slack channel with the role and the notifications as they are:
  - #c1 (C1 of T1): read-only
  Deploy with npx support-app deploy new, which takes over in place. cdktf deploy and Terraform alone would create what exists, which AWS refuses.`,
  );
});

const before = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
test.each<[string, object[], string]>([
  ["everything", [FULL], "is full. A deploy imports it and changes nothing."],
  [
    "everything but what is denied",
    [FULL, { ...allow("support:ResolveCase"), Effect: "Deny" }],
    "becomes full, without resolve-cases. A deploy imports it and changes what environments.yaml can't express:",
  ],
  [
    "something for a time",
    [
      { ...VIEW, ...before("2027-01-01T00:00:00Z") },
      { ...allow("support:ResolveCase"), ...before("2026-12-01T17:00:00Z") },
    ],
    "is full, without <optional capabilities but resolve-cases>, with resolve-cases until 2026-12-01T17:00:00Z, all of it until the end of 2026-12-31 (UTC). A deploy imports it and changes nothing.",
  ],
])("a role that may do %s is described by what it can't, and until when", (_, statements, words) => {
  expect(report({ roles: [role({ attached: [attached(policyText(...statements))] })] })[2]).toBe(
    `The role role ${withWordLists(words)}`,
  );
});

test("tags that the defaults of its access level add are changes, and a note follows them", () => {
  const shared = role({ name: "Viewers", attached: [attached(policyText(VIEW), { isShared: true })] });
  const defaults = { tags: { Stage: "live" }, "read-only": { tags: { Team: "a" } }, full: { tags: { No: "more" } } };
  expect(report({ roles: [shared] }, defaults).slice(2)).toEqual([
    "The role Viewers becomes read-only. A deploy imports it and changes what environments.yaml can't express:",
    '  - The tag Stage of the role Viewers becomes "live".',
    '  - The tag Team of the role Viewers becomes "a".',
    '  - The tag Stage of the policy policy becomes "live".',
    '  - The tag Team of the policy policy becomes "a".',
    "  Note: Its policy policy is also used elsewhere: a later change of it affects others, too.",
  ]);
  expect(report({ roles: [shared] }).slice(3)).toEqual([expect.stringMatching(/^ {2}Note: /)]);
});
