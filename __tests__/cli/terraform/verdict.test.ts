import { isSilent, mostSevere, needsApproval, VERDICTS, type Verdict } from "../../../cli/terraform/verdict";

test("the verdicts are in order of severity, from nothing to see to access that nobody manages", () => {
  expect(VERDICTS).toEqual(["unchanged", "cosmetic", "settings", "narrowed", "broadened", "unknown", "left-behind"]);
});

test.each<[(Verdict | false | undefined)[], Verdict]>([
  [[], "unchanged"],
  [["narrowed", "broadened", "settings"], "broadened"],
  [[false, "cosmetic", undefined], "cosmetic"],
])("the most severe of %j is %s", (verdicts, expected) => {
  expect(mostSevere(verdicts)).toBe(expected);
});

test.each<[Verdict, boolean, boolean]>([
  ["unchanged", true, false],
  ["cosmetic", true, false],
  ["settings", false, false],
  ["narrowed", false, false],
  ["broadened", false, true],
  ["unknown", false, true],
  ["left-behind", false, true],
])("after the verdict %s, nobody needs to look: %s, and somebody must approve: %s", (verdict, quiet, approval) => {
  expect(isSilent(verdict)).toBe(quiet);
  expect(needsApproval(verdict)).toBe(approval);
});
