import { readLiveDocument } from "../../../../cli/aws/live-document";
import { importedEnvironment } from "../../../../cli/commands/import/imported-environment";
import type { LiveSetup } from "../../../../cli/commands/import/live-setup";
import { reportLines } from "../../../../cli/commands/import/report";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import type { Defaults } from "../../../../stacks/environments/environments-schema";
import { ACCOUNT, policyText } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { allow, attached, role, VIEW } from "../../../support/trusting-role";

const ASKED = { name: "new", account: ACCOUNT, region: "us-east-1" } as const;
const FULL = allow(...actionsOf(CAPABILITIES));
const viewers = role({ name: "Viewers", attached: [attached(policyText(VIEW))] });

function report(more: Partial<LiveSetup>, defaults: Defaults = {}): string {
  const roleArns = (more.roles ?? []).map(({ arn }) => arn);
  const setup = { roles: [], roleArns, channels: [], workspaces: [], hasServiceQuotasRole: true, ...more };
  return reportLines(ASKED, setup, importedEnvironment(ASKED, setup, NOW), defaults, NOW).join("\n");
}

const channel = (id: string, roleArn: string) => ({
  ...{ identifier: `T1|${id}`, workspace: "T1", channel: id },
  properties: { known: { ChannelName: id.toLowerCase(), ChannelRoleArn: roleArn, NotifyOnCaseSeverity: "none" } },
});

test("an account with nothing in it is a line", () => {
  expect(report({})).toBe(`${ACCOUNT} has no roles that the Support App may assume and no Slack channels.`);
});

test("each thing in an account has a section: what is imported, what stays outside, and how channels are handed over", () => {
  const broken = role({ name: "Broken" });
  const text = report({
    roles: [viewers, broken],
    channels: [channel("C1", viewers.arn), channel("C2", broken.arn)],
    workspaces: ["T1", "T2"],
    alias: 'Pay "all"',
  });
  expect(text.slice(0, text.indexOf("\nSlack channels keep working"))).toBe(
    `${ACCOUNT} has 2 roles that the Support App may assume and 2 Slack channels.

The role Viewers is read-only. A deploy imports it and changes nothing.

The role Broken isn't imported. People in #c2 (C2 of T1) can do nothing.
  - it has no policy, and so allows nothing. If nobody needs it, delete it.

#c2 (C2 of T1) isn't imported: its role ${broken.arn} isn't one of the environment. People in it can do nothing.

Registered workspaces stay as they are, since Terraform can't import them: T1, T2.

The account alias stays as it is, since Terraform can't import it: "Pay \\"all\\"".
`,
  );
  expect(text).toMatch(
    /\n\nSlack channels keep working as they are\. .*\n {5}If one fails .*: npx support-app deploy new$/s,
  );
});

test("one role and one channel are counted as one", () => {
  const lines = report({ roles: [viewers], channels: [channel("C1", viewers.arn)], workspaces: ["T1"] }).split("\n");
  expect(lines[0]).toBe(`${ACCOUNT} has 1 role that the Support App may assume and 1 Slack channel.`);
  expect(lines[4]).toBe("Registered workspaces stay as they are, since Terraform can't import them: T1.");
});

const before = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
const CHANGES = "A deploy imports it and changes what environments.yaml can't express:";

test.each<[string, object[], string]>([
  ["everything", [FULL], "is full. A deploy imports it and changes nothing."],
  [
    "everything but what is denied",
    [FULL, { ...allow("support:ResolveCase"), Effect: "Deny" }],
    `becomes full, without resolve-cases. ${CHANGES}`,
  ],
  [
    "something for a time",
    [
      { ...VIEW, ...before("2027-01-01T00:00:00Z") },
      { ...allow("support:ResolveCase"), ...before("2026-12-01T17:00:00Z") },
    ],
    "is full, without create-cases, reply-to-cases, attach-files, live-chat, request-quota-increases, with resolve-cases until 2026-12-01T17:00:00Z, all of it until the end of 2026-12-31 (UTC). A deploy imports it and changes nothing.",
  ],
])("a role that may do %s is described by what it can't, and until when", (_, statements, words) => {
  const text = report({ roles: [role({ attached: [attached(policyText(...statements))] })] });
  expect(text.split("\n")[2]).toBe(`The role role ${words}`);
});

test("tags that the defaults add are changes, and those of another access level aren't", () => {
  const defaults = { tags: { Stage: "live" }, "read-only": { tags: { Team: "a" } }, full: { tags: { No: "more" } } };
  expect(
    report({ roles: [viewers] }, defaults)
      .split("\n")
      .slice(2),
  ).toEqual([
    "The role Viewers becomes read-only. A deploy imports it and changes what environments.yaml can't express:",
    '  - The tag Stage of the role Viewers becomes "live".',
    '  - The tag Team of the role Viewers becomes "a".',
    '  - The tag Stage of the policy policy becomes "live".',
    '  - The tag Team of the policy policy becomes "a".',
  ]);
});

test("a note follows what changes, or that nothing does", () => {
  const attachedTwice = attached(policyText(FULL), { isShared: true });
  const inline = [{ name: "extra", document: readLiveDocument(policyText(VIEW)) }];
  const linesOf = (more: object) =>
    report({ roles: [role({ attached: [attachedTwice], ...more })] })
      .split("\n")
      .slice(3);
  const note = "  Note: Its policy policy is also used elsewhere: a later change of it affects others, too.";
  expect(linesOf({})).toEqual([note]);
  expect(linesOf({ inline })).toEqual(["  - The inline policy extra is removed.", note]);
});
