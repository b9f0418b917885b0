import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  paginateSimulatePrincipalPolicy,
  type SimulatePrincipalPolicyCommandInput,
} from "@aws-sdk/client-iam";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/capability";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../modules/support-app/iam-names";
import { CREATE_SERVICE_LINKED_ROLE } from "../../modules/support-app/service-quotas-role";
import type { SupportAppAccessProps } from "../../modules/support-app/support-app-access-props";
import { accountOfArn, pathAndNameOf } from "../iam/arn";
import type { Policy } from "../iam/policy";
import { type LiveDocument, readLiveDocument } from "./live-document";
import { all, knownOf, type Lookup, lookUp, lookUpIfAny, mapped } from "./lookup";
import { requestOf } from "./request";

/** What there is of an access level. */
export interface LiveAccess {
  /** Known and undefined: there is no role of that name. */
  readonly role: Lookup<LiveRole | undefined>;
  /** All that the role has, attached or written into it. */
  readonly policies: Lookup<readonly LivePolicy[]>;
  /** The policy behind the role's permissions boundary. Known and undefined: it has none. */
  readonly boundary: Lookup<LiveBoundary | undefined>;
  /** What IAM's simulation says, by action in lower case. Known and undefined: there is no role. */
  readonly simulated: Lookup<ReadonlyMap<string, Simulated> | undefined>;
}

export interface LiveRole {
  readonly arn: string;
  readonly trust: LiveDocument;
  /** ARN of the permissions boundary. */
  readonly boundary?: string;
}

/** Which policy it is. */
export interface PolicyId {
  readonly name: string;
  /** Undefined: it is written into the role. */
  readonly arn?: string;
}

/** A policy of a role. */
export interface LivePolicy extends PolicyId {
  readonly document: Lookup<LiveDocument>;
}

/** The policy behind a permissions boundary. */
export interface LiveBoundary {
  readonly arn: string;
  readonly policy: Policy;
}

/** What IAM's simulation says of one action. */
export interface Simulated {
  readonly isAllowed: boolean;
  /** Whether a policy of the organization denies it. */
  readonly isDeniedByOrganization: boolean;
  /** IAM's word, such as `implicitDeny`. */
  readonly decision: string;
  /** The condition keys that the policies ask for and the simulation was not told. */
  readonly notTold: readonly string[];
}

/** Whether a policy is the one that the access has, under whatever path: an account has each name once. */
export function isOwnPolicy({ arn }: PolicyId, props: SupportAppAccessProps): boolean {
  const [found, own] = [arn ?? "", policyArnOf(props)];
  const nameIn = (some: string) => pathAndNameOf(some).name.toLowerCase();
  return nameIn(found) === nameIn(own) && accountOfArn(found) === accountOfArn(own);
}

/** The ID of a managed policy. */
export function policyIdOf(arn: string): PolicyId {
  return { name: pathAndNameOf(arn).name, arn };
}

/** What a policy is called in words. */
export function policyInWords({ name, arn }: PolicyId): string {
  return arn ?? `the inline policy ${name}`;
}

/** Whether an access level's role is known not to exist. */
export function isGone({ role }: Pick<LiveAccess, "role">): boolean {
  return "known" in role && role.known === undefined;
}

/** Reads what there is of an access level. */
export async function readAccess(iam: IAMClient, props: SupportAppAccessProps): Promise<LiveAccess> {
  const RoleName = iamNamesOf(props).roleName;
  const role = await lookUpIfAny("iam:GetRole", async (): Promise<LiveRole> => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const { Arn, AssumeRolePolicyDocument, PermissionsBoundary } = { ...Role };
    if (Arn === undefined) throw new Error("AWS answered without a role.");
    return {
      arn: Arn,
      trust: documentIn(AssumeRolePolicyDocument),
      boundary: PermissionsBoundary?.PermissionsBoundaryArn,
    };
  });
  if (isGone({ role })) {
    return { role, policies: { known: [] }, boundary: { known: undefined }, simulated: { known: undefined } };
  }
  const [attached, inline, boundary, simulated] = await Promise.all([
    readAttached(iam, RoleName),
    readInline(iam, RoleName),
    readBoundary(iam, role),
    simulate(iam, knownOf(role)?.arn ?? roleArnOf(props), props),
  ]);
  const policies = "unknown" in attached ? attached : mapped(inline, (more) => [...attached.known, ...more]);
  return { role, policies, boundary, simulated };
}

