import type { Violation } from "../../../../../cli/commands/review/violations";
import type { Difference } from "../../../../../cli/iam/compare";
import type { UnreadableReason } from "../../../../../cli/terraform/unreadable";
import { inAccess, list, role, SAME } from "./reported";

describe("an environment with something unsupported", () => {
  test("lists what is unsupported, each once, and not again if it is forbidden", () => {
    const [open, forbidden] = ["a", "b"].map((address) => ({ reason: "expression", address, source: "x" }) as const);
    if (!open || !forbidden) throw new Error();
    const violations: Violation[] = [
      { kind: "read-only-writes", role: "Reading", actions: { not: false, patterns: ["s3:*"] } },
      { kind: "read-only-unreadable", role: "Reading", unreadable: forbidden },
    ];
    expect(list({ unreadable: [open, forbidden, { ...open }], violations }).slice(2)).toEqual([
      "- Unsupported: an expression, in `a` (`x`).",
    ]);
  });

  test.each<[UnreadableReason, string]>([
    ["not-json", "a policy that isn't JSON, or has a key twice"],
    ["not-a-policy", "something that isn't a policy of the version 2012-10-17"],
    ["not-a-statement", "something that isn't a policy statement"],
    ["unknown-element", "an unknown element of a policy"],
    ["no-effect", "a statement that neither allows nor denies"],
    ["no-action", "a statement without actions"],
    ["not-a-text", "something that isn't a text"],
    ["not-a-condition", "something that isn't a condition"],
    ["expression", "an expression"],
    ["unknown-section", "a section of Terraform that these stacks don't have"],
    ["unknown-type", "an unknown type of resource or data source, which may affect access"],
    ["unknown-argument", "an argument or a value that these stacks don't have"],
    ["unknown-provider", "a provider or a provider source other than hashicorp/aws"],
    ["unknown-backend", "a backend, or a setting of it, that these stacks don't have"],
    ["not-a-block", "a block in a form that CDKTF doesn't write"],
    [
      "reads-elsewhere",
      "a value that depends on something outside of the Terraform, such as a file, a program or a module",
    ],
    ["duplicate-name", "a name in IAM that something else in this stack has, too"],
    ["duplicate", "a channel, a workspace or an account alias that is configured twice"],
    ["foreign-role", "a role that isn't in this stack"],
    ["foreign-policy", "a policy whose content is unknown"],
    [
      "foreign-import",
      "an import of something other than what this stack creates under that name: Terraform would take it over",
    ],
    ["foreign-move", "a move of something other than what this stack had before and has after"],
    ["foreign-removal", "something that Terraform stops managing"],
    ["other-form", "an argument or a value in a form that the constructs don't write"],
    ["incomplete", "a role without all that the constructs write with it: its attachment and its exclusive lists"],
    ["left-over", "something that belongs to no role of this stack"],
    ["boundary-by-arn", "a permissions boundary that this stack creates, referred to by its ARN"],
    ["unusual-action", "an action in a form that AWS may refuse"],
    ["unusual-resource", "a resource in IAM, whose name may change, or a resource in a form that AWS may refuse"],
    ["unusual-principal", "a principal whose name may change, or a principal in a form that AWS may refuse"],
    ["unusual-condition", "a condition on something that other parts of the stack may change"],
    ["wrong-digest", "a digest of other Terraform, which would make a deploy treat this stack as already applied"],
  ])("explains what is unsupported: %s", (reason, words) => {
    expect(list({ unreadable: [{ reason, address: "a.b", source: undefined }] })).toEqual([
      `- Unsupported: ${words}, in \`a.b\`.`,
    ]);
  });

  test.each<[unknown, string]>([
    ["a text", "a text"],
    [{ b: 1, a: [true] }, '{"a":[true],"b":1}'],
    ["x".repeat(300), "x".repeat(300)],
    ["x".repeat(301), `${"x".repeat(300)}… (301 characters)`],
  ])("shows as much of what is unsupported as helps: %j", (source, shown) => {
    expect(list({ unreadable: [{ reason: "expression", address: "a", source }] })).toEqual([
      `- Unsupported: an expression, in \`a\` (\`${shown}\`).`,
    ]);
  });

  test("lists what can't be decided, of permissions and trust, each once", () => {
    const action = { not: false, patterns: ["support:createcase"] };
    const undecided = [{ reason: "too-many-patterns" }, { reason: "too-many-combinations", action }] as const;
    const of = (...all: Difference["undecided"]): Difference => ({ ...SAME, undecided: all });
    const roles = [
      role({ permissions: of(...undecided) }),
      role({ permissions: of(undecided[1]), trust: of({ reason: "too-many-combinations" }) }),
    ];
    expect(inAccess({ roles })).toEqual([
      "- Unsupported: too many patterns in a policy to try everything that they can match.",
      "- Unsupported: too many combinations of conditions of `support:CreateCase` to try.",
      "- Unsupported: too many combinations of conditions to try.",
    ]);
  });
});
