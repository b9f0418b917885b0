import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { canonical } from "../../../common/canonical";
import { type Fields, isFields } from "../../../common/fields";
import { fieldsIn, listIfAny, parseJson, parseJsonIfAny, textOf } from "../../../common/json";
import { channelKey } from "../../../modules/support-app/model/channel-set";
import {
  ACCOUNT_ALIAS_TYPE,
  CLOUD_CONTROL_SCHEMAS,
  type CloudControlType,
  type DifferingProperty,
  differingProperties,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../../modules/support-app/model/cloud-control-types";
import { roleArnOf } from "../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../modules/support-app/model/notify";
import { isSameOwner } from "../../../modules/support-app/model/team";
import { ACCOUNT_ALIAS_ID, channelId, cloudControlAddress, workspaceId } from "../../../stacks/construct-ids";
import type { Channel, Environment } from "../../../stacks/environments/environment";
import type { ClientConfig } from "../../aws/connection";
import { findAlias, readProperties } from "../../aws/live-channel";
import type { LookupFailure } from "../../aws/lookup";
import { currentIn, type Instance, type State, type StateEdit } from "../../terraform/state";

/** The differences between AWS and a state. */
export interface LiveState {
  readonly differences: readonly LiveDifference[];
  /** Channels that the file has, or an interrupted deploy may have created, and that somebody else may have configured. */
  readonly foreign: readonly ForeignChannel[];
  /** Why something couldn't be read. Nothing else is certain then. */
  readonly unread?: LookupFailure;
}

/** Something that differs between AWS and the state. */
export interface LiveDifference {
  readonly address: string;
  /** Cloud Control's identifier. */
  readonly identifier: string;
  /** Whether the state has it, has it as incomplete, doesn't have it, or has it although AWS doesn't. */
  readonly inState: "complete" | "tainted" | "missing" | "gone";
  /** The properties that differ. Of what isn't completely in the state: none. */
  readonly properties: readonly DifferingProperty[];
  /** What makes the state as AWS is. Undefined: Terraform itself does. */
  readonly edit?: StateEdit;
}

export interface ForeignChannel {
  readonly address: string;
  /** Cloud Control's identifier. */
  readonly identifier: string;
  /** ARN of the role that it has. */
  readonly liveRole: unknown;
  /** Undefined: the file doesn't have the channel. */
  readonly channel?: Channel;
}

/** A resource that is looked up. */
interface LookupTarget {
  readonly address: string;
  readonly typeName: CloudControlType;
  /** Cloud Control's identifier. Undefined: AWS gives it. */
  readonly identifier?: string;
  /** Undefined: the state doesn't have it. */
  readonly instance?: Instance;
}

/** The address of a channel in the stack of an environment. */
function channelAddress(channel: Channel): string {
  return cloudControlAddress(channelId(channel));
}

/**
 * What a state has of the Support App, and what a deploy would create of it.
 *
 * @param resources addresses of the stack
 */
export function targetsOf(
  { channels, slackWorkspaces, accountAlias }: Environment,
  state: State | undefined,
  resources: readonly string[],
) {
  const isOurs = (typeName: unknown): typeName is CloudControlType =>
    Object.hasOwn(CLOUD_CONTROL_SCHEMAS, String(typeName));
  const statedTargets = currentIn(state).flatMap((instance): LookupTarget[] => {
    const { address, attributes, isTainted } = instance;
    const { type_name: typeName, id: identifier } = attributes;
    // What a deploy destroys may be as it is, unless it may be somebody else's.
    const isWanted = resources.includes(address) || (isTainted && typeName === SLACK_CHANNEL_TYPE);
    return isOurs(typeName) && typeof identifier === "string" && isWanted
      ? [{ address, typeName, identifier, instance }]
      : [];
  });
  const addresses = new Set(currentIn(state).map(({ address }) => address));
  const fromFile: LookupTarget[] = [
    ...slackWorkspaces.map((identifier): LookupTarget => {
      return {
        address: cloudControlAddress(workspaceId(identifier)),
        typeName: SLACK_WORKSPACE_TYPE,
        identifier,
      };
    }),
    ...channels.map((channel): LookupTarget => {
      return { address: channelAddress(channel), typeName: SLACK_CHANNEL_TYPE, identifier: channelKey(channel) };
    }),
    ...(accountAlias === undefined
      ? []
      : [{ address: cloudControlAddress(ACCOUNT_ALIAS_ID), typeName: ACCOUNT_ALIAS_TYPE } as const]),
  ];
  return [
    ...statedTargets,
    ...fromFile.filter(({ address }) => resources.includes(address) && !addresses.has(address)),
  ];
}

/**
 * Compares what a state has of the Support App with AWS. Terraform doesn't: its state has what an update should have made,
 * also if that failed.
 */
export async function readLiveState(
  config: ClientConfig,
  environment: Environment,
  targets: readonly LookupTarget[],
): Promise<LiveState> {
  const client = new CloudControlClient(config);
  const liveStates = await Promise.all(
    targets.map(async (target): Promise<LiveState> => {
      const id = target.identifier === undefined ? await findAlias(client) : { known: target.identifier };
      if ("unknown" in id) return { ...NOTHING, unread: id.unknown };
      if (id.known === undefined) return NOTHING;
      const live = await readProperties(client, target.typeName, id.known);
      if ("unknown" in live) return { ...NOTHING, unread: live.unknown };
      const identifier = id.known;
      if (live.known !== undefined) return compareState({ ...target, identifier }, live.known, environment);
      if (target.instance === undefined) return NOTHING;
      const { address } = target;
      return { ...NOTHING, differences: [{ address, identifier, inState: "gone", properties: [] }] }; // the plan creates it
    }),
  );
  return {
    differences: liveStates.flatMap(({ differences }) => differences),
    foreign: liveStates.flatMap(({ foreign }) => foreign),
    unread: liveStates.find(({ unread }) => unread !== undefined)?.unread,
  };
}

const NOTHING: LiveState = { differences: [], foreign: [] };

function compareState(
  target: Required<Pick<LookupTarget, "identifier">> & LookupTarget,
  live: Fields,
  environment: Environment,
): LiveState {
  const { address, typeName, identifier, instance } = target;
  const difference = (
    inState: LiveDifference["inState"],
    attributes: Fields,
    properties: LiveDifference["properties"] = [],
  ): LiveState => ({
    ...NOTHING,
    differences: [{ address, identifier, inState, properties, edit: { address, attributes } }],
  });
  const statedProperties = instance?.isTainted === false && parseJsonIfAny(String(instance.attributes.desired_state));
  if (isFields(statedProperties)) {
    const properties = differingProperties(statedProperties, live);
    if (properties.length === 0) return NOTHING;
    const desiredProperties = {
      ...statedProperties,
      ...Object.fromEntries(properties.map((property) => [property.name, property.live])),
    };
    return difference("complete", { desired_state: jsonencode(desiredProperties) }, properties);
  }
  if (typeName === SLACK_CHANNEL_TYPE && !isAdoptable(live, environment, address)) {
    const channel = environment.channels.find((candidate) => channelAddress(candidate) === address);
    return { ...NOTHING, foreign: [{ address, identifier, liveRole: live.ChannelRoleArn, channel }] };
  }
  return difference(instance === undefined ? "missing" : "tainted", {
    id: identifier,
    type_name: typeName,
    schema: CLOUD_CONTROL_SCHEMAS[typeName],
    desired_state: jsonencode(settingsIn(live, typeName)),
  });
}

/** Whether a channel that isn't completely in the state is the deploy's: people keep their role, or the file says so. */
function isAdoptable({ ChannelRoleArn }: Fields, { accesses, channels }: Environment, address: string): boolean {
  const channel = channels.find((candidate) => channelAddress(candidate) === address);
  const roles = accesses.filter((props) => channel === undefined || isSameOwner(props, channel));
  return channel?.adopt === true || roles.some((role) => ChannelRoleArn === roleArnOf(role));
}

/** The properties that a deploy sets. */
function settingsIn(live: Fields, typeName: CloudControlType): Fields {
  const { properties, readOnlyProperties, writeOnlyProperties } = fieldsIn(parseJson(CLOUD_CONTROL_SCHEMAS[typeName]));
  const pointers = [readOnlyProperties, writeOnlyProperties].flatMap(listIfAny).map(textOf);
  const propertyNames = pointers.map((pointer) => pointer.split("/").at(-1));
  const liveProperties = typeName === SLACK_CHANNEL_TYPE ? { ...notifyProperties(NOTIFY_OF_NOTHING), ...live } : live;
  const isSet = ([name]: [string, unknown]) =>
    Object.hasOwn(fieldsIn(properties), name) && !propertyNames.includes(name);
  return Object.fromEntries(Object.entries(liveProperties).filter(isSet));
}

/** JSON as Terraform's function of that name writes it. */
function jsonencode(value: Fields): string {
  const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return canonical(value).replace(/[<>&\u2028\u2029]/g, unicode);
}
