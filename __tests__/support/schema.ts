import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SCHEMAS, schemaText } from "../../packaging/schemas";

/** A test that a published schema is what its source makes. To be called where tests are described. */
export function testSchema(file: string): void {
  const path = resolve(file); // a test may run in another folder
  test(`${file} is current: npm run schema`, () => {
    expect(readFileSync(path, "utf8")).toBe(schemaText(SCHEMAS[file] ?? (() => undefined)));
  });
}
