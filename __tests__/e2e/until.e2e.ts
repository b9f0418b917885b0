import { setTimeout } from "node:timers/promises";
import { SimulateCustomPolicyCommand } from "@aws-sdk/client-iam";
import { iamIn, newAccount, readPolicy } from "./support/account";
import { type Aws, diagnosedWithoutChange, findingsOf, startAws } from "./support/doctor";
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

const examined = () => diagnosedWithoutChange(project, "ending", aws, { account });

test("what is deployed has the ends of environments.yaml, doctor tells them, and a second plan changes nothing", async () => {
  const { Statement } = await readPolicy(account, "AWSSupportAppReadOnlyRolePolicy");
  expect(Statement).toMatchObject([{ Condition: { DateLessThan: { "aws:CurrentTime": "2099-12-31T17:00:00Z" } } }]);
  const found = await examined();
  expect(found.notes).toEqual([
    "live-chat of the full access of ending ended at the end of 2000-01-01 (UTC). Remove it from temporarily, which takes nothing from anybody.",
  ]);
  expect({ findings: findingsOf(found), status: found.status }).toEqual({ findings: [], status: 0 });
  expect((await diff(project, "ending", { as: account })).output).toContain("No changes");
});

test("IAM keeps an end that has passed, and doctor agrees with its simulation", async () => {
  writeEnvironments(project, yaml("2000-01-01"));
  expect(findingsOf(await examined())).toMatchObject([
    { check: "unexpected-access", found: expect.stringContaining("for longer than expected") },
  ]);
  await deployed(project, "ending", { as: account });
  const found = await examined();
  expect(findingsOf(found)).toEqual([]);
  expect(found.notes).toContainEqual(
    expect.stringMatching(/^All read-only access of ending ended .* Remove read-only/),
  );
});

test("a policy as AWS keeps it allows in the second before its end, and not from that second on", async () => {
  const text = JSON.stringify(await readPolicy(account, "AWSSupportAppReadOnlyRolePolicy"));
  expect(text).toContain("2000-01-02T00:00:00Z");
  const iam = iamIn(account);
  const ask = async (end: number) => {
    const written = new Date(end).toISOString().replace(".000Z", "Z");
    const PolicyInputList = [text.replaceAll("2000-01-02T00:00:00Z", written)];
    const { EvaluationResults } = await iam.send(
      new SimulateCustomPolicyCommand({ PolicyInputList, ActionNames: ["support:DescribeCases"] }),
    );
    return EvaluationResults?.[0]?.EvalDecision;
  };
  await ask(Date.now()); // the first call takes longer
  const end = Math.ceil(Date.now() / 1000) * 1000 + 3000;
  const answers: { readonly isBefore: boolean; readonly decision?: string }[] = [];
  while (Date.now() < end + 1000) {
    const asked = Date.now();
    const decision = await ask(end);
    const answered = Date.now();
    // An answer that took from before the end to after it shows nothing.
    if (answered < end || asked >= end) answers.push({ isBefore: answered < end, decision });
    await setTimeout(50);
  }
  const decisions = (isBefore: boolean) => [
    ...new Set(answers.filter((one) => one.isBefore === isBefore).map(({ decision }) => decision)),
  ];
  expect({ before: decisions(true), after: decisions(false) }).toEqual({
    before: ["allowed"],
    after: ["implicitDeny"],
  });
});
