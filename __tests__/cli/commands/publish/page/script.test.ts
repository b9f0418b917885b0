import { runInNewContext } from "node:vm";
import { pageScript } from "../../../../../cli/commands/publish/access-page";
import type { PageData } from "../../../../../cli/commands/publish/page/data";

/** As much of an element as the script uses. A real browser runs it end to end. */
class StubElement {
  readonly attributes: Record<string, string> = {};
  readonly on: Record<string, () => void> = {};
  children: (StubElement | string)[] = [];
  value = "";
  hidden = true;
  open = false;
  textContent = "";
  readonly classList = { toggle: () => undefined };
  readonly isConnected = true;
  constructor(
    readonly tag: string,
    public id = "",
    readonly options: readonly { readonly value: string }[] = [],
  ) {}
  setAttribute(name: string, value: string) {
    this.attributes[name] = value;
    if (name === "id") this.id = value;
  }
  append(...children: (StubElement | string)[]) {
    this.children.push(...children);
  }
  replaceChildren(...children: StubElement[]) {
    this.children = children;
  }
  addEventListener(type: string, listener: () => void) {
    this.on[type] = listener;
  }
  querySelector(tag: string): StubElement | undefined {
    const inside = this.children.filter((child) => typeof child !== "string");
    return inside.find((child) => child.tag === tag) ?? inside.map((child) => child.querySelector(tag)).find(Boolean);
  }
  focus() {}
  get text(): string {
    return this.children.map((child) => (typeof child === "string" ? child : child.text)).join("");
  }
}

const END = "2027-01-01T00:00:00Z";
const ROLE: PageData["roles"][number] = {
  ...{ access: "full", arn: "arn:aws:iam::\0:role/a/Full", can: ["view-cases", "live-chat"], permissions: 0, trust: 1 },
  ...{ isAwsManaged: false, until: { "live-chat": [END, "the end of 2026-12-31 (UTC)"] } },
};
const STAGING = { name: "staging", account: "111122223333", region: "us-east-1", roles: [0], channels: [] };
const DATA: PageData = {
  roles: [ROLE, { ...ROLE, access: "read-only", arn: "arn:aws:iam::\0:role/View", can: ["view-cases"], boundary: "b" }],
  policies: ['{ "a": "\0" }', "{}"],
  environments: [
    {
      ...{ name: "production", account: "444455556666", region: "us-east-1", alias: "Payments", roles: [1, 0] },
      channels: [["oncall", "T1", "C1", 1, "12 people, 1 bot"]],
    },
    STAGING,
  ],
};

/** The page with that data, in the second of an end or another one. */
function pageWith(data: PageData = DATA, { now = 0, hash = "" } = {}) {
  const options = ["", "view-cases", "live-chat"].map((value) => ({ value }));
  const ids = ["data", "rows", "roles", "more", "count", "channel", "account", "environment", "capability"];
  const elements = new Map(ids.map((id) => [id, new StubElement("div", id, options)]));
  const byId = (id: string) => elements.get(id) as StubElement;
  byId("data").textContent = JSON.stringify(data);
  const onPage: Record<string, (event: object) => void> = {};
  runInNewContext(pageScript(), {
    document: {
      getElementById: byId,
      createElement: (tag: string) => new StubElement(tag),
      querySelector: () => new StubElement("div"),
      querySelectorAll: () => [],
    },
    Date: { now: () => now, parse: Date.parse },
    location: { hash },
    addEventListener: (type: string, listener: () => void) => {
      onPage[type] = listener;
    },
  });
  return {
    count: () => byId("count").textContent,
    hasMore: () => !byId("more").hidden,
    more: () => byId("more").on.click?.(),
    rows: () =>
      byId("rows").children.map((row) => (row as StubElement).children.map((cell) => (cell as StubElement).text)),
    roles: () => byId("roles").children as StubElement[],
    search: (id: string, value: string) => {
      byId(id).value = value;
      byId(id).on.input?.();
    },
    on: (type: string) => onPage[type]?.({}),
  };
}

const can = (more = "") => `✓can${more}`;
const CANT = "–can't";
const ENDS = can(" until the end of 2026-12-31 (UTC)");

test("a channel is a row, and so is a role without channels in code", () => {
  const page = pageWith();
  expect(page.count()).toBe("3 rows.");
  expect(page.rows()).toEqual([
    [
      ...["production 444455556666 Payments", "none in code those configured by hand with View"],
      ...["read-onlywithin a boundary", can(), `${CANT} ended at the end of 2026-12-31 (UTC)`],
    ],
    ["production 444455556666 Payments", "#oncall T1 C112 people, 1 bot", "full", can(), ENDS],
    ["staging 111122223333", "none in code those configured by hand with Full", "full", can(), ENDS],
  ]);
});

test.each([
  [-1, ENDS],
  [0, `${CANT} ended at the end of 2026-12-31 (UTC)`],
])("%d ms after its end, a capability is shown as %j", (after, cell) => {
  expect(pageWith(DATA, { now: Date.parse(END) + after }).rows()[1]?.[4]).toBe(cell);
});

test.each([
  ["channel", "ONCALL t1", ["production"]],
  ["channel", "view", ["production"]],
  ["account", "payments 4444", ["production", "production"]],
  ["environment", "STAG", ["staging"]],
  ["environment", "oncall", []],
  ["capability", "live-chat", ["production", "staging"]],
])("%s %j finds rows of %j", (id, value, environments) => {
  const page = pageWith();
  page.search(id, value);
  expect(page.rows().map(([environment = ""]) => environment.split(" ")[0])).toEqual(environments);
  expect(page.count()).toBe(environments.length === 0 ? "Nothing matches." : `${environments.length} of 3 rows match.`);
  page.search(id, " ");
  expect(page.count()).toBe(id === "capability" ? "Nothing matches." : "3 rows.");
});

test("of many rows, a hundred are shown, then ten times as many", () => {
  const many = (count: number) => {
    const channels = Array.from({ length: count }, (_, index) => [`c${index}`, "T1", `C${index}`, 0] as const);
    return pageWith({ ...DATA, environments: [{ ...STAGING, channels }] });
  };
  expect([many(1).count(), many(100).count(), many(100).hasMore()]).toEqual(["1 row.", "100 rows.", false]);
  const page = many(101);
  expect([page.rows().length, page.count(), page.hasMore()]).toEqual([100, "101 rows, the first 100 are shown.", true]);
  page.more();
  expect([page.rows().length, page.count(), page.hasMore()]).toEqual([101, "101 rows.", false]);
});

test("a link opens its role, whose policies name the environment's own account", () => {
  const [, , opened, ...others] = pageWith(DATA, { hash: "#staging-full" }).roles();
  expect(opened).toMatchObject({ id: "staging-full", open: true });
  expect(opened?.text).toBe(
    'staging: fullRolearn:aws:iam::111122223333:role/a/FullAccount111122223333, us-east-1Permissions boundarynoneWhat people may do{ "a": "111122223333" }Who may assume the role{}',
  );
  expect(others).toEqual([]);
  expect(
    pageWith(DATA, { hash: "#nothing" })
      .roles()
      .some(({ open }) => open),
  ).toBe(false);
});

test("for printing, every role is filled and open, and closed again after that", () => {
  const page = pageWith();
  page.on("beforeprint");
  expect(page.roles().map(({ open, children }) => [open, children.length])).toEqual(Array(3).fill([true, 6]));
  page.on("afterprint");
  expect(page.roles().filter(({ open }) => open)).toEqual([]);
});
