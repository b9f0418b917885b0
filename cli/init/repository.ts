import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonText } from "../json";
import { packageJson } from "../package-files";

/** The first environment of a new repository. */
export interface FirstEnvironment {
  readonly account: string;
  readonly region: string;
  readonly full: boolean;
}

/** Files as text, by their path in the repository. */
export type RepositoryFiles = ReadonlyMap<string, string>;

/** The exact versions in a repository's package.json of this package and what it needs, by section and name. */
export interface PinnedVersions {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const FOLDER = join(__dirname, "files");

/** npm would leave a file with the real name out of a package. */
const REAL_NAMES: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** Written once, and the user's from then on. All other files are upgraded with this package, unless somebody has changed them. */
const WRITTEN_ONCE = ["README.md", "main.ts", ".github/CODEOWNERS"];

/** What a repository needs to run, besides the package and its peers. */
const TOOLS = ["@types/node", "ts-node", "typescript"];

const { name, version, peerDependencies, devDependencies } = packageJson();

/** The version of this package. */
export const VERSION: string = version;

/** The versions that this one was tested with. */
export function pinnedVersions(): PinnedVersions {
  const tested = (names: readonly string[]) => names.map((one): [string, string] => [one, devDependencies[one] ?? ""]);
  return {
    dependencies: sorted([[name, version], ...tested(Object.keys(peerDependencies))]),
    devDependencies: sorted(tested(TOOLS)),
  };
}

/** The files that are upgraded with this package. */
export function managedFiles(): RepositoryFiles {
  return new Map([...templates()].filter(([path]) => !WRITTEN_ONCE.includes(path)));
}

/** All files of a new repository. */
export function newRepository(repositoryName: string, first: FirstEnvironment): RepositoryFiles {
  return new Map([
    ["environments.yaml", environmentsYaml(first)],
    ["package.json", newPackageJson(repositoryName)],
    ...templates(),
  ]);
}

function templates(): RepositoryFiles {
  const entries = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name).slice(FOLDER.length + 1);
        return [REAL_NAMES[path] ?? path, readFileSync(join(FOLDER, path), "utf8")];
      })
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function newPackageJson(repositoryName: string): string {
  const content = {
    name: repositoryName,
    private: true,
    scripts: { synth: "node --expose-gc --require ts-node/register main.ts" },
    ...pinnedVersions(),
  };
  return `${jsonText(content)}\n`;
}

function environmentsYaml({ account, region, full }: FirstEnvironment): string {
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

function sorted(entries: readonly [string, string][]): Record<string, string> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}
