import { keysReference } from "../../packaging/keys-reference";
import { environmentsJsonSchema } from "../../stacks/environments/environments-schema";

const reference = keysReference();

/** The section of a mapping. */
const section = (heading: string) => reference.split(/^(?=### )/m).find((text) => text.startsWith(`### ${heading}\n`));

/** The keys of all mappings below a schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inside]) => [
    ...(key === "properties" ? Object.keys(inside) : []),
    ...keysOf(inside),
  ]);
}

test("every key of the file has a line: a new mapping needs a section", () => {
  const listed = [...reference.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, key]) => key);
  expect(new Set(listed)).toEqual(new Set(keysOf(environmentsJsonSchema())));
});

test("a section has the mapping's meaning and each of its keys, with its values and whether it is required", () => {
  expect(section("`notify` of a channel")).toBe(`### \`notify\` of a channel

What the channel is notified of. Default: nothing.

| key | meaning | default |
| --- | --- | --- |
| \`severity\` | Cases that the channel is notified of. Values: \`none\`, \`high\`, \`all\`. | required |
| \`on\` | Events that the channel is notified of: at least one with severity high or all, none with severity none. Items: \`case-created\`, \`reply-added\`, \`case-resolved\`. |  |

`);
});
