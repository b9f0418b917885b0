/*
 * Writes the JSON Schemas of files and reports, for editors and machines.
 *
 *   npm run schema
 */
import { writeFileSync } from "node:fs";
import * as z from "zod";
import { auditReportSchema } from "../cli/commands/audit/audit-report";
import { reviewSchema } from "../cli/commands/review/review";
import { doctorReportSchema } from "../cli/findings/doctor-report";
import { environmentsJsonSchema } from "../stacks/environments/environments-schema";
import { rulesJsonSchema } from "../stacks/environments/rules/rules-schema";

/** What makes each schema, by its file. */
export const SCHEMAS: Readonly<Record<string, () => unknown>> = {
  "stacks/environments.schema.json": environmentsJsonSchema,
  "stacks/rules.schema.json": rulesJsonSchema,
  "docs/audit-report.schema.json": () => z.toJSONSchema(auditReportSchema),
  "docs/doctor-report.schema.json": () => z.toJSONSchema(doctorReportSchema),
  "docs/review-report.schema.json": () => z.toJSONSchema(reviewSchema),
};

/** A schema as its file has it. */
export function schemaText(schema: () => unknown): string {
  return `${JSON.stringify(schema(), undefined, 2)}\n`;
}

if (require.main === module)
  for (const [file, schema] of Object.entries(SCHEMAS)) writeFileSync(file, schemaText(schema));
