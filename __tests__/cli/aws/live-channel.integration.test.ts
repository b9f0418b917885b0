import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { readAlias, readChannels, readWorkspaces } from "../../../cli/aws/live-channel";
import { describe as inWords } from "../../../common/problem";
import { type Answer, awsInTests, CLIENT } from "../../support/answering-aws";
import { ACCOUNT } from "../../support/live-account";

const aws = awsInTests();
let cloudControl: CloudControlClient;
beforeEach(() => {
  cloudControl = new CloudControlClient(CLIENT);
});
afterEach(() => cloudControl.destroy());

/** What is answered, by what is asked about. */
function answering(answers: Readonly<Record<string, Answer>>): void {
  aws.answers = (_, { TypeName, NextToken, Identifier }) => {
    const key = String(Identifier ?? NextToken ?? String(TypeName).split("::")[2]);
    return answers[key] ?? { status: 404, code: "NoSuchEntity" };
  };
}

const roleArn = (path: string) => `arn:aws:iam::${ACCOUNT}:role/${path}`;
const described = (Identifier: string, properties?: object) => ({
  Identifier,
  Properties: properties && JSON.stringify(properties),
});
const listAnswer = (...descriptions: object[]) => JSON.stringify({ ResourceDescriptions: descriptions });
const channel = (ids: string, ChannelRoleArn: string) => {
  const [TeamId, ChannelId] = ids.split("|");
  return { TeamId, ChannelId, ChannelRoleArn, NotifyOnCaseSeverity: "none" };
};
const whole = (ids: string, ChannelRoleArn: string) =>
  JSON.stringify({ ResourceDescription: described(ids, channel(ids, ChannelRoleArn)) });
const OWN = roleArn("own");
const LIST = "SlackChannelConfiguration";

/** What is read of the channels. */
const channels = () => readChannels(cloudControl);
const broken = (action: string, message: string) => ({
  unknown: { kind: "broken-answer", action, message: `a broken answer to ${action}: ${message}` },
});

test("channels of every page are read with all of their properties", async () => {
  const first = JSON.stringify({ ResourceDescriptions: [described("T1|C1")], NextToken: "more" });
  const secondPage = listAnswer(described("T1|C2", {}));
  answering({ [LIST]: first, more: secondPage, "T1|C1": whole("T1|C1", OWN), "T1|C2": whole("T1|C2", OWN) });
  const liveChannelOf = (id: string) => ({
    identifier: `T1|${id}`,
    workspace: "T1",
    channel: id,
    properties: { known: channel(`T1|${id}`, OWN) },
  });
  expect(await channels()).toEqual({ known: [liveChannelOf("C1"), liveChannelOf("C2")] });
});

test("a channel that is listed and then isn't there isn't known, nor is one that can't be read; both have their IDs", async () => {
  answering({
    [LIST]: listAnswer(described("T1|C1"), described("T1|C2")),
    "T1|C1": { status: 400, code: "ResourceNotFoundException" },
    "T1|C2": { status: 400, code: "AccessDeniedException" },
  });
  const unknown = expect.objectContaining({ kind: "denied", action: "cloudformation:GetResource" });
  const says =
    "contradicting answers of AWS: cloudformation:ListResources lists the channel T1|C1, and cloudformation:GetResource finds none";
  const contradiction = { kind: "contradiction", action: "cloudformation:GetResource", message: says };
  expect(await channels()).toEqual({
    known: [
      { identifier: "T1|C1", workspace: "T1", channel: "C1", properties: { unknown: contradiction } },
      { identifier: "T1|C2", workspace: "T1", channel: "C2", properties: { unknown } },
    ],
  });
});

test.each([
  ["T1", "all of it"],
  ['{"TeamId":"T1"}', "ChannelId, ChannelRoleArn, NotifyOnCaseSeverity"],
  [JSON.stringify({ ...channel("T1|C1", OWN), NotifyOnResolveCase: 1 }), "NotifyOnResolveCase"],
])("the properties %j of a channel are a broken answer", async (Properties, wrong) => {
  const answer = JSON.stringify({ ResourceDescription: { Identifier: "T1|C1", Properties } });
  answering({ [LIST]: listAnswer(described("T1|C1")), "T1|C1": answer });
  const says = `received ${inWords(Properties)} as Properties, expected what AWS documents (${wrong})`;
  const properties = broken("cloudformation:GetResource", says);
  expect(await channels()).toMatchObject({ known: [{ properties }] });
});

const nothing = (name: string) => `received nothing as ${name}, expected what AWS documents`;
test("a list without an identifier, and a channel without a description, are broken answers", async () => {
  answering({ [LIST]: listAnswer({}) });
  expect(await channels()).toEqual(broken("cloudformation:ListResources", nothing("Identifier")));
  answering({ [LIST]: listAnswer(described("T1|C1")), "T1|C1": "{}" });
  const properties = broken("cloudformation:GetResource", nothing("ResourceDescription"));
  expect(await channels()).toMatchObject({ known: [{ properties }] });
});

test("a channel's description of another channel is a broken answer", async () => {
  answering({ [LIST]: listAnswer(described("T1|C1")), "T1|C1": whole("T1|C2", OWN) });
  const says = 'received "T1|C2" as Identifier, expected "T1|C1"';
  const properties = broken("cloudformation:GetResource", says);
  expect(await channels()).toMatchObject({ known: [{ properties }] });
});

test.each(["T1", "|C1"])("the identifier %j in a list is a broken answer", async (id) => {
  answering({ [LIST]: listAnswer(described(id)) });
  expect(await channels()).toEqual(
    broken("cloudformation:ListResources", `received the channel ${id}, expected a workspace and a channel`),
  );
});

test("workspaces are known by their identifiers", async () => {
  answering({ SlackWorkspaceConfiguration: listAnswer(described("T1", { TeamId: "T1" }), described("T2")) });
  expect(await readWorkspaces(cloudControl)).toEqual({ known: ["T1", "T2"] });
});

test.each<[what: string, descriptions: object[], resource: object | undefined, alias: unknown]>([
  [
    "its name, which a list needn't have",
    [described("a")],
    described("a", { AccountAlias: "paid" }),
    { known: "paid" },
  ],
  ["nothing, without one", [], undefined, { known: undefined }],
  [
    "unknown, without properties",
    [described("a")],
    described("a"),
    broken("cloudformation:GetResource", nothing("Properties")),
  ],
])("an account's alias is %s", async (_, descriptions, resource, alias) => {
  answering({ AccountAlias: listAnswer(...descriptions), a: JSON.stringify({ ResourceDescription: resource }) });
  expect(await readAlias(cloudControl)).toEqual(alias);
});

test("an account's alias that is listed and then isn't there isn't known", async () => {
  answering({ AccountAlias: listAnswer(described("a")), a: { status: 400, code: "ResourceNotFoundException" } });
  expect(await readAlias(cloudControl)).toMatchObject({ unknown: { kind: "contradiction" } });
});

test("nothing is known in a region without the Support App", async () => {
  aws.answers = () => ({ status: 400, code: "TypeNotFoundException" });
  const unknown = { unknown: { kind: "no-support-app", action: "cloudformation:ListResources" } };
  expect(await channels()).toMatchObject(unknown);
  expect(await readWorkspaces(cloudControl)).toMatchObject(unknown);
  expect(await readAlias(cloudControl)).toMatchObject(unknown);
});
