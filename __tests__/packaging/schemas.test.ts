import { files } from "../../package.json";
import { SCHEMAS } from "../../packaging/schemas";
import { filesOf } from "../docs/pages";

test("every published schema is generated, and every generated one is in the package", () => {
  const published = filesOf("*.schema.json").filter((file) => !file.startsWith("__tests__/"));
  expect(Object.keys(SCHEMAS).sort()).toEqual(published.sort());
  const outside = published.filter((file) => !files.some((root) => file === root || file.startsWith(`${root}/`)));
  expect(outside).toEqual([]);
});
