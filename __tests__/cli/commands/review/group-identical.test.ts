import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { truncate } from "../../../../cli/commands/review/github";
import { groupIdentical } from "../../../../cli/commands/review/group-identical";
import { markdown } from "../../../../cli/commands/review/report";
import { type Review, reviewOf } from "../../../../cli/commands/review/review";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import { digested } from "../../../support/digested";
import { NOW } from "../../../support/now";
import { synthesize } from "../../../support/synthesize";
import { isThorough, thoroughTest } from "../../../support/thorough";

const ACCOUNT = "111122223333";
const accountOf = (index: number) => String(100_000_000_000 + index);

function textOf(levels: string): string {
  return (
    synthesize(
      `environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: { type: local }, ${levels} } }`,
    ).paid ?? ""
  );
}

const BEFORE = textOf("full: { without: [live-chat] }");
const AFTER = textOf("full: {}");

/** The same Terraform as an environment of that name in that account has it. */
function as(text: string, name: string, account: string): Terraform {
  return digested(text.replaceAll(ACCOUNT, account).replaceAll(/\bpaid\b/g, name));
}

/** The review of a change of environments, of which each has what it had and what it has. */
function review(environments: Readonly<Record<string, readonly [before: Terraform, after: Terraform]>>): Review {
  const side = (index: 0 | 1) =>
    new Map(Object.entries(environments).map(([name, both]) => [name, both[index]] as const));
  return reviewOf(environmentChanges(side(0), side(1), NOW));
}

/** So many environments that gain live chats. */
function fleet(count: number, after = AFTER) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const [name, account] = [`env-${index}`, accountOf(index)];
      return [name, [as(BEFORE, name, account), as(after, name, account)] as const];
    }),
  );
}

const names = (found: Review) =>
  groupIdentical(found.environments).map(({ all }) => all.map(({ environment }) => environment));
/** In the list, and in the table. */
const GAINS = ["(`support:InitiateChatForCase`)", "| `support:InitiateChatForCase` |"];

test("a gain in three environments is reported once, with their names", () => {
  const report = markdown(review(fleet(3)));
  expect(report).toContain("## ⚠️ Access is broadened in 3 environments\n");
  expect(report).toContain("### 3 environments: access is broadened\n\nThe same in `env-0`, `env-1`, `env-2`.\n");
  for (const gain of GAINS) expect(report.split(gain)).toHaveLength(2);
});

test("a gain in 3,000 environments is reported once, within GitHub's limit, and their names come last", () => {
  const found = review(fleet(isThorough ? 3000 : 60));
  const count = found.environments.length;
  const report = markdown(found);
  for (const gain of GAINS) expect(report.split(gain)).toHaveLength(2);
  expect(report.length).toBeLessThan(65_536);
  expect(truncate(report)).toBe(report);
  expect(report).toContain(`The same in ${count} environments, listed below.`);
  const [paragraph = "", listed = ""] = report.split(
    `<details><summary>The ${count} environments that change like env-0</summary>`,
  );
  for (const gain of GAINS) expect(paragraph).toContain(gain);
  for (const { environment } of found.environments) expect(listed).toMatch(new RegExp(`\`${environment}\``));
});

thoroughTest("names that are too many for GitHub are what is cut, and nothing else", () => {
  const long = "production-".repeat(5);
  const all = Object.fromEntries(Object.entries(fleet(1050)).map(([name, both]) => [`${long}${name}`, both]));
  const report = markdown(review(all));
  const shown = truncate(report);
  expect(report.length).toBeGreaterThan(65_536);
  expect(shown.length).toBeLessThanOrEqual(65_536);
  expect(shown).toContain("The same in 1050 environments, listed below.");
  expect(shown).toContain("This report is cut");
  expect(Object.keys(all).filter((name) => !report.includes(`\`${name}\``))).toEqual([]);
});

