import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thoroughTest } from "./support/thorough";

function pages(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

thoroughTest("docs/api is what the docstrings say: otherwise, run npm run docs", () => {
  const folder = mkdtempSync(join(tmpdir(), "support-app-api-"));
  try {
    execFileSync("node", ["node_modules/typedoc/bin/typedoc", "--out", folder], { stdio: "pipe" });
    expect(pages("docs/api")).toEqual(pages(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
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
