import { testSchema } from "../../support/schema";

testSchema("docs/doctor-report.schema.json");
