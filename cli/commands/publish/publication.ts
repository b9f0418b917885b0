import "../../../modules/support-app/peers";

import { checksum } from "../../../common/checksum";
import { jsonText } from "../../../common/json";
import { packageJson } from "../../../common/package-files";
import type { Environment } from "../../../stacks/environments/environment";
import { portableEnvironment } from "../../../stacks/portable/portable";
import type { BackendChoice, ProviderChoice } from "../../../stacks/portable/root-choices";
import { type AccessDocument, publishedEnvironment } from "./access-document";
import { accessPage } from "./access-page";
import { environmentFiles } from "./environment-files";
import { moduleFiles, moduleNames } from "./module-files";
import { stackSetText } from "./stack-set";
import { CHECKSUMS, ENVIRONMENTS, type Files, GENERATOR, MANIFEST } from "./write-publication";

/** What a publication keeps until publish is told otherwise. */
export interface Settings {
  /** Of the publication (Semantic Versioning). */
  readonly version: string;
  /** Of the environments' roots. */
  readonly backend: BackendChoice;
  /** Of the environments' roots. */
  readonly provider: ProviderChoice;
  /** Whether it has the access as a template of CloudFormation, too. */
  readonly cloudformation: boolean;
}

/**
 * All files of a publication, from modules to checksums. The same input gives the same bytes.
 *
 * @param environments from {@link publishedIn}
 * @param onEnvironment called after each
 */
export function publicationOf(
  environments: readonly Environment[],
  { version, backend, provider, cloudformation }: Settings,
  onEnvironment?: () => void,
): Files {
  const access: AccessDocument = { schemaVersion: 1, version, environments: environments.map(publishedEnvironment) };
  const manifest = {
    schemaVersion: 1,
    generator: GENERATOR,
    generatorVersion: packageJson().version,
    version,
    backend: backend === "environment" ? undefined : backend,
    provider: provider === "environment" ? undefined : provider,
    cloudformation: cloudformation || undefined,
    modules: moduleNames(),
    environments: environments.map(({ name }) => name),
  };
  const json = {
    ...(cloudformation && { "stack-set.template.json": stackSetText(environments) }),
    "access.json": jsonText(access),
    [MANIFEST]: jsonText(manifest),
  };
  const files = new Map([
    ...moduleFiles(),
    ...access.environments.flatMap((published, index) => {
      const environment = environments[index] as Environment;
      const terraform = portableEnvironment(environment, backend, provider);
      const rootFiles = environmentFiles(environment, terraform, published, provider);
      onEnvironment?.();
      return inFolder(`${ENVIRONMENTS}/${environment.name}`, rootFiles);
    }),
    ["access.html", accessPage(access)],
    ...Object.entries(json).map(([path, text]): [string, string] => [path, `${text}\n`]),
  ]);
  const sums = [...files].map(([path, text]) => `${checksum(text)}  ${path}\n`);
  return files.set(CHECKSUMS, sums.join("")); // as `sha256sum --check` reads it
}

/** The environments to publish, without retired ones, sorted by name. */
export function publishedIn(environments: readonly Environment[]): Environment[] {
  return environments.filter(({ retired }) => !retired).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function inFolder(folder: string, files: Files): [string, string][] {
  return [...files].map(([path, text]) => [`${folder}/${path}`, text]);
}
