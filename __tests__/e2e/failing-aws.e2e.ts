import { readFileSync } from "node:fs";
import { newAccount } from "./support/account";
import { createServiceQuotasRole } from "./support/examples";
import { createProject, deploy, deployed, diff, removeProjects, writeEnvironments } from "./support/project";
import { type Answer, type Call, startProxy } from "./support/proxy";

afterAll(removeProjects);

const environments = (account: string) => `environments:
  shaken:
    account: "${account}"
    region: us-east-1
    read-only: { channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01 }] }
    full: { service-quotas-role: create, channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C02 }] }
`;

/** How AWS refuses a call, in the called service's protocol. */
function refusal({ action }: Call, status: number, code: string, message: string): Answer {
  const body = action.startsWith("cloudformation:")
    ? JSON.stringify({ __type: code, message })
    : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status, body };
}

test("throttling and internal errors in between only take time", async () => {
  const account = newAccount();
  const project = createProject("failing-aws", environments(account));
  const faults: string[] = [];
  let count = 0;
  const proxy = await startProxy((call) => {
    count++;
    if (count % 3 !== 0) return undefined;
    faults.push(call.action);
    return faults.length % 2 === 0
      ? refusal(call, 400, "ThrottlingException", "Rate exceeded")
      : refusal(call, 503, "ServiceUnavailable", "Try again");
  });
  const output = await deployed(project, "shaken", { as: account, endpoint: proxy.endpoint });
  await proxy.close();
  expect(output).toContain("Apply complete!");
  expect(faults).toEqual(expect.arrayContaining([expect.stringMatching(/^iam:/)]));
  expect(faults.length).toBeGreaterThan(10);
  expect((await diff(project, "shaken", { as: account })).output).toContain("No changes.");
});

test("a Service Quotas role that exists already stops `create`; the page on access levels has the error, and the mode that it names goes on", async () => {
  const account = newAccount();
  const project = createProject("failing-quotas", environments(account));
  await createServiceQuotasRole(account);
  const message =
    "Service role name AWSServiceRoleForServiceQuotas has been taken in this account, please try a different suffix.";
  const { status, output } = await deploy(project, "shaken", { as: account });
  expect(status).not.toBe(0);
  expect(output.replace(/[\s│]+/g, " ")).toContain(message); // Terraform breaks lines where it likes

  const page = readFileSync("docs/access-levels.md", "utf8").replace(/\s+/g, " ");
  const [, quotation = "nothing", mode = ""] = page.match(/`create` fails with "([^"]+)": use `(\w+)`/) ?? [];
  expect(message).toContain(quotation);
  writeEnvironments(project, environments(account).replace("create", mode));
  expect(await deployed(project, "shaken", { as: account })).toContain("1 imported");
  expect((await diff(project, "shaken", { as: account })).output).toContain("No changes.");
});
