import { newAccount, readPolicy } from "./support/account";
import { type Aws, diagnosedWithoutChange, findingsOf, noticesOf, startAws } from "./support/doctor";
import { createProject, deployed, diff, removeProjects, writeEnvironments } from "./support/project";

const account = newAccount();
const yaml = (until: string) => `defaults: { region: us-east-1 }
environments:
  ending:
    account: "${account}"
    read-only: { until: "${until}" }
    full:
      service-quotas-role: create
      without: [live-chat, resolve-cases]
      temporarily: [{ capability: live-chat, until: 2000-01-01 }, { capability: resolve-cases, until: 2099-12-31 }]
`;

const project = createProject("until", yaml("2099-12-31T18:00:00+01:00"));
let aws: Aws;
beforeAll(async () => {
  aws = await startAws();
  await deployed(project, "ending", { as: account });
});
afterAll(async () => {
  await aws.close();
  removeProjects();
});

const examine = () => diagnosedWithoutChange(project, "ending", aws, { account });

test("what is deployed has the ends of environments.yaml, doctor tells them, and a second plan changes nothing", async () => {
  const { Statement } = await readPolicy(account, "AWSSupportAppReadOnlyRolePolicy");
  expect(Statement).toMatchObject([{ Condition: { DateLessThan: { "aws:CurrentTime": "2099-12-31T17:00:00Z" } } }]);
  const report = await examine();
  expect(noticesOf(report)).toMatchObject([
    {
      kind: "ended",
      about: ["full", "live-chat", "2000-01-01"],
      resource: "live-chat of the full access of ending",
      found: "it ended at the end of 2000-01-01 (UTC)",
    },
  ]);
  expect({ findings: findingsOf(report), status: report.status }).toEqual({ findings: [], status: 0 });
  expect((await diff(project, "ending", { as: account })).output).toContain("No changes");
});

test("IAM keeps an end that has passed, and doctor agrees with its simulation", async () => {
  writeEnvironments(project, yaml("2000-01-01"));
  expect(findingsOf(await examine())).toMatchObject([
    { kind: "unexpected-access", found: expect.stringContaining("it allows support:") },
  ]);
  await deployed(project, "ending", { as: account });
  const report = await examine();
  expect(findingsOf(report)).toEqual([]);
  expect(noticesOf(report)).toContainEqual(
    expect.objectContaining({ kind: "ended", about: ["read-only", "all", "2000-01-01"] }),
  );
});
