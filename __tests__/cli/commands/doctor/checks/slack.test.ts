import { SLACK_CHECKS } from "../../../../../cli/commands/doctor/checks";
import type { Person, SlackPeople } from "../../../../../cli/slack/live-people";
import type { SlackFailure } from "../../../../../cli/slack/lookup";
import { environmentOf } from "../../../../support/live-account";

const draft = { resource: "#oncall (C1 of T1)", about: ["channel", "T1", "C1"] };
const REFUSED: { readonly unknown: SlackFailure } = {
  unknown: { kind: "scope", method: "users.info", message: "Slack refuses", scopes: "users:read" },
};
const REFUSED_FIX = {
  text: "Add the scope users:read to the Slack app, reinstall it in the workspace, and run this again.",
  commands: [],
};
const STATE = { name: "oncall", isPrivate: true, isArchived: false, isShared: false, sharedWith: [], isInvited: false };
const NOTHING = { findings: [], notes: [] };

/** A channel of the workspace T1, with the rules of environments.yaml. */
const oncallWith = (rules = "") =>
  `full: { channels: [{ name: oncall, workspace: T1, channel: C1${rules && `, ${rules}`} }] }`;

/** What was read from Slack with a token of T1. */
function slackWith(channels: Record<string, Partial<{ state: object; members: object }>> = {}): SlackPeople {
  const whole = Object.entries(channels).map(([id, channel]) => [
    id,
    { state: { known: STATE }, members: { known: { people: [], unseen: 0 } }, ...channel },
  ]);
  return { token: { known: { workspace: "T1" } }, channels: new Map(whole as never) };
}

function examineSlack(kind: keyof typeof SLACK_CHECKS, yaml: string, slack: SlackPeople) {
  const environment = environmentOf(yaml);
  return { findings: [], ...SLACK_CHECKS[kind].examine({ environment, channels: environment.channels, slack }) };
}

describe("the token", () => {
  test("the token of every channel's workspace is fine, and a rejected one leaves the workspace unknown", () => {
    expect(examineSlack("slack-token", oncallWith(), slackWith())).toEqual({ findings: [] });
    expect(examineSlack("slack-token", oncallWith(), { token: REFUSED, channels: new Map() }).findings).toEqual([
      {
        answer: "unknown",
        resource: "SLACK_BOT_TOKEN",
        about: ["workspace"],
        expected: "a Slack token",
        found: "Slack refuses",
        fix: REFUSED_FIX,
      },
    ]);
  });

  test("the token says nothing of another workspace, which is one finding, however many channels are in it", () => {
    const yaml =
      "full: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T2, channel: C2 }, { name: c, workspace: T2, channel: C3 }] }";
    expect(examineSlack("slack-token", yaml, slackWith()).findings).toEqual([
      {
        answer: "unknown",
        resource: "Slack workspace T2",
        about: ["workspace", "T2"],
        expected: "a token of T2",
        found: "a token of T1, which says nothing about channels of T2",
        fix: {
          text: "Install the Slack app to T2, too, and run this again with SLACK_BOT_TOKEN set to its token there.",
          commands: [],
        },
      },
    ]);
  });

  test.each<[string, SlackPeople]>([
    ["is of another workspace", { ...slackWith({ C1: {} }), token: { known: { workspace: "T2" } } }],
    ["is rejected", { ...slackWith({ C1: {} }), token: REFUSED }],
  ])("the other checks wait for the token if it %s", (_, slack) => {
    for (const kind of ["slack-channels", "slack-people"] as const) {
      expect(examineSlack(kind, oncallWith(), slack)).toEqual({ ...NOTHING, waitsFor: "slack-token" });
    }
  });
});

describe("a channel", () => {
  const examinedAs = (state: object, rules?: string) =>
    examineSlack("slack-channels", oncallWith(rules), slackWith({ C1: { state: { known: { ...STATE, ...state } } } }));
  const problem = (impact: string, expected: string, found: string, text: string) => ({
    impact,
    expected,
    found,
    fix: { text, commands: [] },
  });
  const UNSHARE =
    "Remove the other organization, or revoke its invitation, in the channel's settings in Slack, or ask an administrator of the workspace.";
  const shared = (actual: string) =>
    problem("People of another organization have its access, or can have it.", UNSHARED, actual, UNSHARE);
  const RENAME =
    "Set name: support for this channel in environments.yaml, and deploy. If it was renamed by mistake, rename it back in Slack.";
  const UNARCHIVE = "Unarchive the channel in Slack. If nobody needs it, remove it from environments.yaml, and deploy.";
  const KNOWN = "People know the channel by another name than environments.yaml.";
  const JOINED = "Everyone in the workspace can join it, and then has its access.";
  const ARCHIVED = "it is archived";
  const PUBLIC = "it is public";
  const CLOSE = "Make the channel private, in its settings in Slack.";
  const UNSHARED = "shared: false";
  const NAMED = "shared with another organization (T8, T9)";
  const UNNAMED = "shared with another organization (Slack doesn't name it)";

  test("a channel as it should be has no finding, and a channel that the token's app doesn't see is unknown", () => {
    for (const rules of [undefined, "private: true, shared: false"]) expect(examinedAs({}, rules)).toEqual(NOTHING);
    const expected = "a channel that the token's app sees";
    expect(examineSlack("slack-channels", oncallWith(), slackWith({ C1: { state: REFUSED } })).findings).toEqual([
      { answer: "unknown", ...draft, expected, found: "Slack refuses", fix: REFUSED_FIX },
    ]);
  });

  test.each<[string, object, string | undefined, object]>([
    ["was renamed", { name: "support" }, undefined, problem(KNOWN, "the name oncall", "the name support", RENAME)],
    [
      "is archived",
      { isArchived: true },
      undefined,
      problem("Nobody can do anything in it.", "a channel in use", ARCHIVED, UNARCHIVE),
    ],
    ["is public", { isPrivate: false }, "private: true", problem(JOINED, "private: true", PUBLIC, CLOSE)],
    ["is shared", { isShared: true, sharedWith: ["T8", "T9"] }, UNSHARED, shared(NAMED)],
    ["is shared, with another one invited", { isShared: true, isInvited: true }, UNSHARED, shared(UNNAMED)],
    ["is open", { isInvited: true }, UNSHARED, shared("another organization is invited to share it")],
  ])("a channel that %s is unhealthy", (_, state, rules, finding) => {
    expect(examinedAs(state, rules)).toEqual({ findings: [{ answer: "unhealthy", ...draft, ...finding }], notes: [] });
  });
});

