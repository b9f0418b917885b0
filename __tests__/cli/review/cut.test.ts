import { cut } from "../../../cli/review/cut";
import { markdown } from "../../../cli/review/report";
import { reviewOf } from "../../../cli/review/review";
import { edited, fullRole } from "../../support/attacked-stack";

test("a name of very many backticks", () => {
  const found = edited((draft) => Object.assign(fullRole(draft), { name: "`a".repeat(200_000) }));
  expect(cut(markdown(reviewOf([found]))).length).toBeLessThanOrEqual(65_536);
});
