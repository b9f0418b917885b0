import type { StateChange } from "../../../../../cli/commands/review/state-changes";
import { list, type OfKind } from "./reported";

test.each<[OfKind<StateChange>, string]>([
  [
    { kind: "account", before: "1", after: "2", from: "in-use" },
    "The account changes: `1` → `2`. The deploy refuses this unless the environment was retired first: roles, channels and registrations would stay in the old account, in no state, including any that the code dropped before and no deploy removed. Retire it, deploy, change the account, and deploy again.",
  ],
  [
    { kind: "account", before: "1", after: "2", from: "retired" },
    "The account changes: `1` → `2`. The environment was retired before. Make sure that its retirement was deployed: otherwise roles, channels and registrations would stay in the old account, in no state.",
  ],
  [
    {
      kind: "backend",
      before: { type: "s3", settings: { bucket: "b", use_lockfile: true } },
      after: { type: "local", settings: {} },
    },
    "The backend changes: s3 with bucket `b`, use_lockfile `true` → local. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.",
  ],
  [
    { kind: "backend", before: { type: "local", settings: { path: "a" } } },
    "The backend changes: local with path `a` → none. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.",
  ],
  [
    { kind: "readdressed", from: "aws_iam_role.a", to: "aws_iam_role.b" },
    "`aws_iam_role.a` becomes `aws_iam_role.b` without a `moved` block: Terraform deletes `aws_iam_role.a` and creates `aws_iam_role.b`, which is the same in AWS. The deploy fails, or it ends up missing.",
  ],
  [{ kind: "backend", after: { type: "local", settings: { path: "a" } } }, "The state is in local with path `a`."],
  [{ kind: "backend", after: { type: "*b*", settings: { "<i>": "a" } } }, "The state is in `*b*` with `<i>` `a`."],
  [
    { kind: "provider", after: { region: "us-east-1", deployRole: { arn: "arn" } } },
    "Terraform acts in `us-east-1` as `arn`.",
  ],
  [
    {
      kind: "provider",
      before: { region: "a", planRole: { arn: "p", externalId: "tenant" } },
      after: { region: "a", deployRole: { arn: "b" }, planRole: { arn: "c", sessionName: "ci" } },
    },
    "The region that Terraform acts in, or the role or profile that it acts with, changes: `a` (plans as `p` with the external ID `tenant`) → `a` as `b` (plans as `c` in the session `ci`).",
  ],
  [
    {
      ...{ kind: "provider", before: { region: "us-east-1" }, from: "in-use" },
      after: { region: "eu-west-1", deployRole: { arn: "arn:aws:iam::111122223333:role/terraform" } },
    },
    "The region that Terraform acts in, or the role or profile that it acts with, changes: `us-east-1` → `eu-west-1` as `arn:aws:iam::111122223333:role/terraform`. The deploy refuses this unless the environment was retired first: channels and registrations would stay in the old region, in no state, including any that the code dropped before and no deploy removed. Retire it, deploy, change the region, and deploy again.",
  ],
  [
    { kind: "provider", before: { region: "a" }, after: { region: "b" }, from: "retiring" },
    "The region that Terraform acts in, or the role or profile that it acts with, changes: `a` → `b`. The environment is retired at the same time, so only `support-app deploy` refuses this: with another tool, channels and registrations would stay in the old region, in no state. Retire it, deploy, and only then change the region.",
  ],
  [
    { kind: "provider", before: { region: "a" }, after: { region: "b" }, from: "retired" },
    "The region that Terraform acts in, or the role or profile that it acts with, changes: `a` → `b`. The environment was retired before. Make sure that its retirement was deployed: otherwise channels and registrations would stay in the old region, in no state.",
  ],
  [
    {
      kind: "provider",
      before: { region: "a" },
      after: { region: "a", deployRole: { arn: "b" }, profile: "ops" },
    },
    "The region that Terraform acts in, or the role or profile that it acts with, changes: `a` → `a` as `b` with the profile `ops`.",
  ],
  [{ kind: "adopted", role: "Full", isTakenOver: false }, "The role `Full` is imported with its policy."],
  [
    { kind: "adopted", role: "Full", isTakenOver: true },
    "The role `Full` is imported with its policy. Whoever already uses the role gets the access of this code.",
  ],
  [
    { kind: "name-of-other", role: "Full", environment: "other" },
    "The name `Full` belonged to a role of `other`, in the same account.",
  ],
  [
    { kind: "read-only-address", role: "Reading" },
    "The read-only role `Reading` gets a new address in Terraform. From then on, nothing stops it from writing.",
  ],
])("what changes around the access has a line: %j", (change, words) => {
  expect(list({ state: [{ ...change, verdict: "unknown" }] })).toEqual([`- ${words}`]);
});
