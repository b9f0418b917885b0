import { readFileSync } from "node:fs";
import * as z from "zod";
import { doctorReportSchema } from "../../../cli/findings/doctor-report";
import { testSchema } from "../../support/schema";

testSchema("docs/doctor-report.schema.json");

test("docs/doctor-report.schema.json is the schema of doctor's report", () => {
  const documented = JSON.parse(readFileSync("docs/doctor-report.schema.json", "utf8"));
  expect(z.toJSONSchema(doctorReportSchema)).toEqual(documented);
});
