import {
  ACCOUNT_ALIAS,
  ACCOUNT_ID,
  DESCRIPTION,
  PATH,
  POLICY_ARN,
  POLICY_NAME,
  ROLE_NAME,
  SLACK_CHANNEL,
  SLACK_CHANNEL_NAME,
  SLACK_WORKSPACE,
  TAG_KEY,
  TAG_VALUE,
  TEAM_NAME,
  type TextLimit,
} from "../../../../modules/support-app/model/limits";

const ARN = "arn:aws:iam::111122223333:policy/";

const CASES: Readonly<Record<string, [TextLimit, accepted: string[], rejected: string[]]>> = {
  "a role's name": [ROLE_NAME, ["r", "A_+=,.@-9", "r".repeat(64)], ["", "a b", "a/b", "é", "r\n", "r".repeat(65)]],
  "a policy's name": [POLICY_NAME, ["p", "A_+=,.@-9", "p".repeat(128)], ["", "a b", "a/b", "p\n", "p".repeat(129)]],
  "a description": [
    DESCRIPTION,
    ["a", "é ÿ ¡ ~ !", "costs $5, 5 %, #5 & {more}", "d".repeat(1000)],
    ["", "two\nlines", "a\\b", "${a}", "a %{b}", "a #{b}", "a &{b}", "日本", "d".repeat(1001)],
  ],
  "a team's name": [
    TEAM_NAME,
    ["a", "on-call", "data-2", "trust", "a-trusted", "full-time", "a".repeat(32)],
    ["", "-a", "a-", "2a", "A", "a_b", "é", "a\n", "full", "read-only", "a-trust", "a".repeat(33)],
  ],
  "a path": [
    PATH,
    ["/", "/support/", "/a/b.,+@=_-/", `/${"p".repeat(510)}/`],
    ["", "support", "/support", "support/", "//", "/a b/", "/a/\n", `/${"p".repeat(511)}/`],
  ],
  "an account's ID": [
    ACCOUNT_ID,
    ["111122223333", "000000000000"],
    ["", "11112222333", "1111222233334", "a111122223333", "111122223333\n", "1111-2222-3333"],
  ],
  "a policy's ARN": [
    POLICY_ARN,
    [
      `${ARN}boundary`,
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
      "arn:aws:iam::aws:policy/job-function/Billing",
      `${ARN}a:b/c/${"p".repeat(128)}`,
      `${ARN}$a/#b/&c/{d}/boundary`,
    ],
    [
      "",
      `x${ARN}boundary`,
      `${ARN}boundary `,
      `${ARN}${"p".repeat(129)}`,
      `${ARN}/`,
      "arn:aws-cn:iam::111122223333:policy/boundary",
      "arn:aws:iam::111122223333:role/boundary",
      "arn:aws:iam::1111:policy/boundary",
      `${ARN}\${a}/boundary`,
      `${ARN}%{a}/boundary`,
      `${ARN}#{a}/boundary`,
      `${ARN}&{a}/boundary`,
    ],
  ],
  "a tag's key": [
    TAG_KEY,
    ["Owner", "Größe + Nr. 1:2/3=4@5_6-7", "forty", "for-x", "__proto__s", "_children2", "awsome", "k".repeat(128)],
    ["", "for", "__proto__", "_children", "-a", "aws:a", "AWS:a", "aWs:a", "a\tb", "<a>", "k".repeat(129)],
  ],
  "a tag's value": [TAG_VALUE, ["", "ü/1:2=3@4", "v".repeat(256)], ["<none>", "a\tb", "v".repeat(257)]],
  "a Slack workspace": [
    SLACK_WORKSPACE,
    ["T0", "T012ABCDEFG", `T${"1".repeat(255)}`],
    ["", "T", "XT012ABCDEFG", "C012ABCDEFG", "t012abcdefg", "T012abcdefg", `T${"1".repeat(256)}`],
  ],
  "a Slack channel": [
    SLACK_CHANNEL,
    ["C0", "C01234A5BCD", "G01234A5BCD", `C${"1".repeat(255)}`],
    ["", "C", "XC01234A5BCD", "D01234A5BCD", "c01234a5bcd", "C01234a5bcd", `C${"1".repeat(256)}`],
  ],
  "a Slack channel's name": [
    SLACK_CHANNEL_NAME,
    ["a", "support-oncall_1", "größe", "サポート", "é", "n".repeat(80)],
    ["", "#support", "a b", "a.b", "n".repeat(81)],
  ],
  "an alias": [ACCOUNT_ALIAS, ["a", "Payments EU_1-2", "a".repeat(30)], ["", "a.b", "é", "a\n", "a".repeat(31)]],
};

test.each(Object.entries(CASES))("%s is accepted as AWS accepts it", (_, [{ pattern }, accepted, rejected]) => {
  expect(accepted.filter((text) => !pattern.test(text))).toEqual([]);
  expect(rejected.filter((text) => pattern.test(text))).toEqual([]);
});
