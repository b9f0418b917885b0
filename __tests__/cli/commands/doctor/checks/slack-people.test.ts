import { slackPeople } from "../../../../../cli/commands/doctor/checks/slack-people";
import type { Person } from "../../../../../cli/slack/live-people";
import { examinedInSlack, oncallWith, REFUSED, STATE, slackWith } from "./slack";

const of = { subject: "#oncall (C1 of T1)", about: ["channel", "T1", "C1"] };
const commands = ["npx support-app people test --members"];
const REFUSED_FIX = {
  text: "Add the scope users:read to the Slack app, reinstall it in the workspace, and run this again.",
  commands: [],
};

const person = (id: string, more: Partial<Person> = {}): Person => ({ id, name: id, is: "person", ...more });
const guest = (id: string) => person(id, { is: "guest" });
const stranger = (id: string) => person(id, { from: "T9" });
const bot = person("B1", { is: "bot" });

function examinedWith(rules: string | undefined, people: readonly Person[], more: object = {}, state: object = {}) {
  const members = { known: { people, unseen: 0, ...more } };
  const slack = slackWith({ C1: { state: { known: { ...STATE, ...state } }, members } });
  return examinedInSlack(slackPeople, oncallWith(rules), slack);
}

test("how many people there are is a note, and without rules nobody is a finding", () => {
  const people = [person("U1"), guest("U2"), stranger("U3"), bot];
  expect(examinedWith(undefined, people)).toEqual({
    findings: [],
    notes: ["In #oncall (C1 of T1): 3 people (1 guest, 1 of other organizations), 1 bot."],
    waitsFor: undefined,
  });
});

test.each<[string, readonly Person[], string, string]>([
  ["guests: refused", [guest("U1")], "1 guest", "Remove the guests from the channel in Slack. This names them:"],
  [
    "guests: refused",
    [guest("U1"), guest("U2")],
    "2 guests",
    "Remove the guests from the channel in Slack. This names them:",
  ],
  [
    "shared: refused",
    [stranger("U1")],
    "1 person of another organization",
    "Remove them from the channel in Slack. This names them:",
  ],
  [
    "shared: refused",
    [stranger("U1"), stranger("U2")],
    "2 people of other organizations",
    "Remove them from the channel in Slack. This names them:",
  ],
  [
    "members: { at-most: 1 }",
    [person("U1"), guest("U2")],
    "2 people",
    "Remove whoever doesn't need the cases from the channel in Slack. This names everyone in it:",
  ],
])("with %s, %j are unhealthy: %s", (rule, people, found, text) => {
  expect(examinedWith(rule, people).findings).toEqual([
    { answer: "unhealthy", ...of, expected: rule, found, fix: { text, commands } },
  ]);
});

test.each<[string, readonly Person[]]>([
  ["guests: refused", [person("U1"), stranger("U2"), bot]],
  ["shared: refused", [person("U1"), guest("U2"), bot]],
  ["members: { at-most: 1 }", [person("U1"), bot]],
])("with %s, %j are as they should be", (rule, people) => {
  expect(examinedWith(rule, people).findings).toEqual([]);
});

test("people of another organization are expected in a channel that is shared, which is another finding", () => {
  expect(examinedWith("shared: refused", [stranger("U1")], {}, { isShared: true }).findings).toEqual([]);
});

describe("if not everyone is known", () => {
  const more = { unseen: 3 };

  test("rules that they might break are unknown, together", () => {
    const rules = "guests: refused, shared: refused, members: { at-most: 3 }";
    expect(examinedWith(rules, [person("U1")], more).findings).toEqual([
      {
        answer: "unknown",
        ...of,
        expected: rules,
        found: "3 more members, who weren't looked at",
        fix: {
          text: "Remove whoever doesn't need the cases from the channel in Slack. This names those who were looked at:",
          commands,
        },
      },
    ]);
    expect(examinedWith("members: { at-most: 4 }", [person("U1")], more).findings).toEqual([]);
  });

  test("a broken rule stays broken, and the others are unknown", () => {
    const { findings } = examinedWith(
      "guests: refused, shared: refused, members: { at-most: 1 }",
      [person("U1"), stranger("U2")],
      more,
    );
    expect(findings.map(({ answer, expected, found }) => [answer, expected, found])).toEqual([
      ["unhealthy", "shared: refused", "1 person of another organization"],
      ["unhealthy", "members: { at-most: 1 }", "2 or more people"],
      ["unknown", "guests: refused", "3 more members, who weren't looked at"],
    ]);
  });

  test("because Slack refuses, that is said instead, after what is proven", () => {
    expect(
      examinedWith("guests: refused, members: { at-most: 3 }", [guest("U1")], { ...more, why: REFUSED.unknown })
        .findings,
    ).toEqual([
      {
        answer: "unhealthy",
        ...of,
        expected: "guests: refused",
        found: "1 guest",
        fix: { text: "Remove the guests from the channel in Slack. This names them:", commands },
      },
      { answer: "unknown", ...of, expected: "to see who is in it", found: "Slack refuses", fix: REFUSED_FIX },
    ]);
  });
});

test("a list of people that Slack refuses is unknown", () => {
  const slack = slackWith({ C1: { members: REFUSED } });
  expect(examinedInSlack(slackPeople, oncallWith(), slack)).toEqual({
    findings: [{ answer: "unknown", ...of, expected: "to see who is in it", found: "Slack refuses", fix: REFUSED_FIX }],
    notes: [],
    waitsFor: undefined,
  });
});

test("a channel that isn't seen is another check's finding, and so is another workspace", () => {
  const hidden = slackWith({ C1: { state: REFUSED, members: REFUSED } });
  expect(examinedInSlack(slackPeople, oncallWith(), hidden)).toEqual({
    findings: [],
    notes: [],
    waitsFor: "slack-channels",
  });
  expect(examinedInSlack(slackPeople, oncallWith(), slackWith())).toEqual({
    findings: [],
    notes: [],
    waitsFor: "slack-token",
  });
});
