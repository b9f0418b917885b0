import semver from "semver";
import { z } from "zod";
import { checksum } from "../../../common/checksum";
import { jsonText } from "../../../common/json";
import { BRANCH } from "../../arguments/option-values";
import { DEFAULT_BRANCH } from "../../forge/bootstrap";
import { FORGE_NAMES } from "../../forge/forge";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { type Pipelines, type RepositoryFiles, VERSION } from "./repository";

/** The file in which a repository records its files as this package wrote them. */
export const RECORD = ".support-app.json";

const record = z.strictObject({
  "//": z.string().optional(),
  version: z.string().refine((text) => semver.valid(text) !== null),
  ci: z.enum(FORGE_NAMES).default("github"),
  branch: z.string().regex(BRANCH.pattern).default(DEFAULT_BRANCH),
  files: z.record(z.string(), z.union([z.array(z.string()), z.string().regex(/^[\da-f]{64}$/)])),
});

/**
 * The version that wrote the files, the CI and the branch that they are for, and each file as it was written, by path: its lines,
 * or its SHA-256, as earlier versions recorded it.
 */
export type InitRecord = z.infer<typeof record>;

/**
 * The record once these files are written by this version.
 *
 * @param keptFiles the records of files that this version doesn't write
 */
export function recordOf(
  { ci, branch }: Pipelines,
  files: RepositoryFiles,
  keptFiles: InitRecord["files"] = {},
): string {
  const lines = Object.fromEntries([...files].map(([path, text]) => [path, text.split("\n")]));
  const content = {
    "//": "Written by support-app init: its files as it wrote them, so that init --upgrade keeps what you change.",
    version: VERSION,
    ...(ci === "github" ? {} : { ci }),
    ...(branch === DEFAULT_BRANCH ? {} : { branch }),
    files: Object.fromEntries(Object.entries({ ...keptFiles, ...lines }).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return `${jsonText(content)}\n`;
}

/** Whether a text is as it was written. */
export function isAsWritten(text: string, fileRecord: InitRecord["files"][string]): boolean {
  return typeof fileRecord === "string" ? checksum(text) === fileRecord : text === fileRecord.join("\n");
}

/** Reads the record of the repository in the working directory. */
export function readRecord(): InitRecord {
  const content = readFormOfJson(RECORD, record, {
    name: RECORD,
    expected: "the record that support-app init writes",
    next: `Change to the root of a repository created by support-app init, or restore ${RECORD} from the Git history.`,
  });
  if (!semver.gt(content.version, VERSION)) return content;
  throw new CommandError(
    `Received ${RECORD} of version ${content.version}, expected one of ${VERSION}, which is running, or of an earlier version. Run npm install, then the same command again.`,
  );
}
