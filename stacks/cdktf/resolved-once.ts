import {
  TerraformElement,
  TerraformOutput,
  type TerraformStack,
  Tokenization,
} from "../../modules/support-app/framework";
import { type Fields, isFields } from "../fields";
import { resolve } from "./resolve";

type Tree = Record<string, unknown>;

/**
 * The same as CDKTF's own `toTerraform`, which resolves everything a second time and finds nothing.
 *
 * @param overrides the overrides of the stack itself
 * @param version CDKTF's, for its remark
 */
export function resolvedOnce(stack: TerraformStack, overrides: Fields, version: string): Fields {
  const resolved = (value: Fields) => resolve(stack, value) as Fields;
  const keys = Object.keys(overrides);
  const metadata: Tree = { version, stackName: stack.node.id, backend: "local", cloud: undefined };
  if (keys.length > 0) metadata.overrides = { stack: keys };
  const outputs: Tree = {};
  const terraform: Tree = { "//": { metadata, outputs } };
  for (const element of stack.node.findAll().filter(TerraformElement.isTerraformElement)) {
    mergeInto(metadata, resolved(element.toMetadata()));
    if (TerraformOutput.isTerraformOutput(element)) mergeInto(outputs, idByPath(element));
    mergeInto(terraform, resolved(element.toTerraform()));
  }
  mergeInto(terraform, overrides);
  for (const key of keys) Object.assign(terraform, resolved({ [key]: terraform[key] }));
  return terraform;
}

/** How CDKTF finds an output: by its place in the tree. */
function idByPath({ node, friendlyUniqueId }: TerraformOutput): Fields {
  return node.path.split("/").reduceRight<unknown>((inside, part) => ({ [part]: inside }), friendlyUniqueId) as Fields;
}

/** Merges like CDKTF: mappings by key, lists by appending, and `undefined` removes. */
function mergeInto(target: Tree, source: Fields): void {
  for (const [key, value] of Object.entries(source)) {
    const before = target[key];
    if (value === undefined) delete target[key];
    else if (Array.isArray(value)) target[key] = Array.isArray(before) ? [...before, ...value] : value;
    else if (!isFields(value) || Tokenization.isResolvable(value)) target[key] = value;
    else {
      const inside: Tree = isFields(before) ? before : {};
      mergeInto(inside, value);
      target[key] = inside;
    }
  }
}
