import {
  BUCKET,
  BUCKET_REGIONS,
  ENVIRONMENT_NAME,
  GITLAB_STATES,
  HOSTNAME,
  KEY_PREFIX,
  KMS_KEY_ARN,
  MAX_MEMBERS,
  MAX_SESSION_DURATION,
  ORGANIZATION,
  PROFILE,
  REGIONS,
  ROLE_ARN,
  TAG_VALUE,
  type TextLimit,
  TIER_NAME,
  WORKSPACE_PREFIX,
} from "../../../modules/support-app/model/limits";
import { environmentsSchema } from "../../../stacks/environments/environments-schema";
import { rulesJsonSchema, rulesSchema } from "../../../stacks/environments/rules/rules-schema";
import {
  GITLAB_ADDRESSES,
  GOOD_HOSTS,
  IMPOSSIBLE_HOSTS,
  REFUSED_ADDRESSES,
  REFUSED_HOSTS,
} from "../../support/backend-limits";
import { EVERY_RULE } from "../../support/every-rule";
import { testSchema } from "../../support/schema";
import { withWordLists } from "../../support/word-lists";

testSchema("stacks/environments.schema.json");

test("the file of every rule fits the schema of rules, and has every key of it", () => {
  expect(rulesSchema.safeParse(EVERY_RULE).success).toBe(true);
  const { properties } = JSON.parse(JSON.stringify(rulesJsonSchema())).properties.all;
  expect(Object.keys(EVERY_RULE.all)).toEqual(Object.keys(properties));
});

const ROLE = "arn:aws:iam::111122223333:role/";
const NAMES = [
  ["a", "a1", "a-b", "a--b", "z".repeat(63), "constructor1", "a-constructor"],
  ["", "A", "1a", "-a", "a-", "a_b", "a.b", "é", "ab\n", "\na", "a b", "constructor", "z".repeat(64)],
] as const;

const kms = (key: string) => `arn:aws:kms:us-east-1:111122223333:${key}`;
const UUID = "1234abcd-12ab-34cd-96ef-1234567890ab";

describe("what a text may be, and what it may not be", () => {
  test.each<[what: string, limit: TextLimit, accepted: readonly string[], refused: readonly string[]]>([
    ["an environment's name", ENVIRONMENT_NAME, ...NAMES],
    ["a tier's name", TIER_NAME, ...NAMES],
    [
      "the ARN of a role",
      ROLE_ARN,
      [
        ..."terraform ci/terraform a/b.c:d!e[]~/f Az09_+=,.@- $a/{b}/r".split(" ").map((end) => ROLE + end),
        ...[`${ROLE}${"r".repeat(64)}`, `${ROLE}${"p".repeat(510)}/r`],
      ],
      [
        ...["", `x${ROLE}r`, `${ROLE}r `, `${ROLE}r\n`, `${ROLE}${"r".repeat(65)}`, `${ROLE}${"p".repeat(511)}/r`],
        ...["", "//", "*", "*/r", "a?/r", "a b/r", "a\\b/r", "é/r", "r!"].map((end) => ROLE + end),
        ...["$", "%", "#", "&"].map((sign) => `${ROLE}${sign}{a}/r`),
        ...["1111222233334", "11112222333", "aaaabbbbcccc"].map((account) => `arn:aws:iam::${account}:role/r`),
        ...["arn:aws-cn:iam::111122223333:role/r", "arn:aws:iam::111122223333:user/r"],
      ],
    ],
    [
      "a profile",
      PROFILE,
      ["a", "team/two@x:1.0+%_-", "p".repeat(128)],
      ["", "a b", "a]", "é", "a\n", " a", "p".repeat(129)],
    ],
    [
      "a bucket",
      BUCKET,
      [..."abc a-b.c 1bc ab1 1.2.3 1.2.3.4a a1.2.3.4 sthree axn--b a.mrap.b x-s3alias-y".split(" "), "b".repeat(63)],
      [
        ..."ab Abc a_c -bc ab- .bc ab. a..b 1.2.3.4 192.168.10.20 xn--abc sthree-abc amzn-s3-demo-abc".split(" "),
        ..."abc-s3alias abc--ol-s3 abc.mrap abc--x-s3 abc--table-s3".split(" "),
        ...["", "abc\n", " abc", "b".repeat(64)],
      ],
    ],
    [
      "a key prefix",
      KEY_PREFIX,
      [..."a a/b_c-d.e/f .a a/..b ... a.".split(" "), "p".repeat(945), `a/${"p".repeat(943)}`],
      [..."/a a/ a//b . .. a/. a/.. ./a ../a a/./b a/../b é".split(" "), "", "a b", "a\n", "p".repeat(946)],
    ],
    [
      "an organization",
      ORGANIZATION,
      ["a", "A", "1", "a_b-C", "o".repeat(255)],
      ["", "_a", "-a", "a b", "a.b", "é", "a\n", " a", "o".repeat(256)],
    ],
    [
      "a workspace prefix",
      WORKSPACE_PREFIX,
      ["a", "_", "-", "aZ0_-", "w".repeat(26)],
      ["", "a b", "a.b", "a\n", " a", "w".repeat(27)],
    ],
    [
      "a KMS key",
      KMS_KEY_ARN,
      [
        ...[
          kms(`key/${UUID}`),
          kms(`key/mrk-${"0af9".repeat(8)}`),
          kms("alias/state/of_-9"),
          kms(`alias/${"a".repeat(250)}`),
        ],
        kms(`key/${UUID.replace("34cd", "1000").replace("96ef", "8000")}`),
        kms(`key/${UUID.replace("34cd", "5fff").replace("96ef", "bfff")}`),
        kms("alias/a").replace("us-east-1", "mx-central-1"),
      ],
      [
        ...["", kms(`key/${UUID}0`), kms(`key/${UUID.slice(1)}`), kms(`key/${UUID.replaceAll("-", "")}`)],
        ...[kms(`key/${UUID.toUpperCase()}`), kms("key/a"), kms("alias/"), kms("alias/a b"), kms("alias/a\n")],
        ...["64cd", "04cd"].map((group) => kms(`key/${UUID.replace("34cd", group)}`)),
        ...["76ef", "c6ef", "96eg"].map((group) => kms(`key/${UUID.replace("96ef", group)}`)),
        ...["0", ""].map((end) => kms(`key/mrk-${"0af9".repeat(8).slice(end === "" ? 1 : 0)}${end}`)),
        ...[kms(`key/mrk-${"0afg".repeat(8)}`), kms(`alias/${"a".repeat(251)}`), `x${kms("alias/a")}`],
        ...["us_east_1", ""].map((region) => kms("alias/a").replace("us-east-1", region)),
        ...["11112222333", "1111222233334"].map((account) => kms("alias/a").replace("111122223333", account)),
        kms("alias/a").replace("aws", "aws-cn"),
      ],
    ],
    [
      "a host",
      HOSTNAME,
      [
        ...GOOD_HOSTS,
        ..."a 1 a1.b2 a.b.c app.terraform.io 10.0.0.1:8443 a-b abc-d-e a:1 a:9 a:10 a:9999 a:10000 a:59999".split(" "),
        ..."a:60000 a:64999 a:65000 a:65499 a:65500 a:65529 a:65530".split(" "),
      ],
      [
        ...[...REFUSED_HOSTS, ...IMPOSSIBLE_HOSTS],
        ...["", " a.com", "a.com ", "a.com\n", `a.${"b".repeat(64)}`],
        ..."A.com a.com. .a.com a: a:01 a:1a a:65600 a:66000 a:70000 a:100000 a:b a.ab--c a.-b a.b- a.b_c".split(" "),
      ],
    ],
    ["the address of GitLab's states", GITLAB_STATES, GITLAB_ADDRESSES, REFUSED_ADDRESSES],
  ])("the pattern for %s accepts the valid texts, and refuses the others", (_, { pattern }, accepted, refused) => {
    expect(accepted.filter((text) => !pattern.test(text))).toEqual([]);
    expect(refused.filter((text) => pattern.test(text))).toEqual([]);
  });
});

