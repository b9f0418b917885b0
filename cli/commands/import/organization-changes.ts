import type { Environment } from "../../../stacks/environments/environment";
import { ENVIRONMENT_NAME, type EnvironmentEntry } from "../../../stacks/environments/environments-schema";
import { FLEET, JOBS } from "../../github/jobs";
import type { OrganizationAccount } from "./organization";

/** The differences between an organization and an environment file. */
export interface OrganizationChanges {
  /** The environments to add, by their names. */
  readonly added: Readonly<Record<string, EnvironmentEntry>>;
  /** Environments whose accounts have left, or can't be used any more. */
  readonly left: readonly string[];
}

/**
 * The changes that bring an environment file in line with an organization's accounts.
 *
 * @param accounts all accounts of the organization, or the requested ones
 * @param environments all environments of the file
 * @param region of each new environment. Undefined: the defaults set it
 */
export function organizationChanges(
  accounts: readonly OrganizationAccount[],
  environments: readonly Environment[],
  region?: EnvironmentEntry["region"],
): OrganizationChanges {
  const known = new Set(environments.map(({ account }) => account));
  const staying = new Set(accounts.filter(({ state }) => state !== "closed").map(({ id }) => id));
  const found = new Map(
    accounts.filter(({ id, state }) => state === "active" && !known.has(id)).map((one) => [one.id, one]),
  );
  const fresh = [...found.values()].sort((one, other) => one.id.localeCompare(other.id, "en"));
  const names = namesFor(
    fresh,
    environments.map(({ name }) => name),
  );
  const entries = fresh.map(({ id }, index): [string, EnvironmentEntry] => [
    names[index] as string,
    { account: id, ...(region !== undefined && { region }), "read-only": {} },
  ]);
  entries.sort(([one], [other]) => one.localeCompare(other, "en"));
  return {
    added: Object.fromEntries(entries),
    left: environments.filter(({ account, retired }) => !retired && !staying.has(account)).map(({ name }) => name),
  };
}

/** Maximum length of an environment's name, and of the part before a hyphen and an account ID. */
const MAX_NAME = 63;
const MAX_BEFORE_ID = MAX_NAME - "-111122223333".length;

/**
 * A unique name for each account: its own, if that is free, no other's GitHub environment, and doesn't end like another
 * one with its ID; or else one with its ID.
 */
function namesFor(accounts: readonly OrganizationAccount[], existing: readonly string[]): string[] {
  const plain = accounts.map(({ id, name }) => plainName(name, id));
  const count = new Map<string, number>();
  for (const name of [...existing, ...plain]) count.set(name, (count.get(name) ?? 0) + 1);
  const isTaken = (name: string, id: string) =>
    name === FLEET ||
    (/-\d{12}$/.test(name) && !name.endsWith(id)) ||
    JOBS.some((job) => existing.includes(`${job}-${name}`));
  return accounts.map(({ id }, index) => {
    const name = plain[index] as string;
    const isFree = count.get(name) === 1 && !isTaken(name, id) && ENVIRONMENT_NAME.pattern.test(name);
    return isFree ? name : `${cut(name, MAX_BEFORE_ID)}-${id}`;
  });
}

/** The beginning of names that may be GitHub environments of another environment's jobs. */
const JOB_PREFIX = new RegExp(`^(${JOBS.join("|")})-`);

/** An account's name in lower-case letters, digits and hyphens, beginning with a letter. */
function plainName(name: string, id: string): string {
  const hyphened = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return cut(/^[a-z]/.test(hyphened) && !JOB_PREFIX.test(hyphened) ? hyphened : `account-${hyphened || id}`, MAX_NAME);
}

function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/-+$/, "");
}
