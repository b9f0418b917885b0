import { type Fields, isFields, list, onceEach } from "../terminal/json";
import {
  mergePolicies,
  POLICY_VARIABLE,
  POLICY_VERSION,
  type Policy,
  toPolicy,
  unreadablePolicy,
  type WrittenCondition,
  type WrittenPrincipal,
} from "./policy";

/** The supported arguments of `data.aws_iam_policy_document`. */
const ARGUMENTS = ["//", "statement", "version", "policy_id"];

/** The beginning of a Terraform template. */
const TEMPLATE = /[$%]\{/;

/** Whether a value contains a Terraform template. */
export function hasTemplate(value: unknown): boolean {
  if (typeof value === "string") return TEMPLATE.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, inside]) => hasTemplate(inside) || (!Array.isArray(value) && hasTemplate(key)),
  );
}

/** Reads Terraform's `data.aws_iam_policy_document`. */
export function readTerraformPolicy(block: Fields): Policy {
  const { "//": _, ...written } = block;
  if (Object.keys(block).some((argument) => !ARGUMENTS.includes(argument))) {
    return unreadablePolicy("unknown-element", written);
  }
  if (hasTemplate(written)) return unreadablePolicy("expression", written);
  if ((block.version ?? POLICY_VERSION) !== POLICY_VERSION) return unreadablePolicy("not-a-policy", written);
  return mergePolicies(list(block.statement ?? []).map(readStatement));
}

/** Most statements are the same in many environments. */
const readStatement = onceEach((statement: unknown): Policy => {
  if (!isFields(statement)) return unreadablePolicy("not-a-statement", statement);
  const { sid: _, effect, actions, not_actions, resources, not_resources, ...rest } = statement;
  const { principals, not_principals, condition, ...unknown } = rest;
  return toPolicy({
    source: statement,
    effect: effect ?? "Allow",
    actions: present(actions),
    notActions: present(not_actions),
    resources: withVariables(present(resources)),
    notResources: withVariables(present(not_resources)),
    principals: principalsIn(present(principals)),
    notPrincipals: principalsIn(present(not_principals)),
    conditions: list(condition ?? []).map(conditionIn),
    unknown: Object.keys(unknown),
  });
});

/** Terraform treats null and an empty list as missing. */
function present(value: unknown): unknown {
  return value === null || (Array.isArray(value) && value.length === 0) ? undefined : value;
}

/** Terraform writes IAM's variables with an ampersand. */
function withVariables(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withVariables);
  return typeof value === "string" ? value.replaceAll("&{", POLICY_VARIABLE) : value;
}

function conditionIn(block: unknown): WrittenCondition {
  if (!isFields(block)) return [undefined, block, []];
  const { test, variable, values, "//": _, ...unknown } = block;
  const texts = list(values); // Terraform may write a number in another way
  if (Object.keys(unknown).length > 0 || texts.some((one) => typeof one !== "string")) return [undefined, block, []];
  return [test, variable, list(withVariables(texts)).flat()];
}

function principalsIn(blocks: unknown): WrittenPrincipal[] | undefined {
  if (blocks === undefined) return undefined;
  return list(blocks).flatMap((block) =>
    isFields(block) && Object.keys(block).every((key) => ["//", "type", "identifiers"].includes(key))
      ? list(block.identifiers).map((id): WrittenPrincipal => [block.type === "*" ? "AWS" : block.type, id])
      : [[undefined, block]],
  );
}
