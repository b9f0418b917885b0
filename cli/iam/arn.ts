import { parse, validate } from "@aws-sdk/util-arn-parser";

/** The account in an ARN, `aws` if it is AWS's own. Undefined: it has no account, or isn't an ARN. */
export function accountOfArn(arn: string): string | undefined {
  return validate(arn) ? parse(arn).accountId || undefined : undefined;
}

/** The ARN of a role in an account. @param pathAndName such as `oncall` or `team/oncall` */
export function roleArnIn(account: string, pathAndName: string): string {
  return `arn:aws:iam::${account}:role/${pathAndName}`;
}

/** Path and name of a role or a policy, such as `/team/` and `oncall`. A text that isn't an ARN counts as a name. */
export function pathAndNameOf(arn: string): { readonly path: string; readonly name: string } {
  if (!validate(arn)) return { path: "", name: arn };
  const [, ...folders] = parse(arn).resource.split("/");
  const name = folders.pop() ?? "";
  return { path: ["", ...folders, ""].join("/"), name };
}
