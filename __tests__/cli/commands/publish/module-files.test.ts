import {
  accountModule,
  guardrailModule,
  levelModule,
  moduleFiles,
  rootModule,
} from "../../../../cli/commands/publish/module-files";
import { ACCESS_LEVELS, type AccessLevel } from "../../../../modules/support-app/model/access-level";
import { actionsOf } from "../../../../modules/support-app/model/capability";
import { serviceQuotasRoleRemoved } from "../../../../modules/support-app/model/service-quotas-role";
import { toHcl } from "../../../../stacks/output/hcl";
import { listOf } from "../../../../stacks/portable/module-variable";
import { moduleVariables } from "../../../../stacks/portable/module-variables";
import { ACCOUNT_VARIABLES } from "../../../../stacks/portable/published-account-module";
import { GUARDRAIL_VARIABLES } from "../../../../stacks/portable/published-guardrail-module";
import { publishedModule } from "../../../../stacks/portable/published-module";
import { levelKeys, publishedRoot, rootVariables } from "../../../../stacks/portable/published-root";
import { EDITION, inputsIn } from "../../../support/edition";

const LEVELS: readonly AccessLevel[] = ["read-only", "full"];

const FILES = {
  "read-only": moduleFiles(levelModule("read-only"), EDITION),
  full: moduleFiles(levelModule("full"), EDITION),
};

const ROOT = moduleFiles(rootModule(), EDITION);
const ACCOUNT = moduleFiles(accountModule(), EDITION);
const GUARDRAIL = moduleFiles(guardrailModule(), EDITION);

const fileOf = (access: AccessLevel, path: string) => FILES[access].get(path) ?? "";

describe.each(LEVELS)("the module of %s", (access) => {
  test("is named after it, and has Terraform's usual files, a README, the license and an example", () => {
    expect(levelModule(access).name).toBe(`support-app-${access}`);
    expect([...FILES[access].keys()]).toEqual([
      ...["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "LICENSE", "examples/basic/main.tf"],
    ]);
    expect(fileOf(access, "LICENSE")).toBe(EDITION.license);
  });

  test("has a README whose usage and example set only its inputs", () => {
    const inputs = moduleVariables(access).map(({ name }) => name);
    expect(inputs).toEqual(expect.arrayContaining(inputsIn(fileOf(access, "README.md"))));
    expect(inputs).toEqual(expect.arrayContaining(inputsIn(fileOf(access, "examples/basic/main.tf"))));
  });

  test("has every resource that the README imports", () => {
    const { resource = {} } = publishedModule(access) as { resource?: Record<string, object> };
    const addresses = Object.entries(resource).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );
    const imported = [...fileOf(access, "README.md").matchAll(/^ {2}to = module\.support_app\.([\w.]+)/gm)];
    expect(imported).toHaveLength(access === "full" ? 6 : 5);
    expect(addresses).toEqual(expect.arrayContaining(imported.map(([, address]) => address)));
  });
});

test.each(LEVELS)("the module of %s has no removed block, which only a root module may have", (access) => {
  expect(fileOf(access, "main.tf")).toMatch(/^resource /m);
  expect(fileOf(access, "main.tf")).not.toMatch(/^removed /m);
});

test("the README of full hands back the Service Quotas role, with a block of the form that the stacks write", () => {
  const removed = (address: string) => toHcl({ removed: serviceQuotasRoleRemoved(address) });
  const role = "aws_iam_service_linked_role.service_quotas";
  expect(fileOf("full", "README.md")).toContain(removed(`module.support_app.${role}`));
  expect(fileOf("full", "README.md")).toContain(`terraform state rm 'module.support_app.${role}[0]'`);
  expect(ROOT.get("README.md")).toContain(removed(`module.support_app.module.full.${role}`));
  expect(ROOT.get("README.md")).toContain(`terraform state rm 'module.support_app.module.full[0].${role}[0]'`);
});

test("the README of read-only has no word about the Service Quotas role, which it can't create", () => {
  const readme = fileOf("read-only", "README.md");
  expect(readme).toContain("channels in which people may view support cases, and nothing else, for the");
  expect(readme).toContain(
    '    watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }\n',
  );
  expect(readme).not.toMatch(/Service Quotas|service_quotas/);
});

test("the example of full leaves a capability out, and that of read-only needs no input", () => {
  expect(inputsIn(fileOf("full", "examples/basic/main.tf"))).toEqual(["resolve_cases", "service_quotas_role"]);
  expect(fileOf("read-only", "examples/basic/main.tf")).toContain('module "support_app" {\n  source = "../.."\n}\n');
});

test("each part of a module is in the file in which people look for it", () => {
  const blocks = (path: string) => [...new Set(ROOT.get(path)?.match(/^\w+/gm))];
  expect(blocks("main.tf")).toEqual(["locals", "module", "resource"]);
  expect(blocks("variables.tf")).toEqual(["variable"]);
  expect(blocks("outputs.tf")).toEqual(["output"]);
  expect(blocks("versions.tf")).toEqual(["terraform"]);
});

