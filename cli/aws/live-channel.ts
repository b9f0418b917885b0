import { type CloudControlClient, GetResourceCommand, ListResourcesCommand } from "@aws-sdk/client-cloudcontrol";
import { z } from "zod";
import {
  ACCOUNT_ALIAS_TYPE,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import { describe } from "../../modules/support-app/model/problem";
import { type Fields, isFields, parseJson } from "../terminal/json";
import { BrokenAnswer, expectAbout, expectAnswer, promised } from "./broken-answer";
import { type Lookup, lookUp, lookUpIfAny, mapped } from "./lookup";
import { everyPage, pageOf } from "./pages";

/** A live Slack channel, with the properties of its Cloud Control type. */
export interface LiveChannel {
  /** Cloud Control's identifier. */
  readonly identifier: string;
  readonly workspace: string;
  readonly channel: string;
  readonly properties: Lookup<Fields>;
}

/** IDs in a list, which needn't have all properties of a resource. */
const listedIds = z.object({ TeamId: z.string().optional(), ChannelId: z.string().optional() });

/** An account's alias in a list. */
const listedAlias = z.object({ AccountAlias: z.string() });

/** A Slack channel. Source: schema of AWS::SupportApp::SlackChannelConfiguration. */
const wholeChannel = z.looseObject({
  TeamId: z.string(),
  ChannelId: z.string(),
  ChannelName: z.string().optional(),
  ChannelRoleArn: z.string(),
  NotifyOnCaseSeverity: z.string(),
  NotifyOnCreateOrReopenCase: z.boolean().optional(),
  NotifyOnAddCorrespondenceToCase: z.boolean().optional(),
  NotifyOnResolveCase: z.boolean().optional(),
});

/** The properties of a Slack channel. */
export type ChannelProperties = z.output<typeof wholeChannel>;

/** Properties of a resource, which Cloud Control writes as JSON inside JSON. */
function propertiesIn<T>(json: string, schema: z.ZodType<T>): T {
  let properties: unknown;
  try {
    properties = parseJson(json);
  } catch {
    // not JSON
  }
  if (isFields(properties)) return expectAnswer(schema, properties);
  throw new BrokenAnswer(`received ${describe(json)} as Properties, expected a mapping in JSON`);
}

/** Reads the channels of the account, each with all of its properties: a list needn't have them. */
export function readChannels(cloudControl: CloudControlClient): Promise<Lookup<readonly LiveChannel[]>> {
  return lookUp("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, SLACK_CHANNEL_TYPE, listedIds);
    const found = listed.map(async ({ identifier, properties: ids }): Promise<LiveChannel[]> => {
      const [workspace, channel] = idsOf(identifier, ids);
      const properties = await readChannel(cloudControl, identifier);
      if ("known" in properties && !properties.known) return []; // it was removed in the meantime
      return [{ identifier, workspace, channel, properties: mapped(properties, (some) => some ?? {}) }];
    });
    return (await Promise.all(found)).flat();
  });
}

/** Reads a channel. Known and undefined: there is none. */
export function readChannel(
  cloudControl: CloudControlClient,
  Identifier: string,
): Promise<Lookup<ChannelProperties | undefined>> {
  return lookUpIfAny("cloudformation:GetResource", async () => {
    const command = new GetResourceCommand({ TypeName: SLACK_CHANNEL_TYPE, Identifier });
    const { ResourceDescription } = await cloudControl.send(command);
    expectAbout(Identifier, ResourceDescription?.Identifier, "ResourceDescription.Identifier");
    return propertiesIn(promised(ResourceDescription?.Properties, "ResourceDescription.Properties"), wholeChannel);
  });
}

/** Workspace and channel of a listed channel. Cloud Control joins the parts of an identifier with "|". */
function idsOf(identifier: string, { TeamId, ChannelId }: z.output<typeof listedIds> = {}): [string, string] {
  const [team, id, ...rest] = identifier.split("|");
  const [workspace, channel] = [TeamId ?? team, ChannelId ?? id];
  if (workspace && channel && rest.length === 0) return [workspace, channel];
  throw new BrokenAnswer(`received the channel ${identifier}, expected a workspace and a channel`);
}

/** IDs of the Slack workspaces that are registered for the account. */
export function readWorkspaces(cloudControl: CloudControlClient): Promise<Lookup<readonly string[]>> {
  return lookUp("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, SLACK_WORKSPACE_TYPE, listedIds);
    return listed.map(({ identifier, properties }) => properties?.TeamId ?? identifier);
  });
}

/** Reads the account's alias. Known and undefined: it has none. */
export function readAlias(cloudControl: CloudControlClient): Promise<Lookup<string | undefined>> {
  return lookUp("cloudformation:ListResources", async () => {
    const [alias] = await listResources(cloudControl, ACCOUNT_ALIAS_TYPE, listedAlias);
    return alias?.properties?.AccountAlias ?? alias?.identifier;
  });
}

/** All resources of a type, each with its properties as far as the list has them. */
async function listResources<T>(cloudControl: CloudControlClient, TypeName: string, schema: z.ZodType<T>) {
  const listed = await everyPage(async (NextToken) =>
    pageOf(await cloudControl.send(new ListResourcesCommand({ TypeName, NextToken })), "ResourceDescriptions"),
  );
  return listed.map(({ Identifier, Properties }) => ({
    identifier: promised(Identifier, "Identifier"),
    properties: Properties === undefined ? undefined : propertiesIn(Properties, schema),
  }));
}
