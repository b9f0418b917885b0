import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import semver from "semver";
import type { z } from "zod";
import { formatList } from "../../../common/format-list";
import { packageJson } from "../../../common/package-files";
import { describe, describePath } from "../../../common/problem";
import { ONLY } from "../../../stacks/environments/chosen-environments";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { BACKEND_CHOICES, type BackendChoice } from "../../../stacks/portable/backend-choice";
import { nameOfA } from "../../arguments/option-values";
import { type DoctorReport, doctorReportSchema } from "../../reports/doctor-report";
import { CommandError, UsageError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { print, printError } from "../../terminal/print";
import { startProgress } from "../../terminal/progress";
import { channelKey, countsByChannel } from "./access-document";
import { differences, type File, MANIFEST, manifestSchema, readPublished } from "./published-folder";
import { expectReplaceable, replaceFolder } from "./replace-folder";

type PublishOptions = { readonly cloudformation?: boolean } & Readonly<
  Partial<Record<"version" | "people", string>>
> & {
    readonly out: string;
    readonly check?: boolean;
    readonly backend?: BackendChoice;
  };

export function addCommand(program: Command): void {
  program
    .command("publish")
    .summary("portable Terraform for teams that don't use CDKTF")
    .description(
      "Write Terraform modules of an account and of each access level, with examples and tests, in the form that a Terraform registry accepts; a root module for each environment; and who can do what where, for machines and as a page. The same input gives the same bytes.",
    )
    .requiredOption(
      "--out <folder>",
      "where to write. Files that publish wrote there before are replaced or removed. Any other file is left alone",
      nameOfA("folder"),
    )
    .option("--check", "write nothing, and list how the folder differs from what would be written")
    .option(
      "--version <version>",
      "version of the modules, such as 1.2.0 (default: the version that the folder has, or this package's version)",
    )
    .addOption(
      new Option(
        "--backend <backend>",
        `where the environments' roots keep their state: environment, as environments.yaml says; none, if a file beside a root says it; or a backend that is configured by terraform init -backend-config or by variables of the process (default: the backend that the folder has, or environment)`,
      ).choices(BACKEND_CHOICES),
    )
    .option(
      "--cloudformation",
      "also write the access of all environments as one CloudFormation template, for a StackSet (default: whether the folder has one)",
    )
    .option("--no-cloudformation", "no longer write it")
    .option(
      "--people <file>",
      "a report of doctor --slack: the page shows how many people are in each channel",
      nameOfA("file"),
    )
    .addHelpText(
      "after",
      "\nExit status: 0 written, or --check finds the folder up to date; 1 an error, or --check finds a difference; 2 wrong usage.",
    )
    .action((options: PublishOptions) => publish(options));
}

function publish(options: PublishOptions): void {
  const { out, check, version } = options;
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
  const people = options.people === undefined ? undefined : readCounts(options.people);
  if (check) {
    checkFolder(out, options, people);
  } else {
    writeFolder(out, options, people);
  }
}

function writeFolder(folder: string, options: PublishOptions, people: DoctorReport | undefined): void {
  expectReplaceable(folder);
  const manifest = existsSync(join(folder, MANIFEST))
    ? readPublished("--out", folder, MANIFEST, manifestSchema)
    : undefined;
  const settings = settingsOf(options, manifest);
  const { count, leftovers } = withFiles({ ...options, ...settings }, people, (files) => replaceFolder(folder, files));
  const isKept = (option: keyof typeof settings) => manifest?.[option] !== undefined && options[option] === undefined;
  const settingsInWords = [
    `version ${settings.version}${isKept("version") ? ", as before" : ""}`,
    ...(settings.backend === "environment"
      ? []
      : [`backend ${settings.backend}${isKept("backend") ? ", as before" : ""}`]),
  ];
  print([
    `Wrote ${count} files to ${folder}: ${settingsInWords.join("; ")}.`,
    ...[...leftovers].map(
      ([path, names]) =>
        `Not published any more, but not empty: ${path} (${formatList(names)}). Remove the folder: Terraform with only a backend there would destroy what the state has.`,
    ),
  ]);
}

/** What a publication keeps until it is told otherwise. */
function settingsOf(options: PublishOptions, manifest: Partial<z.infer<typeof manifestSchema>> = {}) {
  return {
    version: options.version ?? manifest.version ?? packageJson().version,
    backend: options.backend ?? manifest.backend ?? "environment",
    cloudformation: options.cloudformation ?? manifest.cloudformation ?? false,
  };
}

function checkFolder(folder: string, options: PublishOptions, people: DoctorReport | undefined): void {
  const manifest = readPublished("--out", folder, MANIFEST, manifestSchema);
  if (manifest.people !== undefined && options.people === undefined) {
    throw new UsageError(
      `Received --check of ${describePath(folder)} alone, expected --people with the report of ${manifest.people} as well, from which its page was made.`,
    );
  }
  const settings = settingsOf(options, manifest);
  const differingFiles = withFiles({ ...options, ...settings }, people, (files) => differences(folder, files));
  if (differingFiles.length > 0) {
    throw new CommandError([
      `${folder} is not what publish would write. Publish again. If it has published files that somebody changed, or other files that Terraform would read with them, move them away first.`,
      ...differingFiles,
    ]);
  }
  print(`${folder} is what publish would write.`);
}

/** Makes the publication's files and passes them to `use`. */
function withFiles<T>(
  options: PublishOptions & ReturnType<typeof settingsOf>,
  people: DoctorReport | undefined,
  use: (files: Iterable<File>) => T,
): T {
  const { publicationOf, publishedIn }: typeof import("./publication") = require("./publication"); // the framework is loaded only now
  const environments = publishedIn(loadEnvironments());
  if (people) printUncounted(environments, people, options.people as string);
  printError(`Making environments: ${environments.length} …`);
  const progress = startProgress(environments.length, "environments");
  try {
    return use(publicationOf({ environments, ...options, people, onEnvironment: progress.step }));
  } finally {
    progress.end();
  }
}

/** @throws CommandError when the report names people as well: a published page has many readers */
function readCounts(file: string): DoctorReport {
  const countsOnly = doctorReportSchema.refine(({ environments }) =>
    environments.every(({ channels = [] }) => channels.every(({ people }) => people === undefined)),
  );
  return readFormOfJson(file, countsOnly, {
    name: `--people ${describePath(file)}`,
    expected: "a report of support-app doctor --all --slack without --members, since a published page has many readers",
    next: "Run support-app doctor --all --slack --report FILE, and give that file.",
  });
}

/**
 * Prints how many channels a report has no count for.
 *
 * @throws CommandError when it is about no published channel
 */
function printUncounted(environments: readonly Environment[], people: DoctorReport, file: string): void {
  const counts = countsByChannel(people);
  const publishedChannels = new Set(environments.flatMap(({ channels }) => channels.map(channelKey)));
  if (![...publishedChannels].some((channel) => counts.has(channel))) {
    throw new CommandError(
      `Received --people ${describePath(file)} about no published channel, expected a report of support-app doctor --all --slack for the same environments.yaml. Run that again with --report FILE, and give that file.`,
    );
  }
  const uncountedNumber = [...publishedChannels].filter((channel) => counts.get(channel) === undefined).length;
  if (uncountedNumber === 0) return;
  printError(
    `Channels without a member count in ${describePath(file)}: ${uncountedNumber} of ${publishedChannels.size}.`,
  );
}
