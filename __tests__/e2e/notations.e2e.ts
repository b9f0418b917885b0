import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createDeployRole, exampleEnvironments } from "./examples";
import { createProject, deployed, removeProjects, run, terraform } from "./project";

afterAll(removeProjects);

const { environmentsYaml, staging, production } = exampleEnvironments();

/** The plan of what lies in cdktf.out, without what differs from plan to plan. */
async function plan(project: ReturnType<typeof createProject>, environment: string, as: string) {
  for (const args of [
    ["init", "-input=false"],
    ["plan", "-input=false", "-out=plan"],
  ]) {
    const { status, output } = await terraform(project, environment, args, { as });
    if (status !== 0) throw new Error(output);
  }
  const { output } = await terraform(project, environment, ["show", "-json", "plan"], { as });
  const { planned_values, resource_changes, output_changes, prior_state } = JSON.parse(
    output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1),
  );
  return { planned_values, resource_changes, output_changes, prior_state };
}

test.each([
  ["staging", staging],
  ["production", production],
])("%s: JSON and HCL give the same plan", async (environment, account) => {
  if (environment === "production") await createDeployRole(account);
  const json = createProject(`notations-json-${environment}`, environmentsYaml);
  const hcl = createProject(`notations-hcl-${environment}`, environmentsYaml);
  expect((await run(json, "cdktf", ["synth"], { as: account })).status).toBe(0);
  expect((await run(hcl, "cdktf", ["synth", "--hcl"], { as: account })).status).toBe(0);
  expect(readFileSync(join(hcl.folder, `cdktf.out/stacks/${environment}/cdk.tf`), "utf8")).toContain("resource");

  const before = await plan(json, environment, account);
  expect(before.resource_changes.length).toBeGreaterThan(4);
  expect(await plan(hcl, environment, account)).toEqual(before);

  await deployed(json, environment, { as: account });
  cpSync(join(json.folder, "state"), join(hcl.folder, "state"), { recursive: true });
  const { resource_changes } = await plan(hcl, environment, account);
  const actions = resource_changes.flatMap(({ change }: { change: { actions: string[] } }) => change.actions);
  expect(new Set(actions)).toEqual(new Set(["no-op"]));
});
