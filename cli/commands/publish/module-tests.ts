import {
  ACCESS_LEVELS,
  type AccessLevel,
  addressOfLevel,
  capabilitiesOf,
} from "../../../modules/support-app/model/access-level";
import { actionsOf, OPTIONAL_CAPABILITIES } from "../../../modules/support-app/model/capability";
import { MAX_CHANNELS, MAX_WORKSPACES } from "../../../modules/support-app/model/channel-set";
import { SUPPORT_APP_SERVICE } from "../../../modules/support-app/model/policy-statements";
import { toHcl } from "../../../stacks/output/hcl";
import { listOf } from "../../../stacks/portable/module-variable";
import { variableOf } from "../../../stacks/portable/module-variables";
import type { Files } from "./published-folder";

const DOCUMENT = '{"Version":"2012-10-17","Statement":[]}';

/** Mocked values that other resources read. */
const MOCKED_AWS = {
  mock_data: { aws_iam_policy_document: { defaults: { json: DOCUMENT, minified_json: DOCUMENT } } },
  mock_resource: {
    aws_iam_role: { defaults: { arn: "arn:aws:iam::111122223333:role/mocked" } },
    aws_iam_policy: { defaults: { arn: "arn:aws:iam::111122223333:policy/mocked" } },
  },
};

const ACCOUNT = "111122223333";
const READ_ONLY = addressOfLevel("read-only");
const WATCH = { workspace: "T012ABCDEFG", channel: "C01234A5BCD", name: "support-watch" };
const ONCALL = { workspace: "T012ABCDEFG", channel: "C09876Z5YXW", name: "support-oncall" };

/** Terraform test runs by name. */
type Runs = Readonly<Record<string, object>>;

/** The tests of a publication's modules, for `terraform test`. They don't need AWS. */
export function moduleTests(): Files {
  const file = (run: Runs) => toHcl({ mock_provider: { aws: MOCKED_AWS }, run });
  return new Map([
    ["tests/access.tftest.hcl", file(accessRuns())],
    ["tests/channels.tftest.hcl", file(channelRuns())],
    ["tests/guardrail.tftest.hcl", file(guardrailRuns())],
    ["tests/refusals.tftest.hcl", file(refusalRuns())],
  ]);
}

function accessRuns(): Runs {
  const levels = Object.keys(ACCESS_LEVELS) as AccessLevel[];
  const defaults = levels.map((access) => {
    const { capabilities } = ACCESS_LEVELS[access];
    return [
      `${addressOfLevel(access)}_by_default`,
      ofLevel(access, {}, [
        equal("output.capabilities", capabilities, `People have the capabilities of ${access}.`),
        grants(access, actionsOf(capabilities)),
        trustsOnlySupportApp(access),
      ]),
    ] as const;
  });
  const narrowed = [["resolve-cases"], OPTIONAL_CAPABILITIES] as const;
  const without = narrowed.map((leftOut) => {
    const left = capabilitiesOf("full", leftOut);
    const variables = Object.fromEntries(leftOut.map((capability) => [variableOf(capability), false]));
    return [
      `full_without_${leftOut.length > 1 ? "everything_else" : variableOf(leftOut[0])}`,
      ofLevel("full", variables, [
        equal("output.capabilities", left, `People can do everything but ${leftOut.join(", ")}.`),
        grants("full", actionsOf(left)),
      ]),
    ] as const;
  });
  const awsManaged = ofLevel("read-only", { policy: "aws-managed", source_account: ACCOUNT }, [
    equal("output.policy_arn", ACCESS_LEVELS["read-only"].awsManagedPolicyArn, "The role has AWS's policy."),
    assert(`length(aws_iam_policy.${READ_ONLY}) == 0`, "There is no customer managed policy."),
    trustsOnlySupportApp("read-only", [ACCOUNT]),
  ]);
  return Object.fromEntries([...defaults, ...without, ["aws_managed_and_for_one_account", awsManaged]]);
}

/** A test of a single access level's module. */
function ofLevel(access: AccessLevel, variables: object, asserted: readonly object[]): object {
  return { command: "plan", module: { source: `./modules/support-app-${access}` }, variables, assert: asserted };
}

function grants(access: AccessLevel, actions: readonly string[]): object {
  const document = `data.aws_iam_policy_document.${addressOfLevel(access)}`;
  return assert(
    same(`sort(tolist(${document}.statement[0].actions))`, [...actions].sort()),
    "The policy allows exactly these actions.",
  );
}

