import { endedLines } from "../../../../cli/commands/deploy/ended-access";
import { environmentOf } from "../../../support/live-account";

const NOW = new Date("2026-06-01T12:00:00Z");

test("access that has ended, and capabilities of access that hasn't, are named with their ends", () => {
  const yaml =
    "read-only: { until: 2026-05-31 }, full: { without: [live-chat, resolve-cases], temporarily: [{ capability: live-chat, until: 2026-01-31 }, { capability: resolve-cases, until: 2026-12-31 }] }";
  expect(endedLines(environmentOf(yaml, "one"), NOW)).toEqual([
    "The read-only access of one ended at the end of 2026-05-31 (UTC): people in its channels can do nothing. Remove it from environments.yaml, not only its until, or set a later until.",
    "live-chat of the full access of one ended at the end of 2026-01-31 (UTC): people in its channels can't use it. Remove it from temporarily, or set a later until.",
  ]);
});

test("what ended before all of the access isn't named a second time", () => {
  const yaml =
    "full: { until: 2026-05-01, without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-01-31 }] }";
  expect(endedLines(environmentOf(yaml), NOW)).toEqual([expect.stringContaining("can do nothing")]);
});

test.each([
  ["without an end", "full: {}"],
  ["that ends today", "full: { until: 2026-06-01 }"],
  ["of a retired environment", "full: { until: 2026-05-31 }, retired: true"],
])("access %s isn't named", (_, yaml) => {
  expect(endedLines(environmentOf(yaml), NOW)).toEqual([]);
});
