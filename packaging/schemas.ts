/*
 * Writes the JSON Schemas of files and reports, for editors and machines.
 *
 *   npm run schema
 */
import { writeFileSync } from "node:fs";
import { createGenerator } from "ts-json-schema-generator";
import { doctorReportJsonSchema } from "../cli/doctor-report";
import { peopleReportJsonSchema } from "../cli/people-report";
import { watchReportJsonSchema } from "../cli/watch/report";
import { environmentsJsonSchema } from "../stacks/environments-schema";
import { rulesJsonSchema } from "../stacks/rules-schema";

/** What makes each schema, by its file. */
export const SCHEMAS: Readonly<Record<string, () => unknown>> = {
  "stacks/environments.schema.json": environmentsJsonSchema,
  "stacks/rules.schema.json": rulesJsonSchema,
  "docs/doctor-report.schema.json": doctorReportJsonSchema,
  "docs/people-report.schema.json": peopleReportJsonSchema,
  "docs/review-report.schema.json": reviewReportJsonSchema,
  "docs/watch-report.schema.json": watchReportJsonSchema,
};

/** The JSON Schema of what `review --format json` prints, from its types and their comments. */
function reviewReportJsonSchema(): unknown {
  return createGenerator({
    path: "cli/review/review.ts",
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
