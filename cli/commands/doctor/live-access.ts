import {
  type EvaluationResult,
  type IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from "@aws-sdk/client-iam";
import type { Access } from "../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import { CURRENT_TIME_KEY } from "../../../modules/support-app/model/policy-statements";
import { describe } from "../../../modules/support-app/model/problem";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasRoleArn,
} from "../../../modules/support-app/model/service-quotas-role";
import { inSeconds } from "../../../modules/support-app/model/until";
import { BrokenAnswer, promised } from "../../aws/broken-answer";
import type { LiveDocument } from "../../aws/live-document";
import {
  type LivePolicy,
  type LiveRole,
  type PolicyId,
  policyIdOf,
  readAttached,
  readInline,
  readManaged,
  readRole,
} from "../../aws/live-role";
import { knownOf, type Lookup, type LookupFailure, lookUp, mapped } from "../../aws/lookup";
import { everyPage, iamPage } from "../../aws/pages";
import { accountOfArn, pathAndNameOf } from "../../iam/arn";
import type { NamedPolicy, Request } from "../../iam/authorize";

/** A role, and everything that decides what it may do. */
export interface LiveRights {
  /** Known and undefined: there is no role of that name. */
  readonly role: Lookup<LiveRole | undefined>;
  /** All policies of the role, attached and inline. */
  readonly policies: Lookup<readonly LivePolicy[]>;
  /** The policy behind the role's permissions boundary. Known and undefined: it has none. */
  readonly boundary: Lookup<NamedPolicy<PolicyId> | undefined>;
}

/** What the account has of an access level. */
export interface LiveAccess extends LiveRights {
  /** The access level as environments.yaml has it. */
  readonly props: Access;
  /** When it is read, which is also the time of the simulation. */
  readonly time: Date;
  /** Known and undefined: there is no role. */
  readonly simulated: Lookup<Simulation | undefined>;
}

/** The results of IAM's simulation, by action in lower case. */
type Simulation = ReadonlyMap<string, Simulated>;

/** The result of IAM's simulation of one action. */
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
export async function readAccess(iam: IAMClient, props: Access, time: Date): Promise<LiveAccess> {
  const RoleName = iamNamesOf(props).roleName;
  const role = await readRole(iam, RoleName);
  if (isGone({ role })) {
    const none = { known: undefined };
    return { props, time, role, policies: { known: [] }, boundary: none, simulated: none };
  }
  const [rights, simulated] = await Promise.all([
    readRights(iam, RoleName, role),
    simulate(iam, knownOf(role)?.arn ?? roleArnOf(props), props, time),
  ]);
  return { props, time, ...rights, simulated };
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

async function readBoundary(iam: IAMClient, role: LiveRights["role"]): Promise<LiveRights["boundary"]> {
  if ("unknown" in role) return role;
  const arn = role.known?.boundary;
  if (arn === undefined) return { known: undefined };
  return mapped(await readManaged(iam, arn), ({ policy }) => ({ name: policyIdOf(arn), policy }));
}

/** The policies that could be read, and why not all of them could. */
export function readDocuments(policies: LiveRights["policies"]): {
  readonly documents: readonly (PolicyId & LiveDocument)[];
  readonly unread?: LookupFailure;
} {
  if ("unknown" in policies) return { documents: [], unread: policies.unknown };
  const documents = policies.known.flatMap(({ document, ...id }) =>
    "known" in document ? [{ ...id, ...document.known }] : [],
  );
  const unread = policies.known.flatMap(({ document }) => ("unknown" in document ? [document.unknown] : []))[0];
  return { documents, unread };
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
  const [own, right] = await Promise.all([
    simulateAlike(iam, roleArn, actionsOf(CAPABILITIES), requestOf(props, "support:*", time)),
    simulateAlike(iam, roleArn, [CREATE_SERVICE_LINKED_ROLE], requestOf(props, CREATE_SERVICE_LINKED_ROLE, time)),
  ]);
  if ("unknown" in own) return own;
  return mapped(right, (more) => new Map([...own.known, ...more]));
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
      iamPage(await iam.send(new SimulatePrincipalPolicyCommand({ ...request, Marker })), "EvaluationResults"),
    );
    const simulated = results.map((result): [string, Simulated] => [
      promised(result.EvalActionName, "EvalActionName").toLowerCase(),
      {
        isAllowed: result.EvalDecision === "allowed",
        isDeniedByOrganization: result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
        decision: decisionIn(result),
        // The results of a resource are nested. A key that the request is known to lack isn't missing.
        missingKeys: [result, ...(result.ResourceSpecificResults ?? [])]
          .flatMap(({ MissingContextValues }) => MissingContextValues ?? [])
          .filter((key) => !Object.hasOwn(keys, key.toLowerCase())),
      },
    ]);
    const byAction = new Map(simulated);
    const isWhole = actions.every((action) => byAction.has(action.toLowerCase()));
    if (isWhole && simulated.length === actions.length) return byAction;
    throw new BrokenAnswer(
      `received ${results.length} results, expected one for each of the ${actions.length} simulated actions`,
    );
  });
}

/** @throws BrokenAnswer when it is none that IAM documents */
function decisionIn({ EvalDecision }: EvaluationResult): string {
  const decision = promised(EvalDecision, "EvalDecision");
  if (["allowed", "explicitDeny", "implicitDeny"].includes(decision)) return decision;
  throw new BrokenAnswer(`received ${describe(decision)} as EvalDecision, expected a decision`);
}
