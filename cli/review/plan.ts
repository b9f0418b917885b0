import { describe } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { readJsonFile } from "../json-file";
import { accountOf, textOf } from "./access";
import { canonical, isFields, readPolicyDocument } from "./policy";
import type { Terraform } from "./synthesized";

/** What Terraform would do with something. */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "import" | "forget";

/** One thing that a plan changes. */
export interface PlannedChange {
  /** In Terraform. */
  readonly address: string;
  readonly action: PlannedAction;
  /** What of it changes, in place or by a replacement. */
  readonly attributes: readonly PlannedAttribute[];
  /** Whether the code says nothing else of any of it: somebody changed it by hand, or it was never deployed. */
  readonly drift: boolean;
  /** What goes from a role: what is attached to it, or written into it. */
  readonly removed: readonly Removed[];
  /** What that breaks, as a sentence. Empty: nothing that is known. */
  readonly breaks: string;
}

/** One attribute that a plan changes. */
export interface PlannedAttribute {
  readonly name: string;
  /** Whether the code says the same of it before and after. */
  readonly drift: boolean;
}

/** A policy that goes from a role. */
export interface Removed {
  /** ARN of a managed policy, or name of an inline one. */
  readonly policy: string;
  /** Whether the code before the change doesn't have it: somebody put it there. */
  readonly byHand: boolean;
}

/** The major version of Terraform's plan format that is understood. Minor versions and fields come and go. */
const MAJOR_VERSION = "1";

/** What is broken when something of that type goes. */
const BREAKS: Readonly<Record<string, string>> = {
  aws_iam_role: "A channel that was configured by hand and uses the role can do nothing once it is gone.",
  aws_iam_policy: "Whatever else the policy is attached to loses it.",
  aws_iam_role_policy_attachment: "Whoever has the role loses what the policy allows.",
  aws_iam_service_linked_role: "Nobody in the account can request quota increases until it is there again.",
  aws_cloudcontrolapi_resource: "People in the channel can't use the Support App in between, or any more.",
};

/**
 * Reads a plan and sets it against the change of the code.
 *
 * @param file what `terraform show -json` has printed
 */
export function readPlan(
  environment: string,
  file: string,
  base: Terraform | undefined,
  head: Terraform | undefined,
): PlannedChange[] {
  const plan = readMapping(file);
  const version = textOf(plan.format_version ?? "");
  const [major] = version.split(".");
  if (major !== MAJOR_VERSION || !("resource_changes" in plan || "planned_values" in plan)) {
    throw new CommandError(
      `Received ${describe(file)} of format ${describe(version)}, expected a plan of format ${MAJOR_VERSION}.x. Write it with \`terraform show -json PLAN\`.`,
    );
  }
  if (plan.errored === true || plan.complete === false) {
    throw new CommandError(
      `Received ${describe(file)} of a plan that ${plan.errored === true ? "failed" : "is not complete"}, expected a whole one. Plan again.`,
    );
  }
  expectPlanOf(environment, file, plan, head ?? base ?? {});
  const { saidElse, comesOrGoes } = changesOfCode(base ?? {}, head ?? {});
  const changes = plan.resource_changes ?? []; // Terraform leaves it out where nothing is configured
  if (plan.resource_changes === null || !Array.isArray(changes) || !changes.every(isFields)) {
    throw new CommandError(
      `Received ${describe(file)} whose resource_changes are no list of mappings, expected a plan. Write it with \`terraform show -json PLAN\`.`,
    );
  }
  return changes
    .filter(({ mode }) => mode !== "data")
    .flatMap((resource) => {
      const change = isFields(resource.change) ? resource.change : {};
      const action = actionOf(change);
      const address = textOf(resource.address);
      const place = placeOf(address);
      const from = placeOf(textOf(resource.previous_address ?? address));
      if (action === undefined) return [];
      const type = textOf(resource.type);
      // A replacement that was interrupted left the old one, which goes now.
      if (resource.deposed !== undefined) {
        return [{ address: `${address} (deposed)`, action, attributes: [], drift: true, removed: [], breaks: "" }];
      }
      const goes = action === "delete" || action === "replace";
      const isAlone = action === "create" || action === "delete";
      const attributes = action === "update" || action === "replace" ? attributesOf(change) : [];
      return [
        {
          address,
          action,
          attributes: attributes.map(({ name, known }) => ({ name, drift: known && !saidElse(place, from, name) })),
          // What is there before and after is made or deleted alone because somebody deleted or made it by hand.
          drift: !isImported(change) && !(isAlone ? comesOrGoes(place, from) : saidElse(place, from)),
          removed: type.endsWith("_exclusive") && action === "update" ? removedFrom(change, base) : [],
          breaks: goes && Object.hasOwn(BREAKS, type) ? (BREAKS[type] ?? "") : "",
        },
      ];
    });
}

