import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { jsonText } from "../../../common/json";
import { packageJson } from "../../../common/package-files";
import { OWNERS_PLACEHOLDER } from "../../forge/bootstrap";
import { FORGE_NAMES, type ForgeName } from "../../forge/forge";
import { cliOf, OWN } from "./framework";
import type { PackageOrigin } from "./package-origin";

export interface RepositorySettings {
  /** Of the first environment. */
  readonly account: string;
  readonly region: string;
  readonly full: boolean;
  /** Who must approve changes, as CODEOWNERS names them. */
  readonly owners: string;
  readonly pipelines: Pipelines;
  readonly origin: PackageOrigin;
  /** Whether it has the framework's own command. */
  readonly hasCli: boolean;
}

/** What the files of CI are for. */
export interface Pipelines {
  readonly ci: ForgeName;
  /** The default branch, on which they run. */
  readonly branch: string;
}

/** The names of each CI's files begin with. */
const FILES_OF_CI: Readonly<Record<ForgeName, string>> = { github: ".github", gitlab: ".gitlab" };

/** Files as text, by their path in the repository. */
export type RepositoryFiles = ReadonlyMap<string, string>;

/** The sections of package.json with versions that belong together. */
export const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies"] as const;
export type Section = (typeof SECTIONS)[number];

const FOLDER = join(__dirname, "files");

/** Written once, and the user's from then on. All other files are upgraded with this package, unless somebody has changed them. */
const WRITTEN_ONCE = ["README.md", "main.ts", ".github/CODEOWNERS", ".gitlab/CODEOWNERS"];

/** What a repository needs to run, besides the package and its peers. */
const TOOLS = ["@types/node", "ts-node", "typescript"];

const { name, version, peerDependencies, devDependencies } = packageJson();

export const VERSION: string = version;

/**
 * The exact versions in a repository's package.json of this package and what it needs, by section and name: those that
 * this one was tested with.
 *
 * @param cliSection where package.json has the framework's own command. Undefined: it has none
 */
export function pinnedVersions(
  { specifier }: PackageOrigin,
  cliSection?: Section,
): Record<Section, Record<string, string>> {
  const versionsOf = (names: readonly string[]) =>
    names.map((name): [string, string] => [name, devDependencies[name] ?? ""]);
  const cli = (section: Section): [string, string][] =>
    section === cliSection ? [[cliOf(OWN), devDependencies[OWN] ?? ""]] : []; // a framework and its command have one version
  return {
    dependencies: sortByName([[name, specifier], ...versionsOf(Object.keys(peerDependencies)), ...cli("dependencies")]),
    devDependencies: sortByName([...versionsOf(TOOLS), ...cli("devDependencies")]),
    optionalDependencies: sortByName(cli("optionalDependencies")),
  };
}

/** The files that are upgraded with this package. */
export function managedFiles(pipelines: Pipelines): RepositoryFiles {
  return new Map([...templates(pipelines)].filter(([path]) => !WRITTEN_ONCE.includes(path)));
}

/** All files of a new repository, but for the packed copy. */
export function newRepository(settings: RepositorySettings): RepositoryFiles {
  const { origin, hasCli, owners } = settings;
  const scripts = { synth: "node --require ts-node/register main.ts" };
  const { optionalDependencies, ...pinnedManifest } = pinnedVersions(
    origin,
    hasCli ? "optionalDependencies" : undefined,
  );
  const sections = { ...pinnedManifest, ...(hasCli && { optionalDependencies }) };
  return new Map([
    ["environments.yaml", environmentsYaml(settings)],
    ["package.json", `${jsonText({ private: true, scripts, ...sections })}\n`],
    ...[...templates(settings.pipelines)].map(
      ([path, text]) => [path, text.replaceAll(OWNERS_PLACEHOLDER, () => owners)] as const,
    ),
  ]);
}

/** Where the default branch stands in a text. */
const BRANCH_IN_TEXT = /(?<=branches: \["|refs\/heads\/|`|== "|PROJECT:|--branch )main(?=["'`. ])/g;

/** The part of README.md about CI. */
const CI_SECTION = "CI.md";

/** The templates, in which the default branch is main: filters of branches take no expression. */
function templates({ ci, branch }: Pipelines): RepositoryFiles {
  const entries = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1));
  const isOfCi = (path: string) =>
    FORGE_NAMES.every((name) => name === ci || !path.startsWith(FILES_OF_CI[name])) && basename(path) !== CI_SECTION;
  const readText = (path: string) => readFileSync(join(FOLDER, path), "utf8");
  const section = readText(join(FILES_OF_CI[ci], CI_SECTION));
  const textOf = (path: string) =>
    readText(path)
      .replace(`<!-- ${CI_SECTION} -->\n`, () => section)
      .replace(BRANCH_IN_TEXT, () => branch);
  const texts = paths
    .filter(isOfCi)
    .map((path): [string, string] => [path === "gitignore" ? ".gitignore" : path, textOf(path)]); // npm leaves out a .gitignore
  return new Map(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function environmentsYaml({ account, region, full }: RepositorySettings): string {
  const level = full ? "full" : "read-only";
  return `# yaml-language-server: $schema=./node_modules/${name}/stacks/environments.schema.json
# What each Slack channel can do in the AWS Support App, by AWS account. All keys: node_modules/${name}/docs/environments-yaml.md
environments:
  production:
    account: "${account}"
    region: ${region}
    # For a team and for deploy.yml: backend: { type: s3, bucket: NAME, region: ${region} }
    # With a channel: ${level}: { channels: [{ name: support-watch, workspace: T012ABCDEFG, channel: C01234A5BCD }] }
    ${level}: {}
`;
}

function sortByName(entries: readonly [string, string][]): Record<string, string> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
