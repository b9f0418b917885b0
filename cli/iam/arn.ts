import { parse, validate } from "@aws-sdk/util-arn-parser";

/** The account in an ARN, `aws` where it is AWS's own. Undefined: it has none, or is no ARN. */
export function accountOfArn(arn: string): string | undefined {
  return validate(arn) ? parse(arn).accountId || undefined : undefined;
}

/** Where a role or a policy is, such as `/team/` and `oncall`. Of what is no ARN, all is the name. */
export function pathAndNameOf(arn: string): { readonly path: string; readonly name: string } {
  if (!validate(arn)) return { path: "", name: arn };
  const [, ...folders] = parse(arn).resource.split("/");
  const name = folders.pop() ?? "";
  return { path: ["", ...folders, ""].join("/"), name };
}
