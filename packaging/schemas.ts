/*
 * Writes the JSON Schemas of files and reports, for editors and machines.
 *
 *   npm run schema
 */
import { writeFileSync } from "node:fs";
import { createGenerator } from "ts-json-schema-generator";
import { z } from "zod";
import { watchReportSchema } from "../cli/commands/watch/watch-report";
import { auditReportSchema } from "../cli/reports/audit-report";
import { doctorReportSchema } from "../cli/reports/doctor-report";
import { environmentsJsonSchema } from "../stacks/environments/environments-schema";
import { rulesJsonSchema } from "../stacks/rules/rules-schema";

/** What makes each schema, by its file. */
export const SCHEMAS: Readonly<Record<string, () => unknown>> = {
  "stacks/environments.schema.json": environmentsJsonSchema,
  "stacks/rules.schema.json": rulesJsonSchema,
  "docs/audit-report.schema.json": () => z.toJSONSchema(auditReportSchema),
  "docs/doctor-report.schema.json": () => z.toJSONSchema(doctorReportSchema),
  "docs/review-report.schema.json": reviewReportJsonSchema,
  "docs/watch-report.schema.json": () => z.toJSONSchema(watchReportSchema),
};

/** The JSON Schema of what `review --format json` prints, from its types and their comments. */
function reviewReportJsonSchema(): unknown {
  return createGenerator({
    path: "cli/commands/review/review.ts",
    tsconfig: "tsconfig.json",
    type: "ReviewReport",
    skipTypeCheck: true,
    sortProps: false,
  }).createSchema("ReviewReport");
}

/** A schema as its file has it. */
export function schemaText(schema: () => unknown): string {
  return `${JSON.stringify(schema(), undefined, 2)}\n`;
}

if (require.main === module)
  for (const [file, schema] of Object.entries(SCHEMAS)) writeFileSync(file, schemaText(schema));
