import { readFileSync } from "node:fs";
import { files } from "../../package.json";
import { SCHEMAS, schemaText } from "../../packaging/schemas";
import { filesOf } from "../docs/pages";
import { thoroughTest } from "../support/thorough";

// It loads TypeScript, which only a thorough run needs.
jest.mock("ts-json-schema-generator", () => ({
  createGenerator: (config: object) => jest.requireActual("ts-json-schema-generator").createGenerator(config),
}));

/** From types, which takes seconds. */
const OF_REVIEW = "docs/review-report.schema.json";

const expectCurrent = (file: string) =>
  expect(readFileSync(file, "utf8")).toBe(schemaText(SCHEMAS[file] ?? (() => undefined)));

test.each(Object.keys(SCHEMAS).filter((file) => file !== OF_REVIEW))("%s is current: npm run schema", expectCurrent);
thoroughTest(`${OF_REVIEW} is current: npm run schema`, () => expectCurrent(OF_REVIEW));

test("every published schema is generated, and every generated one is in the package", () => {
  const published = filesOf("*.schema.json").filter((file) => !file.startsWith("__tests__/"));
  expect(Object.keys(SCHEMAS).sort()).toEqual(published.sort());
  const outside = published.filter((file) => !files.some((root) => file === root || file.startsWith(`${root}/`)));
  expect(outside).toEqual([]);
});
