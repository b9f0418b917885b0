import type { Answer } from "./answering-aws";

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
  const paged = (name: string, token: unknown, all: readonly object[]) => {
    const from = Number(token ?? 0);
    const NextToken = from + size < all.length ? String(from + size) : undefined;
    return JSON.stringify({ [name]: all.slice(from, from + size), NextToken });
  };
  const shown = (those: readonly Account[]) => those.map(({ unit, tags, ...account }) => account);
  const idsOf = (all: readonly string[] = []) => all.map((Id) => ({ Id }));
  return (action: string, { NextToken, ParentId, ResourceId }: Readonly<Record<string, unknown>>): Answer => {
    switch (action) {
      case "GetCallerIdentity":
        return `<Account>${OWN}</Account><Arn>arn:aws:iam::${OWN}:user/somebody</Arn>`;
      case "ListAccounts":
        return paged("Accounts", NextToken, shown(accounts));
      case "ListAccountsForParent":
        if (ParentId !== "r-root" && !Object.values(units).flat().includes(String(ParentId)))
          return { status: 400, code: "ParentNotFoundException" };
        return paged("Accounts", NextToken, shown(accounts.filter(({ unit = "r-root" }) => unit === ParentId)));
      case "ListOrganizationalUnitsForParent":
        return paged("OrganizationalUnits", NextToken, idsOf(units[String(ParentId)]));
      case "ListTagsForResource": {
        const tags = accounts.find(({ Id }) => Id === ResourceId)?.tags ?? {};
        const listed = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        return paged("Tags", NextToken, listed);
      }
      default:
        throw new Error(`Received ${action}, which only reads.`);
    }
  };
}
