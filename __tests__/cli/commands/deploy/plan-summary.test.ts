import { plansMarkdown, resourceLines, type ShownPlan } from "../../../../cli/commands/deploy/plan-summary";
import { MAX_SUMMARY } from "../../../../cli/forge/github/job";
import { readPlannedResource } from "../../../../cli/terraform/plan";
import { environmentOf } from "../../../support/live-account";

const resource = (address: string, actions: readonly string[], fields: object = {}) =>
  readPlannedResource({ address, type: "aws_iam_role", change: { actions }, ...fields });
const PLAN: ShownPlan = {
  environment: environmentOf("full: {}", "paid"),
  record: { digest: "d1", changes: [] },
  notes: [],
  resources: [
    resource("aws_iam_role.a", ["create"]),
    resource("aws_iam_role.b", ["no-op"]),
    resource("aws_iam_role.c", ["delete"], { deposed: "1" }),
    resource("aws_iam_role.d", ["explode"]),
  ],
  text: ["Terraform will", '  + name = "<b>@alice</b>"'],
};

test("a plan is shown with what it changes, its digest and Terraform's own text, in which nothing is Markdown", () => {
  const notes = [
    "AWS has other settings of the channel `C1`. The plan is made from what AWS has, which a deploy puts into the state first.",
  ];
  expect(plansMarkdown([{ ...PLAN, notes }], MAX_SUMMARY)).toBe(`## Plan of \`paid\`, account \`111122223333\`

3 resources and 0 outputs to change. The deploy applies exactly this plan, with the digest \`d1\`, or nothing.

- \`\`AWS has other settings of the channel \`C1\`. The plan is made from what AWS has, which a deploy puts into the state first.\`\`

| action | resource | what it is |
| --- | --- | --- |
| create | \`aws_iam_role.a\` |  |
| delete | \`aws_iam_role.c\`, which is left over |  |
| unknown | \`aws_iam_role.d\` |  |

<details><summary>Terraform's plan</summary>

    Terraform will
      + name = "<b>@alice</b>"

</details>
`);
});

test("an environment that stays as it is has no table and no text", () => {
  expect(plansMarkdown([{ ...PLAN, resources: [], text: [] }], MAX_SUMMARY)).toBe(
    "## Plan of `paid`, account `111122223333`\n\n0 resources and 0 outputs to change. The deploy applies exactly this plan, with the digest `d1`, or nothing.\n\n",
  );
});

test("texts that don't fit into the summary, alone or with those before, are left out, and the next one that fits isn't", () => {
  const textOf = (share: number) => ({ ...PLAN, text: ["x".repeat(share * MAX_SUMMARY)] });
  const markdown = plansMarkdown([textOf(1), textOf(0.6), textOf(0.6), PLAN], MAX_SUMMARY);
  expect(markdown.length).toBeLessThan(MAX_SUMMARY);
  const details = /<details>|Terraform's plan is too long for this page\. It is in the log of this job\./g;
  expect(markdown.match(details)?.map((text) => text === "<details>")).toEqual([false, true, false, true]);
});

test("whatever else a plan does is in the table: moves, imports, what it forgets, outputs and what isn't known", () => {
  const resources = [
    resource("a.moved[0]", ["no-op"], { previous_address: "a.before" }),
    resource("a.both", ["update"], {
      previous_address: "a.old",
      change: { actions: ["update"], importing: { id: "i-1" } },
    }),
    resource("a.imported", ["no-op"], { change: { actions: ["no-op"], importing: { id: "i-2" } } }),
    resource("a.identity", ["no-op"], { change: { actions: ["no-op"], importing: { identity: {} } } }),
    resource("a.forgotten", ["forget"]),
    resource("a.same", ["no-op"]),
  ];
  const changes = [
    { kind: "resource", name: "a.forgotten", digest: "" },
    { kind: "output", name: "arn", digest: "" },
    { kind: "section", name: "action_invocations", digest: "" },
  ] as const;
  const markdown = plansMarkdown(
    [{ ...PLAN, resources, record: { digest: "d1", changes: [...changes] } }],
    MAX_SUMMARY,
  );
  expect(markdown).toContain("5 resources and 1 output to change.");
  expect(markdown.split("\n").filter((line) => line.startsWith("| "))).toEqual([
    "| action | resource | what it is |",
    "| --- | --- | --- |",
    "| move | `a.moved[0]`, moved from `a.before` |  |",
    "| update, import, move | `a.both`, imports `i-1`, moved from `a.old` |  |",
    "| import | `a.imported`, imports `i-2` |  |",
    "| import | `a.identity` |  |",
    "| forget | `a.forgotten` |  |",
    "| change | output `arn` |  |",
    "| change | section `action_invocations` |  |",
  ]);
});

test("what Terraform shows as unknown or sensitive is in words beside its address: a channel's name, access and notifications", () => {
  // GIVEN
  const environment = environmentOf(
    "slack-workspaces: [T1], account-alias: mine, full: { channels: [{ name: oncall, workspace: T1, channel: C1, notify: { severity: high, events: [case-created] } }] }, teams: { pay: { access: read-only, channels: [{ name: pay, workspace: T1, channel: C2 }] } }",
  );
  const type = "aws_cloudcontrolapi_resource";
  const TYPES: Readonly<Record<string, string>> = {
    channel: "AWS::SupportApp::SlackChannelConfiguration",
    account: "AWS::SupportApp::AccountAlias",
    workspace: "AWS::SupportApp::SlackWorkspaceConfiguration",
  };
  const live = (name: string, actions: readonly string[], desired?: object) =>
    resource(`${type}.${name}`, actions, {
      type,
      change: {
        actions,
        before: desired && { type_name: TYPES[name.split("_")[0] ?? ""], desired_state: JSON.stringify(desired) },
      },
    });
  const resources = [
    live("channel_T1_C1", ["create"]),
    live("channel_T1_C2", ["update"]),
    live("channel_T1_C9", ["delete"], { TeamId: "T1", ChannelId: "C9", ChannelName: "old", ChannelRoleArn: "arn" }),
    live("workspace_T1", ["create"]),
    live("workspace_T9", ["delete"], { TeamId: "T9" }),
    live("account_alias", ["create"]),
    live("other", ["delete"], { TeamId: "T7" }),
    live("channel_T1_C1", ["no-op"]),
  ];
  // WHEN, THEN
  expect(resourceLines(environment, resources)).toEqual([
    `${type}.channel_T1_C1 (create): channel #oncall (C1 of T1): full access, notifications high: case-created.`,
    `${type}.channel_T1_C2 (update): channel #pay (C2 of T1): read-only access of team pay, no notifications.`,
    `${type}.channel_T1_C9 (delete): channel #old (C9 of T1), with the role arn.`,
    `${type}.workspace_T1 (create): Slack workspace T1.`,
    `${type}.workspace_T9 (delete): Slack workspace T9.`,
    `${type}.account_alias (create): account alias mine.`,
    `${type}.other (delete): not of environments.yaml.`,
  ]);
  const alias = live("account_alias", ["delete"], { AccountAlias: "mine" });
  expect(resourceLines({ ...environment, accountAlias: undefined }, [alias])).toEqual([
    `${type}.account_alias (delete): account alias mine.`,
  ]);
  const markdown = plansMarkdown([{ ...PLAN, environment, resources }], MAX_SUMMARY);
  expect(markdown).toContain(
    `| create | \`${type}.channel_T1_C1\` | \`channel #oncall (C1 of T1): full access, notifications high: case-created\` |`,
  );
});