describe("the people", () => {
  const person = (id: string, overrides: Partial<Person> = {}): Person => ({
    id,
    name: id,
    is: "person",
    ...overrides,
  });
  const guest = (id: string) => person(id, { is: "guest" });
  const stranger = (id: string) => person(id, { from: "T9" });
  const bot = person("B1", { is: "bot" });
  const fix = {
    text: "Remove whoever shouldn't be there from the channel in Slack. This names everyone in it:",
    commands: ["npx support-app doctor test --slack-only --members"],
  };

  function examinedWith(
    rules: string | undefined,
    people: readonly Person[],
    overrides: object = {},
    state: object = {},
  ) {
    const members = { known: { people, unseen: 0, ...overrides } };
    const slack = slackWith({ C1: { state: { known: { ...STATE, ...state } }, members } });
    return examineSlack("slack-people", oncallWith(rules), slack);
  }

  test.each<[string, readonly Person[], string]>([
    ["guests: false", [guest("U1")], "guests: 1"],
    ["shared: false", [stranger("U1")], "people of other organizations: 1"],
    ["max-members: 1", [person("U1"), guest("U2")], "people: 2"],
  ])("people break the rule %s, which is unhealthy, if they are %j: %s", (rule, people, breach) => {
    expect(examinedWith(rule, people).findings).toEqual([
      { answer: "unhealthy", ...draft, expected: rule, found: breach, fix },
    ]);
  });

  test.each<[string | undefined, readonly Person[], object]>([
    [undefined, [person("U1"), guest("U2"), stranger("U3"), bot], {}],
    ["guests: false", [person("U1"), stranger("U2"), bot], {}],
    ["shared: false", [person("U1"), guest("U2"), bot], {}],
    ["max-members: 1", [person("U1"), bot], {}],
    ["shared: false", [stranger("U1")], { isShared: true }], // the channel itself is a finding
  ])("people keep the rule %s if they are %j", (rule, people, state) => {
    expect(examinedWith(rule, people, {}, state)).toEqual(NOTHING);
  });

  test("people of whom nothing is known leave a rule unknown, unless it is proven broken or can't break", () => {
    const open = "3 more members, who weren't looked at";
    const rules = "guests: false, shared: false, max-members: 1";
    const { findings } = examinedWith(rules, [person("U1"), stranger("U2")], { unseen: 3 });
    expect(findings.map(({ answer, expected, found }) => [answer, expected, found])).toEqual([
      ["unknown", "guests: false", open],
      ["unhealthy", "shared: false", "people of other organizations: 1 or more"],
      ["unhealthy", "max-members: 1", "people: 2 or more"],
    ]);
    const people = [person("U1")];
    expect(examinedWith("max-members: 3", people, { unseen: 3 }).findings).toMatchObject([{ found: open }]);
    expect(examinedWith("max-members: 4", people, { unseen: 3 }).findings).toEqual([]);
  });

  test("people of whom Slack says nothing are one unknown finding, after what is proven", () => {
    const overrides = { unseen: 3, reason: REFUSED.unknown };
    const unknown = { answer: "unknown", ...draft, expected: "to see who is in it", found: "Slack refuses" };
    expect(examinedWith("guests: false, max-members: 3", [guest("U1")], overrides).findings).toEqual([
      { answer: "unhealthy", ...draft, expected: "guests: false", found: "guests: 1 or more", fix },
      { ...unknown, fix: REFUSED_FIX },
    ]);
    const refused = slackWith({ C1: { members: REFUSED } });
    expect(examineSlack("slack-people", oncallWith(), refused).findings).toEqual([{ ...unknown, fix: REFUSED_FIX }]);
  });

  test("people in a channel that isn't seen wait for the channel", () => {
    const hidden = slackWith({ C1: { state: REFUSED, members: REFUSED } });
    expect(examineSlack("slack-people", oncallWith(), hidden)).toEqual({ ...NOTHING, waitsFor: "slack-channels" });
  });
});
