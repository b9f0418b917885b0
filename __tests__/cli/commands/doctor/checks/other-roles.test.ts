import type { Account } from "../../../../../cli/commands/doctor/account";
import { ACCOUNT, DENIED, documentOf, otherRole } from "../../../../support/live-account";
import { examine, inAccount, only } from "./examined";

const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });
const APP = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
const draft = { resource: "role Rogue, which isn't in environments.yaml", about: ["role", "Rogue"] };

/** What is found in an account with other roles and channels. */
function findingsOf(roles: Account["roles"], channels: readonly string[] = []) {
  const liveChannels = channels.map((channel) => {
    const properties = { ChannelName: channel.toLowerCase(), ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/Rogue` };
    return { identifier: `T1|${channel}`, workspace: "T1", channel, properties: { known: properties } };
  });
  return examine("other-roles", "read-only: {}", (account) => ({
    ...account,
    roles,
    channels: { known: liveChannels },
  })).findings;
}
const rogue = (...statements: object[]) => otherRole("Rogue", documentOf(...statements));

test("a role with AdministratorAccess that people in a channel have is unhealthy, with what takes it from them", () => {
  expect(findingsOf({ known: [rogue(allow("*"))] }, ["OPS"])).toMatchObject([
    {
      answer: "unhealthy",
      ...draft,
      impact: "People in #ops (OPS of T1) can do everything in the account.",
      fix: {
        text: expect.stringMatching(/ This takes the role from its channels:$/),
        commands: [
          inAccount(
            "cloudcontrol --region us-east-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|OPS'",
          ),
        ],
      },
    },
  ]);
});

test("whatever can't be read is unknown: the list, a role's policies, one policy, and a part of it", () => {
  const rolesDraft = { resource: "roles of the account", about: ["role"] };
  expect(only(findingsOf(DENIED))).toMatchObject({ answer: "unknown", ...rolesDraft, found: DENIED.unknown.message });
  for (const role of [
    otherRole("Rogue", documentOf(), { policies: DENIED }),
    otherRole("Rogue", DENIED),
    otherRole("Rogue", documentOf({ Effect: "Allow" })),
    otherRole("Rogue", documentOf(), { trust: documentOf(APP, { Effect: "Allow" }).known }),
  ]) {
    expect(only(findingsOf({ known: [role] }))).toMatchObject({ answer: "unknown", ...draft });
  }
});

const PERHAPS = "anybody, under a condition that may let in the Support App, too";
test("a role that anybody may assume under a condition trusts others, and in a channel, what it may do counts, too", () => {
  const anybody = {
    ...APP,
    Principal: "*",
    Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
  };
  const open = otherRole("Rogue", documentOf(allow("*")), { trust: documentOf(anybody).known });
  expect(only(findingsOf({ known: [open] }))).toMatchObject({ answer: "unhealthy", ...draft, found: PERHAPS });
  expect(findingsOf({ known: [open] }, ["OPS"]).map((finding) => [finding.impact, finding.found])).toEqual([
    ["Whoever assumes it can do everything.", PERHAPS],
    ["People in #ops (OPS of T1) can do everything in the account.", "it may call * (its policies: by-hand)"],
  ]);
});

test("what couldn't be read is said beside what is dangerous", () => {
  const role = otherRole("Rogue", documentOf(allow("s3:Get")), { role: DENIED });
  expect(findingsOf({ known: [role] })).toMatchObject([
    { answer: "unhealthy", found: "it may call s3:Get (its policies: by-hand)" },
    { answer: "unknown", found: DENIED.unknown.message },
  ]);
});

test("a channel of environments.yaml isn't removed, since a deploy gives it its role, but in another region it is", () => {
  const yaml = "read-only: { channels: [{ name: ops, workspace: T1, channel: C1 }] }";
  const ops = { ChannelName: "ops", ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/Rogue` };
  const channel = { identifier: "T1|C1", workspace: "T1", channel: "C1", properties: { known: ops } };
  const channels = { known: [channel] };
  const searchedRegions = [{ region: "eu-west-1" as const, channels, workspaces: { known: [] } }];
  const roles = { known: [rogue(allow("*"))] };
  const findingWith = (overrides: Partial<Account>) =>
    only(examine("other-roles", yaml, (account) => ({ ...account, roles, channels, ...overrides })).findings);
  expect(findingWith({}).fix.commands).toEqual([]);
  expect(findingWith({}).fix.text).toMatch(/needs the role, delete it\.$/);
  const { impact, fix } = findingWith({ channels: { known: [] }, elsewhere: searchedRegions });
  expect(impact).toBe("People in #ops (C1 of T1) in eu-west-1 can do everything in the account.");
  expect(fix.commands).toEqual([expect.stringContaining("--region eu-west-1 delete-resource")]);
});
