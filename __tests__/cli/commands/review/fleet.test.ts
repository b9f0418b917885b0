import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { reportOf } from "../../../../cli/commands/review/report";
import { fittingMarkdown, markdownOf } from "../../../../cli/commands/review/report/sections";
import { reviewOf } from "../../../../cli/commands/review/review";
import { markdownPage } from "../../../../cli/terminal/markdown-page";
import { cpuTime } from "../../../support/cpu-time";
import { stacksOf } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";
import { isThorough } from "../../../support/thorough";

const COMMENT = 64_000;
const SUMMARY = 1_047_040;

/** So many environments, each with its own account and channel, which has that access level. */
const fleetOf = (count: number, level: "read-only" | "full", edit: (index: number) => string = () => "") =>
  stacksOf(
    [
      "defaults: { region: us-east-1 }",
      "environments:",
      ...Array.from({ length: count }, (_, index) => {
        const channel = `{ name: ops-${index}, workspace: T01, channel: C0${index}X }`;
        return `  team-${index}: { account: "${100_000_000_000 + index}", ${level}: { channels: [${channel}]${edit(index)} } }`;
      }),
    ].join("\n"),
  );

/** Whether every table and every folded part of a text is whole. */
const isWhole = (text: string) => {
  const count = (tag: string) => text.split(tag).length;
  const tables = text.match(/(?:^\|.*\n?)+/gm) ?? [];
  return count("<details>") === count("</details>") && tables.every((table) => /^\|.*\|\n\|[-| ]+\|\n/.test(table));
};

const report = (count: number, edit?: (index: number) => string) => {
  const review = reviewOf(environmentChanges(fleetOf(count, "read-only"), fleetOf(count, "full", edit), NOW));
  return { review, report: reportOf(review, { approval: ["Approve."] }) };
};

const sizes = [14, 35, ...(isThorough ? [500, 5_000] : [])];

test.each(sizes)(
  "%d environments moved from read-only to full, each with its own channel, are one section and one row",
  (count) => {
    const fleet = report(count);
    let whole = "";
    const writing = () => {
      whole = markdownOf(reportOf(fleet.review, { approval: ["Approve."] }));
      expect(markdownPage("Review", whole).length).toBeGreaterThan(whole.length);
    };
    expect(cpuTime(writing, 1) / count).toBeLessThan(50_000); // microseconds for each
    const comment = fittingMarkdown(fleet.report, { size: COMMENT, sizeOf: ({ length }) => length, rest: "elsewhere" });
    expect(comment.length).toBeLessThanOrEqual(COMMENT);
    expect([isWhole(whole), isWhole(comment)]).toEqual([true, true]);
    expect(comment.includes("CAUTION")).toBe(whole.length > COMMENT);
    const firstScreen = comment.split("\n").slice(0, 16).join("\n");
    expect(firstScreen).toContain(`## ⚠️ Access is broadened in ${count} environments`);
    expect(firstScreen).toContain(`Digest of this change: \`${fleet.review.digest}\``);
    expect(firstScreen).toContain(
      `| **${count}**: \`team-0\`, \`team-1\`, \`team-10\` and ${count - 3} more | access is broadened | **in 1 channel each: create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; whoever else uses a role: view-cases** |`,
    );
    const summary = fittingMarkdown(fleet.report, { size: SUMMARY, sizeOf: Buffer.byteLength, rest: "elsewhere" });
    expect(summary).toBe(whole);
    for (const index of [0, count - 1])
      expect(whole).toContain(
        `| \`team-${index}\` | \`${100_000_000_000 + index}\` | \`#ops-${index}\` (\`C0${index}X\`) |`,
      );
  },
);

test("14 environments, each of which has other settings, too, are one row and as many folded sections, whatever fits", () => {
  const { report: fleet } = report(
    14,
    (index) => `, tags: { number: "${index}" }, max-session-duration: ${3600 + index}`,
  );
  const whole = markdownOf(fleet);
  expect(whole.match(/^<details><summary>team-\d+: access is broadened<\/summary>$/gm)).toHaveLength(14);
  const comment = fittingMarkdown(fleet, { size: 30_000, sizeOf: ({ length }) => length, rest: "elsewhere" });
  expect(comment.length).toBeLessThanOrEqual(30_000);
  expect(isWhole(comment)).toBe(true);
  expect(comment).toMatch(/Left out: the details of `team-\d+`; the details of `team-/);
  expect(comment).toMatch(/^\| \*\*14\*\*: `team-0`, `team-1`, `team-10` and 11 more \| /m);
});
