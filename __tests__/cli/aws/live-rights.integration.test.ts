import { IAMClient } from "@aws-sdk/client-iam";
import { readAllRights, readDocuments } from "../../../cli/aws/live-rights";
import { type Answers, awsInTests, CLIENT } from "../../support/answering-aws";
import { healthyAws } from "../../support/healthy-aws";
import { ACCOUNT, DENIED, documentOf } from "../../support/live-account";

const aws = awsInTests();

const role = (name: string) => ({ name, arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, trust: documentOf().known });

async function rightsOf(names: readonly string[], answers: Answers) {
  aws.answers = answers;
  const iam = new IAMClient(CLIENT);
  return readAllRights(iam, names.map(role)).finally(() => iam.destroy());
}

test("of every role, all policies and the boundary are read", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `role${index}`);
  const rights = await rightsOf(names, healthyAws);
  expect(rights.map(({ name }) => name)).toEqual(names);
  for (const { rights: found } of rights) {
    expect(found).toMatchObject({
      policies: { known: [{ name: "AWSSupportAppFullRolePolicy" }, { name: "by-hand" }] },
      boundary: { known: { name: { name: "boundary", arn: `arn:aws:iam::${ACCOUNT}:policy/boundary` } } },
    });
  }
});

test.each([
  ["GetRole", { role: { unknown: {} }, boundary: { unknown: {} }, policies: { known: [{}, {}] } }],
  ["ListAttachedRolePolicies", { role: { known: {} }, boundary: { known: {} }, policies: { unknown: {} } }],
  ["ListRolePolicies", { role: { known: {} }, boundary: { known: {} }, policies: { unknown: {} } }],
  [
    "GetPolicy",
    { boundary: { unknown: {} }, policies: { known: [{ document: { unknown: {} } }, { document: { known: {} } }] } },
  ],
])("without %s, what depends on it is unknown", async (denied, rights) => {
  const answers: Answers = (action, parameters) =>
    action === denied ? { status: 403, code: "AccessDenied" } : healthyAws(action, parameters);
  expect(await rightsOf(["a"], answers)).toMatchObject([{ rights }]);
});

test("a role without a boundary has none, and neither has a role that is removed meanwhile", async () => {
  for (const answer of ["", { status: 404, code: "NoSuchEntity" }]) {
    const answers: Answers = (action, parameters) => {
      const right = healthyAws(action, parameters);
      if (action !== "GetRole" || typeof right !== "string") return right;
      return answer || right.replace(/<PermissionsBoundary>.*<\/PermissionsBoundary>/, "");
    };
    expect(await rightsOf(["a"], answers)).toMatchObject([{ rights: { boundary: { known: undefined } } }]);
  }
});

test("of several policies, those that can be read are known, and the first reason why others can't", () => {
  const known = documentOf({ Effect: "Allow", Action: "a:B", Resource: "*" });
  const other = { unknown: { ...DENIED.unknown, message: "other" } };
  const policies = [
    { name: "a", document: DENIED },
    { name: "b", document: known },
    { name: "c", document: other },
  ];
  expect(readDocuments({ known: policies })).toEqual({
    documents: [{ name: "b", ...known.known }],
    unread: DENIED.unknown,
  });
  expect(readDocuments(DENIED)).toEqual({ documents: [], unread: DENIED.unknown });
  expect(readDocuments({ known: [{ name: "b", document: known }] }).unread).toBeUndefined();
});
