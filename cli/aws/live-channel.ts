import { type CloudControlClient, GetResourceCommand, ListResourcesCommand } from "@aws-sdk/client-cloudcontrol";
import * as z from "zod";
import { BrokenAnswer } from "../../common/broken-answer";
import { everyPage } from "../../common/every-page";
import type { Fields } from "../../common/fields";
import { parseJson } from "../../common/json";
import { describe } from "../../common/problem";
import {
  ACCOUNT_ALIAS_TYPE,
  type CloudControlType,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import { NOTIFY_FLAGS, type NotifyEvent } from "../../modules/support-app/model/notify";
import { pageOf, requireAnswerAbout, requireField } from "./answer-parts";
import { contradiction, type Lookup, lookUp, lookUpIfAny, mapLookup } from "./lookup";

export interface LiveChannel {
  /** Cloud Control's identifier. */
  readonly identifier: string;
  readonly workspace: string;
  readonly channel: string;
  readonly properties: Lookup<Partial<ChannelProperties>>;
}

const flags = Object.fromEntries(Object.values(NOTIFY_FLAGS).map((flag) => [flag, z.boolean().optional()])) as Readonly<
  Record<(typeof NOTIFY_FLAGS)[NotifyEvent], z.ZodOptional<z.ZodBoolean>>
>;

/** A Slack channel. Source: schema of AWS::SupportApp::SlackChannelConfiguration. */
const wholeChannel = z.looseObject({
  TeamId: z.string(),
  ChannelId: z.string(),
  ChannelName: z.string().optional(),
  ChannelRoleArn: z.string(),
  NotifyOnCaseSeverity: z.string(),
  ...flags,
});

export type ChannelProperties = z.output<typeof wholeChannel>;

/** Properties of a resource, which Cloud Control writes as JSON inside JSON. */
function propertiesIn<T>(resource: { readonly Properties?: string | undefined }, schema: z.ZodType<T>): T {
  const json = requireField(resource, "Properties");
  let properties: unknown;
  try {
    properties = parseJson(json);
  } catch {
    // no schema takes nothing
  }
  const { success, data, error } = schema.safeParse(properties);
  if (success) return data;
  const wrong = error.issues.map(({ path }) => path.join(".")).join(", ") || "all of it";
  throw new BrokenAnswer(`received ${describe(json)} as Properties, expected what AWS documents (${wrong})`);
}

/** Reads the channels of the account, each with all of its properties: a list needn't have them. */
export function readChannels(cloudControl: CloudControlClient): Promise<Lookup<readonly LiveChannel[]>> {
  return lookUp("cloudformation:ListResources", async () => {
    const descriptions = await listResources(cloudControl, SLACK_CHANNEL_TYPE);
    const channels = descriptions.map(async (resource): Promise<LiveChannel> => {
      const identifier = requireField(resource, "Identifier");
      const [workspace, channel] = identifier.split("|"); // Cloud Control's separator of a type's primary identifiers
      if (!workspace || !channel) {
        throw new BrokenAnswer(`received the channel ${identifier}, expected a workspace and a channel`);
      }
      const properties = await readListed(
        cloudControl,
        SLACK_CHANNEL_TYPE,
        `the channel ${identifier}`,
        identifier,
        wholeChannel,
      );
      return { identifier, workspace, channel, properties };
    });
    return Promise.all(channels);
  });
}

/** Reads a resource that a list has. It isn't known if it isn't there. */
async function readListed<T>(
  cloudControl: CloudControlClient,
  typeName: CloudControlType,
  words: string,
  identifier: string,
  schema: z.ZodType<T>,
): Promise<Lookup<T>> {
  const live = await readResource(cloudControl, typeName, identifier, schema);
  if ("unknown" in live) return live;
  if (live.known !== undefined) return { known: live.known };
  const contradictionWords = `cloudformation:ListResources lists ${words}, and cloudformation:GetResource finds none`;
  return contradiction("cloudformation:GetResource", contradictionWords);
}

/** What is known of a resource of each type. */
const PROPERTIES = {
  [SLACK_CHANNEL_TYPE]: wholeChannel,
  [SLACK_WORKSPACE_TYPE]: z.looseObject({ TeamId: z.string() }),
  [ACCOUNT_ALIAS_TYPE]: z.looseObject({ AccountAlias: z.string() }),
} as const;

/** Reads the properties of a resource. Known and undefined: there is none. */
export function readProperties(
  cloudControl: CloudControlClient,
  typeName: CloudControlType,
  identifier: string,
): Promise<Lookup<Fields | undefined>> {
  return readResource<Fields>(cloudControl, typeName, identifier, PROPERTIES[typeName]);
}

function readResource<T>(
  cloudControl: CloudControlClient,
  TypeName: CloudControlType,
  Identifier: string,
  schema: z.ZodType<T>,
): Promise<Lookup<T | undefined>> {
  return lookUpIfAny("cloudformation:GetResource", async () => {
    const command = new GetResourceCommand({ TypeName, Identifier });
    const description = requireField(await cloudControl.send(command), "ResourceDescription");
    return propertiesIn(requireAnswerAbout(description, "Identifier", Identifier), schema);
  });
}

/** IDs of the Slack workspaces that are registered for the account. */
export function readWorkspaces(cloudControl: CloudControlClient): Promise<Lookup<readonly string[]>> {
  return readIdentifiers(cloudControl, SLACK_WORKSPACE_TYPE);
}

/** Cloud Control's identifiers of all resources of a type. */
export function readIdentifiers(
  cloudControl: CloudControlClient,
  typeName: CloudControlType,
): Promise<Lookup<readonly string[]>> {
  return lookUp("cloudformation:ListResources", async () =>
    (await listResources(cloudControl, typeName)).map((description) => requireField(description, "Identifier")),
  );
}

/** Cloud Control's identifier of the account's alias. Known and undefined: it has none. */
export async function findAlias(cloudControl: CloudControlClient): Promise<Lookup<string | undefined>> {
  return mapLookup(await readIdentifiers(cloudControl, ACCOUNT_ALIAS_TYPE), ([first]) => first);
}

/** Reads the account's alias. Known and undefined: it has none. */
export async function readAlias(cloudControl: CloudControlClient): Promise<Lookup<string | undefined>> {
  const identifier = await findAlias(cloudControl);
  if ("unknown" in identifier || identifier.known === undefined) return identifier;
  const schema = PROPERTIES[ACCOUNT_ALIAS_TYPE];
  const alias = await readListed(cloudControl, ACCOUNT_ALIAS_TYPE, "an account alias", identifier.known, schema);
  return mapLookup(alias, ({ AccountAlias }) => AccountAlias);
}

/** All resources of a type. A list needn't have their properties. */
function listResources(cloudControl: CloudControlClient, TypeName: string) {
  return everyPage(async (NextToken) =>
    pageOf(await cloudControl.send(new ListResourcesCommand({ TypeName, NextToken })), "ResourceDescriptions"),
  );
}
