import { formatList } from "../../../common/format-list";
import { jsonText } from "../../../common/json";
import type { Environment } from "../../../stacks/environments/environment";
import { sizeBeyondLimits, stackSetTemplate } from "../../../stacks/portable/stack-set-template";
import { CommandError } from "../../terminal/command-error";

/**
 * The access of all environments as a CloudFormation template.
 *
 * @throws CommandError when CloudFormation couldn't create it or would replace something in it, or it is larger than AWS takes
 */
export function stackSetText(environments: readonly Environment[]): string {
  const adopting = environments.filter(({ accesses, channels }) =>
    [...accesses, ...channels].some(({ adopt }) => adopt),
  );
  if (adopting.length > 0) {
    throw new CommandError(
      `Received --cloudformation with adopt in ${formatList(adopting.map(({ name }) => name))}, expected environments without adopt: CloudFormation can't take over what exists. Deploy these environments with Terraform, or delete what was made by hand and remove adopt.`,
    );
  }
  const template = stackSetTemplate(environments);
  const text = jsonText(template);
  if (text.includes("{{")) {
    throw new CommandError(
      "Received --cloudformation with {{ in environments.yaml, such as in a description, expected none: CloudFormation replaces {{resolve:…}} with a parameter or a secret. Remove it.",
    );
  }
  const excess = sizeBeyondLimits(template, text);
  if (excess === undefined) return text;
  throw new CommandError(
    `Received ${environments.length} environments, which need ${excess}. Split environments.yaml into several files, name each in SUPPORT_APP_ENVIRONMENTS, and publish each into its own folder.`,
  );
}
