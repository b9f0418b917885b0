import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ACCESS_LEVELS, type AccessLevel, LEVELS } from "../../../modules/support-app/model/access-level";
import { actionsOf, OPTIONAL_CAPABILITIES } from "../../../modules/support-app/model/capability";
import { keyOf } from "../../../modules/support-app/model/properties";
import { serviceQuotasRoleRemoved } from "../../../modules/support-app/model/service-quotas-role";
import { ARGUMENT_PROPERTIES, levelVariables } from "../../../packaging/terraform/level-variables";
import { allModules, generatedFiles } from "../../../packaging/terraform/modules";
import { rootModule } from "../../../packaging/terraform/root-module";
import { listOf, variableName } from "../../../packaging/terraform/variable";
import { unsetOf } from "../../../stacks/environments/environment-entry";
import { toHcl } from "../../../stacks/output/hcl";

const FOLDER = "terraform";
const PATHS = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.\w+$/.test(path) && !/(^|\/)\./.test(path))
  .map((path) => join(FOLDER, path));
const textOf = (path: string) => readFileSync(path, "utf8");
/** The text of a module's file, such as main.tf of full. */
const ofModule = (name: string, path: string) => textOf(join(FOLDER, "modules", `support-app-${name}`, path));

const GENERATED = allModules().flatMap((module) => [...generatedFiles(module)]);

test.each(GENERATED)("%s is what the constructs and the table of properties give: npm run modules", (path, text) => {
  expect(textOf(path)).toBe(text);
});

test("what isn't generated is an example or a test", () => {
  const generated = GENERATED.map(([path]) => path);
  const byHand = PATHS.filter((path) => !generated.includes(path));
  expect(byHand.filter((path) => !/\/(examples\/[\w-]+\/main\.tf|tests\/\w+\.tftest\.hcl)$/.test(path))).toEqual([]);
});

test.each(PATHS.filter((name) => name.endsWith(".tf")))(
  "only examples have a provider, and nothing has a backend, a removed block or a pattern that Terraform doesn't know: %j",
  (path) => {
    const text = textOf(path);
    expect({ path, hasProvider: /^provider /m.test(text) }).toEqual({ path, hasProvider: path.includes("/examples/") });
    expect(text).not.toMatch(/^\s*(backend|removed) /m);
    expect(text).not.toContain("(?"); // Terraform's patterns have no lookaheads
  },
);

