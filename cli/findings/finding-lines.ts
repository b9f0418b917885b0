import { stringify } from "yaml";
import type { Answer, Finding } from "./finding";

const ANSWERS: Readonly<Record<Answer, string>> = { healthy: "notice", unhealthy: "unhealthy", unknown: "unknown" };

/** A finding of an environment, for people. */
export function findingLines(finding: Finding): string[] {
  return titledLines(`${ANSWERS[finding.answer]}: ${finding.kind}`, finding);
}

/** A finding under a title of its own, for people. */
export function titledLines(title: string, { answer, resource, impact, expected, found, topic, fix }: Finding) {
  const yaml = fix.change && stringify(fix.change, { collectionStyle: "block", lineWidth: 0 }).trimEnd();
  const fixLines = [
    fix.text,
    ...(yaml === undefined ? [] : ["in environments.yaml:", ...yaml.split("\n").map((line) => `  ${line}`)]),
    ...fix.commands.map((command) => `$ ${command}`),
  ];
  return [
    `  ${title}: ${resource}`,
    `    ${answer === "unknown" ? "may mean" : "means   "}  ${impact}`,
    `    expected  ${expected}`,
    `    found     ${found}`,
    ...(topic ? [`    guide     ${topic.title}`, `              ${topic.url}`] : []),
    ...fixLines.map((line, index) => `    ${(index === 0 ? "fix" : "").padEnd(10)}${line}`),
  ];
}
