/** What a review is about, or what no job runs: nothing else is known to be so. */
const NO_CODE = /(?:^|\/)(?:(?:environments|rules)\.yaml|CODEOWNERS|[^/]+\.md)$/;

/** The files that may be code, such as packages and pipelines, sorted. */
export function codeIn(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => !NO_CODE.test(path)).sort();
}
