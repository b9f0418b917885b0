import type { Terraform } from "../../cli/terraform/synthesized-folder";
import { DIGEST_OUTPUT, digestOutput } from "../../stacks/output/stack-digest";

/** A stack's Terraform in JSON that a test has changed, with the digest that it has as it stands. */
export function digested(text: string): Terraform {
  const terraform = JSON.parse(text);
  return { ...terraform, output: { ...terraform.output, [DIGEST_OUTPUT]: digestOutput(terraform) } };
}