function readMapping(file: string): Readonly<Record<string, unknown>> {
  const broken = () =>
    `Received ${describe(file)} that is no mapping in JSON, expected a plan. Write it with \`terraform show -json PLAN\`.`;
  const missing = (why: string) =>
    `Received the plan ${describe(file)}, expected a file that can be read, but: ${why}. Check the name.`;
  const plan = readJsonFile(file, missing, broken);
  if (isFields(plan)) return plan;
  throw new CommandError(broken());
}

/** A plan of another account tells nothing of this environment. */
function expectPlanOf(
  environment: string,
  file: string,
  plan: Readonly<Record<string, unknown>>,
  code: Terraform,
): void {
  const path = ["configuration", "provider_config", "aws", "expressions", "allowed_account_ids", "constant_value"];
  const accounts = path.reduce<unknown>((inside, key) => (isFields(inside) ? inside[key] : undefined), plan);
  const planned = [accounts ?? []].flat().map(textOf).join(", ");
  if (planned === accountOf(code)) return;
  throw new CommandError(
    `Received ${describe(file)} for ${environment}, expected a plan of its account ${accountOf(code) || "(any)"}: this one is of ${planned || "(any)"}. Give each environment its own plan.`,
  );
}

function actionOf({ actions, importing }: Readonly<Record<string, unknown>>): PlannedAction | undefined {
  const steps = Array.isArray(actions) ? actions : [];
  if (steps.includes("create") && steps.includes("delete")) return "replace";
  if (steps.includes("create")) return "create";
  if (steps.includes("update")) return "update";
  if (steps.includes("delete")) return "delete";
  if (steps.includes("forget")) return "forget";
  return isImported({ importing }) ? "import" : undefined;
}

function isImported({ importing }: Readonly<Record<string, unknown>>): boolean {
  return importing !== undefined && importing !== null;
}

/** What changes of it. What is known only after the deploy follows from something else. */
function attributesOf(change: Readonly<Record<string, unknown>>): { name: string; known: boolean }[] {
  const [was, is, later] = [change.before, change.after, change.after_unknown].map((value) =>
    isFields(value) ? value : {},
  );
  const names = [...new Set([was, is, later].flatMap((fields) => Object.keys(fields ?? {})))].sort();
  return names
    .map((name) => ({ name, known: later?.[name] !== true }))
    .filter(({ name, known }) => name !== "tags_all" && (!known || orNothing(was?.[name]) !== orNothing(is?.[name])));
}

/** A value in one form. AWS keeps what is left out as something empty. */
function orNothing(value: unknown): string {
  const text = canonical(value ?? null);
  return ['""', "[]", "{}"].includes(text) ? "null" : text;
}

function removedFrom({ before, after }: Readonly<Record<string, unknown>>, base: Terraform | undefined): Removed[] {
  const all = (value: unknown) =>
    isFields(value) ? [value.policy_arns ?? [], value.policy_names ?? []].flat().map(textOf) : [];
  const left = new Set(all(after));
  const code = canonical(base?.resource ?? {});
  return all(before)
    .filter((one) => !left.has(one))
    .map((policy) => ({
      policy,
      byHand: ![policy, policy.split("/").at(-1)].some((name) => code.includes(JSON.stringify(name))),
    }));
}

/** An address without the index that `count` or `for_each` gives it. */
function placeOf(address: string): string {
  return address.replace(/\[[^\]]*\]$/, "");
}

/** Arguments that decide what something is called, and so its ID and its ARN. */
const IDENTITY = ["name", "name_prefix", "path"];

