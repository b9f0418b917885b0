import { writeFileSync } from "node:fs";
import { z } from "zod";
import { jsonText } from "../../common/json";
import { describePath } from "../../common/problem";
import { ENVIRONMENT_NAME } from "../../modules/support-app/model/limits";
import { explainFailure } from "../terminal/command-error";
import { readFormOfJson } from "../terminal/json-file";

const plannedReport = z.strictObject({
  schemaVersion: z.literal(1), // increased by changes that break readers
  environments: z.array(
    z.strictObject({ name: z.string().regex(ENVIRONMENT_NAME.pattern), digest: z.string().regex(/^[\da-f]{64}$/) }),
  ),
});

/** Writes the digests of plans, by environment, for {@link readPlannedReport}. */
export function writePlannedReport(file: string, digests: ReadonlyMap<string, string>): void {
  const environments = [...digests].map(([name, digest]) => ({ name, digest }));
  explainFailure(
    (reason) => `Can't write --planned ${describePath(file)}: ${reason}. Nothing was changed. Choose another file.`,
    () => writeFileSync(file, `${jsonText({ schemaVersion: 1, environments })}\n`),
  );
}

/** Reads the digests of plans that `diff --planned` has written, by environment. */
export function readPlannedReport(file: string): ReadonlyMap<string, string> {
  const expected = "expected what support-app diff --planned has written. Run that again.";
  const { environments } = readFormOfJson(file, plannedReport, `Received --planned ${describePath(file)}`, expected);
  return new Map(environments.map(({ name, digest }) => [name, digest]));
}
