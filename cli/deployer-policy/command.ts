import type { Command } from "commander";
import type { Environment } from "../../stacks/environment";
import { loadEnvironments } from "../../stacks/environments";
import { CommandError } from "../command-error";
import { environmentNamed } from "../environment";
import type { PolicyDocument } from "../iam/policy-document";
import { jsonText } from "../json";
import { print, tell } from "../print";
import { callerPolicy, deployerPolicy, notPreventedBy } from "./deployer-policy";

/** Adds `support-app deployer-policy ENV`. */
export function addDeployerPolicyCommand(program: Command): void {
  program
    .command("deployer-policy")
    .summary("the least privilege that deploying an environment needs")
    .description(
      "Print the IAM policy with the least privilege for deploying, changing and destroying an environment. Attach it to whatever Terraform acts as: the environment's deploy-role or, without one, the credentials that Terraform runs with.",
    )
    .argument("<environment>", "name of the environment in environments.yaml")
    .option(
      "--caller",
      "print the policy for the caller that assumes the environment's deploy-role: that, and access to the state's bucket",
    )
    .addHelpText("after", "\nExit status: 0 printed; 1 an error; 2 wrong usage.")
    .action((name: string, { caller }: { caller?: boolean }) => {
      const environment = environmentNamed(name, loadEnvironments());
      print(jsonText(policyOf(environment, caller === true)).split("\n"));
      const notPrevented = caller ? [] : notPreventedBy(environment);
      if (notPrevented.length > 0) tell(["What it doesn't prevent:", ...notPrevented.map((line) => `- ${line}`)]);
    });
}

function policyOf(environment: Environment, caller: boolean): PolicyDocument {
  const { name } = environment;
  if (!caller) return policyOfEntries(environment);
  if (environment.deployRole === undefined) {
    throw new CommandError(
      `Received --caller for ${name}, expected an environment with a deploy-role: without one, the caller deploys with credentials of the account itself. Leave --caller out.`,
    );
  }
  return callerPolicy(environment, environment.deployRole);
}

/** IAM rejects a policy without a statement. */
function policyOfEntries(environment: Environment): PolicyDocument {
  const policy = deployerPolicy(environment);
  if (policy.Statement.length > 0) return policy;
  throw new CommandError(
    `Received ${environment.name}, which is retired and has no entries left, expected the entries that its deploy removes, since the policy is derived from them. Put them back beside retired: true.`,
  );
}
