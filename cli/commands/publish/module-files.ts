import type { Fields } from "../../../common/fields";
import { packageJson, readPackageFile } from "../../../common/package-files";
import { type AccessLevel, addressOfLevel, LEVELS } from "../../../modules/support-app/model/access-level";
import { toHcl } from "../../../stacks/output/hcl";
import { moduleVariables } from "../../../stacks/portable/access-variables";
import type { ModuleVariable } from "../../../stacks/portable/module-variable";
import { ACCOUNT_VARIABLES, publishedAccountModule } from "../../../stacks/portable/published-account-module";
import { GUARDRAIL_VARIABLES, publishedGuardrailModule } from "../../../stacks/portable/published-guardrail-module";
import { publishedModule } from "../../../stacks/portable/published-module";
import { publishedRoot, rootVariables } from "../../../stacks/portable/published-root";
import type { Terraform } from "../../../stacks/written-stack";
import { code, markdownTable } from "../../terminal/markdown";
import { readText } from "./texts";
import type { Files } from "./write-publication";

export interface PublishedModule {
  readonly name: string;
  readonly terraform: Terraform;
  readonly variables: readonly ModuleVariable[];
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
      variables: rootVariables(),
      paths: [
        ...["read-only", "full", "several-accounts"].map((example) => `examples/${example}/main.tf`),
        ...["access", "channels", "guardrail", "refusals"].map((name) => `tests/${name}.tftest.hcl`),
      ],
    },
    ...LEVELS.map(levelModule),
    { name: "support-app-account", terraform: publishedAccountModule(), variables: ACCOUNT_VARIABLES },
    { name: "support-app-guardrail", terraform: publishedGuardrailModule(), variables: GUARDRAIL_VARIABLES },
  ];
}

function levelModule(access: AccessLevel): PublishedModule {
  const isFull = access === "full";
  return {
    name: `support-app-${access}`,
    terraform: publishedModule(access),
    variables: moduleVariables(access),
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

/** The files of a module, in its folder. @param version of the publication */
export function moduleFiles(
  { name, terraform, variables, values, paths = [] }: PublishedModule,
  version: string,
): Files {
  const commonValues = {
    version,
    channels: readText("channels.md").trimEnd(),
    reference: reference(terraform, variables),
    upgrading: readText("upgrading.md", { version, generatorVersion: packageJson().version }).trimEnd(),
  };
  return new Map([
    ["main.tf", toHcl(terraform, ["locals", "data", "module", "resource", "check"])],
    ["variables.tf", toHcl(terraform, ["variable"])],
    ["outputs.tf", toHcl(terraform, ["output"])],
    ["versions.tf", toHcl(terraform, ["terraform"])],
    ["README.md", readText(`${values ? "support-app-level" : name}/README.md`, { ...commonValues, ...values })],
    ["LICENSE", readPackageFile("LICENSE")],
    ...paths.map((path): [string, string] => [path, readText(`${name}/${path}`)]),
  ]);
}

/** The sections of a README that terraform-docs writes, without its anchors. */
function reference(
  { terraform = {}, module = {}, resource = {}, data = {}, output = {} }: Terraform,
  variables: readonly ModuleVariable[],
): string {
  const providers = terraform.required_providers as Readonly<
    Record<string, { readonly source: string; readonly version: string }>
  >;
  const providerRows = Object.entries(providers).map(([name, { version }]) => [name, version]);
  const modules = Object.entries(module).map(([name, call]) => [
    name,
    String((call as { source: string }).source),
    "n/a",
  ]);
  const resources = [
    ...addressesIn(resource).map((address) => [address, "resource"]),
    ...addressesIn(data).map((address) => [address, "data source"]),
  ];
  const inputs = variables.map(({ name, description, type, objectType, default: byDefault }) => [
    name,
    description,
    objectType === undefined ? code(type) : `<pre>${objectType.replaceAll("\n", "<br/>")}</pre>`,
    code(JSON.stringify(byDefault)),
    "no",
  ]);
  const outputs = Object.entries(output).map(([name, block]) => [name, (block as { description: string }).description]);
  const section = (title: string, header: readonly string[], rows: readonly (readonly string[])[]) =>
    `## ${title}\n\n${rows.length === 0 ? `No ${title.toLowerCase()}.\n` : markdownTable(header, rows)}`;
  return [
    section("Requirements", ["Name", "Version"], [["terraform", String(terraform.required_version)], ...providerRows]),
    section("Providers", ["Name", "Version"], resources.length === 0 ? [] : providerRows),
    section("Modules", ["Name", "Source", "Version"], modules),
    section("Resources", ["Name", "Type"], resources),
    section("Inputs", ["Name", "Description", "Type", "Default", "Required"], inputs),
    section("Outputs", ["Name", "Description"], outputs),
  ].join("\n");
}

function addressesIn(blocks: Fields): string[] {
  return Object.entries(blocks).flatMap(([type, body]) => Object.keys(body as Fields).map((name) => `${type}.${name}`));
}
