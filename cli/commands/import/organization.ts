import {
  type Account,
  type AccountState,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import pLimit from "p-limit";
import { describe } from "../../../modules/support-app/model/problem";
import { counted } from "../../../stacks/counted";
import { BrokenAnswer, promised } from "../../aws/broken-answer";
import { lookUp } from "../../aws/lookup";
import { everyPage, pageOf } from "../../aws/pages";
import { expectKnown } from "./expect-known";
import { withCredentials } from "./live-setup";

/**
 * The region of AWS Organizations' endpoint; the service is global. Source: AWS General Reference, AWS Organizations
 * endpoints.
 */
const ORGANIZATIONS_REGION = "us-east-1";

/**
 * Maximum number of pages. A page has 20 accounts, and no organization has 100,000. Source: Organizations API
 * Reference, ListAccounts, MaxResults.
 */
const MAX_PAGES = 5_000;

/** Maximum number of concurrent calls for tags: the API accepts few calls a second. */
const PARALLEL = 4;

/** An account of an organization. */
export interface OrganizationAccount {
  /** 12 digits. */
  readonly id: string;
  /** Empty: it has none. */
  readonly name: string;
  /** `closed`: suspended, closed or about to be closed, and unusable; `pending`: not usable yet. */
  readonly state: "active" | "closed" | "pending";
}

const STATES: Readonly<Partial<Record<AccountState, OrganizationAccount["state"]>>> = {
  PENDING_ACTIVATION: "pending",
  ACTIVE: "active",
  SUSPENDED: "closed",
  PENDING_CLOSURE: "closed",
  CLOSED: "closed",
};

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
  return withCredentials(
    { name: "organization", region: ORGANIZATIONS_REGION, assume },
    async ({ config, identity }) => {
      const organizations = new OrganizationsClient(config);
      const accounts = await (unit === undefined
        ? everyAccount(organizations, identity.account)
        : accountsBelow(organizations, unit));
      if (tag === undefined) return accounts;
      const limit = pLimit(PARALLEL);
      const isTagged = await Promise.all(
        accounts.map((one) => limit(async () => isWanted(one) && hasTags(organizations, one, tag))),
      );
      return accounts.filter((_, index) => isTagged[index]);
    },
  );
}

/** An account in an answer. Until 2026-09-09, its State was called Status. */
function accountIn({ Id, Name: name = "", State, Status }: Account): OrganizationAccount {
  const lifecycle = promised(State ?? Status, "State");
  const state = STATES[lifecycle];
  if (state !== undefined) return { id: promised(Id, "Id"), name, state };
  throw new BrokenAnswer(`received ${describe(lifecycle)} as State, expected the state of an account`);
}

/** @param own the caller's account, without which the list can't be complete */
async function everyAccount(organizations: OrganizationsClient, own: string): Promise<OrganizationAccount[]> {
  return known("ListAccounts", async () => {
    const ask = (NextToken?: string) => organizations.send(new ListAccountsCommand({ NextToken }));
    const accounts = (await everyItem(ask, "Accounts")).map(accountIn);
    if (accounts.some(({ id }) => id === own)) return accounts;
    const received = counted(accounts.length, "account");
    throw new BrokenAnswer(`received ${received} without ${own}, whose credentials are used, expected it among them`);
  });
}

async function accountsBelow(organizations: OrganizationsClient, unit: string): Promise<OrganizationAccount[]> {
  const accounts: OrganizationAccount[] = [];
  const units = new Set([unit]);
  for (const ParentId of units) {
    const inUnit = (NextToken?: string) =>
      organizations.send(new ListAccountsForParentCommand({ ParentId, NextToken }));
    const below = (NextToken?: string) =>
      organizations.send(new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken }));
    const found = await known("ListAccountsForParent", async () =>
      (await everyItem(inUnit, "Accounts")).map(accountIn),
    );
    accounts.push(...found);
    const inside = await known("ListOrganizationalUnitsForParent", async () =>
      (await everyItem(below, "OrganizationalUnits")).map(({ Id }) => promised(Id, "Id")),
    );
    for (const id of inside) units.add(id);
  }
  return accounts;
}

async function hasTags(
  organizations: OrganizationsClient,
  { id: ResourceId }: OrganizationAccount,
  wanted: ReadonlyMap<string, string>,
): Promise<boolean> {
  const ask = (NextToken?: string) => organizations.send(new ListTagsForResourceCommand({ ResourceId, NextToken }));
  const tags = await known("ListTagsForResource", () => everyItem(ask, "Tags"));
  const found = new Map(tags.map(({ Key, Value }) => [Key, Value]));
  return [...wanted].every(([key, value]) => found.get(key) === value);
}

/** All items of a list of this name, from all pages. */
function everyItem<T, K extends string>(
  ask: (token?: string) => Promise<Parameters<typeof pageOf<T, K>>[0]>,
  name: K,
): Promise<T[]> {
  return everyPage(async (token) => pageOf(await ask(token), name), MAX_PAGES);
}

async function known<T>(action: string, ask: () => Promise<T>): Promise<T> {
  return expectKnown(await lookUp(`organizations:${action}`, ask));
}
