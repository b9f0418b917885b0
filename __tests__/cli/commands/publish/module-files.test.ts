import { moduleFiles, publishedModules } from "../../../../cli/commands/publish/module-files";
import { ACCESS_LEVELS, type AccessLevel } from "../../../../modules/support-app/model/access-level";
import { actionsOf } from "../../../../modules/support-app/model/capability";
import { serviceQuotasRoleRemoved } from "../../../../modules/support-app/model/service-quotas-role";
import { toHcl } from "../../../../stacks/output/hcl";
import { listOf } from "../../../../stacks/portable/module-variable";
import { levelKeys } from "../../../../stacks/portable/published-root";

/** The names of the inputs that a text sets in its module blocks, sorted. */
function inputsIn(text: string): string[] {
  const bodies = [...text.matchAll(/^module "\w+" \{\n(.*?)^\}/gms)].map(([, body = ""]) => body);
  const names = bodies.flatMap((body) => [...body.matchAll(/^ {2}(\w+) += /gm)].map(([, name = ""]) => name));
  return [...new Set(names)].filter((name) => name !== "source" && name !== "providers").sort();
}

const MODULES = publishedModules();
const FILES = Object.fromEntries(MODULES.map((module) => [module.name, moduleFiles(module, "1.2.0")]));
const USUAL = ["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "LICENSE"];
const LEVELS: readonly AccessLevel[] = ["read-only", "full"];

const fileOf = (module: string, path: string) => FILES[module]?.get(path) ?? "";
const ROOT = "terraform-aws-support-app";

test.each<[string, string[]]>([
  [
    ROOT,
    [
      ...["read-only", "full", "several-accounts"].map((name) => `examples/${name}/main.tf`),
      ...["access", "channels", "guardrail", "refusals"].map((name) => `tests/${name}.tftest.hcl`),
    ],
  ],
  ["support-app-read-only", ["examples/basic/main.tf"]],
  ["support-app-full", ["examples/basic/main.tf"]],
  ["support-app-account", []],
  ["support-app-guardrail", []],
])("%s has Terraform's usual files, a README, the license and %j", (name, extraFiles) => {
  expect([...(FILES[name]?.keys() ?? [])]).toEqual([...USUAL, ...extraFiles]);
  expect(fileOf(name, "LICENSE")).toContain("Apache License");
  const blocks = (path: string) => [...new Set(fileOf(name, path).match(/^\w+/gm))];
  const sections = ["locals", "data", "module", "resource", "check"];
  expect(sections).toEqual(expect.arrayContaining(blocks("main.tf"))); // no removed block
  expect(["variables.tf", "outputs.tf", "versions.tf"].map(blocks)).toEqual([["variable"], ["output"], ["terraform"]]);
});

test("READMEs and examples set only inputs of the modules that they call, and read only the root's outputs", () => {
  for (const { name, terraform, paths = [] } of MODULES) {
    const inputs = Object.keys(terraform.variable ?? {});
    for (const path of ["README.md", ...paths.filter((fileName) => fileName.endsWith(".tf"))]) {
      const text = fileOf(name, path);
      const levelVariables = /^(channels|registered_workspaces)$/; // of a module of a level, beside the account's
      const set = inputsIn(text).filter((input) => name !== "support-app-account" || !levelVariables.test(input));
      expect({ name, path, inputs }).toEqual({ name, path, inputs: expect.arrayContaining(set) });
      if (name !== ROOT) continue;
      const full = [...text.matchAll(/^ {2}full = \{\n(.*?)^ {2}\}/gms)].flatMap(([, body = ""]) =>
        [...body.matchAll(/^ {4}(\w+) +=/gm)].map(([, key]) => key),
      );
      expect(levelKeys("full")).toEqual(expect.arrayContaining(full));
      const outputNames = [...text.matchAll(/ = module\.support_app\.(\w+)$/gm)].map(([, output]) => output);
      expect(Object.keys(terraform.output ?? {})).toEqual(expect.arrayContaining(outputNames));
    }
  }
  expect(inputsIn(fileOf("support-app-full", "examples/basic/main.tf"))).toEqual([
    "resolve_cases",
    "service_quotas_role",
  ]);
});

test("the tests, which e2e/publication.e2e.ts runs, expect the model's actions of each level", () => {
  for (const access of LEVELS) {
    const actions = actionsOf(ACCESS_LEVELS[access].capabilities).toSorted();
    expect(fileOf(ROOT, "tests/access.tftest.hcl")).toContain(`jsonencode(${listOf(actions)})`);
  }
});

test.each([
  ["read-only", 5],
  ["full", 6],
])("the README of %s imports what its module has", (access, count) => {
  const module = MODULES.find(({ name }) => name === `support-app-${access}`);
  const addresses = Object.entries(module?.terraform.resource ?? {}).flatMap(([type, blocks]) =>
    Object.keys(blocks as object).map((name) => `${type}.${name}`),
  );
  const imported = [
    ...fileOf(`support-app-${access}`, "README.md").matchAll(/^ {2}to = module\.support_app\.([\w.]+)/gm),
  ];
  expect(imported).toHaveLength(count);
  expect(addresses).toEqual(expect.arrayContaining(imported.map(([, address]) => address)));
});

test("the READMEs of full and of the root hand back the Service Quotas role, in the form of the stacks; read-only has none", () => {
  const role = "aws_iam_service_linked_role.service_quotas";
  for (const [name, address, inState] of [
    ["support-app-full", "module.support_app", "module.support_app"],
    [ROOT, "module.support_app.module.full", "module.support_app.module.full[0]"],
  ] as const) {
    const [removed] = serviceQuotasRoleRemoved();
    expect(fileOf(name, "README.md")).toContain(toHcl({ removed: [{ ...removed, from: `${address}.${role}` }] }));
    expect(fileOf(name, "README.md")).toContain(`terraform state rm '${inState}.${role}[0]'`);
  }
  const readme = fileOf("support-app-read-only", "README.md");
  expect(readme).toContain("channels in which people may view support cases, and nothing else, for the");
  expect(readme).not.toMatch(/Service Quotas|service_quotas/);
});

test("a README has the version, what the module requires, takes and gives, and how to upgrade", () => {
  const readme = fileOf("support-app-account", "README.md");
  for (const part of [
    "\nVersion 1.2.0. It is generated from",
    "\n## Requirements\n\n| Name | Version |\n| --- | --- |\n| terraform | >= 1.5 |\n| aws | >= 5.100.0 |\n",
    "\n## Providers\n\n| Name | Version |\n| --- | --- |\n| aws | >= 5.100.0 |\n\n## Modules\n\nNo modules.\n",
    "\n## Resources\n\n| Name | Type |\n| --- | --- |\n| aws_cloudcontrolapi_resource.workspace | resource |\n",
    "\n## Inputs\n\n| Name | Description | Type | Default | Required |\n| --- | --- | --- | --- | --- |\n| slack_workspaces | ",
    "| account_alias | What people in Slack see instead of the account's number. | `string` | `null` | no |\n",
    "\n## Outputs\n\n| Name | Description |\n| --- | --- |\n| slack_workspaces | ",
    "registered_workspaces = module.account.slack_workspaces\n",
    "\n\n## Upgrading\n\nVersion 1.2.0 is made by cdktf-support-app-access ",
  ])
    expect(readme).toContain(part);
});

test("a README lists the modules, data sources and resources of its Terraform, and the types of objects, over several lines", () => {
  expect(fileOf(ROOT, "README.md")).toContain(
    "\n| read_only | ./modules/support-app-read-only | n/a |\n| full | ./modules/support-app-full | n/a |\n",
  );
  const readme = fileOf("support-app-full", "README.md");
  for (const row of ["aws_iam_role.full | resource", "aws_iam_policy_document.full | data source"])
    expect(readme).toContain(`\n| ${row} |\n`);
  expect(readme).toContain(
    "| <pre>map(object({<br/>  workspace = string<br/>  channel = string<br/>  name = string<br/>  notify = optional(object({<br/>    severity = string<br/>    events = optional(list(string))<br/>  }))<br/>}))</pre> | `{}` | no |\n",
  );
});

test("each account of an example has a provider that only accepts its credentials", () => {
  const text = fileOf(ROOT, "examples/several-accounts/main.tf");
  const providers = [...text.matchAll(/^provider "aws" \{\n(.*?)^\}/gms)].map(([, body = ""]) => [
    body.match(/alias += "(\w+)"/)?.[1],
    body.match(/allowed_account_ids = \["(\d+)"\]/)?.[1],
    body.match(/role_arn = "arn:aws:iam::(\d+):role\/terraform"/)?.[1],
  ]);
  expect(providers).toEqual([
    ["staging", "111122223333", "111122223333"],
    ["production", "444455556666", "444455556666"],
  ]);
  expect(text.match(/(?<=providers = \{ aws = aws\.)\w+/g)).toEqual(["staging", "production"]);
});
