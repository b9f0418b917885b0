import { slackToken } from "../../../../../cli/commands/doctor/checks/slack-token";
import { examinedInSlack, oncallWith, REFUSED, slackWith } from "./slack";

test("nothing is found without Slack, or with a token of every channel's workspace", () => {
  expect(examinedInSlack(slackToken, oncallWith(), undefined)).toEqual({ findings: [] });
  expect(examinedInSlack(slackToken, oncallWith(), slackWith())).toEqual({ findings: [] });
});

test("a token that Slack refuses says nothing of any workspace", () => {
  expect(examinedInSlack(slackToken, oncallWith(), { token: REFUSED, channels: new Map() })).toEqual({
    findings: [
      {
        answer: "unknown",
        subject: "SLACK_BOT_TOKEN",
        about: ["workspace"],
        expected: "a Slack token",
        found: "Slack refuses",
        fix: {
          text: "Add the scope users:read to the Slack app, reinstall it in the workspace, and run this again.",
          commands: [],
        },
      },
    ],
  });
});

test("another workspace is one finding, however many channels are in it", () => {
  const yaml =
    "full: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T2, channel: C2 }, { name: c, workspace: T2, channel: C3 }] }";
  expect(examinedInSlack(slackToken, yaml, slackWith())).toEqual({
    findings: [
      {
        answer: "unknown",
        subject: "Slack workspace T2",
        about: ["workspace", "T2"],
        expected: "a token of T2",
        found: "a token of T1, which says nothing about channels of T2",
        fix: {
          text: "Install the Slack app to T2, too, and run this again with SLACK_BOT_TOKEN set to its token there.",
          commands: [],
        },
      },
    ],
  });
});
