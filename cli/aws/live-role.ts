import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  type Tag,
} from "@aws-sdk/client-iam";
import { SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import { accountOfArn, pathAndNameOf } from "../iam/arn";
import { authorize, isAboutAction } from "../iam/authorize";
import type { Principal, Statement } from "../iam/policy";
import { accountOfPrincipal, isAnybody } from "../iam/principal";
import { about, promised } from "./broken-answer";
import { documentIn, type LiveDocument } from "./live-document";
import { type Lookup, lookUp, lookUpIfAny } from "./lookup";
import { everyPage, iamPageOf } from "./pages";

/** A live role. */
export interface LiveRole {
  readonly arn: string;
  readonly trust: LiveDocument;
  /** ARN of the permissions boundary. */
  readonly boundary?: string;
  readonly description?: string;
  /** In seconds. */
  readonly maxSessionDuration?: number;
  readonly tags?: readonly Tag[];
}

/** The identity of a policy. */
export interface PolicyId {
  readonly name: string;
  /** Undefined: it is an inline policy. */
  readonly arn?: string;
}

/** A policy of a role. */
export interface LivePolicy extends PolicyId {
  readonly document: Lookup<LiveDocument>;
}

/** The ID of a managed policy. */
export function policyIdOf(arn: string): PolicyId {
  return { name: pathAndNameOf(arn).name, arn };
}

/** The name of a policy in words. */
export function policyInWords({ name, arn }: PolicyId): string {
  return arn ?? `the inline policy ${name}`;
}

/** A role in the list of all roles, and whom it trusts. */
export interface ListedRole {
  readonly name: string;
  readonly arn: string;
  readonly trust: LiveDocument;
}

/** Reads the list of all roles of an account. */
export function readRoles(iam: IAMClient): Promise<Lookup<readonly ListedRole[]>> {
  return lookUp("iam:ListRoles", async () => {
    const roles = await everyPage(async (Marker) =>
      iamPageOf(await iam.send(new ListRolesCommand({ Marker })), "Roles"),
    );
    return roles.map((role) => ({
      name: promised(role, "RoleName"),
      arn: promised(role, "Arn"),
      trust: documentIn(role, "AssumeRolePolicyDocument"),
    }));
  });
}

/** Keys that a request of a service lacks. Source: IAM User Guide, AWS global condition context keys. */
const OF_AN_ORGANIZATION = { "aws:principalorgid": undefined, "aws:principalorgpaths": undefined };

/** Whether a trust policy lets the Support App in, or may do so. */
export function mayTrustSupportApp(trust: LiveDocument): boolean {
  return ["allowed", "unknown"].includes(decisionFor(trust));
}

/** Whether a trust policy lets the Support App in, or may do so and names it. */
export function trustsSupportApp(trust: LiveDocument): boolean {
  const isNamed = trust.policy.statements.some(({ effect, principals }) =>
    principals?.all.some(({ id }) => effect === "Allow" && id === SUPPORT_APP_SERVICE),
  );
  const isOpen = isNamed || trust.policy.unreadable.length > 0;
  return isOpen ? mayTrustSupportApp(trust) : decisionFor(trust) === "allowed";
}

function decisionFor({ policy }: LiveDocument) {
  const request = { action: "sts:AssumeRole", service: SUPPORT_APP_SERVICE, keys: OF_AN_ORGANIZATION };
  return authorize([{ name: "trust", policy }], request).is;
}

/** The actions that assume a role. */
const ASSUMING = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/** The statements of a trust policy that let somebody assume the role. */
export function statementsLettingIn({ policy }: LiveDocument): Statement[] {
  return policy.statements.filter(
    (statement) => statement.effect === "Allow" && ASSUMING.some((action) => isAboutAction(statement, action)),
  );
}

/** Whom a trust policy lets in besides the Support App, in words, seen from an account. */
export function othersLetIn(trust: LiveDocument, account: string): string[] {
  const inWords = (principal: Principal) => {
    if (isAnybody(principal)) return "anybody";
    const { type, id } = principal;
    const of = accountOfPrincipal(principal) ?? accountOfArn(id);
    return `${type} ${id}${of === undefined || of === account ? "" : `, of another account (${of})`}`;
  };
  const others = statementsLettingIn(trust).flatMap(({ principals }) => {
    if (!principals) return ["anybody"];
    if (principals.not) return [`anybody but ${principals.all.map(inWords).join(", ")}`];
    return principals.all.filter(({ type, id }) => type !== "Service" || id !== SUPPORT_APP_SERVICE).map(inWords);
  });
  return [...new Set(others)];
}

/** Reads the role with this name. Known and undefined: there is none. */
export function readRole(iam: IAMClient, RoleName: string): Promise<Lookup<LiveRole | undefined>> {
  return lookUpIfAny("iam:GetRole", () => getRole(iam, RoleName));
}

/** Gets the role with this name, for a lookup. */
export async function getRole(iam: IAMClient, RoleName: string): Promise<LiveRole> {
  const role = about(promised(await iam.send(new GetRoleCommand({ RoleName })), "Role"), "RoleName", RoleName);
  return {
    arn: promised(role, "Arn"),
    trust: documentIn(role, "AssumeRolePolicyDocument"),
    boundary: role.PermissionsBoundary && promised(role.PermissionsBoundary, "PermissionsBoundaryArn"),
    description: role.Description,
    maxSessionDuration: role.MaxSessionDuration,
    tags: role.Tags,
  };
}

/** Reads the policies that are attached to a role. */
export function readAttached(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListAttachedRolePolicies", async () => {
    const attached = await everyPage(async (Marker) =>
      iamPageOf(await iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker })), "AttachedPolicies"),
    );
    return Promise.all(
      attached.map(async (policy) => {
        const arn = promised(policy, "PolicyArn");
        return { name: promised(policy, "PolicyName"), arn, document: await readManaged(iam, arn) };
      }),
    );
  });
}

/** Reads a role's inline policies. */
export function readInline(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListRolePolicies", async () => {
    const names = await everyPage(async (Marker) =>
      iamPageOf(await iam.send(new ListRolePoliciesCommand({ RoleName, Marker })), "PolicyNames"),
    );
    return Promise.all(
      names.map(async (name) => ({
        name,
        document: await lookUp("iam:GetRolePolicy", async () => {
          const command = new GetRolePolicyCommand({ RoleName, PolicyName: name });
          const answer = about(about(await iam.send(command), "RoleName", RoleName), "PolicyName", name);
          return documentIn(answer, "PolicyDocument");
        }),
      })),
    );
  });
}

/** Reads the document of a managed policy. */
export async function readManaged(iam: IAMClient, PolicyArn: string): Promise<Lookup<LiveDocument>> {
  const version = await lookUp("iam:GetPolicy", async () => {
    const answer = await iam.send(new GetPolicyCommand({ PolicyArn }));
    return promised(about(promised(answer, "Policy"), "Arn", PolicyArn), "DefaultVersionId");
  });
  if ("unknown" in version) return version;
  return lookUp("iam:GetPolicyVersion", async () => {
    const answer = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: version.known }));
    return documentIn(about(promised(answer, "PolicyVersion"), "VersionId", version.known), "Document");
  });
}
