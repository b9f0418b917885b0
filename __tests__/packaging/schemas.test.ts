import { readFileSync } from "node:fs";
import { files } from "../../package.json";
import { SCHEMAS, schemaText } from "../../packaging/schemas";
import { filesOf } from "../docs/pages";

test.each(Object.keys(SCHEMAS))("%s is current: npm run schema", (file) => {
  expect(readFileSync(file, "utf8")).toBe(schemaText(SCHEMAS[file] ?? (() => undefined)));
});

test("every published schema is generated, and every generated one is in the package", () => {
  const published = filesOf("*.schema.json").filter((file) => !file.startsWith("__tests__/"));
  expect(Object.keys(SCHEMAS).sort()).toEqual(published.sort());
  const outside = published.filter((file) => !files.some((root) => file === root || file.startsWith(`${root}/`)));
  expect(outside).toEqual([]);
});
