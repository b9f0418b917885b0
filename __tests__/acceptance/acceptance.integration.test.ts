import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { awsInTests } from "../support/answering-aws";
import { ACCOUNT } from "../support/live-account";
import { ROLES } from "./names";

const aws = awsInTests();

test("after SIGTERM, acceptance still removes what a run left in the account", async () => {
  const roles = new Set<unknown>([ROLES.deployer]);
  aws.answers = (action, { RoleName }) => {
    if (action === "GetCallerIdentity") running.child.kill("SIGTERM");
    if (action === "DeleteRole") roles.delete(RoleName);
    const members = [...roles].map((name) => `<member><RoleName>${name}</RoleName></member>`);
    if (action === "ListRoles") return `<Roles>${members.join("")}</Roles>`;
    return action === "ListResources" ? "{}" : `<Account>${ACCOUNT}</Account>`;
  };
  const script = ["--require", "ts-node/register", "__tests__/acceptance/acceptance.ts"];
  const options = ["--clean", "--account", ACCOUNT, "--region", "us-east-1"];
  const running = promisify(execFile)(process.execPath, [...script, ...options], { env: process.env });
  expect((await running).stderr).toMatch(/^Interrupted: .*\nRemoved 1 things of earlier runs. Nothing is left\.\n$/);
  expect(roles).toEqual(new Set());
});