/** A reference: an address and an attribute, in a template or in an expression. */
const REFERENCE = /\b((?:data\.)?aws_\w+\.[\w-]+)\.(\w+)/g;

/** What the code says otherwise. `from` is where an address was before. */
interface ChangesOfCode {
  /** Whether it says something else of an address, or of one of its attributes, itself or through what it refers to. */
  readonly saidElse: (address: string, from: string, attribute?: string) => boolean;
  /** Whether it has an address before or after alone. */
  readonly comesOrGoes: (address: string, from: string) => boolean;
}

function changesOfCode(base: Terraform, head: Terraform): ChangesOfCode {
  const [before, after] = [argumentsByAddress(base), argumentsByAddress(head)];
  const differs = (of: (terraform: Terraform) => unknown) => canonical(of(base)) !== canonical(of(head));
  const grounds = differs(groundsOf);
  const values = differs(({ locals, variable }) => [locals, variable]);
  const modules = differs(({ module }) => module);
  const tags = differs(({ provider }) => defaultTagsOf(provider));
  const argumentChanges = (address: string, from: string, argument: string): boolean => {
    const [was, is] = [before.get(from)?.[argument], after.get(address)?.[argument]];
    const text = canonical(is) ?? "";
    if (canonical(was) !== canonical(is) || (values && /\b(local|var)\./.test(text))) return true;
    return [...text.matchAll(REFERENCE)].some(([, other = "", attribute = ""]) => attributeChanges(other, attribute));
  };
  const attributeChanges = (address: string, attribute: string): boolean => {
    if (before.has(address) !== after.has(address)) return true;
    const all = Object.keys({ ...before.get(address), ...after.get(address) });
    if (all.includes(attribute)) return argumentChanges(address, address, attribute);
    const deciding = attribute === "json" ? all : IDENTITY;
    return deciding.some((argument) => argumentChanges(address, address, argument));
  };
  const comesOrGoes = (address: string, from: string) =>
    grounds || before.has(from) !== after.has(address) || (modules && address.startsWith("module."));
  const saidElse = (address: string, from: string, attribute?: string) => {
    if (comesOrGoes(address, from)) return true;
    if (attribute !== undefined) return argumentChanges(address, from, attribute) || (tags && attribute === "tags");
    const all = Object.keys({ ...before.get(from), ...after.get(address) });
    return tags || all.some((argument) => argumentChanges(address, from, argument));
  };
  return { saidElse, comesOrGoes };
}

/** What decides of everything: where Terraform acts, and where the state is. */
function groundsOf({ provider, terraform }: Terraform): unknown {
  const state = isFields(terraform) ? [terraform.backend, terraform.cloud] : terraform;
  const places = providersOf(provider).map(({ alias, region, endpoints, allowed_account_ids }) => [
    alias,
    region,
    endpoints,
    allowed_account_ids,
  ]);
  return [state, places];
}

function defaultTagsOf(provider: unknown): unknown {
  return providersOf(provider).map(({ default_tags }) => default_tags);
}

function providersOf(provider: unknown): Readonly<Record<string, unknown>>[] {
  return isFields(provider) ? [provider.aws].flat().filter(isFields) : [];
}

function argumentsByAddress({ resource, data }: Terraform): Map<string, Readonly<Record<string, unknown>>> {
  const all = new Map<string, Readonly<Record<string, unknown>>>();
  for (const [prefix, section] of [
    ["", resource],
    ["data.", data],
  ] as const) {
    for (const [type, blocks] of Object.entries(isFields(section) ? section : {})) {
      for (const [name, block] of Object.entries(isFields(blocks) ? blocks : {})) {
        const { "//": _, depends_on: __, ...rest } = isFields(block) ? block : {};
        all.set(`${prefix}${type}.${name}`, prefix === "" ? rest : { says: inOneForm(rest) });
      }
    }
  }
  return all;
}

/** What a policy document says, however it is written: as Terraform's plan has it. */
function inOneForm(block: Readonly<Record<string, unknown>>): unknown {
  const { statements, unreadable } = readPolicyDocument(block);
  if (unreadable.length > 0) return block;
  return statements.flatMap(({ actions, ...rest }) => actions.map((action) => canonical({ action, ...rest }))).sort();
}
