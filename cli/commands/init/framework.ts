import { packageJson } from "../../../common/package-files";

/** CDKTF and its successor. We have a package for each. */
export const FRAMEWORKS = ["cdktf", "cdktn"] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/** The framework of the package that is running. */
export const OWN: Framework = packageJson().name === packageFor("cdktn") ? "cdktn" : "cdktf";

export function packageFor(framework: Framework): string {
  return `${framework}-support-app-access`;
}

/** The package of a framework's own command. */
export function cliOf(framework: Framework): string {
  return `${framework}-cli`;
}
