import { environmentChanges, sharedStates } from "../../../../cli/commands/review/environment-change";
import { reportOf } from "../../../../cli/commands/review/report/report";
import { markdownOf } from "../../../../cli/commands/review/report/sections";
import type { EnvironmentChange, Review } from "../../../../cli/commands/review/review";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { parseRules } from "../../../../stacks/environments/rules/rules";
import { rulesRecord } from "../../../../stacks/environments/rules/rules-record";
import { environmentFile } from "../../../../stacks/output/environment-file";
import { writtenStack } from "../../../../stacks/written-stack";
import { change, edited, ONCALL, reviewBetween, set, stackOf, stacksOf } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";

const CODE = stackOf(`full: { ${ONCALL} }`);
const ROLE = "resource aws_iam_role full";
const PAID = 'environments: { paid: { account: "111122223333", region: us-east-1, full: {} } }';

/** A stack whose environment has a tier, which only the file beside it says. */
function withTier(stack: SynthesizedStack, tier: string): SynthesizedStack {
  const file = stack.environmentFile as { environment: object };
  return { ...stack, environmentFile: { ...file, environment: { ...file.environment, tier } } };
}

/** What changes. */
function changeOf(base: SynthesizedStack | undefined, head: SynthesizedStack | undefined): EnvironmentChange {
  const actual = change(base, head);
  if (!actual) throw new Error("Nothing changes.");
  return actual;
}

describe("what environments.yaml doesn't say", () => {
  // What a stack has beside or instead of it is in cli/terraform/stack.test.ts.
  test("without an environment beside it, a stack is shown with all that changes in it", () => {
    const head = { ...edited(CODE, (draft) => set(draft, `${ROLE} name`, "Other")), environmentFile: "no JSON" };
    const { unproven, people, settings } = changeOf(CODE, head);
    expect([people, settings]).toEqual([[], []]);
    expect(unproven).toMatchObject([
      { address: "environment.json", actual: "no JSON", isUnchanged: false },
      { address: "aws_iam_role.full", attribute: "name", actual: "Other" },
    ]);
    expect(changeOf(undefined, head).unproven.map(({ address }) => address)).toContain("aws_iam_role.full");
  });

  test("a place that stays is shown as before, one that goes is shown, and a stack that stays as it is isn't read again", () => {
    const withTopic = edited(CODE, (draft) => set(draft, "resource aws_sns_topic a", { name: "a" }));
    const narrow = edited(stackOf(`full: { without: [live-chat], ${ONCALL} }`), (draft) =>
      set(draft, "resource aws_sns_topic a", { name: "a" }),
    );
    expect(changeOf(withTopic, narrow)).toMatchObject({
      kind: "changed",
      unproven: [{ isUnchanged: true }],
      people: [{}, {}],
    });
    expect(change(withTopic, withTopic)).toBeUndefined();
    expect(changeOf(withTopic, CODE)).toMatchObject({
      unproven: [{ expected: { name: "a" }, actual: undefined, isUnchanged: false }],
    });
    expect(changeOf(withTopic, undefined)).toMatchObject({ kind: "removed", unproven: [{ isUnchanged: true }] });
  });
});

