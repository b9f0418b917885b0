import { packageJson } from "../../../common/package-files";

/** CDKTF and its successor. We have a package for each. */
export const FRAMEWORKS = ["cdktf", "cdktn"] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/** The framework of the package that is running. */
export const OWN: Framework = packageJson().name === packageFor("cdktn") ? "cdktn" : "cdktf";

export const OTHER: Framework = OWN === "cdktf" ? "cdktn" : "cdktf";

export function packageFor(framework: Framework): string {
  return `${framework}-support-app-access`;
}

/** All packages that belong to a framework, ours included. */
export function packagesOf(framework: Framework): string[] {
  return [packageFor(framework), framework, `@${framework}/provider-aws`, cliOf(framework)];
}

/** The package of a framework's own command. */
export function cliOf(framework: Framework): string {
  return `${framework}-cli`;
}

/** A framework's name as part of the name of a package or a command. */
const NAME =
  /(?<=@)cdkt[fn](?=\/provider-aws)|\bcdkt[fn](?=-support-app-access|-cli\b)|(?<=["'`])cdkt[fn](?=["'`/])|(?<=npx (?:--no -- )?)cdkt[fn](?= (?:synth|diff|deploy|destroy))/g;

/** Replaces the other framework's packages and command by the packages and command of this one. A line that names both stays as it is. */
export function inNamesOf(framework: Framework, text: string): string {
  const inLine = (line: string) => (new Set(line.match(NAME)).size === 1 ? line.replace(NAME, framework) : line);
  return text.split("\n").map(inLine).join("\n");
}
