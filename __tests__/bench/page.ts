import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { accessPage } from "../../cli/commands/publish/access-page";
import { findBrowser, launchBrowser } from "../support/browser";
import { fleetAccount, fleetDocument } from "../support/fleet";

/** What the access page costs. */
export interface PageCost {
  /** In MB. */
  readonly size: number;
  /** Seconds until its rows are there, and until those that somebody looks for are, in the slowest of several ways. Undefined: there is no browser. */
  readonly inBrowser: { readonly open: number; readonly filter: number } | undefined;
}

const MB = 1e6;

/** Measures the page of that many environments, with two channels each. */
export async function pageCost(environments: number, folder: string): Promise<PageCost> {
  const file = join(folder, "access.html");
  writeFileSync(file, accessPage(fleetDocument(environments)));
  const size = statSync(file).size / MB;
  if (findBrowser() === undefined) return { size, inBrowser: undefined };
  const browser = await launchBrowser();
  try {
    await opened(browser, file); // what the browser does only once
    const { seconds: open, page } = await opened(browser, file);
    const filters = [
      await filtered(page, "channel", "oncall"),
      await filtered(page, "account", fleetAccount(environments - 1)),
      await filtered(page, "environment", `env-${environments - 1}`),
      await filtered(page, "environment", ""),
      await filtered(page, "channel", ""),
      await filtered(page, "account", ""),
      await filtered(page, "capability", "live-chat"),
    ];
    return { size, inBrowser: { open, filter: Math.max(...filters) } };
  } finally {
    await browser.close();
  }
}

async function opened(browser: Browser, file: string): Promise<{ seconds: number; page: Page }> {
  const page = await browser.newPage();
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.locator("tbody tr:visible").first().waitFor();
  return { seconds: (performance.now() - start) / 1000, page };
}

/** Seconds until what somebody chose is on the screen. */
function filtered(page: Page, filter: string, value: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const element = document.getElementById(${JSON.stringify(`channels-${filter}`)});
    element.value = ${JSON.stringify(value)};
    const start = performance.now();
    element.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    resolve((performance.now() - start) / 1000);
  })`);
}
