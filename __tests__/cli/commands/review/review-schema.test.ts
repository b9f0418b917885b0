import { PLAN_FIXTURES, planOf, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";
import { schemaErrors } from "../../../support/review-schema";
import { reviewedFoldersInTests } from "../../../support/reviewed-folders";

const { reviewPlan, reviewAsJson, ALL, LESS } = reviewedFoldersInTests();

// What destroys is refused without the code of afterwards.
const PLANNED = PLAN_FIXTURES.filter((name) => name !== "destroy");

test.each(PLANNED)("a report with Terraform's plan is as the schema says: %s", async (name) => {
  const { before, after, plan } = readPlanFixture(name);
  const [base, head] = [before, after].map((yaml) => (yaml.includes("paid") ? terraformOf(yaml) : undefined));
  const { output } = await reviewPlan(base, head, planOf(head, plan), "--format", "json");
  expect(schemaErrors("ReviewReport", JSON.parse(output))).toEqual([]);
});

test("the schema is closed: a key that it doesn't name, a missing one and another type are seen", async () => {
  const report = await reviewAsJson(LESS, ALL);
  expect(schemaErrors("ReviewReport", report)).toEqual([]);
  expect(schemaErrors("ReviewReport", { ...report, more: 1 })).toEqual([": must NOT have additional properties"]);
  expect(schemaErrors("ReviewReport", { ...report, digest: undefined })).toEqual([
    ": must have required property 'digest'",
  ]);
  const [environment] = report.environments;
  expect(schemaErrors("ReviewedEnvironment", { ...environment, verdict: "fine" })).toEqual([
    "/verdict: must be equal to one of the allowed values",
  ]);
});
