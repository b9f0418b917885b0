import type { Framework } from "../cli/commands/init/framework";

/** A framework's name as part of the name of a package or a command. */
const NAME =
  /(?<=@)cdkt[fn](?=\/provider-aws)|\bcdkt[fn](?=-support-app-access|-cli\b)|(?<=["'`])cdkt[fn](?=["'`/])|(?<=npx (?:--no -- )?)cdkt[fn](?= (?:synth|diff|deploy|destroy))/g;

/** Replaces the other framework's packages and command by the packages and command of this one. A line that names both stays as it is. */
export function inNamesOf(framework: Framework, text: string): string {
  const inLine = (line: string) => (new Set(line.match(NAME)).size === 1 ? line.replace(NAME, framework) : line);
  return text.split("\n").map(inLine).join("\n");
}
