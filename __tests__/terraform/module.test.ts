import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { ACCESS_LEVELS, LEVELS } from "../../modules/support-app/model/access-level";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import {
  MAX_CHANNELS,
  MAX_TAGS,
  MAX_WORKSPACES,
  TAG_KEY,
  TAG_VALUE,
  type TextLimit,
} from "../../modules/support-app/model/limits";
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES } from "../../modules/support-app/model/notify";
import {
  ACCESS_PROPERTIES,
  type AccessProperty,
  CHANNEL_PROPERTIES,
  defaultOf,
  ENVIRONMENT_PROPERTIES,
  type Property,
  type Value,
  wordsOf,
} from "../../modules/support-app/model/properties";
import { serviceQuotasRoleRemoved } from "../../modules/support-app/model/service-quotas-role";
import { MODULES, type Module, readModule } from "../../packaging/module-reference";
import { toHcl } from "../../stacks/output/hcl";
import { variableName } from "../support/terraform-module";

const [ROOT, ACCOUNT] = MODULES as [string, string, string];
const textOf = (path: string) => readFileSync(path, "utf8");
const FILES = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(tf|hcl|md)$/.test(path) && !/(^|\/)\./.test(path))
  .map((path) => join(ROOT, path));
const CODE = FILES.filter((path) => path.endsWith(".tf"));

let modules: Readonly<Record<string, Module>>;
beforeAll(async () => {
  modules = Object.fromEntries(
    await Promise.all(MODULES.map(async (folder) => [folder, await readModule(folder)] as const)),
  );
});

/** A variable of a module, and what its validations say, in one text. */
function variableOf(name: string, folder = ROOT) {
  const variable = modules[folder]?.variable[name]?.[0];
  if (variable === undefined) throw new Error(`Received no variable ${name} in ${folder}, expected one.`);
  const rules = variable.validation ?? [];
  const conditions = rules.map(({ condition }) => condition.replace(/\s+/g, " ")).join("\n");
  return { ...variable, conditions, messages: rules.map(({ error_message }) => error_message).join("\n") };
}

/** Inputs that aren't the table's as they are, each with the reason. */
const OTHERWISE: Readonly<Partial<Record<AccessProperty, string>>> = {
  until: "Terraform converts no time zones, so a time is in UTC",
  temporarily: "a map of capabilities to their ends: an object would drop a mistyped key in silence",
  serviceQuotasRole: "it doesn't adopt: imports stand in a root",
  sourceAccountCondition: "source_account: a module doesn't know its account",
  tags: "a module has no level above it to add tags to",
  adopt: "import blocks stand in a root",
};

/** The default in Terraform, which has one for both access levels. Null: the module chooses it by the level. */
const defaultIn = (value: Value) => defaultOf({ ...value, byLevel: undefined } as Value, "full") ?? null;

/** What is expected of a text, and how Terraform checks it. */
function expectLimit(
  { pattern, expected, inTerraform }: TextLimit,
  text: { conditions: string; messages: string },
): void {
  const limit = { pattern: pattern.source.replaceAll("\\/", "/"), expected, ...inTerraform };
  expect(text.conditions).toContain(`${JSON.stringify(limit.pattern)}`);
  if (limit.max !== undefined) expect(text.conditions).toContain(` <= ${limit.max}`);
  expect(text.messages).toContain(limit.expected);
}

test.each(Object.entries(ACCESS_PROPERTIES).filter(([name]) => !(name in OTHERWISE)) as [AccessProperty, Property][])(
  "the module's input for %s has the default, the limits and the words of the table",
  (name, property) => {
    const variable = variableOf(variableName(name));
    expect(variable.default).toEqual(defaultIn(property));
    expect(variable.description).toContain(wordsOf(property, variableName));
    if (property.kind === "text") expectLimit(property.limit, variable);
    else if (property.kind === "choice") expectChoice(property.of, variable);
    else if (property.kind === "integer") {
      const { min, max, expected } = property.limit;
      expect(variable.conditions).toContain(`floor(min(max(var.${variableName(name)}, ${min}), ${max}))`);
      expect(variable.messages).toContain(expected);
    } else if (property.kind === "list" && property.item.kind === "choice") {
      expect(variable.conditions).toContain(`^(${property.item.of.join("|")})$`);
      expect(variable.messages).toContain(`one of ${property.item.of.join(", ")};`);
      expect(variable.messages).toContain("view-cases can't be left out");
    } else throw new Error(`Received the kind ${property.kind}, expected one that this test knows.`);
  },
);

