import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { anchors, links, MARKDOWN, PAGES } from "./pages";

const README = readFileSync("README.md", "utf8");

/** What `init` writes beside its README, and isn't among its files here. */
const WRITTEN_BY_INIT: readonly string[] = [
  "cli/commands/init/files/environments.yaml",
  ...["github", "gitlab"].map((ci) => `cli/commands/init/files/.${ci}/.${ci}/CODEOWNERS`), // CI.md is a part of README.md
];

/** A link's file and anchor, from the root of the repository. Undefined: it leads elsewhere. */
function target(file: string, link: string): { path: string; anchor?: string } | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  return { path: path === "" ? file : normalize(join(dirname(file), path)), anchor };
}

test("README is read in one sitting, and its contents stand on the first screen", () => {
  expect(README.trim().split(/\s+/).length).toBeLessThanOrEqual(1000);
  const contents = README.split("\n").slice(0, 12).join("\n");
  const anchorNames = [...contents.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
  expect(anchorNames).toEqual(
    [...README.matchAll(/^## (.*)$/gm)].map(([, title = ""]) => title.toLowerCase().replace(/ /g, "-")),
  );
});

test("README alone says what is different until the packages are on npm, beside the page on releasing", () => {
  const pages = PAGES.filter((file) => file !== "CHANGELOG.md").filter((file) =>
    /(before|after) the first release|not on npm|on npm yet/i.test(readFileSync(file, "utf8")),
  );
  expect(pages).toEqual(["README.md", "docs/contributing/releasing.md"]);
  expect(README.match(/not on npm/gi)).toHaveLength(1);
});

test("every picture is small", () => {
  for (const name of readdirSync("docs/images")) expect(statSync(join("docs/images", name)).size).toBeLessThan(150_000);
});

test("every link within the repository leads to a file, and its anchor to a heading", () => {
  const broken = MARKDOWN.flatMap((file) =>
    links(file)
      .filter((link) => {
        const to = target(file, link);
        if (to === undefined || WRITTEN_BY_INIT.includes(to.path)) return false;
        if (!existsSync(to.path)) return true;
        return to.anchor !== undefined && !anchors(to.path).includes(to.anchor);
      })
      .map((link) => `${file}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test("every page is linked, from README or from the page on the architecture", () => {
  const linked = ["README.md", "CONTRIBUTING.md", "docs/contributing/architecture.md"].flatMap((file) =>
    links(file).map((link) => target(file, link)?.path),
  );
  const pages = MARKDOWN.filter((file) => file.startsWith("docs/") && !file.startsWith("docs/decisions/"));
  expect(pages.filter((file) => !linked.includes(file))).toEqual([]);
});
