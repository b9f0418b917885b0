import type { Access } from "../../../../modules/support-app/model/access";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../../../modules/support-app/model/iam-names";

const IAM = "arn:aws:iam::111122223333:";
const watch = { access: "read-only", roleName: "watch", policyName: "watch-policy", path: "/support/" } as const;

test.each<[Access, roleName: string, policyName: string | undefined, roleArn: string, policyArn: string]>([
  [
    { access: "full" },
    ...(["AWSSupportAppFullRole", "AWSSupportAppFullRolePolicy"] as const),
    ...([`${IAM}role/AWSSupportAppFullRole`, `${IAM}policy/AWSSupportAppFullRolePolicy`] as const),
  ],
  [watch, "watch", "watch-policy", `${IAM}role/support/watch`, `${IAM}policy/support/watch-policy`],
  [
    { ...watch, policy: "aws-managed", policyName: undefined },
    ...(["watch", undefined] as const),
    ...([`${IAM}role/support/watch`, "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess"] as const),
  ],
])("%j has names and ARNs", (access, roleName, policyName, roleArn, policyArn) => {
  expect(iamNamesOf(access)).toEqual({ roleName, policyName });
  expect(roleArnOf({ ...access, account: "111122223333" })).toBe(roleArn);
  expect(policyArnOf({ ...access, account: "111122223333" })).toBe(policyArn);
});
