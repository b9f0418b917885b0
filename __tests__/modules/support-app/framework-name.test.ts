import { type IConstruct, TerraformStack } from "../../../modules/support-app/framework";
import { FRAMEWORK, frameworkOf } from "../../../modules/support-app/framework-name";
import { newApp } from "../../support/new-app";

const FULL_NAME = Symbol.for("jsii.rtti");

/** A class by its full name, as JSII compiles it. */
function compiled(fqn: unknown, Parent: new () => object = Object): new () => object {
  const type = class extends Parent {};
  Object.defineProperty(type, FULL_NAME, { value: fqn });
  return type;
}

function frameworkOfA(Type: new () => object): string {
  return frameworkOf(new Type() as IConstruct);
}

const CONSTRUCT = compiled({ fqn: "constructs.Construct", version: "10.4.2" });
const ELEMENT = compiled({ fqn: "cdktn.TerraformElement", version: "0.24.0" }, CONSTRUCT);
const STACK = compiled({ fqn: "cdktn.TerraformStack", version: "0.24.0" }, ELEMENT);

test("the framework of this package is the framework of its stacks", () => {
  expect(["cdktf", "cdktn"]).toContain(FRAMEWORK);
  expect(frameworkOf(new TerraformStack(newApp(), "stack"))).toBe(FRAMEWORK);
});

test("a stack's framework is named by its class", () => {
  expect(frameworkOfA(STACK)).toBe("cdktn");
});

test("a class of a user's own, or of a construct library, is of the framework that it extends", () => {
  expect(frameworkOfA(class extends STACK {})).toBe("cdktn");
  expect(frameworkOfA(compiled({ fqn: "acme-constructs.AcmeStack", version: "1.0.0" }, STACK))).toBe("cdktn");
});

test.each<[string, new () => object]>([
  ["extends only constructs", class extends CONSTRUCT {}],
  ["extends nothing", class {}],
])("a class that %s is of another library", (_, type) => {
  expect(frameworkOfA(type)).toBe("another library");
});