test.each([3, 41])("%i new environments are reported with the account of each", (count) => {
  const none = as(BEFORE, "none", accountOf(99));
  const isNew = environmentChanges(
    new Map([["none", none]]),
    new Map([["none", none], ...Object.entries(fleet(count)).map(([name, [, after]]) => [name, after] as const)]),
    NOW,
  );
  const report = markdown(reviewOf(isNew));
  expect(report).toContain(`### ${count} environments: access is broadened`);
  expect(report).toContain(
    "The text below is about `env-0`: each of the others has its own account instead, and its own name in the location of its state.",
  );
  for (let index = 0; index < count; index++) expect(report).toContain(`\`env-${index}\` (\`${accountOf(index)}\`)`);
});

test("quiet environments aren't grouped", () => {
  const [quiet, other] = [
    textOf("full: { without: [live-chat], tags: { a: b } }"),
    textOf("full: { without: [live-chat], tags: { c: d } }"),
  ];
  const all = fleet(7, quiet);
  const report = markdown(
    review({ ...all, "env-3": [as(BEFORE, "env-3", accountOf(3)), as(other, "env-3", accountOf(3))] }),
  );
  expect(report).toContain("<details><summary>The 7 environments in which nobody's access changes</summary>");
  expect(report).not.toContain("that change like");
});

test("the digest covers all of them: it changes with one more or one fewer", () => {
  const digests = [1, 2, 3].map((count) => review(fleet(count)).digest);
  expect(new Set(digests).size).toBe(3);
});

test("environments that differ in anything but their own name and account are separate", () => {
  const odd = textOf("full: { without: [resolve-cases] }");
  const found = review({ ...fleet(3), other: [as(BEFORE, "other", accountOf(9)), as(odd, "other", accountOf(9))] });
  expect(names(found)).toEqual([["env-0", "env-1", "env-2"], ["other"]]);
});

test("trust in an environment's own account is the same everywhere, and trust in another environment's account isn't", () => {
  const trusting = (text: string, account: string): Terraform => {
    const terraform = JSON.parse(JSON.stringify(as(text, "paid", account)));
    const { full_trust } = terraform.data.aws_iam_policy_document;
    full_trust.statement.push({
      actions: ["sts:AssumeRole"],
      effect: "Allow",
      principals: [{ type: "AWS", identifiers: [`arn:aws:iam::${account}:root`] }],
    });
    return terraform;
  };
  const of = (own: string, trusted: string) => {
    const after = digested(JSON.stringify(trusting(AFTER, trusted)).replaceAll(`["${trusted}"]`, `["${own}"]`));
    return [as(AFTER, "paid", own), after] as const;
  };
  const [one, two, three] = [0, 1, 2].map(accountOf) as [string, string, string];
  const found = review({ a: of(one, one), b: of(two, two), c: of(three, one) });
  expect(names(found)).toEqual([["a", "b"], ["c"]]);
  const report = markdown(found);
  expect(report).toContain(
    "The text below is about `a`: each of the others has its own account instead, and its own name in the location of its state.",
  );
  expect(report).toContain("### `c`: access is broadened");
});