test("the module read-only is the module full without anything to leave out, and without a Service Quotas role", () => {
  const [full, readOnly] = ["full", "read-only"].map(
    (level) => `${ofModule(level, "main.tf")}${ofModule(level, "variables.tf")}`,
  );
  const blocks = (text = "") =>
    (text.match(/^\w+ ("\w+" )*\{$/gm) ?? []).filter((header) => !/read_only|full/.test(header));
  const onlyIn = (text = "", otherText = "") => blocks(text).filter((block) => !blocks(otherText).includes(block));
  expect(onlyIn(readOnly, full)).toEqual([]);
  expect(onlyIn(full, readOnly).sort()).toEqual(
    [
      ...OPTIONAL_CAPABILITIES.map((capability) => `variable "${variableName(capability)}" {`),
      'variable "service_quotas_role" {',
      'resource "aws_iam_service_linked_role" "service_quotas" {',
    ].sort(),
  );
  expect(readOnly).not.toMatch(/service.?quotas|quota_increases/i);
});

test("the modules of the access levels require nothing: the defaults are those of environments.yaml", () => {
  const defaults = levelVariables("read-only").map((variable) => [variable.name, variable.default]);
  const inFile: Readonly<Record<string, unknown>> = unsetOf("read-only");
  const ofArguments = ARGUMENT_PROPERTIES.map((property) => [variableName(property), inFile[keyOf(property)] ?? null]);
  expect(Object.fromEntries(defaults)).toEqual({
    ...Object.fromEntries(ofArguments),
    channels: {},
    policy: "customer-managed",
    source_account: null,
    registered_workspaces: [],
    tags: {},
  });
});

/** The keys of an access level in the root module. */
function levelKeys(access: AccessLevel): string[] {
  return levelVariables(access)
    .map(({ name }) => name)
    .filter((name) => name !== "registered_workspaces");
}

interface Variable {
  readonly type: string;
  readonly description: string;
  readonly validation: readonly { readonly error_message: string }[];
}

test("an access level of the root module describes its type, which has each key, and refuses other keys and values of another type", () => {
  const { read_only, full } = rootModule().terraform.variable as Readonly<Record<string, Variable>>;
  for (const [variable, access] of [
    [read_only, "read-only"],
    [full, "full"],
  ] as const) {
    const { type, description = "", validation = [] } = variable as Variable;
    expect(type).toBe("any");
    const [, attributes = ""] = description.match(/ Type: object\(\{ (.*) \}\)$/) ?? [];
    const names = [...attributes.replace(/object\(\{.*?\}\)\) \}\)/, "").matchAll(/(\w+) = optional\(/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(levelKeys(access));
    const expectedTexts = validation.map(({ error_message }) => error_message.replace(/^.*, expected /s, ""));
    expect(expectedTexts).toEqual(
      expect.arrayContaining([
        "a string.",
        "a number.",
        "a map of strings.",
        ...(access === "full" ? ["true or false."] : []),
      ]),
    );
  }
});

/** The names of the inputs that a text sets in its module blocks, sorted. */
function inputsIn(text: string): string[] {
  const bodies = [...text.matchAll(/^module "\w+" \{\n(.*?)^\}/gms)].map(([, body = ""]) => body);
  const names = bodies.flatMap((body) => [...body.matchAll(/^ {2}(\w+) += /gm)].map(([, name = ""]) => name));
  return [...new Set(names)].filter((name) => name !== "source" && name !== "providers").sort();
}

test("READMEs and examples set only inputs of the modules that they call, and read only the root's outputs", () => {
  for (const { folder, terraform } of allModules()) {
    const inputs = Object.keys(terraform.variable ?? {});
    const texts = PATHS.filter(
      (path) => path === join(folder, "README.md") || path.startsWith(join(folder, "examples/")),
    );
    for (const path of texts) {
      const text = textOf(path);
      const levelVariables = /^(channels|registered_workspaces)$/; // of a module of a level, beside the account's
      const set = inputsIn(text).filter((input) => !folder.endsWith("account") || !levelVariables.test(input));
      expect({ path, inputs }).toEqual({ path, inputs: expect.arrayContaining(set) });
      if (folder !== FOLDER) continue;
      const full = [...text.matchAll(/^ {2}full = \{\n(.*?)^ {2}\}/gms)].flatMap(([, body = ""]) =>
        [...body.matchAll(/^ {4}(\w+) +=/gm)].map(([, key]) => key),
      );
      expect(levelKeys("full")).toEqual(expect.arrayContaining(full));
      const outputNames = [...text.matchAll(/ = module\.support_app\.(\w+)$/gm)].map(([, output]) => output);
      expect(Object.keys(terraform.output ?? {})).toEqual(expect.arrayContaining(outputNames));
    }
  }
  expect(inputsIn(ofModule("full", "examples/basic/main.tf"))).toEqual(["resolve_cases", "service_quotas_role"]);
});

test.each(LEVELS)(
  "the tests, which e2e/publication.e2e.ts runs, expect the model's actions of each level: %j",
  (access) => {
    const actions = actionsOf(ACCESS_LEVELS[access].capabilities).toSorted();
    expect(textOf(join(FOLDER, "tests/access.tftest.hcl"))).toContain(`jsonencode(${listOf(actions)})`);
  },
);

test.each([
  ["read-only", 5],
  ["full", 6],
])("the README of %s imports what its module has", (level, count) => {
  const readme = ofModule(level, "README.md");
  const imported = [...readme.matchAll(/^ {2}to = module\.support_app\.([\w.]+)/gm)].map(([, address = ""]) => address);
  expect(imported).toHaveLength(count);
  for (const address of imported.map((text) => text.replace(".", '" "')))
    expect(ofModule(level, "main.tf")).toContain(`\nresource "${address}" {\n`);
});

test("the READMEs of full and of the root hand back the Service Quotas role, in the form of the stacks; read-only has none", () => {
  const role = "aws_iam_service_linked_role.service_quotas";
  for (const [readme, address, inState] of [
    [ofModule("full", "README.md"), "module.support_app", "module.support_app"],
    [textOf(join(FOLDER, "README.md")), "module.support_app.module.full", "module.support_app.module.full[0]"],
  ] as const) {
    const [removed] = serviceQuotasRoleRemoved();
    expect(readme).toContain(toHcl({ removed: [{ ...removed, from: `${address}.${role}` }] }));
    expect(readme).toContain(`terraform state rm '${inState}.${role}[0]'`);
  }
  expect(ofModule("read-only", "README.md")).not.toMatch(/Service Quotas|service_quotas/);
});

test("the READMEs of both levels say the same of channels, and so does the root's of each channel", () => {
  const channels = (readme: string) => readme.match(/^## Channels\n(.*?)^(?:## |<!--)/ms)?.[1] ?? "";
  const ofLevel = channels(ofModule("full", "README.md"));
  expect(channels(ofModule("read-only", "README.md"))).toBe(ofLevel);
  const [common = ""] = ofLevel.split("- The Support App");
  expect(common).toContain("\n- A channel that was configured in the console");
  expect(channels(textOf(join(FOLDER, "README.md")))).toContain(common);
});

test("each account of an example has a provider that only accepts its credentials", () => {
  const text = textOf(join(FOLDER, "examples/several-accounts/main.tf"));
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
