import { BrokenAnswer } from "../../../cli/aws/broken-answer";
import { documentIn, readLiveDocument, spelledIn, unsupportedWords } from "../../../cli/aws/live-document";
import { authorize } from "../../../cli/iam/authorize";
import { OBJECT_NAMES } from "../../support/object-names";

/** A trust, in JSON that AWS would take for a condition or not: `__proto__` stands there as any other key. */
const trustWith = (operator: string, key: string) =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"supportapp.amazonaws.com"},"Condition":{${JSON.stringify(operator)}:{${JSON.stringify(key)}:"a"}}}]}`;

test.each(
  OBJECT_NAMES.flatMap((name) => [
    [name, "aws:PrincipalOrgID"],
    [name, name],
    ["StringEquals", name],
  ]),
)("a condition with the operator %s and the key %s is never ignored", (operator, key) => {
  const document = readLiveDocument(trustWith(operator, key));
  const request = { action: "sts:AssumeRole", service: "supportapp.amazonaws.com" };
  expect(authorize([{ name: "trust", policy: document.policy }], request).is).not.toBe("allowed");
});

test("a document of IAM is decoded", () => {
  const text = trustWith("StringEquals", "aws:PrincipalOrgID");
  expect(documentIn({ Document: encodeURIComponent(text) }, "Document")).toEqual(readLiveDocument(text));
});

test.each([
  [undefined, "nothing"],
  ["%7B%22Version%22", '"%7B%22Version%22"'],
  ["%5B%5D", '"%5B%5D"'],
  ["%", '"%"'],
])("%j isn't a document of IAM", (encoded, received) => {
  expect(() => documentIn({ Document: encoded }, "Document")).toThrow(
    new BrokenAnswer(`received ${received} as Document, expected a policy document`),
  );
});

test.each([
  ["support:createcase", "support:CreateCase"],
  ["sts:assumerole", "sts:assumerole"],
  ["createcase", "createcase"],
])("%s is spelled %s", (name, spelled) => {
  const text = '["support:CreateCase", "support:createcase"]';
  expect(spelledIn({ text, policy: { statements: [], unreadable: [] } }, name)).toBe(spelled);
});

test("the first of what is written is spelled, even at the beginning", () => {
  expect(spelledIn({ text: '"a:B"', policy: { statements: [], unreadable: [] } }, "a:b")).toBe("a:B");
});

test("what is unsupported is quoted", () => {
  const parts = [
    { reason: "not-json", source: "{" } as const,
    { reason: "no-effect", source: { Action: "a" } } as const,
  ];
  expect(unsupportedWords(parts)).toBe(
    'unsupported (a policy that isn\'t JSON, or has a key twice): {; unsupported (a statement that neither allows nor denies): {"Action":"a"}',
  );
});