describe("an environment's name", () => {
  type State = Review["environments"][number]["state"][number];
  const changed = (environment: string, state: State) => ({
    ...(review(fleet(1)).environments[0] as Review["environments"][number]),
    environment,
    state: [state],
  });
  const inS3 = (key: string): State => {
    const backend = { type: "s3", settings: { bucket: "states", key } } as const;
    return { kind: "backend", verdict: "unknown", before: backend, after: backend };
  };
  const inS3Of = (name: string, key: string) => changed(name, inS3(key));

  test("is its own in the location of the state, as a whole word", () => {
    expect(groupIdentical([inS3Of("a", "state/a.tfstate"), inS3Of("b", "state/b.tfstate")])).toMatchObject([
      { all: [{ environment: "a" }, { environment: "b" }], isOwn: true },
    ]);
    expect(groupIdentical([inS3Of("a", "state/a.tfstate"), inS3Of("b", "state/a.tfstate")])).toHaveLength(2);
    expect(groupIdentical([inS3Of("only", "read-only"), inS3Of("b", "read-b")])).toHaveLength(2);
  });

  test.each<[string, (name: string) => Readonly<Record<string, unknown>>]>([
    ["the path of a local one", (name) => ({ path: `state/${name}.tfstate` })],
    ["the key in S3", (name) => ({ key: name })],
    ["the workspace in HCP Terraform", (name) => ({ workspace: name })],
  ])("is its own in %s, also if there was no state before", (_, settings) => {
    const added = (name: string) =>
      changed(name, {
        ...{ kind: "backend", verdict: "unknown", before: undefined },
        after: { type: "local", settings: settings(name) },
      });
    expect(groupIdentical([added("a"), added("b")])).toHaveLength(1);
  });

  test("counts as any other text elsewhere: in a bucket, a role to assume, and the type of a backend", () => {
    const acting = (name: string): State => {
      const as = (role: string) => ({ assumeRole: `arn:aws:iam::111122223333:role/${role}` }) as never;
      return { kind: "provider", verdict: "unknown", before: as("terraform"), after: as(name), isLeft: false };
    };
    const bucket = (name: string): State => {
      const backend = { type: "s3", settings: { bucket: name } } as const;
      return { kind: "backend", verdict: "unknown", before: backend, after: backend };
    };
    const kind = (type: "s3" | "local"): State => {
      const backend = { type, settings: {} };
      return { kind: "backend", verdict: "unknown", before: backend, after: backend };
    };
    expect(groupIdentical([changed("admin", acting("admin")), changed("deploy", acting("deploy"))])).toHaveLength(2);
    expect(groupIdentical([changed("a", acting("x")), changed("b", acting("x"))])).toHaveLength(1);
    expect(groupIdentical([changed("a", bucket("a")), changed("b", bucket("b"))])).toHaveLength(2);
    expect(groupIdentical([changed("s3", kind("s3")), changed("local", kind("local"))])).toHaveLength(2);
  });
});

test("an environment of one account and one of any account are separate", () => {
  const of = (environment: string, account?: string) => ({
    ...(review(fleet(1)).environments[0] as Review["environments"][number]),
    ...{ environment, account, access: { roles: [], channels: [], registrations: [] } },
  });
  expect(groupIdentical([of("a", accountOf(1)), of("b")])).toHaveLength(2);
  expect(groupIdentical([of("a"), of("b")])).toHaveLength(1);
});

const AWS_POLICY = "arn:aws:iam::aws:policy/";
const OF_ACCOUNT = (account: string, policy: string) => `arn:aws:iam::${account}:policy/${policy}`;
test.each<[string, [string, string, string], [string, string, string], number]>([
  ["each has the same policy of AWS's", ["one", "1", `${AWS_POLICY}Same`], ["two", "2", `${AWS_POLICY}Same`], 1],
  ["one has AWS's of its own name", ["Reader", "1", `${AWS_POLICY}Reader`], ["Admin", "2", `${AWS_POLICY}Admin`], 2],
  ["each has the policy of its account", ["one", "1", OF_ACCOUNT("1", "p")], ["two", "2", OF_ACCOUNT("2", "p")], 1],
  ["they have others of their accounts", ["one", "1", OF_ACCOUNT("1", "p")], ["two", "2", OF_ACCOUNT("2", "q")], 2],
  [
    "one has the policy of the other's account",
    ["one", "1", OF_ACCOUNT("1", "p")],
    ["two", "2", OF_ACCOUNT("1", "p")],
    2,
  ],
])("of two environments with a policy, %s: %s and %s are %i groups", (_, one, other, groups) => {
  const having = ([environment, account, arn]: [string, string, string]) => ({
    ...(review(fleet(1)).environments[0] as Review["environments"][number]),
    environment,
    account: account.repeat(12),
    violations: [
      { kind: "attached", arn: arn.replace(/::\d:/, `::${arn.match(/::(\d):/)?.[1]?.repeat(12)}:`) },
    ] as never,
  });
  expect(groupIdentical([having(one), having(other)])).toHaveLength(groups);
});
