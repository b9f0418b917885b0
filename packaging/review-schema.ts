import { createGenerator } from "ts-json-schema-generator";

/** The JSON Schema of what `review --format json` prints, from its types and their comments. */
export function reviewReportJsonSchema(): unknown {
  return createGenerator({
    path: "cli/review/review.ts",
    tsconfig: "tsconfig.json",
    type: "ReviewReport",
    skipTypeCheck: true,
    sortProps: false,
  }).createSchema("ReviewReport");
}
