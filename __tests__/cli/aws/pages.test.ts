import { BrokenAnswer } from "../../../cli/aws/broken-answer";
import { everyPage, pageOf } from "../../../cli/aws/pages";

test("every page is asked for with the token of the page before it, however large a page is", async () => {
  const huge = Array.from({ length: 200_000 }, (_, index) => index);
  const pages = new Map([
    [undefined, { items: huge, next: "more" }],
    ["more", { items: [-1] }],
  ]);
  expect(await everyPage<number>(async (token) => pages.get(token as undefined) ?? { items: [] })).toEqual([
    ...huge,
    -1,
  ]);
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

test.each([
  ["the last page of IAM", { Roles: [1], IsTruncated: false }, undefined],
  ["another page of IAM", { Roles: [1], Marker: "x" }, "x"],
  ["another page of another service", { Roles: [1], NextToken: "x" }, "x"],
])("%s", (_, answer, next) => {
  expect(pageOf(answer, "Roles")).toEqual({ items: [1], next });
});

test.each([
  [undefined, "received nothing as Roles, expected what AWS documents"],
  ["text", 'received "text" as Roles, expected a list'],
])("a page with %j as its list is a broken answer", (Roles, message) => {
  expect(() => pageOf({ Roles: Roles as never }, "Roles")).toThrow(new BrokenAnswer(message));
});
