import fc from "fast-check";
import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { memoize } from "../../../../common/json";
import { DeployedAws, type Rights, rightsIn, rolesIn, type Version } from "../../../support/deployed";
import { stacksOf } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";
import { propertyRuns } from "../../../support/thorough";

/** A version of environments.yaml: what comes before the environments may stand in front. */
function versionOf(environments: string, defaults = ""): Version {
  return stacksOf(`${defaults}\nenvironments: { ${environments} }`);
}

const ACCOUNTS = ["111122223333", "444455556666"] as const;
const [US, EU] = ["us-east-1", "eu-west-1"] as const;
const WATCH = "channels: [{ name: watch, workspace: T01, channel: C02 }]";
const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
const READING = `read-only: { ${WATCH} }`;
const FULL = `full: { ${ONCALL} }`;
const BOTH = `${READING}, ${FULL}`;
const RETIRED = "retired: true";

/** The environment `paid` with those access levels. */
const paid = (levels: string, region: string = US, account: string = ACCOUNTS[0]) =>
  versionOf(`paid: { account: "${account}", region: ${region}, ${levels} }`);
const NOBODY = new Map() as Version;

/** Every way to deploy some of the merges, in any order. */
function deploys<T>(merges: readonly T[]): T[][] {
  const orders = merges.flatMap((merge, index) =>
    deploys(merges.filter((_, position) => position !== index)).map((order) => [merge, ...order]),
  );
  return [[], ...orders];
}

/** Who can do what the last deployed code doesn't give or, by hand, the code before all merges. */
function unapproved(base: Version, merges: readonly Version[]): string[] {
  const byHand = new Set([base, ...merges].flatMap(rolesIn));
  const excess = new Set<string>();
  for (const deployed of deploys(merges)) {
    const aws = new DeployedAws();
    aws.deploy(base);
    const grantedRights: Rights = new Map([...rightsIn(deployed.at(-1) ?? base), ...byHandIn(aws.rights(byHand))]);
    for (const version of deployed) aws.deploy(version);
    for (const [principal, capabilities] of aws.rights(byHand))
      if ([...capabilities].some((capability) => !grantedRights.get(principal)?.has(capability))) excess.add(principal);
  }
  return [...excess];
}

function byHandIn(rights: Rights): [string, ReadonlySet<string>][] {
  return [...rights].filter(([principal]) => principal.startsWith("by hand"));
}

/** Whether the merge of one version after the other needs an approval, and its report. */
function reviews(base: Version, merges: readonly Version[]) {
  return merges.map((head, index) => {
    const review = reviewOf(environmentChanges(index === 0 ? base : (merges[index - 1] ?? base), head, NOW));
    return { asks: review.approvalNeeded || review.refused, report: markdown(review) };
  });
}

const READ_ONLY_NAME = "role-name: AWSSupportAppReadOnlyRole";
const S3 = (prefix: string) => `backend: { type: s3, bucket: states, region: us-east-1, prefix: ${prefix} }`;

