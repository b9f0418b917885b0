import { readLiveDocument } from "../../../cli/aws/live-document";
import type { Right } from "../../../cli/iam/compare";
import { requesterWords, rightWords } from "../../../cli/import/rights";
import { policyText } from "../../support/live-account";

const SECURE = { operator: "Bool", key: "aws:securetransport", values: ["true"] };
const targets = (...patterns: string[]) => ({ not: false, patterns });

function right(more: Partial<Right> = {}): Right {
  return {
    ...{ action: targets("support:resolvecase"), resource: targets("*"), allowed: { when: [], unless: [] } },
    ...{ example: { action: "support:resolvecase", resource: "arn:x", keys: {} }, depends: [], ...more },
  };
}

const DOCUMENT = readLiveDocument(policyText({ Effect: "Allow", Action: ["S3:GetObject"], Resource: "*" }));

test.each<[Partial<Right>, string]>([
  [{}, "support:ResolveCase"],
  [{ action: targets("s3:getobject") }, "S3:GetObject"],
  [{ action: targets("s3:putobject", "support:createcase") }, "s3:putobject, support:CreateCase"],
  [{ action: { not: true, patterns: ["s3:*", "iam:*"] } }, "everything but s3:*, iam:*"],
  [{ resource: targets("arn:aws:s3:::A", "arn:b") }, "support:ResolveCase on arn:aws:s3:::A, arn:b"],
  [{ resource: { not: true, patterns: ["*"] } }, "support:ResolveCase on everything but *"],
  [{ allowed: { when: [[SECURE]], unless: [] } }, "support:ResolveCase under a condition"],
  [{ allowed: { when: [], unless: [[SECURE]] } }, "support:ResolveCase under a condition"],
  [{ otherwise: { when: [[SECURE]], unless: [] } }, "support:ResolveCase in more cases"],
  [
    { resource: targets("arn:b"), allowed: { when: [[SECURE]], unless: [] }, otherwise: { when: [], unless: [] } },
    "support:ResolveCase on arn:b under a condition in more cases",
  ],
])("the right %j in words, as the documents or AWS spell it: %s", (more, words) => {
  expect(rightWords(right(more), [readLiveDocument("{}"), DOCUMENT])).toBe(words);
});

test.each<[Right["requester"], string]>([
  [undefined, "Anyone else"],
  [{ is: "other" }, "Anyone else"],
  [{ is: "other-of-account", account: "444455556666" }, "Anyone in the account 444455556666"],
  [{ is: "named", principal: { type: "Service", id: "ec2.amazonaws.com" } }, "ec2.amazonaws.com"],
])("the principal %j begins a sentence as %s", (requester, words) => {
  expect(requesterWords(right({ requester }))).toBe(words);
});
