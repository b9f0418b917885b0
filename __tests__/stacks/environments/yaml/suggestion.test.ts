import { nearest } from "../../../../stacks/environments/yaml/suggestion";

// What is near is in bad-inputs/environments.yaml.
test.each<[received: unknown, choices: string[], meant: string | undefined]>([
  ["redonl", ["read-only"], "read-only"], // three edits: a third of its letters
  ["edonl", ["read-only"], undefined], // four
  ["fl", ["full"], undefined], // a single edit is allowed in a short word
  ["", ["a"], undefined],
  [1, ["a"], undefined],
  ["us-west-2", ["us-east-2", "us-west-1", "us-west-2"], "us-west-2"],
])("of %p, among %j, %p is meant", (received, choices, expected) => {
  expect(nearest(received, choices)).toBe(expected);
});
