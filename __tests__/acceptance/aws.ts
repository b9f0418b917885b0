import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudControlClient,
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  GetResourceRequestStatusCommand,
  ListResourcesCommand,
  type ProgressEvent,
  UpdateResourceCommand,
} from "@aws-sdk/client-cloudcontrol";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import {
  type ContextEntry,
  IAMClient,
  IAMServiceException,
  paginateListPolicies,
  paginateListRoles,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { OrganizationsClient } from "@aws-sdk/client-organizations";
import { STSClient } from "@aws-sdk/client-sts";
import { SupportClient } from "@aws-sdk/client-support";
import { connect } from "../../cli/aws/connection";
import type { CloudControlType } from "../../modules/support-app/model/cloud-control-types";
import type { Environment } from "../../stacks/environments/environment";
import { interruption } from "./interruption";
import { PREFIX } from "./names";

/** The account of a run, as the credentials of whoever runs it see it. */
export type Aws = ReturnType<typeof awsIn>;

/** What Cloud Control knows of a resource. */
export interface Resource {
  readonly identifier: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function awsIn(region: Environment["region"]) {
  const connection = connect();
  const config = connection.configFor({ region });
  const cloudControl = new CloudControlClient(config);

  /** Waits until a request has ended, perhaps as a failure. */
  const settle = async (progress: ProgressEvent | undefined): Promise<ProgressEvent> => {
    let event = progress ?? {};
    while (["PENDING", "IN_PROGRESS"].includes(event.OperationStatus ?? "")) {
      await sleep(1000);
      const command = new GetResourceRequestStatusCommand({ RequestToken: event.RequestToken });
      event = (await cloudControl.send(command)).ProgressEvent ?? {};
    }
    return event;
  };

  return {
    cloudControl,
    iam: new IAMClient(config),
    sts: new STSClient(config),
    support: new SupportClient({ ...config, region: "us-east-1" }),
    organizations: new OrganizationsClient({ ...config, region: "us-east-1" }),
    cloudFormationIn: (place: string) => new CloudFormationClient({ ...config, region: place }),
    cloudTrailIn: (place: string) => new CloudTrailClient({ ...config, region: place }),
    close: () => connection.destroy(),

    async list(TypeName: CloudControlType): Promise<readonly Resource[]> {
      const { ResourceDescriptions = [] } = await cloudControl.send(new ListResourcesCommand({ TypeName }));
      return ResourceDescriptions.map(({ Identifier = "", Properties = "{}" }) => ({
        identifier: Identifier,
        properties: JSON.parse(Properties),
      }));
    },
    async read(TypeName: CloudControlType, Identifier: string): Promise<Resource["properties"]> {
      const { ResourceDescription } = await cloudControl.send(new GetResourceCommand({ TypeName, Identifier }));
      return JSON.parse(ResourceDescription?.Properties ?? "{}");
    },
    async create(TypeName: CloudControlType, properties: object): Promise<ProgressEvent> {
      const DesiredState = JSON.stringify(properties);
      return settle((await cloudControl.send(new CreateResourceCommand({ TypeName, DesiredState }))).ProgressEvent);
    },
    async update(TypeName: CloudControlType, Identifier: string, properties: object): Promise<ProgressEvent> {
      const patches = Object.entries(properties).map(([key, value]) => ({ op: "add", path: `/${key}`, value }));
      const PatchDocument = JSON.stringify(patches);
      const command = new UpdateResourceCommand({ TypeName, Identifier, PatchDocument });
      return settle((await cloudControl.send(command)).ProgressEvent);
    },
    async remove(TypeName: CloudControlType, Identifier: string): Promise<ProgressEvent> {
      return settle((await cloudControl.send(new DeleteResourceCommand({ TypeName, Identifier }))).ProgressEvent);
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

/** The actions that a role may do at a time, as IAM simulates it. */
export async function allowedActions({ iam }: Aws, role: string, actions: readonly string[], time = new Date()) {
  const now: ContextEntry = {
    ContextKeyName: "aws:CurrentTime",
    ContextKeyType: "date",
    ContextKeyValues: [time.toISOString()],
  };
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role,
      ActionNames: [...actions],
      ContextEntries: [now],
    }),
  );
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision === "allowed").map(
    ({ EvalActionName = "" }) => EvalActionName,
  );
}

/** Whether IAM simulates: an emulator may answer with a page, which is no error of AWS. */
export async function canSimulate(aws: Aws, account: string): Promise<boolean> {
  const call = allowedActions(aws, `arn:aws:iam::${account}:role/${PREFIX}Missing`, ["support:DescribeCases"]);
  return call.then(
    () => true,
    (error) => error instanceof IAMServiceException && error.name !== "Error",
  );
}

/** Longest time until AWS has everywhere what was changed, in milliseconds. */
const PROPAGATION = 120_000;

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
