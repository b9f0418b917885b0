import type { LiveChannel } from "../../../../cli/aws/live-channel";
import { readLiveDocument } from "../../../../cli/aws/live-document";
import { importedEnvironment } from "../../../../cli/commands/import/imported-environment";
import type { LiveSetup, TrustingRole } from "../../../../cli/commands/import/live-setup";
import { reportLines } from "../../../../cli/commands/import/report";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { ACCOUNT, policyText } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { allow, attached, role, VIEW } from "../../../support/trusting-role";

const FULL = allow(...actionsOf(CAPABILITIES));
const asked = { name: "new", account: ACCOUNT, region: "us-east-1" };

function viewing(name: string, more: Partial<TrustingRole> = {}): TrustingRole {
  return role({ name, attached: [attached(policyText(VIEW), { name: `${name}Policy` })], ...more });
}

function channel(id: string, of: TrustingRole): LiveChannel {
  const properties = { ChannelName: id.toLowerCase(), ChannelRoleArn: of.arn, NotifyOnCaseSeverity: "none" };
  return { identifier: `T1|${id}`, workspace: "T1", channel: id, properties: { known: properties } };
}

function imported(more: Partial<LiveSetup>) {
  const roleArns = (more.roles ?? []).map(({ arn }) => arn);
  const setup = { roles: [], roleArns, channels: [], workspaces: [], hasServiceQuotasRole: true, ...more };
  const environment = importedEnvironment(asked, setup, NOW);
  const report = reportLines(asked, setup, environment, {}, NOW).join("\n");
  return { ...environment, names: environment.adoptions.map(({ role }) => role.name), report };
}

test("of two read-only roles, the one with more channels is imported; the other stays outside, with its channels", () => {
  const [a, b] = [viewing("a"), viewing("b")];
  const { names, channels, report } = imported({ roles: [a, b], channels: [channel("C1", b)] });
  expect({ names, channels: channels.map(({ entry }) => entry.channel) }).toEqual({ names: ["b"], channels: ["C1"] });
  expect(report).toContain(
    "The role a isn't imported. No channel has it now. People in a channel with it can view-cases.\n  - it is read-only, and so is b: an environment has each access level once.",
  );
});

test("a role whose boundary or policy is another's policy or boundary stays outside: whoever deploys could rewrite it", () => {
  const viewer = viewing("a");
  const full = (more: Partial<TrustingRole>) =>
    role({ name: "b", attached: [attached(policyText(FULL), { name: "bPolicy" })], ...more });
  const of = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
  const why = (roles: readonly TrustingRole[]) => imported({ roles }).report.match(/ {2}- it shares .*/)?.[0];
  const shares = (name: string) =>
    `  - it shares ${of(name)} with a, as policy or as permissions boundary: each access level has its own policy, and whoever deploys could rewrite it.`;
  expect(why([viewer, full({ boundary: of("aPolicy") })])).toBe(shares("aPolicy"));
  expect(why([viewing("a", { boundary: of("bPolicy") }), full({})])).toBe(shares("bPolicy"));
  expect(imported({ roles: [viewing("a", { boundary: of("c") }), full({ boundary: of("c") })] }).names).toEqual([
    "a",
    "b",
  ]);
});

test("people in the channels of a role that isn't imported can do what it allows, as far as its boundary lets them", () => {
  const rogue = role({ name: "Rogue", inline: [{ name: "i", document: readLiveDocument(policyText(allow("*"))) }] });
  expect(imported({ roles: [rogue], channels: [channel("OPS", rogue)] }).report).toContain(
    "The role Rogue isn't imported. People in #ops (OPS of T1) can do everything.\n",
  );
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
  expect(imported({ roles: [{ ...rogue, boundary }] }).report).toContain(
    `No channel has it now. People in a channel with it can do everything, as far as its permissions boundary ${boundary} allows it.`,
  );
});

test("a channel whose settings can't be read is an error: its role may be one to import", () => {
  const action = "cloudformation:GetResource";
  const unknown = { kind: "denied", action, message: "AccessDenied: no" } as const;
  const one = { ...channel("C1", viewing("a")), properties: { unknown } };
  expect(() => imported({ roles: [viewing("a")], channels: [one] })).toThrow(
    "Can't import: AccessDenied: no. Nothing was written. Allow these credentials cloudformation:GetResource.",
  );
});
