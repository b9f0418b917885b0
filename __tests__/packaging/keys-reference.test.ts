import { keysReference } from "../../packaging/keys-reference";
import { environmentsJsonSchema } from "../../stacks/environments/environments-schema";

const reference = keysReference();

/** The keys of all mappings below a schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, child]) => [
    ...(key === "properties" ? Object.keys(child) : []),
    ...keysOf(child),
  ]);
}

test("every key of the file has a line: a new mapping needs a section", () => {
  const keyNames = [...reference.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, key]) => key);
  expect(new Set(keyNames)).toEqual(new Set(keysOf(environmentsJsonSchema())));
});

test("a list of values stands once, and a long list isn't printed", () => {
  const rows = (key: string) => reference.match(new RegExp(`^\\| \`${key}\` .*$`, "gm")) ?? [];
  expect(rows("severity")[0]).toContain("Values: `none`, `high`, `all`.");
  expect(rows("policy")[0]).not.toContain("Values: ");
  expect(rows("region").map((row) => row.includes("in the schema"))).toEqual([false, true]);
});
