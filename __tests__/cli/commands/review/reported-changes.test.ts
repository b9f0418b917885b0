import MarkdownIt from "markdown-it";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { ACCOUNT, edited, fullRole } from "../../../support/attacked-stack";
import { CHANNEL, type Draft } from "../../../support/edited-stack";
import { paid, reviewedFoldersInTests } from "../../../support/reviewed-folders";

const { review, folderOf, ALL } = reviewedFoldersInTests();

test("whoever may assume the role is named, and marked if they are in another account", () => {
  const trusting = (identifier: string) =>
    edited((draft) =>
      draft.data.aws_iam_policy_document.full_trust.statement[0].principals.push({
        type: "AWS",
        identifiers: [identifier],
      }),
    );
  const report = (identifier: string) => markdown(reviewOf([trusting(identifier)]));
  expect(report("arn:aws:iam::999999999999:root")).toContain(
    "| gains | anybody in the account `999999999999` (**another account**), with the role `AWSSupportAppFullRole` | `sts:AssumeRole` |",
  );
  expect(report("arn:aws:iam::999999999999:role/Theirs")).toContain(
    "| gains | `arn:aws:iam::999999999999:role/Theirs` (**another account**), with",
  );
  expect(report(ACCOUNT)).toContain(`| gains | anybody in the account \`${ACCOUNT}\`, with`);
  expect(report("*")).toContain("| gains | anybody, with the role");
  expect(trusting("arn:aws-cn:iam::999999999999:root").unreadable).toMatchObject([{ reason: "unusual-principal" }]);
  // A role of the same account is known by a name that somebody else may get.
  expect(trusting(`arn:aws:iam::${ACCOUNT}:role/Boss`).unreadable).toMatchObject([{ reason: "unusual-principal" }]);
});

