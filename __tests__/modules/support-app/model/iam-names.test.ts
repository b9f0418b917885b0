import { iamNamesOf, policyArnOf, roleArnOf } from "../../../../modules/support-app/model/iam-names";

const account = "111122223333";

test("the names of role and policy are the access level's, unless others are given", () => {
  expect(iamNamesOf({ access: "full" })).toEqual({
    roleName: "AWSSupportAppFullRole",
    policyName: "AWSSupportAppFullRolePolicy",
  });
  expect(iamNamesOf({ access: "read-only", roleName: "watch", policyName: "watch-policy" })).toEqual({
    roleName: "watch",
    policyName: "watch-policy",
  });
});

test("AWS's managed policy needs no name in the account", () => {
  expect(iamNamesOf({ access: "full", policy: "aws-managed" })).toEqual({
    roleName: "AWSSupportAppFullRole",
    policyName: undefined,
  });
  expect(policyArnOf({ access: "full", policy: "aws-managed", account, path: "/support/" })).toBe(
    "arn:aws:iam::aws:policy/AWSSupportAppFullAccess",
  );
});

test("the ARNs of role and policy have the path in them", () => {
  expect(roleArnOf({ access: "full", account })).toBe("arn:aws:iam::111122223333:role/AWSSupportAppFullRole");
  expect(policyArnOf({ access: "full", account })).toBe("arn:aws:iam::111122223333:policy/AWSSupportAppFullRolePolicy");
  expect(roleArnOf({ access: "read-only", account, path: "/support/", roleName: "watch" })).toBe(
    "arn:aws:iam::111122223333:role/support/watch",
  );
  expect(policyArnOf({ access: "read-only", account, path: "/support/", policyName: "watch" })).toBe(
    "arn:aws:iam::111122223333:policy/support/watch",
  );
});
