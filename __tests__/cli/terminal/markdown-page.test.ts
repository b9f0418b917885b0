import { code } from "../../../cli/terminal/markdown";
import { markdownPage } from "../../../cli/terminal/markdown-page";

const bodyOf = (...lines: readonly string[]) =>
  markdownPage("Title", lines.join("\n")).match(/<main>\n(.*)\n<\/main>/s)?.[1];

test("a page has headings, bold text and code", () => {
  expect(bodyOf("## ⚠️ A `b`", "", "**Some `c` text** and more")).toBe(
    "<h2>⚠️ A <code>b</code></h2>\n\n<p><strong>Some <code>c</code> text</strong> and more</p>",
  );
});

test("a page has lists in lists, tables, notices, folded details and code", () => {
  expect(bodyOf("- a:", "  - b", "  - c", "- d", "", "> [!CAUTION]", "> Look.")).toBe(
    "<ul>\n<li>a:<ul>\n<li>b\n<li>c</ul>\n<li>d\n</ul>\n\n<blockquote>Look.</blockquote>",
  );
  expect(
    bodyOf("<details><summary>More (2)</summary>", "", "| a | b |", "|---|---|", "| `x\\|y` |  |", "", "</details>"),
  ).toContain(
    '<details><summary>More (2)</summary>\n\n<div class="scroll" role="region" aria-label="Table" tabindex="0">\n<table class="cards">\n<thead><tr><th scope="col">a<th scope="col">b\n<tbody>\n<tr><td data-title="a"><code>x|y</code><td>\n</table>\n</div>\n\n</details>',
  );
  expect(bodyOf("    <b>", "    c")).toBe("<pre>&#60;b&#62;\nc</pre>");
});

test.each([
  "<img src=x onerror=alert(1)>",
  "</main><script>alert(1)</script>",
  "`</code><b>`",
  "** not bold **",
  "</details>",
  "{{style}}",
  " spaced ",
])("a page shows %j as it is, and nothing of it is HTML", (text) => {
  const body = bodyOf(`- ${code(text)}`) ?? "";
  expect(body.match(/<(?!\/?(ul|li|code)>)/g)).toBeNull();
  const codeText = body
    .match(/<code>(.*)<\/code>/)?.[1]
    ?.replaceAll(/&#(\d+);/g, (_, number) => String.fromCharCode(number));
  expect(codeText).toBe(text);
});

test("a page loads nothing and runs nothing", () => {
  expect(markdownPage("<Title>", "")).toMatch(/content="default-src 'none'; style-src 'sha256-[^']+'; img-src data:/);
  expect(markdownPage("<Title>", "")).toContain("<title>&#60;Title&#62;</title>");
});
