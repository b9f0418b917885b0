import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { newAccount } from "./account";
import { createProject, removeProjects, supportApp } from "./project";

const BROWSERS = ["chromium-headless-shell", "chromium", "google-chrome"].map((name) => `/usr/bin/${name}`);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const YAML = (without: string) => `environments:
  production:
    account: "444455556666"
    region: us-east-1
    full: { without: [${without}], channels: [{ name: oncall, workspace: T01, channel: C02 }] }
    read-only: { channels: [{ name: watch, workspace: T01, channel: C01 }] }
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
`;

let browser: Browser;
let file = "";
beforeAll(async () => {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error(`Received no browser, expected one of ${BROWSERS.join(", ")} or its path in CHROMIUM.`);
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const project = createProject("page", YAML("live-chat"));
  const as = { as: newAccount() };
  expect(await supportApp(project, ["publish", "--out", "before", "--version", "1.0.0"], as)).toMatchObject({
    status: 0,
  });
  const { folder } = createProject("page-after", YAML("resolve-cases"));
  const args = ["publish", "--out", "after", "--version", "1.1.0", "--since", join(project.folder, "before")];
  expect(await supportApp({ folder, name: "page" }, args, as)).toMatchObject({ status: 0 });
  file = pathToFileURL(join(folder, "after/access.html")).href;
});
afterAll(async () => {
  await browser?.close();
  removeProjects();
});

/** Opens the page, and keeps what goes wrong in it. */
async function open(options: BrowserContextOptions, hash = ""): Promise<{ page: Page; wrong: string[] }> {
  const page = await (await browser.newContext({ ...options, bypassCSP: false })).newPage();
  const wrong: string[] = [];
  page.on("console", (message) => wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== file + hash && request.url() !== file) wrong.push(request.url());
  });
  await page.goto(file + hash);
  return { page, wrong };
}

const shownRows = (page: Page) => page.locator("tbody tr:visible th").allInnerTexts();

test.each<[string, BrowserContextOptions]>([
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["on a phone", { colorScheme: "light", viewport: { width: 375, height: 667 }, isMobile: true }],
])("%s: nothing goes wrong, nothing is asked for, and everybody can read it", async (_, options) => {
  const { page, wrong } = await open(options);
  expect(wrong).toEqual([]);
  await page.locator("details summary").first().click();
  const widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
  const [needed = 0, there = 0] = widths as number[];
  expect(needed).toBeLessThanOrEqual(there);
  const { violations } = (await page.evaluate(`${AXE}; axe.run()`)) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  expect(violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`)).toEqual([]);
});

test("it says who can do what, and what changed", async () => {
  const { page } = await open({});
  expect(await shownRows(page)).toHaveLength(3);
  const oncall = page.locator("tbody tr", { hasText: "#oncall" });
  expect(await oncall.locator("td.yes").count()).toBe(6);
  expect(await oncall.locator("td.no").count()).toBe(1);
  expect(await page.locator("section:has(#since) li").allInnerTexts()).toEqual([
    "production: Channels that were configured by hand with AWSSupportAppFullRole gain live-chat.",
    "production: Channels that were configured by hand with AWSSupportAppFullRole lose resolve-cases.",
    "production: People in #oncall gain live-chat.",
    "production: People in #oncall lose resolve-cases.",
  ]);
});

test("typing filters, and says how many are left", async () => {
  const { page } = await open({});
  await page.getByLabel("Filter").fill("oncall");
  expect(await shownRows(page)).toHaveLength(1);
  expect(await page.locator("#count").textContent()).toBe("1 of 3");
  await page.getByLabel("Filter").fill("PRODUCTION view");
  expect(await shownRows(page)).toHaveLength(2);
  await page.getByLabel("Filter").fill("nowhere");
  expect(await page.getByText("Nothing matches.").isVisible()).toBe(true);
  await page.getByLabel("Filter").fill("");
  expect(await shownRows(page)).toHaveLength(3);
  expect(await page.locator("#count").textContent()).toBe("");
});

test("a link and the keyboard lead to a role's policy", async () => {
  const { page } = await open({}, "#production-full");
  expect(await page.getByText("support:InitiateChatForCase").isVisible()).toBe(true);
  const { page: other } = await open({});
  await other.locator("tbody a", { hasText: "full" }).focus();
  await other.keyboard.press("Enter");
  await other.getByText("support:InitiateChatForCase").waitFor();
  await other.locator("summary", { hasText: "production: full" }).click();
  await other.locator("tbody a", { hasText: "full" }).click(); // once more, after it was closed
  await other.getByText("support:InitiateChatForCase").waitFor();
});

test("on paper, every role is open and the filter is gone", async () => {
  const { page } = await open({});
  await page.emulateMedia({ media: "print" });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await page.locator("details[open]").count()).toBe(3);
  expect(await page.getByLabel("Filter").isVisible()).toBe(false);
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  expect(await page.locator("details[open]").count()).toBe(0);
});
