import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { attempt, failureReason } from "../../../common/disk-error";
import { isRewritable } from "../../../common/json";
import { describePath } from "../../../common/problem";
import type { Environment } from "../../../stacks/environments/environment";
import { httpSettings, localStateFile, s3Settings } from "../../../stacks/environments/state-location";
import { CommandError } from "../../terminal/command-error";
import { hasColors, printError } from "../../terminal/print";
import { noTerraform, terraformBinary, terraformEnv } from "../../terraform/binary";
import { type ChildOptions, type Children, Interrupted } from "../../terraform/children";
import { readState, type State } from "../../terraform/state";
import { type StateFile, stateFileOf } from "./state-file";

/** The backends whose states can be moved. */
export type MovableBackend = Exclude<Environment["backend"], { type: "cloud" }>;

/** Where the state of an environment is, by the environment's name. */
export interface StatePlace {
  readonly name: string;
  /** Where it is, for people. */
  readonly where: string;
  /** @param effect what has been done until now, for an error */
  pull(effect: string): Promise<StateFile | undefined>;
  /** Writes a state, as Terraform does: locked, and only if it follows the one that is there. */
  push(state: State, effect: string): Promise<void>;
  /** Removes a local state file, which has nothing left in it. If it can't be removed, it harms nobody. */
  removeFile(): void;
}

/** Exit status of a Terraform that did what it should. */
const SUCCESS = 0;

/**
 * A place of a state, which Terraform reads and writes.
 *
 * @param environment with the name that the state has there
 * @param folder where Terraform runs, which is created
 */
export function statePlace(
  environment: Pick<Environment, "name" | "profile">,
  backend: MovableBackend,
  folder: string,
  children: Children,
): StatePlace {
  const { name } = environment;
  const isLocal = backend.type === "local";
  const { settings, where: placeWords } = placeIn(environment, backend);
  const log = join(folder, "terraform.log");
  const noProviders = join(folder, "providers");
  mkdirSync(noProviders, { recursive: true });
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { backend: { [backend.type]: settings } } }));

  const terraform = async (args: readonly string[], effect: string, options: ChildOptions) => {
    const binary = terraformBinary();
    const expectUninterrupted = () => {
      const { aborted, reason } = children.stop;
      if (aborted) throw new Interrupted(`Received ${reason}. ${effect} To go on, run this again.`);
    };
    expectUninterrupted();
    const result = await children.run(binary, args, { cwd: folder, env: terraformEnv(), ...options }).catch((error) => {
      throw noTerraform(binary, failureReason(error), "changed");
    });
    if (!options.mustFinish || result.status !== SUCCESS) expectUninterrupted();
    return result;
  };
  const pull = async (effect: string) => {
    const descriptor = openSync(log, "w");
    try {
      // It fails if the state has resources, whose provider isn't there. Only the state is read, so it needn't be.
      await terraform(["init", "-input=false", "-no-color", `-plugin-dir=${noProviders}`], effect, { log: descriptor });
      const options = { stdout: "pipe", log: descriptor } as const;
      const { status, stdout } = await terraform(["state", "pull", "-no-color"], effect, options);
      if (status === SUCCESS) return readStateFile(stdout, name, placeWords, effect);
    } finally {
      closeSync(descriptor);
    }
    printError(readFileSync(log, "utf8").trimEnd().split("\n"));
    throw failure(`Can't read the state of ${name} in ${describePath(placeWords)}`, effect);
  };
  const push = async (state: State, effect: string) => {
    const next = join(folder, "next.tfstate");
    writeFileSync(next, JSON.stringify(state));
    const args = ["state", "push", ...(hasColors() ? [] : ["-no-color"]), next];
    const { status } = await terraform(args, effect, { mustFinish: true });
    if (status !== SUCCESS) throw failure(`Can't write the state of ${name} to ${describePath(placeWords)}`, effect);
  };
  return { name, where: placeWords, pull, push, removeFile: () => isLocal && attempt(() => rmSync(placeWords)) };
}

function placeIn(
  environment: Pick<Environment, "name" | "profile">,
  backend: MovableBackend,
): { readonly settings: object; readonly where: string } {
  switch (backend.type) {
    case "local": {
      const path = localStateFile(environment.name);
      return { settings: { path }, where: relative("", path) };
    }
    case "s3": {
      const settings = s3Settings(environment, backend);
      return { settings, where: `s3://${settings.bucket}/${settings.key}` };
    }
    case "http": {
      const settings = httpSettings(environment.name, backend);
      return { settings, where: settings.address };
    }
  }
}

function readStateFile(json: string, name: string, placeWords: string, effect: string): StateFile | undefined {
  try {
    const state = readState(json);
    if (state !== undefined && !isRewritable(json)) throw new SyntaxError("It would change.");
    return state && stateFileOf(state);
  } catch {
    throw new CommandError(
      `Received a state of ${name} in ${describePath(placeWords)} that isn't in the form in which Terraform writes it (version 4), so it can't be moved. ${effect}`,
    );
  }
}

function failure(action: string, effect: string): CommandError {
  return new CommandError(`${action}: Terraform failed. ${effect} Fix the error above, and run this again.`);
}
