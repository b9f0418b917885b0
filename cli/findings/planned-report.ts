import { writeFileSync } from "node:fs";
import * as z from "zod";
import { jsonText } from "../../common/json";
import { describePath } from "../../common/problem";
import { ENVIRONMENT_NAME } from "../../modules/support-app/model/limits";
import { explainFailure } from "../terminal/command-error";
import { readFormOfJson } from "../terminal/json-file";

const digest = z.string().regex(/^[\da-f]{64}$/);

/** A plan, without what could be a secret. */
const plannedEnvironment = z.strictObject({
  name: z.string().regex(ENVIRONMENT_NAME.pattern),
  digest,
  /** Terraform's version. Missing: Terraform wasn't needed. */
  version: z.string().min(1).optional(),
  /** What the plan changes: resources by their addresses, outputs, and other sections of Terraform's JSON. */
  changes: z.array(
    z.strictObject({ kind: z.enum(["resource", "output", "section"]), name: z.string().min(1), digest }),
  ),
});

/** A plan as another command can compare it. */
export type PlanRecord = Omit<z.infer<typeof plannedEnvironment>, "name">;

const plannedReport = z.strictObject({
  schemaVersion: z.literal(1), // increased by changes that break readers
  environments: z.array(plannedEnvironment),
});

/** Writes plans, by environment, for {@link readPlannedReport}. */
export function writePlannedReport(file: string, plans: ReadonlyMap<string, PlanRecord>): void {
  const environments = [...plans].map(([name, plan]) => ({ name, ...plan }));
  explainFailure(
    (reason) => `Can't write --planned ${describePath(file)}: ${reason}. Nothing was changed. Choose another file.`,
    () => writeFileSync(file, `${jsonText({ schemaVersion: 1, environments })}\n`),
  );
}

/** Reads the plans that `diff --planned` has written, by environment. */
export function readPlannedReport(file: string): ReadonlyMap<string, PlanRecord> {
  const { environments } = readFormOfJson(file, plannedReport, {
    name: `--planned ${describePath(file)}`,
    expected: "what support-app diff --planned has written",
    next: "Run support-app diff --planned again.",
  });
  return new Map(environments.map(({ name, ...plan }) => [name, plan]));
}
