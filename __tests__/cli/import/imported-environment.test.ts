import type { LiveChannel } from "../../../cli/aws/live-channel";
import { readLiveDocument } from "../../../cli/aws/live-document";
import { importedEnvironment } from "../../../cli/import/imported-environment";
import type { LiveSetup, TrustingRole } from "../../../cli/import/live-setup";
import { reportLines } from "../../../cli/import/report";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/capability";
import { ACCOUNT, policyText } from "../../support/live-account";
import { allow, attached, role, TRUST, VIEW } from "../../support/trusting-role";

const FULL = allow(...actionsOf(CAPABILITIES));
const asked = { name: "new", account: ACCOUNT, region: "us-east-1" };

function viewing(name: string, more: Partial<TrustingRole> = {}): TrustingRole {
  return role({ name, attached: [attached(policyText(VIEW), { name: `${name}Policy` })], ...more });
}

function channel(id: string, of: TrustingRole): LiveChannel {
  const properties = { ChannelName: id.toLowerCase(), ChannelRoleArn: of.arn, NotifyOnCaseSeverity: "none" };
  return { identifier: `T1|${id}`, workspace: "T1", channel: id, properties: { known: properties } };
}

function imported(more: Partial<LiveSetup>, tags: Readonly<Record<string, string>> = {}) {
  const setup = { roles: [], channels: [], workspaces: [], hasServiceQuotasRole: true, ...more };
  const environment = importedEnvironment(asked, setup);
  const report = reportLines(asked, setup, environment, { tags }).join("\n");
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

test("losses are named: of people in its channels, of other principals in the trust policy, and of tags", () => {
  const trust = (...more: object[]) => readLiveDocument(policyText(TRUST, ...more));
  const { report } = imported(
    {
      roles: [
        viewing("a", {
          trust: trust(
            { ...TRUST, Principal: { AWS: `arn:aws:iam::444455556666:root` } },
            { ...TRUST, Principal: { Federated: "accounts.google.com" }, Action: "sts:AssumeRoleWithWebIdentity" },
          ),
          attached: [
            attached(policyText(VIEW, { ...allow("support:*"), Resource: "arn:aws:x" }), {
              name: "aPolicy",
              tags: new Map([["Kept", "1"]]),
            }),
          ],
          tags: new Map([
            ["Owner", "web"],
            ["for", "Slack"],
          ]),
        }),
      ],
    },
    { Owner: "platform", Stage: "live" },
  );
  expect(report).toBe(`${ACCOUNT} has 1 role that the Support App may assume and no Slack channels.

The role a becomes read-only. A deploy imports it and changes what environments.yaml can't express:
  - People in its channels lose what read-only doesn't give: support:* on arn:aws:x.
  - Anyone in the account 444455556666 loses the right to assume it (sts:AssumeRole).
  - accounts.google.com loses the right to assume it (sts:AssumeRoleWithWebIdentity).
  - Its policy aPolicy is rewritten in the form of environments.yaml.
  - Its trust policy is rewritten in the form of environments.yaml.
  - The tag Stage of the role a becomes "live".
  - The tag for of the role a is removed.
  - The tag Owner of the policy aPolicy becomes "web".
  - The tag Stage of the policy aPolicy becomes "live".
  - The tag Kept of the policy aPolicy is removed.`);
});

test("what can't be imported, and what is shared with others, is reported", () => {
  const { report } = imported({
    roles: [role({ name: "a", attached: [attached(policyText(FULL), { name: "aPolicy", isShared: true })] })],
    workspaces: ["T1", "T2"],
    alias: "Payments",
    hasServiceQuotasRole: false,
  });
  expect(report).toContain("The role a is full. A deploy imports it and changes nothing.");
  expect(report).toContain(
    "Note: Its policy aPolicy is also used elsewhere: a later change of it affects others, too.",
  );
  expect(report).toContain("Note: The account has no Service Quotas role");
  expect(report).toContain("Registered workspaces stay as they are, since Terraform can't import them: T1, T2.");
  expect(report).toContain('The account alias stays as it is, since Terraform can\'t import it: "Payments".');
});
