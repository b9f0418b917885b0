import { BrokenAnswer } from "../../../cli/aws/broken-answer";
import { everyPage, iamPage, pageOf } from "../../../cli/aws/pages";

test("a page may be as large as an answer", async () => {
  const huge = Array.from({ length: 300_000 }, (_, index) => index);
  const pages = [{ items: huge, next: "more" }, { items: [-1] }];
  expect(await everyPage(async (token) => pages[token === undefined ? 0 : 1] ?? { items: [] })).toEqual([...huge, -1]);
});

test.each([
  ["the last page of IAM", iamPage({ Roles: [1], IsTruncated: false, Marker: "x" }, "Roles"), undefined],
  ["another page of IAM", iamPage({ Roles: [1], IsTruncated: true, Marker: "x" }, "Roles"), "x"],
  ["the last page of another service", pageOf({ Roles: [1] }, "Roles"), undefined],
  ["another page of another service", pageOf({ Roles: [1], NextToken: "x" }, "Roles"), "x"],
])("%s", (_, page, next) => {
  expect(page).toEqual({ items: [1], next });
});

test.each<[string, () => unknown]>([
  ["nothing as Roles", () => iamPage({ IsTruncated: false }, "Roles")],
  ["nothing as Roles", () => pageOf({}, "Roles")],
  ["nothing as IsTruncated", () => iamPage({ Roles: [] }, "Roles")],
  ["nothing as Marker", () => iamPage({ Roles: [], IsTruncated: true, Marker: "" }, "Roles")],
  ["no list as Roles", () => pageOf({ Roles: 5 as never }, "Roles")],
])("a page with %s is broken", (what, read) => {
  expect(read).toThrow(new BrokenAnswer(`received ${what}, expected what AWS documents`));
});
