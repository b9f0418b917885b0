/** Where git's origin is a repository on GitHub. */
const ON_GITHUB =
  /^(?:https:\/\/(?:[^@/]+@)?github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/;

/**
 * The repository on GitHub, as OWNER/NAME.
 *
 * @param given GITHUB_REPOSITORY
 * @param origin the URL of git's origin
 * @throws Error if neither says
 */
export function repositoryOnGitHub(given: string | undefined, origin: string | undefined): string {
  if (given) {
    if (/^[\w.-]+\/[\w.-]+$/.test(given)) return given;
    throw new Error(`Received GITHUB_REPOSITORY=${JSON.stringify(given)}, expected OWNER/NAME.`);
  }
  const [, found] = origin?.match(ON_GITHUB) ?? [];
  if (found !== undefined) return found;
  throw new Error(
    "Can't tell which repository the packages link to: git's origin isn't on GitHub. Set GITHUB_REPOSITORY=OWNER/NAME.",
  );
}