/** Edits of environments.yaml alone, merged one after the other, with the merges that need an approval. */
const SEQUENCES: readonly (readonly [
  what: string,
  base: Version,
  merges: readonly (readonly [Version, asks: boolean])[],
])[] = [
  [
    "the read-only level is dropped, the region changes, and the full role takes the read-only role's name",
    paid(`${READING}, full: {}`),
    [
      [paid("full: {}"), false],
      [paid("full: {}", EU), true],
      [paid(`full: { ${READ_ONLY_NAME} }`, EU), true],
    ],
  ],
  [
    "the read-only level is dropped, and its name is taken in any case",
    paid(BOTH),
    [
      [paid(FULL), false],
      [paid(`full: { role-name: awssupportappreadonlyrole, ${ONCALL} }`), true],
    ],
  ],
  [
    "a role without a name gets the default one, which the level had before",
    paid(`read-only: { role-name: AWSSupportAppFullRole, ${WATCH} }, full: { role-name: Temporary, ${ONCALL} }`),
    [
      [paid(`full: { role-name: Temporary, ${ONCALL} }`), false],
      [paid(FULL), true],
    ],
  ],
  [
    "the name comes back under the path that the read-only role had",
    paid(`read-only: { role-name: Support, path: /watch/, ${WATCH} }, full: { role-name: Temporary, ${ONCALL} }`),
    [
      [paid(`full: { role-name: Temporary, ${ONCALL} }`), false],
      [paid(`full: { role-name: Support, ${ONCALL} }`), true],
      [paid(`full: { role-name: Support, path: /watch/, ${ONCALL} }`), true],
    ],
  ],
  [
    "the levels swap their names by way of another one",
    paid(BOTH),
    [
      [paid(`${READING}, full: { role-name: Temporary, ${ONCALL} }`), true],
      [
        paid(`read-only: { role-name: AWSSupportAppFullRole, ${WATCH} }, full: { role-name: Temporary, ${ONCALL} }`),
        true,
      ],
      [paid(`read-only: { role-name: AWSSupportAppFullRole, ${WATCH} }, full: { ${READ_ONLY_NAME}, ${ONCALL} }`), true],
    ],
  ],
  [
    "a path that all roles have by default changes back and forth",
    versionOf(`paid: { account: "${ACCOUNTS[0]}", region: ${US}, ${BOTH} }`),
    [
      [paid("read-only: { path: /watch/ }, full: { path: /oncall/ }"), true],
      [paid("full: { path: /watch/ }"), true],
    ],
  ],
  [
    "a channel is removed, and the region changes",
    paid(BOTH),
    [
      [paid(`${READING}, full: {}`), false],
      [paid(`${READING}, full: {}`, EU), true],
    ],
  ],
  [
    "all channels are removed, and the region changes",
    paid(FULL),
    [
      [paid("full: {}"), false],
      [paid("full: {}", EU), true],
    ],
  ],
  [
    "a channel gets the read-only role, and the region changes, twice",
    paid(`read-only: {}, ${FULL}`),
    [
      [paid(`read-only: { ${ONCALL} }, full: {}`), false],
      [paid(`read-only: { ${ONCALL} }, full: {}`, EU), true],
      [paid(`read-only: { ${ONCALL} }, full: {}`), true],
    ],
  ],
  [
    "an environment is retired, and removed",
    paid(BOTH),
    [
      [paid(RETIRED), false],
      [NOBODY, true],
    ],
  ],
  ["an environment is removed", paid(BOTH), [[NOBODY, true]]],
  [
    "an environment is retired, moved to another region, and brought back",
    paid(BOTH),
    [
      [paid(RETIRED), false],
      [paid(RETIRED, EU), true],
      [paid("full: {}", EU), true],
    ],
  ],
  ["an environment is retired while it moves to another account", paid(BOTH), [[paid(RETIRED, US, ACCOUNTS[1]), true]]],
  [
    "an environment is retired, and brought back in another account",
    paid(BOTH),
    [
      [paid(RETIRED), false],
      [paid(RETIRED, US, ACCOUNTS[1]), true],
      [paid(READING, US, ACCOUNTS[1]), true],
    ],
  ],
  [
    "the account changes, and changes back with less",
    paid(BOTH),
    [
      [paid(FULL, US, ACCOUNTS[1]), true],
      [paid(READING), true],
    ],
  ],
  [
    "an environment is retired, and removed, and another one has its account",
    paid(BOTH),
    [
      [paid(RETIRED), false],
      [versionOf(`other: { account: "${ACCOUNTS[0]}", region: ${EU}, read-only: {} }`), true],
    ],
  ],
  [
    "a channel is removed, and the state is elsewhere",
    versionOf(`paid: { account: "${ACCOUNTS[0]}", region: ${US}, ${S3("one")}, ${BOTH} }`),
    [
      [versionOf(`paid: { account: "${ACCOUNTS[0]}", region: ${US}, ${S3("one")}, ${FULL} }`), false],
      [versionOf(`paid: { account: "${ACCOUNTS[0]}", region: ${US}, ${S3("two")}, ${FULL} }`), true],
    ],
  ],
  [
    "two environments swap their accounts",
    versionOf(
      `paid: { account: "${ACCOUNTS[0]}", region: ${US}, ${FULL} }, free: { account: "${ACCOUNTS[1]}", region: ${US}, ${READING} }`,
    ),
    [
      [
        versionOf(
          `paid: { account: "${ACCOUNTS[1]}", region: ${US}, ${FULL} }, free: { account: "${ACCOUNTS[0]}", region: ${US}, ${READING} }`,
        ),
        true,
      ],
    ],
  ],
];

