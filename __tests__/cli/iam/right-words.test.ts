import { requesterWords, targetsWords } from "../../../cli/iam/right-words";

const quote = (text: string) => `"${text}"`;

test("targets are listed, or everything but them is", () => {
  expect(targetsWords({ not: false, patterns: ["a:*", "b"] }, quote)).toBe('"a:*", "b"');
  expect(targetsWords({ not: true, patterns: ["a", "b"] }, quote)).toBe('all but "a", "b"');
});

test.each<[Parameters<typeof requesterWords>[0], string]>([
  [undefined, "anybody"],
  [{ type: "AWS", id: "*" }, "anybody"],
  [{ type: "AWS", id: "111122223333" }, 'anybody in the account "111122223333"'],
  [{ type: "AWS", id: "arn:x" }, '"arn:x"'],
  [{ type: "Service", id: "ec2.amazonaws.com" }, '"Service ec2.amazonaws.com"'],
])("whoever may assume a role is named: %j", (requester, words) => {
  expect(requesterWords(requester, quote)).toBe(words);
});