describe("what is taken over", () => {
  const notesOf = (before: string | undefined, after: string) =>
    changeOf(before === undefined ? undefined : stackOf(before), stackOf(after)).notes;
  const ARN = "arn:aws:iam::111122223333:policy";

  test("the adoption of a role is named with the policy that comes with it, whatever that is called", () => {
    expect(notesOf("full: {}", "full: { adopt: true, policy-name: Guardrail }")).toEqual([
      { kind: "takes-over", role: "AWSSupportAppFullRole", policy: `${ARN}/Guardrail` },
    ]);
    expect(notesOf("full: { adopt: true }", "full: { adopt: true, policy-name: Guardrail }")).toEqual([
      { kind: "takes-over", role: "AWSSupportAppFullRole", policy: `${ARN}/Guardrail` },
    ]);
    expect(notesOf(undefined, "read-only: { adopt: true, policy: aws-managed, role-name: ByHand }")).toEqual([
      { kind: "takes-over", role: "ByHand", policy: undefined },
    ]);
  });

  test("the adoption of a channel and of the Service Quotas role is named", () => {
    expect(notesOf(`full: { ${ONCALL} }`, `full: { ${ONCALL.replace("C01", "C01, adopt: true")} }`)).toEqual([
      { kind: "takes-over", channel: "oncall", channelId: { workspace: "T01", channel: "C01" } },
    ]);
    expect(notesOf("full: {}", "full: { service-quotas-role: adopt }")).toEqual([
      { kind: "takes-over", role: "AWSServiceRoleForServiceQuotas" },
    ]);
  });

  test("what is adopted already isn't named again, nor is what a retired environment would adopt", () => {
    expect(notesOf("full: { adopt: true }", "full: { adopt: true, description: a }")).toEqual([]);
    expect(notesOf("retired: true, full: {}", "retired: true, full: { adopt: true }")).toEqual([]);
    expect(notesOf("retired: true, full: { adopt: true }", "full: { adopt: true }")).toMatchObject([
      { kind: "retired" },
      { kind: "takes-over" },
    ]);
  });
});

describe("what moves, is retired or is removed", () => {
  const paidIn = (account: string, region = "us-east-1", keys = "") =>
    stacksOf(`environments: { paid: { account: "${account}", region: ${region}, ${keys} full: { ${ONCALL} } } }`).get(
      "paid",
    );

  test("in another account, people gain everything, and what they have in the first one stays", () => {
    const { notes, people } = changeOf(paidIn("111122223333"), paidIn("444455556666"));
    expect(notes).toMatchObject([
      { kind: "moves", before: { account: "111122223333" }, after: { account: "444455556666" } },
    ]);
    expect(people.map(({ kind, gains, loses }) => [kind, gains.length, loses.length])).toEqual([
      ["channel", 7, 0],
      ["role", 7, 0],
    ]);
  });

  test("in another region of the account, people can do what they could", () => {
    expect(changeOf(paidIn("111122223333"), paidIn("111122223333", "eu-west-1"))).toMatchObject({
      people: [],
      notes: [{ kind: "moves" }],
    });
  });

  test("whoever is in a retired environment loses everything, and of a removed one it is said what stays", () => {
    const { notes, people } = changeOf(paidIn("111122223333"), paidIn("111122223333", "us-east-1", "retired: true,"));
    expect(notes).toEqual([{ kind: "retired", isRetired: true }]);
    expect(people).toMatchObject([{ kind: "channel", gains: [], loses: { length: 7 } }, { kind: "role" }]);
    expect(changeOf(paidIn("111122223333"), undefined)).toMatchObject({
      kind: "removed",
      account: "111122223333",
      people: [],
      notes: [{ kind: "removed", roles: ["AWSSupportAppFullRole"], channels: ["oncall"], wasRetired: false }],
    });
  });

  test("two environments whose states are in one place, before or after, are named together", () => {
    const inState = (name: string, statePath: string) => {
      const stack = stackOf("full: {}", name);
      return [name, { ...stack, environmentFile: { ...(stack.environmentFile as object), statePath } }] as const;
    };
    const apart = new Map([inState("a", "../../../state/a.tfstate"), inState("b", "../../../state/b.tfstate")]);
    expect(sharedStates(apart, apart)).toEqual([]);
    expect(sharedStates(apart, new Map([inState("b", "../../../state/a.tfstate")]))).toEqual([["a", "b"]]);
  });
});

