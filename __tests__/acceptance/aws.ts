import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudControlClient,
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  GetResourceRequestStatusCommand,
  type ProgressEvent,
  paginateListResources,
  UpdateResourceCommand,
} from "@aws-sdk/client-cloudcontrol";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { IAMClient, paginateListPolicies, paginateListRoles } from "@aws-sdk/client-iam";
import { OrganizationsClient } from "@aws-sdk/client-organizations";
import { STSClient } from "@aws-sdk/client-sts";
import { SupportClient } from "@aws-sdk/client-support";
import { type ClientConfig, type Credentials, connect } from "../../cli/aws/connection";
import type { Destination } from "../../cli/aws/proxy";
import type { CloudControlType } from "../../modules/support-app/model/cloud-control-types";
import type { Environment } from "../../stacks/environments/environment";
import { interruption } from "./interruption";

/** The account of a run, as the credentials of whoever runs it see it. */
export type Aws = ReturnType<typeof awsIn>;

/** What Cloud Control knows of a resource. */
export interface Resource {
  readonly identifier: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A host of AWS, in the partition of the Support App. */
export const AWS_HOST = /\.(amazonaws\.com|api\.aws)$/;

/** A configuration whose clients write down whom they ask: an endpoint may come from variables or from a profile. */
function recordHosts(config: ClientConfig, hosts: Set<string>): ClientConfig {
  const { requestHandler } = config as { requestHandler: { handle(request: Destination, options: object): unknown } };
  const handle = (request: Destination, options: object) => {
    hosts.add(request.hostname);
    return requestHandler.handle(request, options);
  };
  return { ...config, requestHandler: { ...requestHandler, handle } as ClientConfig["requestHandler"] };
}

/** Longest time that Cloud Control may take for a request, in milliseconds. */
const LONGEST_REQUEST = 5 * 60_000;

/** AWS's errors for something that doesn't exist. */
const NOTHING = ["NoSuchEntityException", "NoSuchEntity", "ResourceNotFoundException"];

/** Takes AWS's answer that something is gone, which a list may still have. */
export function undefinedIfGone(error: Error): undefined {
  if (!NOTHING.includes(error.name)) throw error;
}

export function awsIn(region: Environment["region"]) {
  const connection = connect();
  const hosts = new Set<string>();
  const config = recordHosts(connection.configFor({ region }), hosts);
  const cloudControls = new Map<string, CloudControlClient>();
  const cloudControlIn = (place: string) => {
    const client = cloudControls.get(place) ?? new CloudControlClient({ ...config, region: place });
    cloudControls.set(place, client);
    return client;
  };

  /** Waits until a request has ended, perhaps as a failure. */
  const settle = async (progress: ProgressEvent | undefined, place: string): Promise<ProgressEvent> => {
    const end = Date.now() + LONGEST_REQUEST;
    let event = progress ?? {};
    while (["PENDING", "IN_PROGRESS"].includes(event.OperationStatus ?? "") && Date.now() < end) {
      await sleep(1000);
      const command = new GetResourceRequestStatusCommand({ RequestToken: event.RequestToken });
      event = (await cloudControlIn(place).send(command)).ProgressEvent ?? {};
    }
    return event;
  };

  return {
    region,
    iam: new IAMClient(config),
    sts: new STSClient(config),
    support: new SupportClient({ ...config, region: "us-east-1" }),
    organizations: new OrganizationsClient({ ...config, region: "us-east-1" }),
    cloudFormationIn: (place: string) => new CloudFormationClient({ ...config, region: place }),
    cloudTrailIn: (place: string) => new CloudTrailClient({ ...config, region: place }),
    close: () => connection.destroy(),

    /** Whether something else than AWS was asked so far, from wherever its address was taken. */
    isEmulated: () => [...hosts].some((host) => !AWS_HOST.test(host)),

    /** The resources of a type, each read: a list needn't have all of its properties. */
    async list(TypeName: CloudControlType, place: string = region): Promise<readonly Resource[]> {
      const client = cloudControlIn(place);
      const identifiers: string[] = [];
      for await (const { ResourceDescriptions = [] } of paginateListResources({ client }, { TypeName }))
        identifiers.push(...ResourceDescriptions.map(({ Identifier = "" }) => Identifier));
      const resources = identifiers.map(async (identifier) => {
        const properties = await this.read(TypeName, identifier, place).catch(undefinedIfGone);
        return properties === undefined ? [] : { identifier, properties };
      });
      return (await Promise.all(resources)).flat();
    },
    async read(
      TypeName: CloudControlType,
      Identifier: string,
      place: string = region,
    ): Promise<Resource["properties"]> {
      const command = new GetResourceCommand({ TypeName, Identifier });
      const { ResourceDescription } = await cloudControlIn(place).send(command);
      return JSON.parse(ResourceDescription?.Properties ?? "{}");
    },
    async create(TypeName: CloudControlType, properties: object): Promise<ProgressEvent> {
      const DesiredState = JSON.stringify(properties);
      const command = new CreateResourceCommand({ TypeName, DesiredState });
      return settle((await cloudControlIn(region).send(command)).ProgressEvent, region);
    },
    /** Changes some properties, perhaps as somebody else. */
    async update(
      TypeName: CloudControlType,
      Identifier: string,
      properties: object,
      credentials?: Credentials,
    ): Promise<ProgressEvent> {
      const patches = Object.entries(properties).map(([key, value]) => ({ op: "add", path: `/${key}`, value }));
      const PatchDocument = JSON.stringify(patches);
      const command = new UpdateResourceCommand({ TypeName, Identifier, PatchDocument });
      const client = credentials ? new CloudControlClient({ ...config, credentials }) : cloudControlIn(region);
      return settle((await client.send(command)).ProgressEvent, region);
    },
    async remove(TypeName: CloudControlType, Identifier: string, place: string = region): Promise<ProgressEvent> {
      const command = new DeleteResourceCommand({ TypeName, Identifier });
      return settle((await cloudControlIn(place).send(command)).ProgressEvent, place);
    },
  };
}

/** The roles of the account. */
export async function listRoles({ iam }: Aws) {
  const roles = [];
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, {})) roles.push(...Roles);
  return roles;
}

/** The customer managed policies of the account. */
export async function listPolicies({ iam }: Aws) {
  const policies = [];
  for await (const { Policies = [] } of paginateListPolicies({ client: iam }, { Scope: "Local" }))
    policies.push(...Policies);
  return policies;
}

/** Longest time until AWS has everywhere what was changed, in milliseconds. */
export const PROPAGATION = 120_000;

/**
 * Waits until a check passes: IAM needs a while until a change is everywhere.
 *
 * @throws the check's last error
 */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  const end = Date.now() + PROPAGATION;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end || interruption.signal.aborted) throw error;
      await sleep(3000);
    }
  }
}
