import { BrokenAnswer } from "../../common/broken-answer";
import { everyPage } from "../../common/every-page";

test("every page is asked for with the token of the page before it, however large a page is", async () => {
  const huge = Array(150_000).fill("a"); // more than a function takes as arguments
  const pages = new Map([
    [undefined, { items: ["first", ...huge], next: "more" }],
    ["more", { items: ["last"] }],
  ]);
  const items = await everyPage<string>(async (token) => pages.get(token as undefined) ?? { items: [] });
  expect([items.length, items[0], items[1], items.at(-2), items.at(-1)]).toEqual([150_002, "first", "a", "a", "last"]);
});

test("after 100 pages without an end, the answer is broken", async () => {
  let count = 0;
  const broken = new BrokenAnswer("received more than 100 pages, expected an end");
  await expect(everyPage(async () => ({ items: [], next: String(count++) }))).rejects.toThrow(broken);
  expect(count).toBe(100);
});

test("pages in a circle are a broken answer", async () => {
  let count = 0;
  const broken = new BrokenAnswer("received a page that leads back to an earlier one, expected an end");
  await expect(everyPage(async () => ({ items: [], next: String(count++ % 3) }))).rejects.toThrow(broken);
  expect(count).toBe(4);
});
