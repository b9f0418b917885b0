import { readFileSync } from "node:fs";
import { AttachRolePolicyCommand } from "@aws-sdk/client-iam";
import { GUIDE_TOPICS } from "../../cli/commands/doctor/check";
import { CHECKS } from "../../cli/commands/doctor/checks";
import { iamIn } from "./support/account";
import { type Aws, doctor, startAws } from "./support/doctor";
import { exampleEnvironments } from "./support/examples";
import { createProject, deployed, removeProjects } from "./support/project";

const PAGE = readFileSync("docs/troubleshooting.md", "utf8");
const { environmentsYaml, staging } = exampleEnvironments();
const project = createProject("doctor-page", environmentsYaml);
let aws: Aws;

beforeAll(async () => {
  aws = await startAws();
});

afterAll(async () => {
  await aws.close();
  removeProjects();
});

/** What doctor prints, in the account that the example has. */
async function printed(): Promise<string> {
  const { stdout } = await doctor(project, ["staging"], aws, staging);
  return stdout.replaceAll(staging, "111122223333").trim();
}

test("the page on troubleshooting shows an unhealthy environment as doctor does", async () => {
  await deployed(project, "staging", { as: staging });
  expect(await printed()).toContain("staging (111122223333, us-east-1) is healthy.");

  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iamIn(staging).send(new AttachRolePolicyCommand({ RoleName: "AWSSupportAppReadOnlyRole", PolicyArn }));
  const unhealthy = await printed();
  expect(unhealthy).toContain("staging (111122223333, us-east-1) is unhealthy.");
  expect(PAGE).toContain(`\`\`\`text\n${unhealthy}\n\`\`\``);
});

test("its table has every topic of the guide and every check", () => {
  const table = PAGE.match(/\| topic of AWS's guide.*?\n\n/s)?.[0] ?? "";
  const rows = table.split("\n").map((row) => row.split("|").map((cell) => cell.trim()));
  const checksOf = (first: string) =>
    rows
      .find(([, cell]) => cell === first)?.[2]
      ?.replaceAll("`", "")
      .split(", ");
  const ofTopic = ({ title, url }: (typeof GUIDE_TOPICS)[keyof typeof GUIDE_TOPICS]) => checksOf(`[${title}](${url})`);
  expect(ofTopic(GUIDE_TOPICS.restrictUsers)).toEqual([
    "unexpected-access",
    "permissions-boundary",
    "trust",
    "channels",
    "other-roles",
  ]);
  expect(ofTopic(GUIDE_TOPICS.missingRole)).toEqual(["role", "trust"]);
  expect(ofTopic(GUIDE_TOPICS.missingPermission)).toEqual(["capabilities"]);
  expect(ofTopic(GUIDE_TOPICS.invalidRole)).toEqual(["channels"]);
  expect(ofTopic(GUIDE_TOPICS.missingServiceQuotasRole)).toEqual(["service-quotas-role"]);
  expect(checksOf("none")).toEqual(["credentials", "region", "support-plan"]);
  for (const { name } of CHECKS) expect(table).toContain(`\`${name}\``);
});
