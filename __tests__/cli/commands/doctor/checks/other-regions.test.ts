import type { LiveChannel } from "../../../../../cli/aws/live-channel";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { GUIDE_TOPICS } from "../../../../../cli/findings/kinds";
import { ACCOUNT, DENIED, documentOf, otherRole } from "../../../../support/live-account";
import { ALLOW, examine, inAccount, only, WATCH } from "./examined";

const MANAGED = `full: {}, read-only: { ${WATCH} }`;
const FULL = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`;

const CONFLICT = "Several configurations of a channel can conflict, so that AWS advises to use one region.";

type Region = Account["elsewhere"][number]["region"];
const channel = (id: string, ChannelRoleArn: string): LiveChannel => ({
  identifier: `T1|${id}`,
  workspace: "T1",
  channel: id,
  properties: { known: { ChannelName: id.toLowerCase(), ChannelRoleArn } },
});
const region = (name: Region, ...channels: LiveChannel[]) => ({
  region: name,
  channels: { known: channels },
  workspaces: { known: [] },
});
const searched = (yaml: string, searchedRegions: Account["elsewhere"], overrides: Partial<Account> = {}) =>
  examine("other-regions", yaml, (account) => ({ ...account, ...overrides, elsewhere: searchedRegions }));
const remove = (place: string, id: string) =>
  inAccount("cloudcontrol")
    .replaceAll("us-east-1", place)
    .replace(
      "aws cloudcontrol;",
      `aws cloudcontrol --region ${place} delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|${id}';`,
    );

test("a channel in another region with a role of environments.yaml gives people access that the file doesn't", () => {
  const { findings } = searched(MANAGED, [region("us-west-2"), region("eu-west-1", channel("OPS", FULL))]);
  expect(findings).toEqual([
    {
      answer: "unhealthy",
      resource: "#ops (OPS of T1) in eu-west-1, which isn't in environments.yaml",
      about: ["eu-west-1", "T1", "OPS"],
      expected: "only the channels of environments.yaml",
      impact: "People in it have full access, too.",
      found: `the role ${FULL}`,
      topic: GUIDE_TOPICS.restrictUsers,
      fix: {
        text: "If people in it need access, first add it to environments.yaml, and deploy, which configures it in us-east-1. If somebody else configures channels in this account, set other-channels: true. Otherwise, remove it from eu-west-1 with this command:",
        commands: [remove("eu-west-1", "OPS")],
      },
    },
  ]);
});

test.each([
  ["others configure channels, too", `other-channels: true, ${MANAGED}`],
  ["the file has no channels", "full: {}"],
])("a channel in another region is a note if %s", (_, yaml) => {
  expect(searched(yaml, [region("eu-west-1", channel("OPS", FULL))])).toMatchObject({
    findings: [],
    notes: ["People in #ops (OPS of T1) in eu-west-1, which isn't in environments.yaml, have full access, too."],
  });
});

test("the role of a channel in another region may be gone, or somebody else's, and what it may do may be unknown", () => {
  const X = `arn:aws:iam::${ACCOUNT}:role/x`;
  const findingWith = (overrides: Partial<Account>) =>
    only(searched(MANAGED, [region("eu-west-1", channel("OPS", X))], overrides).findings);
  expect(findingWith({})).toMatchObject({
    answer: "unhealthy",
    impact: expect.stringMatching(/^People in it can do nothing/),
  });
  const roles = { known: [otherRole("x", documentOf())] };
  expect(findingWith({ roles })).toMatchObject({
    answer: "unhealthy",
    impact: `People in it can do nothing with its role ${X}.`,
    found: `the role ${X}`,
  });
  expect(findingWith({ roles: DENIED })).toMatchObject({ answer: "unknown", found: DENIED.unknown.message });
  const unread = { ...channel("OPS", X), properties: DENIED };
  expect(only(searched(MANAGED, [region("eu-west-1", unread)]).findings)).toMatchObject({ answer: "unknown" });
});

