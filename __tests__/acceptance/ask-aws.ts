import { isDeepStrictEqual } from "node:util";
import { DescribeTypeCommand } from "@aws-sdk/client-cloudformation";
import { GetPolicyCommand, GetPolicyVersionCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { DescribeSeverityLevelsCommand } from "@aws-sdk/client-support";
import fullAccess from "../../cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json";
import readOnlyAccess from "../../cli/iam/aws-managed-policies/AWSSupportAppReadOnlyAccess.json";
import { SLACK_CHANNEL_TYPE, SLACK_WORKSPACE_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { BUCKET_REGIONS, REGIONS } from "../../modules/support-app/model/limits";
import channelSchema from "../cloudformation-types/AWS_SupportApp_SlackChannelConfiguration.json";
import type { Aws } from "./aws";
import type { Run, TestChannel } from "./life";
import { MISSING_ROLE, ROLES, roleArn } from "./names";

/** The name of an error of AWS. */
const nameOf = (error: unknown) => (error as Error).name;

/** `answered`, or the name of the error of AWS. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(() => "answered", nameOf);
}

/** What an answer says about a fact. Null: nothing, such as a missing right. */
export function verdict(answer: string | null | undefined, confirming: string, refuting: string): boolean | null {
  if (answer === confirming) return true;
  return answer === refuting ? false : null;
}

/** Whether the regions that have the types are those of the list. Null: some of these said neither yes nor no. */
export function confirmsRegions(answers: Readonly<Record<string, string>>): boolean | null {
  const isListed = (place: string) => REGIONS.some((region) => region === place);
  const hasOther = Object.entries(answers).some(([place, answer]) => answer === "answered" && !isListed(place));
  const ofList = REGIONS.map((place) => answers[place]);
  if (hasOther || (ofList.includes("TypeNotFoundException") && ofList.includes("answered"))) return false;
  return ofList.every((answer) => answer === "answered") ? true : null;
}

/** Asks about what every account has, and changes nothing. */
export async function askAboutAws(run: Run): Promise<void> {
  const { aws, region } = run;
  const plan = await outcome(aws.support.send(new DescribeSeverityLevelsCommand({})));
  run.answer("no-plan", { answer: plan, confirms: plan === "SubscriptionRequiredException" ? true : null });

  const copies = { AWSSupportAppFullAccess: fullAccess, AWSSupportAppReadOnlyAccess: readOnlyAccess };
  const equal: Record<string, boolean> = {};
  for (const [name, copy] of Object.entries(copies)) {
    const PolicyArn = `arn:aws:iam::aws:policy/${name}`;
    const { Policy } = await aws.iam.send(new GetPolicyCommand({ PolicyArn }));
    const version = new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId });
    const { PolicyVersion } = await aws.iam.send(version);
    const document = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? "{}"));
    equal[`${name} ${Policy?.DefaultVersionId}`] = isDeepStrictEqual(document, copy);
  }
  run.answer("managed-policies", { answer: equal, confirms: !Object.values(equal).includes(false) });

  const describe = (place: string) =>
    aws.cloudFormationIn(place).send(new DescribeTypeCommand({ Type: "RESOURCE", TypeName: SLACK_CHANNEL_TYPE }));
  const answers = await Promise.all(
    BUCKET_REGIONS.map(async (place) => [place, await outcome(describe(place))] as const),
  );
  const regionsWith = answers.filter(([, answer]) => answer === "answered").map(([name]) => name);
  const refusals = Object.fromEntries(answers.filter(([, answer]) => answer !== "answered"));
  const confirms = confirmsRegions(Object.fromEntries(answers));
  run.answer("regions", { answer: { has: regionsWith, refusals }, confirms });
  if (!regionsWith.includes(region)) return;
  const { Schema = "{}" } = await describe(region);
  const { handlers } = JSON.parse(Schema);
  run.answer("cloud-control-types", {
    answer: handlers,
    confirms: isDeepStrictEqual(handlers, channelSchema.handlers),
  });
}

/** The role of the channel's configuration in AWS, and its other settings. */
export async function liveChannel(aws: Aws, channel: TestChannel) {
  const resources = await aws.list(SLACK_CHANNEL_TYPE);
  const isOurs = ({ properties }: (typeof resources)[number]) =>
    properties.TeamId === channel.workspace && properties.ChannelId === channel.channel;
  return resources.find(isOurs);
}

