import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { accessPage } from "../../cli/commands/publish/access-page";
import { launchBrowser } from "../support/browser";
import { fleetAccount, fleetDocument } from "../support/fleet";
import { environmentsYaml } from "./environments";
import { measured, type Run } from "./measured";

/** What publishing and its page cost. */
export interface PublishingCost {
  /** CPU of publishing, in seconds. */
  readonly cpu: number;
  /** The same against bare CDKTF, which synthesizes the same environments and publishes nothing. */
  readonly ratio: number;
  /** Peak memory of publishing, in MB. */
  readonly memory: number;
  /** Of the page, in MB. */
  readonly page: number;
  /** Until the page is there with its rows, in ms. */
  readonly open: number;
  /** Until the rows are there that somebody looks for, the slowest of several ways, in ms. */
  readonly filter: number;
}

const MB = 1e6;

/** Measures publishing that many environments, and the page of as many with two channels each in a real browser. */
export async function publishingCost(size: number): Promise<PublishingCost> {
  const folder = mkdtempSync(join(tmpdir(), "support-app-bench-publish-"));
  try {
    const environments = join(folder, "environments.yaml");
    writeFileSync(environments, environmentsYaml(size));
    const ours = measured(["cli/support-app.ts", "publish", "--out", join(folder, "out")], {
      SUPPORT_APP_ENVIRONMENTS: environments,
    });
    const bare = measured(["__tests__/bench/bare.ts", String(size)], { CDKTF_OUTDIR: join(folder, "bare") });
    const say = ({ cpu, memory }: Run) => `${cpu.toFixed(2)} s of CPU, ${memory.toFixed(0)} MB`;
    console.log(`  publish ${say(ours)}; bare CDKTF, which only synthesizes, ${say(bare)}`);
    return { cpu: ours.cpu, memory: ours.memory, ratio: ours.cpu / bare.cpu, ...(await pageCost(size, folder)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function pageCost(size: number, folder: string): Promise<Pick<PublishingCost, "page" | "open" | "filter">> {
  const [one, all] = [1, size].map((environments) => {
    const file = join(folder, `${environments}.html`);
    writeFileSync(file, accessPage(fleetDocument(environments)));
    return file;
  }) as [string, string];
  const browser = await launchBrowser();
  try {
    await opened(browser, one); // what the browser does only once
    const { ms: least } = await opened(browser, one);
    const { ms: open, page } = await opened(browser, all);
    const filters = [
      await filtered(page, "channel", "oncall"),
      await filtered(page, "account", fleetAccount(size - 1)),
      await filtered(page, "environment", `env-${size - 1}`),
      await filtered(page, "environment", ""),
      await filtered(page, "channel", ""),
      await filtered(page, "account", ""),
      await filtered(page, "capability", "live-chat"),
    ];
    const filter = Math.max(...filters);
    console.log(
      `  page of 1: opened in ${least.toFixed(0)} ms; of ${size}: in ${open.toFixed(0)} ms, filtered in ${filters.map((ms) => ms.toFixed(0)).join(", ")} ms`,
    );
    return { page: statSync(all).size / MB, open, filter };
  } finally {
    await browser.close();
  }
}

async function opened(browser: Browser, file: string): Promise<{ ms: number; page: Page }> {
  const page = await browser.newPage();
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.locator("tbody tr:visible").first().waitFor();
  return { ms: performance.now() - start, page };
}

/** Milliseconds until what somebody chose is on the screen. */
function filtered(page: Page, filter: string, value: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const element = document.getElementById(${JSON.stringify(filter)});
    element.value = ${JSON.stringify(value)};
    const start = performance.now();
    element.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    resolve(performance.now() - start);
  })`);
}
