import { ACCOUNT, edited, passes } from "../../../../support/attacked-stack";
import type { Draft } from "../../../../support/edited-stack";

describe("an attack needs an approval or is refused, and its twin passes", () => {
  test.each<[name: string, attack: (draft: Draft) => void, twin: (draft: Draft) => void]>([
    [
      "an import of another role's attachment",
      (draft) => {
        draft.import = [
          {
            to: "aws_iam_role_policy_attachment.full",
            id: `Theirs/arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`,
          },
        ];
      },
      (draft) => {
        draft.import = [
          {
            to: "aws_iam_role_policy_attachment.full",
            id: `AWSSupportAppFullRole/arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`,
          },
        ];
      },
    ],
    [
      "an import of another role's exclusive list",
      (draft) => {
        draft.import = [{ to: "aws_iam_role_policies_exclusive.full", id: "Theirs" }];
      },
      (draft) => {
        draft.import = [{ to: "aws_iam_role_policies_exclusive.full", id: "AWSSupportAppFullRole" }];
      },
    ],
    [
      "an import of another account's policy",
      (draft) => {
        draft.import = [
          { to: "aws_iam_policy.full", id: "arn:aws:iam::999999999999:policy/AWSSupportAppFullRolePolicy" },
        ];
      },
      (draft) => {
        draft.import = [
          { to: "aws_iam_policy.full", id: `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy` },
        ];
      },
    ],
    [
      "an import once for each of many",
      (draft) => {
        draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole", for_each: "${toset([])}" }];
      },
      (draft) => {
        draft.import = [{ to: "${aws_iam_role.full}", id: "AWSSupportAppFullRole" }];
      },
    ],
    [
      "an import by an identity, which isn't known here",
      (draft) => {
        draft.import = [{ to: "aws_iam_role.full", identity: { name: "Theirs" } }];
      },
      (draft) => {
        draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }];
      },
    ],
    [
      "an import of something that isn't in the stack",
      (draft) => {
        draft.import = [{ to: "aws_iam_role.theirs", id: "theirs" }];
      },
      (draft) => {
        draft.import = [];
      },
    ],
    [
      "a move of something that the stack never had",
      (draft) => {
        draft.moved = [{ from: "aws_iam_role.theirs", to: "aws_iam_role.full" }];
      },
      (draft) => {
        draft.moved = [];
      },
    ],
    [
      "a move onto something else",
      (draft) => {
        draft.moved = [{ from: "aws_iam_role.read_only", to: "aws_iam_role.full" }];
      },
      (draft) => Object.assign(draft["//"], { moved: [{ from: "aws_iam_role.read_only", to: "aws_iam_role.full" }] }),
    ],
    [
      "a role that Terraform stops managing",
      (draft) => {
        draft.removed = [{ from: "aws_iam_role.full", lifecycle: { destroy: false } }];
      },
      (draft) => {
        draft.removed = [{ from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } }];
      },
    ],
    [
      "the Service Quotas role that Terraform destroys",
      (draft) => {
        draft.removed = [{ from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: true } }];
      },
      (draft) => {
        draft.removed = [
          { "//": "a", from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } },
        ];
      },
    ],
  ])("%s", (_, attack, twin) => {
    expect(passes(edited(attack))).toBe(false);
    expect(edited(twin)).toMatchObject({ unreadable: [], violations: [] });
    expect(passes(edited(twin))).toBe(true);
  });
});
