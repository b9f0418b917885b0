import type { Answer, Answers } from "./answering-aws";
import { answering } from "./importable-aws";
import { ACCOUNT } from "./live-account";

/** The management account. */
export const OWN = "100000000000";

/** An account as Organizations lists it. */
export interface Account {
  readonly Id: string;
  readonly Name?: string;
  readonly State?: string;
  readonly Status?: string;
  /** Its parent. Default: the root. */
  readonly unit?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export const MANAGEMENT: Account = { Id: OWN, Name: "Management", State: "ACTIVE" };

/** What an organization answers, with so many accounts in a page, and for each unit the units that are said to be within it. */
export function organization(
  accounts: readonly Account[],
  units: Readonly<Record<string, readonly string[]>> = {},
  size = 2,
) {
  const paged = (name: string, token: unknown, items: readonly object[]) => {
    const from = Number(token ?? 0);
    const NextToken = from + size < items.length ? String(from + size) : undefined;
    return JSON.stringify({ [name]: items.slice(from, from + size), NextToken });
  };
  const describeAccounts = (those: readonly Account[]) => those.map(({ unit, tags, ...account }) => account);
  const idsOf = (ids: readonly string[] = []) => ids.map((Id) => ({ Id }));
  return (action: string, { NextToken, ParentId, ResourceId }: Readonly<Record<string, unknown>>): Answer => {
    switch (action) {
      case "GetCallerIdentity":
        return `<Account>${OWN}</Account><Arn>arn:aws:iam::${OWN}:user/somebody</Arn>`;
      case "ListAccounts":
        return paged("Accounts", NextToken, describeAccounts(accounts));
      case "ListAccountsForParent":
        if (ParentId !== "r-root" && !Object.values(units).flat().includes(String(ParentId)))
          return { status: 400, code: "ParentNotFoundException" };
        return paged(
          "Accounts",
          NextToken,
          describeAccounts(accounts.filter(({ unit = "r-root" }) => unit === ParentId)),
        );
      case "ListOrganizationalUnitsForParent":
        return paged("OrganizationalUnits", NextToken, idsOf(units[String(ParentId)]));
      case "ListTagsForResource": {
        const tags = accounts.find(({ Id }) => Id === ResourceId)?.tags ?? {};
        const tagList = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        return paged("Tags", NextToken, tagList);
      }
      default:
        throw new Error(`Received ${action}, which only reads.`);
    }
  };
}

/** An organization in whose accounts of these IDs somebody made a role by hand and, in these regions, a channel that has it. */
export function organizationWithSetups(
  accounts: readonly Account[],
  accountIds: readonly string[],
  {
    policy,
    size,
    regions,
  }: { readonly policy?: object; readonly size?: number; readonly regions?: readonly string[] } = {},
): Answers {
  const listing = organization(accounts, {}, size);
  return (action, parameters, accessKey = "", region = "") => {
    if (action.startsWith("List") && /Accounts|Units|Tags/.test(action)) return listing(action, parameters);
    if (action === "AssumeRole") {
      const id = String(parameters.RoleArn).split(":")[4];
      const session = `<AssumedRoleUser><Arn>arn:aws:sts::${id}:assumed-role/audit/a</Arn><AssumedRoleId>A</AssumedRoleId></AssumedRoleUser>`;
      return `${session}<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>`;
    }
    const id = /^\d+$/.test(accessKey) ? accessKey : OWN;
    if (action === "GetCallerIdentity") return `<Account>${id}</Account><Arn>arn:aws:iam::${id}:user/a</Arn>`;
    const ids = { TeamId: "T1", ChannelId: "C1", ChannelName: "oncall" };
    const channel = { ...ids, ChannelRoleArn: `arn:aws:iam::${id}:role/Viewers`, NotifyOnCaseSeverity: "none" };
    const channels: Record<string, object> = regions?.includes(region) === false ? {} : { "T1|C1": channel };
    const contents = accountIds.includes(id) ? { channels, policy } : { roles: [] };
    const PolicyArn = String(parameters.PolicyArn).replace(id, ACCOUNT);
    const answer = answering(contents)(action, { ...parameters, PolicyArn });
    return typeof answer === "string" ? answer.replaceAll(ACCOUNT, id) : answer;
  };
}