describe("the report correctly shows who gains what", () => {
  test("a wider pattern beside a narrower one", () => {
    const found = edited((draft) =>
      draft.data.aws_iam_policy_document.full.statement[0].actions.push("support:?", "support:*"),
    );
    expect(markdown(reviewOf([found]))).toContain("| gains | people in `#oncall` | `support:*` | everything |");
  });

  test("a role with another address that may do one thing less", () => {
    const found = edited((draft) => {
      for (const all of Object.values<Draft>(draft.resource)) {
        if (!all.full) continue;
        all.watch = JSON.parse(
          JSON.stringify(all.full)
            .replaceAll(/\.full(?=[."])/g, ".watch")
            .replaceAll(".full_trust.", ".watch_trust."),
        );
        delete all.full;
      }
      const documents = draft.data.aws_iam_policy_document;
      documents.watch = documents.full;
      documents.watch_trust = documents.full_trust;
      delete documents.full;
      delete documents.full_trust;
      documents.watch.statement[0].actions.pop();
      draft.output.full_role_arn.value = "${aws_iam_role.watch.arn}";
      const channel = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      channel.desired_state = channel.desired_state.replace("aws_iam_role.full", "aws_iam_role.watch");
      channel.depends_on = channel.depends_on.map((one: string) => one.replace(".full", ".watch"));
    });
    const report = markdown(reviewOf([found]));
    expect(report.match(/\| (gains|loses) \| people in `#oncall` .*/g)).toEqual([
      "| loses | people in `#oncall` | `support:ResolveCase` | everything |  |  |",
    ]);
    expect(report).toContain("- `#oncall` (`C01`): its role `AWSSupportAppFullRole` has a new address in Terraform.");
  });

  test("a condition more or less in the trust: before and after", () => {
    const narrowed = edited((draft) => {
      const [statement] = draft.data.aws_iam_policy_document.full_trust.statement;
      statement.condition.push({ test: "StringEquals", variable: "aws:RequestedRegion", values: ["us-east-1"] });
    });
    expect(markdown(reviewOf([narrowed]))).toContain(
      `| \`aws:SourceAccount\` \`StringEquals\` \`${ACCOUNT}\` → \`aws:requestedregion\` \`StringEquals\` \`us-east-1\` and \`aws:SourceAccount\` \`StringEquals\` \`${ACCOUNT}\` |`,
    );
    const broadened = edited((draft) => {
      delete draft.data.aws_iam_policy_document.full_trust.statement[0].condition;
    });
    expect(markdown(reviewOf([broadened]))).toContain(
      `| \`aws:SourceAccount\` \`StringEquals\` \`${ACCOUNT}\` → always |`,
    );
  });

  test("a longer session duration and new names of policies", () => {
    const found = edited((draft) => {
      fullRole(draft).max_session_duration = 43200;
      draft.resource.aws_iam_policy.full.name = "Other";
    });
    const report = markdown(reviewOf([found]));
    expect(report).toContain(
      "The maximum session duration of the role `AWSSupportAppFullRole` changes: IAM's default → 43200 seconds.",
    );
    expect(report).toContain(
      "The policies of the role `AWSSupportAppFullRole` have new names: `/AWSSupportAppFullRolePolicy` → `/Other`.",
    );
  });

  test("a forbidden part is reported once", () => {
    const found = edited((draft) => Object.assign(fullRole(draft), { description: '${file("a")}' }));
    const report = markdown(reviewOf([found]));
    expect(report.split("a value that depends on something outside of the Terraform").length).toBe(2);
  });

  test("more principals than AWS allows in a trust policy are too many to try", () => {
    const found = edited((draft) => {
      const identifiers = Array.from({ length: 3000 }, (_, index) => `s${index}.amazonaws.com`);
      draft.data.aws_iam_policy_document.full_trust.statement[0].principals.push({ type: "Service", identifiers });
    });
    expect(found.verdict).toBe("unknown");
  });
});

/** What GitHub shows of a report, without what stands as code. */
function outsideOfCode(report: string): string {
  return new MarkdownIt({ html: true, linkify: true }).render(report).replace(/<code>[^<]*<\/code>/g, "");
}

test("nothing in a change becomes Markdown, HTML, a mention or a link: it is shown as code", async () => {
  const evil = "@everyone <img src=x> [a](http://b) | `c` ``d \u202e **e** #1 https://evil.example ops@evil.example \\";
  const text = paid("{}").paid ?? "";
  const head = folderOf({ paid: text.replaceAll('"support:CreateCase"', JSON.stringify(evil)) });
  const { output } = await review("--base", ALL, "--head", head);
  expect(output).not.toContain("\u202e");
  expect(output).toContain("https://evil.example");
  expect(outsideOfCode(output)).not.toMatch(/everyone|<img|<a |<strong>e|evil|#1/);
  const rows = outsideOfCode(output).match(/<tr>.*?<\/tr>/gs) ?? [];
  for (const row of rows) expect(row.match(/<t[dh]/g)).toHaveLength(6); // no cell is split
});

test("a name that looks like a mention, an issue or an address is shown as code", async () => {
  const evil = (name: string) =>
    `{ role-name: "${name}@acme", channels: [{ name: "123", workspace: T01, channel: C01 }] }`;
  const { output } = await review("--base", folderOf(paid(evil("a"))), "--head", folderOf(paid(evil("b"))));
  expect(output).toContain("b@acme");
  expect(outsideOfCode(output)).not.toMatch(/acme|123/);
});

test("an unsupported value is shown, but only as much of it as helps", async () => {
  const head = folderOf({
    paid: (paid("{}").paid ?? "").replaceAll('"support:CreateCase"', `"support:${"Create".repeat(100)}-Case"`),
  });
  const { status, output } = await review("--base", ALL, "--head", head);
  expect(status).toBe(3);
  expect(output).toMatch(
    /^- Unsupported: an action in a form that AWS may refuse, in `aws_iam_role\.full` \(`support:(create){48,50}c?.{0,5}… \(613 characters\)`\)\.$/m,
  );
});
