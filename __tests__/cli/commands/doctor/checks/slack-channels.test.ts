import { eachChannelInSlack, slackChannels } from "../../../../../cli/commands/doctor/checks/slack-channels";
import { environmentOf, healthyAccount } from "../../../../support/live-account";
import { examinedInSlack, oncallWith, REFUSED, STATE, slackWith } from "./slack";

const of = { subject: "#oncall (C1 of T1)", about: ["channel", "T1", "C1"] };
const examinedAs = (state: object, rules?: string) =>
  examinedInSlack(slackChannels, oncallWith(rules), slackWith({ C1: { state: { known: { ...STATE, ...state } } } }));

test("a channel as it should be is neither a finding nor a note", () => {
  const nothing = { findings: [], notes: [], waitsFor: undefined };
  for (const rules of [undefined, "private: required, shared: refused"]) {
    expect(examinedAs({}, rules)).toEqual(nothing);
  }
});

test("a channel that the token's app doesn't see is unknown", () => {
  expect(examinedInSlack(slackChannels, oncallWith(), slackWith({ C1: { state: REFUSED } }))).toEqual({
    findings: [
      {
        answer: "unknown",
        ...of,
        expected: "a channel that the token's app sees",
        found: "Slack refuses",
        fix: {
          text: "Add the scope users:read to the Slack app, reinstall it in the workspace, and run this again.",
          commands: [],
        },
      },
    ],
    notes: [],
    waitsFor: undefined,
  });
});

test.each<[string, object, string | undefined, object]>([
  [
    "a channel that was renamed",
    { name: "support" },
    undefined,
    {
      expected: "the name oncall",
      found: "the name support",
      fix: {
        text: "Set name: support for this channel in environments.yaml, and deploy. If it was renamed by mistake, rename it back in Slack.",
        change: undefined,
        commands: ["npx support-app deploy test"],
      },
    },
  ],
  [
    "an archived channel",
    { isArchived: true },
    undefined,
    {
      expected: "a channel in use",
      found: "it is archived, so nobody can do anything in it",
      fix: {
        text: "Unarchive the channel in Slack. If nobody needs it, remove it from environments.yaml, and deploy.",
        commands: [],
      },
    },
  ],
  [
    "a public channel that has to be private",
    { isPrivate: false },
    "private: required",
    {
      expected: "private: required",
      found: "it is public: everyone in the workspace can join it",
      fix: { text: "Make the channel private, in its settings in Slack.", commands: [] },
    },
  ],
  [
    "a channel that is shared and mustn't be",
    { isShared: true, sharedWith: ["T8", "T9"] },
    "shared: refused",
    {
      expected: "shared: refused",
      found: "shared with another organization (T8, T9)",
      fix: {
        text: "Remove the other organization from the channel, in its settings in Slack, or ask an administrator of the workspace.",
        commands: [],
      },
    },
  ],
  [
    "a channel that is shared with whoever Slack doesn't name, and to which another one is invited",
    { isShared: true, isInvited: true },
    "shared: refused",
    {
      expected: "shared: refused",
      found: "shared with another organization, which Slack doesn't name",
      fix: {
        text: "Remove the other organization from the channel, in its settings in Slack, or ask an administrator of the workspace.",
        commands: [],
      },
    },
  ],
  [
    "a channel to which another organization is invited",
    { isInvited: true },
    "shared: refused",
    {
      expected: "shared: refused",
      found: "another organization is invited to share it",
      fix: {
        text: "Revoke the invitation, in the channel's settings in Slack, or ask an administrator of the workspace.",
        commands: [],
      },
    },
  ],
])("%s is unhealthy", (_, state, rules, finding) => {
  expect(examinedAs(state, rules)).toEqual({
    findings: [{ answer: "unhealthy", ...of, ...finding }],
    notes: [],
    waitsFor: undefined,
  });
});

test("without rules, a public or shared channel is a note", () => {
  expect(examinedAs({ isPrivate: false, isShared: true, sharedWith: ["T9"], isInvited: true })).toEqual({
    findings: [],
    notes: [
      "#oncall (C1 of T1) is public: everyone in the workspace can join it, and then has its access.",
      "#oncall (C1 of T1) is shared with another organization (T9).",
      "Another organization is invited to share #oncall (C1 of T1).",
    ],
    waitsFor: undefined,
  });
});

test("every fault of a channel is a finding of its own", () => {
  const all = { name: "x", isArchived: true, isPrivate: false, isShared: true };
  expect(examinedAs(all, "private: required, shared: refused").findings.map(({ expected }) => expected)).toEqual([
    "the name oncall",
    "a channel in use",
    "private: required",
    "shared: refused",
  ]);
});

describe("a channel is looked at", () => {
  const seen = (slack: Parameters<typeof examinedInSlack>[2], yaml = oncallWith()) => {
    const environment = environmentOf(yaml);
    const examined = { environment, whole: environment, account: healthyAccount(environment), slack };
    const calls: unknown[] = [];
    const check = eachChannelInSlack(({ name }, found) => {
      calls.push([name, found]);
      return {};
    });
    check(examined);
    return calls;
  };

  test("in the token's workspace alone", () => {
    const slack = slackWith({ C1: {} });
    expect(seen(slack)).toEqual([["oncall", slack.channels.get("C1")]]);
    expect(seen({ ...slack, token: { known: { workspace: "T2" } } })).toEqual([]);
    expect(seen({ ...slack, token: REFUSED })).toEqual([]);
    expect(seen(slackWith())).toEqual([]);
    expect(seen(undefined)).toEqual([]);
  });

  test("or waits for a token of its workspace", () => {
    const yaml = oncallWith().replace("]", ", { name: other, workspace: T2, channel: C2 }]");
    expect(examinedInSlack(slackChannels, yaml, slackWith({ C1: {}, C2: {} }))).toEqual({
      findings: [],
      notes: [],
      waitsFor: "slack-token",
    });
  });
});
