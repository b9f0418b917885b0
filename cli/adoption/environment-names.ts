import { ENVIRONMENT_NAME } from "../../stacks/environments/environments-schema";
import { FLEET, JOBS } from "../github/jobs";

/** The beginning of names that another environment's jobs may have in GitHub, or an account without a name of its own. */
const RESERVED = new RegExp(`^(account|${JOBS.join("|")})-`);

/**
 * Names of environments for accounts, by account: the account's name in lower case, with hyphens, if only this account
 * has it and no environment has it, not even for a job; otherwise `account-<id>`.
 *
 * @param existing the names of other environments
 */
export function environmentNames(
  accounts: readonly { readonly id: string; readonly name?: string }[],
  existing: readonly string[],
): ReadonlyMap<string, string> {
  const wanted = accounts.map(({ name = "" }) => (name.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-"));
  const isFree = (name: string) =>
    ENVIRONMENT_NAME.pattern.test(name) &&
    !RESERVED.test(name) &&
    ![FLEET, ...existing].includes(name) &&
    !JOBS.some((job) => existing.includes(`${job}-${name}`)) &&
    wanted.filter((other) => other === name).length === 1;
  return new Map(
    accounts.map(({ id }, index) => {
      const name = wanted[index] ?? "";
      return [id, isFree(name) ? name : `account-${id}`];
    }),
  );
}
