import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { jsonText } from "../../../common/json";
import { packageFolder, packageJson } from "../../../common/package-files";
import { OWNERS_PLACEHOLDER } from "../../forge/bootstrap";
import { FORGE_NAMES, type ForgeName } from "../../forge/forge";
import { cliOf, OWN } from "./framework";
import type { PackageOrigin } from "./package-origin";
import { RECORD, recordText } from "./record";

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

/** An account that AWS's documentation uses for examples. */
export const EXAMPLE_ACCOUNT = "111122223333";

export const DEFAULTS = { account: EXAMPLE_ACCOUNT, region: "us-east-1", full: false, owners: OWNERS_PLACEHOLDER };

/** Texts of files, by their path in the repository. */
export type RepositoryFiles = ReadonlyMap<string, string>;

/** The sections of package.json that name packages. */
export const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

const FOLDER = join(packageFolder(), "cli/commands/init/files");

/** Written once, and the user's from then on: an upgrade doesn't change them. */
export const WRITTEN_ONCE = [
  "environments.yaml",
  "main.ts",
  "README.md",
  ...FORGE_NAMES.map((name) => join(`.${name}`, "CODEOWNERS")),
];

const { name, version, peerDependencies, devDependencies } = packageJson();

/** What only synthesizing and reviewing need: 440 MB that all other jobs of CI leave out, with npm ci --omit. */
const FOR_SYNTHESIS = [...Object.keys(peerDependencies), "@types/node", "ts-node", "typescript"].sort();

export const VERSION: string = version;

/** All files of a new repository, by path. */
export function repositoryFiles(settings: RepositorySettings): ReadonlyMap<string, string | Buffer> {
  const { copy } = settings.origin;
  return new Map<string, string | Buffer>([
    ...newRepository(settings),
    ...(copy === undefined ? [] : [[copy.path, copy.content] as const]),
  ]);
}

/** The same, but for the packed copy. */
export function newRepository(settings: RepositorySettings): RepositoryFiles {
  const { pipelines, owners } = settings;
  return new Map([
    [RECORD, recordText({ version, ...pipelines })],
    ["environments.yaml", environmentsYaml(settings)],
    ["package.json", `${jsonText(manifestOf(settings))}\n`],
    ...[...templates(pipelines)].map(
      ([path, text]) => [path, text.replaceAll(OWNERS_PLACEHOLDER, () => owners)] as const,
    ),
  ]);
}

/** With the exact versions that this package was tested with: of itself, and of what it needs. */
function manifestOf({ origin, hasCli }: RepositorySettings) {
  return {
    private: true,
    scripts: { synth: "node --require ts-node/register main.ts" },
    dependencies: { [name]: origin.specifier },
    devDependencies: Object.fromEntries(FOR_SYNTHESIS.map((name) => [name, devDependencies[name]])),
    ...(hasCli && { optionalDependencies: { [cliOf(OWN)]: devDependencies[OWN] } }), // a framework and its command have one version
  };
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
    FORGE_NAMES.every((name) => name === ci || !path.startsWith(`.${name}`)) && basename(path) !== CI_SECTION;
  const readText = (path: string) => readFileSync(join(FOLDER, path), "utf8");
  const section = readText(join(`.${ci}`, CI_SECTION));
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
    # For a team and for deploy.yml, with a bucket that bootstrap creates: backend: { type: s3, bucket: NAME, region: ${region} }
    # With a channel: ${level}: { channels: [{ name: support-watch, workspace: T012ABCDEFG, channel: C01234A5BCD }] }
    ${level}: {}
`;
}
