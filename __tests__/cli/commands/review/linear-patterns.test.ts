import { accountOfArn, pathAndNameOf } from "../../../../cli/iam/arn";
import { holds } from "../../../../cli/iam/condition";
import { matches, mayOverlap } from "../../../../cli/iam/pattern";
import { hasTemplate, readPolicy } from "../../../../cli/iam/policy";
import { accountOfPrincipal, isWholeAccount } from "../../../../cli/iam/principal";
import { code, markdownTable } from "../../../../cli/terminal/markdown";
import { readStack } from "../../../../cli/terraform/stack";
import { parseStack } from "../../../../cli/terraform/synthesized-folder";
import { jsonText, parseAllOfJson } from "../../../../common/json";
import { printableLines } from "../../../../common/printable";
import { readRulesRecord } from "../../../../stacks/environments/rules/rules-record";
import { readEnvironmentFile } from "../../../../stacks/output/environment-file";
import { cpuTime } from "../../../support/cpu-time";
import { edited, ONCALL, set, stackOf } from "../../../support/edited-stack";
import { isThorough } from "../../../support/thorough";

/** Characters of the longer text. */
const SIZE = isThorough ? 1_000_000 : 64_000;

/** How much shorter the other text is. Quadratic time would be the square of that. */
const TIMES = 16;

/** Microseconds of CPU that decide nothing: a collection of garbage takes as much. */
const NOISE = 2_000;

/** What texts repeat: of every kind of character one, and beginnings of what patterns look for. */
const UNITS = [
  ...["a", "[", "${", "* ", '"', "\\", "#", "##a", " ", "\n", "\n#", "1", ":", "/", "?", "*", "*a", "`", "{", "("],
  ...["data.", "a.", "arn:", "arn:aws:iam::", '"a" = "', '"a" = ', "/*", "\\u{", "&{", "\u00e9", "\ufe0f", "\u{1f600}"],
];

const WHOLE = stackOf(`full: { ${ONCALL} }`);
const unlessBroken = (attempt: () => unknown) => {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
};

/** The functions with patterns that read what a pull request may contain. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  "a template": (text) => hasTemplate(text),
  "a stack's text": (text) => unlessBroken(() => parseStack(`{"a": ${JSON.stringify(text)}}`)),
  "what isn't JSON": (text) => unlessBroken(() => parseAllOfJson(`{"a": 1${text}}`)),
  "empty lists": (text) => unlessBroken(() => parseAllOfJson(`[${"[\n ],".repeat(text.length / 8)}[]]`)),
  "a stack's sections": (text) =>
    readStack(
      "paid",
      edited(WHOLE, (draft) => {
        Object.assign(draft, { [text]: text, moved: [{ from: text, to: text }] });
        set(draft, "resource aws_iam_role full description", text);
        Object.assign(draft.resource, { aws_sns_topic: { [text]: { name: text, tags: { [text]: text } } } });
        draft.output[text] = { value: text };
      }),
    ),
  "an environment": (text) =>
    readEnvironmentFile("paid", {
      ...(WHOLE.environmentFile as object),
      environment: {
        account: text,
        region: text,
        backend: { type: "s3", bucket: text, region: text, prefix: text },
        "deploy-role": text,
        "account-alias": text,
        "slack-workspaces": [text],
        tags: { [text]: text },
        full: {
          "role-name": text,
          "policy-name": text,
          description: text,
          path: `/${text}/`,
          until: text,
          "permissions-boundary": text,
          channels: [{ name: text, workspace: text, channel: text }],
        },
      },
    }),
  "an address": (text) =>
    ["https://a.", "https://a/", "https://a/api/v4/projects/a%2F", "x://"].map((start) =>
      readEnvironmentFile("paid", {
        ...(WHOLE.environmentFile as object),
        environment: { account: text, backend: { type: "http", address: start + text } },
      }),
    ),
  "a trust policy": (text) => {
    const principals = ["AWS", "Service"].map((type) => ({ type, id: text }));
    for (const principal of principals) [accountOfPrincipal(principal), isWholeAccount(principal)];
  },
  "a condition": (text) => [
    holds({ operator: text, key: "a", values: [text] }, text),
    holds({ operator: "StringEqualsIgnoreCase", key: "a", values: [text] }, text),
    holds({ operator: "ArnLike", key: "a", values: [text] }, text),
    holds({ operator: "DateLessThan", key: "aws:currenttime", values: [text] }, text),
  ],
  "an ARN": (text) => [accountOfArn(text), pathAndNameOf(`arn:aws:iam::1:${text}`)],
  "a policy": readPolicy,
  "a pattern": (text) => [
    matches(`${text}*`, "support:createcase"),
    matches("*a*b", text),
    mayOverlap(text, `${text}*`),
  ],
  "rules and tiers": (text) =>
    readRulesRecord(
      {
        rules: { all: { path: `/${text}`, "permissions-boundary": `policy/${text}`, tags: { [text]: {} } } },
        tiers: { [text]: text },
      },
      [text],
    ),
  "what is printed": (text) => [printableLines(text), code(text), markdownTable([text], [[text]]), jsonText(text)],
};

test.each(Object.entries(READERS))("%s is read in linear time", (_, reader) => {
  for (const unit of isThorough ? UNITS : UNITS.slice(0, 4)) {
    for (const end of isThorough ? ["", "!"] : ["!"]) {
      const time = (size: number) => {
        const text = unit.repeat(size / unit.length) + end;
        return cpuTime(() => reader(text), 2) + NOISE;
      };
      expect([unit, time(SIZE) < 3 * TIMES * time(SIZE / TIMES)]).toEqual([unit, true]);
    }
  }
});
