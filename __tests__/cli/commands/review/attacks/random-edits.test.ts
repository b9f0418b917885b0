import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { environmentChanges } from "../../../../../cli/commands/review/environment-change";
import { passes } from "../../../../support/attacked-stack";
import { NOW } from "../../../../support/now";
import { randomEdits, stacksOf } from "../../../../support/random-edits";
import { judge } from "../../../../support/terraform-model";
import { isThorough, propertyRuns } from "../../../../support/thorough";

test("no random edit of a stack passes that gives somebody more, or may, by a model of Terraform and IAM", () => {
  const counts = { all: 0, passed: 0, gaining: 0 };
  fc.assert(
    fc.property(randomEdits, (edits) => {
      const { base, head } = stacksOf(edits);
      if (isDeepStrictEqual(base, head)) return;
      const [change] = environmentChanges(new Map([["paid", base]]), new Map([["paid", head]]), NOW);
      const judgement = judge(base, head);
      const gains = judgement.is === "applied" ? judgement.gains : [];
      counts.all++;
      if (gains.length > 0) counts.gaining++;
      if (!change || !passes(change)) return;
      counts.passed++;
      expect(gains).toEqual([]);
      expect(judgement).not.toMatchObject({ is: "unknown" });
    }),
    { numRuns: propertyRuns(isThorough ? 20_000 : 6_000) },
  );
  // Otherwise, this would prove nothing.
  expect(counts.passed / counts.all).toBeGreaterThan(0.1);
  expect(counts.gaining / counts.all).toBeGreaterThan(0.05);
});
