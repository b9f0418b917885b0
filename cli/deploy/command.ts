import type { Command } from "commander";
import type { Environment } from "../../stacks/environment";
import { loadEnvironments } from "../../stacks/environments";
import { UsageError } from "../command-error";
import { environmentNamed } from "../environment";
import { tell } from "../print";
import { runApp } from "./app";
import { changeEnvironment, type Kind } from "./change";
import { Interrupted, isTerminal, withChildren } from "./children";

interface DeployOptions {
  readonly autoApprove?: boolean;
}

const HOW =
  "It runs the app in cdktf.json, which writes cdktf.out, and then Terraform in the environment's folder there; TERRAFORM_BINARY_NAME names another Terraform or OpenTofu. Several environments are taken one after another, and the first that fails is the last.";

/** Adds `support-app diff`, `deploy` and `destroy`. */
export function addDeployCommands(program: Command): void {
  const add = (kind: Kind, summary: string, description: string) =>
    program
      .command(kind)
      .summary(summary)
      .description(`${description} ${HOW}`)
      .argument("<environments...>", "names of environments in environments.yaml")
      .action((names: string[], options: DeployOptions) => act(kind, names, options));
  add("diff", "what a deploy would change", "Show what a deploy would change, and change nothing.");
  add("deploy", "deploy environments", "Deploy environments: show the plan, ask, and apply that very plan.").option(
    "--auto-approve",
    "don't ask, such as in a script",
  );
  add(
    "destroy",
    "destroy what was deployed",
    "Destroy what was deployed: show the plan, ask, and apply that very plan. It never destroys the Service Quotas role; to remove everything else, set retired: true and deploy.",
  ).option("--auto-approve", "don't ask, such as in a script");
}

async function act(kind: Kind, names: readonly string[], { autoApprove = false }: DeployOptions): Promise<void> {
  const all = loadEnvironments();
  const environments = [...new Set(names)].map((name) => environmentNamed(name, all));
  if (kind !== "diff" && !autoApprove && !isTerminal()) {
    throw new UsageError(
      `Received no terminal to ask on, expected one or --auto-approve. Nothing was changed. Look at support-app diff ${environments.map(({ name }) => name).join(" ")}, and add --auto-approve.`,
    );
  }
  const done: Environment[] = [];
  try {
    await withChildren(async (children) => {
      const output = await runApp(children);
      for (const environment of environments) {
        await changeEnvironment(environment, { kind, autoApprove, output, children });
        done.push(environment);
        const { aborted, reason } = children.stop;
        if (aborted) throw new Interrupted(`Received ${reason}. ${environment.name} is done, and nothing after it.`);
      }
    });
  } finally {
    const isDone = done.length === environments.length;
    if (environments.length > 1 && !isDone) tell(progress(environments, done));
  }
}

function progress(all: readonly Environment[], done: readonly Environment[]): string {
  const names = (some: readonly Environment[]) => some.map(({ name }) => name).join(", ") || "none";
  return `Done: ${names(done)}. Not done: ${names(all.filter((one) => !done.includes(one)))}.`;
}
