import { requiredProviders } from "../../../../cli/commands/lock/required-providers";
import { CommandError } from "../../../../cli/terminal/command-error";

const stack = (required_providers: unknown) => ({ terraform: { required_providers } });
const NONE = "Received stacks that require no provider, expected hashicorp/aws. Synthesize again.";

test("the required providers are those of all stacks, each in the versions that all stacks allow", () => {
  const stacks = new Map([
    ["one", stack({ aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" }, random: { source: "random" } })],
    ["two", stack({ aws: { source: "hashicorp/aws", version: "~> 6.1" }, mine: { source: "acme.com:8443/a/mine" } })],
    ["three", stack({ aws: "~> 6.1", mine: { source: "acme.com:8443/a/mine", version: "1.0.0" } })],
  ]);
  expect([...requiredProviders(stacks)]).toEqual([
    ["acme.com:8443/a/mine", "1.0.0"],
    ["hashicorp/aws", ">= 5.100.0, < 7.0.0, ~> 6.1"],
    ["hashicorp/random", ""],
  ]);
});

test.each([
  ["without a provider", stack({})],
  ["without Terraform's settings", {}],
  ["with other settings only", { terraform: { backend: {} } }],
])("stacks %s are an error", (_, terraform) => {
  expect(() => requiredProviders(new Map([["one", terraform]]))).toThrow(new CommandError(NONE));
  expect(() => requiredProviders(new Map())).toThrow(new CommandError(NONE));
});

test.each<[string, unknown, source: string, version: string]>([
  ["a path", { source: "../aws" }, '"../aws"', '""'],
  ["a source of four parts", { source: "a.com/b/c/d" }, '"a.com/b/c/d"', '""'],
  ["a source that is none", { source: 1 }, "the number 1", '""'],
  ["an expression", { source: "a/b", version: `\${file("x")}` }, '"a/b"', '"${file(\\"x\\")}"'],
  ["a list", [], '"hashicorp/aws"', "an empty list"],
])("a provider with %s is an error", (_, provider, source, version) => {
  expect(() => requiredProviders(new Map([["one", stack({ aws: provider })]]))).toThrow(
    new CommandError(
      `Received the provider "aws" of one with the source ${source} and the version ${version}, expected a source such as hashicorp/aws and a version constraint. Synthesize again.`,
    ),
  );
});
