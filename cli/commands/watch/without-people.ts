import { isFields } from "../../../common/fields";

/** What AWS's and Slack's messages may contain about people: email addresses, and names of IAM users and of sessions, which are often email addresses. */
const ADDRESS = /(?<![\p{L}\p{N}._%+'=-])[\p{L}\p{N}._%+'=-]+@(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]+/gu; // can begin nowhere else: otherwise, a long text takes forever
const SESSION = /(:assumed-role\/[^/\s"',;]+\/)[^\s"',;()\]}]+/g;
const USER = /(:(?:federated-)?user\/)[^\s"',;()\]}]+/g;

/** What a policy compares a person's name with, as JSON, and what follows the ID of a role or a user. */
const COMPARED =
  /("(?:aws:username|aws:userid|(?:aws|sts):sourceidentity|sts:rolesessionname)"\s*:\s*)(?:\[(?:"(?:[^"\\]|\\.)*"|[^"\]])*\]|"(?:[^"\\]|\\.)*")/gi;
const NAMED = /\b(A[RI][OD]A[A-Z0-9*?]*:)[^\s"',;()\]}]+/g;

/** A text without email addresses and without the names of IAM users and sessions: an issue has readers who may not read the account. */
export function withoutPeople(text: string): string {
  return text
    .replace(COMPARED, '$1"…"')
    .replace(NAMED, "$1…")
    .replace(SESSION, "$1…")
    .replace(USER, "$1…")
    .replace(ADDRESS, "…");
}

/** A value of JSON without them, in any of its texts. */
export function withoutPeopleIn<T>(value: T): T {
  if (typeof value === "string") return withoutPeople(value) as T;
  if (Array.isArray(value)) return value.map(withoutPeopleIn) as T;
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutPeopleIn(part)])) as T;
}
