import { describe } from "../../../common/problem";
import type { RepositorySetup } from "../../forge/bootstrap";
import type { Forge } from "../../forge/forge";
import { FORGES } from "../../forge/forges";
import { UsageError } from "../../terminal/command-error";

/** Who clones, with a password. */
const SECRETS = /^(?:(\w+:\/\/)[^/]*|[^/@:]*:[^/]*)@/;

const HAS_PORT = /^https?:\/\/[^/]*:\d+\//;

/** The URL of a repository, from an address that Git or people use. Undefined: it has a port, or is no address. */
function urlOf(address: string): string | undefined {
  const [, host, path] = /^[^@/]+@([^:/]+):(.+)$/.exec(address) ?? /^([\w-]+(?:\.[\w-]+)+)\/(.+)$/.exec(address) ?? [];
  if (host !== undefined) return `https://${host.toLowerCase()}/${path}`;
  if (!URL.canParse(address)) return undefined;
  const { hostname, pathname } = new URL(address);
  return HAS_PORT.test(address) ? undefined : `https://${hostname}${pathname}`;
}

/** The forge that a URL belongs to. Undefined: none. */
function forgeAt(url: string, branch: string): Forge | undefined {
  return FORGES.find(({ bootstrap: { setupOf } }) => setupOf(url, branch) !== undefined);
}

/**
 * The repository that --repository names at a forge.
 *
 * @throws UsageError when it is none there, with the name that was probably meant
 */
export function setupAt(forge: Forge, repository: string, branch: string): RepositorySetup {
  const isElsewhere = repository.startsWith("https://") && forgeAt(repository, branch) !== forge;
  const setup = isElsewhere ? undefined : forge.bootstrap.setupOf(repository, branch);
  if (setup !== undefined) return setup;
  const name = repository.replace(/(?:\.git)?\/?$/, "");
  const url = urlOf(name);
  const owner = url === undefined ? undefined : forgeAt(url, branch);
  const isLikely = owner === forge || url?.includes(owner?.option ?? "") === true;
  const candidates = url === undefined ? [forge, ...FORGES] : owner && isLikely ? [owner] : [];
  const [suggestion] = candidates.flatMap(({ bootstrap, option }) => {
    const likelySetup = bootstrap.setupOf(url ?? name, branch);
    return likelySetup ? [`Did you mean --${option} --repository ${likelySetup.repository}?`] : [];
  });
  const received = describe(repository.replace(SECRETS, "$1…@"));
  const reason = HAS_PORT.test(repository)
    ? "AWS takes no identity provider with a port: it has to be at the port 443."
    : "Its roles trust exactly this repository.";
  throw new UsageError(
    `Received --repository ${received}, expected ${forge.bootstrap.repositoryForm}. ${suggestion ?? reason}`,
  );
}
