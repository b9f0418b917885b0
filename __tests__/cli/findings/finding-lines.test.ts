import type { Finding } from "../../../cli/findings/finding";
import { findingLines, titledLines } from "../../../cli/findings/finding-lines";

const FINDING: Finding = {
  subject: { environment: "production" },
  kind: "channels",
  answer: "unknown",
  resource: "Slack workspaces",
  about: ["workspaces"],
  impact: "People can do nothing.",
  expected: "to see them",
  found: "AccessDenied",
  fix: { text: "Allow it.", commands: [] },
};

test("a finding says what was found and how to fix it, where to read, what to set, and what to run then", () => {
  expect(findingLines(FINDING)).toEqual([
    "  unknown: channels: Slack workspaces",
    "    may mean  People can do nothing.",
    "    expected  to see them",
    "    found     AccessDenied",
    "    fix       Allow it.",
  ]);
  const commands = ["npm run synth", "npx support-app deploy production"];
  const without = ["live-chat", "resolve-cases"];
  const change = { environments: { production: { full: { without, description: "word ".repeat(30).trim() } } } };
  const topic = { title: "A Slack error", url: "https://docs.aws.amazon.com/a" };
  const fix = { text: "Leave them out.", change, commands };
  expect(findingLines({ ...FINDING, answer: "unhealthy", topic, fix })).toEqual([
    "  unhealthy: channels: Slack workspaces",
    "    means     People can do nothing.",
    "    expected  to see them",
    "    found     AccessDenied",
    "    guide     A Slack error",
    "              https://docs.aws.amazon.com/a",
    "    fix       Leave them out.",
    "              in environments.yaml:",
    "                environments:",
    "                  production:",
    "                    full:",
    "                      without:",
    "                        - live-chat",
    "                        - resolve-cases",
    `                      description: ${"word ".repeat(30).trim()}`,
    "              $ npm run synth",
    "              $ npx support-app deploy production",
  ]);
});

test("a notice is called one, and a finding may have a title of its own", () => {
  expect(findingLines({ ...FINDING, answer: "healthy", kind: "ended" })[0]).toBe("  notice: ended: Slack workspaces");
  expect(titledLines("111122223333", FINDING)).toEqual([
    "  111122223333: Slack workspaces",
    ...findingLines(FINDING).slice(1),
  ]);
});
