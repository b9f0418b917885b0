import "../../../modules/support-app/peers";

import { checksum } from "../../../common/checksum";
import { jsonText } from "../../../common/json";
import { packageJson, readPackageFile } from "../../../common/package-files";
import type { Environment } from "../../../stacks/environments/environment";
import type { BackendChoice } from "../../../stacks/portable/backend-choice";
import { portableEnvironment } from "../../../stacks/portable/portable";
import type { DoctorReport } from "../../reports/doctor-report";
import { accessDocument, type PublishedEnvironment, publishedEnvironment } from "./access-document";
import { accessPage } from "./access-page";
import { environmentFiles } from "./environment-files";
import { type Edition, moduleFiles, publishedModules } from "./module-files";
import { CHECKSUMS, type File, type Files, GENERATOR, MANIFEST } from "./published-folder";
import { stackSetText } from "./stack-set";

export interface Contents {
  /** From {@link publishedIn}. */
  readonly environments: readonly Environment[];
  /** Of the publication (Semantic Versioning). */
  readonly version: string;
  /** Of the environments' roots. */
  readonly backend: BackendChoice;
  /** Whether it has the access as a template of CloudFormation, too. */
  readonly cloudformation: boolean;
  readonly people?: DoctorReport | undefined;
  /** Called after each environment. */
  readonly onEnvironment?: () => void;
}

/**
 * Generates all files of a publication, from modules to checksums, one by one to save memory. The same input gives the
 * same bytes.
 */
export function* publicationOf({
  environments,
  version,
  backend,
  cloudformation,
  people,
  onEnvironment,
}: Contents): Generator<File> {
  const [root, ...modules] = publishedModules();
  const edition: Edition = { version, license: readPackageFile("LICENSE"), upgrading: upgrading(version) };
  const sums = new Map<string, string>();
  const file = (path: string, text: string): File => {
    sums.set(path, checksum(text));
    return [path, text];
  };
  const inFolder = (folder: string, files: Files) => [...files].map(([path, text]) => file(`${folder}${path}`, text));
  yield* inFolder("", moduleFiles(root, edition));
  for (const module of modules) yield* inFolder(`modules/${module.name}/`, moduleFiles(module, edition));
  const publishedEnvironments: PublishedEnvironment[] = [];
  for (const environment of environments) {
    const terraform = portableEnvironment(environment, backend);
    const access = publishedEnvironment(environment);
    publishedEnvironments.push(access);
    yield* inFolder(`environments/${environment.name}/`, environmentFiles(environment, terraform, access));
    onEnvironment?.();
  }
  if (cloudformation) yield file("stack-set.template.json", stackSetText(environments, json));
  const access = accessDocument(publishedEnvironments, version, people);
  yield file("access.json", json(access));
  yield file("access.html", accessPage(access));
  const manifest = json({
    schemaVersion: 1, // increased by changes that break readers
    generator: GENERATOR,
    generatorVersion: packageJson().version,
    version,
    backend: backend === "environment" ? undefined : backend,
    cloudformation: cloudformation || undefined,
    people: people?.readAt,
    modules: modules.map(({ name }) => name),
    environments: environments.map(({ name }) => name),
  });
  yield [MANIFEST, manifest];
  const sortedSums = [...[...sums].sort(([a], [b]) => (a < b ? -1 : 1)), [MANIFEST, checksum(manifest)]];
  yield [CHECKSUMS, sortedSums.map(([path, sum]) => `${sum}  ${path}\n`).join("")]; // as `sha256sum --check` reads it
}

/** The environments to publish, without retired ones, sorted by name. */
export function publishedIn(environments: readonly Environment[]): Environment[] {
  return environments.filter(({ retired }) => !retired).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The section of a module's README on upgrading. What a version of the generator changes in the modules is listed here. */
function upgrading(version: string): string {
  return `## Upgrading

Version ${version} is made by ${GENERATOR} ${packageJson().version}. What its versions changed in the modules:

- 0.1.0: The first version.`;
}

function json(value: unknown): string {
  return `${jsonText(value)}\n`;
}
