import type { Answer, Answers } from "./answering-aws";
import { page } from "./importable-aws";
import { ACCOUNT, environmentOf, ownPolicy, TRUST } from "./live-account";
import { policyText } from "./policy-text";

/** An environment with one channel, in an account in which others configure channels, too. */
export const sharedEnvironment = environmentOf(
  "other-channels: true, read-only: { channels: [{ name: watch, workspace: T1, channel: C1 }] }",
);

/** A role that somebody made by hand. By default, it trusts the Support App and has no policy. */
export interface HandMadeRole {
  readonly trust?: readonly object[];
  /** The statements of each policy, by the name of an inline policy or the ARN of an attached one. */
  readonly policies?: Readonly<Record<string, readonly object[]>>;
  /** The statements of its permissions boundary. */
  readonly boundary?: readonly object[];
}

/** What an account has beside what {@link sharedEnvironment} says. */
export interface HandMade {
  readonly roles?: Readonly<Record<string, HandMadeRole>>;
  /** By region, the role of each channel, by their names. */
  readonly channels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What AWS answers in place of that. */
  readonly instead?: Answers | ((...call: Parameters<Answers>) => Answer | undefined);
}

/** ARN of a role of the account. */
const arnOf = (role: string) => (role.startsWith("arn:") ? role : `arn:aws:iam::${ACCOUNT}:role/${role}`);
const boundaryOf = (role: string) => `arn:aws:iam::${ACCOUNT}:policy/boundary-of-${role}`;

const OWN_ROLE = "AWSSupportAppReadOnlyRole";
const [props] = sharedEnvironment.accesses;
if (!props) throw new Error("There is no access level.");
const { name: OWN_POLICY, document: OWN_DOCUMENT } = ownPolicy(props);
/** ARN of the policy of its role. */
export const MANAGED_POLICY = `arn:aws:iam::${ACCOUNT}:policy/${OWN_POLICY}`;

/** AWS as it answers about that account. */
export function handMadeAws({
  roles: extraRoles = {},
  channels: extraChannels = {},
  instead: override,
}: HandMade): Answers {
  const roles: Record<string, HandMadeRole> = { [OWN_ROLE]: { policies: { [MANAGED_POLICY]: [] } }, ...extraRoles };
  const channels: HandMade["channels"] = {
    ...extraChannels,
    "us-east-1": { C1: OWN_ROLE, ...extraChannels["us-east-1"] },
  };
  const roleXml = (name: string) => {
    const { trust = [TRUST], boundary } = roles[name] ?? {};
    const limit = `<PermissionsBoundary><PermissionsBoundaryArn>${boundaryOf(name)}</PermissionsBoundaryArn></PermissionsBoundary>`;
    return `<RoleName>${name}</RoleName><Arn>${arnOf(name)}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(policyText(...trust))}</AssumeRolePolicyDocument>${boundary ? limit : ""}`;
  };
  const textOf = (arn: string) => {
    if (arn === MANAGED_POLICY && "known" in OWN_DOCUMENT) return OWN_DOCUMENT.known.text;
    const policyEntries = Object.entries(roles).flatMap(([name, { policies, boundary = [] }]) => [
      ...Object.entries(policies ?? {}),
      [boundaryOf(name), boundary] as const,
    ]);
    return policyText(...(policyEntries.find(([policyArn]) => policyArn === arn)?.[1] ?? []));
  };
  return (...call) => {
    const [action, parameters, , region = ""] = call;
    const { RoleName, PolicyName, PolicyArn, TypeName, Identifier } = parameters;
    const replacement = override?.(...call);
    if (replacement !== undefined) return replacement;
    const policies = roles[String(RoleName)]?.policies ?? {};
    const isAttached = (name: string) => name.startsWith("arn:");
    const described = (id: string) => ({
      Identifier: id,
      Properties: JSON.stringify({
        ...{ TeamId: "T1", ChannelId: id.slice(3), ChannelName: "watch", NotifyOnCaseSeverity: "none" },
        ChannelRoleArn: arnOf(channels?.[region]?.[id.slice(3)] ?? ""),
      }),
    });
    switch (action) {
      case "GetCallerIdentity":
        return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/somebody</Arn>`;
      case "DescribeSeverityLevels":
        return JSON.stringify({ severityLevels: [{ code: "low" }] });
      case "SimulatePrincipalPolicy":
        return { status: 403, code: "AccessDenied" };
      case "ListRoles":
        return page("Roles", ...Object.keys(roles).map(roleXml));
      case "GetRole":
        return `<Role>${roleXml(String(RoleName))}</Role>`;
      case "ListAttachedRolePolicies": {
        const attached = Object.keys(policies).filter(isAttached);
        return page("AttachedPolicies", ...attached.map((arn) => `<PolicyArn>${arn}</PolicyArn>`));
      }
      case "ListRolePolicies":
        return page("PolicyNames", ...Object.keys(policies).filter((name) => !isAttached(name)));
      case "GetRolePolicy":
        return `<PolicyDocument>${encodeURIComponent(policyText(...(policies[String(PolicyName)] ?? [])))}</PolicyDocument>`;
      case "GetPolicy":
        return `<Policy><Arn>${PolicyArn}</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>`;
      case "GetPolicyVersion":
        return `<PolicyVersion><Document>${encodeURIComponent(textOf(String(PolicyArn)))}</Document></PolicyVersion>`;
      case "ListResources": {
        const ids = String(TypeName).includes("Channel") ? Object.keys(channels?.[region] ?? {}) : [];
        return JSON.stringify({ TypeName, ResourceDescriptions: ids.map((id) => described(`T1|${id}`)) });
      }
      case "GetResource":
        return JSON.stringify({ TypeName, ResourceDescription: described(String(Identifier)) });
      default:
        throw new Error(`Received ${action}, which only reads.`);
    }
  };
}
