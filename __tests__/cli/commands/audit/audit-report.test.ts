import { testSchema } from "../../../support/schema";

testSchema("docs/audit-report.schema.json");
