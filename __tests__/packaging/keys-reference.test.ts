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
