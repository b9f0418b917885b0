/*
 * Writes the JSON Schemas of files and reports, for editors and machines.
 *
 *   npm run schema
 */
import { writeFileSync } from "node:fs";
import { doctorReportJsonSchema } from "../cli/doctor-report";
import { peopleReportJsonSchema } from "../cli/people-report";
import { watchReportJsonSchema } from "../cli/watch/report";
import { environmentsJsonSchema } from "../stacks/environments-schema";
import { rulesJsonSchema } from "../stacks/rules-schema";
import { reviewReportJsonSchema } from "./review-schema";

const SCHEMAS: Readonly<Record<string, () => unknown>> = {
  "stacks/environments.schema.json": environmentsJsonSchema,
  "stacks/rules.schema.json": rulesJsonSchema,
  "docs/doctor-report.schema.json": doctorReportJsonSchema,
  "docs/people-report.schema.json": peopleReportJsonSchema,
  "docs/review-report.schema.json": reviewReportJsonSchema,
  "docs/watch-report.schema.json": watchReportJsonSchema,
};

for (const [file, schema] of Object.entries(SCHEMAS)) {
  writeFileSync(file, `${JSON.stringify(schema(), undefined, 2)}\n`);
}