function readAttached(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListAttachedRolePolicies", async () => {
    const pages = paginateListAttachedRolePolicies({ client: iam }, { RoleName });
    const attached = await all(pages, ({ AttachedPolicies }) => AttachedPolicies);
    return Promise.all(
      attached.map(async ({ PolicyName, PolicyArn }) => {
        const arn = String(PolicyArn);
        return { name: String(PolicyName), arn, document: await readManaged(iam, arn) };
      }),
    );
  });
}

function readInline(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListRolePolicies", async () => {
    const names = await all(paginateListRolePolicies({ client: iam }, { RoleName }), ({ PolicyNames }) => PolicyNames);
    return Promise.all(
      names.map(async (name) => ({
        name,
        document: await lookUp("iam:GetRolePolicy", async () => {
          const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: name }));
          return documentIn(PolicyDocument);
        }),
      })),
    );
  });
}

/** What a managed policy says. */
async function readManaged(iam: IAMClient, PolicyArn: string): Promise<Lookup<LiveDocument>> {
  const version = await lookUp("iam:GetPolicy", async () => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    return { ...Policy }.DefaultVersionId;
  });
  if ("unknown" in version) return version;
  return lookUp("iam:GetPolicyVersion", async () => {
    const command = new GetPolicyVersionCommand({ PolicyArn, VersionId: version.known });
    const { PolicyVersion } = await iam.send(command);
    return documentIn({ ...PolicyVersion }.Document);
  });
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

/** IAM's simulation of all that is asked of a role, each action on what it is about. */
async function simulate(
  iam: IAMClient,
  roleArn: string,
  props: SupportAppAccessProps,
): Promise<LiveAccess["simulated"]> {
  const [own, right] = await Promise.all([
    simulateAlike(iam, roleArn, props, actionsOf(CAPABILITIES)),
    simulateAlike(iam, roleArn, props, [CREATE_SERVICE_LINKED_ROLE]),
  ]);
  if ("unknown" in own) return own;
  return mapped(right, (more) => own.known && new Map([...own.known, ...(more ?? [])]));
}

/** IAM's simulation of actions of which the same is known. */
function simulateAlike(
  iam: IAMClient,
  roleArn: string,
  props: SupportAppAccessProps,
  actions: readonly string[],
): Promise<LiveAccess["simulated"]> {
  const { keys = {}, resource } = requestOf(props, String(actions[0]));
  const request: SimulatePrincipalPolicyCommandInput = {
    PolicySourceArn: roleArn,
    ActionNames: [...actions],
    ResourceArns: [resource === undefined || resource === "some" ? "*" : resource],
    ContextEntries: Object.entries(keys).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [{ ContextKeyName: key, ContextKeyType: "string" as const, ContextKeyValues: [value] }],
    ),
  };
  return lookUpIfAny("iam:SimulatePrincipalPolicy", async () => {
    const pages = paginateSimulatePrincipalPolicy({ client: iam }, request);
    const results = await all(pages, ({ EvaluationResults }) => EvaluationResults);
    return new Map(
      results.map((result) => [
        String(result.EvalActionName).toLowerCase(),
        {
          isAllowed: result.EvalDecision === "allowed",
          isDeniedByOrganization: result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
          decision: String(result.EvalDecision),
          // What was asked of a resource is answered beneath it. A key that no such request has wasn't left out.
          notTold: [result, ...(result.ResourceSpecificResults ?? [])]
            .flatMap(({ MissingContextValues }) => MissingContextValues ?? [])
            .filter((key) => !Object.hasOwn(keys, key.toLowerCase())),
        },
      ]),
    );
  });
}

/** IAM hands documents out URL-encoded. */
function documentIn(encoded: string | undefined): LiveDocument {
  return readLiveDocument(decodeURIComponent(String(encoded)));
}
