import { everyPage } from "../../../cli/aws/pages";

test("a page may be as large as an answer", async () => {
  const huge = Array.from({ length: 300_000 }, (_, index) => index);
  const pages = [{ items: huge, next: "more" }, { items: [-1] }];
  expect(await everyPage(async (token) => pages[token === undefined ? 0 : 1] ?? { items: [] })).toEqual([...huge, -1]);
});
