import { configuredTwiceDraft, missingRoleDraft } from "../../../cli/findings/channel-findings";
import { DENIED } from "../../support/live-account";

const OF = { resource: "#ops (OPS of T1)", about: ["channel", "T1", "OPS"] };
const ROLE = "arn:aws:iam::111122223333:role/Gone";
const CHANNEL = {
  region: "eu-west-1",
  identifier: "T1|OPS",
  workspace: "T1",
  channel: "OPS",
  properties: { known: { ChannelRoleArn: ROLE } },
};

test("in a channel without a role, people can do nothing, and the command removes it where it is, in its account alone", () => {
  const draft = missingRoleDraft(OF, "111122223333", CHANNEL);
  expect(draft).toMatchObject({
    ...OF,
    answer: "unhealthy",
    expected: "a role of the account that trusts the Support App",
    impact: "People in it can do nothing. Whoever creates a role of that name decides what they can do.",
    found: `the role ${ROLE}, which doesn't exist or doesn't let the Support App in`,
    fix: { text: expect.stringMatching(/^Give the channel another role .* remove its configuration:$/) },
  });
  expect(draft.fix.commands).toEqual([
    expect.stringMatching(/ = 111122223333 .* aws cloudcontrol --region eu-west-1 delete-resource .*'T1\|OPS'/),
  ]);
});

test("a channel that is configured twice names each place with its role", () => {
  const places = [CHANNEL, { ...CHANNEL, region: "us-east-1", properties: DENIED }];
  expect(configuredTwiceDraft(OF, places)).toMatchObject({
    ...OF,
    answer: "unhealthy",
    expected: "configured in one region",
    impact: "Several configurations of a channel can conflict, so that AWS advises to use one region.",
    found: `configured in eu-west-1 with ${ROLE}, and in us-east-1 with a role that isn't known`,
    fix: { text: expect.stringMatching(/^Keep the one in the region that environments\.yaml has/), commands: [] },
  });
});
