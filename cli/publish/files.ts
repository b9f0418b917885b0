/** A file as text, with its path below a folder, with `/`. */
export type File = readonly [path: string, text: string];

/** Files by their path. */
export type Files = ReadonlyMap<string, string>;

/** The files in a folder further up. */
export function within(folder: string, files: Files): Files {
  return new Map([...files].map(([path, text]) => [`${folder}/${path}`, text]));
}

/** What a publication is of. */
export const MANIFEST = "manifest.json";

/** Who made it, says the manifest. */
export const GENERATOR = "cdktf-support-app-access";

/** What a publication has in it, with the SHA-256 of each file. */
export const CHECKSUMS = "SHA256SUMS";
