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
import { canonical } from "../../common/canonical";
import { everyPage } from "../../common/every-page";
import { SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import { LIVE_SETTINGS, type LiveSettings } from "../../modules/support-app/model/properties";
import { pathAndNameOf } from "../iam/arn";
import { authorize, type NamedPolicy, type Request } from "../iam/authorize";
import { statementsFrom } from "../iam/condition";
import { iamPageOf, requireAnswerAbout, requireField } from "./answer-parts";
import { documentIn, type LiveDocument } from "./live-document";
import { contradiction, type Lookup, type LookupFailure, lookUp, lookUpIfAny, mapLookup, valueIfKnown } from "./lookup";

/** CloudFormation's tag on the roles that it creates. */
export const CLOUDFORMATION_STACK = "aws:cloudformation:stack-name";

/** Tags, by their keys. */
export type Tags = ReadonlyMap<string, string>;

export interface LiveRole extends LiveSettings {
  readonly arn: string;
  readonly trust: LiveDocument;
  readonly boundary?: string;
  readonly tags?: Tags;
}

/** The settings of a role, or of a larger record of it. */
export function liveSettings(role: LiveSettings): LiveSettings {
  return settingsFrom(([property]) => role[property]);
}

/** The identity of a policy. */
export interface PolicyId {
  readonly name: string;
  /** Undefined: it is an inline policy. */
  readonly arn?: string;
}

/** A policy of a role. Only a managed one has more than its document. */
export interface LivePolicy extends PolicyId {
  readonly document: Lookup<LiveDocument>;
  readonly description?: string;
  readonly tags?: Tags;
  /** Whether it is also attached elsewhere, or used as a boundary. */
  readonly isShared?: boolean;
}

/** A role, and everything that decides what it may do. */
export interface LiveRights {
  /** Known and undefined: there is no role of that name. */
  readonly role: Lookup<LiveRole | undefined>;
  /** All policies of the role, attached and inline. */
  readonly policies: Lookup<readonly LivePolicy[]>;
  /** The policy behind the role's permissions boundary. Known and undefined: it has none. */
  readonly boundary: Lookup<NamedPolicy<PolicyId> | undefined>;
}

/** The rights of a role that is in the list of roles, and so exists. */
export interface ListedRights extends LiveRights {
  readonly role: Lookup<LiveRole>;
}

export function policyIdOf(arn: string): PolicyId {
  return { name: pathAndNameOf(arn).name, arn };
}

export function policyInWords({ name, arn }: PolicyId): string {
  return arn ?? `the inline policy ${name}`;
}

export interface ListedRole {
  readonly name: string;
  readonly arn: string;
  readonly trust: LiveDocument;
}

export function readRoles(iam: IAMClient): Promise<Lookup<readonly ListedRole[]>> {
  return lookUp("iam:ListRoles", async () => {
    const roles = await everyPage(async (Marker) =>
      iamPageOf(await iam.send(new ListRolesCommand({ Marker })), "Roles"),
    );
    return roles.map((role) => ({
      name: requireField(role, "RoleName"),
      arn: requireField(role, "Arn"),
      trust: documentIn(role, "AssumeRolePolicyDocument"),
    }));
  });
}

/** Keys of a request of the Support App. Source: IAM User Guide, AWS global condition context keys. */
const OF_A_SERVICE = {
  "aws:principalorgid": undefined,
  "aws:principalorgpaths": undefined,
  "aws:principalisawsservice": "true",
  "aws:principalservicename": SUPPORT_APP_SERVICE,
};

/** Whether a trust policy lets the Support App in, or may do so. @param now the current time, as `2027-01-01T00:00:00Z` */
export function mayTrustSupportApp(trust: LiveDocument, now: string): boolean {
  return ["allowed", "unknown"].includes(decideTrust(trust, now, OF_A_SERVICE));
}

/** Whether a trust policy lets the Support App in, or may do so and names it. */
export function trustsSupportApp(trust: LiveDocument, now: string): boolean {
  const isNamed = statementsFrom(trust.policy.statements, now).some(({ effect, principals }) =>
    principals?.all.some(({ id }) => effect === "Allow" && id === SUPPORT_APP_SERVICE),
  );
  const isOpen = isNamed || trust.policy.unreadable.length > 0;
  return isOpen ? mayTrustSupportApp(trust, now) : decideTrust(trust, now, OF_A_SERVICE) === "allowed";
}

/** Whether a trust policy, without what has ended, lets the Support App in. @param keys what is known of its request */
export function decideTrust({ policy }: LiveDocument, now: string, keys: Request["keys"]) {
  const lasting = { ...policy, statements: statementsFrom(policy.statements, now) };
  const request = { action: "sts:AssumeRole", service: SUPPORT_APP_SERVICE, keys };
  return authorize([{ name: "trust", policy: lasting }], request).is;
}

/** Reads the role with this name. Known and undefined: there is none. */
export function readRole(iam: IAMClient, RoleName: string): Promise<Lookup<LiveRole | undefined>> {
  return lookUpIfAny("iam:GetRole", async () => {
    const role = requireAnswerAbout(
      requireField(await iam.send(new GetRoleCommand({ RoleName })), "Role"),
      "RoleName",
      RoleName,
    );
    return {
      arn: requireField(role, "Arn"),
      trust: documentIn(role, "AssumeRolePolicyDocument"),
      boundary: role.PermissionsBoundary && requireField(role.PermissionsBoundary, "PermissionsBoundaryArn"),
      ...settingsFrom(([, name]) => role[name] || undefined),
      tags: tagsIn(role),
    };
  });
}

/** Reads the role with this name, and what decides what it may do. */
export async function readRights(iam: IAMClient, RoleName: string): Promise<LiveRights> {
  const role = await readRole(iam, RoleName);
  const isGone = "known" in role && role.known === undefined;
  if (isGone) return { role, policies: { known: [] }, boundary: { known: undefined } };
  const arn = valueIfKnown(role)?.boundary;
  const [not, inline, limit] = await Promise.all([
    readAttached(iam, RoleName),
    readInline(iam, RoleName),
    arn === undefined ? undefined : readManaged(iam, arn),
  ]);
  const policies = "unknown" in not ? not : mapLookup(inline, (inlinePolicies) => [...not.known, ...inlinePolicies]);
  if (limit === undefined) return { role, policies, boundary: mapLookup(role, () => undefined) };
  const { document, name } = limit;
  return { role, policies, boundary: mapLookup(document, ({ policy }) => ({ name: { name, arn }, policy })) };
}

/** The rights of a role as far as they agree with the list that has the role. What contradicts it isn't known. */
export function consistentRights({ name, arn, trust }: ListedRole, rights: LiveRights): ListedRights {
  const { role } = rights;
  if ("unknown" in role) return { ...rights, role };
  const live = role.known;
  if (live?.arn === arn && canonical(live.trust.policy) === canonical(trust.policy))
    return { ...rights, role: { known: live } };
  const answer = live ? "has another ARN or trust policy for it" : "finds none of that name";
  const unknown = contradiction("iam:GetRole", `iam:ListRoles lists the role ${name}, and iam:GetRole ${answer}`);
  return live ? { ...rights, role: unknown } : { role: unknown, policies: unknown, boundary: unknown };
}

function settingsFrom(settingOf: (setting: (typeof LIVE_SETTINGS)[number]) => unknown): LiveSettings {
  return Object.fromEntries(LIVE_SETTINGS.map((setting) => [setting[0], settingOf(setting)]));
}

function readAttached(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListAttachedRolePolicies", async () => {
    const attached = await everyPage(async (Marker) =>
      iamPageOf(await iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker })), "AttachedPolicies"),
    );
    return Promise.all(attached.map((policy) => readManaged(iam, requireField(policy, "PolicyArn"))));
  });
}

