import { cut } from "../../../cli/review/cut";
import { markdown } from "../../../cli/review/report";
import { reviewOf } from "../../../cli/review/review";
import { edited, fullRole } from "../../support/attacked-stack";
import { paid, reviewedFoldersInTests } from "../../support/reviewed-folders";
import { thoroughTest } from "../../support/thorough";

const { review, folderOf, ALL } = reviewedFoldersInTests();

test("a name of very many backticks", () => {
  const found = edited((draft) => Object.assign(fullRole(draft), { name: "`a".repeat(200_000) }));
  expect(cut(markdown(reviewOf([found]))).length).toBeLessThanOrEqual(65_536);
});

thoroughTest("a report is within what GitHub takes, and says so when it is cut", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`paid-${index}`, paid(`{ role-name: role-${index} }`).paid ?? ""]),
  );
  const { output } = await review("--base", folderOf({}), "--head", folderOf(many));
  expect(output.length).toBeGreaterThan(65_536); // on a terminal, it is whole
  const shown = cut(output);
  expect(shown.length).toBeLessThanOrEqual(65_536);
  expect(shown).toContain("Digest of this change");
  expect(shown).toContain("This report is cut: it is longer than GitHub takes.");
  expect(shown.split("<details>").length).toBe(shown.split("</details>").length);
});

test("the notice of a cut is not folded away by what stands in the report", async () => {
  const text = paid("{}").paid ?? "";
  const actions = Array.from({ length: 40 }, (_, index) => `support:${"A".repeat(1800)}${index}`);
  const evil = text
    .replaceAll('"support:CreateCase"', actions.map((action) => JSON.stringify(action)).join(","))
    .replaceAll(/"resources": \[\s*"\*"/g, '"resources": ["arn:aws:s3:::x </details>"');
  const { output } = await review("--base", ALL, "--head", folderOf({ paid: evil }));
  const notice = output.slice(0, output.indexOf("> [!CAUTION]"));
  const lines = (start: string) => notice.split("\n").filter((line) => line.startsWith(start)).length;
  expect(notice).not.toBe(output);
  expect(lines("<details>")).toBe(lines("</details>"));
});
