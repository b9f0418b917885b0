import { devDependencies, peerDependencies } from "../../packaging/cdktn.json";
import { installed } from "./installed";

/** Installs the versions of cdktn that its package was made for, and returns the folder that has them. This project's own package.json doesn't have it. */
export function cdktnModules(): string {
  const versions: Readonly<Record<string, string>> = devDependencies;
  return installed("cdktn", Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, versions[name]])));
}
