import { type Command, Option } from "commander";
import semver from "semver";
import { packageJson } from "../../../common/package-files";
import { describe, describePath } from "../../../common/problem";
import { ONLY } from "../../../stacks/environments/chosen-environments";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { BACKEND_CHOICES, PROVIDER_CHOICES } from "../../../stacks/portable/root-choices";
import { CommandError, explainFailure, UsageError } from "../../terminal/command-error";
import { nameOfA } from "../../terminal/option-values";
import { print, printError } from "../../terminal/print";
import { startProgress } from "../../terminal/progress";
import type { Settings } from "./publication";
import { differences, type Files, MANIFEST, readManifest, writePublication } from "./write-publication";

interface PublishOptions extends Partial<Settings> {
  readonly out: string;
  readonly check?: boolean;
}

export function addCommand(program: Command): void {
  program
    .command("publish")
    .summary("portable Terraform for teams that don't use CDKTF")
    .description(
      "Write Terraform modules for a registry, with examples and tests; a root module for each environment; and who can do what where, for machines and as a page.",
    )
    .requiredOption(
      "--out <folder>",
      "where to write. Only files that publish wrote there are replaced or removed",
      nameOfA("folder"),
    )
    .option("--check", "write nothing, and list how the folder differs from what would be written")
    .option("--version <version>", "version of the modules, such as 1.2.0 (default: the folder's, or this package's)")
    .addOption(
      new Option(
        "--backend <backend>",
        "where the environments' roots keep their state: environment, as environments.yaml says; none, if a file beside a root says it; or a type that is configured when Terraform runs (default: the folder's, or environment)",
      ).choices(BACKEND_CHOICES),
    )
    .addOption(
      new Option(
        "--provider <provider>",
        "who configures the AWS provider of the environments' roots: environment, as environments.yaml says; or none, if a file beside a root does (default: the folder's, or environment)",
      ).choices(PROVIDER_CHOICES),
    )
    .option(
      "--cloudformation",
      "also write the access of all environments as one CloudFormation template, for a StackSet (default: whether the folder has one)",
    )
    .option("--no-cloudformation", "no longer write it")
    .addHelpText(
      "after",
      "\nExit status: 0 written, or --check finds the folder up to date; 1 an error, or --check finds a difference; 2 wrong usage.",
    )
    .action((options: PublishOptions) => publish(options));
}

function publish({ out, check, ...options }: PublishOptions): void {
  const { version } = options;
  if (version !== undefined && semver.valid(version) !== version) {
    throw new UsageError(
      `Received --version ${describe(version)}, expected one like 1.2.0 (Semantic Versioning, without a v).`,
    );
  }
  if (process.env[ONLY] !== undefined) {
    throw new UsageError(
      `Received ${describe(process.env[ONLY])} in ${ONLY}, expected it unset: a publication has all environments, and one with only some would remove the others. Nothing was written. Unset it.`,
    );
  }
  const manifest = readManifest(out);
  if (check && manifest === undefined) {
    throw new CommandError(
      `Received --out ${describePath(out)} without ${MANIFEST}, expected a publication. Check the name.`,
    );
  }
  const roots = { backend: "environment", provider: "environment" } as const;
  const defaults = { version: packageJson().version, ...roots, cloudformation: false };
  const settings = { ...defaults, ...manifest, ...options };
  const files = generate(settings);
  explainFailure(
    (reason) => `Can't use --out ${describePath(out)}: ${reason}. Choose another folder.`,
    () => (check ? expectUpToDate(out, files) : write(out, files, settings)),
  );
}

function generate(settings: Settings): Files {
  const { publicationOf, publishedIn }: typeof import("./publication") = require("./publication"); // the framework is loaded only now
  const environments = publishedIn(loadEnvironments());
  printError(`Making environments: ${environments.length} …`);
  const progress = startProgress(environments.length, "environments");
  try {
    return publicationOf(environments, settings, progress.step);
  } finally {
    progress.end();
  }
}

function expectUpToDate(folder: string, files: Files): void {
  const lines = differences(folder, files).map(({ kind, path }) => `${kind}: ${path}`);
  if (lines.length > 0) throw new CommandError([`${folder} is not what publish would write. Publish again.`, ...lines]);
  print(`${folder} is what publish would write.`);
}

function write(folder: string, files: Files, { version, backend, provider }: Settings): void {
  const leftovers = writePublication(folder, files);
  const roots = Object.entries({ backend, provider }).filter(([, choice]) => choice !== "environment");
  const words = [`version ${version}`, ...roots.map((setting) => setting.join(" "))];
  print([
    `Wrote ${files.size} files to ${folder}: ${words.join(", ")}.`,
    ...leftovers.map(
      (path) =>
        `Not published, but not empty: ${path}. If an environment was there, remove the folder: Terraform with only a backend there would destroy what the state has.`,
    ),
  ]);
}
