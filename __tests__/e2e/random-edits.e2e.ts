import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CreatePolicyCommand, GetAccountAuthorizationDetailsCommand } from "@aws-sdk/client-iam";
import fc from "fast-check";
import { environmentChanges } from "../../cli/commands/review/environment-change";
import type { Terraform } from "../../cli/terraform/synthesized-folder";
import { passes } from "../support/attacked-stack";
import type { Draft } from "../support/edited-stack";
import { type Account, FOREIGN_POLICIES, gains, OWN_ACCOUNT, type Role } from "../support/iam-model";
import { NOW } from "../support/now";
import { type RandomEdits, randomEdits, stacksOf } from "../support/random-edits";
import { type Judgement, judge, type World } from "../support/terraform-model";
import { iamIn, newAccount, readChannels, readRole } from "./support/account";
import { policyDocument } from "./support/examples";
import { type Ended, type Project, terraformIn } from "./support/project";

/** How many changes are applied: the weekly run says more, of another seed each time. */
const CHANGES = Number(process.env.PROPERTY_RUNS ?? 4);
const SEED = process.env.PROPERTY_RUNS ? Date.now() : 1;
/** Those at once. */
const WORKERS = 2;

/** A change that the model knows, and what it expects. */
interface Change {
  readonly edits: RandomEdits;
  readonly base: Terraform;
  readonly head: Terraform;
  readonly judgement: Exclude<Judgement, { is: "unknown" }>;
}

/** As many changes of each kind, by what the model says and the review. */
function sampleOfChanges(): Change[] {
  const kinds = new Map<string, Change[]>();
  for (const edits of fc.sample(randomEdits, { numRuns: 40 + 10 * CHANGES, seed: SEED })) {
    const { base, head } = stacksOf(edits);
    const judgement = judge(base, head);
    if (judgement.is === "unknown" || JSON.stringify(base) === JSON.stringify(head) || isBeyondEmulator(base, head)) {
      continue;
    }
    const [change] = environmentChanges(new Map([["paid", base]]), new Map([["paid", head]]), NOW);
    const kind = [judgement.is, judgement.is === "applied" && judgement.gains.length > 0, change && passes(change)];
    kinds.set(String(kind), [...(kinds.get(String(kind)) ?? []), { edits, base, head, judgement }]);
  }
  const ranked = [...kinds.values()].flatMap((all) => all.map((change, rank) => ({ change, rank })));
  return ranked
    .sort((one, other) => one.rank - other.rank)
    .map(({ change }) => change)
    .slice(0, CHANGES);
}

/**
 * The emulator tells names apart by case and policies by path, takes any trust policy, doesn't know AWS's own
 * policies as boundaries and has no Service Quotas role to import. Whether a role is created before the policy of the stack that
 * bounds it is left to chance.
 */
function isBeyondEmulator(...stacks: readonly Terraform[]): boolean {
  const named = stacks.flatMap(({ resource = {} }) =>
    ["aws_iam_role", "aws_iam_policy"].flatMap((type) =>
      Object.values((resource as Draft)[type] ?? {}).map(({ name, path = "/" }: Draft) => [type, path, name]),
    ),
  );
  const exact = new Set(named.map((one) => String(one)));
  const alike = new Set(named.map(([type, , name]) => `${type} ${name}`.toLowerCase()));
  const isTrust = ({ data, resource = {} }: Draft) =>
    Object.values<Draft>(resource.aws_iam_role ?? {}).every(({ assume_role_policy }) => {
      const [, name = ""] = /document\.([\w-]+)\.json/.exec(assume_role_policy) ?? [];
      return data.aws_iam_policy_document[name]?.statement.every(({ principals }: Draft) => principals);
    });
  const beyond = [
    /"statement":\[\]/,
    /"permissions_boundary":"(?!arn:aws:iam::\d+:policy\/[bc]")/,
    /"to":"aws_iam_service_linked_role/,
  ];
  const text = JSON.stringify(stacks);
  return exact.size > alike.size || !stacks.every(isTrust) || beyond.some((one) => one.test(text));
}

const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), "random-edits-"));
const project: Project = { folder: scratch, name: "random-edits" };
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Applies a stack in the account, with the state in that folder. */
async function applied(stack: Terraform, folder: string, account: string): Promise<Ended> {
  const { backend: _, ...terraform } = stack.terraform as Draft;
  mkdirSync(join(scratch, folder), { recursive: true });
  const text = JSON.stringify({ ...stack, terraform }).replaceAll(OWN_ACCOUNT, account);
  writeFileSync(join(scratch, folder, "main.tf.json"), text);
  const options = { as: account, env: { TF_DATA_DIR: join(scratch, "data") } };
  const lock = ".terraform.lock.hcl";
  if (existsSync(join(scratch, lock))) copyFileSync(join(scratch, lock), join(scratch, folder, lock));
  else {
    expect(await terraformIn(project, folder, ["init", "-input=false"], options)).toMatchObject({ status: 0 });
    copyFileSync(join(scratch, folder, lock), join(scratch, lock));
  }
  return terraformIn(project, folder, ["apply", "-auto-approve", "-input=false"], options);
}

