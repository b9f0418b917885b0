import { capabilityLines } from "../../../../cli/review/report/capability-lines";
import type { CapabilityChanges } from "../../../../cli/terraform/capability-changes";

const VIEW =
  "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)";
const RESOLVE = "  - resolve-cases: resolve a case (`support:ResolveCase`)";
const NOTHING: CapabilityChanges = { gained: [], lost: [], limited: [] };

test("people gain, lose, keep and can do: in the plural, and a role's user in the singular", () => {
  const changes: CapabilityChanges = {
    ...{ gained: ["view-cases"], lost: ["resolve-cases"] },
    ...{ shortened: ["view-cases"], limited: ["resolve-cases"] },
  };
  expect(capabilityLines("People", false, changes)).toEqual([
    ...["- People **gain**:", VIEW, "- People **lose**:", RESOLVE],
    ...["- People **keep for a shorter time** than before:", VIEW],
    ...["- People can do **only under some conditions**, which the table shows:", RESOLVE],
  ]);
  expect(capabilityLines("Whoever", true, changes).filter((line) => line.startsWith("- "))).toEqual([
    "- Whoever **gains**:",
    "- Whoever **loses**:",
    "- Whoever **keeps for a shorter time** than before:",
    "- Whoever can do **only under some conditions**, which the table shows:",
  ]);
});

test("nothing gained and nothing lost is nothing said", () => {
  expect(capabilityLines("People", false, NOTHING)).toEqual([]);
});

test("an end stands beside what is gained, and the one before", () => {
  const [first, second] = ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"];
  const ends = { before: { "resolve-cases": first }, after: { "resolve-cases": second } };
  expect(capabilityLines("People", false, { ...NOTHING, gained: ["resolve-cases"], ends })).toEqual([
    "- People **gain**:",
    `${RESOLVE}, until the end of 2026-02-01 (UTC); before: until the end of 2026-01-01 (UTC)`,
  ]);
});
