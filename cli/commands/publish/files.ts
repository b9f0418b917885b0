/** A file as text, with its path below a folder, with `/`. */
export type File = readonly [path: string, text: string];

/** Files by their path. */
export type Files = ReadonlyMap<string, string>;

/** The files, moved into a folder. */
export function within(folder: string, files: Files): Files {
  return new Map([...files].map(([path, text]) => [`${folder}/${path}`, text]));
}

/** The file that describes a publication. */
export const MANIFEST = "manifest.json";

/** The generator's name in the manifest. */
export const GENERATOR = "cdktf-support-app-access";

/** The file with the SHA-256 of each file of a publication. */
export const CHECKSUMS = "SHA256SUMS";
