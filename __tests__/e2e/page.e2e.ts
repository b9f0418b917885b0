import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { AccessDocument } from "../../cli/commands/publish/access-document";
import { accessPage } from "../../cli/commands/publish/access-page";
import { launchBrowser } from "../support/browser";
import { fleetAccount, fleetDocument } from "../support/fleet";
import { HOSTILE_JSON, hostileCopies } from "../support/hostile";
import { isThorough, sample } from "../support/thorough";
import { newAccount } from "./support/account";
import { createProject, removeProjects, supportApp } from "./support/project";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const YAML = (without: string) => `environments:
  production:
    account: "444455556666"
    region: us-east-1
    account-alias: Payments
    full: { without: [${without}], channels: [{ name: oncall, workspace: T01, channel: C02 }] }
    read-only: { channels: [{ name: watch, workspace: T01, channel: C01 }] }
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
`;

let browser: Browser;
let published = "";
let fleet = "";
let ending = "";
const scratch = mkdtempSync(join(tmpdir(), "support-app-page-"));
beforeAll(async () => {
  browser = await launchBrowser();
  const { folder } = createProject("page", YAML("resolve-cases"));
  const args = ["publish", "--out", "after", "--version", "1.1.0"];
  expect(await supportApp({ folder, name: "page" }, args, { as: newAccount() })).toMatchObject({ status: 0 });
  published = join(folder, "after/access.html");
  fleet = join(scratch, "fleet.html");
  writeFileSync(fleet, accessPage(fleetDocument(5000)));
  ending = join(scratch, "ending.html");
  writeFileSync(ending, accessPage(withEnds(fleetDocument(2))));
});
afterAll(async () => {
  await browser?.close();
  removeProjects();
  rmSync(scratch, { recursive: true });
});

/** The same, and viewing cases ends with 2026 everywhere. */
function withEnds(document: AccessDocument): AccessDocument {
  const until = { "view-cases": "2027-01-01T00:00:00Z" } as const;
  const environments = document.environments.map(({ accesses, ...rest }) => ({
    ...rest,
    accesses: accesses.map((access) => ({ ...access, until })),
  }));
  return { ...document, environments };
}

/** Opens a page, and keeps what goes wrong in it. */
async function open(options: BrowserContextOptions, hash = "", file = published) {
  const url = pathToFileURL(file).href;
  const page = await (await browser.newContext({ ...options, bypassCSP: false })).newPage();
  const wrong: string[] = [];
  page.on("console", (message) => wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== url + hash && request.url() !== url) wrong.push(request.url());
  });
  await page.goto(url + hash);
  return { page, wrong };
}

const shownRows = (page: Page) => page.locator("tbody tr:visible th").allInnerTexts();
const count = (page: Page) => page.locator("[role=status]").textContent();
const firstRowTop = async (page: Page) => (await page.locator("tbody tr").first().boundingBox())?.y;

/** What somebody with a keyboard comes by, one after the other. */
async function tabStops(page: Page, limit: number): Promise<string[]> {
  const stops: string[] = [];
  for (let number = 0; number < limit; number++) {
    await page.keyboard.press("Tab");
    stops.push(await page.evaluate<string>("document.activeElement.id || document.activeElement.tagName"));
  }
  return stops;
}

test("in the second before an end people can, and in that second they can't any more, in every zone", async () => {
  for (const timezoneId of ["Pacific/Kiritimati", "America/Los_Angeles"]) {
    for (const [time, said] of [
      ["2026-12-31T23:59:59Z", "✓can until the end of 2026-12-31 (UTC)"],
      ["2027-01-01T00:00:00Z", "–can't ended at the end of 2026-12-31 (UTC)"],
    ] as const) {
      const page = await (await browser.newContext({ timezoneId })).newPage();
      await page.clock.setFixedTime(time);
      await page.goto(pathToFileURL(ending).href);
      expect(await page.locator("tbody tr").first().locator("td.can").first().textContent()).toBe(said);
      await page.getByLabel("Capability").selectOption("view-cases");
      expect((await page.locator("tbody tr").count()) > 0).toBe(said.startsWith("✓"));
      await page.close();
    }
  }
  const phone = await (await browser.newContext({ viewport: { width: 375, height: 667 }, isMobile: true })).newPage();
  await phone.clock.setFixedTime("2026-12-31T23:59:59Z");
  await phone.goto(pathToFileURL(ending).href);
  const content = await phone.evaluate<string>(
    "getComputedStyle(document.querySelector('tbody td.yes'), '::after').content",
  );
  expect(content).toContain("view cases until the end of 2026-12-31 (UTC)");
});

