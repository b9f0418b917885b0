/** What AWS's and Slack's messages may say of people: addresses, and names of IAM users and of sessions, which are often addresses. */
const ADDRESS = /(?<![\p{L}\p{N}._%+'=-])[\p{L}\p{N}._%+'=-]+@(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]+/gu; // begins nowhere else, or a long text takes forever
const SESSION = /(:assumed-role\/[^/\s"',;]+\/)[^\s"',;()\]}]+/g;
const USER = /(:(?:federated-)?user\/)[^\s"',;()\]}]+/g;

/** A text without people's addresses and without the names of IAM users and sessions: many read an issue who may not read an account. */
export function withoutPeople(text: string): string {
  return text.replace(SESSION, "$1…").replace(USER, "$1…").replace(ADDRESS, "…");
}
