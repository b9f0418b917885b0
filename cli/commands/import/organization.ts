import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListTagsForResourceCommand,
  type OrganizationalUnit,
  OrganizationsClient,
  type Tag,
} from "@aws-sdk/client-organizations";
import pLimit from "p-limit";
import { counted } from "../../../stacks/counted";
import { promised } from "../../aws/broken-answer";
import { lookUp } from "../../aws/lookup";
import { everyPage, type Page, pageOf } from "../../aws/pages";
import { CommandError } from "../../terminal/command-error";
import { canonical } from "../../terminal/json";
import { expectKnown, withCredentials } from "./live-setup";

/** The region of AWS Organizations' endpoint; the service is global. Source: AWS General Reference. */
const ORGANIZATIONS_REGION = "us-east-1";

/** Maximum number of concurrent calls for tags: the API accepts few calls a second. */
const PARALLEL = 4;

/** Maximum number of pages: a page has 20 accounts or fewer, and no organization has 100,000. */
const MAX_PAGES = 10_000;

export interface OrganizationAccount {
  /** 12 digits. */
  readonly id: string;
  readonly name: string;
  /** Whether it can be used now. */
  readonly isActive: boolean;
  /** Whether it is suspended, closed or about to be closed. */
  readonly isClosed: boolean;
}

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
 * @throws CommandError when a part of it can't be read
 */
export function readOrganization(
  { unit, tag, assume }: OrganizationAsked,
  isWanted: (account: OrganizationAccount) => boolean,
): Promise<OrganizationAccount[]> {
  const asked = { name: "organization", region: ORGANIZATIONS_REGION, assume };
  return withCredentials(asked, async ({ config, account }) => {
    const client = new OrganizationsClient(config);
    const accounts = unit === undefined ? await everyAccount(client, account) : await below(client, unit);
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
  const accounts = await every("ListAccounts", accountIn, async (NextToken) =>
    pageOf(await client.send(new ListAccountsCommand({ NextToken })), "Accounts"),
  );
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
    const found = await every("ListAccountsForParent", accountIn, async (NextToken) =>
      pageOf(await client.send(new ListAccountsForParentCommand({ ParentId, NextToken })), "Accounts"),
    );
    accounts.push(...found);
    const idIn = (one: OrganizationalUnit) => promised(one, "Id");
    const ids = await every("ListOrganizationalUnitsForParent", idIn, async (NextToken) => {
      const command = new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken });
      return pageOf(await client.send(command), "OrganizationalUnits");
    });
    for (const id of ids) units.add(id);
  }
  return accounts;
}

/** Until 2026-09-09, an account's State was called Status. */
function accountIn({ Id, Name: name = "", State, Status }: Account): OrganizationAccount {
  const state = promised({ State: State ?? Status }, "State");
  const isClosed = ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"].includes(state);
  return { id: promised({ Id }, "Id"), name, isActive: state === "ACTIVE", isClosed };
}

async function hasTags(
  client: OrganizationsClient,
  ResourceId: string,
  wanted: ReadonlyMap<string, string>,
): Promise<boolean> {
  const textOf = ({ Key, Value }: Tag) => canonical([Key, Value]);
  const tags = await every("ListTagsForResource", textOf, async (NextToken) =>
    pageOf(await client.send(new ListTagsForResourceCommand({ ResourceId, NextToken })), "Tags"),
  );
  return [...wanted].every(([Key, Value]) => tags.includes(textOf({ Key, Value })));
}

async function every<Item, T>(
  action: string,
  read: (item: Item) => T,
  ask: (token: string | undefined) => Promise<Page<Item>>,
): Promise<T[]> {
  const all = await lookUp(`organizations:${action}`, async () => (await everyPage(ask, MAX_PAGES)).map(read));
  return expectKnown(all);
}
