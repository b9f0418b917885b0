import { requesterWords, targetsWords } from "../../../cli/iam/right-words";

const quoted = (text: string) => `"${text}"`;

test("targets are listed, or all but them", () => {
  expect(targetsWords({ not: false, patterns: ["a:*", "b"] }, quoted)).toBe('"a:*", "b"');
  expect(targetsWords({ not: true, patterns: ["a", "b"] }, quoted)).toBe('all but "a", "b"');
});

test.each<[Parameters<typeof requesterWords>[0], string]>([
  [undefined, "anybody"],
  [{ is: "other" }, "anybody"],
  [{ is: "other-of-account", account: "1" }, 'anybody in the account "1"'],
  [{ is: "named", principal: { type: "AWS", id: "arn:x" } }, '"arn:x"'],
  [{ is: "named", principal: { type: "Service", id: "ec2.amazonaws.com" } }, '"Service ec2.amazonaws.com"'],
])("who may assume a role: %j", (requester, words) => {
  expect(requesterWords(requester, quoted)).toBe(words);
});
