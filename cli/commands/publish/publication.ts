import "../../../modules/support-app/peers";

import { ACCESS_LEVELS, type AccessLevel } from "../../../modules/support-app/model/access-level";
import type { Environment } from "../../../stacks/environments/environment";
import { portableEnvironment } from "../../../stacks/portable/portable";
import { packageJson, readPackageFile } from "../../package-files";
import type { PeopleReport } from "../../reports/people-report";
import { checksum } from "../../terminal/checksum";
import { jsonText } from "../../terminal/json";
import {
  type AccessDocument,
  accessDocument,
  type PublishedEnvironment,
  publishedEnvironment,
} from "./access-document";
import { accessPage } from "./access-page";
import { environmentFiles } from "./environment-files";
import { CHECKSUMS, type File, GENERATOR, MANIFEST, within } from "./files";
import {
  ACCOUNT_MODULE,
  accountFiles,
  type Edition,
  GUARDRAIL_MODULE,
  guardrailFiles,
  moduleFiles,
  moduleName,
  rootFiles,
} from "./module-files";
import { changesSince } from "./since";
import { type Release, upgrading } from "./upgrade-notes";

/** Version of manifest.json's format. */
const SCHEMA_VERSION = 1;

/** An earlier publication. */
export interface Earlier {
  readonly access: AccessDocument;
  /** The generator's version. Undefined: unknown. */
  readonly generatorVersion?: string;
}

/**
 * Generates all files of a publication, from modules to checksums, one by one to save memory. The same input gives the
 * same bytes.
 *
 * @param environments from {@link publishedIn}
 * @param version of the publication (Semantic Versioning)
 * @param since an earlier publication
 * @param progress receives the number of each environment at its start, from 1 on
 * @param people counts of the channels' members
 */
export function* publicationOf(
  environments: readonly Environment[],
  version: string,
  since: Earlier | undefined,
  progress: (number: number) => void,
  people?: PeopleReport,
): Generator<File> {
  const sums: Checksum[] = [];
  for (const file of contentsOf(environments, version, since, progress, people)) {
    sums.push([file[0], checksum(file[1])]);
    yield file;
  }
  sums.sort(([a], [b]) => (a < b ? -1 : 1));
  const manifest = json({
    schemaVersion: SCHEMA_VERSION,
    generator: GENERATOR,
    generatorVersion: packageJson().version,
    version,
    since: since?.access.version,
    people: people?.readAt,
    modules: [
      ...Object.keys(ACCESS_LEVELS).map((level) => moduleName(level as AccessLevel)),
      ACCOUNT_MODULE,
      GUARDRAIL_MODULE,
    ],
    environments: environments.map(({ name }) => name),
  });
  yield [MANIFEST, manifest];
  yield [CHECKSUMS, checksums([...sums, [MANIFEST, checksum(manifest)]])];
}

/** The environments to publish: those that aren't retired, sorted by name. */
export function publishedIn(environments: readonly Environment[]): Environment[] {
  return environments.filter(({ retired }) => !retired).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* contentsOf(
  environments: readonly Environment[],
  version: string,
  since: Earlier | undefined,
  progress: (number: number) => void,
  people?: PeopleReport,
): Generator<File> {
  const release: Release = { version, generatorVersion: packageJson().version };
  const edition: Edition = {
    version,
    license: readPackageFile("LICENSE"),
    upgrading: upgrading(release, since && { ...since, version: since.access.version }),
  };
  yield* rootFiles(edition);
  yield* within(`modules/${ACCOUNT_MODULE}`, accountFiles(edition));
  yield* within(`modules/${GUARDRAIL_MODULE}`, guardrailFiles(edition));
  for (const access of Object.keys(ACCESS_LEVELS) as AccessLevel[]) {
    yield* within(`modules/${moduleName(access)}`, moduleFiles(access, edition));
  }
  const published: PublishedEnvironment[] = [];
  for (const [index, environment] of environments.entries()) {
    progress(index + 1);
    const terraform = portableEnvironment(environment);
    const access = publishedEnvironment(environment, terraform);
    published.push(access);
    yield* within(`environments/${environment.name}`, environmentFiles(environment, terraform, access));
  }
  const access = accessDocument(published, version, people);
  yield ["access.json", json(access)];
  const changes = since && { version: since.access.version, changes: changesSince(since.access, access) };
  yield ["access.html", accessPage(access, changes)];
}

type Checksum = readonly [path: string, sum: string];

/** In the format of `sha256sum --check`. */
function checksums(sums: readonly Checksum[]): string {
  return sums.map(([path, sum]) => `${sum}  ${path}\n`).join("");
}

function json(value: unknown): string {
  return `${jsonText(value)}\n`;
}