test("what ends within 14 days, or has ended, is first and folded, with its environment and channel or role", async () => {
  const [environment] = fleetDocument(1).environments;
  if (!environment) throw new Error("Received no environment, expected one.");
  const ends = { "live-chat": "2026-12-31T00:00:00Z", "resolve-cases": "2026-12-31T00:00:00Z" };
  const until = { "view-cases": "2027-01-01T00:00:00Z" };
  const accesses = environment.accesses.map((access) => ({
    ...access,
    until: access.access === "full" ? ends : until,
  }));
  const channels = environment.channels.filter(({ access }) => access === "full");
  const file = join(scratch, "ends.html");
  writeFileSync(file, accessPage({ ...fleetDocument(0), environments: [{ ...environment, accesses, channels }] }));
  const CHAT = "env-0, #support-oncall (full): resolve cases, live chat";
  const VIEW = "env-0, AWSSupportAppReadOnlyRole (read-only): all access until the end of 2026-12-31 (UTC)";
  for (const [time, ...items] of [
    ["2026-12-16T23:59:59Z"],
    ["2026-12-17T00:00:00Z", `${CHAT} until the end of 2026-12-30 (UTC)`],
    ["2026-12-31T00:00:00Z", `${CHAT} ended at the end of 2026-12-30 (UTC)`, VIEW],
  ] as const) {
    const page = await (await browser.newContext()).newPage();
    await page.clock.setFixedTime(time);
    await page.goto(pathToFileURL(file).href);
    const headings = await page.locator("h2:visible").allInnerTexts();
    expect(headings[0]).toBe(items.length === 0 ? "Channels" : "Ends soon, or has ended");
    const endedCount = items.filter((item) => item.includes(" ended at ")).length;
    expect(await page.locator("#ends summary").textContent()).toBe(
      `Ended: ${endedCount}, ending within 14 days: ${items.length - endedCount}`,
    );
    expect(await page.locator("#ending li").allTextContents()).toEqual(items);
    await page.close();
  }
  writeFileSync(file, accessPage(withEnds(fleetDocument(51))));
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.clock.setFixedTime("2027-01-01T00:00:00Z");
  await page.goto(pathToFileURL(file).href);
  expect(await firstRowTop(page)).toBeLessThan(800 - 200);
  expect((await page.locator("#ending li").allTextContents()).slice(99)).toEqual([
    expect.stringMatching(/^env-49,/),
    "2 more",
  ]);
  await page.close();
});

/** Whether each is looked at in light and dark and at each width, or once. */
const PAGES: readonly (readonly [what: string, file: () => string, everyLook: boolean])[] = [
  ["who can do what", () => published, true],
  ["who can do what, with ends", () => ending, isThorough],
  ["who can do what, of 5,000 environments", () => fleet, false],
];

/** Cells and policies with text outside of the window. */
const CUT_OFF = `[...document.querySelectorAll("tbody :is(th, td):not(.no), pre")].filter((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return [...range.getClientRects()].some(({ left, right }) => left < 0 || right > innerWidth);
}).map(({ textContent }) => textContent)`;

