import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderInTests } from "./support/folder";
import { thoroughTest } from "./support/thorough";

const folder = folderInTests();

function pages(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

thoroughTest("docs/api is what the docstrings say: otherwise, run npm run docs", () => {
  execFileSync("node", ["node_modules/typedoc/bin/typedoc", "--out", folder()], { stdio: "pipe" });
  expect(pages("docs/api")).toEqual(pages(folder()));
});

test("docs/api has every export of the package", () => {
  const text = Object.values(pages("docs/api")).join("\n").replaceAll("\\", "");
  const entries = ["modules/support-app", "stacks"].map((folder) => readFileSync(`${folder}/index.ts`, "utf8"));
  const exported = entries.flatMap((entry) =>
    [...entry.matchAll(/^export \{(.*?)\}/gms)].flatMap(([, list = ""]) => list.split(",")),
  );
  const names = exported.map((name) => name.trim()).filter((name) => /^[A-Za-z]\w*$/.test(name));
  expect(names).toEqual(expect.arrayContaining(["SupportAppAccess", "CAPABILITIES", "synthesize"]));
  for (const name of names) expect(text).toMatch(new RegExp(`^### ${name}(\\(\\))?$`, "m"));
});
