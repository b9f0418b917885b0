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

test("what no key has follows the meaning", () => {
  expect(section("An environment")?.split("\n")[2]).toBe(
    "One AWS account in one region: one Terraform stack. At least one of `read-only` and `full` is required, unless the environment is retired.",
  );
});

test.each([
  ["An environment", "| `backend` | Where the Terraform state is kept. | `{ type: local }` |"],
  [
    "`read-only` and `full`",
    "| `max-session-duration` | Longest session of the role, in seconds. From 3600 to 43200. | `3600` |",
  ],
  ["`backend` in a file", "| `type` | Values: `local`. | required |"],
  [
    "An item of `channels`",
    "| `private` | required: `doctor --slack` is unhealthy if the channel is public. Values: `required`. |  |",
  ],
])("%s has the line %s", (heading, line) => {
  expect(section(heading)?.split("\n")).toContain(line);
});
