import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import semver from "semver";
import { z } from "zod";
import { checksum } from "../../../common/checksum";
import { diskReason, errorCode } from "../../../common/disk-error";
import { describePath } from "../../../common/problem";
import { BACKEND_CHOICES } from "../../../stacks/portable/backend-choice";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { isPipeOrDevice } from "../../terminal/replace-file";
import { isBackendOnly } from "./backend-only";

/** A file as text, with its path below a folder, with `/`. */
export type File = readonly [path: string, text: string];

/** Files by their path. */
export type Files = ReadonlyMap<string, string>;

/** The file that describes a publication. */
export const MANIFEST = "manifest.json";

export const GENERATOR = "cdktf-support-app-access";

/** The file with the SHA-256 of each file of a publication. */
export const CHECKSUMS = "SHA256SUMS";

/** What a publication is compared by. */
export interface Outline {
  /** The SHA-256 of each file. */
  readonly sums: ReadonlyMap<string, string>;
  /** The folders with Terraform's files, and whether somebody else's file may say where the state is kept. */
  readonly modules: ReadonlyMap<string, boolean>;
}

/** Passes each file to `visit`, and returns what they are compared by. */
export function outlineOf(files: Iterable<File>, visit: (file: File) => void = () => {}): Outline {
  const sums = new Map<string, string>();
  const modules = new Map<string, boolean>();
  for (const [path, text] of files) {
    visit([path, text]);
    sums.set(path, checksum(text));
    const isRoot = path.startsWith("environments/");
    if (basename(path) === "versions.tf")
      modules.set(posix.dirname(path), isRoot && !/^ {2}(backend|cloud) /m.test(text));
    else if (path.endsWith(".tf") && !modules.has(posix.dirname(path))) modules.set(posix.dirname(path), false);
  }
  return { sums, modules };
}

/** A folder, compared with a publication: paths of files. Any other file belongs to somebody else, and does no harm. */
export interface Comparison {
  readonly missing: readonly string[];
  /** Publish wrote them, and would write them otherwise. */
  readonly outdated: readonly string[];
  /** Publish wrote them, and wouldn't write them now. */
  readonly obsolete: readonly string[];
  /** Publish would write or remove them, but they aren't as it wrote them; or Terraform would read them with the publication. */
  readonly foreign: readonly string[];
}

export function compare(folder: string, { sums, modules }: Outline): Comparison {
  const writtenSums = writtenSumsOf(folder);
  const comparison: Record<keyof Comparison, string[]> = { missing: [], outdated: [], obsolete: [], foreign: [] };
  for (const path of new Set([...sums.keys(), ...writtenSums.keys()])) {
    const sum = sumOf(folder, path);
    const isPublished = sums.has(path);
    if (sum === undefined) comparison.missing.push(...(isPublished ? [path] : []));
    else if (sum === sums.get(path)) continue;
    else if (!writtenSums.get(path)?.includes(sum)) comparison.foreign.push(path);
    else comparison[isPublished ? "outdated" : "obsolete"].push(path);
  }
  if (comparison.foreign.length > 0) return comparison; // a folder may be a link
  // A root that is no longer published has no backend, either: with a backend alone, Terraform destroys what the state has.
  const obsoleteModules = comparison.obsolete.filter((path) => path.endsWith(".tf")).map((path) => posix.dirname(path));
  for (const [module, mayHaveBackend] of new Map([
    ...obsoleteModules.map((path) => [path, false] as const),
    ...modules,
  ])) {
    for (const path of terraformFilesIn(folder, module)) {
      if (sums.has(path) || writtenSums.has(path)) continue;
      if (!mayHaveBackend || !isBackendFile(join(folder, path))) comparison.foreign.push(path);
    }
  }
  return comparison;
}

/** What Terraform and OpenTofu read in a module's folder without being told to. */
const READ_BY_TERRAFORM = [/^[^.].*\.(tf|tofu)(\.json)?$/, /^terraform\.tfvars(\.json)?$/, /\.auto\.tfvars(\.json)?$/];

