import {
  type CloudControlClient,
  GetResourceCommand,
  paginateListResources,
  type ResourceDescription,
} from "@aws-sdk/client-cloudcontrol";
import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import { isFields } from "../review/policy";
import { all, knownOf, mapped, type Reading, reading, readingOf } from "./reading";

/** A Slack channel as AWS has it: the properties of its Cloud Control type. */
export interface ChannelFound {
  /** What Cloud Control calls it. */
  readonly identifier: string;
  readonly workspace: string;
  readonly channel: string;
  readonly properties: Reading<Readonly<Record<string, unknown>>>;
  /** Whether its role is there. Undefined: it is one of environments.yaml, or of another account. */
  readonly roleExists?: Reading<boolean>;
}

/** Cloud Control's type of a Slack channel. */
export const CHANNEL_TYPE = "AWS::SupportApp::SlackChannelConfiguration";
const WORKSPACE_TYPE = "AWS::SupportApp::SlackWorkspaceConfiguration";

/** The channels of the account, each with all of its properties: a list needn't have them. */
export function readChannels(
  cloudControl: CloudControlClient,
  iam: IAMClient,
  account: string,
  own: readonly string[],
): Promise<Reading<readonly ChannelFound[]>> {
  return reading("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, CHANNEL_TYPE);
    const found = listed.map(async (description): Promise<ChannelFound[]> => {
      const identifier = String(description.Identifier);
      const properties = await readingOf("cloudformation:GetResource", async () => {
        const command = new GetResourceCommand({ TypeName: CHANNEL_TYPE, Identifier: identifier });
        return propertiesOf((await cloudControl.send(command)).ResourceDescription);
      });
      if ("known" in properties && properties.known === undefined) return []; // it went while this was looking
      const known = mapped(properties, (some) => some ?? {});
      // Cloud Control joins what identifies a resource by "|".
      const [team, id] = identifier.split("|");
      const { TeamId = team, ChannelId = id } = {
        ...propertiesOf(description),
        ...knownOf(known),
      };
      const role = "known" in known ? String(known.known.ChannelRoleArn) : undefined;
      const isForeign = role === undefined || own.includes(role) || role.split(":")[4] !== account;
      return [
        {
          identifier,
          workspace: String(TeamId),
          channel: String(ChannelId),
          properties: known,
          roleExists: isForeign ? undefined : await exists(iam, role),
        },
      ];
    });
    return (await Promise.all(found)).flat();
  });
}

async function exists(iam: IAMClient, arn: string): Promise<Reading<boolean>> {
  const RoleName = arn.slice(arn.lastIndexOf("/") + 1);
  const found = await readingOf("iam:GetRole", async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return { ...Role }.Arn;
  });
  return mapped(found, (known) => known === arn);
}

/** IDs of the Slack workspaces that are registered for the account. */
export function readWorkspaces(cloudControl: CloudControlClient): Promise<Reading<readonly string[]>> {
  return reading("cloudformation:ListResources", async () => {
    const listed = await listResources(cloudControl, WORKSPACE_TYPE);
    return listed.map((description) => String(propertiesOf(description).TeamId ?? description.Identifier));
  });
}

function listResources(cloudControl: CloudControlClient, TypeName: string): Promise<ResourceDescription[]> {
  return all(
    paginateListResources({ client: cloudControl }, { TypeName }),
    ({ ResourceDescriptions }) => ResourceDescriptions,
  );
}

function propertiesOf(description: ResourceDescription | undefined): Readonly<Record<string, unknown>> {
  const properties: unknown = JSON.parse(description?.Properties ?? "{}");
  return isFields(properties) ? properties : {};
}
