import { adviceText } from "../../../../cli/aws/advice";
import type { LiveRoles } from "../../../../cli/aws/live-account";
import type { LiveChannel } from "../../../../cli/aws/live-channel";
import { setupOf } from "../../../../cli/commands/audit/live-setup";
import { DENIED, documentOf, otherRole } from "../../../support/live-account";
import { VIEW } from "../../../support/trusting-role";

const DOCUMENT = documentOf(VIEW);
const VIEWERS = otherRole("Viewers", DOCUMENT);
const CHANNEL: LiveChannel = { identifier: "T1|C1", workspace: "T1", channel: "C1", properties: { known: {} } };
const setup = (roles: LiveRoles["roles"] = { known: [VIEWERS] }, ...channels: LiveChannel[]) =>
  setupOf(roles, [{ region: "us-east-1", channels: { known: channels } }]);

test("a setup has each role with its policies, and each channel with its region", () => {
  expect(setup(undefined, CHANNEL)).toEqual({
    roles: [{ arn: VIEWERS.arn, trust: VIEWERS.trust, policies: [{ name: "by-hand", document: DOCUMENT.known }] }],
    channels: [{ ...CHANNEL, region: "us-east-1", properties: {} }],
  });
});

test.each<[string, () => unknown]>([
  ["the roles", () => setup(DENIED)],
  ["a role", () => setup({ known: [otherRole("Viewers", DOCUMENT, { role: DENIED })] })],
  ["a role's policies", () => setup({ known: [otherRole("Viewers", DOCUMENT, { policies: DENIED })] })],
  ["a policy", () => setup({ known: [otherRole("Viewers", DENIED)] })],
  ["the channels of a region", () => setupOf({ known: [] }, [{ region: "us-east-1", channels: DENIED }])],
  ["a channel", () => setup(undefined, { ...CHANNEL, properties: DENIED })],
])("a setup that can't be read completely is an error: %s", (_, setUp) => {
  expect(setUp).toThrow(`Can't audit: ${DENIED.unknown.message}. ${adviceText(DENIED.unknown, "audit")}`);
});
