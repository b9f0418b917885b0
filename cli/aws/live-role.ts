import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import { pathAndNameOf } from "../iam/arn";
import { authorize } from "../iam/authorize";
import {
  attachedPoliciesPage,
  inlinePoliciesPage,
  inlinePolicyAnswer,
  policyAnswer,
  policyVersionAnswer,
  roleAnswer,
  trustsPage,
} from "./answer-schemas";
import { expectAnswer } from "./broken-answer";
import type { LiveDocument } from "./live-document";
import { type Lookup, lookUp, lookUpIfAny } from "./lookup";
import { everyPage } from "./pages";

/** A live role. */
export interface LiveRole {
  readonly arn: string;
  readonly trust: LiveDocument;
  /** ARN of the permissions boundary. */
  readonly boundary?: string;
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
export function readRoles(iam: IAMClient, account: string): Promise<Lookup<readonly ListedRole[]>> {
  const page = trustsPage(account);
  return lookUp("iam:ListRoles", async () => {
    const roles = await everyPage(async (Marker) =>
      expectAnswer(page, await iam.send(new ListRolesCommand({ Marker }))),
    );
    return roles.map(({ RoleName: name, Arn: arn, AssumeRolePolicyDocument: trust }) => ({ name, arn, trust }));
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

/** Reads the role with this name. Known and undefined: there is none. */
export function readRole(iam: IAMClient, account: string, RoleName: string): Promise<Lookup<LiveRole | undefined>> {
  return lookUpIfAny("iam:GetRole", async () => {
    const { Role } = expectAnswer(roleAnswer(account, RoleName), await iam.send(new GetRoleCommand({ RoleName })));
    const { Arn: arn, AssumeRolePolicyDocument: trust, PermissionsBoundary } = Role;
    return { arn, trust, boundary: PermissionsBoundary?.PermissionsBoundaryArn };
  });
}

/** Reads the policies that are attached to a role. */
export function readAttached(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListAttachedRolePolicies", async () => {
    const attached = await everyPage(async (Marker) =>
      expectAnswer(attachedPoliciesPage, await iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker }))),
    );
    return Promise.all(
      attached.map(async ({ PolicyName: name, PolicyArn: arn }) => ({
        name,
        arn,
        document: await readManaged(iam, arn),
      })),
    );
  });
}

/** Reads a role's inline policies. */
export function readInline(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListRolePolicies", async () => {
    const names = await everyPage(async (Marker) =>
      expectAnswer(inlinePoliciesPage, await iam.send(new ListRolePoliciesCommand({ RoleName, Marker }))),
    );
    return Promise.all(
      names.map(async (name) => ({
        name,
        document: await lookUp("iam:GetRolePolicy", async () => {
          const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: name }));
          return expectAnswer(inlinePolicyAnswer(RoleName, name), answer).PolicyDocument;
        }),
      })),
    );
  });
}

/** Reads the document of a managed policy. */
export async function readManaged(iam: IAMClient, PolicyArn: string): Promise<Lookup<LiveDocument>> {
  const version = await lookUp("iam:GetPolicy", async () => {
    const answer = await iam.send(new GetPolicyCommand({ PolicyArn }));
    return expectAnswer(policyAnswer(PolicyArn), answer).Policy.DefaultVersionId;
  });
  if ("unknown" in version) return version;
  return lookUp("iam:GetPolicyVersion", async () => {
    const VersionId = version.known;
    const answer = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return expectAnswer(policyVersionAnswer(VersionId), answer).PolicyVersion.Document;
  });
}