function readInline(iam: IAMClient, RoleName: string): Promise<Lookup<readonly LivePolicy[]>> {
  return lookUp("iam:ListRolePolicies", async () => {
    const names = await everyPage(async (Marker) =>
      iamPageOf(await iam.send(new ListRolePoliciesCommand({ RoleName, Marker })), "PolicyNames"),
    );
    const policies = names.map(async (name) => ({
      name,
      document: await lookUp("iam:GetRolePolicy", async () => {
        const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: name }));
        return documentIn(
          requireAnswerAbout(requireAnswerAbout(answer, "RoleName", RoleName), "PolicyName", name),
          "PolicyDocument",
        );
      }),
    }));
    return Promise.all(policies);
  });
}

/** Whether there is a managed policy of this ARN. */
export function findPolicy(iam: IAMClient, PolicyArn: string): Promise<Lookup<unknown>> {
  return lookUpIfAny("iam:GetPolicy", async () =>
    requireAnswerAbout(requireField(await iam.send(new GetPolicyCommand({ PolicyArn })), "Policy"), "Arn", PolicyArn),
  );
}

/** Reads a managed policy. */
async function readManaged(iam: IAMClient, PolicyArn: string): Promise<LivePolicy> {
  const id = policyIdOf(PolicyArn);
  const answer = await lookUp("iam:GetPolicy", async () => {
    const policy = requireField(await iam.send(new GetPolicyCommand({ PolicyArn })), "Policy");
    return { ...requireAnswerAbout(policy, "Arn", PolicyArn), VersionId: requireField(policy, "DefaultVersionId") };
  });
  if ("unknown" in answer) return { ...id, document: answer };
  const { VersionId, Description, AttachmentCount, PermissionsBoundaryUsageCount = 0 } = answer.known;
  return {
    ...id,
    document: await readVersion(iam, PolicyArn, VersionId),
    description: Description || undefined,
    tags: tagsIn(answer.known),
    isShared: AttachmentCount !== 1 || PermissionsBoundaryUsageCount > 0,
  };
}

/** Reads the document of a managed policy's version. */
function readVersion(iam: IAMClient, PolicyArn: string, VersionId: string): Promise<Lookup<LiveDocument>> {
  return lookUp("iam:GetPolicyVersion", async () => {
    const answer = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return documentIn(requireAnswerAbout(requireField(answer, "PolicyVersion"), "VersionId", VersionId), "Document");
  });
}

function tagsIn({ Tags = [] }: { readonly Tags?: readonly Tag[] | undefined }): Tags {
  return new Map(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** The policies that could be read, and why not all of them could. */
export function readDocuments(policies: LiveRights["policies"]): {
  readonly documents: readonly (PolicyId & LiveDocument)[];
  readonly unread?: LookupFailure;
} {
  if ("unknown" in policies) return { documents: [], unread: policies.unknown };
  const documents = policies.known.flatMap(({ name, arn, document }) =>
    "known" in document ? [{ name, arn, ...document.known }] : [],
  );
  const [unread] = policies.known.flatMap(({ document }) => ("unknown" in document ? [document.unknown] : []));
  return { documents, unread };
}
