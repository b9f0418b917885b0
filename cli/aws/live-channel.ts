import { type CloudControlClient, GetResourceCommand, ListResourcesCommand } from "@aws-sdk/client-cloudcontrol";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { z } from "zod";
import {
  ACCOUNT_ALIAS_TYPE,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import { accountOfArn, pathAndNameOf } from "../iam/arn";
import type { Fields } from "../json";
import {
  listedAlias,
  listedChannel,
  listedWorkspace,
  resourceAnswer,
  resourcesPage,
  wholeChannel,
} from "./answer-schemas";
import { BrokenAnswer, expectAnswer } from "./broken-answer";
import { readRole } from "./live-role";
import { knownOf, type Lookup, lookUp, lookUpIfAny, mapped } from "./lookup";
import { everyPage } from "./pages";

/** A live Slack channel, with the properties of its Cloud Control type. */
export interface LiveChannel {
  /** Cloud Control's identifier. */
  readonly identifier: string;
  readonly workspace: string;
  readonly channel: string;
  readonly properties: Lookup<Fields>;
  /** Whether its role exists. Undefined: the role is in environments.yaml, or in another account. */
  readonly roleExists?: Lookup<boolean>;
}

/** Reads the channels of the account, each with all of its properties: a list needn't have them. */
export function readChannels(
  cloudControl: CloudControlClient,
  iam: IAMClient,
  account: string,
  own: readonly string[],
): Promise<Lookup<readonly LiveChannel[]>> {
  return lookUp("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, SLACK_CHANNEL_TYPE, listedChannel);
    const found = listed.map(async ({ Identifier: identifier, Properties }): Promise<LiveChannel[]> => {
      const [workspace, channel] = idsOf(identifier, Properties);
      const properties = await lookUpIfAny("cloudformation:GetResource", async () => {
        const command = new GetResourceCommand({ TypeName: SLACK_CHANNEL_TYPE, Identifier: identifier });
        const schema = resourceAnswer(SLACK_CHANNEL_TYPE, identifier, wholeChannel);
        const { ResourceDescription } = expectAnswer(schema, await cloudControl.send(command));
        const { TeamId, ChannelId } = ResourceDescription.Properties;
        if (TeamId === workspace && ChannelId === channel) return ResourceDescription.Properties;
        throw new BrokenAnswer(`received the channel ${ChannelId} of ${TeamId}, expected ${channel} of ${workspace}`);
      });
      const whole = knownOf(properties);
      if ("known" in properties && !whole) return []; // it was removed in the meantime
      const role = whole?.ChannelRoleArn ?? "";
      const isToFind = accountOfArn(role) === account && !own.includes(role);
      return [
        {
          identifier,
          workspace,
          channel,
          properties: mapped(properties, (some) => some ?? {}),
          roleExists: isToFind ? await exists(iam, account, role) : undefined,
        },
      ];
    });
    return (await Promise.all(found)).flat();
  });
}

/** Workspace and channel of a listed channel. Cloud Control joins the parts of an identifier with "|". */
function idsOf(identifier: string, { TeamId, ChannelId }: z.output<typeof listedChannel> = {}): [string, string] {
  const [team, id, ...rest] = identifier.split("|");
  const [workspace, channel] = [TeamId ?? team, ChannelId ?? id];
  if (workspace && channel && rest.length === 0) return [workspace, channel];
  throw new BrokenAnswer(`received the channel ${identifier}, expected a workspace and a channel`);
}

async function exists(iam: IAMClient, account: string, arn: string): Promise<Lookup<boolean>> {
  return mapped(await readRole(iam, account, pathAndNameOf(arn).name), (found) => found?.arn === arn);
}

/** IDs of the Slack workspaces that are registered for the account. */
export function readWorkspaces(cloudControl: CloudControlClient): Promise<Lookup<readonly string[]>> {
  return lookUp("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, SLACK_WORKSPACE_TYPE, listedWorkspace);
    return listed.map(({ Identifier, Properties }) => Properties?.TeamId ?? Identifier);
  });
}

/** Reads the account's alias. Known and undefined: it has none. */
export function readAlias(cloudControl: CloudControlClient): Promise<Lookup<string | undefined>> {
  return lookUp("cloudformation:ListResources", async () => {
    const [alias] = await listResources(cloudControl, ACCOUNT_ALIAS_TYPE, listedAlias);
    return alias?.Properties?.AccountAlias ?? alias?.Identifier;
  });
}

function listResources<T extends z.ZodType>(cloudControl: CloudControlClient, TypeName: string, of: T) {
  return everyPage(async (NextToken) =>
    expectAnswer(
      resourcesPage(TypeName, of),
      await cloudControl.send(new ListResourcesCommand({ TypeName, NextToken })),
    ),
  );
}
