import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createDeployRole, exampleEnvironments } from "./support/examples";
import { createProject, init, type Project, removeProjects, runCdktf, terraform } from "./support/project";

afterAll(removeProjects);

const { environmentsYaml, production } = exampleEnvironments();
const json = createProject("notations-json", environmentsYaml);
const hcl = createProject("notations-hcl", environmentsYaml);

beforeAll(async () => {
  await createDeployRole(production);
  expect(await runCdktf(json, ["synth"], { as: production })).toMatchObject({ status: 0 });
  expect(await runCdktf(hcl, ["synth", "--hcl"], { as: production })).toMatchObject({ status: 0 });
});

/** What Terraform says of a check of something that doesn't exist yet. */
const NOT_YET = "Warning: Check block assertion known after apply";

/** The plan of what lies in cdktf.out, without what differs from plan to plan. */
async function plan(project: Project, environment: string, as: string) {
  expect(await init(project, environment, { as })).toMatchObject({ status: 0 });
  const args = ["plan", "-input=false", "-out=plan"];
  const planned = await terraform(project, environment, args, { as });
  const warnings = new Set(planned.output.match(/Warning: .*/g));
  expect({ status: planned.status, warnings }).toEqual({ status: 0, warnings: new Set([NOT_YET]) });
  const { stdout } = await terraform(project, environment, ["show", "-json", "plan"], { as });
  const { planned_values, resource_changes, output_changes, prior_state, checks } = JSON.parse(stdout);
  return { planned_values, resource_changes, output_changes, prior_state, checks };
}

test("JSON and HCL give the same plan, and after a deploy of the one, the other has nothing to do", async () => {
  const [environment, as] = ["production", production];
  expect(readFileSync(join(hcl.folder, `cdktf.out/stacks/${environment}/cdk.tf`), "utf8")).toContain(
    "  statement {\n    effect",
  );
  const before = await plan(json, environment, as);
  expect(before.resource_changes.length).toBeGreaterThan(4);
  expect(before.checks.map(({ address }: { address: { kind: string } }) => address.kind)).toContain("check");
  expect(await plan(hcl, environment, as)).toEqual(before);

  expect(await terraform(json, environment, ["apply", "plan"], { as })).toMatchObject({ status: 0 });
  cpSync(join(json.folder, "state"), join(hcl.folder, "state"), { recursive: true });
  const secondPlan = await terraform(hcl, environment, ["plan", "-input=false", "-detailed-exitcode"], { as });
  expect(secondPlan).toMatchObject({ status: 0, output: expect.stringContaining("No changes.") });
});
