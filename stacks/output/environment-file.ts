import * as z from "zod";
import { packageJson } from "../../common/package-files";
import { NO_TEMPLATE } from "../../modules/support-app/model/limits";
import type { Environment } from "../environments/environment";
import { toEntry, toEnvironment } from "../environments/environment-entry";
import { environmentsProblems } from "../environments/environments-consistency";
import { environmentsSchema } from "../environments/environments-schema";

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
export interface EnvironmentFile {
  /** Undefined: it isn't in the form that this version writes, or environments.yaml couldn't have it. */
  readonly source?: StackSource;
  /** The version of this package that wrote the stack. Undefined: it isn't known. */
  readonly writtenBy?: string;
}

const versionSchema = z.string().regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[\w.-]{1,50})?$/);

/** Of any version's file. */
const writerSchema = z.object({ writtenBy: versionSchema });

const fileSchema = z.strictObject({
  formatVersion: z.literal(FORMAT_VERSION),
  writtenBy: versionSchema,
  /** Plain: Terraform and OpenTofu must take it as it is. */
  statePath: z
    .string()
    .regex(new RegExp(String.raw`^${NO_TEMPLATE}[^\p{C}]{1,1000}$`, "u"))
    .optional(),
  /** As environments.yaml has it, with everything that it inherits. */
  environment: z.unknown(),
});

/** The content of the file. */
export function environmentFile({ environment, statePath }: StackSource): z.infer<typeof fileSchema> {
  return {
    formatVersion: FORMAT_VERSION,
    writtenBy: packageJson().version,
    statePath,
    environment: toEntry(environment),
  };
}

/**
 * Reads the content of the file.
 *
 * @param name of the environment
 */
export function readEnvironmentFile(name: string, content: unknown): EnvironmentFile {
  const { data: { writtenBy } = {} } = writerSchema.safeParse(content);
  const { data: file } = fileSchema.safeParse(content);
  const { data } = environmentsSchema.safeParse({ environments: { [name]: file?.environment } });
  const entry = data?.environments[name];
  if (!file || !entry || environmentsProblems({ environments: { [name]: entry } }).length > 0) return { writtenBy };
  const environment = toEnvironment(name, entry);
  const { statePath } = file;
  const isPlaced = (statePath !== undefined) === (environment.backend.type === "local");
  return isPlaced ? { writtenBy, source: { environment, statePath } } : { writtenBy };
}