/** What the schema of environments.yaml expects of an environment with these entries. */
function expectedOf(entries: object): string[] {
  const whole = { environments: { a: { account: "111122223333", ...entries } } };
  return (environmentsSchema.safeParse(whole).error?.issues ?? []).map(({ message }) => message);
}

test("the Support App's regions are all in the partition aws, and Terraform's S3 backend knows each", () => {
  expect(REGIONS.filter((region) => !(BUCKET_REGIONS as readonly string[]).includes(region))).toEqual([]);
  expect(REGIONS).toHaveLength(9);
  expect([...BUCKET_REGIONS].sort()).toEqual([...BUCKET_REGIONS]);
  for (const region of BUCKET_REGIONS) {
    expect(expectedOf({ backend: { type: "s3", bucket: "states", region } })).toEqual([]);
  }
});

describe("what is expected instead of a wrong value that isn't in bad-inputs/environments.yaml", () => {
  const channel = { name: "oncall", workspace: "T1", channel: "C1" };
  const inChannel = (overrides: object) => ({ full: { channels: [{ ...channel, ...overrides }] } });
  const repeat = (count: number, value: unknown) => Array.from({ length: count }, () => value);
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, "a"]));

  test.each<[entries: object, ...expected: string[]]>([
    [{ tags: { ...tags(50), a: "!" } }, TAG_VALUE.expected, "at most 50 tags, the IAM limit for a role or a policy"],
    [
      { full: { temporarily: repeat(20, { capability: "live-chat", until: "2026-12-31" }) } },
      withWordLists("at most <number of optional capabilities> capabilities, each once"),
    ],
    [{ full: { temporarily: {} } }, "a list of capabilities, such as [{ capability: live-chat, until: 2026-12-31 }]"],
    [{ full: { temporarily: [1] } }, "a mapping with capability and until"],
    [{ full: { "max-session-duration": 43201 } }, MAX_SESSION_DURATION.expected],
    [{ full: { "max-session-duration": 3599 } }, MAX_SESSION_DURATION.expected],
    [inChannel({ "max-members": 501 }), "a whole number from 1 to 500"],
  ])("the error for %j says what is expected", (entries, ...expected) => {
    expect(expectedOf(entries)).toEqual(expected);
  });

  test.each([
    { tags: tags(50) },
    { full: { "max-session-duration": 3600 }, "read-only": { "max-session-duration": 43200 } },
    inChannel({ "max-members": 1 }),
    inChannel({ "max-members": MAX_MEMBERS }),
    inChannel({ private: true, guests: false, shared: false }),
    { full: { channels: repeat(20, channel) } },
  ])("a bound itself is accepted: %j", (entries) => {
    expect(expectedOf(entries)).toEqual([]);
  });
});
