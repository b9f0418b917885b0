import { accountOfArn, pathAndNameOf } from "../../../cli/iam/arn";

test.each<[arn: string, account: string | undefined]>([
  ["arn:aws:iam::111122223333:role/oncall", "111122223333"],
  ["arn:aws:iam::aws:policy/AWSSupportAppFullAccess", "aws"],
  ["arn:aws:s3:::state-of-acme", undefined],
  ["AWSSupportAppFullRole", undefined],
  ["", undefined],
])("the account in %j is %s", (arn, account) => {
  expect(accountOfArn(arn)).toBe(account);
});

test.each<[arn: string, path: string, name: string]>([
  ["arn:aws:iam::111122223333:role/oncall", "/", "oncall"],
  ["arn:aws:iam::111122223333:role/team/a/oncall", "/team/a/", "oncall"],
  ["arn:aws:iam::111122223333:role/team:a/oncall", "/team:a/", "oncall"],
  ["arn:aws:iam::111122223333:root", "/", ""],
  ["oncall", "", "oncall"],
  ["team/oncall", "", "team/oncall"],
])("%j has the path %j and the name %j", (arn, path, name) => {
  expect(pathAndNameOf(arn)).toEqual({ path, name });
});
