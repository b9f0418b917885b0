import {
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  UpdateResourceCommand,
} from "@aws-sdk/client-cloudcontrol";
import { cloudControlIn, identifierOf, readRole } from "./account";
import { createServiceQuotasRole } from "./examples";
import { type Answer, type Call, type Fault, startProxy } from "./proxy";

/** Begins the token of a request to create a channel that exists, before the channel's name. */
const REFUSED = "already-exists-";

const QUOTAS_ROLE = "AWSServiceRoleForServiceQuotas";

/**
 * Starts a proxy that has an account's emulator name things as AWS does: a channel is WORKSPACE|CHANNEL and can be
 * configured once, which a second creation learns only from its request's status, and the Service Quotas role has a capital Q.
 */
export function startLikeAws(account: string, fault: Fault = () => undefined) {
  return startProxy(async (call) => (await fault(call)) ?? likeAws(account, call), withChannelsNames);
}

async function likeAws(account: string, call: Call): Promise<Answer | undefined> {
  if (call.action === "iam:CreateServiceLinkedRole") return createdQuotasRole(account);
  const { RequestToken } = call.parameters;
  if (call.action === "cloudformation:GetResourceRequestStatus" && String(RequestToken).startsWith(REFUSED)) {
    return { status: 200, body: JSON.stringify({ ProgressEvent: alreadyExists(String(RequestToken)) }) };
  }
  if (!/^cloudformation:\w+Resource$/.test(call.action)) return undefined;
  try {
    return { status: 200, body: JSON.stringify(await asked(account, call)) };
  } catch (error) {
    const { name, message } = error as Error;
    return { status: 400, body: JSON.stringify({ __type: name, message }) };
  }
}

/** What Cloud Control answers about a channel. */
async function asked(account: string, { action, parameters }: Call): Promise<unknown> {
  const client = cloudControlIn(account);
  const { TypeName, Identifier, DesiredState, PatchDocument } = parameters as Readonly<Record<string, string>>;
  const { TeamId, ChannelId } = JSON.parse(DesiredState ?? "{}");
  const name = Identifier ?? `${TeamId}|${ChannelId}`;
  const found = await identifierOf(client, TypeName ?? "", name.split("|")[1] ?? "");
  const known = { TypeName, Identifier: found };
  if (action === "cloudformation:CreateResource") {
    if (found !== "") return { ProgressEvent: { ...creation(name), OperationStatus: "IN_PROGRESS" } };
    const { ProgressEvent } = await client.send(new CreateResourceCommand({ TypeName, DesiredState }));
    return { ProgressEvent: { ...ProgressEvent, EventTime: undefined, Identifier: name } };
  }
  if (found === "") throw awsError("ResourceNotFoundException", `Resource with identifier '${name}' was not found.`);
  if (action === "cloudformation:GetResource") {
    const { ResourceDescription } = await client.send(new GetResourceCommand(known));
    return { TypeName, ResourceDescription: { ...ResourceDescription, Identifier: name } };
  }
  const { ProgressEvent } =
    action === "cloudformation:DeleteResource"
      ? await client.send(new DeleteResourceCommand(known))
      : await client.send(new UpdateResourceCommand({ ...known, PatchDocument }));
  return { ProgressEvent: { ...ProgressEvent, EventTime: undefined, Identifier: name } };
}

function creation(Identifier: string) {
  return { Operation: "CREATE", Identifier, RequestToken: `${REFUSED}${Identifier}` };
}

/** The end of a request to create a channel that exists. */
function alreadyExists(token: string) {
  const name = token.slice(REFUSED.length);
  const StatusMessage = `Resource with identifier '${name}' already exists.`;
  return { ...creation(name), OperationStatus: "FAILED", ErrorCode: "AlreadyExists", StatusMessage };
}

/** Names the channel of a finished request. */
function withChannelsNames({ action }: Call, body: string): string {
  if (action !== "cloudformation:GetResourceRequestStatus") return body;
  const answer = JSON.parse(body);
  const { TeamId, ChannelId } = JSON.parse(answer.ProgressEvent?.ResourceModel ?? "{}");
  if (ChannelId !== undefined) answer.ProgressEvent.Identifier = `${TeamId}|${ChannelId}`;
  return JSON.stringify(answer);
}

async function createdQuotasRole(account: string): Promise<Answer> {
  if ((await readRole(account, QUOTAS_ROLE)) !== undefined) {
    const message = `Service role name ${QUOTAS_ROLE} has been taken in this account, please try a different suffix.`;
    return {
      status: 400,
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidInput</Code><Message>${message}</Message></Error></ErrorResponse>`,
    };
  }
  await createServiceQuotasRole(account);
  const arn = (await readRole(account, QUOTAS_ROLE))?.arn;
  const role = `<Role><Arn>${arn}</Arn><RoleName>${QUOTAS_ROLE}</RoleName></Role>`;
  return {
    status: 200,
    body: `<CreateServiceLinkedRoleResponse><CreateServiceLinkedRoleResult>${role}</CreateServiceLinkedRoleResult></CreateServiceLinkedRoleResponse>`,
  };
}

function awsError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
