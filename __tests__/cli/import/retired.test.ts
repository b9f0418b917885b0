import { withRetired } from "../../../cli/import/retired";

test.each([
  [
    "within braces",
    "environments:\n  a: { account: x } # one\n",
    "environments:\n  a: { account: x, retired: true } # one\n",
  ],
  [
    "in lines, after the last key and the comments of its own",
    "environments:\n  a:\n    account: x\n    full:\n      path: /\n      # of full\n    # of a\n\n  b: 1\n",
    "environments:\n  a:\n    account: x\n    full:\n      path: /\n      # of full\n    retired: true\n    # of a\n\n  b: 1\n",
  ],
  [
    "without a line break at the end",
    "environments:\n  a:\n    account: x",
    "environments:\n  a:\n    account: x\n    retired: true\n",
  ],
  [
    "with other line breaks and a mark",
    "\ufeffenvironments:\r\n  a:\r\n    account: x\r\n",
    "\ufeffenvironments:\r\n  a:\r\n    account: x\r\n    retired: true\r\n",
  ],
  [
    "in place of another value",
    "environments:\n  a:\n    retired: false # yet\n    account: x\n",
    "environments:\n  a:\n    retired: true # yet\n    account: x\n",
  ],
  [
    "in an environment that merges another",
    "environments:\n  b: &b { account: y }\n  a:\n    <<: *b\n",
    "environments:\n  b: &b { account: y }\n  a:\n    <<: *b\n    retired: true\n",
  ],
  [
    "overriding a merged value",
    "environments:\n  b: &b { retired: false }\n  a: { <<: *b }\n",
    "environments:\n  b: &b { retired: false }\n  a: { <<: *b, retired: true }\n",
  ],
  [
    "within braces of several lines",
    "environments:\n  a: {\n    account: x, # one\n  }\n",
    "environments:\n  a: {\n    account: x, retired: true, # one\n  }\n",
  ],
  [
    "with everything in braces",
    "{ environments: { a: { account: x }, b: { account: y } } }\n",
    "{ environments: { a: { account: x, retired: true }, b: { account: y } } }\n",
  ],
])("%s", (_, text, expected) => {
  expect(withRetired(text, ["a"])).toBe(expected);
});

test("several, whatever their order", () => {
  const text = "environments:\n  a: { x: 1 }\n  b: { x: 2 }\n  c:\n    x: 3\n";
  const retired = "environments:\n  a: { x: 1, retired: true }\n  b: { x: 2 }\n  c:\n    x: 3\n    retired: true\n";
  expect(withRetired(text, ["c", "a"])).toBe(retired);
});

test.each([
  ["an alias", "environments:\n  b: &b { account: y }\n  a: *b\n"],
  ["what others merge", "environments:\n  a: &a { account: y }\n  b: { <<: *a, account: x }\n"],
  ["what another has by an alias", "environments:\n  a: &a { account: y }\n  b: *a\n"],
])("%s can't be retired by itself", (_, text) => {
  expect(withRetired(text, ["a"])).toBeUndefined();
});
