import type { Environment } from "../../stacks/environment";
import { ENVIRONMENT_NAME, type EnvironmentEntry } from "../../stacks/environments-schema";
import type { OrganizationAccount } from "../aws/answer-schemas";
import { FLEET, JOBS } from "../github-jobs";

/** What an organization has that an environment file hasn't, and the other way round. */
export interface OrganizationChanges {
  /** The environments to add, by their names. */
  readonly added: Readonly<Record<string, EnvironmentEntry>>;
  /** Environments whose accounts have left, or can't be used any more. */
  readonly left: readonly string[];
}

/**
 * What to change in an environment file for it to have the accounts of an organization.
 *
 * @param accounts all of the organization, or those that were asked for
 * @param environments all of the file
 * @param region what each new environment says. Undefined: the defaults say it
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

/** Longest name of an environment, and what is left of it before a hyphen and an account's number. */
const MAX_NAME = 63;
const MAX_BEFORE_ID = MAX_NAME - "-111122223333".length;

/** A name for each account, none twice and each apart from GitHub's environments of the others: its own where it is free, else with its number. */
function namesFor(accounts: readonly OrganizationAccount[], others: readonly string[]): string[] {
  const plain = accounts.map(({ id, name }) => plainName(name, id));
  const count = new Map<string, number>();
  for (const name of [...others, ...plain]) count.set(name, (count.get(name) ?? 0) + 1);
  const taken = new Set(others);
  return accounts.map(({ id }, index) => {
    const name = plain[index] as string;
    const numbered = `${cut(name, MAX_BEFORE_ID)}-${id}`;
    const choices = [...(count.get(name) === 1 ? [name] : []), numbered, `account-${id}`];
    const isFree = (choice: string) =>
      !taken.has(choice) && choice !== FLEET && !JOBS.some((job) => taken.has(`${job}-${choice}`));
    let found = choices.find((choice) => ENVIRONMENT_NAME.pattern.test(choice) && isFree(choice));
    for (let more = 2; found === undefined; more++) {
      const another = `account-${id}-${more}`;
      if (isFree(another)) found = another;
    }
    taken.add(found);
    return found;
  });
}

/** What GitHub's environment of another environment's jobs may be called. */
const OF_A_JOB = new RegExp(`^(${JOBS.join("|")})-`);

/** An account's name in lower-case letters, digits and hyphens, beginning with a letter. */
function plainName(name: string, id: string): string {
  const hyphened = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return cut(/^[a-z]/.test(hyphened) && !OF_A_JOB.test(hyphened) ? hyphened : `account-${hyphened || id}`, MAX_NAME);
}

function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/-+$/, "");
}
