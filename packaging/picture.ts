/*
 * Takes README's pictures, from the example of environments.yaml that the tests use:
 *
 *   node --require ts-node/register packaging/picture.ts
 *
 * It needs Chromium, and fonts for emoji and Arial: on Debian, fonts-noto-color-emoji and fonts-liberation.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import MarkdownIt from "markdown-it";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../__tests__/support/browser";
import { synthesizeInto } from "../__tests__/support/synthesize";
import { parseEnvironments } from "../stacks/environments";

const EXAMPLE = "__tests__/fixtures/environments.yaml";
const PICTURES = "docs/images";

/** How GitHub frames a comment. */
const FRAME = `
  .comment { width: 900px; box-sizing: border-box; border: 1px solid #d1d9e0; border-radius: 6px; font: 14px Arial, sans-serif; }
  .header { padding: 12px 16px; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; background: #f6f8fa; color: #59636e; }
  .header b { color: #1f2328; }
  .comment .markdown-body { padding: 16px; font-size: 14px; border-radius: 6px; }
`;

async function accessPage(browser: Browser, scratch: string): Promise<void> {
  const published = join(scratch, "published");
  supportApp(0, "publish", "--out", published);
  const page = await browser.newPage({ viewport: { width: 1280, height: 600 }, colorScheme: "light" });
  await page.goto(pathToFileURL(join(published, "access.html")).href);
  await page.screenshot({ path: join(PICTURES, "access-page.png") });
}

/** What a pull request shows that lets people in a channel resolve cases. */
async function reviewComment(browser: Browser, scratch: string): Promise<void> {
  const before = readFileSync(EXAMPLE, "utf8");
  const after = before.replace("without: [resolve-cases]", "without: []");
  const [base, head] = [join(scratch, "base"), join(scratch, "head")];
  synthesizeInto(base, parseEnvironments(before, EXAMPLE));
  synthesizeInto(head, parseEnvironments(after, EXAMPLE));
  const report = new MarkdownIt({ html: true }).render(supportApp(3, "review", "--base", base, "--head", head));
  const css = readFileSync(require.resolve("github-markdown-css/github-markdown-light.css"), "utf8");
  const page = await browser.newPage({ viewport: { width: 900, height: 600 }, deviceScaleFactor: 2 });
  await page.setContent(`<!doctype html><style>${css}${FRAME}</style>
    <div class="comment">
      <div class="header"><b>github-actions</b> bot commented</div>
      <div class="markdown-body">${report}</div>
    </div>`);
  await page.locator(".comment").screenshot({ path: join(PICTURES, "review-comment.png") });
}

/** Runs the command, and returns what it prints. */
function supportApp(expected: number, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "ts-node/register", "cli/support-app.ts", ...args],
    { env: { ...process.env, SUPPORT_APP_ENVIRONMENTS: EXAMPLE }, encoding: "utf8" },
  );
  if (status !== expected) throw new Error(`support-app ${args[0]} ended with status ${status}: ${stderr}`);
  return stdout;
}

async function takePictures(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-picture-"));
  const browser = await launchBrowser();
  try {
    mkdirSync(PICTURES, { recursive: true });
    await accessPage(browser, scratch);
    await reviewComment(browser, scratch);
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true });
  }
}

void takePictures();
