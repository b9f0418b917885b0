import { readAccount } from "./support/account";
import { createDeployRole, exampleEnvironments } from "./support/examples";
import { createProject, deploy, deployed, removeProjects, writeEnvironments } from "./support/project";
import { changes, startProxy } from "./support/proxy";

afterAll(removeProjects);

const { environmentsYaml, staging, production } = exampleEnvironments();

test("two accounts are deployed at once, and neither touches the other", async () => {
  await createDeployRole(production);
  const project = createProject("accounts-staging", environmentsYaml);
  await Promise.all([
    deployed(project, "staging", { as: staging }),
    deployed(createProject("accounts-production", environmentsYaml), "production", { as: production }),
  ]);
  const inStaging = await readAccount(staging);
  const inProduction = await readAccount(production);
  expect(Object.keys(inStaging.roles)).toEqual(["AWSSupportAppReadOnlyRole"]);
  expect(Object.keys(inProduction.roles)).toEqual(
    expect.arrayContaining(["AWSSupportAppFullRole", "AWSSupportAppReadOnlyRole", "terraform"]),
  );
  expect(JSON.stringify(inStaging)).not.toContain(production);
  expect(JSON.stringify(inProduction)).not.toContain(staging);

  writeEnvironments(project, environmentsYaml.replace("read-only: {}", "read-only: { role-name: another }"));
  await deployed(project, "staging", { as: staging });
  expect(await readAccount(production)).toEqual(inProduction);
});

test("the wrong account's credentials are refused before anything is made", async () => {
  const proxy = await startProxy();
  const before = await readAccount(production);
  const { status, output } = await deploy(createProject("accounts-wrong", environmentsYaml), "staging", {
    as: production,
    endpoint: proxy.endpoint,
  });
  await proxy.close();
  expect(status).not.toBe(0);
  expect(output).toContain(`AWS account ID not allowed: ${production}`);
  expect(proxy.calls.filter(changes)).toEqual([]);
  expect(await readAccount(production)).toEqual(before);
});
