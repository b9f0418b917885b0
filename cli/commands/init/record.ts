import * as z from "zod";
import { jsonText } from "../../../common/json";
import { FORGE_NAMES } from "../../forge/forge";
import { readFormOfJson } from "../../terminal/json-file";
import { BRANCH } from "../../terminal/option-values";

/** The file in which a repository records what `init --upgrade` has to know. */
export const RECORD = ".support-app.json";

const record = z.strictObject({
  version: z.string(),
  ci: z.enum(FORGE_NAMES),
  branch: z.string().regex(BRANCH.pattern),
});

/** The version that wrote the files of a repository, and the CI and the default branch that they are for. */
export type InitRecord = z.infer<typeof record>;

export function recordText({ version, ci, branch }: InitRecord): string {
  return `${jsonText({ version, ci, branch })}\n`;
}

/** Reads the record of the repository in the working directory. */
export function readRecord(): InitRecord {
  return readFormOfJson(RECORD, record, {
    name: RECORD,
    expected: "the record that support-app init writes",
    next: `Change to the root of a repository created by support-app init, or restore ${RECORD} from the Git history.`,
  });
}
