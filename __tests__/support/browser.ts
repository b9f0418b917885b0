import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const BROWSERS = ["chromium-headless-shell", "chromium", "google-chrome"].map((name) => `/usr/bin/${name}`);

/** Starts a real browser: that of CHROMIUM, or the first that is installed. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error(`Received no browser, expected one of ${BROWSERS.join(", ")} or its path in CHROMIUM.`);
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
