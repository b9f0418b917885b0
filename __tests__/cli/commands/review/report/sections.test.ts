import { fittingMarkdown, markdownOf, type Report } from "../../../../../cli/commands/review/report/sections";

const section = (title: string, size: number) => ({ title, lines: [title[0]?.repeat(size) ?? ""] });
const room = (size: number) => ({ size, sizeOf: (text: string) => text.length, rest: "elsewhere" });

test("a report that fits is whole, with at most one empty line in a row", () => {
  const report: Report = {
    head: ["# Head", "", ""],
    sections: [section("a", 10), { title: "b", lines: ["", "", "x", ""] }],
  };
  expect(markdownOf(report)).toBe("# Head\n\naaaaaaaaaa\n\nx\n");
  expect(fittingMarkdown(report, room(markdownOf(report).length))).toBe(markdownOf(report));
});

test("what doesn't fit is left out by whole sections, and what is smaller still fits", () => {
  const report: Report = { head: ["# Head"], sections: [section("a", 100), section("b", 5_000), section("c", 200)] };
  const text = fittingMarkdown(report, room(1_000));
  expect(text).toContain("\n> This report is too long for this place. Left out: b. All of it is elsewhere. Read it");
  expect(text).toMatch(/\na{100}\nc{200}$/);
});

test.each([1_500, 3_000, 20_000])("a notice of thousands of sections fits, too: %d", (size) => {
  const sections = Array.from({ length: 5_000 }, (_, index) => section(`part ${index} ${"y".repeat(index % 60)}`, 100));
  const text = fittingMarkdown({ head: ["# Head"], sections }, room(size));
  expect(text.length).toBeLessThanOrEqual(size);
  expect(text).toMatch(/; \d{4} more parts\. All of it/);
});
