import { readFileSync } from "node:fs";
import { ENVIRONMENT_KINDS, GUIDE_TOPICS } from "../../cli/findings/kinds";

test("the table of docs/troubleshooting.md has every topic of the guide and every check", () => {
  const [table = ""] = readFileSync("docs/troubleshooting.md", "utf8").match(/\| topic of AWS's guide.*?\n\n/s) ?? [];
  const cells = table.split("\n").map((row) => row.split("|").map((cell) => cell.trim()));
  const rows = new Map(cells.map(([, topic, checks]) => [topic, checks]));
  const checksOf = ({ title, url }: { title: string; url: string }) => rows.get(`[${title}](${url})`);
  expect(Object.values(GUIDE_TOPICS).map(checksOf)).not.toContain(undefined);
  expect(checksOf(GUIDE_TOPICS.missingRole)).toBe("`role`, `trust`");
  expect(checksOf(GUIDE_TOPICS.restrictUsers)).toBe(
    "`unexpected-access`, `permissions-boundary`, `trust`, `channels`, `other-roles`",
  );
  expect(checksOf(GUIDE_TOPICS.invalidRole)).toBe("`channels`, `other-regions`");
  expect(rows.get("none")).toBe("`credentials`, `retired`, `region`, `support-plan`, `account-alias`");
  for (const kind of ENVIRONMENT_KINDS.filter((name) => !name.startsWith("slack-")))
    expect(table).toContain(`\`${kind}\``);
});
