import * as constructs from "../../../modules/support-app";
import { type IConstruct, TerraformStack } from "../../../modules/support-app/framework";
import { FRAMEWORK, frameworkOf } from "../../../modules/support-app/framework-name";
import { newApp } from "../../support/new-app";

test("the package exports its constructs and the capabilities, and nothing else", () => {
  expect(Object.keys(constructs).sort()).toEqual([
    ...["AccountAlias", "CAPABILITIES", "OPTIONAL_CAPABILITIES"],
    ...["SlackChannel", "SlackWorkspace", "SupportAppAccess"],
  ]);
});

/** A class by its full name, as JSII compiles it. */
function compiled(fqn: string, Parent: new () => object = Object): new () => object {
  const type = class extends Parent {};
  Object.defineProperty(type, Symbol.for("jsii.rtti"), { value: { fqn, version: "1.0.0" } });
  return type;
}

const CONSTRUCT = compiled("constructs.Construct");
const STACK = compiled("cdktn.TerraformStack", compiled("cdktn.TerraformElement", CONSTRUCT));

test("the framework of this package is the framework of its stacks", () => {
  expect(["cdktf", "cdktn"]).toContain(FRAMEWORK);
  expect(frameworkOf(new TerraformStack(newApp(), "stack"))).toBe(FRAMEWORK);
});

test.each<[what: string, type: new () => object, framework: string]>([
  ["a stack", STACK, "cdktn"],
  ["a class of a user's own that extends a stack", class extends STACK {}, "cdktn"],
  ["a class of a construct library that does", compiled("acme-constructs.AcmeStack", STACK), "cdktn"],
  ["a class that extends only constructs", class extends CONSTRUCT {}, "another library"],
  ["a class that extends nothing", class {}, "another library"],
])("%s is of the framework that its class names, or that it extends", (_, Type, framework) => {
  expect(frameworkOf(new Type() as IConstruct)).toBe(framework);
});
