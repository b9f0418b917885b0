import { truncate } from "../../../../cli/commands/review/github";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { edited, fullRole } from "../../../support/attacked-stack";
import { paid, reviewedFoldersInTests } from "../../../support/reviewed-folders";
import { thoroughTest } from "../../../support/thorough";

const { review, folderOf, ALL } = reviewedFoldersInTests();

const NOTICE =
  "\n\n> [!CAUTION]\n> This report is cut off: it is longer than GitHub accepts. Run `support-app review` to see all of it before you approve anything.\n";

/** So many lines of a hundred characters, with their line break. */
const lines = (count: number) => `${"x".repeat(99)}\n`.repeat(count);

describe("a report", () => {
  test("is whole up to 64,000 characters", () => {
    expect(truncate(lines(640))).toBe(lines(640));
  });

  test("ends with a whole line and the notice if it is longer", () => {
    const shown = truncate(`${lines(640)}x`);
    expect(shown).toBe(`${lines(638).trimEnd()}${NOTICE}`);
    expect(truncate(lines(10_000))).toBe(shown);
  });

  test.each<[string, string, string]>([
    ["a part that is open is closed", "<details>\n", "\n\n</details>"],
    ["a part that is closed isn't closed again", "<details>\n</details>\n", ""],
    ["the second of two parts is closed", "<details>\n</details>\n<details>\n", "\n\n</details>"],
    ["a tag within a line is code", "`<details>`\nx<details>\n", ""],
    ["a closing tag within a line is code", "<details>\n`</details>`\n", "\n\n</details>"],
  ])("and %s", (_, start, end) => {
    const shown = truncate(start + lines(700));
    expect(shown.startsWith(start)).toBe(true);
    expect(shown.endsWith(`${"x".repeat(99)}${end}${NOTICE}`)).toBe(true);
  });

  test("fits into a comment even with the longest end", () => {
    const room = 64_000 - NOTICE.length - 20;
    const shown = truncate(`<details>\n${"x".repeat(room - 11)}\n${"y\n".repeat(1000)}`);
    expect(shown).toHaveLength(64_000 - 20 - 1 + "\n\n</details>".length);
  });
});

test("a name of very many backticks", () => {
  const found = edited((draft) => Object.assign(fullRole(draft), { name: "`a".repeat(200_000) }));
  expect(truncate(markdown(reviewOf([found]))).length).toBeLessThanOrEqual(65_536);
});

thoroughTest("a report is within what GitHub takes, and says so when it is cut", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [
      `paid-${index}`,
      (paid(`{ role-name: role-${index} }`).paid ?? "").replace("paid.tfstate", `paid-${index}.tfstate`),
    ]),
  );
  const { output } = await review("--base", folderOf({}), "--head", folderOf(many));
  expect(output.length).toBeGreaterThan(65_536); // on a terminal, it is whole
  const shown = truncate(output);
  expect(shown.length).toBeLessThanOrEqual(65_536);
  expect(shown).toContain("Digest of this change");
  expect(shown).toContain("This report is cut off: it is longer than GitHub accepts.");
  expect(shown.split("<details>").length).toBe(shown.split("</details>").length);
});

test("the notice that a report is cut off is never folded away", async () => {
  const text = paid("{}").paid ?? "";
  const actions = Array.from({ length: 40 }, (_, index) => `support:${"A".repeat(1800)}${index}`);
  const evil = text
    .replaceAll('"support:CreateCase"', actions.map((action) => JSON.stringify(action)).join(","))
    .replaceAll(/"resources": \[\s*"\*"/g, '"resources": ["arn:aws:s3:::x </details>"');
  const { output } = await review("--base", ALL, "--head", folderOf({ paid: evil }));
  const [shown = "", notice] = truncate(output).split("> [!CAUTION]");
  const lines = (start: string) => shown.split("\n").filter((line) => line.startsWith(start)).length;
  expect(notice).toBeDefined();
  expect(lines("<details>")).toBe(1);
  expect(lines("</details>")).toBe(1);
});
