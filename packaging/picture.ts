/*
 * Takes README's pictures, from the example of environments.yaml that the tests use:
 *
 *   node --require ts-node/register packaging/picture.ts
 *
 * It needs Chromium, and fonts for emoji and Arial: on Debian, fonts-noto-color-emoji and fonts-liberation.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import MarkdownIt from "markdown-it";
import type { Browser } from "playwright-core";
import { answerAsGitHub } from "../__tests__/support/answering-github";
import { launchBrowser } from "../__tests__/support/browser";
import { synthesizeInto } from "../__tests__/support/synthesize";
import { runSupportApp } from "../cli/program";
import { parseEnvironments } from "../stacks/environments/environments";

const EXAMPLE = "__tests__/fixtures/environments.yaml";
const PICTURES = "docs/images";

/** The exit status of a review that waits for an approval. */
const NEEDS_APPROVAL = 3;

/** How GitHub frames a comment. */
const FRAME = `
  .comment { width: 900px; box-sizing: border-box; border: 1px solid #d1d9e0; border-radius: 6px; font: 14px Arial, sans-serif; }
  .header { padding: 12px 16px; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; background: #f6f8fa; color: #59636e; }
  .header b { color: #1f2328; }
  .comment .markdown-body { padding: 16px; font-size: 14px; border-radius: 6px; }
`;

async function accessPage(browser: Browser, scratch: string): Promise<void> {
  const published = join(scratch, "published");
  await supportApp(["publish", "--out", published]);
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
  const report = new MarkdownIt({ html: true }).render(await commentOn(scratch, base, head));
  const css = readFileSync(require.resolve("github-markdown-css/github-markdown-light.css"), "utf8");
  const page = await browser.newPage({ viewport: { width: 900, height: 600 }, deviceScaleFactor: 2 });
  await page.setContent(`<!doctype html><style>${css}${FRAME}</style>
    <div class="comment">
      <div class="header"><b>github-actions</b> bot commented</div>
      <div class="markdown-body">${report}</div>
    </div>`);
  await page.locator(".comment").screenshot({ path: join(PICTURES, "review-comment.png") });
}

/** What `review --github` writes on a pull request. */
async function commentOn(scratch: string, base: string, head: string): Promise<string> {
  const github = await answerAsGitHub();
  try {
    const event = join(scratch, "event.json");
    const author = { id: 1, login: "alice" };
    const pull_request = {
      number: 7,
      user: author,
      head: { sha: "8c0f6b1d2e3a4957c6b8d0e1f2a3b4c5d6e7f809", repo: { full_name: "acme/access" } },
    };
    writeFileSync(event, JSON.stringify({ pull_request }));
    await supportApp(
      ["review", "--github", "--base", base, "--head", head],
      {
        GITHUB_API_URL: github.url,
        GITHUB_EVENT_PATH: event,
        GITHUB_OUTPUT: join(scratch, "output"),
        GITHUB_REPOSITORY: "acme/access",
        GITHUB_STEP_SUMMARY: join(scratch, "summary"),
        GITHUB_TOKEN: "token",
        SUPPORT_APP_SYNTH: "success",
      },
      NEEDS_APPROVAL,
    );
    const [comment] = github.comments;
    if (comment === undefined) throw new Error("The review wrote no comment.");
    return comment.body;
  } finally {
    await github.close();
  }
}

/** Runs the command in this process, which answers as GitHub. */
async function supportApp(args: readonly string[], env: NodeJS.ProcessEnv = {}, expected = 0): Promise<void> {
  Object.assign(process.env, { SUPPORT_APP_ENVIRONMENTS: EXAMPLE, ...env });
  const status = await runSupportApp(args);
  if (status !== expected) throw new Error(`support-app ${args[0]} ended with status ${status}.`);
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
