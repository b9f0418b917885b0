import { parseEnvironments } from "../../stacks/environments/environments";
import { parseRules } from "../../stacks/environments/rules/rules";

/** The errors of an environment file with those rules, one per line, without the heading. */
export function errorsWith(rules: string | undefined, environments: string): string[] {
  try {
    parseEnvironments(
      environments,
      "environments.yaml",
      rules === undefined ? undefined : parseRules(rules, "rules.yaml"),
    );
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
  return [];
}

/** An environment file of one environment. */
export const file = (levels: string) =>
  `environments:\n  a: { account: "111122223333", region: us-east-1, ${levels} }\n`;

export const CHANNEL = "name: oncall, workspace: T1, channel: C1";