function terraformFilesIn(folder: string, module: string): string[] {
  const entries = existsSync(join(folder, module)) ? readdirSync(join(folder, module), { withFileTypes: true }) : [];
  return entries
    .filter((entry) => !entry.isDirectory() && READ_BY_TERRAFORM.some((pattern) => pattern.test(entry.name)))
    .map(({ name }) => posix.join(module, name));
}

/** OpenTofu would ignore main.tf beside a main.tofu, whatever that says. */
function isBackendFile(path: string): boolean {
  return path.endsWith(".tf") && lstatSync(path).isFile() && isBackendOnly(readFileSync(path, "utf8"));
}

/** The SHA-256 of a file. Undefined: there is nothing. Empty: something else is there, such as a link. */
function sumOf(folder: string, path: string): string | undefined {
  const steps = path.split("/");
  for (const end of steps.keys()) {
    const stats = lstatSync(join(folder, ...steps.slice(0, end + 1)), { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (end < steps.length - 1 ? !stats.isDirectory() : !stats.isFile()) return "";
  }
  return checksum(readFileSync(join(folder, path)));
}

/**
 * The checksums of what publish has written into a folder, by path. While a run replaces files, their lines are those of
 * the old and of the new ones.
 */
function writtenSumsOf(folder: string): ReadonlyMap<string, readonly string[]> {
  const manifest = readRegular(join(folder, MANIFEST));
  if (!manifest?.includes(`"generator": ${JSON.stringify(GENERATOR)}`)) return new Map();
  const text = readRegular(join(folder, CHECKSUMS)) ?? `${checksum(manifest)}  ${MANIFEST}`; // a run that was killed had written no more
  const sums = new Map([[CHECKSUMS, [checksum(text)]]]);
  for (const line of text.split(/\r?\n/)) {
    const [, sum, path] = line.match(/^([0-9a-f]{64}) {2}(.+)$/) ?? [];
    if (sum === undefined || path === undefined || !isBelow(path)) continue;
    sums.set(path, [...(sums.get(path) ?? []), sum]);
  }
  return sums;
}

/** Whether a path leads to something below a folder, whoever wrote the path. */
function isBelow(path: string): boolean {
  return !path.split("/").some((step) => ["", ".", ".."].includes(step)) && !/[\\\0]/.test(path);
}

function readRegular(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;
}

/** The differences between a folder and a publication, one per line. Empty: there are none. */
export function differences(folder: string, files: Iterable<File>): string[] {
  try {
    const outline = outlineOf(files);
    const { missing, outdated, obsolete, foreign } = compare(folder, outline);
    const isPublished = (path: string) => outline.sums.has(path);
    return [
      ...missing.map((path) => `missing: ${path}`),
      ...[...outdated, ...foreign.filter(isPublished)].map((path) => `differs: ${path}`),
      ...[...obsolete, ...foreign.filter((path) => !isPublished(path))].sort().map((path) => `not published: ${path}`),
    ];
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Can't read --out ${describePath(folder)}: ${diskReason(error, folder)}. Choose another folder.`,
    );
  }
}

export const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  /** Of the publication. */
  version: z
    .string()
    .refine((version) => semver.valid(version) === version)
    .optional(),
  /** Of the environments' roots. */
  backend: z.enum(BACKEND_CHOICES).optional(),
  /** Whether it has the template of CloudFormation. */
  cloudformation: z.literal(true).optional(),
  /** When the people were counted that its page has. */
  people: z.string().optional(),
});

/** Reads a publication's manifest or access.json. */
export function readPublished<T>(option: string, folder: string, file: string, form: z.ZodType<T>): T {
  const name = `${file} in ${option} ${describePath(folder)}`;
  const expected = "an earlier publication, as publish writes it with schema version 1";
  const next = "Check the name.";
  const path = join(folder, file);
  if (isPipeOrDevice(path))
    throw new CommandError(`Received ${name} that is not a file, expected ${expected}. ${next}`);
  return readFormOfJson(path, form, { name, expected, next });
}
