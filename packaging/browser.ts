import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const BROWSERS = ["chromium-headless-shell", "chromium", "google-chrome"].map((name) => `/usr/bin/${name}`);

/** The path of a browser: CHROMIUM, or the first that is installed. */
export function findBrowser(): string | undefined {
  return process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
}

/** Starts a real browser. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) {
    throw new Error(`There is no browser: install one of ${BROWSERS.join(", ")}, or set CHROMIUM to its path.`);
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
