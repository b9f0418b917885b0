import type { Command } from "commander";
import { jsonText } from "../../../common/json";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { environmentNamed } from "../../arguments/environment";
import { callerPolicy, deployerPolicy, notPreventedBy } from "../../permissions/deployer-policy";
import { print, printError } from "../../terminal/print";

/** Maximum number of characters of a managed policy, and of all inline policies of a role. Source: IAM User Guide, IAM and STS quotas. */
const [MAX_MANAGED, MAX_INLINE] = [6_144, 10_240];

export function addCommand(program: Command): void {
  program
    .command("deployer-policy")
    .summary("the least privilege that deploying needs")
    .description(
      "Print the IAM policy with the least privilege for deploying, changing and destroying an environment. Attach it to whatever Terraform acts as: the environment's deploy-role or, without one, the credentials that Terraform runs with.",
    )
    .argument("<environment>", "name of the environment in environments.yaml")
    .option(
      "--caller",
      "print the policy for the caller that assumes the environment's deploy-role: that, and access to the state's bucket",
    )
    .addHelpText("after", "\nExit status: 0 printed; 1 an error; 2 wrong usage.")
    .action((name: string, { caller = false }: { caller?: boolean }) => {
      const environment = environmentNamed(name, loadEnvironments());
      const policy = caller ? callerPolicy(environment) : deployerPolicy(environment);
      print(jsonText(policy).split("\n"));
      const size = JSON.stringify(policy).length; // IAM doesn't count white space
      if (size > MAX_MANAGED) {
        const fix =
          size > MAX_INLINE
            ? `A role's inline policies have at most ${MAX_INLINE}. Divide its statements among several managed policies.`
            : "Add it to the role as an inline policy, which may have more.";
        printError(`It has ${size} characters, and IAM accepts ${MAX_MANAGED} in a managed policy. ${fix}`);
      }
      const notPrevented = caller ? [] : notPreventedBy(environment);
      if (notPrevented.length > 0) printError(["What it doesn't prevent:", ...notPrevented.map((line) => `- ${line}`)]);
    });
}
