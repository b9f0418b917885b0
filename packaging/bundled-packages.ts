import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { groupByKey } from "../common/group-by-key";
import { jsonText } from "../common/json";

/** The licences of packages that may be bundled, by their SPDX identifiers. */
const PERMITTED_LICENSES: readonly string[] = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];

/** A package that is in a bundle, as package-lock.json has it. */
interface BundledPackage {
  /** Relative to the root, such as `node_modules/yaml`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** The checksum of its tarball: the algorithm and, in Base64, the hash. */
  readonly integrity: string;
}

/**
 * Writes THIRD-PARTY-NOTICES.txt and, as an SBOM, sbom.cdx.json of what is in bundles.
 *
 * @throws Error when a package has a licence that isn't permitted
 */
export function writeBundledPackages(bundles: readonly Metafile[], root: string, folder: string): void {
  const packages = packagesIn(bundles, readFileSync(join(root, "package-lock.json"), "utf8"));
  writeFileSync(join(folder, "THIRD-PARTY-NOTICES.txt"), noticesOf(packages, root));
  writeFileSync(join(folder, "sbom.cdx.json"), `${jsonText(bomOf(packages))}\n`);
}

/** The packages in bundles, by name. */
export function packagesIn(bundles: readonly Metafile[], lockText: string): readonly BundledPackage[] {
  const { packages } = JSON.parse(lockText) as { packages: Record<string, Omit<BundledPackage, "folder" | "name">> };
  const files = bundles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs));
  const folders = files.flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []) : [],
  );
  const bundledPackages = [...new Set(folders)].map((folder) => {
    const { version, license, integrity } = packages[folder] ?? {};
    const name = folder.replace(/^.*node_modules\//, "");
    if (version === undefined || integrity === undefined)
      throw new Error(`Can't build: ${folder} isn't in package-lock.json. Run: npm ci`);
    if (license === undefined || !PERMITTED_LICENSES.includes(license)) {
      throw new Error(
        `Can't bundle ${name} ${version}: its licence is ${license}, expected ${PERMITTED_LICENSES.join(", ")}. Replace the package.`,
      );
    }
    return { folder, name, version, license, integrity };
  });
  return bundledPackages.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Each text once, after the packages that it is of. */
function noticesOf(packages: readonly BundledPackage[], root: string): string {
  const groups = groupByKey(packages, ({ folder }) => licenseText(join(root, folder)));
  const notices = [...groups].map(([text, group]) => {
    const lines = group.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return `${lines.join("\n")}\n\n${text}\n`;
  });
  return ["The files of this folder contain the following packages.\n", ...notices].join(`\n${"-".repeat(80)}\n\n`);
}

/** The texts that a package's licence asks to pass on. */
function licenseText(folder: string): string {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return texts.join("\n\n") || "The package comes without the text of its licence.";
}

/** A bill of materials. Source: CycloneDX 1.6, JSON. */
function bomOf(packages: readonly BundledPackage[]): object {
  const components = packages.map(({ name, version, license, integrity }) => {
    const [algorithm = "", hash = ""] = integrity.split("-");
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    return {
      type: "library",
      "bom-ref": purl,
      name,
      version,
      purl,
      licenses: [{ license: { id: license } }],
      hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(hash, "base64").toString("hex") }],
    };
  });
  return { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, components };
}
