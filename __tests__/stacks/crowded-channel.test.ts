import { errorsOf } from "../support/errors";

const CHANNEL = "{ name: a, workspace: T1, channel: C1 }";

/** Environments with an access level each, one per line from line 3 on. */
function file(count: number, level: (index: number) => string): string {
  const environment = (index: number) => `  e${index}: { account: "${100_000_000_000 + index}", ${level(index)} }\n`;
  return `defaults: { region: us-east-1 }\nenvironments:\n${Array.from({ length: count }, (_, index) => environment(index)).join("")}`;
}

const message = (count: number) =>
  `received C1 of T1 in ${count} accounts (e0, e1, e2, e3, e4 and ${count - 5} more), expected it in at most 100, the AWS limit for a channel. Remove it from ${count - 100} of them, or use another channel there.`;

test("a channel may be in 100 accounts, and the same ID in another workspace is another channel", () => {
  const others = CHANNEL.replace("T1", "T2");
  expect(errorsOf(file(100, () => `full: { channels: [${CHANNEL}] }`))).toEqual([]);
  expect(errorsOf(file(200, (index) => `full: { channels: [${index < 100 ? CHANNEL : others}] }`))).toEqual([]);
});

test("in more, each line that has it is an error", () => {
  const errors = errorsOf(
    file(103, (index) => (index % 2 ? `full: { channels: [${CHANNEL}] }` : `read-only: { channels: [${CHANNEL}] }`)),
  );
  expect(errors).toHaveLength(103);
  expect(errors[0]).toBe(`environments.yaml:3:93: environments.e0.read-only.channels[0].channel: ${message(103)}`);
  expect(errors[102]).toBe(
    `environments.yaml:105:95: environments.e102.read-only.channels[0].channel: ${message(103)}`,
  );
});

test("what they share or merge is one line, with the number of environments that have it", () => {
  const shared = file(150, (index) => (index === 0 ? `full: &f { channels: [${CHANNEL}] }` : "full: *f"));
  const merged = file(150, (index) =>
    index === 0 ? `full: &f { channels: [${CHANNEL}] }` : "full: { <<: *f, path: /a/ }",
  );
  for (const yaml of [shared, merged]) {
    expect(errorsOf(yaml)).toEqual([
      `environments.yaml:3:91: environments.e0.full.channels[0].channel: ${message(150)} 149 other environments have it through the anchor "f".`,
    ]);
  }
});

test("a retired account leaves room for another", () => {
  const retired = (index: number) => (index === 7 ? ", retired: true" : "");
  expect(errorsOf(file(101, (index) => `full: { channels: [${CHANNEL}] }${retired(index)}`))).toEqual([]);
});
