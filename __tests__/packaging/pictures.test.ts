import { readFileSync } from "node:fs";
import { changedEnvironments, commentPage } from "../../packaging/pictures";
import { reportBetween, stacksOf } from "../support/edited-stack";

test("README's picture of a comment shows what README says of it: people in #support-oncall gain resolve-cases", () => {
  const text = `environments:
  production:
    account: "111122223333"
    region: us-east-1
    full:
      without: [resolve-cases]
      channels: [{ name: support-oncall, workspace: T012ABCDEFG, channel: C09876Z5YXW }]
`;
  const [base, head] = [text, changedEnvironments(text)].map(stacksOf);
  const cells = "<td>everyone in <code>#support-oncall</code></td>\n<td><strong>resolve-cases</strong></td>";
  expect(base && head && commentPage(reportBetween(base, head))).toContain(cells);
  expect(readFileSync("README.md", "utf8")).toContain(
    "\n![A pull request's comment: people in #support-oncall gain resolve-cases](docs/images/review-comment.png)\n",
  );
});
