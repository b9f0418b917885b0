import { stringify } from "yaml";
import { ENVIRONMENT_NAME } from "../../../modules/support-app/model/limits";
import type { EnvironmentEntry } from "../../../stacks/environments/environments-schema";

/** An account, and what becomes of it. */
export interface AdoptedAccount {
  readonly account: string;
  /** Its name in the organization. */
  readonly name?: string | undefined;
  /** Undefined: nothing in it is adopted. */
  readonly entry?: EnvironmentEntry | undefined;
  /** What isn't adopted and why, in lines. */
  readonly notes: readonly string[];
}

/** An environments.yaml with the accounts of which something is adopted, in lines. What isn't adopted is in comments. */
export function environmentsLines(accounts: readonly AdoptedAccount[]): string[] {
  const slugs = accounts.map(({ name = "" }) => slugOf(name));
  const blocks = accounts.flatMap(({ account, name, entry, notes }, index) => {
    const slug = slugs[index] ?? "";
    const isFree = ENVIRONMENT_NAME.pattern.test(slug) && slugs.filter((otherSlug) => otherSlug === slug).length === 1;
    const key = isFree && !slug.startsWith("account-") ? slug : `account-${account}`;
    const comments = notes.length > 0 ? [[account, name].filter(Boolean).join(" "), ...notes] : [];
    const yaml = entry === undefined ? "" : yamlOf({ [key]: entry });
    return [...comments.map((line) => `# ${line}`), ...yaml.split("\n").slice(0, -1)];
  });
  const hasEntry = accounts.some(({ entry }) => entry !== undefined);
  return [hasEntry ? "environments:" : "environments: {}", ...blocks.map((line) => `  ${line}`)];
}

/** A mapping as YAML. */
export function yamlOf(mapping: object): string {
  return stringify(mapping, { lineWidth: 0 });
}

/** A name in lower-case letters, digits and hyphens, which may be empty. */
export function slugOf(name: string): string {
  return (name.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-");
}
