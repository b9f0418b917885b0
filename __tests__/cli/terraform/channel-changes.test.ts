import type { ChannelAccess } from "../../../cli/terraform/access";
import { channelChanges } from "../../../cli/terraform/channel-changes";
import { NO_ROLE } from "../../../cli/terraform/role-changes";
import type { Verdict } from "../../../cli/terraform/verdict";
import {
  BOUNDED,
  CHANNEL,
  change,
  changed,
  type Draft,
  FULL,
  ONCALL,
  report,
  terraformOf,
} from "../../support/edited-stack";
import { accessOf, allow, ONCALL_CHANNEL, roleOf } from "./small-access";

describe("what changes for the people in each channel", () => {
  const CHAT = allow(["support:InitiateChatForCase"]);
  const ROLES = {
    full: roleOf([CHAT]),
    twin: roleOf([CHAT]),
    none: roleOf([]),
    bounded: roleOf([CHAT], { boundary: "b" }),
    trusted: roleOf([CHAT], { trust: [CHAT] }),
  };
  const changes = (
    base: readonly ChannelAccess[],
    head: readonly ChannelAccess[],
    moved: Readonly<Record<string, string>> = {},
  ) => channelChanges(accessOf(ROLES, base), accessOf(ROLES, head), new Map(Object.entries(moved)));
  const NOTHING = { gained: [], lost: [], undecided: [] };

  test("nothing", () => {
    expect(changes([ONCALL_CHANNEL], [ONCALL_CHANNEL])).toStrictEqual([
      {
        ...{ workspace: "T01", channel: "C01", verdict: "unchanged", isMoved: false },
        before: { ...ONCALL_CHANNEL, access: ROLES.full },
        after: { ...ONCALL_CHANNEL, access: ROLES.full },
        ...{ permissions: NOTHING, trust: NOTHING, gained: [], lost: [], limited: [] },
      },
    ]);
  });

  test("a channel is added, or removed, with all that its role allows", () => {
    const trusted = { ...ONCALL_CHANNEL, role: "trusted" };
    expect(changes([], [trusted])).toMatchObject([
      {
        ...{ workspace: "T01", channel: "C01", verdict: "broadened", isMoved: false, before: undefined },
        after: { role: "trusted", access: ROLES.trusted },
        ...{ permissions: { gained: [{}], lost: [] }, trust: NOTHING, gained: ["live-chat"], lost: [] },
      },
    ]);
    expect(changes([trusted], [])).toMatchObject([
      {
        ...{ workspace: "T01", channel: "C01", verdict: "narrowed", isMoved: false, after: undefined },
        before: { role: "trusted", access: ROLES.trusted },
        ...{ permissions: { gained: [], lost: [{}] }, trust: NOTHING, gained: [], lost: ["live-chat"] },
      },
    ]);
  });

  test("a channel of a role that allows nothing is still one more, or less", () => {
    const none = { ...ONCALL_CHANNEL, role: "none" };
    expect(changes([], [none])).toMatchObject([{ verdict: "broadened", permissions: NOTHING }]);
    expect(changes([none], [])).toMatchObject([{ verdict: "narrowed", permissions: NOTHING }]);
  });

  test("a channel is known by its workspace and its ID", () => {
    const elsewhere = { ...ONCALL_CHANNEL, workspace: "T02" };
    expect(changes([ONCALL_CHANNEL], [elsewhere, ONCALL_CHANNEL])).toMatchObject([
      { workspace: "T01", channel: "C01", verdict: "unchanged" },
      { workspace: "T02", channel: "C01", verdict: "broadened" },
    ]);
  });

  test("a channel whose role isn't in the stack can do nothing that is known", () => {
    expect(changes([{ ...ONCALL_CHANNEL, role: "gone" }], [ONCALL_CHANNEL])).toMatchObject([
      { before: { access: NO_ROLE }, after: { access: ROLES.full }, verdict: "broadened", gained: ["live-chat"] },
    ]);
  });

  test.each<[string, Partial<ChannelAccess>, Verdict, boolean]>([
    ["another role that allows the same", { role: "twin" }, "settings", true],
    ["a role that allows less", { role: "none" }, "narrowed", true],
    ["a role with a boundary", { role: "bounded" }, "narrowed", true],
    ["a role that is trusted by others", { role: "trusted" }, "broadened", true],
    ["a new name in Slack", { name: "watch" }, "settings", false],
    ["other notifications", { notify: { severity: "all", on: ["case-created"] } }, "settings", false],
  ])("%s", (_, edit, verdict, isMoved) => {
    expect(changes([ONCALL_CHANNEL], [{ ...ONCALL_CHANNEL, ...edit }])).toMatchObject([{ verdict, isMoved }]);
  });

  test("a role that only has a new name in Terraform is no other role", () => {
    const renamed = { ...ONCALL_CHANNEL, role: "twin" };
    expect(changes([ONCALL_CHANNEL], [renamed], { twin: "full" })).toMatchObject([
      { verdict: "unchanged", isMoved: false },
    ]);
    expect(changes([ONCALL_CHANNEL], [renamed], { twin: "none" })).toMatchObject([
      { verdict: "settings", isMoved: true },
    ]);
  });
});

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a channel's role by its ARN instead of a reference",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full.arn",
            '"arn:aws:iam::111122223333:role/AWSSupportAppFullRole"',
          )),
    ],
    [
      "a channel more",
      "broadened",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource.more = {
          ...draft.resource.aws_cloudcontrolapi_resource[CHANNEL],
          desired_state: draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace("C01", "C02"),
        }),
    ],
    ["a channel less", "narrowed", (draft) => delete draft.resource.aws_cloudcontrolapi_resource[CHANNEL]],
    [
      "a channel's resource by another name",
      "narrowed",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.renamed = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        delete draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      },
    ],
    [
      "a channel with the role of others, which may less but has no boundary",
      "broadened",
      (draft) => {
        const channel = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        channel.desired_state = channel.desired_state.replace("aws_iam_role.full", "aws_iam_role.read_only");
        channel.depends_on = channel.depends_on.map((one: string) => one.replace(".full", ".read_only"));
      },
    ],
    [
      "a channel with a role from elsewhere",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full.arn",
            '"arn:aws:iam::111122223333:role/admin"',
          )),
    ],
    [
      "the notifications of a channel",
      "settings",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace("none", "all")),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a new channel of a role that gives nothing",
      "broadened",
      (draft) => {
        const all = draft.resource.aws_cloudcontrolapi_resource;
        for (const name of ["full", "read_only"]) draft.data.aws_iam_policy_document[name] = { statement: [] };
        all.more = { ...all[CHANNEL], desired_state: all[CHANNEL].desired_state.replace("C01", "C02") };
      },
    ],
    [
      "a channel that stands twice",
      "unknown",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.again = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("by environments.yaml alone", () => {
  const LEAST =
    "without: [create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases]";

  test("a channel that moves to a role that is trusted in more cases", () => {
    const conditioned = terraformOf(`full: { source-account-condition: true, ${LEAST}, ${ONCALL} }, read-only: {}`);
    const moved = terraformOf(`full: { source-account-condition: true, ${LEAST} }, read-only: { ${ONCALL} }`);
    expect(change(conditioned, moved)).toMatchObject({
      verdict: "broadened",
      access: { channels: [{ verdict: "broadened" }] },
    });
    expect(change(moved, conditioned)).toMatchObject({ verdict: "narrowed" });
  });
});

describe("what it says of people", () => {
  test("a channel that moves to the other role, and is renamed", () => {
    const found = change(
      FULL,
      terraformOf(`full: { ${BOUNDED} }, read-only: { channels: [{ name: watch, workspace: T01, channel: C01 }] }`),
    );
    expect(found.access.channels).toMatchObject([
      {
        before: { name: "oncall" },
        after: { name: "watch" },
        isMoved: true,
        verdict: "broadened",
        lost: [
          "create-cases",
          "reply-to-cases",
          "attach-files",
          "resolve-cases",
          "live-chat",
          "request-quota-increases",
        ],
      },
    ]);
    const text = report(found);
    expect(text).toContain(
      "with its new role: its permissions boundary changes: `arn:aws:iam::111122223333:policy/b` → none.",
    );
    expect(text).toContain("- `#watch` (`C01`) was called `#oncall`.");
    expect(text).toContain(
      "- `#watch` (`C01`) moves from the role `AWSSupportAppFullRole` to `AWSSupportAppReadOnlyRole`.",
    );
  });

  test("what a reader can do with notifications is said before and after", () => {
    const on = (notify: string) => terraformOf(`full: { ${ONCALL.replace("}", `, notify: ${notify} }`)} }`);
    const found = change(
      on("{ severity: high, on: [case-created, reply-added] }"),
      on("{ severity: all, on: [case-created] }"),
    );
    expect(found.verdict).toBe("settings");
    expect(report(found)).toContain("## ✅ Nobody's access changes, but settings change in 1 environment");
    expect(report(found)).toContain(
      "- `#oncall` (`C01`): its notification settings change: high severity (case-created, reply-added) → all severities (case-created).",
    );
  });
});