test("a README has the version, what the module requires, takes and gives, and how to upgrade", () => {
  const readme = ACCOUNT.get("README.md") ?? "";
  expect(readme).toContain("\nVersion 1.2.0. It is generated from");
  expect(readme).toContain(
    "\n## Requirements\n\n| name | version |\n| --- | --- |\n| Terraform or OpenTofu | `>= 1.5` |\n",
  );
  expect(readme).toContain(
    "\n## Inputs\n\n| name | description | type | default |\n| --- | --- | --- | --- |\n| `slack_workspaces` | ",
  );
  expect(readme).toContain(
    "| `account_alias` | What people in Slack see instead of the account's number. | `string` | `null` |\n",
  );
  expect(readme).toContain("\n## Outputs\n\n| name | description |\n| --- | --- |\n| `slack_workspaces` | ");
  expect(readme).toMatch(/\n\n## Upgrading\n\nThe notes\.\n$/);
});

describe("the root module", () => {
  const TESTS = ["access", "channels", "guardrail", "refusals"].map((name) => `tests/${name}.tftest.hcl`);
  const EXAMPLES = ["examples/read-only/main.tf", "examples/full/main.tf", "examples/several-accounts/main.tf"];

  test("has Terraform's usual files, a README, the license, examples and tests", () => {
    expect([...ROOT.keys()]).toEqual([
      ...["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "LICENSE", ...EXAMPLES, ...TESTS],
    ]);
    expect(ROOT.get("LICENSE")).toBe(EDITION.license);
  });

  test("the usage and the examples set only inputs of the module and of its access levels, and read only its outputs", () => {
    const inputs = rootVariables().map(({ name }) => name);
    const outputs = Object.keys(publishedRoot().output as object);
    for (const path of ["README.md", ...EXAMPLES]) {
      const text = ROOT.get(path) ?? "";
      expect(inputs).toEqual(expect.arrayContaining(inputsIn(text)));
      const full = [...text.matchAll(/^ {2}full = \{\n(.*?)^ {2}\}/gms)].flatMap(([, body = ""]) =>
        [...body.matchAll(/^ {4}(\w+) +=/gm)].map(([, key]) => key),
      );
      expect(levelKeys("full")).toEqual(expect.arrayContaining(full));
      const read = [...text.matchAll(/ = module\.support_app\.(\w+)$/gm)].map(([, name]) => name);
      expect(outputs).toEqual(expect.arrayContaining(read));
    }
    expect(inputsIn(ROOT.get("README.md") ?? "")).toEqual(["full", "read_only"]);
  });

  test("its tests, which e2e/publication.e2e.ts runs, expect the model's actions of each level", () => {
    const test = ROOT.get("tests/access.tftest.hcl");
    for (const access of LEVELS) {
      const actions = actionsOf(ACCESS_LEVELS[access].capabilities).toSorted();
      expect(test).toContain(`jsonencode(${listOf(actions)})`);
    }
  });

  test("each account of an example has a provider that only accepts its credentials", () => {
    const text = ROOT.get("examples/several-accounts/main.tf") ?? "";
    const providers = [...text.matchAll(/^provider "aws" \{\n(.*?)^\}/gms)].map(([, body = ""]) => ({
      alias: body.match(/alias += "(\w+)"/)?.[1],
      allowed: body.match(/allowed_account_ids = \["(\d+)"\]/)?.[1],
      assumed: body.match(/role_arn = "arn:aws:iam::(\d+):role\/terraform"/)?.[1],
    }));
    expect(providers).toEqual([
      { alias: "staging", allowed: "111122223333", assumed: "111122223333" },
      { alias: "production", allowed: "444455556666", assumed: "444455556666" },
    ]);
    expect(text.match(/providers = \{ aws = aws\.\w+ \}/g)).toEqual([
      "providers = { aws = aws.staging }",
      "providers = { aws = aws.production }",
    ]);
  });
});

describe.each([
  ["account", ACCOUNT, ACCOUNT_VARIABLES],
  ["guardrail", GUARDRAIL, GUARDRAIL_VARIABLES],
])("the module for the %s", (_, files, variables) => {
  test("has Terraform's usual files, a README and the license", () => {
    expect([...files.keys()]).toEqual(["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "LICENSE"]);
    expect(files.get("LICENSE")).toBe(EDITION.license);
  });

  test("has a README that sets only its inputs, and all without a usable default", () => {
    const inputs = variables.map(({ name }) => name);
    const set = inputsIn(files.get("README.md") ?? "").filter(
      (name) => !/^(channels|registered_workspaces)$/.test(name),
    );
    expect(inputs).toEqual(expect.arrayContaining(set));
    expect(set).toEqual(expect.arrayContaining(inputs.filter((name) => name !== "name")));
  });
});

test("the README of the account's module passes the workspaces on to a module with channels", () => {
  expect(ACCOUNT.get("outputs.tf")).toContain('output "slack_workspaces" {');
  expect(ACCOUNT.get("README.md")).toContain("registered_workspaces = module.account.slack_workspaces\n");
});
