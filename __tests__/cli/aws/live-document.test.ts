import { documentIn, readLiveDocument, spelledIn, unsupportedWords } from "../../../cli/aws/live-document";
import { authorize } from "../../../cli/iam/authorize";
import { BrokenAnswer } from "../../../common/broken-answer";
import { OBJECT_NAMES } from "../../support/object-names";

test.each(OBJECT_NAMES)("a condition with an operator or a key that every object has is never ignored: %j", (name) => {
  const trust = `{"Effect":"Allow","Action":"a:B","Principal":"*","Condition":{"${name}":{"aws:x":"a"}}}`;
  const otherTrust = trust.replace(name, "StringEquals").replace("aws:x", name);
  for (const statement of [trust, otherTrust]) {
    const { policy } = readLiveDocument(`{"Version":"2012-10-17","Statement":[${statement}]}`);
    expect([statement, authorize([{ name, policy }], { action: "a:B" }).is]).not.toEqual([statement, "allowed"]);
  }
});

test("a document of IAM is decoded", () => {
  const text = '{"Version":"2012-10-17","Statement":[]}';
  expect(documentIn({ Document: encodeURIComponent(text) }, "Document")).toEqual(readLiveDocument(text));
});

test.each([
  [undefined, "nothing"],
  ["%7B%22Version%22", '"%7B%22Version%22"'],
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
])("%s is spelled %s", (name, spelling) => {
  const text = '["support:CreateCase", "support:createcase"]';
  expect(spelledIn({ text, policy: { statements: [], unreadable: [] } }, name)).toBe(spelling);
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
