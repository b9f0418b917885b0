import { ACCESS_LEVELS, type AccessLevel } from "../../modules/support-app/access-level";
import type { Environment } from "../../stacks/environment";
import { portableEnvironment } from "../../stacks/portable";
import { checksum } from "../checksum";
import { jsonText } from "../json";
import { packageJson, readPackageFile } from "../package-files";
import {
  type AccessDocument,
  accessDocument,
  type PublishedEnvironment,
  publishedEnvironment,
} from "./access-document";
import { accessPage } from "./access-page";
import { ACCOUNT_MODULE, accountFiles } from "./account-files";
import type { Edition } from "./edition";
import { environmentFiles } from "./environment-files";
import { CHECKSUMS, type Files, GENERATOR, MANIFEST, within } from "./files";
import { moduleFiles, moduleName } from "./module-files";
import { rootFiles } from "./root-files";
import { changesSince } from "./since";
import { type Release, upgrading } from "./upgrade-notes";

/** Version of manifest.json's form. */
const SCHEMA_VERSION = 1;

/** An earlier publication. */
export interface Earlier {
  readonly access: AccessDocument;
  /** What made it. Undefined: it doesn't say. */
  readonly generatorVersion?: string;
}

/**
 * Everything that is published, from modules to checksums, without what is retired. The same input gives the same bytes.
 *
 * @param version of what is published, in the form of Semantic Versioning
 * @param since an earlier publication
 * @param progress told what is being made
 */
export function publicationOf(
  environments: readonly Environment[],
  version: string,
  since: Earlier | undefined,
  progress: (what: string) => void,
): Files {
  const release: Release = { version, generatorVersion: packageJson().version };
  const edition: Edition = {
    version,
    license: readPackageFile("LICENSE"),
    upgrading: upgrading(release, since && { ...since, version: since.access.version }),
  };
  const files = new Map<string, string>();
  const add = (more: Files) => {
    for (const [path, text] of more) files.set(path, text);
  };
  progress("the root module");
  add(rootFiles(edition));
  progress(`modules/${ACCOUNT_MODULE}`);
  add(within(`modules/${ACCOUNT_MODULE}`, accountFiles(edition)));
  for (const access of Object.keys(ACCESS_LEVELS) as AccessLevel[]) {
    const folder = `modules/${moduleName(access)}`;
    progress(folder);
    add(within(folder, moduleFiles(access, edition)));
  }
  const byName = environments.filter(({ retired }) => !retired).sort((a, b) => (a.name < b.name ? -1 : 1));
  const published: PublishedEnvironment[] = [];
  for (const environment of byName) {
    const folder = `environments/${environment.name}`;
    progress(folder);
    const terraform = portableEnvironment(environment);
    const access = publishedEnvironment(environment, terraform);
    published.push(access);
    add(within(folder, environmentFiles(environment, terraform, access)));
  }
  const access = accessDocument(published, version);
  progress("access.json and access.html");
  const page = accessPage(
    access,
    since && { version: since.access.version, changes: changesSince(since.access, access) },
  );
  add(
    new Map([
      ["access.json", json(access)],
      ["access.html", page],
    ]),
  );
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const manifest = json({
    schemaVersion: SCHEMA_VERSION,
    generator: GENERATOR,
    generatorVersion: release.generatorVersion,
    version,
    since: since?.access.version,
    modules: [...Object.keys(ACCESS_LEVELS).map((level) => moduleName(level as AccessLevel)), ACCOUNT_MODULE],
    environments: access.environments.map(({ name }) => name),
  });
  const all = new Map([...sorted, [MANIFEST, manifest] as const]);
  return new Map([...all, [CHECKSUMS, checksums(all)]]);
}

/** As `sha256sum --check` reads them. */
function checksums(files: Files): string {
  return [...files].map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
}

function json(value: unknown): string {
  return `${jsonText(value)}\n`;
}
