import type { LivePolicy, LiveRights } from "../../../../../cli/aws/live-role";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { ACCOUNT, boundaryWith, DENIED, documentOf, otherRole } from "../../../../support/live-account";
import { examined, inAccount, only } from "./examined";

const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });
const deny = (...Action: string[]) => ({ ...allow(...Action), Effect: "Deny" });
const APP = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
const RIGHT = {
  ...allow("iam:CreateServiceLinkedRole"),
  Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
};
const of = { resource: "role Rogue, which isn't in environments.yaml", about: ["role", "Rogue"] };

/** What is found in an account with other roles and channels. */
function found(roles: Account["roles"], channels: readonly string[] = []) {
  const known = channels.map((channel) => {
    const properties = { ChannelName: channel.toLowerCase(), ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/Rogue` };
    return { identifier: `T1|${channel}`, workspace: "T1", channel, properties: { known: properties } };
  });
  return examined("other-roles", "read-only: {}", (account) => ({ ...account, roles, channels: { known } })).findings;
}
const rogue = (...statements: object[]) => otherRole("Rogue", documentOf(...statements));
const trusting = (...statements: object[]) =>
  otherRole("Rogue", documentOf(), { trust: documentOf(...statements).known });

test("a role with AdministratorAccess that people in a channel have is unhealthy, with what takes it from them", () => {
  expect(found({ known: [rogue(allow("*"))] }, ["OPS"])).toEqual([
    {
      answer: "unhealthy",
      ...of,
      impact: "People in #ops (OPS of T1) can do everything in the account.",
      expected: "nothing beyond AWSSupportAppFullAccess",
      found: "it may call * (its policies: by-hand)",
      rank: { isInUse: true, beyond: "everything", services: 1, actions: 1 },
      fix: {
        text: "Detach those of its policies that allow more, or give the channels another role. If nobody needs the role, delete it. This takes the role from its channels:",
        commands: [
          inAccount(
            "cloudcontrol --region us-east-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|OPS'",
          ),
        ],
      },
    },
  ]);
});

test.each<[string, object[], string | undefined]>([
  ["nothing", [], undefined],
  ["what AWSSupportAppFullAccess allows", [allow("support:DescribeCases", "SUPPORT:createcase"), RIGHT], undefined],
  ["all of a service", [allow("support:*")], "it may call support:*"],
  ["something under a condition", [{ ...allow("s3:Get"), Condition: RIGHT.Condition }], "it may call s3:Get"],
  ["all but something", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "it may call all but iam:*"],
  ["everything, but something is denied", [allow("*"), deny("iam:*")], "it may call all but iam:*"],
])("a role that may do %s", (_, statements, says) => {
  const findings = found({ known: [rogue(...statements)] });
  if (says === undefined) expect(findings).toEqual([]);
  else expect(only(findings)).toMatchObject({ answer: "unhealthy", ...of, found: `${says} (its policies: by-hand)` });
});

test("a boundary limits what a role may do, and one that can't be read leaves it unknown", () => {
  const bounded = (boundary: LiveRights["boundary"]) =>
    found({ known: [otherRole("Rogue", documentOf(allow("*")), { boundary })] });
  expect(bounded(boundaryWith("b", allow("support:DescribeCases")))).toEqual([]);
  expect(only(bounded(boundaryWith("b", allow("s3:*"))))).toMatchObject({
    found: "it may call s3:* (its policies: by-hand)",
  });
  const denying = boundaryWith("b", allow("*"), deny("s3:*"));
  expect(only(bounded(denying))).toMatchObject({ found: "it may call all but s3:* (its policies: by-hand)" });
  expect(bounded(DENIED)).toMatchObject([
    {
      answer: "unhealthy",
      found: "it may call * (its policies: by-hand), unless its boundary, which couldn't be read, limits it",
    },
    { answer: "unknown", found: DENIED.unknown.message },
  ]);
  const harmless = otherRole("Rogue", documentOf(allow("support:DescribeCases")), { boundary: DENIED });
  expect(only(found({ known: [harmless] }))).toMatchObject({ answer: "unknown", found: DENIED.unknown.message });
});

test("AWS's own policies for the Support App give what they give, whatever AWS makes of them", () => {
  const policy = (arn: string): LivePolicy => ({ name: "x", arn, document: documentOf(allow("support:RateCase")) });
  const having = (arn: string) =>
    found({ known: [otherRole("Rogue", documentOf(), { policies: { known: [policy(arn)] } })] });
  expect(having("arn:aws:iam::aws:policy/AWSSupportAppFullAccess")).toEqual([]);
  expect(only(having(`arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullAccess`))).toMatchObject({ answer: "unhealthy" });
});

test.each<[string, object[], string | undefined]>([
  ["only the Support App", [APP], undefined],
  ["somebody else, too", [APP, { ...APP, Principal: { AWS: "1" } }], "AWS 1"],
])("a role that trusts %s", (_, statements, says) => {
  const findings = found({ known: [trusting(...statements)] });
  if (says === undefined) expect(findings).toEqual([]);
  else {
    const expected = "nobody but supportapp.amazonaws.com may assume it";
    expect(only(findings)).toMatchObject({ answer: "unhealthy", ...of, expected, found: says });
  }
});

test("whatever can't be read is unknown: the list, a role's policies, one policy, and a part of it", () => {
  const all = { resource: "roles of the account", about: ["role"] };
  expect(only(found(DENIED))).toMatchObject({ answer: "unknown", ...all, found: DENIED.unknown.message });
  for (const role of [
    otherRole("Rogue", documentOf(), { policies: DENIED }),
    otherRole("Rogue", DENIED),
    otherRole("Rogue", documentOf({ Effect: "Allow" })),
    otherRole("Rogue", documentOf(), { trust: documentOf(APP, { Effect: "Allow" }).known }),
  ]) {
    expect(only(found({ known: [role] }))).toMatchObject({ answer: "unknown", ...of });
  }
});

const PERHAPS = "anybody, under a condition that may let in the Support App, too";
test("a role that anybody may assume under a condition trusts others, and in a channel, what it may do counts, too", () => {
  const anybody = {
    ...{ ...APP, Principal: "*" },
    Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
  };
  const open = otherRole("Rogue", documentOf(allow("*")), { trust: documentOf(anybody).known });
  expect(only(found({ known: [open] }))).toMatchObject({ answer: "unhealthy", ...of, found: PERHAPS });
  expect(found({ known: [open] }, ["OPS"]).map((finding) => [finding.impact, finding.found])).toEqual([
    ["Whoever assumes it can do everything.", PERHAPS],
    ["People in #ops (OPS of T1) can do everything in the account.", "it may call * (its policies: by-hand)"],
  ]);
});

test("what couldn't be read is said beside what is dangerous", () => {
  const role = otherRole("Rogue", documentOf(allow("s3:Get")), { role: DENIED });
  expect(found({ known: [role] })).toMatchObject([
    { answer: "unhealthy", found: "it may call s3:Get (its policies: by-hand)" },
    { answer: "unknown", found: DENIED.unknown.message },
  ]);
});

test("a channel in another region has the role, too, and is removed there", () => {
  const ops = { ChannelName: "ops", ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/Rogue` };
  const channel = { identifier: "T1|OPS", workspace: "T1", channel: "OPS", properties: { known: ops } };
  const elsewhere = [{ region: "eu-west-1" as const, channels: { known: [channel] }, workspaces: { known: [] } }];
  const roles = { known: [rogue(allow("*"))] };
  const { findings } = examined("other-roles", "read-only: {}", (account) => ({ ...account, roles, elsewhere }));
  expect(only(findings).impact).toBe("People in #ops (OPS of T1) in eu-west-1 can do everything in the account.");
  expect(only(findings).fix.commands).toEqual([
    expect.stringContaining("cloudcontrol --region eu-west-1 delete-resource"),
  ]);
});

test("a channel of environments.yaml isn't removed: a deploy gives it its role", () => {
  const yaml = "read-only: { channels: [{ name: ops, workspace: T1, channel: C1 }] }";
  const ops = { ChannelName: "ops", ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/Rogue` };
  const channel = { identifier: "T1|C1", workspace: "T1", channel: "C1", properties: { known: ops } };
  const channels = { known: [channel] };
  const elsewhere = [{ region: "eu-west-1" as const, channels, workspaces: { known: [] } }];
  const roles = { known: [rogue(allow("*"))] };
  const fixOf = (more: Partial<Account>) =>
    only(examined("other-roles", yaml, (account) => ({ ...account, roles, channels, ...more })).findings).fix;
  expect(fixOf({}).commands).toEqual([]);
  expect(fixOf({}).text).toMatch(/needs the role, delete it\.$/);
  expect(fixOf({ elsewhere }).commands).toEqual([expect.stringContaining("--region eu-west-1 delete-resource")]);
});
