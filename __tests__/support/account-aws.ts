import type { Answer, Answers } from "./answering-aws";
import { ACCOUNT, TRUST } from "./live-account";
import { policyText } from "./policy-text";

/** A role of the account. By default, it trusts the Support App and has no policy. */
export interface AwsRole {
  readonly trust?: readonly object[];
  /** The statements of each policy, by the name of an inline policy or the ARN of an attached one. */
  readonly policies?: Readonly<Record<string, readonly object[]>>;
  /** The statements of its permissions boundary. */
  readonly boundary?: readonly object[];
  /** Whether the list of roles lacks it. */
  readonly isUnlisted?: boolean;
  /** What else IAM answers about it. */
  readonly details?: string;
}

/** An account on loopback. */
interface AwsAccount {
  /** By path and name. */
  readonly roles: Readonly<Record<string, AwsRole>>;
  /** The properties of each channel of a region. */
  readonly channels?: (region: string) => Readonly<Record<string, object>>;
  /** ARN of the boundary of the role of that name. */
  readonly boundaryOf?: (role: string) => string;
  /** What AWS answers in place of that. */
  readonly instead?: (...call: Parameters<Answers>) => Answer | undefined;
}

/** ARN of a role of the account. */
export const roleArn = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`;

/** The last page of a list of IAM. */
export const page = (name: string, ...members: string[]) =>
  `<${name}>${members.map((member) => `<member>${member}</member>`).join("")}</${name}><IsTruncated>false</IsTruncated>`;

/** AWS as it answers about an account. Each answer has nothing but what is read of it. */
export function accountAws({
  roles,
  channels = () => ({}),
  boundaryOf = (role) => `arn:aws:iam::${ACCOUNT}:policy/boundary-of-${role}`,
  instead: override,
}: AwsAccount): Answers {
  const documentTag = (name: string, statements: readonly object[] = []) =>
    `<${name}>${encodeURIComponent(policyText(...statements))}</${name}>`;
  const roleXml = ([path, { trust = [TRUST], boundary, details = "" }]: readonly [string, AwsRole]) => {
    const name = path.split("/").at(-1) ?? "";
    const limit = `<PermissionsBoundary><PermissionsBoundaryArn>${boundaryOf(name)}</PermissionsBoundaryArn></PermissionsBoundary>`;
    return `<RoleName>${name}</RoleName><Arn>${roleArn(path)}</Arn>${documentTag("AssumeRolePolicyDocument", trust)}${boundary ? limit : ""}${details}`;
  };
  const policiesByArn = new Map(
    Object.entries(roles).flatMap(([name, { policies = {}, boundary }]) => [
      ...Object.entries(policies),
      ...(boundary ? [[boundaryOf(name), boundary] as const] : []),
    ]),
  );
  return (...call) => {
    const [action, parameters, , region = "us-east-1"] = call;
    const { RoleName, PolicyName, PolicyArn, TypeName, Identifier } = parameters;
    const replacement = override?.(...call);
    if (replacement !== undefined) return replacement;
    const role = roles[String(RoleName)];
    const policies = role?.policies ?? {};
    const isAttached = (name: string) => name.startsWith("arn:");
    const described = (id: string) => ({ Identifier: id, Properties: JSON.stringify(channels(region)[id]) });
    switch (action) {
      case "GetCallerIdentity":
        return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/somebody</Arn>`;
      case "DescribeSeverityLevels":
        return JSON.stringify({ severityLevels: [{ code: "low" }] });
      case "ListRoles":
        return page("Roles", ...Object.entries(roles).flatMap((entry) => (entry[1].isUnlisted ? [] : roleXml(entry))));
      case "GetRole":
        return role ? `<Role>${roleXml([String(RoleName), role])}</Role>` : { status: 404, code: "NoSuchEntity" };
      case "ListAttachedRolePolicies": {
        const attached = Object.keys(policies).filter(isAttached);
        return page("AttachedPolicies", ...attached.map((arn) => `<PolicyArn>${arn}</PolicyArn>`));
      }
      case "ListRolePolicies":
        return page("PolicyNames", ...Object.keys(policies).filter((name) => !isAttached(name)));
      case "GetRolePolicy":
        return documentTag("PolicyDocument", policies[String(PolicyName)]);
      case "GetPolicy":
        return "<Policy><DefaultVersionId>v1</DefaultVersionId></Policy>";
      case "GetPolicyVersion":
        return `<PolicyVersion>${documentTag("Document", policiesByArn.get(String(PolicyArn)))}</PolicyVersion>`;
      case "ListResources": {
        const ids = String(TypeName).includes("Channel") ? Object.keys(channels(region)) : [];
        return JSON.stringify({ ResourceDescriptions: ids.map(described) });
      }
      case "GetResource":
        return JSON.stringify({ ResourceDescription: described(String(Identifier)) });
      default:
        throw new Error(`Received ${action}, which only reads.`);
    }
  };
}
