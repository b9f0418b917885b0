import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import {
  IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from "@aws-sdk/client-iam";
import { DescribeSeverityLevelsCommand, SupportClient } from "@aws-sdk/client-support";
import { BrokenAnswer } from "../../../common/broken-answer";
import { everyPage } from "../../../common/every-page";
import { describe } from "../../../common/problem";
import type { Access } from "../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import { iamNamesOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import type { Region } from "../../../modules/support-app/model/limits";
import { CURRENT_TIME_KEY } from "../../../modules/support-app/model/policy-statements";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasRoleArn,
} from "../../../modules/support-app/model/service-quotas-role";
import type { OwnedAccess } from "../../../modules/support-app/model/team";
import { inSeconds } from "../../../modules/support-app/model/until";
import type { Environment } from "../../../stacks/environments/environment";
import { iamPageOf, pageOf, requireField } from "../../aws/answer-parts";
import type { ClientConfig } from "../../aws/connection";
import { type LiveAccount, readLiveAccount, type SearchedRegion, searchRegion } from "../../aws/live-account";
import { readAlias } from "../../aws/live-channel";
import { consistentRights, type LiveRights, readRights, readRoles } from "../../aws/live-role";
import { type Lookup, lookUp, mapLookup, valueIfKnown } from "../../aws/lookup";
import type { Request } from "../../iam/authorize";

/** What was read from an environment's account. Its roles are those that aren't in environments.yaml. */
export interface Account extends LiveAccount {
  /** When it is read. */
  readonly time: Date;
  /** The alias that people in Slack see instead of the account ID. */
  readonly alias: Lookup<string | undefined>;
  /** The other regions that were searched. */
  readonly elsewhere: readonly SearchedRegion[];
  /** Whether the account's Support plan has the AWS Support API. */
  readonly supportApi: Lookup<unknown>;
  /** One for each access level and team that is looked at. */
  readonly accesses: readonly LiveLevel[];
}

/** The AWS Support API is global: each of its endpoints answers for the account. Source: AWS Support User Guide, About the AWS Support API. */
const SUPPORT_REGION = "us-east-1";

/**
 * Reads an environment's account, as far as these access levels need it. Nothing is changed.
 *
 * @param otherRegions regions to search for channels, too
 */
export async function readDoctorAccount(
  config: ClientConfig,
  environment: Environment,
  levels: readonly OwnedAccess[],
  time: Date,
  otherRegions: readonly Region[] = [],
): Promise<Account> {
  const iam = new IAMClient(config);
  const support = new SupportClient({ ...config, region: SUPPORT_REGION });
  const roleNames = environment.accesses.map((props) => iamNamesOf(props).roleName);
  const listing = readRoles(iam);
  const [live, alias, otherRegionReads, supportApi, accesses] = await Promise.all([
    readLiveAccount(config, inSeconds(time), roleNames, listing),
    readAlias(new CloudControlClient(config)),
    Promise.all(otherRegions.map((region) => searchRegion(new CloudControlClient({ ...config, region }), region))),
    lookUp("support:DescribeSeverityLevels", async () =>
      pageOf(await support.send(new DescribeSeverityLevelsCommand({ language: "en" })), "severityLevels"),
    ),
    Promise.all(levels.map((props) => readLiveLevel(iam, props, time, listing))),
  ]);
  return { ...live, time, alias, elsewhere: otherRegionReads, supportApi, accesses };
}

export interface LiveLevel extends LiveRights {
  readonly props: OwnedAccess;
  /** When it is read, which is also the time of the simulation. */
  readonly time: Date;
  readonly simulated: Lookup<Simulation | undefined>;
}

/** The results of IAM's simulation, by action in lower case. */
type Simulation = ReadonlyMap<string, SimulatedAction>;

export interface SimulatedAction {
  readonly isDeniedByOrganization: boolean;
  /** IAM's word, such as `implicitDeny`. */
  readonly decision: string;
  /** The condition keys that the policies use and the simulation lacks. */
  readonly missingKeys: readonly string[];
}

/** Whether an access level's role is known not to exist. */
export function isGone({ role }: Pick<LiveLevel, "role">): boolean {
  return "known" in role && role.known === undefined;
}