/** What the account has, in the model's form. */
async function readLive(account: string): Promise<Account> {
  const own = (text: string | undefined) => decodeURIComponent(text ?? "").replaceAll(account, OWN_ACCOUNT);
  const details = await iamIn(account).send(new GetAccountAuthorizationDetailsCommand({}));
  const all = await Promise.all(
    (details.RoleDetailList ?? []).map(async (found): Promise<Role> => {
      const { RoleName: name = "", Arn, AssumeRolePolicyDocument, RolePolicyList = [] } = found;
      const boundary = (await readRole(account, name))?.boundary;
      return {
        name,
        arn: own(Arn),
        trust: own(AssumeRolePolicyDocument),
        boundary: boundary && own(boundary),
        attached: new Set((found.AttachedManagedPolicies ?? []).map(({ PolicyArn }) => own(PolicyArn))),
        inline: new Map(RolePolicyList.map((one) => [String(one.PolicyName), own(one.PolicyDocument)])),
      };
    }),
  );
  const policies = (details.Policies ?? []).map(({ Arn, PolicyVersionList = [] }) => {
    return [own(Arn), own(PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document)] as const;
  });
  const channels = Object.values(await readChannels(account)).map((one) => {
    return [`${one.TeamId}/${one.ChannelId}`, own(String(one.ChannelRoleArn))] as const;
  });
  const roles = all.filter(({ name }) => !name.startsWith("AWSServiceRole"));
  return {
    roles: new Map(roles.map((role) => [role.name.toLowerCase(), role])),
    policies: new Map(policies.filter(([arn]) => !FOREIGN_POLICIES.includes(arn))),
    channels: new Map(channels),
    quotasRole: roles.length < all.length,
  };
}

/** What doesn't depend on the order or the form in which IAM has it. */
function comparable({ roles, policies, channels, quotasRole }: Account): object {
  const entries = <T>(map: ReadonlyMap<string, T>, form: (value: T) => unknown) =>
    Object.fromEntries([...map].map(([key, value]) => [key, form(value)]));
  return {
    roles: entries(roles, ({ name, arn, trust, boundary, attached, inline }) => ({
      ...{ name, arn, trust: sorted(JSON.parse(trust)), boundary, attached: [...attached].sort() },
      inline: entries(inline, (document) => sorted(JSON.parse(document))),
    })),
    policies: entries(policies, (document) => sorted(JSON.parse(document))),
    channels: Object.fromEntries(channels),
    quotasRole,
  };
}

/** A document, each value of which is a list. */
function sorted({ Statement }: Draft): unknown {
  const lists = (value: unknown): unknown =>
    typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value as object).map(([key, inside]) => [key, lists(inside)]))
      : [...new Set([value].flat())].sort();
  return [Statement].flat().map(lists);
}

async function check({ edits, base, head, judgement }: Change, folder: string): Promise<void> {
  const account = newAccount();
  for (const arn of FOREIGN_POLICIES) {
    const PolicyDocument = policyDocument({ Effect: "Allow", Action: "support:*", Resource: "*" });
    await iamIn(account).send(new CreatePolicyCommand({ PolicyName: arn.split("/")[1], PolicyDocument }));
  }
  const expectLive = async (live: Account, { status, output }: Ended, expected: readonly World[]) => {
    const seen = { isApplied: status === 0, ...comparable(live) };
    const forms = expected.map(({ account, failed }) => ({ isApplied: failed.length === 0, ...comparable(account) }));
    const form = forms.find((one) => isDeepStrictEqual(one, seen)) ?? forms[0];
    const said = { edits: JSON.stringify(edits), output: output.match(/^.*Error.*$/gm) };
    expect({ ...said, ...seen }).toEqual({ ...said, ...form });
  };
  const first = await applied(base, folder, account);
  if (!judgement.before) {
    expect(first.status).not.toBe(0);
    return;
  }
  const before = await readLive(account);
  await expectLive(before, first, [judgement.before]);
  const second = await applied(head, folder, account);
  const after = await readLive(account);
  const refused = { ...judgement.before, failed: ["everything"] };
  await expectLive(after, second, judgement.is === "applied" ? judgement.after : [refused]);
  if (judgement.is === "applied" && judgement.gains.length === 0)
    expect(gains(before, after, second.status !== 0)).toEqual([]);
}

test("what random edits of a stack make of an account is what the model says", async () => {
  const waiting = [...sampleOfChanges().entries()];
  expect(waiting).toHaveLength(CHANGES);
  const failures: string[] = [];
  const checkNext = async () => {
    const [index, change] = waiting.shift() ?? [];
    if (change) await check(change, String(index)).catch((error: Error) => failures.push(error.message));
    return change !== undefined;
  };
  await checkNext(); // it initializes for all
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      while (await checkNext());
    }),
  );
  expect({ seed: SEED, failures }).toEqual({ seed: SEED, failures: [] });
});