function expectChoice(choices: readonly string[], { conditions, messages }: ReturnType<typeof variableOf>): void {
  expect(conditions).toContain(choices.map((choice) => JSON.stringify(choice)).join(", "));
  expect(messages).toContain(
    messages.includes(" or ") ? choices.join(", ").replace(/, ([^,]*)$/, " or $1") : choices.join(", "),
  );
}

test("what isn't the table's as it is has a reason, and the limits that it still has", () => {
  expect(Object.keys(OTHERWISE).every((name) => name in ACCESS_PROPERTIES)).toBe(true);
  expect(variableOf("until").description).toContain(wordsOf(ACCESS_PROPERTIES.until, variableName));
  expect(variableOf("temporarily").description).toContain(wordsOf(ACCESS_PROPERTIES.temporarily, variableName));
  const temporarily = variableOf("temporarily");
  expect(temporarily.conditions).toContain(`^(${OPTIONAL_CAPABILITIES.join("|")})$`);
  const modes = ACCESS_PROPERTIES.serviceQuotasRole.of.filter((mode) => mode !== "adopt");
  expectChoice(modes, variableOf("service_quotas_role"));
  expect(variableOf("service_quotas_role").default).toBe(ACCESS_PROPERTIES.serviceQuotasRole.byDefault);
  const tags = variableOf("tags");
  for (const limit of [TAG_KEY, TAG_VALUE]) expectLimit(limit, tags);
  expect(tags.conditions).toContain(`length(var.tags) <= ${MAX_TAGS}`);
});

test("channels, workspaces and the alias have the limits of the table", () => {
  const channels = variableOf("channels");
  for (const property of [CHANNEL_PROPERTIES.name, CHANNEL_PROPERTIES.workspace, CHANNEL_PROPERTIES.channel])
    expectLimit(property.limit, channels);
  for (const choices of [NOTIFY_SEVERITIES, NOTIFY_EVENTS])
    expect(channels.conditions).toContain(JSON.stringify(choices).replaceAll(",", ", "));
  expect(channels.conditions).toContain(`length(var.channels) <= ${MAX_CHANNELS}`);
  expect(textOf(join(ROOT, "outputs.tf"))).toContain(`length(local.workspaces) <= ${MAX_WORKSPACES}\n`);
  const [workspaces, alias] = ["slack_workspaces", "account_alias"].map((name) => variableOf(name, ACCOUNT));
  const { slackWorkspaces, accountAlias } = ENVIRONMENT_PROPERTIES;
  expectLimit(slackWorkspaces.item.limit, workspaces as ReturnType<typeof variableOf>);
  expect(workspaces?.conditions).toContain(`length(var.slack_workspaces) <= ${MAX_WORKSPACES}`);
  expectLimit(accountAlias.limit, alias as ReturnType<typeof variableOf>);
});

test("the module has the levels, the capabilities and the actions of the constructs", () => {
  const locals = Object.assign({}, ...(modules[ROOT]?.locals ?? []));
  expect(locals.actions).toEqual(
    Object.fromEntries(CAPABILITIES.map((capability) => [capability, actionsOf([capability])])),
  );
  expect(locals.levels).toEqual(
    Object.fromEntries(
      LEVELS.map((level) => {
        const { capabilities, awsManagedPolicyArn, roleName, policyName } = ACCESS_LEVELS[level];
        return [level, { capabilities, aws_policy: awsManagedPolicyArn, role_name: roleName, policy_name: policyName }];
      }),
    ),
  );
});

test("every input has a type that an editor knows, and words; nothing but what gives access is required", () => {
  for (const [folder, { variable }] of Object.entries(modules))
    for (const [name, [{ type, description }]] of Object.entries(variable))
      expect({ folder, name, type, description }).toEqual({
        folder,
        name,
        type: expect.not.stringMatching(/\bany\b/),
        description: expect.stringMatching(/^[A-Za-z].*[.)]$|^\w/),
      });
  const required = Object.values(modules).flatMap(({ variable }) =>
    Object.entries(variable).flatMap(([name, [rest]]) => ("default" in rest ? [] : [name])),
  );
  expect(required.sort()).toEqual(["access", "deployer_arns", "role_arns"]);
});