test("a channel of environments.yaml is configured only in its region, whoever else configures channels", () => {
  const yaml = `other-channels: true, ${MANAGED}`;
  const finding = {
    answer: "unhealthy",
    resource: "#c1 (C1 of T1) in eu-west-1",
    about: ["eu-west-1", "T1", "C1"],
    impact: CONFLICT,
    expected: "configured only in us-east-1",
    found: `configured in us-east-1 with ${FULL.replace("Full", "ReadOnly")}, and in eu-west-1 with ${FULL}`,
    fix: {
      text: "Remove the channel's configuration in eu-west-1 with this command. AWS advises to use one region, since several can conflict:",
      commands: [remove("eu-west-1", "C1")],
    },
  };
  const searchedRegions = [region("eu-west-1", channel("C1", FULL))];
  expect(searched(yaml, searchedRegions).findings).toEqual([finding]);
  const moved = `configured in eu-west-1 with ${FULL}`;
  expect(searched(yaml, searchedRegions, { channels: { known: [] } }).findings).toEqual([{ ...finding, found: moved }]);
});

test("any other channel is configured in one region, and no command removes it, since several would everywhere", () => {
  const unread = { ...channel("OPS", FULL), properties: DENIED };
  const searchedRegions = [region("eu-west-1", channel("OPS", FULL)), region("us-west-2", unread)];
  const finding = {
    answer: "unhealthy",
    resource: "#ops (OPS of T1)",
    about: ["eu-west-1", "T1", "OPS"],
    found: `configured in eu-west-1 with ${FULL}, and in us-west-2 with a role that isn't known`,
    fix: { commands: [] },
  };
  expect(searched("full: {}", searchedRegions).findings).toMatchObject([finding]);
  const channels = { known: [channel("OPS", FULL)] };
  expect(searched("full: {}", searchedRegions, { channels }).findings).toMatchObject([
    { ...finding, found: `configured in us-east-1 with ${FULL}, and ${finding.found.replace("configured ", "")}` },
  ]);
  const workspace = { ...channel("C1", FULL), identifier: "T2|C1", workspace: "T2" };
  expect(searched(MANAGED, [region("eu-west-1", workspace)]).findings).toMatchObject([
    { expected: "only the channels of environments.yaml" },
  ]);
});

test("regions that can't be read are unknown, once for each reason", () => {
  const denied = (name: Region, message = DENIED.unknown.message) => ({
    ...region(name),
    channels: { unknown: { ...DENIED.unknown, message } },
  });
  const draftOf = (...regions: string[]) => ({
    answer: "unknown",
    resource: `Slack channels in ${regions.join(", ")}`,
    about: ["regions", ...regions],
    expected: "to see them",
    fix: ALLOW,
  });
  expect(searched(MANAGED, [denied("eu-west-1"), denied("us-west-2"), denied("eu-west-2", "other")])).toMatchObject({
    findings: [
      { ...draftOf("eu-west-1", "us-west-2"), found: DENIED.unknown.message },
      { ...draftOf("eu-west-2"), found: "other" },
    ],
  });
});

test("a region that the organization denies is a note where others configure channels, and otherwise unknown", () => {
  const denied = {
    region: "eu-west-1" as const,
    workspaces: DENIED,
    channels: { unknown: { ...DENIED.unknown, isDeniedByOrganization: true } },
  };
  expect(searched(`other-channels: true, ${MANAGED}`, [denied])).toMatchObject({
    findings: [],
    notes: ["Channels in eu-west-1 can't be read, since a service control policy of the organization denies it."],
  });
  expect(only(searched(MANAGED, [denied]).findings)).toMatchObject({ answer: "unknown" });
  const otherRegion = { ...denied, channels: DENIED };
  expect(only(searched(`other-channels: true, ${MANAGED}`, [otherRegion]).findings)).toMatchObject({
    answer: "unknown",
  });
});
