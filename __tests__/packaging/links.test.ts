import { readFileSync } from "node:fs";
import { files } from "../../package.json";
import { linkedFile, linksOf, tokensIn, withAbsoluteLinks } from "../../packaging/links";
import { PAGES } from "../docs/pages";

const RELEASE = { repository: "acme/access", version: "1.2.0" };
const ON_GITHUB = "https://github.com/acme/access/blob/v1.2.0";

/** A page as it is in a package that has none of the files it links to, except those. */
const packed = (text: string, page = "README.md", ...beside: readonly string[]) =>
  withAbsoluteLinks(text, page, RELEASE, (file) => beside.includes(file));

test.each([
  [
    "[A](docs/a.md), ![A picture](docs/a.png)",
    `[A](${ON_GITHUB}/docs/a.md), ![A picture](https://raw.githubusercontent.com/acme/access/v1.2.0/docs/a.png)`,
  ],
  ["[A part](docs/a.md#part)", `[A part](${ON_GITHUB}/docs/a.md#part)`],
  [
    '<img src="docs/a.svg" width="9"> <a href="LICENSE">License</a>',
    `<img src="https://raw.githubusercontent.com/acme/access/v1.2.0/docs/a.svg" width="9"> <a href="${ON_GITHUB}/LICENSE">License</a>`,
  ],
  ["| [A](a.md) | [A again](a.md) |", `| [A](${ON_GITHUB}/a.md) | [A again](${ON_GITHUB}/a.md) |`],
])("a relative link leads to the file of the release: %s", (text, expected) => {
  expect(packed(text)).toBe(expected);
});

test.each([
  "[Here](#here), [AWS](https://aws.amazon.com), <mailto:a@example.com>",
  "`[A](docs/a.md)` and\n\n```ts\nrows[0](row);\n```\n",
])("everything else stays: %s", (text) => {
  expect(packed(text)).toBe(text);
});

test("a page that isn't shown on npm's website leads to files of the package as before, and to GitHub for others", () => {
  expect(packed("[B](b.md) and [why](decisions/1.md)", "docs/a.md", "docs/b.md")).toBe(
    `[B](b.md) and [why](${ON_GITHUB}/docs/decisions/1.md)`,
  );
  expect(packed("[C](../../docs/c.md#d)", "modules/access/README.md")).toBe(`[C](${ON_GITHUB}/docs/c.md#d)`);
});

test.each(['[A](a.md "title")', "[A][a]\n\n[a]: a.md", "<img src='a.png' alt=''>"])(
  "a link in another form is refused: %s",
  (text) => {
    expect(() => packed(text)).toThrow(
      /^README\.md: received a link to a\.(md|png) in a form that can't be made absolute/,
    );
  },
);

test("every page of the package can be written so, and every link of README's leads to a website or within it", () => {
  const patterns = [...files, "README.md", "LICENSE"];
  const isIn = (file: string, pattern: string) => file === pattern || file.startsWith(`${pattern}/`);
  const isPacked = (file: string) =>
    patterns.some((pattern) => isIn(file, pattern)) && !patterns.some((pattern) => isIn(`!${file}`, pattern));
  for (const page of PAGES.filter(isPacked)) {
    const text = readFileSync(page, "utf8");
    expect(() =>
      withAbsoluteLinks(text, page, RELEASE, (file) => page !== "README.md" && isPacked(file)),
    ).not.toThrow();
  }
  const links = linksOf(tokensIn(packed(readFileSync("README.md", "utf8"))));
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => linkedFile("README.md", link) !== undefined)).toEqual([]);
});
