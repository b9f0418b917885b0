import { duplicateOf } from "../../common/duplicate-of";
import type { Problem } from "../../common/problem";
import { describeProp } from "./format-problem";
import {
  type Construct,
  type IConstruct,
  TerraformDataSource,
  type TerraformElement,
  TerraformResource,
  TerraformStack,
  Token,
} from "./framework";
import { FRAMEWORK, frameworkOf } from "./framework-name";

/**
 * The Terraform name of a construct's elements: its path in the stack, with `_` for characters that Terraform rejects.
 */
export function nameOf(construct: Construct): string {
  return pathInStack(construct).join("_").replace(/\W/g, "_");
}

/** The ids from below the stack to the construct. */
function pathInStack(construct: Construct): string[] {
  const stack = TerraformStack.of(construct);
  return construct.node.scopes.slice(stack.node.scopes.length).map((scope) => scope.node.id);
}

/** Reasons why a construct can't have Terraform addresses of its own. */
export function addressProblems(construct: Construct): Problem[] {
  const framework = frameworkOf(TerraformStack.of(construct));
  if (framework !== FRAMEWORK) {
    const message = `received a stack of ${framework}, expected one of ${FRAMEWORK}, which ${FRAMEWORK}-support-app-access supports. Install ${framework}-support-app-access and import that instead, or create the stack with ${FRAMEWORK}.`;
    return [{ path: ["scope"], message }];
  }
  const path = pathInStack(construct).join("/");
  if (!Token.isUnresolved(path) && /^[a-z]/i.test(nameOf(construct))) return [];
  const message = `received ${describeProp(path)}, expected a path in the stack that begins with a letter, since it becomes a Terraform name.`;
  return [{ path: ["id"], message }];
}

/** Gives an element its name. */
export function withName<Element extends TerraformElement>(name: string, element: Element): Element {
  element.overrideLogicalId(name);
  return element;
}

/** The first address inside the construct that another element of the stack has as well: Terraform would merge the two elements. */
export function clashProblems(construct: Construct): Problem[] {
  const stack = TerraformStack.of(construct);
  const ownConstructs = new Set(construct.node.findAll());
  const first = new Map<string, IConstruct>();
  for (const element of stack.node.findAll()) {
    const address = addressOf(element);
    if (address === undefined || TerraformStack.of(element) !== stack) continue;
    const before = duplicateOf(first, address, element);
    if (before === undefined || !(ownConstructs.has(before) || ownConstructs.has(element))) continue;
    const twin = ownConstructs.has(before) ? element : before;
    const path = describeProp(pathInStack(construct).join("/"));
    const message = `received ${path}, expected Terraform addresses that nothing else in the stack has: ${describeProp(twin)} already has ${address}. Choose another id or, where it is the account's Service Quotas role, set serviceQuotasRole to existing.`;
    return [{ path: ["id"], message }];
  }
  return [];
}

function addressOf(construct: IConstruct): string | undefined {
  if (TerraformResource.isTerraformResource(construct)) {
    return `${construct.terraformResourceType}.${construct.friendlyUniqueId}`;
  }
  if (TerraformDataSource.isTerraformDataSource(construct)) {
    return `data.${construct.terraformResourceType}.${construct.friendlyUniqueId}`;
  }
  return undefined;
}
