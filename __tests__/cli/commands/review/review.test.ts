import { testSchema } from "../../../support/schema";

testSchema("docs/review-report.schema.json");
