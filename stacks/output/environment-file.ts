import { z } from "zod";
import { type Environment, toEntry, toEnvironment } from "../environments/environment";
import { environmentsProblems } from "../environments/environments-consistency";
import { environmentsSchema } from "../environments/environments-schema";
import { packageJson } from "../package-files";

/** Beside each stack: the environment that it was written from, as data. */
export const ENVIRONMENT_FILE = "environment.json";

/** Version of its form. A change that breaks a reader increments it. */
const FORMAT_VERSION = 1;

/** All that the constructs write a stack from. */
export interface StackSource {
  readonly environment: Environment;
  /** The path of the state, relative to the stack's folder. Undefined: it isn't local. */
  readonly statePath?: string;
}

/** What was read of an environment file. */
export interface EnvironmentFile extends StackSource {
  /** The version of this package that wrote the stack. */
  readonly writtenBy: string;
}

const fileSchema = z.strictObject({
  formatVersion: z.literal(FORMAT_VERSION),
  writtenBy: z.string(),
  statePath: z.string().optional(),
  /** As environments.yaml has it, with everything that it inherits. */
  environment: z.unknown(),
});

/** The content of the file. */
export function environmentFile({ environment, statePath }: StackSource): z.infer<typeof fileSchema> {
  return {
    ...{ formatVersion: FORMAT_VERSION, writtenBy: packageJson().version, statePath },
    environment: toEntry(environment),
  };
}

/**
 * Reads the content of the file.
 *
 * @param name of the environment
 * @returns undefined if it isn't in the form that this version writes, or if environments.yaml couldn't have it
 */
export function readEnvironmentFile(name: string, content: unknown): EnvironmentFile | undefined {
  const { data: file } = fileSchema.safeParse(content);
  const { data } = environmentsSchema.safeParse({ environments: { [name]: file?.environment } });
  const entry = data?.environments[name];
  if (!file || !entry || environmentsProblems({ environments: { [name]: entry } }).length > 0) return undefined;
  return { environment: toEnvironment(name, entry), statePath: file.statePath, writtenBy: file.writtenBy };
}
