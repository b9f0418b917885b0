import { BrokenAnswer } from "../../../cli/aws/broken-answer";
import { everyPage, iamPageOf, pageOf } from "../../../cli/aws/pages";

test("every page is asked for with the token of the page before it, however large a page is", async () => {
  const huge = Array(150_000).fill("a"); // more than a function takes as arguments
  const pages = new Map([
    [undefined, { items: ["first", ...huge], next: "more" }],
    ["more", { items: ["last"] }],
  ]);
  const found = await everyPage<string>(async (token) => pages.get(token as undefined) ?? { items: [] });
  expect([found.length, found[0], found[1], found.at(-2), found.at(-1)]).toEqual([150_002, "first", "a", "a", "last"]);
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

test("a page is the last one, or goes on, or is a broken answer", () => {
  expect(pageOf({ Roles: [1], NextToken: "x" }, "Roles")).toEqual({ items: [1], next: "x" });
  expect(pageOf({ Roles: [1] }, "Roles")).toEqual({ items: [1], next: undefined });
  expect(iamPageOf({ Roles: [1], IsTruncated: false }, "Roles")).toEqual({ items: [1], next: undefined });
  expect(iamPageOf({ Roles: [1], IsTruncated: true, Marker: "x" }, "Roles")).toEqual({ items: [1], next: "x" });
  const broken = new BrokenAnswer("received nothing as Marker, expected what AWS documents");
  expect(() => iamPageOf({ Roles: [1], IsTruncated: true }, "Roles")).toThrow(broken);
});

test.each([
  [undefined, "received nothing as Roles, expected what AWS documents"],
  ["text", 'received "text" as Roles, expected a list'],
])("a page with %j as its list is a broken answer", (Roles, message) => {
  expect(() => pageOf({ Roles: Roles as never }, "Roles")).toThrow(new BrokenAnswer(message));
});
