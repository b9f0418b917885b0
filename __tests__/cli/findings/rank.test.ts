import { type Rank, severityRank, sortByRank } from "../../../cli/findings/rank";
import type { Targets } from "../../../cli/iam/policy";

const only = (...patterns: string[]): Targets => ({ not: false, patterns });
const but = (...patterns: string[]): Targets => ({ not: true, patterns });
test.each<[Targets[], Omit<Rank, "isInUse">]>([
  [[only("*")], { beyond: "everything", services: 1, actions: 1 }],
  [[only("s3:Get"), but("iam:*")], { beyond: "everything-except", services: 1, actions: 1 }],
  [[only("s3:*", "ec2:RunInstances")], { beyond: "whole-services", services: 2, actions: 2 }],
  [[only("s3:Get*", "s3:Put*", "s3:Put*"), only("ec2:Run*")], { beyond: "actions", services: 2, actions: 3 }],
  [[only("s3:**")], { beyond: "whole-services", services: 1, actions: 1 }],
  [[only("s3:*Object", "ec2:Get:*")], { beyond: "actions", services: 2, actions: 2 }],
  [[], { beyond: "nothing", services: 0, actions: 0 }],
])("%j has a rank, in a channel and without one", (excess, rank) => {
  for (const isInUse of [true, false]) expect(severityRank(excess, isInUse)).toEqual({ ...rank, isInUse });
});

const finding = (kind: "audit-unknown" | "audit-administrators" | "audit-ended", ...about: string[]) => ({
  kind,
  about,
});

test("within a kind, what people in a channel can do now comes first, most first", () => {
  const rank = (isInUse: boolean, beyond: Rank["beyond"], services = 1, actions = 1) => ({
    isInUse,
    beyond,
    services,
    actions,
  });
  const mostFirst = [
    rank(true, "everything"),
    rank(true, "everything-except"),
    rank(true, "whole-services"),
    rank(true, "actions", 2, 2),
    rank(true, "actions", 1, 2),
    rank(true, "actions"),
    rank(true, "nothing", 0, 0),
    rank(false, "everything"),
    rank(false, "actions"),
    undefined,
  ];
  const findings = mostFirst.map((rank) => ({ ...finding("audit-administrators", "role", "a"), rank }));
  expect(sortByRank(findings.toReversed())).toEqual(findings);
});

test("kinds have an order, and what is of a whole account comes before what is of a role", () => {
  const [account, role] = [finding("audit-unknown", "account"), finding("audit-unknown", "role", "a")];
  const [administrators, endedFinding] = [finding("audit-administrators", "role"), finding("audit-ended", "role")];
  expect(sortByRank([endedFinding, role, administrators, account])).toEqual([
    account,
    role,
    administrators,
    endedFinding,
  ]);
});
