import type { Command } from "commander";
import { jsonText } from "../../../common/json";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { environmentNamed } from "../../arguments/environment";
import { readerCallerPolicy, readerPolicy } from "../../permissions/reader-policy";
import { print } from "../../terminal/print";

export function addCommand(program: Command): void {
  program
    .command("reader-policy")
    .summary("the least privilege that plans, drift and doctor need")
    .description(
      "Print the IAM policy with the least privilege for plans in pull requests, diff, drift and doctor of an environment. It can't write anything. Attach it to whatever these act as: the environment's plan-role or, without one, the credentials that they run with.",
    )
    .argument("<environment>", "name of the environment in environments.yaml")
    .option(
      "--caller",
      "print the policy for the caller that assumes the environment's plan-role: that, and reading the state",
    )
    .addHelpText("after", "\nExit status: 0 printed; 1 an error; 2 wrong usage.")
    .action((name: string, { caller = false }: { caller?: boolean }) => {
      const environment = environmentNamed(name, loadEnvironments());
      print(jsonText(caller ? readerCallerPolicy(environment) : readerPolicy(environment)).split("\n"));
    });
}
