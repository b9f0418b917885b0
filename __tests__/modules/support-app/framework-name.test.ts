import * as constructs from "../../../modules/support-app";
import { type IConstruct, TerraformStack } from "../../../modules/support-app/framework";
import { FRAMEWORK, frameworkOf } from "../../../modules/support-app/framework-name";
import { missingPeer } from "../../../modules/support-app/peers";
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

/** An error from Node.js about a package that isn't installed: this project has cdktf, and not cdktn. */
const notFound = (file: string) => new Error(`Cannot find module '${file}'\nRequire stack:\n- /repository/main.ts`);

test.each([
  ["cdktf", "cdktf"],
  ["cdktf/lib/terraform-stack", "cdktf"],
  ["@cdktf/provider-aws/lib/iam-role", "@cdktf/provider-aws"],
  ["@cdktn/provider-aws/lib/iam-role", "@cdktn/provider-aws"],
  ["constructs", "constructs"],
])(
  "the error of a project without %s says to install %s, without a stack trace, since the code isn't at fault",
  (file, peer) => {
    const sentence = `${peer} isn't installed. Run: npm install ${peer}`;
    expect(missingPeer(notFound(file))).toMatchObject({ message: sentence, stack: sentence });
  },
);

test.each([
  ["another package", notFound("yaml")],
  ["a package with a similar name", notFound("cdktf-cli")],
  ["a file of the framework's bindings for another provider", notFound("@cdktf/provider-google/lib/provider")],
  ["a failure that only quotes one", new Error("main.ts: Cannot find module 'cdktf'")],
  ["nothing", undefined],
])("an error about %s isn't about the framework", (_, error) => {
  expect(missingPeer(error)).toBeUndefined();
});
