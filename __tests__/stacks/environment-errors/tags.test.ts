import { environment, expectErrors } from "./expected";

const TAG_KEY =
  'a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @, other than "for", "__proto__" and "_children", and not beginning with - or aws:';

const TAG_VALUE = "a tag value of at most 256 letters, digits, spaces and _ . : / = + - @";

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
    [
      "a tag key of AWS's",
      environment("full: { tags: { 'AWS:owner': x } }"),
      `5:21: test.full.tags."AWS:owner": received "AWS:owner", expected ${TAG_KEY}.`,
    ],
    [
      "a tag with both a bad key and a bad value",
      environment("full: { tags: { 'aws:x': 5 } }"),
      `5:21: test.full.tags."aws:x": received "aws:x", expected ${TAG_KEY}.`,
      `5:30: test.full.tags."aws:x": received the number 5, expected ${TAG_VALUE}, in quotes.`,
    ],
    [
      "a tag value that isn't a string",
      environment("full: { tags: { Cost: 5 } }"),
      `5:27: test.full.tags.Cost: received the number 5, expected ${TAG_VALUE}, in quotes.`,
    ],
    [
      "a tag value too long",
      environment(`full: { tags: { Cost: ${"5a".repeat(129)} } }`),
      `5:27: test.full.tags.Cost: received "${"5a".repeat(30)}…" (258 characters), expected ${TAG_VALUE}.`,
    ],
    [
      "tags as a list",
      environment("full: { tags: [Owner] }"),
      "5:13: test.full.tags: received a list, expected a mapping of tag keys to tag values.",
    ],
    [
      "two tag keys that differ in case, from two layers",
      environment("tags: { Owner: a }", "full: { tags: { owner: b } }"),
      '6:28: test.full.tags.owner: received the tag keys "Owner" and "owner", expected keys that differ in more than case, which IAM ignores.',
    ],
    [
      "51 tags of one layer, one of them wrong as well",
      environment(
        `tags: { ${Array.from({ length: 50 }, (_, index) => `t${index}: ""`).join(", ")}, last: 5 }`,
        "read-only: {}",
        "full: {}",
      ),
      "5:5: test.tags: received a mapping of 51, expected at most 50 tags, the IAM limit for a role or a policy.",
      `5:459: test.tags.last: received the number 5, expected ${TAG_VALUE}, in quotes.`,
    ],
    [
      "51 tags from two layers, reported once for both levels",
      `defaults: { tags: { first: "" } }\n${environment(
        `tags: { ${Array.from({ length: 50 }, (_, index) => `t${index}: ""`).join(", ")} }`,
        "read-only: {}",
        "full: {}",
      )}`,
      "6:5: test.tags: received 51 tags, expected at most 50, the IAM limit for a role or a policy.",
    ],
  ])("%s", (_, yaml, ...errors) => expectErrors(yaml, errors));
});