test.each(isThorough ? PAGES : PAGES.slice(0, 2))(
  "%s: nothing goes wrong, nothing is asked for, and everybody can read it on a phone, a tablet and a screen",
  async (_, file, everyLook) => {
    const { page, wrong } = await open({}, "", file());
    await page.evaluate("document.querySelector('#roles summary')?.click()");
    await page.evaluate(AXE);
    for (const width of [1280, 768, 390]) {
      await page.setViewportSize({ width, height: 800 });
      const contentWidth = await page.evaluate("document.documentElement.scrollWidth");
      expect([width, contentWidth, await page.evaluate(CUT_OFF)]).toEqual([width, width, []]);
      for (const colorScheme of ["light", "dark"] as const) {
        if (!everyLook && (width > 390 || colorScheme === "light")) continue;
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

test("the page says who can do what; filters find what is typed, together with a capability", async () => {
  const { page } = await open({});
  expect(await count(page)).toBe("3 rows.");
  const oncall = page.locator("tbody tr", { hasText: "#oncall" });
  expect([await oncall.locator("td.yes").count(), await oncall.locator("td.no").count()]).toEqual([6, 1]);
  for (const [label, text, ...channels] of [
    ["Channel", "ONCALL", "#oncall"],
    ["Channel", "t01 c0", "#watch", "#oncall"],
    ["Channel", "readonlyrole", "none in code"],
    ["Account", "payments", "#watch", "#oncall"],
    ["Environment", "stag", "none in code"],
    ["Environment", "oncall"],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(text);
    expect(await page.locator("tbody td:nth-child(2) :is(b, i)").allInnerTexts()).toEqual(channels);
    expect(await count(page)).toBe(channels.length === 0 ? "Nothing matches." : `${channels.length} of 3 rows match.`);
    await page.getByLabel(label, { exact: true }).fill("");
    expect(await shownRows(page)).toHaveLength(3);
  }
  await page.getByLabel("Capability").selectOption("view cases");
  expect(await shownRows(page)).toHaveLength(3);
  await page.getByLabel("Account").fill("4444");
  expect(await shownRows(page)).toHaveLength(2);
  await page.getByLabel("Capability").selectOption("live chat");
  expect(await page.locator("tbody b").allInnerTexts()).toEqual(["#oncall"]);
  expect(await page.locator("#roles summary").allInnerTexts()).toEqual(["production: full"]);
  await page.getByLabel("Capability").selectOption("resolve cases");
  expect(await count(page)).toBe("Nothing matches.");
});

test("the page says how many are in a channel, where Slack was asked", async () => {
  const counts = { members: 12, guests: 2, strangers: 0, bots: 1, unseen: 0 };
  const document = fleetDocument(2);
  const [first, ...otherEnvironments] = document.environments;
  const [watch, ...channels] = first?.channels ?? [];
  if (!first || !watch) throw new Error("Received no channel, expected one.");
  const environments = [{ ...first, channels: [{ ...watch, people: counts }, ...channels] }, ...otherEnvironments];
  const file = join(scratch, "people.html");
  writeFileSync(file, accessPage({ ...document, environments, peopleReadAt: "2026-11-26T18:40:11.000Z" }));
  for (const options of [{}, { javaScriptEnabled: false }]) {
    const { page, wrong } = await open(options, "", file);
    const texts = await page.locator("tbody tr:visible").allInnerTexts();
    expect(texts.filter((text) => text.includes("12 people (2 guests), 1 bot"))).toHaveLength(1);
    expect(await page.locator("header").textContent()).toContain("Member counts: Slack, 2026-11-26.");
    expect(wrong).toEqual([]);
    await page.context().close();
  }
});

test("a link and the keyboard lead to a role's policy", async () => {
  const { page } = await open({}, "#production-full");
  expect(await page.getByText("support:InitiateChatForCase").isVisible()).toBe(true);
  const { page: otherPage } = await open({});
  await otherPage.locator("tbody a", { hasText: "full" }).focus();
  await otherPage.keyboard.press("Enter");
  await otherPage.getByText("support:InitiateChatForCase").waitFor();
  await otherPage.locator("summary", { hasText: "production: full" }).click();
  await otherPage.locator("tbody a", { hasText: "full" }).click(); // once more, after it was closed
  await otherPage.getByText("support:InitiateChatForCase").waitFor();
});

test("on paper, every role is open, and the filters are there only if they leave something out", async () => {
  const { page } = await open({});
  await page.emulateMedia({ media: "print" });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await page.locator("#roles > details[open]").count()).toBe(3);
  expect(await page.locator("details[open] pre").count()).toBe(6);
  expect(await page.getByLabel("Channel", { exact: true }).isVisible()).toBe(false);
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  expect(await page.locator("details[open]").count()).toBe(0);
  await page.emulateMedia({ media: "screen" });
  await page.getByLabel("Channel", { exact: true }).fill("oncall");
  await page.emulateMedia({ media: "print" });
  expect(await page.getByLabel("Channel", { exact: true }).isVisible()).toBe(true);
  expect(await page.getByText("1 of 3 rows match.").isVisible()).toBe(true);
});

test("without scripts, there is a table of everybody, and a word on where the rest is", async () => {
  const { page, wrong } = await open({ javaScriptEnabled: false });
  expect(wrong).toEqual([]);
  const lines = await page.locator("noscript tr").all();
  expect(await Promise.all(lines.map((line) => line.locator("th, td").allInnerTexts()))).toEqual([
    ["Environment", "Account", "Channel", "Access", "People can"],
    ["production", "444455556666 Payments", "#watch T01 C01", "read-only", "view cases"],
    [
      ...["production", "444455556666 Payments", "#oncall T01 C02", "full"],
      "view cases, create cases, reply to cases, attach files, live chat, request quota increases",
    ],
    [
      ...["staging", "111122223333", "none in code, role arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole"],
      ...["read-only", "view cases"],
    ],
  ]);
  const word = page.locator("noscript p");
  expect(await word.isVisible()).toBe(true);
  expect(await word.textContent()).toContain("access.json has the same data.");
  expect(await page.getByRole("search").count()).toBe(0);
  expect(readFileSync(fleet, "utf8").match(/^<tr><th scope="row">/gm)).toHaveLength(10_000);
});

test("of 5,000 environments, the first are shown, any is found, a keyboard is quickly at the table, and a link leads to a role", async () => {
  expect(readFileSync(fleet).length).toBeLessThanOrEqual(5e6);
  const { page } = await open({}, "", fleet);
  const moreButton = page.locator("button.more");
  expect(await shownRows(page)).toHaveLength(100);
  expect(await count(page)).toBe("10000 rows, the first 100 are shown.");
  expect(await tabStops(page, 5)).toEqual([
    "channels-channel",
    "channels-account",
    "channels-environment",
    "channels-capability",
    "DIV",
  ]);
  await page.getByLabel("Account").fill(fleetAccount(4321));
  expect(await page.locator("tbody th small").allInnerTexts()).toEqual(
    Array.from({ length: 2 }, () => `${fleetAccount(4321)} Payments`),
  );
  expect(await count(page)).toBe("2 of 10000 rows match.");
  await page.getByLabel("Account").fill("");
  await page.getByLabel("Capability").selectOption("live chat");
  expect(await count(page)).toBe("5000 of 10000 rows match, the first 100 are shown.");
  await moreButton.press("Enter");
  expect(await page.locator("tbody tr").count()).toBe(1000);
  expect(await page.evaluate("document.activeElement.hash")).toBe("#env-100-full"); // the first of those that are new
  await moreButton.click();
  expect(await page.locator("tbody tr").count()).toBe(5000);
  expect(await moreButton.isVisible()).toBe(false);

  const { page: linked } = await open({}, "#env-4321-full", fleet);
  const role = linked.locator("#env-4321-full");
  const [permissions, trust] = await role.locator("pre").allInnerTexts();
  const full = fleetDocument(4322)
    .environments.at(-1)
    ?.accesses.find(({ access }) => access === "full");
  expect([JSON.parse(permissions ?? ""), JSON.parse(trust ?? "")]).toEqual([full?.policy, full?.trust]);
  expect(await role.locator("code").textContent()).toBe(full?.roleArn);
});

test("no value becomes more than text, whatever it is and wherever it stands", async () => {
  const [environment] = fleetDocument(1).environments;
  const allCopies = [...hostileCopies(environment, HOSTILE_JSON)].filter(isRendered);
  expect(allCopies.length).toBeGreaterThan(10);
  const copies = sample(allCopies, 4);
  const file = join(scratch, "hostile.html");
  const wrong: string[] = [];
  for (const javaScript of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled: javaScript, bypassCSP: false });
    const tab = await context.newPage();
    tab.on("pageerror", (error) => wrong.push(String(error)));
    for (const copy of copies) {
      writeFileSync(file, accessPage({ ...fleetDocument(0), version: HOSTILE_JSON, environments: [copy] }));
      await tab.goto(pathToFileURL(file).href);
      if (javaScript) await tab.evaluate("dispatchEvent(new Event('beforeprint'))");
      expect(await tab.locator("img, em, script:not(#data):not(:last-of-type)").count()).toBe(0);
      expect(await tab.locator("tbody tr").count()).toBeGreaterThan(0);
    }
    await context.close();
  }
  expect(wrong).toEqual([]);
});

type Environment = ReturnType<typeof fleetDocument>["environments"][number];

/** Whether a copy still has what every environment has: the schema sees to that. */
function isRendered(copy: unknown): copy is Environment {
  const { name, account, region, accesses, channels } = copy as Partial<Environment>;
  const [first] = Array.isArray(accesses) ? accesses : [];
  return (
    [name, account, region, first?.access, first?.roleArn].every((text) => typeof text === "string") &&
    [channels, first?.capabilities].every(Array.isArray) &&
    [first?.policy, first?.trust].every((value) => typeof value === "object") &&
    (channels ?? []).every((channel) =>
      [channel?.name, channel?.workspace, channel?.channel].every((text) => typeof text === "string"),
    )
  );
}
