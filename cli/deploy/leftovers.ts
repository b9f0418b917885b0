import {
  CloudControlClient,
  DeleteResourceCommand,
  GetResourceCommand,
  waitUntilResourceRequestSuccess,
} from "@aws-sdk/client-cloudcontrol";
import { GetPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { addressOfLevel } from "../../modules/support-app/access-level";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../modules/support-app/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../modules/support-app/notify";
import { describe } from "../../modules/support-app/problem";
import {
  SERVICE_QUOTAS_ROLE_ADDRESS,
  SERVICE_QUOTAS_ROLE_NAME,
  serviceQuotasModeOf,
  serviceQuotasRoleArn,
} from "../../modules/support-app/service-quotas-role";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/slack-channel";
import type { SupportAppAccessProps } from "../../modules/support-app/support-app-access-props";
import type { Channel, Environment } from "../../stacks/environment";
import { policyAnswer, resourceAnswer, wholeChannel } from "../aws/answer-schemas";
import { expectAnswer } from "../aws/broken-answer";
import { type ClientConfig, connect } from "../aws/connection";
import { assume, readIdentity } from "../aws/identity";
import { readRole } from "../aws/live-role";
import { knownOf, type Lookup, lookUp, lookUpIfAny, mapped } from "../aws/lookup";
import { CommandError } from "../command-error";
import { canonical } from "../json";
import { PARTS } from "../terraform/shapes";

/** What exists in the account although the state doesn't have it. */
export interface Leftovers {
  /** The IDs by which Terraform imports roles and policies, by address. */
  readonly imports: ReadonlyMap<string, string>;
  /** Cloud Control's identifiers of channels whose settings are those in the file, by address. Terraform can't import them. */
  readonly channels: ReadonlyMap<string, string>;
}

/** What AWS has of a channel. `other`: other settings than the file's, or it can't be looked up. */
export type ChannelState = "as-coded" | "missing" | "other";

/** Whether a resource exists in the account. */
type Exists = (iam: IAMClient) => Promise<Lookup<boolean>>;

/** Resources that Terraform imports by an ID if one of AWS exists. */
interface Importable {
  readonly addresses: readonly string[];
  readonly id: string;
  readonly exists: Exists;
}

/** The types that an access level's constructs write. */
const ACCESS_TYPES = ["aws_iam_role", "aws_iam_policy", ...PARTS];

/** Longest time in which AWS removes a channel, in seconds. */
const REMOVAL = 120;

/** The addresses that the constructs give an environment's resources. */
export function addressesOf({ accesses, channels, slackWorkspaces }: Environment): string[] {
  return [
    ...accesses.flatMap((access) => ACCESS_TYPES.map((type) => addressOf(type, access))),
    SERVICE_QUOTAS_ROLE_ADDRESS,
    ...channels.map(channelAddress),
    ...slackWorkspaces.map((workspace) => `aws_cloudcontrolapi_resource.workspace_${workspace}`),
    "aws_cloudcontrolapi_resource.account_alias",
  ];
}

/**
 * Looks in the account for resources that a deploy should create. What can't be looked up counts as missing, and so does
 * what only a person can tell from somebody else's: a registered workspace and the account alias.
 *
 * @param missing addresses
 */
export function findLeftovers(environment: Environment, missing: readonly string[]): Promise<Leftovers> {
  const importable = importableOf(environment).flatMap(({ addresses, ...one }) => {
    const [first = "", ...others] = addresses;
    return missing.includes(first)
      ? [{ ...one, addresses: [first, ...others.filter((other) => missing.includes(other))] }]
      : [];
  });
  const channels = environment.channels.filter((channel) => missing.includes(channelAddress(channel)));
  if (importable.length + channels.length === 0) return Promise.resolve(NOTHING);
  return inAccount(environment, NOTHING, async (config) => {
    const iam = new IAMClient(config);
    const cloudControl = new CloudControlClient(config);
    const found = await Promise.all(
      importable.map(async ({ addresses, id, exists }) =>
        knownOf(await exists(iam)) ? addresses.map((address) => [address, id] as const) : [],
      ),
    );
    const configured = await Promise.all(
      channels.map(async (channel) => {
        const state = await channelState(cloudControl, environment, channel);
        return state === "as-coded" ? [[channelAddress(channel), identifierOf(channel)] as const] : [];
      }),
    );
    return { imports: new Map(found.flat()), channels: new Map(configured.flat()) };
  });
}

/** What AWS has of the channels at those addresses. Other addresses are left out. */
export function channelStates(
  environment: Environment,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, ChannelState>> {
  const channels = environment.channels.filter((channel) => addresses.includes(channelAddress(channel)));
  if (channels.length === 0) return Promise.resolve(new Map());
  const unknown = new Map(channels.map((channel) => [channelAddress(channel), "other"] as const));
  return inAccount<ReadonlyMap<string, ChannelState>>(environment, unknown, async (config) => {
    const client = new CloudControlClient(config);
    const states = channels.map(async (channel) => {
      return [channelAddress(channel), await channelState(client, environment, channel)] as const;
    });
    return new Map(await Promise.all(states));
  });
}

/**
 * Removes the configurations of channels, so that Terraform can create them.
 *
 * @throws CommandError when AWS refuses
 */
export async function removeChannels(environment: Environment, identifiers: Iterable<string>): Promise<void> {
  await inAccount(environment, undefined, async (config) => {
    const client = new CloudControlClient(config);
    for (const Identifier of identifiers) {
      const removed = await lookUp("cloudformation:DeleteResource", async () => {
        const command = new DeleteResourceCommand({ TypeName: SLACK_CHANNEL_TYPE, Identifier });
        const { ProgressEvent } = await client.send(command);
        await waitUntilResourceRequestSuccess(
          { client, maxWaitTime: REMOVAL },
          { RequestToken: ProgressEvent?.RequestToken },
        );
      });
      if ("unknown" in removed) {
        throw new CommandError(
          `Can't remove the channel ${describe(Identifier)}, which an interrupted deploy of ${environment.name} created: ${removed.unknown.message}. Remove it, and run this again.`,
        );
      }
    }
  });
}

const NOTHING: Leftovers = { imports: new Map(), channels: new Map() };

/** Runs something as the deployer. Gives `otherwise` if the account can't be reached like that. */
async function inAccount<T>(
  environment: Environment,
  otherwise: T,
  run: (config: ClientConfig) => Promise<T>,
): Promise<T> {
  const connection = await connect([environment]);
  const session = connection.open(environment);
  try {
    const assumed = await assume(session.config, environment.deployRole, "support-app-deploy");
    if ("unknown" in assumed) return otherwise;
    const config = { ...session.config, credentials: assumed.known ?? session.config.credentials };
    if (knownOf(await readIdentity(config))?.account !== environment.account) return otherwise;
    return await run(config);
  } finally {
    session.end();
    connection.destroy();
  }
}

function importableOf({ account, accesses }: Environment): Importable[] {
  const hasRole =
    (name: string): Exists =>
    async (iam) =>
      mapped(await readRole(iam, account, name), (found) => found !== undefined);
  return accesses.flatMap((props) => {
    const { roleName, policyName } = iamNamesOf(props);
    const policyArn = policyArnOf(props);
    // The lists show in the plan what else the role has.
    const types = ["aws_iam_role", "aws_iam_role_policy_attachments_exclusive", "aws_iam_role_policies_exclusive"];
    const role = { addresses: types.map((type) => addressOf(type, props)), id: roleName, exists: hasRole(roleName) };
    const policy = { addresses: [addressOf("aws_iam_policy", props)], id: policyArn, exists: hasPolicy(policyArn) };
    const quotas = {
      ...{ addresses: [SERVICE_QUOTAS_ROLE_ADDRESS], id: serviceQuotasRoleArn(account) },
      exists: hasRole(SERVICE_QUOTAS_ROLE_NAME),
    };
    return [
      ...(props.adopt ? [] : [role]), // its stack imports what is adopted
      ...(props.adopt || policyName === undefined ? [] : [policy]),
      ...(serviceQuotasModeOf(props) === "create" ? [quotas] : []),
    ];
  });
}

function hasPolicy(PolicyArn: string): Exists {
  return async (iam) => {
    const found = await lookUpIfAny("iam:GetPolicy", async () =>
      expectAnswer(policyAnswer(PolicyArn), await iam.send(new GetPolicyCommand({ PolicyArn }))),
    );
    return mapped(found, (policy) => policy !== undefined);
  };
}

async function channelState(
  client: CloudControlClient,
  { accesses }: Environment,
  given: Channel,
): Promise<ChannelState> {
  const { workspace, channel, name, access, notify } = given;
  const Identifier = identifierOf(given);
  const found = await lookUpIfAny("cloudformation:GetResource", async () => {
    const answer = await client.send(new GetResourceCommand({ TypeName: SLACK_CHANNEL_TYPE, Identifier }));
    return expectAnswer(resourceAnswer(SLACK_CHANNEL_TYPE, Identifier, wholeChannel), answer);
  });
  const role = accesses.find((props) => props.access === access);
  const expected = {
    ...{ TeamId: workspace, ChannelId: channel, ChannelName: name },
    ...{ ChannelRoleArn: role && roleArnOf(role), ...notifyProperties(notify ?? NOTIFY_OF_NOTHING) },
  };
  if ("unknown" in found) return "other";
  if (found.known === undefined) return "missing";
  // AWS may leave out a flag that is off.
  const live = { ...notifyProperties(NOTIFY_OF_NOTHING), ...found.known.ResourceDescription.Properties };
  return canonical(live) === canonical(expected) ? "as-coded" : "other";
}

function addressOf(type: string, { access }: SupportAppAccessProps): string {
  return `${type}.${addressOfLevel(access)}`;
}

/** The primary identifier of its type. */
function identifierOf({ workspace, channel }: Channel): string {
  return `${workspace}|${channel}`;
}

function channelAddress({ workspace, channel }: Channel): string {
  return `aws_cloudcontrolapi_resource.channel_${workspace}_${channel}`;
}