/** @param accounts the only accounts on whose behalf it may be assumed; empty: any */
function trustsOnlySupportApp(access: AccessLevel, accounts: readonly string[] = []): object {
  const statements = `data.aws_iam_policy_document.${addressOfLevel(access)}_trust.statement`;
  const inside = (blocks: string, list: string) =>
    `flatten([for statement in ${statements} : [for one in statement.${blocks} : tolist(one.${list})]])`;
  const [services, values] = [inside("principals", "identifiers"), inside("condition", "values")];
  return assert(
    `length(${statements}) == 1 && ${same(services, [SUPPORT_APP_SERVICE])} && ${same(values, accounts)}`,
    `Only the Support App may assume the role${accounts.length > 0 ? ", on behalf of the account" : ""}.`,
  );
}

function channelRuns(): Runs {
  const state = (channel: typeof WATCH, property: string) =>
    `jsondecode(aws_cloudcontrolapi_resource.channel["${channel.workspace}_${channel.channel}"].desired_state).${property}`;
  const notified = { ...ONCALL, notify: { severity: "high", on: ["case-created"] } };
  return {
    // First: with Terraform 1.7, an output that becomes null keeps its value until the end of the file.
    workspaces_and_the_alias: {
      command: "apply",
      variables: {
        [READ_ONLY]: { channels: { watch: WATCH } },
        slack_workspaces: [WATCH.workspace],
        account_alias: "Payments",
      },
      assert: [assert("output.full_role_arn == null", "The account has no full access.")],
    },
    channels_of_both_levels: {
      command: "apply",
      variables: { [READ_ONLY]: { channels: { watch: WATCH } }, full: { channels: { oncall: notified } } },
      assert: [
        assert(
          same(
            "output.channels",
            [WATCH, ONCALL].map(({ workspace, channel }) => `${workspace}_${channel}`),
          ),
          "Both channels exist.",
        ),
        assert(
          `${state(WATCH, "ChannelRoleArn")} == output.read_only_role_arn`,
          "#support-watch has the read-only role.",
        ),
        assert(`${state(ONCALL, "ChannelRoleArn")} == output.full_role_arn`, "#support-oncall has the full role."),
        equal(state(WATCH, "NotifyOnCaseSeverity"), "none", "#support-watch isn't notified."),
        equal(state(ONCALL, "NotifyOnCaseSeverity"), "high", "#support-oncall is notified of severe cases."),
        equal(state(ONCALL, "NotifyOnCreateOrReopenCase"), true, "#support-oncall is notified of new cases."),
        equal(state(ONCALL, "NotifyOnResolveCase"), false, "#support-oncall isn't notified of resolved cases."),
      ],
    },
    another_key_and_level_keep_a_channel_where_it_is: {
      command: "apply",
      variables: { [READ_ONLY]: { channels: { people: ONCALL } }, full: {} },
      assert: [
        assert(
          `${state(ONCALL, "ChannelRoleArn")} == output.read_only_role_arn`,
          "#support-oncall has the read-only role.",
        ),
      ],
    },
    a_level_by_itself: {
      command: "apply",
      module: { source: "./modules/support-app-read-only" },
      variables: { channels: { watch: WATCH }, registered_workspaces: [WATCH.workspace] },
      assert: [assert(`${state(WATCH, "ChannelRoleArn")} == output.role_arn`, "#support-watch has the role.")],
    },
  };
}

function guardrailRuns(): Runs {
  const arn = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
  const [role, deployer] = [arn("role/full"), arn("role/terraform")];
  const statement = (index: number) => `data.aws_iam_policy_document.guardrail.statement[${index}]`;
  const plan = (variables: object, rest: object) => ({
    ...{ command: "plan", module: { source: "./modules/support-app-guardrail" } },
    ...{ variables: { role_arns: [role], deployer_arns: [deployer], ...variables }, ...rest },
  });
  const refused = (roles: readonly string[], deployers: readonly string[]) =>
    plan({ role_arns: roles, deployer_arns: deployers }, { expect_failures: ["var.role_arns", "var.deployer_arns"] });
  return {
    nobody_but_the_deployers: plan(
      { target_ids: [ACCOUNT, "ou-ab12-11111111"] },
      {
        assert: [
          assert(`${statement(0)}.effect == "Deny" && ${statement(1)}.effect == "Deny"`, "It only denies."),
          equal(
            `tolist(tolist(${statement(0)}.condition)[0].values)`,
            [deployer],
            "Only deployers can configure the Support App.",
          ),
          equal(`tolist(${statement(1)}.not_resources)`, [role], "Channels can only get that role."),
          assert("length(aws_organizations_policy_attachment.attachment) == 2", "It is attached to both."),
        ],
      },
    ),
    nobody_at_all: refused([], []),
    wildcards_and_sessions: refused([arn("role/*")], [`arn:aws:sts::${ACCOUNT}:assumed-role/a/b`]),
    policy_variables: refused([arn("role/&{aws:PrincipalTag/r}")], [arn("user/&{aws:username}")]),
    policy_variables_as_in_iam: refused(
      [arn("role/$${aws:PrincipalTag/r}/full")],
      [arn("role/$${aws:PrincipalTag/x}")],
    ),
    no_name: refused([arn("role/full/")], [arn("role/terraform/")]),
    paths_and_names_that_iam_allows: plan(
      {
        role_arns: [arn("role/a:b[c]$/d/full_1+=,.@-")],
        deployer_arns: [
          arn("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1a"),
          arn("user/alice@example.com"),
        ],
      },
      { assert: [assert("length(data.aws_iam_policy_document.guardrail.statement) == 2", "All are accepted.")] },
    ),
    no_target: plan({ target_ids: ["production"] }, { expect_failures: ["var.target_ids"] }),
  };
}

