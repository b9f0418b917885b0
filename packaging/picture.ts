/*
 * Takes README's picture of the access page, from the example of environments.yaml that the tests use:
 *
 *   node --require ts-node/register packaging/picture.ts
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "../__tests__/support/browser";
import { runSupportApp } from "../cli/program";

const EXAMPLE = "__tests__/fixtures/environments.yaml";
const PICTURE = "docs/images/access-page.png";

async function takePicture(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-picture-"));
  const browser = await launchBrowser();
  try {
    process.env.SUPPORT_APP_ENVIRONMENTS = EXAMPLE;
    const out = join(scratch, "published");
    if ((await runSupportApp(["publish", "--out", out])) !== 0) throw new Error("Nothing was published.");
    const page = await browser.newPage({ viewport: { width: 1280, height: 600 }, colorScheme: "light" });
    await page.goto(pathToFileURL(join(out, "access.html")).href);
    mkdirSync("docs/images", { recursive: true });
    await page.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true });
  }
}

void takePicture();
