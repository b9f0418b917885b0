import { readFileSync } from "node:fs";
import Ajv from "ajv";

const SCHEMA = JSON.parse(readFileSync("docs/review-report.schema.json", "utf8"));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true }).addSchema(SCHEMA, "review");

/** What a report in JSON, or a part of it, has that its published schema doesn't allow. */
export function schemaErrors(part: "ReviewReport" | "ReviewedEnvironment", value: unknown): string[] {
  const validate = ajv.getSchema(`review#/definitions/${part}`);
  if (validate === undefined) throw new Error(`Received a schema without ${part}, expected one with it.`);
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
