import { readFileSync } from "node:fs";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateAccountCommand } from "@aws-sdk/client-organizations";
import { policyText } from "../support/policy-text";
import { iamIn, newAccount, organizationsOf, rootOf } from "./support/account";
import { forEmulator } from "./support/deployer";
import { allowUser, clickChannel, clickRole, createUser, VIEWING } from "./support/examples";
import { createProject, removeProjects, supportApp, synth, writeEnvironments } from "./support/project";

afterAll(removeProjects);

/** The commands of the page's blocks on an organization, in order. */
const [, SECTION = ""] = readFileSync("docs/adopting.md", "utf8").match(/\n## An organization\n(.*?)\n## /s) ?? [];
const COMMANDS = [...SECTION.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));

/** What each command ends with, in the order of the page. */
const STATUSES = {
  "npx support-app permissions audit": 0,
  "npx support-app permissions audit --organization --assume-role support-app-audit": 0,
  "npx support-app audit --organization --assume-role support-app-audit": 4,
  "npx support-app audit --organization --assume-role support-app-audit --format yaml > audited.yaml": 4,
  "npm run synth": 0,
  "npx support-app diff shop": 0,
  "npx support-app deploy shop": 0,
  "npx support-app audit --organization --assume-role support-app-audit --format json > audit.json": 4,
};

test("each command of the page about adopting an organization works, one after the other, with the printed rights alone", async () => {
  // GIVEN
  expect(COMMANDS).toEqual(Object.keys(STATUSES));
  const management = newAccount();
  const created = await organizationsOf(management).send(
    new CreateAccountCommand({ AccountName: "Shop", Email: `${management}@example.com` }),
  );
  const shop = created.CreateAccountStatus?.AccountId ?? "";
  await clickRole(shop, "Viewers", VIEWING);
  await clickRole(shop, "Admins", { Effect: "Allow", Action: "*", Resource: "*" });
  await clickChannel(shop, "Viewers", { ChannelId: "C01234A5BCD", ChannelName: "shop" });

  const project = createProject("first-hour", "defaults: { region: us-east-1 }\nenvironments: {}\n");
  const as = await createUser(management, "reader");
  const printed = async (...args: string[]) => JSON.parse((await supportApp(project, args, { as })).stdout);
  const whole = await printed("permissions", "audit", "--organization", "--assume-role", "support-app-audit");
  await allowUser(management, "reader", forEmulator(whole));
  const iam = iamIn(shop);
  const RoleName = "support-app-audit";
  const Principal = { AWS: `arn:aws:iam::${management}:root` };
  const AssumeRolePolicyDocument = policyText({ Effect: "Allow", Action: "sts:AssumeRole", Principal });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = forEmulator(await printed("permissions", "audit"));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "audit", PolicyDocument }));

  // WHEN
  const outputs = new Map<string, string>();
  for (const [line, expected] of Object.entries(STATUSES)) {
    const [, , ...args] = (line.split(" > ")[0] ?? "").split(" ");
    const isTerraform = ["diff", "deploy"].includes(args[0] ?? "");
    const options = { as: isTerraform ? rootOf(shop) : as };
    const yes = args[0] === "deploy" ? ["--auto-approve"] : [];
    const result =
      line === "npm run synth" ? await synth(project, options) : await supportApp(project, [...args, ...yes], options);
    expect({ line, status: result.status, output: result.output }).toMatchObject({ line, status: expected });
    outputs.set(line, result.output);
    if (line.endsWith("audited.yaml")) writeEnvironments(project, result.stdout);
  }
  // THEN
  const [, , look, yaml, , diff, deploy, json] = [...outputs.values()];
  expect(look).toContain(
    `${shop} Shop: role Admins\n    means     People in any channel that is given it can do everything in the account.\n`,
  );
  expect(yaml).toContain(
    "  # The role Admins isn't adopted. What differs:\n  # - Its policy AdminsPolicy also allows *",
  );
  expect(diff).toContain(
    "AWS has aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01234A5BCD (T012ABCDEFG|C01234A5BCD), which isn't in the state. The plan is made from what AWS has, which a deploy puts into the state first.",
  );
  // The channel is as it is, and what remembers the place of the state is new.
  expect(deploy).toMatch(/Plan: 5 to import, 1 to add, 0 to change, 0 to destroy/);
  expect(deploy).toMatch(/5 imported, 1 added, 0 changed, 0 destroyed/);
  expect(json).toContain('"schemaVersion": 1');
});
