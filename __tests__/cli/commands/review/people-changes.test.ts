import { peopleChanges } from "../../../../cli/commands/review/people-changes";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";

const NOW = "2026-06-01T00:00:00Z";
const CHANNEL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";

const environments = (keys: string) =>
  parseEnvironments(`environments: { paid: { account: "111122223333", region: us-east-1, ${keys} } }`, "e.yaml");

/** What the channel gains and loses. */
function changeOf(before: string, after: string) {
  const [head] = environments(after) as [Environment];
  const people = peopleChanges(environments(before), head, NOW);
  return people.find(({ kind }) => kind === "channel");
}

const full = (keys = "") => `full: { ${keys} ${CHANNEL} }`;
const temporary = (until: string) =>
  full(`without: [live-chat], temporarily: [{ capability: live-chat, until: ${until} }],`);

test.each([
  ["a capability that comes back", full("without: [live-chat],"), full(), [{ capability: "live-chat" }], []],
  ["one that is left out", full(), full("without: [live-chat],"), [], [{ capability: "live-chat", hasEnded: false }]],
  [
    "one for some time",
    full("without: [live-chat],"),
    temporary("2027-01-31"),
    [{ capability: "live-chat", until: "2027-02-01T00:00:00Z" }],
    [],
  ],
  [
    "one for longer",
    temporary("2027-01-31"),
    temporary("2027-02-28"),
    [{ until: "2027-03-01T00:00:00Z", before: "2027-02-01T00:00:00Z" }],
    [],
  ],
  ["one for good", temporary("2027-01-31"), full(), [{ until: undefined, before: "2027-02-01T00:00:00Z" }], []],
  [
    "one that ends sooner",
    temporary("2027-02-28"),
    temporary("2027-01-31"),
    [],
    [{ until: "2027-02-01T00:00:00Z", hasEnded: false }],
  ],
  [
    "one that gets an end that has passed",
    full(),
    temporary("2026-01-31"),
    [],
    [{ until: "2026-02-01T00:00:00Z", hasEnded: true }],
  ],
  [
    "one that had ended and comes back",
    temporary("2026-01-31"),
    full(),
    [{ capability: "live-chat", until: undefined }],
    [],
  ],
])("people gain and lose %s", (_, before, after, gains, loses) => {
  expect(changeOf(before, after)).toMatchObject({ gains, loses, endsWholly: false });
});

test.each([full("without: [live-chat],"), temporary("2026-02-28")])(
  "an end that passed and goes, or another that has passed, changes nothing: %j",
  (after) => {
    expect(changeOf(temporary("2026-01-31"), after)).toBeUndefined();
  },
);

test("an end of everything is told as one, unless it is of one capability, or there are two", () => {
  expect(changeOf(full(), full("until: 2027-01-31,"))).toMatchObject({ loses: { length: 7 }, endsWholly: true });
  const soonerChat =
    "until: 2027-02-28, without: [live-chat], temporarily: [{ capability: live-chat, until: 2027-01-31 }],";
  expect(changeOf(full(), full(soonerChat))).toMatchObject({ loses: { length: 7 }, endsWholly: false });
  const readOnly = (keys = "") => `read-only: { ${keys} ${CHANNEL} }`;
  const change = changeOf(readOnly(), readOnly("until: 2027-01-31,"));
  expect(change).toMatchObject({ loses: { length: 1 }, endsWholly: false });
});

test("a channel that gets another role is compared with what it could do with the first one", () => {
  const change = changeOf(full(), `full: {}, read-only: { ${CHANNEL} }`);
  expect([change?.gains, change?.loses.length, change?.owner]).toEqual([[], 6, "read-only"]);
});
