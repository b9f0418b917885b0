import { authorize } from "../../../cli/iam/authorize";
import { awsManagedPolicy } from "../../../cli/iam/aws-managed-policies";

function allows(name: string, action: string): boolean {
  const policy = awsManagedPolicy(`arn:aws:iam::aws:policy/${name}`);
  if (policy === undefined) throw new Error(`There is no ${name}.`);
  return authorize([{ name, policy }], { action }).is === "allowed";
}

test.each<[name: string, action: string, isAllowed: boolean]>([
  ["AWSSupportAppFullAccess", "support:CreateCase", true],
  ["AWSSupportAppFullAccess", "iam:CreateRole", false],
  ["AWSSupportAppReadOnlyAccess", "support:DescribeCases", true],
  ["AWSSupportAppReadOnlyAccess", "support:CreateCase", false],
  ["AdministratorAccess", "support:CreateCase", true],
  ["AdministratorAccess", "iam:CreateRole", true],
])("%s allows %s: %s", (name, action, isAllowed) => {
  expect(allows(name, action)).toBe(isAllowed);
});

test("other AWS managed policies are unknown, and so is a policy of the same name in an account", () => {
  expect(awsManagedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess")).toBeUndefined();
  expect(awsManagedPolicy("arn:aws:iam::111122223333:policy/AWSSupportAppFullAccess")).toBeUndefined();
});
