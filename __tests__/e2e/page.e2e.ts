import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions } from "playwright-core";
import type { AccessDocument, PublishedEnvironment } from "../../cli/commands/publish/access-document";
import { accessPage } from "../../cli/commands/publish/access-page";
import { launchBrowser } from "../../packaging/browser";
import { fleetAccount, fleetDocument } from "../support/fleet";
import { HOSTILE_JSON, hostileThroughout } from "../support/hostile";
import { newAccount } from "./support/account";
import { createProject, removeProjects, supportApp } from "./support/project";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const YAML = `environments:
  production:
    account: "444455556666"
    region: us-east-1
    account-alias: Payments
    full: { without: [resolve-cases], until: 2026-12-31, channels: [{ name: oncall, workspace: T01, channel: C02 }] }
    read-only: { channels: [{ name: watch, workspace: T01, channel: C01 }] }
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
`;

let browser: Browser;
const scratch = mkdtempSync(join(tmpdir(), "support-app-page-"));
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  removeProjects();
  rmSync(scratch, { recursive: true });
});

/** Writes the page of some environments. */
function pageFile(name: string, environments: readonly PublishedEnvironment[]): string {
  const file = join(scratch, `${name}.html`);
  writeFileSync(file, accessPage({ ...fleetDocument(0), environments }));
  return file;
}

/** Environments with names that are long or from right to left. */
function oddEnvironments(): AccessDocument["environments"] {
  return fleetDocument(2).environments.map((environment, index) => {
    const name = ["x".repeat(300), "תמיכה"][index] as string;
    const channels = environment.channels.map((channel) => ({ ...channel, name }));
    const accesses = environment.accesses.map((access) => ({ ...access, roleArn: `role/${name}`, team: name }));
    return { ...environment, name, accountAlias: name, accesses, channels };
  });
}

/** Opens a page, and keeps what goes wrong in it. */
async function open(file: string, options: BrowserContextOptions = {}, hash = "") {
  const url = pathToFileURL(file).href;
  const page = await (await browser.newContext({ ...options, bypassCSP: false })).newPage();
  const wrong: string[] = [];
  page.on("console", (message) => wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    if (![url, url + hash].includes(request.url())) wrong.push(request.url());
  });
  await page.goto(url + hash);
  return { page, wrong };
}

test("the page that publish writes says who can do what, without a script", async () => {
  const { folder } = createProject("page", YAML);
  const args = ["publish", "--out", "published", "--version", "1.1.0"];
  expect(await supportApp({ folder, name: "page" }, args, { as: newAccount() })).toMatchObject({ status: 0 });
  const file = join(folder, "published/access.html");
  const { page, wrong } = await open(file, { javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
  expect(await page.locator("tr").allInnerTexts()).toEqual([
    "Channel\tEveryone in it can",
    "production\nPayments, 444455556666, us-east-1",
    "#watch\nC01 of T01\n\tread-only\nview-cases\nrole AWSSupportAppReadOnlyRole",
    "#oncall\nC02 of T01\n\tfull\nuntil the end of 2026-12-31 (UTC): view-cases, create-cases, reply-to-cases, attach-files, live-chat, request-quota-increases\nrole AWSSupportAppFullRole",
    "staging\n111122223333, us-east-1",
    "none in code\tread-only\nview-cases\nrole AWSSupportAppReadOnlyRole",
  ]);
  expect(wrong).toEqual([]);
});

/** Cells with text outside of the window. */
const CUT_OFF = `[...document.querySelectorAll("th, td, p")].filter((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return [...range.getClientRects()].some(({ left, right }) => left < 0 || right > innerWidth);
}).map(({ textContent }) => textContent)`;

test.each<[string, () => AccessDocument["environments"]]>([
  ["three environments", () => fleetDocument(3).environments],
  ["environments with odd names", oddEnvironments],
])(
  "the page of %s asks for nothing, and everybody can read it on a phone, a tablet and a screen",
  async (name, environments) => {
    const { page, wrong } = await open(pageFile(name, environments()));
    await page.evaluate(AXE);
    for (const width of [1280, 768, 390]) {
      await page.setViewportSize({ width, height: 800 });
      const contentWidth = await page.evaluate("document.documentElement.scrollWidth");
      expect([width, contentWidth, await page.evaluate(CUT_OFF)]).toEqual([width, width, []]);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as {
          violations: { id: string; impact: string; nodes: { html: string }[] }[];
        };
        expect(violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`)).toEqual([]);
      }
    }
    expect(wrong).toEqual([]);
  },
);

test("of 5,000 environments, a link leads to any", async () => {
  const file = pageFile("fleet", fleetDocument(5000).environments);
  const { page } = await open(file, { viewport: { width: 390, height: 844 } }, "#env-4321");
  const heading = page.getByText(`Payments, ${fleetAccount(4321)}, us-east-1`);
  const { y = -1 } = (await heading.boundingBox()) ?? {};
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y).toBeLessThan(844);
});

test("no value becomes more than text, whatever it is and wherever it stands", async () => {
  const [environment] = fleetDocument(1).environments;
  const [hostile] = hostileThroughout(environment);
  const file = join(scratch, "hostile.html");
  const environments = [hostile as PublishedEnvironment];
  writeFileSync(file, accessPage({ ...fleetDocument(0), version: HOSTILE_JSON, environments }));
  const { page, wrong } = await open(file);
  expect(await page.locator("img, em, script").count()).toBe(0);
  expect(await page.locator("tbody tr").count()).toBeGreaterThan(0);
  expect(await page.locator("tbody").textContent()).toContain("<img src=x>");
  expect(wrong).toEqual([]);
});