/** @param listing of all roles of the account */
export async function readLiveLevel(
  iam: IAMClient,
  props: OwnedAccess,
  time: Date,
  listing: ReturnType<typeof readRoles>,
): Promise<LiveLevel> {
  const name = iamNamesOf(props).roleName;
  const [listedRoles, live] = await Promise.all([listing, readRights(iam, name)]);
  const inList = valueIfKnown(listedRoles)?.find((role) => role.name.toLowerCase() === name.toLowerCase());
  const rights = inList ? consistentRights(inList, live) : live;
  const arn = valueIfKnown(rights.role)?.arn ?? roleArnOf(props);
  const simulation = isGone(rights) ? { known: undefined } : await simulate(iam, arn, props, time);
  return { props, time, ...rights, simulated: simulation };
}

/**
 * What is known about a request that the Support App makes with an access level's role at a time.
 *
 * Source: Service Authorization Reference: AWS Support has no resources, Service Quotas has.
 */
export function requestOf(props: Access, action: string, time: Date): Request {
  const isRight = action === CREATE_SERVICE_LINKED_ROLE;
  const keys = {
    "aws:principalaccount": String(props.account),
    "aws:principalarn": roleArnOf(props),
    [CURRENT_TIME_KEY.toLowerCase()]: inSeconds(time),
    [LINKED_SERVICE_KEY.toLowerCase()]: isRight ? SERVICE_QUOTAS_SERVICE : undefined,
  };
  if (isRight) return { action, keys, resource: serviceQuotasRoleArn(props.account) };
  return { action, keys, resource: action.startsWith("support:") ? undefined : "some" };
}

/** IAM's simulation of every action that is checked, each on its own resource. */
async function simulate(iam: IAMClient, roleArn: string, props: Access, time: Date): Promise<Lookup<Simulation>> {
  const [ownSimulation, right] = await Promise.all([
    simulateAlike(iam, roleArn, actionsOf(CAPABILITIES), requestOf(props, "support:*", time)),
    simulateAlike(iam, roleArn, [CREATE_SERVICE_LINKED_ROLE], requestOf(props, CREATE_SERVICE_LINKED_ROLE, time)),
  ]);
  if ("unknown" in ownSimulation) return ownSimulation;
  return mapLookup(right, (rightSimulation) => new Map([...ownSimulation.known, ...rightSimulation]));
}

/** IAM's simulation of actions whose requests have the same known keys and resource. */
function simulateAlike(
  iam: IAMClient,
  roleArn: string,
  actions: readonly string[],
  { keys = {}, resource = "*" }: Request,
): Promise<Lookup<Simulation>> {
  const request: SimulatePrincipalPolicyCommandInput = {
    PolicySourceArn: roleArn,
    ActionNames: [...actions],
    ResourceArns: [resource],
    ContextEntries: Object.entries(keys).flatMap(([key, value]) => {
      const ContextKeyType = key === CURRENT_TIME_KEY.toLowerCase() ? "date" : "string";
      return value === undefined ? [] : [{ ContextKeyName: key, ContextKeyType, ContextKeyValues: [value] }];
    }),
  };
  return lookUp("iam:SimulatePrincipalPolicy", async () => {
    const results = await everyPage(async (Marker) =>
      iamPageOf(await iam.send(new SimulatePrincipalPolicyCommand({ ...request, Marker })), "EvaluationResults"),
    );
    const simulatedActions = new Map(
      results.map((result): [string, SimulatedAction] => {
        const decision: string = requireField(result, "EvalDecision");
        if (!["allowed", "explicitDeny", "implicitDeny"].includes(decision))
          throw new BrokenAnswer(`received ${describe(decision)} as EvalDecision, expected a decision`);
        // The results of a resource are nested. A key that the request is known to lack isn't missing.
        const missingKeys = [result, ...(result.ResourceSpecificResults ?? [])]
          .flatMap(({ MissingContextValues }) => MissingContextValues ?? [])
          .filter((key) => !Object.hasOwn(keys, key.toLowerCase()));
        const isDeniedByOrganization = result.OrganizationsDecisionDetail?.AllowedByOrganizations === false;
        return [
          requireField(result, "EvalActionName").toLowerCase(),
          { decision, isDeniedByOrganization, missingKeys },
        ];
      }),
    );
    const missing = actions.find((action) => !simulatedActions.has(action.toLowerCase()));
    if (missing === undefined) return simulatedActions;
    throw new BrokenAnswer(`received no result for ${missing}, expected one for each action`);
  });
}
