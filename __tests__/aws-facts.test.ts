import { existsSync, readFileSync } from "node:fs";
import { ACCESS_LEVELS } from "../modules/support-app/model/access-level";
import { actionsOf } from "../modules/support-app/model/capability";
import {
  ACCOUNT_ALIAS,
  DESCRIPTION,
  MAX_ACCOUNTS,
  MAX_CHANNELS,
  MAX_SESSION_DURATION,
  MAX_TAGS,
  MAX_WORKSPACES,
  PATH,
  POLICY_NAME,
  REGIONS,
  ROLE_NAME,
  TAG_KEY,
  TAG_VALUE,
  type TextLimit,
} from "../modules/support-app/model/limits";

const FACTS = readFileSync("docs/contributing/aws-facts.md", "utf8");
const [ACTIONS = [], REGION_LIST = []] = [...FACTS.matchAll(/```text\n(.*?)\n```/gs)].map(([, list = ""]) =>
  list.split("\n"),
);
/** Each fact: an item of a list that begins with what is so. */
const ITEMS = FACTS.split(/^(?=- <a |#)/m).filter((part) => part.startsWith("- <a "));

/** The length of the longest text that is accepted. */
function longest({ pattern }: TextLimit, ofLength = (length: number) => "a".repeat(length)): number {
  for (let length = 2000; length > 0; length--) if (pattern.test(ofLength(length))) return length;
  return 0;
}

test("every limit of the document is the code's, and none is missing", () => {
  const table = [...FACTS.matchAll(/^\| ([^|]+?) +\| (\d+) +\|/gm)].map(([, limit, value]) => [limit, Number(value)]);
  expect(Object.fromEntries(table)).toEqual({
    "channels of an account": MAX_CHANNELS,
    "accounts of a channel": MAX_ACCOUNTS,
    "workspaces of an account": MAX_WORKSPACES,
    "characters of an account alias": longest(ACCOUNT_ALIAS),
    "characters of a role's name": longest(ROLE_NAME),
    "characters of a policy's name": longest(POLICY_NAME),
    "characters of a path": longest(PATH, (length) => `/${"a".repeat(Math.max(0, length - 2))}/`),
    "characters of a description": longest(DESCRIPTION),
    "tags of a role or policy": MAX_TAGS,
    "characters of a tag's key": longest(TAG_KEY),
    "characters of a tag's value": longest(TAG_VALUE),
    "smallest maximum session, in seconds": MAX_SESSION_DURATION.min,
    "largest maximum session, in seconds": MAX_SESSION_DURATION.max,
  });
});

test("the regions and the actions of the document are the code's", () => {
  expect(REGION_LIST).toEqual([...REGIONS]);
  expect(ACTIONS).toEqual(actionsOf(ACCESS_LEVELS.full.capabilities));
});

test("each fact says where it is used, and every file that it names is there", () => {
  expect(ITEMS.length).toBeGreaterThan(15);
  expect(ITEMS.filter((fact) => !/(\n {2}|\. )Used in: `/.test(fact))).toEqual([]);
  const usedFiles = [...FACTS.matchAll(/Used in: ((?:`[^`]+`,?\s*)+)/g)].flatMap(([, files = ""]) =>
    [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
  );
  expect(usedFiles.filter((file) => !existsSync(file))).toEqual([]);
});

test("a confirmed fact names its source, and an unconfirmed one says so", () => {
  expect(ITEMS.filter((fact) => !fact.includes("Source:") && !fact.includes("</a>**Not confirmed: "))).toEqual([]);
});