test.each(CODE)(
  "only examples have a provider, nothing has a backend or a removed block, and no line is long but a pattern or a sentence: %j",
  (path) => {
    const text = textOf(path);
    expect({ path, hasProvider: /^provider /m.test(text) }).toEqual({ path, hasProvider: path.includes("/examples/") });
    expect(text).not.toMatch(/^\s*(backend|removed) /m);
    const long = text.split("\n").filter((line) => line.length > 120);
    expect(long.filter((line) => !/^ +(error_message|description) += "|^ +"\^/.test(line))).toEqual([]);
  },
);

/** The calls of the modules in a text of HCL, by their folder, each with the arguments that it sets. */
async function callsIn(hcl: string) {
  const { module = {} } = (await parse("main.tf", hcl)) as { module?: Record<string, [Record<string, unknown>]> };
  return Object.values(module).map(([{ source, providers: _, ...inputs }]) => {
    const [, name] = String(source).match(/modules\/(support-app-\w+)/) ?? [];
    return { folder: name === undefined ? ROOT : join(ROOT, "modules", name), inputs: Object.keys(inputs) };
  });
}

test("READMEs and examples set only inputs of the modules that they call, and all that is required", async () => {
  const readmes = ["README.md", ...FILES.filter((path) => path.endsWith(".md"))];
  const blocks = readmes.flatMap((path) => [...textOf(path).matchAll(/```hcl\n(.*?)```/gs)].map(([, hcl = ""]) => hcl));
  const examples = CODE.filter((path) => path.includes("/examples/")).map(textOf);
  const calls = (await Promise.all([...blocks, ...examples].map(callsIn))).flat();
  expect(calls.length).toBeGreaterThan(8);
  for (const { folder, inputs } of calls) {
    const variables = Object.entries(modules[folder]?.variable ?? {});
    expect(variables.map(([name]) => name)).toEqual(expect.arrayContaining(inputs));
    const required = variables.flatMap(([name, [variable]]) => ("default" in variable ? [] : [name]));
    expect(inputs).toEqual(expect.arrayContaining(required));
  }
});

test("the README imports what the module has, and hands back the Service Quotas role in the form of the stacks", () => {
  const readme = textOf(join(ROOT, "README.md"));
  const { resource = {} } = modules[ROOT] ?? {};
  const addresses = Object.entries(resource).flatMap(([type, names]) =>
    Object.keys(names).map((name) => `${type}.${name}`),
  );
  const imported = [...readme.matchAll(/^ {2}to = module\.\w+\.(\w+\.\w+)/gm)].map(([, address]) => address);
  expect(imported.sort()).toEqual(addresses.filter((address) => !address.endsWith(".channel")).sort());
  const [removed] = serviceQuotasRoleRemoved();
  const role = "module.oncall.aws_iam_service_linked_role.service_quotas";
  expect(readme).toContain(toHcl({ removed: [{ ...removed, from: role }] }));
  expect(readme).toContain(`terraform state rm '${role}[0]'`);
});

test.each(LEVELS)("the module's tests, which e2e/publication.e2e.ts runs, expect the model's actions: %s", (level) => {
  const actions = actionsOf(ACCESS_LEVELS[level].capabilities).toSorted();
  const list = `toset([\n${actions.map((action) => `      ${JSON.stringify(action)},\n`).join("")}    ])`;
  expect(textOf(join(ROOT, "tests/access.tftest.hcl"))).toContain(list);
});

test("what can be left out is in the README, and in a test of the module", () => {
  const [readme, tests] = ["README.md", "tests/access.tftest.hcl"].map((path) => textOf(join(ROOT, path)));
  for (const capability of OPTIONAL_CAPABILITIES) {
    expect(readme).toContain(`\`${capability}\``);
    expect(tests).toContain(`      "${capability}",\n`);
  }
});

test("each account of an example has a provider that only accepts its credentials", () => {
  const text = textOf(join(ROOT, "examples/several-accounts/main.tf"));
  const providers = [...text.matchAll(/^provider "aws" \{\n(.*?)^\}/gms)].map(([, body = ""]) => [
    body.match(/alias += "(\w+)"/)?.[1],
    body.match(/allowed_account_ids = \["(\d+)"\]/)?.[1],
    body.match(/role_arn = "arn:aws:iam::(\d+):role\/terraform"/)?.[1],
  ]);
  expect(providers).toEqual([
    ["staging", "111122223333", "111122223333"],
    ["production", "444455556666", "444455556666"],
  ]);
  expect(text.match(/(?<=providers = \{ aws = aws\.)\w+/g)).toEqual(["staging", "production", "production"]);
});
