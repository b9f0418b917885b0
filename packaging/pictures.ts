/*
 * Takes README's pictures in a headless browser, from this project's environments.yaml: the comment of a review, and the page
 * that publish writes.
 *
 *   npm run pictures
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import MarkdownIt from "markdown-it";
import { launchBrowser } from "./browser";

/** A comment about as wide as a README, and as GitHub shows one. */
const STYLE = `
body { width: 800px; margin: 0; font: 14px/1.5 "Helvetica Neue", Helvetica, Arial, sans-serif; color: #1f2328; }
article { border: 1px solid #d1d9e0; border-radius: 6px; padding: 0 16px 8px; }
header { margin: 0 -16px; padding: 8px 16px; border-bottom: 1px solid #d1d9e0; background: #f6f8fa; color: #59636e; }
header b { color: #1f2328; }
h2 { padding-bottom: 0.3em; border-bottom: 1px solid #d1d9e0; }
table { margin-bottom: 16px; border-collapse: collapse; }
td, th { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; }
code { padding: 0.2em 0.4em; border-radius: 6px; background: #818b981f; font: 85% "Liberation Mono", monospace; }
`;

/** An environments.yaml after the pull request of the picture. */
export function changedEnvironments(text: string): string {
  return text.replace("without: [resolve-cases]", "");
}

/** Writes the pages to take pictures of into a folder. Returns their files, by the name of the picture. */
function writePages(folder: string): ReadonlyMap<string, string> {
  const run = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    execFileSync(process.execPath, ["--require", "ts-node/register", file, ...args], {
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, SUPPORT_APP_ENVIRONMENTS: "environments.yaml", ...env },
    });
  const changed = join(folder, "environments.yaml");
  writeFileSync(changed, changedEnvironments(readFileSync("environments.yaml", "utf8")));
  const [base, head, published] = [join(folder, "base"), join(folder, "head"), join(folder, "published")];
  run("main.ts", [], { CDKTF_OUTDIR: base });
  run("main.ts", [], { CDKTF_OUTDIR: head, SUPPORT_APP_ENVIRONMENTS: changed });
  run("cli/support-app.ts", ["publish", "--out", published]);
  const comment = join(folder, "comment.html");
  writeFileSync(comment, commentPage(run("cli/support-app.ts", ["review", "--base", base, "--head", head])));
  return new Map([
    ["review-comment", comment],
    ["access-page", join(published, "access.html")],
  ]);
}

/** A comment as GitHub shows it. */
export function commentPage(markdown: string): string {
  const html = new MarkdownIt({ html: true }).render(markdown); // with its <details>
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><article><header><b>github-actions</b> bot commented</header>${html}</article>`;
}

async function takePictures(): Promise<void> {
  const browser = await launchBrowser();
  const folder = mkdtempSync(join(tmpdir(), "support-app-pictures-"));
  try {
    const page = await browser.newPage({ viewport: { width: 840, height: 1 }, deviceScaleFactor: 1.5 });
    for (const [name, file] of writePages(folder)) {
      await page.goto(pathToFileURL(file).href);
      await page.locator("body").screenshot({ path: `docs/images/${name}.png` });
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

if (require.main === module) takePictures();
