import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { formatCount } from "../../../common/format-count";
import { jsonText } from "../../../common/json";
import { describe, describePath } from "../../../common/problem";
import { ENVIRONMENT_NAME } from "../../../modules/support-app/model/limits";
import type { Environment } from "../../../stacks/environments/environment";
import {
  environmentsFile,
  loadEnvironments,
  parseEnvironments,
  readEnvironments,
} from "../../../stacks/environments/environments";
import { cloudOrganization, cloudWorkspace } from "../../../stacks/environments/state-location";
import { ANOTHER_PLACE } from "../../../stacks/self-checks";
import { environmentNamed } from "../../arguments/environment";
import { CommandError, UsageError } from "../../terminal/command-error";
import { print } from "../../terminal/print";
import { isConfirmed } from "../../terminal/question";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { type Children, Interrupted, isTerminal, withChildren } from "../../terraform/children";
import { foreignResource, hasAllOf, replacing, type StateFile, withoutResources } from "./state-file";
import { type MovableBackend, type StatePlace, statePlace } from "./state-place";

const NOTHING_CHANGED = "Nothing was changed.";

/** Adds `support-app move`. */
export function addCommand(program: Command): void {
  program
    .command("move")
    .summary("the state of a renamed environment")
    .description(
      "Move the state of an environment whose key in environments.yaml has been renamed, so that a deploy under the new name has nothing to do. Nobody's access changes. It needs credentials that may read and write both places of the state. If it is interrupted, run it again. TERRAFORM_BINARY_NAME names another Terraform or OpenTofu.",
    )
    .argument("<old>", "the former name, which environments.yaml no longer has")
    .argument("<new>", "the name in environments.yaml")
    .option("--auto-approve", "don't ask, such as in a script")
    .addHelpText("after", `\n${ANOTHER_PLACE}\n\nExit status: 0 moved; 1 an error; 2 wrong usage; 130 interrupted.`)
    .action((former: string, name: string, { autoApprove = false }: { autoApprove?: boolean }) => {
      const environment = renamedEnvironment(former, name);
      const backend = movableBackend(former, environment);
      if (!autoApprove && !isTerminal()) {
        throw new UsageError(
          `Can't ask for an approval without a terminal. ${NOTHING_CHANGED} Add --auto-approve if this is the right move.`,
        );
      }
      return withChildren((children) => moveState({ former, environment, backend, autoApprove, children }));
    });
}

/** The environment that has the new name, if the file doesn't have the former one. */
function renamedEnvironment(former: string, name: string): Environment {
  if (former === name) {
    throw new CommandError(
      `Received ${describe(name)} twice, expected the former and the new name of an environment. ${ANOTHER_PLACE}`,
    );
  }
  if (!ENVIRONMENT_NAME.pattern.test(former)) {
    throw new CommandError(`Received the former name ${describe(former)}, expected ${ENVIRONMENT_NAME.expected}.`);
  }
  const environment = environmentNamed(name, loadEnvironments());
  const file = environmentsFile();
  const names = parseEnvironments(readEnvironments(file), file, "unchecked").map((environment) => environment.name); // SUPPORT_APP_ONLY may leave some out
  if (!names.includes(former)) return environment;
  throw new CommandError(
    `Received the former name ${describe(former)}, which ${describePath(file)} still has, expected a name that it no longer has. Rename the environment's key first.`,
  );
}

function movableBackend(former: string, { name, backend }: Environment): MovableBackend {
  if (backend.type !== "cloud") return backend;
  const [from, to] = [former, name].map((environmentName) => describePath(cloudWorkspace(environmentName, backend)));
  throw new CommandError(
    `Can't move a state in HCP Terraform. ${NOTHING_CHANGED} Rename the workspace ${from} of ${describePath(cloudOrganization(backend))} to ${to} in its settings; nothing else is needed.`,
  );
}

interface StateMove {
  readonly former: string;
  readonly environment: Environment;
  readonly backend: MovableBackend;
  readonly autoApprove: boolean;
  readonly children: Children;
}

