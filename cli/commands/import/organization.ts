import {
  type Account,
  OrganizationsClient,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
  paginateListTagsForResource,
} from "@aws-sdk/client-organizations";
import pLimit from "p-limit";
import { counted } from "../../../stacks/counted";
import { BrokenAnswer, promised } from "../../aws/broken-answer";
import { lookUp } from "../../aws/lookup";
import { CommandError } from "../../terminal/command-error";
import { expectKnown } from "./expect-known";
import { withCredentials } from "./live-setup";

/**
 * The region of AWS Organizations' endpoint; the service is global. Source: AWS General Reference, AWS Organizations
 * endpoints.
 */
const ORGANIZATIONS_REGION = "us-east-1";

/** Maximum number of concurrent calls for tags: the API accepts few calls a second. */
const PARALLEL = 4;

/** An account of an organization. */
export interface OrganizationAccount {
  /** 12 digits. */
  readonly id: string;
  /** Empty: it has none. */
  readonly name: string;
  /** Whether it can be used now. */
  readonly isActive: boolean;
  /** Whether it is suspended, closed or about to be closed. */
  readonly isClosed: boolean;
}

const CLOSED = ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"];

/** The requested accounts of an organization. */
export interface OrganizationAsked {
  /** ID of an organizational unit or of the root, with the units within it. Undefined: all accounts. */
  readonly unit?: string;
  /** Tags that an account has, all of them. Undefined: none are required. */
  readonly tag?: ReadonlyMap<string, string>;
  /** ARN of the role to assume first. */
  readonly assume?: string;
}

/**
 * Reads the requested accounts of an organization. Changes nothing.
 *
 * @param isWanted whether an account's tags matter
 * @throws CommandError when a part of it can't be read
 */
export function readOrganization(
  { unit, tag, assume }: OrganizationAsked,
  isWanted: (account: OrganizationAccount) => boolean,
): Promise<OrganizationAccount[]> {
  const asked = { name: "organization", region: ORGANIZATIONS_REGION, assume };
  return withCredentials(asked, async ({ config, identity }) => {
    const client = new OrganizationsClient(config);
    const accounts = unit === undefined ? await everyAccount(client, identity.account) : await below(client, unit);
    if (tag === undefined) return accounts;
    const limit = pLimit(PARALLEL);
    const isTagged = await Promise.all(
      accounts.map((one) => limit(async () => isWanted(one) && hasTags(client, one.id, tag))),
    );
    return accounts.filter((_, index) => isTagged[index]);
  });
}

/** @param own the caller's account, without which the list can't be complete */
async function everyAccount(client: OrganizationsClient, own: string): Promise<OrganizationAccount[]> {
  const accounts = await every("ListAccounts", paginateListAccounts({ client }, {}), accountsIn);
  if (accounts.some(({ id }) => id === own)) return accounts;
  throw new CommandError(
    `Can't import: AWS listed ${counted(accounts.length, "account")} of the organization without ${own}, whose credentials are used. Nothing was written. Run import again.`,
  );
}

/** The accounts in a unit and in the units within it. */
async function below(client: OrganizationsClient, unit: string): Promise<OrganizationAccount[]> {
  const accounts: OrganizationAccount[] = [];
  const units = new Set([unit]);
  for (const ParentId of units) {
    const inUnit = paginateListAccountsForParent({ client }, { ParentId });
    accounts.push(...(await every("ListAccountsForParent", inUnit, accountsIn)));
    const inside = paginateListOrganizationalUnitsForParent({ client }, { ParentId });
    const ids = await every("ListOrganizationalUnitsForParent", inside, (page) =>
      promised(page, "OrganizationalUnits").map((one) => promised(one, "Id")),
    );
    for (const id of ids) units.add(id);
  }
  return accounts;
}

/** The accounts in an answer. Until 2026-09-09, their State was called Status. */
function accountsIn(page: { readonly Accounts?: readonly Account[] | undefined }): OrganizationAccount[] {
  return promised(page, "Accounts").map(({ Id, Name: name = "", State, Status }) => {
    const state = promised({ State: State ?? Status }, "State");
    return { id: promised({ Id }, "Id"), name, isActive: state === "ACTIVE", isClosed: CLOSED.includes(state) };
  });
}

async function hasTags(
  client: OrganizationsClient,
  ResourceId: string,
  wanted: ReadonlyMap<string, string>,
): Promise<boolean> {
  const pages = paginateListTagsForResource({ client }, { ResourceId });
  const tags = await every("ListTagsForResource", pages, (page) => promised(page, "Tags"));
  return [...wanted].every(([key, value]) => tags.some((tag) => tag.Key === key && tag.Value === value));
}

/** All items in the pages of a list. */
async function every<Page extends { readonly NextToken?: string | undefined }, T>(
  action: string,
  pages: AsyncIterable<Page>,
  itemsIn: (page: Page) => readonly T[],
): Promise<T[]> {
  const found = await lookUp(`organizations:${action}`, async () => {
    const all: T[] = [];
    const tokens = new Set<string | undefined>();
    for await (const page of pages) {
      if (tokens.has(page.NextToken))
        throw new BrokenAnswer("received a page that leads back to an earlier one, expected an end");
      tokens.add(page.NextToken);
      all.push(...itemsIn(page));
    }
    return all;
  });
  return expectKnown(found);
}
