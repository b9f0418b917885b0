import { type EnvironmentChange, environmentChanges } from "../../../../cli/commands/review/environment-change";
import { readPlan } from "../../../../cli/commands/review/plan";
import { reviewOf } from "../../../../cli/commands/review/review";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import { NOW } from "../../../support/now";
import { changeAt, type Draft, planOf, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";
import { reviewingInTests } from "../../../support/reviewing";
import { sample } from "../../../support/thorough";

const { fileOf, reviewPlan } = reviewingInTests();

/** What somebody did to an account by hand, as the next plan shows it: `at` finds what is in the account. */
type ByHand = (at: (address: string) => Draft, plan: Draft) => void;

const { before, plan: drifted } = readPlanFixture("drift");
const YAML = before.replace('permissions-boundary: "arn:aws:iam::111122223333:policy/boundary", ', "");
const CODE = terraformOf(YAML);
const BOUNDED = terraformOf(before);
const MORE = terraformOf(YAML.replace("without: [live-chat], ", ""));
const GIVEN =
  "**The account differs from the code before this change, and this deploy gives, or may give, more than the code change does.**";
const THEIRS = "arn:aws:iam::111122223333:policy/theirs";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const POLICY = changeAt(drifted, "aws_iam_policy.full").before.policy;
const TRUST = changeAt(drifted, "aws_iam_role.full").before.assume_role_policy;

/** A plan in an account where somebody did that by hand, and nothing else. */
function planned(code: Draft, byHand: ByHand = () => {}): Draft {
  const plan = planOf(code, structuredClone(drifted));
  const exclusive = changeAt(plan, "aws_iam_role_policy_attachments_exclusive.full").after;
  Object.assign(changeAt(plan, "aws_iam_role.full").after, {
    managed_policy_arns: exclusive.policy_arns,
    permissions_boundary: code.resource.aws_iam_role.full.permissions_boundary ?? "",
  });
  for (const { change } of plan.resource_changes) {
    Object.assign(change, { actions: ["no-op"], before: structuredClone(change.after) });
  }
  if (code === MORE) {
    const change = changeAt(plan, "aws_iam_policy.full");
    change.after.policy = POLICY.replace('"Action":[', '"Action":["support:InitiateChatForCase",');
    change.actions = ["update"];
  }
  byHand((address) => {
    const change = changeAt(plan, address);
    change.actions = ["update"];
    return change.before;
  }, plan);
  settle(plan);
  return plan;
}

/** What only AWS decides stays as it is, and is known later of what is created, with all that follows from it. */
function settle(plan: Draft): void {
  const later = (address: string, ...names: readonly string[]) => {
    const { after, after_unknown } = changeAt(plan, address);
    for (const name of names) {
      delete after[name];
      after_unknown[name] = true;
    }
  };
  for (const { address, change } of plan.resource_changes) {
    for (const name of ["inline_policy", "managed_policy_arns", "arn", "id", "name_prefix", "type_version_id"]) {
      if (change.before === null) later(address, name);
      else if (name in change.before) change.after[name] = change.before[name];
    }
  }
  if (changeAt(plan, "aws_iam_policy.full").before === null) {
    later("aws_iam_role_policy_attachment.full", "policy_arn");
    later("aws_iam_role_policy_attachments_exclusive.full", "policy_arns");
  }
  if (changeAt(plan, "aws_iam_role.full").before === null) {
    later("aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01", "desired_state");
  }
}

/** As if it had been deleted. */
function remove(plan: Draft, address: string): void {
  Object.assign(changeAt(plan, address), { actions: ["create"], before: null });
}

const withStatement = (policy: string, statement: object) => {
  const { Version, Statement } = JSON.parse(policy);
  return JSON.stringify({ Version, Statement: [...Statement, { Effect: "Allow", Resource: "*", ...statement }] });
};
const policyOf = (statement: object) => withStatement('{"Version":"2012-10-17","Statement":[]}', statement);
const attach = (at: (address: string) => Draft, arn: string) => {
  at("aws_iam_role.full").managed_policy_arns.push(arn);
  at("aws_iam_role_policy_attachments_exclusive.full").policy_arns.push(arn);
};
const write = (at: (address: string) => Draft, policy: string) => {
  at("aws_iam_role.full").inline_policy.push({ name: "theirs", policy });
  at("aws_iam_role_policies_exclusive.full").policy_names.push("theirs");
};

const LESS: [string, ByHand, string[]][] = [
  [
    "a Deny in the role's policy",
    (at) => {
      at("aws_iam_policy.full").policy = withStatement(POLICY, { Effect: "Deny", Action: "support:ResolveCase" });
    },
    [
      "- People in `#oncall` (`C01`) **gain**:\n  - resolve-cases: resolve a case (`support:ResolveCase`)\n",
      "| gains | people in `#oncall` | `support:ResolveCase` | everything |",
      "- **Drift**, not a change of the code: updates `aws_iam_policy.full` (`policy`).",
    ],
  ],
  [
    "fewer actions in the role's policy",
    (at) => {
      at("aws_iam_policy.full").policy = POLICY.replace('"support:CreateCase",', "");
    },
    ["  - create-cases: open a support case"],
  ],
  [
    "a permissions boundary",
    (at) => {
      at("aws_iam_role.full").permissions_boundary = THEIRS;
    },
    [`- The role \`paid\`: its permissions boundary changes: \`${THEIRS}\` → none.`],
  ],
  [
    "a condition in the trust",
    (at) => {
      const trust = JSON.parse(TRUST);
      trust.Statement[0].Condition = { StringEquals: { "aws:SourceAccount": "111122223333" } };
      at("aws_iam_role.full").assume_role_policy = JSON.stringify(trust);
    },
    [
      "`#oncall` (`C01`): the trust policy of its role changes",
      "supportapp.amazonaws.com`, with the role `paid` | `sts:AssumeRole` | everything |",
    ],
  ],
  [
    "a trust in somebody else",
    (at) => {
      at("aws_iam_role.full").assume_role_policy = TRUST.replace("supportapp", "ec2");
    },
    ["supportapp.amazonaws.com`, with the role `paid` | `sts:AssumeRole` | everything |"],
  ],
  [
    "an inline policy with a Deny",
    (at) => write(at, policyOf({ Effect: "Deny", Action: "support:*Case" })),
    [
      "- People in `#oncall` (`C01`) **gain**:\n  - create-cases: open a support case",
      "  - resolve-cases: resolve a case",
      "It removes `theirs`, which was added by hand.",
    ],
  ],
  [
    "an inline policy whose content isn't in the plan",
    (at) => at("aws_iam_role_policies_exclusive.full").policy_names.push("theirs"),
    [
      "- The policy `theirs` is removed from `aws_iam_role.full`. Its content is unknown: if it denies something, that is then allowed.",
    ],
  ],
  [
    "an inline policy that can't be read",
    (at) => write(at, policyOf({ Effect: "deny", Action: "*" })),
    ["- Unsupported: a statement that neither allows nor denies, in `aws_iam_role.full`"],
  ],
  [
    "an unknown policy",
    (at) => attach(at, THEIRS),
    [
      `- The policy \`${THEIRS}\` is removed from \`aws_iam_role.full\`. Its content is unknown: if it denies something, that is then allowed.`,
      `It removes \`${THEIRS}\`, which was added by hand.`,
    ],
  ],
  [
    "the role without its policy",
    (at, plan) => {
      at("aws_iam_role.full").managed_policy_arns = [];
      at("aws_iam_role_policy_attachments_exclusive.full").policy_arns = [];
      remove(plan, "aws_iam_role_policy_attachment.full");
    },
    [
      "- People in `#oncall` (`C01`) **gain**:\n  - view-cases: search support cases and read them",
      "- **Drift**, not a change of the code: creates `aws_iam_role_policy_attachment.full`. It attaches `arn:aws:iam::111122223333:policy/paid`.",
    ],
  ],
  [
    "no policy",
    (at, plan) => {
      at("aws_iam_role.full").managed_policy_arns = [];
      at("aws_iam_role_policy_attachments_exclusive.full").policy_arns = [];
      for (const address of ["aws_iam_role_policy_attachment.full", "aws_iam_policy.full"]) remove(plan, address);
    },
    ["- People in `#oncall` (`C01`) **gain**:\n  - view-cases: search support cases and read them"],
  ],
  [
    "no channel",
    (_, plan) => remove(plan, "aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01"),
    [
      "- `#oncall` (`C01`) is added, with the role `paid`.",
      "- People in `#oncall` (`C01`) **gain**:\n  - view-cases: search support cases and read them",
    ],
  ],
  [
    "nothing: it was never deployed",
    (_, plan) => {
      for (const { address } of plan.resource_changes) remove(plan, address);
    },
    ["- The role `paid` is added.", "- `#oncall` (`C01`) is added, with the role `paid`."],
  ],
];

async function digestOf(base: Terraform, head: Terraform, plan: Draft): Promise<string> {
  return JSON.parse((await reviewPlan(base, head, plan, "--format", "json")).output).digest;
}

describe("what is in the account", () => {
  test.each(LESS)(
    "gives less than the code did, by %s: the deploy needs an approval of its own",
    async (_, byHand, words) => {
      const { status, output } = await reviewPlan(CODE, CODE, planned(CODE, byHand));
      expect(status).toBe(3);
      expect(output).toMatch(/^## ⚠️ Access is (broadened|unknown) in 1 environment$/m);
      expect(output).toContain(GIVEN);
      for (const word of words) expect(output).toContain(word);
      const [less, asBefore] = [
        await digestOf(CODE, CODE, planned(CODE, byHand)),
        await digestOf(CODE, CODE, planned(CODE)),
      ];
      expect((await reviewPlan(CODE, CODE, planned(CODE, byHand), "--approved", less)).status).toBe(0);
      expect((await reviewPlan(CODE, CODE, planned(CODE, byHand), "--approved", asBefore)).status).toBe(3);
    },
  );

  test.each(LESS)(
    "gives less than the code did, by %s: an approval of the code change doesn't cover the deploy",
    async (_, byHand) => {
      const [asBefore, less] = [planned(MORE), planned(MORE, byHand)];
      const [codeDigest, deployDigest] = [await digestOf(CODE, MORE, asBefore), await digestOf(CODE, MORE, less)];
      expect((await reviewPlan(CODE, MORE, asBefore, "--approved", codeDigest)).status).toBe(0);
      expect((await reviewPlan(CODE, MORE, less, "--approved", codeDigest)).status).toBe(3);
      expect((await reviewPlan(CODE, MORE, less, "--approved", deployDigest)).status).toBe(0);
    },
  );

  const HARMLESS: [string, ByHand][] = [
    ["nothing by hand", () => {}],
    [
      "a Deny of something that isn't allowed anyway",
      (at) => {
        at("aws_iam_policy.full").policy = withStatement(POLICY, {
          Effect: "Deny",
          Action: "support:InitiateChatForCase",
        });
      },
    ],
    [
      "more actions in the role's policy",
      (at) => {
        at("aws_iam_policy.full").policy = withStatement(POLICY, { Action: "ec2:*" });
      },
    ],
    [
      "a policy in another form",
      (at) => {
        const { Version, Statement } = JSON.parse(POLICY);
        at("aws_iam_policy.full").policy = JSON.stringify({ Statement: Statement.toReversed(), Id: "a", Version });
      },
    ],
    [
      "a trust in somebody else, too",
      (at) => {
        at("aws_iam_role.full").assume_role_policy = TRUST.replace(
          '"supportapp.amazonaws.com"',
          '["supportapp.amazonaws.com","ec2.amazonaws.com"]',
        );
      },
    ],
    [
      "a trust under a condition, too",
      (at) => {
        at("aws_iam_role.full").assume_role_policy = withStatement(TRUST, {
          Action: "sts:AssumeRole",
          Resource: undefined,
          Principal: { Service: "supportapp.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
        });
      },
    ],
    ["an inline policy that allows something", (at) => write(at, policyOf({ Action: "ec2:*" }))],
    ["AdministratorAccess", (at) => attach(at, ADMINISTRATOR)],
    [
      "another description and tag",
      (at) => Object.assign(at("aws_iam_role.full"), { description: "theirs", tags: { Owner: "them" } }),
    ],
  ];

  test.each(HARMLESS)("gives what the code did, with %s: no approval of its own is needed", async (_, byHand) => {
    const { status, output } = await reviewPlan(CODE, CODE, planned(CODE, byHand));
    expect(status).toBe(0);
    expect(output).toContain("## ✅ Nobody's access changes");
    expect(output).not.toContain(GIVEN);
    const codeDigest = await digestOf(CODE, MORE, planned(MORE));
    expect((await reviewPlan(CODE, MORE, planned(MORE, byHand), "--approved", codeDigest)).status).toBe(0);
  });

  test("has the permissions boundary of the code: another one is unknown, and a missing one is restored", async () => {
    const boundedBy = (boundary: unknown, code = BOUNDED) =>
      reviewPlan(
        code,
        code,
        planned(code, (at) => {
          at("aws_iam_role.full").permissions_boundary = boundary;
        }),
      );
    const own = BOUNDED.resource.aws_iam_role.full.permissions_boundary;
    const { status, output } = await boundedBy(THEIRS);
    expect(status).toBe(3);
    expect(output).toContain("## ⚠️ Access is unknown in 1 environment");
    expect(output).toContain(`- The role \`paid\`: its permissions boundary changes: \`${THEIRS}\` → \`${own}\`.`);
    for (const narrower of [own, "", null]) expect((await boundedBy(narrower)).status).toBe(0);
    expect((await boundedBy(7, CODE)).status).toBe(3); // not known to be none
  });

  test("is approved with what the deploy makes of it: after another change, the deploy restores more", async () => {
    const deny: ByHand = (at) => {
      at("aws_iam_policy.full").policy = withStatement(POLICY, { Effect: "Deny", Action: "support:*" });
    };
    expect(await digestOf(CODE, CODE, planned(CODE, deny))).not.toBe(await digestOf(MORE, MORE, planned(MORE, deny)));
  });

  test("differs from code that is unsupported: that may give something, and has a digest of its own", async () => {
    const code = structuredClone(CODE);
    code.resource.aws_iam_user_policy_attachment = { more: { user: "somebody", policy_arn: ADMINISTRATOR } };
    const type = "aws_iam_user_policy_attachment";
    const values = { user: "somebody", policy_arn: ADMINISTRATOR };
    const withAttachment = (change: object) => {
      const plan = planned(code);
      plan.resource_changes.push({
        address: `${type}.more`,
        mode: "managed",
        type,
        change: { after: values, ...change },
      });
      return plan;
    };
    const deployed = withAttachment({ actions: ["no-op"], before: values });
    const deleted = withAttachment({ actions: ["create"], before: null });
    const changed = withAttachment({ actions: ["update"], before: { ...values, policy_arn: THEIRS } });
    expect((await reviewPlan(code, code, deployed)).status).toBe(0);
    const { status, output } = await reviewPlan(code, code, deleted);
    expect(status).toBe(3);
    expect(output).toContain(GIVEN);
    expect(output).toContain(`- **Drift**, not a change of the code: creates \`${type}.more\`.`);
    const approved = ["--approved", await digestOf(code, code, deleted)];
    expect((await reviewPlan(code, code, deleted, ...approved)).status).toBe(0);
    expect((await reviewPlan(code, code, changed, ...approved)).status).toBe(3);
  });
});

describe("a plan with any one field replaced", () => {
  /** What a field may be, and no plan has there. Undefined: it is left out. */
  const ODD: readonly unknown[] = [undefined, null, 7, "x", [], {}];

  /** Every field in a value, by its path. */
  function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    const inside = typeof value === "object" && value !== null ? Object.entries(value) : [];
    const paths = inside.flatMap(([key, one]) => pathsIn(one, [...path, key]));
    return path.length > 0 ? [path, ...paths] : paths;
  }

  function replaced(plan: Draft, path: readonly string[], value: unknown): Draft {
    const copy = structuredClone(plan);
    const parent = path.slice(0, -1).reduce((inside, key) => inside[key], copy);
    parent[path.at(-1) ?? ""] = value;
    return copy;
  }

  /** What the command ends with, without the rest of it: it has thousands of plans to go through here. */
  function statusOf(changes: readonly EnvironmentChange[], code: Terraform, plan: Draft): number {
    try {
      const { approvalNeeded } = reviewOf(changes, new Map([["paid", readPlan("paid", fileOf(plan), code, code)]]));
      return approvalNeeded ? 3 : 0;
    } catch (error) {
      if (error instanceof CommandError) return 1;
      throw error;
    }
  }

  /** A plan without the largest sections that nothing is read of. */
  const readPartOf = ({ prior_state, planned_values, resource_drift, relevant_attributes, ...plan }: Draft): Draft =>
    plan;

  const changesOf = (base: Terraform, head: Terraform) =>
    environmentChanges(new Map([["paid", base]]), new Map([["paid", head]]), NOW);

  test("and a change that needs an approval still needs it, or is refused", () => {
    const [[, byHand] = ["", () => {}]] = LESS;
    const plan = readPartOf(planned(CODE, byHand));
    const changes = changesOf(CODE, CODE);
    expect(statusOf(changes, CODE, plan)).toBe(3);
    const paths = pathsIn(plan);
    expect(paths.length).toBeGreaterThan(350);
    const quiet = sample(paths, 20).flatMap((path) =>
      ODD.filter((value) => statusOf(changes, CODE, replaced(plan, path, value)) === 0).map((value) => [path, value]),
    );
    expect(quiet).toEqual([]);
  });

  test("is accepted or refused, and never crashes the review", () => {
    const { before, after, plan: whole } = readPlanFixture("rename");
    const [code, plan] = [terraformOf(after), readPartOf(whole)];
    const changes = changesOf(terraformOf(before), code);
    expect(statusOf(changes, code, plan)).toBe(0);
    const odd = [...ODD, { toString: 1 }];
    const answers = sample(pathsIn(plan), 10).map((path, index) =>
      statusOf(changes, code, replaced(plan, path, odd[index % odd.length])),
    );
    expect([...new Set(answers)].sort()).toEqual([0, 1, 3]);
  });
});