/** Moves a channel to the other role, as the deployer without a right that a session policy takes. */
async function moveAsDeployer({ account, aws }: Run, identifier: string, deny?: object): Promise<End> {
  const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }, ...(deny ? [{ Effect: "Deny", ...deny }] : [])];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const session = { RoleArn: roleArn(account, ROLES.deployer), RoleSessionName: "acceptance-pass-role", Policy };
  const { Credentials: keys } = await aws.sts.send(new AssumeRoleCommand(session));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = keys ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const properties = { ChannelRoleArn: roleArn(account, ROLES.readOnly) };
  return aws.update(SLACK_CHANNEL_TYPE, identifier, properties, credentials).catch(failureOf);
}

/** Who may not pass a role to this service at all. It holds only if iam:PassedToService has that value. */
const NO_PASSING = {
  Action: "iam:PassRole",
  Resource: "*",
  Condition: { StringEquals: { "iam:PassedToService": "supportapp.amazonaws.com" } },
};

/** What a refusal without the right, and the same with it, say about the right. Null: the refusal had another reason. */
export function confirmsPassing(without: End, having: End): boolean | null {
  if (having.OperationStatus !== "SUCCESS") return null;
  if (without.OperationStatus === "SUCCESS") return false;
  return without.ErrorCode?.startsWith("AccessDenied") ? true : null;
}

/** Asks about a channel's configuration by trying what AWS may refuse. It may be otherwise afterwards. */
export async function askAboutChannel(run: Run, channel: TestChannel): Promise<void> {
  const { account, aws, answer } = run;
  const live = await liveChannel(aws, channel);
  if (live === undefined) throw new Error(`Received no configuration of the channel ${channel.channel}, expected one.`);
  const properties = Object.keys(live.properties).sort();
  answer("channel-answer", { answer: properties, confirms: null });
  const secondRegistration = await aws.create(SLACK_WORKSPACE_TYPE, { TeamId: channel.workspace }).catch(failureOf);
  answer("workspace-again", { answer: endOf(secondRegistration), confirms: null });
  const unknownRole = { ChannelRoleArn: roleArn(account, MISSING_ROLE) };
  const refused = await aws.update(SLACK_CHANNEL_TYPE, live.identifier, unknownRole).catch(failureOf);
  const isSame = isDeepStrictEqual(await liveChannel(aws, channel), live);
  answer("failed-update", { answer: { ...endOf(refused), isUnchanged: isSame }, confirms: null });
  const silent = Object.fromEntries(
    properties
      .filter((name) => name.startsWith("NotifyOn") && name !== "NotifyOnCaseSeverity")
      .map((name) => [name, false]),
  );
  const noEvent = await aws
    .update(SLACK_CHANNEL_TYPE, live.identifier, { NotifyOnCaseSeverity: "high", ...silent })
    .catch(failureOf);
  answer("notification-events", { answer: endOf(noEvent), confirms: confirmsRefusal(noEvent) });
  const without = await moveAsDeployer(run, live.identifier, NO_PASSING);
  const having = await moveAsDeployer(run, live.identifier);
  const passing = { without: endOf(without), with: endOf(having) };
  answer("passed-to-service", { answer: passing, confirms: confirmsPassing(without, having) });
}

/** Whether AWS refused what it was asked for as invalid. Null: it said nothing of that, such as that a right is missing. */
export function confirmsRefusal({ OperationStatus, ErrorCode }: End): boolean | null {
  return OperationStatus === "SUCCESS" ? false : verdict(ErrorCode, "InvalidRequest", "");
}

interface End {
  readonly OperationStatus?: string | undefined;
  readonly ErrorCode?: string | undefined;
}

/** The end of a request that AWS refused at once. */
const failureOf = (error: unknown) => ({ OperationStatus: "FAILED", ErrorCode: nameOf(error) }) as const;

/** How a request ended. AWS's message would have the account's number. */
function endOf({ OperationStatus, ErrorCode }: End) {
  return { status: OperationStatus ?? null, errorCode: ErrorCode ?? null };
}
