import { type IConstruct, TerraformStack } from "./framework";

/** Where JSII writes the full name of a class, such as `cdktf.TerraformStack`. */
const FULL_NAME = Symbol.for("jsii.rtti");

/** The framework that this package supports: `cdktf`, or `cdktn` in the package for cdktn. */
export const FRAMEWORK = libraryOf(TerraformStack);

/** The framework of a stack or an element. Not by `instanceof`: a second copy of the same framework works as well. */
export function frameworkOf(construct: IConstruct): string {
  return libraryOf(construct.constructor);
}

/** The library of a class's topmost ancestor below Construct. */
function libraryOf(type: unknown): string {
  let library = "another library";
  for (let parent = type; typeof parent === "function"; parent = Object.getPrototypeOf(parent)) {
    const [name = "constructs"] = Reflect.get(parent, FULL_NAME)?.fqn?.split(".") ?? [];
    if (name !== "constructs") library = name;
  }
  return library;
}
