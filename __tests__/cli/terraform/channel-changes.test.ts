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

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a channel's role by its ARN instead of a reference",
      "cosmetic",
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
      "cosmetic",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.renamed = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        delete draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      },
    ],
    [
      "a channel with the role of others, which may less but has no boundary",
      "broadened",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full",
            "aws_iam_role.read_only",
          )),
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
      "what a channel hears of",
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
      "with its other role: its permissions boundary changes: `arn:aws:iam::111122223333:policy/b` → none.",
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
    expect(report(found)).toContain("## ✅ Nobody's access changes, settings change in 1 environment");
    expect(report(found)).toContain(
      "- `#oncall` (`C01`): its notification settings change: high severity (case-created, reply-added) → all severities (case-created).",
    );
  });
});
