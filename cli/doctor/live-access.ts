import {
  type IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from "@aws-sdk/client-iam";
import type { Access } from "../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../modules/support-app/model/iam-names";
import { CURRENT_TIME_KEY } from "../../modules/support-app/model/policy-statements";
import { CREATE_SERVICE_LINKED_ROLE } from "../../modules/support-app/model/service-quotas-role";
import { simulationPage } from "../aws/answer-schemas";
import { BrokenAnswer, expectAnswer } from "../aws/broken-answer";
import {
  type LivePolicy,
  type LiveRole,
  type PolicyId,
  readAttached,
  readInline,
  readManaged,
  readRole,
} from "../aws/live-role";
import { knownOf, type Lookup, lookUp, mapped } from "../aws/lookup";
import { everyPage } from "../aws/pages";
import { accountOfArn, pathAndNameOf } from "../iam/arn";
import type { Policy } from "../iam/policy";
import { requestOf } from "./request";

/** A role, and everything that decides what it may do. */
export interface LiveRights {
  /** Known and undefined: there is no role of that name. */
  readonly role: Lookup<LiveRole | undefined>;
  /** All policies of the role, attached and inline. */
  readonly policies: Lookup<readonly LivePolicy[]>;
  /** The policy behind the role's permissions boundary. Known and undefined: it has none. */
  readonly boundary: Lookup<LiveBoundary | undefined>;
}

/** What the account has of an access level. */
export interface LiveAccess extends LiveRights {
  /** When it is read, which is also the time of the simulation. */
  readonly time: Date;
  /** Known and undefined: there is no role. */
  readonly simulated: Lookup<Simulation | undefined>;
}

/** The policy behind a permissions boundary. */
export interface LiveBoundary {
  readonly arn: string;
  readonly policy: Policy;
}

/** What IAM's simulation says, by action in lower case. */
type Simulation = ReadonlyMap<string, Simulated>;

/** What IAM's simulation says of one action. */
export interface Simulated {
  readonly isAllowed: boolean;
  /** Whether a policy of the organization denies it. */
  readonly isDeniedByOrganization: boolean;
  /** IAM's word, such as `implicitDeny`. */
  readonly decision: string;
  /** The condition keys that the policies use and the simulation lacks. */
  readonly missingKeys: readonly string[];
}

/** Whether a policy is the access level's own, under any path: names are unique in an account. */
export function isOwnPolicy({ arn }: PolicyId, props: Access): boolean {
  const [found, own] = [arn ?? "", policyArnOf(props)];
  const nameIn = (some: string) => pathAndNameOf(some).name.toLowerCase();
  return nameIn(found) === nameIn(own) && accountOfArn(found) === accountOfArn(own);
}

/** Whether an access level's role is known not to exist. */
export function isGone({ role }: Pick<LiveAccess, "role">): boolean {
  return "known" in role && role.known === undefined;
}

/** Reads what the account has of an access level. */
export async function readAccess(iam: IAMClient, account: string, props: Access, time: Date): Promise<LiveAccess> {
  const RoleName = iamNamesOf(props).roleName;
  const role = await readRole(iam, account, RoleName);
  if (isGone({ role })) {
    return { time, role, policies: { known: [] }, boundary: { known: undefined }, simulated: { known: undefined } };
  }
  const [rights, simulated] = await Promise.all([
    readRights(iam, RoleName, role),
    simulate(iam, knownOf(role)?.arn ?? roleArnOf(props), props, time),
  ]);
  return { time, ...rights, simulated };
}

/** Reads what decides what a role may do. */
export async function readRights(iam: IAMClient, RoleName: string, role: LiveRights["role"]): Promise<LiveRights> {
  const [attached, inline, boundary] = await Promise.all([
    readAttached(iam, RoleName),
    readInline(iam, RoleName),
    readBoundary(iam, role),
  ]);
  const policies = "unknown" in attached ? attached : mapped(inline, (more) => [...attached.known, ...more]);
  return { role, policies, boundary };
}

/** The documents of policies, and why one of them isn't among them. */
export function readDocuments(policies: readonly LivePolicy[]) {
  const documents = policies.flatMap(({ document }) => ("known" in document ? [document.known] : []));
  const [unread] = policies.flatMap(({ document }) => ("unknown" in document ? [document.unknown] : []));
  return { documents, unread };
}

async function readBoundary(
  iam: IAMClient,
  role: Lookup<LiveRole | undefined>,
): Promise<Lookup<LiveBoundary | undefined>> {
  if ("unknown" in role) return role;
  const arn = role.known?.boundary;
  if (arn === undefined) return { known: undefined };
  return mapped(await readManaged(iam, arn), ({ policy }) => ({ arn, policy }));
}

/** IAM's simulation of every action that is checked, each on its own resource. */
async function simulate(iam: IAMClient, roleArn: string, props: Access, time: Date): Promise<Lookup<Simulation>> {
  const [own, right] = await Promise.all([
    simulateAlike(iam, roleArn, props, time, actionsOf(CAPABILITIES)),
    simulateAlike(iam, roleArn, props, time, [CREATE_SERVICE_LINKED_ROLE]),
  ]);
  if ("unknown" in own) return own;
  return mapped(right, (more) => new Map([...own.known, ...more]));
}

/** The type of a condition key's values, for IAM's simulation. */
function typeOf(key: string): "date" | "string" {
  return key === CURRENT_TIME_KEY.toLowerCase() ? "date" : "string";
}

/** IAM's simulation of actions whose requests have the same known keys and resource. */
function simulateAlike(
  iam: IAMClient,
  roleArn: string,
  props: Access,
  time: Date,
  actions: readonly string[],
): Promise<Lookup<Simulation>> {
  const { keys = {}, resource } = requestOf(props, String(actions[0]), time);
  const request: SimulatePrincipalPolicyCommandInput = {
    PolicySourceArn: roleArn,
    ActionNames: [...actions],
    ResourceArns: [resource === undefined || resource === "some" ? "*" : resource],
    ContextEntries: Object.entries(keys).flatMap(([key, value]) =>
      value === undefined ? [] : [{ ContextKeyName: key, ContextKeyType: typeOf(key), ContextKeyValues: [value] }],
    ),
  };
  return lookUp("iam:SimulatePrincipalPolicy", async () => {
    const page = simulationPage(actions);
    const results = await everyPage(async (Marker) =>
      expectAnswer(page, await iam.send(new SimulatePrincipalPolicyCommand({ ...request, Marker }))),
    );
    const simulated = results.map((result): [string, Simulated] => [
      result.EvalActionName.toLowerCase(),
      {
        isAllowed: result.EvalDecision === "allowed",
        isDeniedByOrganization: result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
        decision: result.EvalDecision,
        // The results of a resource are nested. A key that the request is known to lack isn't missing.
        missingKeys: [result, ...(result.ResourceSpecificResults ?? [])]
          .flatMap(({ MissingContextValues }) => MissingContextValues ?? [])
          .filter((key) => !Object.hasOwn(keys, key.toLowerCase())),
      },
    ]);
    const byAction = new Map(simulated);
    if (simulated.length === actions.length && byAction.size === actions.length) return byAction;
    throw new BrokenAnswer(
      `received ${simulated.length} results, expected one for each of the ${actions.length} simulated actions`,
    );
  });
}