describe("people whom another environment leaves behind", () => {
  const environment = (name: string, account: string, keys: string, region = "us-east-1") =>
    `${name}: { account: "${account}", region: ${region}, ${keys} }`;
  const [ACCOUNT, OTHER] = ["111122223333", "444455556666"];
  const team = (keys: string, ...channels: readonly string[]) =>
    `teams: { pay: { access: full, role-name: Paying, policy-name: Paying, ${keys} channels: [${channels.map((id) => `{ name: in-${id.toLowerCase()}, workspace: T01, channel: ${id} }`).join(", ")}] } }`;
  const reviewOfFiles = (base: readonly string[], head: readonly string[]) => {
    const [before, after] = [base, head].map((entries) =>
      entries.length === 0 ? new Map() : stacksOf(`environments: { ${entries.join(", ")} }`),
    );
    return reviewBetween(before ?? new Map(), after ?? new Map());
  };
  const gainsOf = ({ environments }: Review) =>
    environments.flatMap(({ environment, people }) =>
      people
        .filter(({ kind }) => kind === "channel")
        .map(({ channel, isKnownByName, gains }) => [environment, channel, isKnownByName, gains.length]),
    );
  const usEnvironment = environment("us", ACCOUNT, team("without: [live-chat],", "C01"));
  const euEnvironment = environment("eu", ACCOUNT, team("adopt: true,", "C02"), "eu-west-1");
  const GAINS = [
    ["eu", "C01", false, 1],
    ["eu", "C02", false, 7],
  ];

  test.each([
    ["leaves the file", [usEnvironment], [euEnvironment]],
    ["leaves its account", [usEnvironment], [euEnvironment, environment("us", OTHER, team("", "C03"))]],
    ["leaves it to one that was elsewhere", [usEnvironment, environment("eu", OTHER, "full: {}")], [euEnvironment]],
  ])("people of an environment that %s gain what its role gains that another one takes over", (_, base, head) => {
    const review = reviewOfFiles(base, head);
    expect(gainsOf(review).filter(([name]) => name === "eu")).toEqual(GAINS);
    const report = markdownOf(reportOf(review));
    expect(report).toContain("everyone in `#in-c01` (`C01` of `T01`) | **live-chat** |");
    expect(report).toContain("- eu imports the role `Paying` of us and the policy ");
    expect(report).toContain(" Channels that us leaves behind use it, too.");
  });

  test("people of an environment gain what its role gains in another region, if their channel stays in the first one", () => {
    const inEurope = environment("us", ACCOUNT, team("", "C02"), "eu-west-1");
    expect(gainsOf(reviewOfFiles([usEnvironment], [inEurope]))).toEqual([
      ["us", "C01", true, 1],
      ["us", "C02", false, 7],
    ]);
  });

  test("people who could do as much before, in an environment of another name, gain nothing", () => {
    const euAlone = environment(
      "eu",
      ACCOUNT,
      team("adopt: true,", "C01").replace("channel: C01", "channel: C01, adopt: true"),
    );
    expect(gainsOf(reviewOfFiles([usEnvironment.replace("without: [live-chat], ", "")], [euAlone]))).toEqual([]);
  });

  test("an environment in the account of another one, which main.ts can forge, is named with it, and so are people who gain", () => {
    const { environments } = reviewOfFiles([usEnvironment], [usEnvironment]);
    expect(environments).toEqual([]);
    const [before, forgery] = [[usEnvironment], [euEnvironment]].map((entries) =>
      stacksOf(`environments: { ${entries.join(", ")} }`),
    );
    const review = reviewBetween(before ?? new Map(), new Map([...(before ?? []), ...(forgery ?? [])]));
    expect(gainsOf(review)).toEqual(GAINS);
    const report = markdownOf(reportOf(review));
    expect(report).toMatch(/^## .*, 1 is in another environment's account, 1 is new\n/);
    expect(report).toContain(
      "- eu is in the account 111122223333 of us, which environments.yaml can't say: a deploy of one changes what the other has.",
    );
  });
});

test("another path of a local state is shown, which only the file beside the stack says, and isn't planned", () => {
  const source = { environment: parseEnvironments(PAID, "e.yaml")[0] as Environment };
  const inState = (statePath: string) => ({
    terraform: writtenStack({ ...source, statePath }),
    environmentFile: environmentFile({ ...source, statePath }),
  });
  expect(changeOf(inState("../../../state/paid.tfstate"), inState("../../../state/x.tfstate"))).toMatchObject({
    unproven: [],
    isPlannable: false,
    settings: [{ compared: "access", property: "path of the state", after: "../../../state/x.tfstate" }],
  });
  expect(changeOf(undefined, inState("/tmp/x.tfstate")).settings).toContainEqual(
    expect.objectContaining({ property: "path of the state", before: undefined, after: "/tmp/x.tfstate", isNew: true }),
  );
  const inBucket = stackOf("full: {}, backend: { type: s3, bucket: state, region: us-east-1 }");
  expect(changeOf(inBucket, inState("/tmp/x.tfstate")).settings).toContainEqual(
    expect.objectContaining({ property: "path of the state", after: "/tmp/x.tfstate", isNew: false }),
  );
});

describe("what may be planned before it is merged", () => {
  const place = 'deploy-role: "arn:aws:iam::111122223333:role/d"';
  const isPlannable = (before: SynthesizedStack | undefined, after: SynthesizedStack) =>
    changeOf(before, after).isPlannable;

  test("an environment may be planned if it is proven and Terraform acts where it did, with the same roles", () => {
    expect(isPlannable(CODE, stackOf("full: { without: [live-chat] }"))).toBe(true);
    expect(isPlannable(CODE, stackOf("retired: true, full: {}"))).toBe(true);
  });

  test.each([
    ["new", undefined, CODE],
    ["not proven", CODE, edited(CODE, (draft) => set(draft, "resource aws_sns_topic a", {}))],
    ["with another deploy-role", CODE, stackOf(`full: {}, ${place}`)],
    ["with another plan-role", CODE, stackOf("full: {}, plan-role: 'arn:aws:iam::111122223333:role/p'")],
    ["with another profile", CODE, stackOf("full: {}, profile: administrator")],
    ["with another backend", CODE, stackOf("full: {}, backend: { type: s3, bucket: state, region: us-east-1 }")],
    ["compared with nothing known", { terraform: CODE.terraform }, stackOf("full: { without: [live-chat] }")],
  ])("an environment isn't planned that is %s", (_, before, after) => {
    expect(isPlannable(before, after)).toBe(false);
  });
});

test("an environment that leaves its tier in the change that the tier's rules limit is judged by that tier, too", () => {
  const { value } = parseRules(
    "{ all: { access-levels: [read-only, full] }, tiers: { production: { access-levels: [read-only] }, sandbox: {} } }",
    "rules.yaml",
  );
  const folder = (name: string, tier: string, keys: string) => ({
    stacks: new Map([[name, withTier(stackOf(keys, name), tier)]]),
    rules: rulesRecord(value, []),
  });
  const breachesIn = (base: ReturnType<typeof folder>, head: ReturnType<typeof folder>) =>
    environmentChanges(base, head, NOW).flatMap(({ environment, breaches }) =>
      breaches.map((breach) => [environment, breach]),
    );
  const base = folder("paid", "production", "read-only: {}");
  const BREACH = "full: received full, expected only read-only, as tiers.production.access-levels in rules.yaml says";
  expect(breachesIn(base, folder("paid", "sandbox", "read-only: {}, full: {}"))).toEqual([["paid", BREACH]]);
  expect(breachesIn(base, folder("other", "sandbox", "read-only: {}, full: {}"))).toEqual([["other", BREACH]]); // in the same account
  expect(breachesIn(base, folder("paid", "sandbox", "read-only: {}"))).toEqual([]);
  expect(breachesIn(folder("paid", "sandbox", "full: {}"), folder("paid", "production", "full: {}"))).toEqual([
    ["paid", BREACH],
  ]);
});

test("what the rules before the change didn't allow of an environment that changes is named", () => {
  const { value } = parseRules("{ all: { access-levels: [read-only], regions: [us-east-1] } }", "rules.yaml");
  const folder = (keys: string) => ({
    stacks: new Map([
      ["paid", stackOf(keys)],
      ["same", stackOf("full: {}", "same")],
    ]),
    rules: rulesRecord(value, []),
  });
  const changes = environmentChanges(
    folder("read-only: {}"),
    { ...folder("read-only: {}, full: {}"), rules: undefined },
    NOW,
  );
  expect(changes.map(({ environment, breaches }) => [environment, breaches])).toEqual([
    ["paid", ["full: received full, expected only read-only, as all.access-levels in rules.yaml says"]],
  ]);
  expect(environmentChanges({ stacks: folder("read-only: {}").stacks }, folder("full: {}"), NOW)).toMatchObject([
    { breaches: [] },
  ]);
});
