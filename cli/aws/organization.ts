import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import pLimit from "p-limit";
import { BrokenAnswer } from "../../common/broken-answer";
import { everyPage, type Page } from "../../common/every-page";
import { formatCount } from "../../common/format-count";
import { pageOf, requireField } from "./answer-parts";
import type { ClientConfig } from "./connection";
import { type Lookup, lookUp } from "./lookup";

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
  /** Whether it is closed or about to be closed. */
  readonly isClosed: boolean;
}

/** A key and its value. */
type Tag = readonly [key: string, value: string];

export interface OrganizationPart {
  /** ID of an organizational unit or of the root, with the units within it. Undefined: all accounts. */
  readonly unit?: string;
  /** Tags that an account has, all of them. Undefined: none are required. */
  readonly tag?: readonly Tag[];
}

/**
 * Reads the accounts of an organization, or of a part of it. Changes nothing.
 *
 * @param managementAccount the account of the credentials, without which the list of all accounts can't be complete
 */
export function readOrganization(
  config: ClientConfig,
  managementAccount: string,
  { unit, tag }: OrganizationPart,
): Promise<Lookup<readonly OrganizationAccount[]>> {
  return lookUp("organizations:ListAccounts", async () => {
    const client = new OrganizationsClient({ ...config, region: ORGANIZATIONS_REGION });
    const accounts =
      unit === undefined ? await everyAccount(client, managementAccount) : await accountsBelow(client, unit);
    if (tag === undefined) return accounts;
    const limit = pLimit(PARALLEL);
    const isTagged = await Promise.all(accounts.map(({ id }) => limit(() => hasTags(client, id, tag))));
    return accounts.filter((_, index) => isTagged[index]);
  });
}

async function everyAccount(client: OrganizationsClient, managementAccount: string): Promise<OrganizationAccount[]> {
  const accounts = await allPages(async (NextToken) =>
    pageOf(await client.send(new ListAccountsCommand({ NextToken })), "Accounts"),
  );
  if (accounts.some(({ Id }) => Id === managementAccount)) return accounts.map(accountIn);
  throw new BrokenAnswer(
    `received ${formatCount(accounts.length, "account")} without ${managementAccount}, expected the caller's own, too`,
  );
}

/** The accounts in a unit and in the units within it. */
async function accountsBelow(client: OrganizationsClient, unit: string): Promise<OrganizationAccount[]> {
  const accounts: OrganizationAccount[] = [];
  const units = new Set([unit]);
  for (const ParentId of units) {
    const childAccounts = await allPages(async (NextToken) =>
      pageOf(await client.send(new ListAccountsForParentCommand({ ParentId, NextToken })), "Accounts"),
    );
    accounts.push(...childAccounts.map(accountIn));
    const inner = await allPages(async (NextToken) => {
      const command = new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken });
      return pageOf(await client.send(command), "OrganizationalUnits");
    });
    for (const child of inner) units.add(requireField(child, "Id"));
  }
  return accounts;
}

/** Until 2026-09-09, an account's State was called Status, and a closed account was SUSPENDED. */
function accountIn({ Id, Name: name = "", State, Status }: Account): OrganizationAccount {
  const state = requireField({ State: State ?? Status }, "State");
  const isClosed = ["PENDING_CLOSURE", "CLOSED"].includes(state) || (State === undefined && state === "SUSPENDED");
  return { id: requireField({ Id }, "Id"), name, isActive: state === "ACTIVE", isClosed };
}

async function hasTags(client: OrganizationsClient, ResourceId: string, wantedTags: readonly Tag[]) {
  const tags = await allPages(async (NextToken) =>
    pageOf(await client.send(new ListTagsForResourceCommand({ ResourceId, NextToken })), "Tags"),
  );
  return wantedTags.every(([key, value]) => tags.some(({ Key, Value }) => Key === key && Value === value));
}

const allPages = <T>(ask: (token: string | undefined) => Promise<Page<T>>) => everyPage(ask, MAX_PAGES);
