import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A test's title: the first argument of `test`, or what follows the table of its cases. */
const TITLE = /(?:\btest|[\])]|\bas const\))\(\s*(["'`])(.*?)\1,\s*(?:async )?(?:\(|\w+ =>)/g;

/** How a title begins that goes on with another one, mostly its describe's. */
const GOES_ON =
  /^(and|but|nor|not|which|that|who|(is|are|was|has|have|does|do|can|may|must|need)(n't|not)?|can't|says|needs|gets|keeps)\b/;

test("a test's title is a sentence by itself, and doesn't go on with another title", () => {
  const files = readdirSync("__tests__", { recursive: true, encoding: "utf8" }).filter((path) =>
    /\.(test|e2e)\.ts$/.test(path),
  );
  const titles = files.flatMap((path) =>
    [...readFileSync(join("__tests__", path), "utf8").matchAll(TITLE)].map(([, , title = ""]) => ({ path, title })),
  );
  expect(titles.length).toBeGreaterThan(1500);
  expect(titles.filter(({ title }) => GOES_ON.test(title))).toEqual([]);
});
