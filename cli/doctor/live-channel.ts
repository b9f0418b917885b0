import {
  type CloudControlClient,
  GetResourceCommand,
  paginateListResources,
  type ResourceDescription,
} from "@aws-sdk/client-cloudcontrol";
import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/slack-channel";
import { SLACK_WORKSPACE_TYPE } from "../../modules/support-app/slack-workspace";
import { accountOfArn, pathAndNameOf } from "../iam/arn";
import { type Fields, isFields, parseJson } from "../json";
import { all, knownOf, type Lookup, lookUp, lookUpIfAny, mapped } from "./lookup";

/** A Slack channel as AWS has it: the properties of its Cloud Control type. */
export interface LiveChannel {
  /** What Cloud Control calls it. */
  readonly identifier: string;
  readonly workspace: string;
  readonly channel: string;
  readonly properties: Lookup<Fields>;
  /** Whether its role is there. Undefined: it is one of environments.yaml, or of another account. */
  readonly roleExists?: Lookup<boolean>;
}

/** The channels of the account, each with all of its properties: a list needn't have them. */
export function readChannels(
  cloudControl: CloudControlClient,
  iam: IAMClient,
  account: string,
  own: readonly string[],
): Promise<Lookup<readonly LiveChannel[]>> {
  return lookUp("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, SLACK_CHANNEL_TYPE);
    const found = listed.map(async (description): Promise<LiveChannel[]> => {
      const identifier = String(description.Identifier);
      const properties = await lookUpIfAny("cloudformation:GetResource", async () => {
        const command = new GetResourceCommand({ TypeName: SLACK_CHANNEL_TYPE, Identifier: identifier });
        return propertiesOf((await cloudControl.send(command)).ResourceDescription);
      });
      if ("known" in properties && properties.known === undefined) return []; // it went while this was looking
      const known = mapped(properties, (some) => some ?? {});
      // AWS's own format: Cloud Control joins what identifies a resource by "|".
      const [team, id] = identifier.split("|");
      const { TeamId = team, ChannelId = id } = {
        ...propertiesOf(description),
        ...knownOf(known),
      };
      const role = knownOf(known)?.ChannelRoleArn;
      const isToFind = typeof role === "string" && !own.includes(role) && accountOfArn(role) === account;
      return [
        {
          identifier,
          workspace: String(TeamId),
          channel: String(ChannelId),
          properties: known,
          roleExists: isToFind ? await exists(iam, role) : undefined,
        },
      ];
    });
    return (await Promise.all(found)).flat();
  });
}

async function exists(iam: IAMClient, arn: string): Promise<Lookup<boolean>> {
  const RoleName = pathAndNameOf(arn).name;
  const found = await lookUpIfAny("iam:GetRole", async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return { ...Role }.Arn;
  });
  return mapped(found, (known) => known === arn);
}

/** IDs of the Slack workspaces that are registered for the account. */
export function readWorkspaces(cloudControl: CloudControlClient): Promise<Lookup<readonly string[]>> {
  return lookUp("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, SLACK_WORKSPACE_TYPE);
    return listed.map((description) => String(propertiesOf(description).TeamId ?? description.Identifier));
  });
}

function listResources(cloudControl: CloudControlClient, TypeName: string): Promise<ResourceDescription[]> {
  return all(
    paginateListResources({ client: cloudControl }, { TypeName }),
    ({ ResourceDescriptions }) => ResourceDescriptions,
  );
}

function propertiesOf(description: ResourceDescription | undefined): Fields {
  const properties: unknown = parseJson(description?.Properties ?? "{}");
  return isFields(properties) ? properties : {};
}
