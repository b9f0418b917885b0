import { statSync } from "node:fs";
import { z } from "zod";
import { describePath } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { worstOf } from "../doctor-report";
import { readJsonFile } from "../json-file";
import type { ChangedFinding, Changes } from "./changes";
import { titleOf } from "./finding-key";
import { ISSUE_URL } from "./github-issues";
import type { Kept } from "./keep-issues";
import type { Night } from "./night";

/** Version of the report's format. Increased by changes that break readers. */
const SCHEMA_VERSION = 1;

const answer = z.enum(["healthy", "unhealthy", "unknown"]);

const key = {
  id: z.string().describe("The same every night for the same environment, check and thing, however it is worded."),
  environment: z.string(),
  check: z.string().describe("A check of doctor, or not-looked-at: everything that is unknown in an environment."),
  about: z.array(z.string()),
  checks: z.array(z.string()).optional().describe("For not-looked-at: which checks are unknown."),
  title: z.string(),
  issue: z.strictObject({ number: z.int().positive(), url: z.string().regex(ISSUE_URL) }).optional(),
};

/** The report of a night. */
export const watchReportSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  answer: answer.describe("The worst of all environments: unhealthy, then unknown, then healthy."),
  environments: z
    .array(z.strictObject({ name: z.string(), account: z.string(), answer }))
    .describe("Those that aren't retired, in the order of the file."),
  findings: z.array(
    z.strictObject({
      ...key,
      state: z.enum(["found", "not-looked-at"]).describe("not-looked-at: found before, and not known to be healed."),
      change: z.enum(["new", "stays"]).optional().describe("Missing: no earlier night is known."),
      silenced: z.boolean().describe("Whether its issue was closed as not planned."),
      waiting: z.boolean().describe("Whether it has no issue because so many of its check are open."),
      lines: z.array(z.string()).describe("What doctor says about it, without people's names."),
    }),
  ),
  healed: z.array(
    z.strictObject({
      ...key,
      because: z
        .enum(["healed", "environment-removed", "environment-retired", "check-removed"])
        .describe("environment-retired: only in reports of earlier versions."),
    }),
  ),
});

export type WatchReport = z.infer<typeof watchReportSchema>;
export type WatchedFinding = WatchReport["findings"][number];

/** The JSON Schema of the report, which docs/watch-report.schema.json has for its readers. */
export function watchReportJsonSchema(): unknown {
  return z.toJSONSchema(watchReportSchema);
}

/**
 * The report of a night.
 *
 * @param changes undefined: no earlier night is known
 * @param kept undefined: no issues are kept
 * @param before the report of an earlier night
 */
export function watchReport(
  night: Night,
  changes: Changes | undefined,
  kept: Kept | undefined,
  before: WatchReport | undefined,
): WatchReport {
  const keyOf = ({ id, environment, check, about, checks }: ChangedFinding) => ({
    id,
    environment,
    check,
    about: [...about],
    checks: checks && [...checks],
    title: titleOf({ environment, check, about }),
    issue: kept?.issues.get(id) ?? before?.findings.find((one) => one.id === id)?.issue,
  });
  const changeOf = (id: string) => {
    if (changes?.isNew.has(id)) return "new" as const;
    const isTold = kept === undefined || before !== undefined || kept.issues.has(id); // without an issue, it isn't known since when
    return changes === undefined || !isTold ? undefined : ("stays" as const);
  };
  return {
    schemaVersion: SCHEMA_VERSION,
    answer: worstOf(night.environments.map((one) => one.answer)),
    environments: night.environments.map(({ name, account, answer }) => ({ name, account, answer })),
    findings: [
      ...night.found.map((one) => ({
        ...keyOf({
          ...one,
          checks: night.unknownChecks(
            one,
            before?.findings.find(({ id }) => id === one.id),
          ),
        }),
        state: "found" as const,
        change: changeOf(one.id),
        silenced: kept?.silenced.has(one.id) ?? false,
        waiting: kept?.waiting.has(one.id) ?? false,
        lines: [...one.lines],
      })),
      ...(changes?.unseen ?? []).map((one) => ({
        ...keyOf(one),
        state: "not-looked-at" as const,
        change: "stays" as const,
        silenced: false,
        waiting: false,
        lines: before?.findings.find(({ id }) => id === one.id)?.lines ?? [],
      })),
    ],
    healed: (changes?.healed ?? []).map((one) => ({
      ...keyOf(one),
      because: one.fate as WatchReport["healed"][number]["because"],
    })),
  };
}

/** Reads the report of an earlier night. Undefined: there is none yet. */
export function readWatchReport(file: string): WatchReport | undefined {
  if (isMissing(file)) return undefined;
  const received = `Received --since ${describePath(file)}`;
  const expected = "expected what watch --report has written. Give that file, or leave --since out.";
  const content = readJsonFile(
    file,
    (why) => `${received} that can't be read (${why}), ${expected}`,
    (why) => `${received} that is not JSON (${why}), ${expected}`,
  );
  const read = watchReportSchema.safeParse(content);
  if (read.success) return read.data;
  throw new CommandError(`${received} in another form, ${expected}`);
}

function isMissing(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false; // such as a link to itself: reading says so
  }
}
