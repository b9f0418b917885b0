import { moduleFiles, moduleName } from "../../../cli/publish/module-files";
import type { AccessLevel } from "../../../modules/support-app/access-level";
import { moduleVariables } from "../../../stacks/module-variables";
import { publishedModule } from "../../../stacks/published-module";
import { EDITION, inputsIn } from "../../support/edition";

const LEVELS: readonly AccessLevel[] = ["read-only", "full"];

const FILES = { "read-only": moduleFiles("read-only", EDITION), full: moduleFiles("full", EDITION) };

const fileOf = (access: AccessLevel, path: string) => FILES[access].get(path) ?? "";

describe.each(LEVELS)("the module of %s", (access) => {
  test("is named after it, and has Terraform's usual files, a README, the license and an example", () => {
    expect(moduleName(access)).toBe(`support-app-${access}`);
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

test("the README of full shows how to use, import and remove it, and what becomes of the Service Quotas role", () => {
  expect(fileOf("full", "README.md")).toMatchSnapshot();
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