/** Invalid inputs. A test with both levels passes only if both are rejected. */
function refusalRuns(): Runs {
  const levels = (readOnly: unknown, full: unknown) => ({
    variables: { [READ_ONLY]: readOnly, full },
    expect_failures: [`var.${READ_ONLY}`, "var.full"],
  });
  const channels = (watch: object, oncall: object) =>
    levels({ channels: { watch: { ...WATCH, ...watch } } }, { channels: { oncall: { ...ONCALL, ...oncall } } });
  const many = (count: number, workspaceOf = (_: number) => ONCALL.workspace) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `c${index}`,
        { ...ONCALL, workspace: workspaceOf(index), channel: `C0${index}` },
      ]),
    );
  const tooMany = { channels: many(MAX_CHANNELS + 1) };
  const between = (readOnly: object, full: object, more = {}) => ({
    variables: { [READ_ONLY]: readOnly, full, ...more },
    expect_failures: ["output.channels"],
  });
  const refused: Record<string, object> = {
    misspelled_inputs: levels({ rolename: "watch" }, { resolve_case: false }),
    a_capability_that_is_null: { variables: { full: { resolve_cases: null } }, expect_failures: ["var.full"] },
    no_objects: levels("yes", { channels: "C09876Z5YXW" }),
    a_misspelled_notify_and_a_name_with_the_hash: channels(
      { notfy: { severity: "high", on: ["case-created"] } },
      { name: "#support-oncall" },
    ),
    names_for_ids: channels({ workspace: "acme" }, { channel: "support-oncall" }),
    no_severity_and_no_event: channels(
      { notify: { severity: "low", on: ["case-created"] } },
      { notify: { severity: "high", on: ["case-reopened"] } },
    ),
    high_without_an_event_and_none_with_one: channels(
      { notify: { severity: "high" } },
      { notify: { severity: "none", on: ["case-created"] } },
    ),
    an_event_twice_and_a_channel_twice: levels(
      { channels: { watch: { ...WATCH, notify: { severity: "high", on: ["case-created", "case-created"] } } } },
      { channels: { a: ONCALL, b: { ...ONCALL, name: "other" } } },
    ),
    too_many_channels: levels(tooMany, tooMany),
    a_channel_of_both_levels: between({ channels: { a: ONCALL } }, { channels: { b: ONCALL } }),
    too_many_workspaces: between(
      {},
      { channels: many(MAX_WORKSPACES, (index) => `T0${index}`) },
      { slack_workspaces: ["T012ABCDEFG"] },
    ),
    one_role_name_for_both: between({ role_name: ACCESS_LEVELS.full.roleName.toLowerCase() }, {}),
    a_narrowed_policy_of_aws: {
      module: { source: "./modules/support-app-full" },
      variables: { policy: "aws-managed", resolve_cases: false },
      expect_failures: ["aws_iam_role.full"],
    },
    no_alias_and_a_workspace_twice: {
      variables: { account_alias: "Payments!", slack_workspaces: ["T012ABCDEFG", "T012ABCDEFG"] },
      expect_failures: ["var.account_alias", "var.slack_workspaces"],
    },
  };
  return Object.fromEntries(Object.entries(refused).map(([name, run]) => [name, { command: "plan", ...run }]));
}

function assert(condition: string, message: string): object {
  return { condition: `\${${condition}}`, error_message: message };
}

function equal(expression: string, value: Value, message: string): object {
  return assert(same(expression, value), message);
}

type Value = readonly string[] | string | boolean;

/** An equality test of an expression and a value that ignores Terraform's types of lists and objects. */
function same(expression: string, value: Value): string {
  const written = typeof value === "object" ? listOf(value) : JSON.stringify(value);
  return `jsonencode(${expression}) == jsonencode(${written})`;
}