/** Edits after which nobody has more, in whatever order they are deployed. */
const QUIET: readonly (readonly [what: string, base: Version, merges: readonly Version[]])[] = [
  [
    "levels and channels are dropped",
    paid(BOTH),
    [paid(`${READING}, full: {}`), paid(READING), paid("read-only: {}"), paid(RETIRED)],
  ],
  [
    "notifications, policies and the case of a name",
    paid(FULL),
    [
      paid(
        "full: { channels: [{ name: oncall, workspace: T01, channel: C01, notify: { severity: high, events: [case-created] } }] }",
      ),
      paid(`full: { policy-name: Other, ${ONCALL} }`),
      paid(`full: { role-name: awsSupportAppFullRole, policy-name: Other, ${ONCALL} }`),
    ],
  ],
];

describe("merges together give nobody more, in whatever order and with whatever gaps they are deployed, without an approval", () => {
  test.each(SEQUENCES)("merges together give nobody more without an approval: %s", (_, base, merges) => {
    const versions = merges.map(([version]) => version);
    expect(unapproved(base, versions)).not.toEqual([]); // otherwise, this would prove nothing
    expect(reviews(base, versions).map(({ asks }) => asks)).toEqual(merges.map(([, asks]) => asks));
    expect(merges.some(([, asks]) => asks)).toBe(true);
  });

  test("merges are reported with who may already have a name, what stays where, and never that nobody gains what people gain", () => {
    const [, base, merges] = SEQUENCES[0] as (typeof SEQUENCES)[number];
    const [dropped, moved, renamed] = reviews(
      base,
      merges.map(([version]) => version),
    ).map(({ report }) => report);
    expect(dropped).toContain(
      "- No longer in the code, but in `us-east-1` of the account `111122223333` until a deploy removes it there: the role `AWSSupportAppReadOnlyRole`, the channel `#watch` (`C02`).",
    );
    expect(moved).toContain("Retire it, deploy, change the region, and deploy again.");
    expect(renamed).toContain(
      "Whoever already has a channel with the role `AWSSupportAppReadOnlyRole` in AWS gets this access",
    );
    const everyReport = SEQUENCES.flatMap(([, first, sequence]) =>
      reviews(
        first,
        sequence.map(([version]) => version),
      ),
    );
    for (const { report } of everyReport) {
      const isNobody = /Nobody's access changes|Everybody can do what they could before/.test(report);
      expect([isNobody && report.includes("**gain**"), report]).toEqual([false, report]);
    }
  });

  test("merges give nobody more without an approval, whatever the edits", () => {
    const LEVELS = [
      ...[BOTH, READING, FULL, `read-only: {}, ${FULL}`, `${READING}, full: {}`, "read-only: {}", "full: {}", RETIRED],
      `full: { ${READ_ONLY_NAME}, ${ONCALL} }`,
      `read-only: { role-name: AWSSupportAppFullRole, ${ONCALL} }`,
      `full: { path: /team/, ${ONCALL} }`,
      `full: { without: [resolve-cases], ${ONCALL} }`,
    ];
    const synthesized = memoize((text: string) => versionOf(text));
    const version = fc
      .record({
        name: fc.constantFrom("paid", "paid", "paid", "free"),
        levels: fc.constantFrom(...LEVELS),
        region: fc.constantFrom(US, US, EU),
        account: fc.constantFrom(ACCOUNTS[0], ACCOUNTS[0], ACCOUNTS[1]),
      })
      .map(({ name, levels, region, account }) =>
        synthesized(`${name}: { account: "${account}", region: ${region}, ${levels} }`),
      );
    const runs = propertyRuns(600);
    let giving = 0;
    fc.assert(
      fc.property(version, fc.array(version, { minLength: 1, maxLength: 3 }), (base, merges) => {
        const isGiving = unapproved(base, merges).length > 0;
        const isAsking = reviews(base, merges).some(({ asks }) => asks);
        if (isGiving) giving++;
        expect(isGiving && !isAsking).toBe(false);
      }),
      runs,
    );
    expect(giving / runs.numRuns).toBeGreaterThan(0.1); // otherwise, this would prove nothing
  });

  test.each(QUIET)("merges pass where nobody has more: %s", (_, base, merges) => {
    const excess = unapproved(base, merges);
    expect([excess, reviews(base, merges).map(({ asks }) => asks)]).toEqual([[], merges.map(() => false)]);
  });
});
