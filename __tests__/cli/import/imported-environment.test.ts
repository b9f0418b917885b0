import type { LiveChannel } from "../../../cli/aws/live-channel";
import { readLiveDocument } from "../../../cli/aws/live-document";
import { importedEnvironment } from "../../../cli/import/imported-environment";
import type { LiveSetup, TrustingRole } from "../../../cli/import/live-setup";
import { reportLines } from "../../../cli/import/report";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/capability";
import { ACCOUNT, policyText } from "../../support/live-account";
import { allow, attached, role, VIEW } from "../../support/trusting-role";

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
  const setup = { roles: [], channels: [], workspaces: [], hasServiceQuotasRole: true, ...more };
  const environment = importedEnvironment(asked, setup);
  const report = reportLines(asked, setup, environment, {}).join("\n");
  return { ...environment, names: environment.adoptions.map(({ role }) => role.name), report };
}

test("of two read-only roles, the one with more channels is imported; the other stays outside, with its channels", () => {
  const [a, b] = [viewing("a"), viewing("b")];
  const { names, channels, report } = imported({ roles: [a, b], channels: [channel("C1", b)] });
  expect({ names, channels: channels.map(({ entry }) => entry.channel) }).toEqual({ names: ["b"], channels: ["C1"] });
  expect(report).toContain(
    "The role a stays as it is, outside the environment:\n  - it is read-only, and so is b: an environment has each access level once.",
  );
});

test("of two roles with one policy, the second stays outside, since each level has its own", () => {
  const shared = attached(policyText(FULL), { name: "both" });
  const deny = {
    Effect: "Deny",
    Action: actionsOf(CAPABILITIES).filter((one) => !one.includes("Describe")),
    Resource: "*",
  };
  const inline = [{ name: "viewing", document: readLiveDocument(policyText(deny)) }];
  const { names, report } = imported({
    roles: [role({ name: "a", attached: [shared] }), role({ name: "b", attached: [shared], inline })],
  });
  expect(names).toEqual(["a"]);
  expect(report).toContain("  - it shares its policy both with a, and each access level has its own.");
});

test("a channel whose settings can't be read is an error: its role may be one to import", () => {
  const action = "cloudformation:GetResource";
  const unknown = { kind: "denied", action, message: "AccessDenied: no" } as const;
  const one = { ...channel("C1", viewing("a")), properties: { unknown } };
  expect(() => imported({ roles: [viewing("a")], channels: [one] })).toThrow(
    "Received AccessDenied: no, expected an answer; without it, nothing is imported. Allow these credentials cloudformation:GetResource.",
  );
});
