import type { TerraformStack } from "../../modules/support-app/framework";
import { ACCESS_LEVELS, type AccessLevel, addressOfLevel, LEVELS } from "../../modules/support-app/model/access-level";
import { OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import { MAX_CHANNELS } from "../../modules/support-app/model/limits";
import { ACCOUNT_VARIABLES } from "./account-module";
import { addChannels, channelValidations, keyedChannels, workspacesValidation } from "./channels";
import { levelVariables, TAGS } from "./level-variables";
import { expression, type Module, moduleWith, output } from "./module";
import { listOf, type ModuleVariable, typeOfVariables, type Validation, variableName } from "./variable";

/** Variables of an access level's module that the root sets itself. It has the channels, so that it can move them between access levels. */
const NOT_PASSED = ["channels", "registered_workspaces", "tags"];

/** What an access level may have in the root module. */
function keysOf(access: AccessLevel): ModuleVariable[] {
  return levelVariables(access).filter(({ name }) => name !== "registered_workspaces");
}

/** The module with everything in an account: both access levels, their channels, workspaces and the alias. */
export function rootModule(): Module {
  return moduleWith([...LEVELS.map(levelVariable), ...ACCOUNT_VARIABLES, TAGS], addRoot);
}

function levelVariable(access: AccessLevel): ModuleVariable {
  const name = addressOfLevel(access);
  const keys = keysOf(access).map((key) => key.name);
  const unknown = `setsubtract(keys(var.${name}), ${listOf(keys)})`;
  return {
    name,
    type: "any",
    default: null,
    objectType: typeOfVariables(keysOf(access)), // as its type, it would drop a misspelled resolve_cases
    description: `What people in channels with ${access} access get: the inputs of the module support-app-${access}, or {} for its defaults. Null: the account has no such access.`,
    validations: [
      {
        condition: `var.${name} == null || try(length(${unknown}) == 0, false)`,
        received: `\${try(join(", ", [for key in ${unknown} : "${name}.\${key}"]), format("${name} = %s", jsonencode(var.${name})))}`,
        expected: `an object of ${keys.join(", ")} and nothing else`,
      },
      ...(access === "full" ? [capabilitiesValidation(name)] : []),
      ...typeValidations(name, keysOf(access)),
      ...channelValidations(`${name}.channels`),
    ],
  };
}

/** A caller's `optional(bool)` is null if it isn't set, which must not give everything. */
function capabilitiesValidation(name: string): Validation {
  const keys = listOf(OPTIONAL_CAPABILITIES.map(variableName));
  return {
    condition: `alltrue([for key in ${keys} : try(var.${name}[key] != null, true)])`,
    received: `\${join(", ", [for key in ${keys} : "${name}.\${key} = null" if try(var.${name}[key] == null, false)])}`,
    expected: "true or false, or no such key",
  };
}

/** What a value of each type converts to, as Terraform converts an argument, and what is expected of it. */
const CONVERSIONS: Readonly<Record<string, readonly [conversion: (value: string) => string, expected: string]>> = {
  bool: [(value) => `tobool(${value})`, "true or false"],
  number: [(value) => `tonumber(${value})`, "a number"],
  string: [(value) => `tostring(${value})`, "a string"],
  "map(string)": [(value) => `[for text in values(${value}) : tostring(text)]`, "a map of strings"],
};

/** The checks of the types in an object, which would fail elsewhere without its name. */
function typeValidations(name: string, variables: readonly ModuleVariable[]): Validation[] {
  return Object.entries(CONVERSIONS).flatMap(([type, [conversion, expected]]) => {
    const ofType = variables.filter((variable) => variable.type === type);
    if (ofType.length === 0) return [];
    const keys = listOf(ofType.map((variable) => variable.name));
    const value = `var.${name}[key]`;
    const isRight = `try(${value} == null || can(${conversion(value)}), true)`; // without the key, there is nothing to convert
    const wrongValues = `[for key in ${keys} : format("${name}.%s = %s", key, jsonencode(${value})) if !${isRight}]`;
    return [
      {
        condition: `alltrue([for key in ${keys} : ${isRight}])`,
        received: `\${join(", ", ${wrongValues})}`,
        expected,
      },
    ];
  });
}

function addRoot(stack: TerraformStack): void {
  stack.addOverride("locals", {
    all_channels: `\${concat(${LEVELS.map(channelsOf).join(", ")})}`,
    channels_by_id: keyedChannels("local.all_channels", "..."),
    channels: "${{ for key, channels in local.channels_by_id : key => channels[0] }}", // a second one is refused below
    role_arns: Object.fromEntries(
      LEVELS.map((access) => [addressOfLevel(access), `\${one(module.${addressOfLevel(access)}[*].role_arn)}`]),
    ),
  });
  const levels = LEVELS.map((access) => [addressOfLevel(access), levelCall(access)] as const);
  const passedVariables = ACCOUNT_VARIABLES.map(({ name }) => [name, `\${var.${name}}`]);
  const account = { source: "./modules/support-app-account", ...Object.fromEntries(passedVariables) };
  stack.addOverride("module", { ...Object.fromEntries(levels), account });
  for (const access of LEVELS) {
    const name = addressOfLevel(access);
    output(
      stack,
      `${name}_role_arn`,
      `ARN of the role of channels with ${access} access. Null: there is none.`,
      `\${local.role_arns.${name}}`,
    );
    output(
      stack,
      `${name}_capabilities`,
      `What people in channels with ${access} access can do.`,
      `\${one(module.${name}[*].capabilities)}`,
    );
  }
  const first = [...levels.map(([name]) => `module.${name}`), "module.account"];
  addChannels(stack, expression(stack, "local.role_arns[each.value.access]"), first, validationsBetween());
}

/** The channels of an access level, each with the level. */
function channelsOf(access: AccessLevel): string {
  const name = addressOfLevel(access);
  return `[for channel in try(values(var.${name}.channels), []) : merge(channel, { access = "${name}" })]`;
}

function levelCall(access: AccessLevel): object {
  const name = addressOfLevel(access);
  const passedVariables = levelVariables(access).filter(({ name }) => !NOT_PASSED.includes(name));
  return {
    source: `./modules/support-app-${access}`,
    count: `\${var.${name} == null ? 0 : 1}`,
    ...Object.fromEntries(
      passedVariables.map((variable) => [variable.name, `\${lookup(var.${name}, "${variable.name}", null)}`]),
    ),
    tags: `\${merge(var.tags, lookup(var.${name}, "tags", {}))}`,
  };
}

/** The validations between the access levels of an account. */
function validationsBetween(): Validation[] {
  const unique = (key: "role_name" | "policy_name"): Validation => ({
    condition: `try(lower(${nameIn("read-only", key)}) != lower(${nameIn("full", key)}), true)`,
    received: `${key} = \${jsonencode(try(${nameIn("full", key)}, null))} in read_only and full`,
    expected: "names that differ in more than case, which IAM ignores",
  });
  return [
    {
      condition: "length(local.channels) == length(local.all_channels)",
      received:
        '${join(", ", [for key, channels in local.channels_by_id : key if length(channels) > 1])} more than once in read_only and full',
      expected: "each channel once, since it has one role",
    },
    {
      condition: `length(local.all_channels) <= ${MAX_CHANNELS}`,
      received: "${length(local.all_channels)} channels in read_only and full",
      expected: `at most ${MAX_CHANNELS}, the AWS limit for an account`,
    },
    workspacesValidation("local.all_channels", "var.slack_workspaces"),
    unique("role_name"),
    unique("policy_name"),
  ];
}

/** An access level's name in IAM. It fails if the level isn't there: then there is nothing to compare. */
function nameIn(access: AccessLevel, key: "role_name" | "policy_name"): string {
  const byDefault = ACCESS_LEVELS[access][key === "role_name" ? "roleName" : "policyName"];
  return `coalesce(lookup(var.${addressOfLevel(access)}, "${key}", null), "${byDefault}")`;
}
