/** Files as text, by their path below a folder, with `/`. */
export type Files = ReadonlyMap<string, string>;

/** The files in a folder further up. */
export function within(folder: string, files: Files): Files {
  return new Map([...files].map(([path, text]) => [`${folder}/${path}`, text]));
}