/** The new place is written first: whenever this ends, a state has every resource. */
async function moveState({ former, environment, backend, autoApprove, children }: StateMove): Promise<void> {
  const folder = temporaryFolder("support-app-move-");
  let isKept = false;
  try {
    const placeOf = (name: string) =>
      statePlace({ name, profile: environment.profile }, backend, join(folder, name), children);
    const [from, to] = [placeOf(former), placeOf(environment.name)];
    const state = await from.pull(NOTHING_CHANGED);
    const existingFile = await to.pull(NOTHING_CHANGED);
    if (
      state !== undefined &&
      state.resources.length === 0 &&
      existingFile !== undefined &&
      existingFile.resources.length > 0
    ) {
      print(
        `Nothing to move: the state of ${former} has no resources, and ${resourceCount(existingFile)} are in ${to.name}'s.`,
      );
      return;
    }
    expectMovable(state, from, existingFile, to, environment);
    const isWritten = isMoved(state, existingFile);
    const isAccountKnown = state.resources.some(({ account }) => account !== undefined);
    print([
      `The state of ${former}, with ${resourceCount(state)} in the account ${environment.account}, moves`,
      `  from  ${from.where}`,
      `  to    ${to.where}${isWritten ? ", which has them already" : ""}`,
      ...(isAccountKnown ? [] : ["None of the resources names its account, so it can't be checked."]),
    ]);
    if (!autoApprove) await expectYes(children.stop);

    const copy = join(folder, `${former}.tfstate`);
    writeFileSync(copy, jsonText(state.content));
    isKept = true;
    const copyNote = `A copy of the state is in ${describePath(copy)}.`;
    if (!isWritten) {
      await to.push(replacing(state, existingFile), `The state of ${former} is unchanged. ${copyNote}`);
    }
    await from.push(
      withoutResources(state),
      `Its resources are in the state of ${to.name}, and may be in ${former}'s, too: deploy neither of them until it is moved. ${copyNote}`,
    );
    from.removeFile();
    isKept = false;
    print(`Moved. If only the name has changed, support-app diff ${to.name} has nothing to do.`);
  } finally {
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

/** Refuses a state that isn't the environment's, and a place that has anything else. */
function expectMovable(
  state: StateFile | undefined,
  from: StatePlace,
  existingFile: StateFile | undefined,
  to: StatePlace,
  environment: Environment,
): asserts state is StateFile {
  if (state === undefined || state.resources.length === 0) {
    throw new CommandError(
      `Received the former name ${describe(from.name)}, which has no state with resources in ${describePath(from.where)}, expected a deployed environment's. Check the name, and that the backend is the one that it was deployed with. If it was moved before, support-app diff ${to.name} has nothing to do.`,
    );
  }
  const foreign = foreignResource(state, environment);
  if (foreign !== undefined) {
    throw new CommandError(
      `Received a state of ${from.name} with ${foreign.address} of the account ${describe(foreign.account)}, expected only the account ${describe(environment.account)} of ${to.name}. ${NOTHING_CHANGED} ${ANOTHER_PLACE}`,
    );
  }
  if (existingFile === undefined || hasAllOf(state, existingFile) || isMoved(state, existingFile)) return;
  const missingResource = existingFile.resources.find(
    (resource) => !hasAllOf(state, { ...existingFile, resources: [resource] }),
  );
  throw new CommandError(
    `Can't move the state of ${from.name} over the state of ${to.name} in ${describePath(to.where)}, which has other resources, such as ${missingResource?.address}: nothing would manage them. ${NOTHING_CHANGED} If ${to.name} was deployed under its new name already, and support-app diff ${to.name} has nothing to do, its state is the right one: remove the state of ${from.name}. Otherwise, choose another name.`,
  );
}

/** Whether an interrupted move has written the new place. */
function isMoved(state: StateFile, existingFile: StateFile | undefined): boolean {
  return (
    existingFile !== undefined && existingFile.content.serial >= state.content.serial && hasAllOf(existingFile, state)
  );
}

async function expectYes(stop: AbortSignal): Promise<void> {
  const isYes = await isConfirmed("Move it?", stop);
  if (stop.aborted) throw new Interrupted(`Received ${stop.reason}. ${NOTHING_CHANGED}`);
  if (!isYes) throw new CommandError(`Not moved: you didn't answer "yes". ${NOTHING_CHANGED}`);
}

function resourceCount({ resources }: StateFile): string {
  return formatCount(resources.length, "resource");
}
