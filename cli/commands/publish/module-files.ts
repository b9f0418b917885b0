import { type AccessLevel, addressOfLevel, LEVELS } from "../../../modules/support-app/model/access-level";
import { toHcl } from "../../../stacks/output/hcl";
import type { ModuleVariable } from "../../../stacks/portable/module-variable";
import { publishedAccountModule } from "../../../stacks/portable/published-account-module";
import { publishedGuardrailModule } from "../../../stacks/portable/published-guardrail-module";
import { publishedModule } from "../../../stacks/portable/published-module";
import { publishedRoot } from "../../../stacks/portable/published-root";
import type { Terraform } from "../../../stacks/written-stack";
import { markdownTable } from "../../terminal/markdown";
import type { Files } from "./published-folder";
import { readText } from "./texts";

/** What all modules of a publication have in common. */
export type Edition = Readonly<Record<"version" | "license" | "upgrading", string>>;

export interface PublishedModule {
  readonly name: string;
  readonly terraform: Terraform;
  /** What only this module's README has in its text. */
  readonly values?: Readonly<Record<string, string>>;
  /** Its examples, which are root modules to try out, and its tests: their paths. They are published as they are. */
  readonly paths?: readonly string[];
}

/** All modules. The first has everything in an account, and is named after the publication in Terraform's registry. */
export function publishedModules(): [PublishedModule, ...PublishedModule[]] {
  return [
    {
      name: "terraform-aws-support-app",
      terraform: publishedRoot(),
      paths: [
        ...["read-only", "full", "several-accounts"].map((example) => `examples/${example}/main.tf`),
        ...["access", "channels", "guardrail", "refusals"].map((name) => `tests/${name}.tftest.hcl`),
      ],
    },
    ...LEVELS.map(levelModule),
    { name: "support-app-account", terraform: publishedAccountModule() },
    { name: "support-app-guardrail", terraform: publishedGuardrailModule() },
  ];
}

function levelModule(access: AccessLevel): PublishedModule {
  const isFull = access === "full";
  return {
    name: `support-app-${access}`,
    terraform: publishedModule(access),
    values: {
      access,
      address: addressOfLevel(access),
      what: isFull
        ? "do everything that the AWS Support App offers, less what you leave out"
        : "view support cases, and nothing else",
      channel: isFull ? "oncall" : "watch",
      serviceQuotasRole: isFull ? `\n${readText("service-quotas-role.md")}` : "",
    },
    paths: ["examples/basic/main.tf"],
  };
}

/** The files of a module, in its folder. */
export function moduleFiles(module: PublishedModule, edition: Edition): Files {
  const { name, terraform, values, paths = [] } = module;
  return new Map([
    ["main.tf", toHcl(terraform, ["locals", "data", "module", "resource", "check"])],
    ["variables.tf", toHcl(terraform, ["variable"])],
    ["outputs.tf", toHcl(terraform, ["output"])],
    ["versions.tf", toHcl(terraform, ["terraform"])],
    [
      "README.md",
      readText(`${values ? "support-app-level" : name}/README.md`, { ...sections(module, edition), ...values }),
    ],
    ["LICENSE", edition.license],
    ...paths.map((path): [string, string] => [path, readText(`${name}/${path}`)]),
  ]);
}

/** What the READMEs have in common. */
function sections(
  { terraform: { variable = {}, output = {}, terraform = {} } }: PublishedModule,
  { version, upgrading }: Edition,
): Record<string, string> {
  const requirements = [
    ["Terraform or OpenTofu", `\`${String(terraform.required_version)}\``],
    ["hashicorp/aws", "`>= 5.100.0`"],
  ];
  const variables = Object.entries(variable as Readonly<Record<string, ModuleVariable>>);
  const inputs = variables.map(([name, { description, type, default: byDefault }]) => [
    `\`${name}\``,
    description,
    `\`${type}\``,
    `\`${JSON.stringify(byDefault)}\``,
  ]);
  const outputs = Object.entries(output).map(([name, outputBlock]) => [
    `\`${name}\``,
    String((outputBlock as { description: string }).description),
  ]);
  return {
    version,
    upgrading,
    channels: readText("channels.md").trimEnd(),
    requirements: markdownTable(["name", "version"], requirements),
    inputs: markdownTable(["name", "description", "type", "default"], inputs),
    outputs: markdownTable(["name", "description"], outputs),
  };
}
