import { reportOf } from "../../../../../cli/commands/review/report/report";
import { fittingMarkdown, markdownOf } from "../../../../../cli/commands/review/report/sections";
import { reviewOf } from "../../../../../cli/commands/review/review";
import { cpuTime } from "../../../../support/cpu-time";
import { change, edited, reportBetween, reviewBetween, set, stackOf, stacksOf } from "../../../../support/edited-stack";
import { isThorough } from "../../../../support/thorough";

const environment = (index: number, keys: string) =>
  `team-${index}: { account: "${900_000_000_000 + index}", region: us-east-1, ${keys} }`;
const channel = (index: number, keys = "") =>
  `channels: [{ name: oncall-${index}, workspace: T01, channel: C0${index}X${keys} }]`;
const file = (entries: readonly string[]) => stacksOf(`environments: { ${entries.join(", ")} }`);
const fleet = (count: number, keysOf: (index: number) => string) =>
  file(Array.from({ length: count }, (_, index) => environment(index + 1, keysOf(index + 1))));

const NARROW = "without: [live-chat],";

test("the report of one environment of many says who gains what, and what that means", () => {
  const full = (index: number, keys = NARROW) => `full: { ${keys} ${channel(index)} }`;
  const base = fleet(12, full);
  const report = reportBetween(
    base,
    fleet(12, (index) => full(index, index === 11 ? "" : NARROW)),
  );
  expect(report).toBe(`## People gain access in 1 of 12 environments

| environment | who | gains | loses |
| --- | --- | --- | --- |
| **team-11** (900000000011, us-east-1) | everyone in \`#oncall-11\` | **live-chat** |  |

<details><summary>What this means</summary>

- live-chat: start a live chat with AWS, in a thread of the channel or in a new private channel that gets the same access (\`support:InitiateChatForCase\`)

</details>

11 environments are unchanged
`);
});

test("the report of a fleet has a row for what changes alike, and the environments folded", () => {
  const full = (index: number, keys: string) => `full: { ${keys} ${channel(index)} }`;
  const report = reportBetween(
    fleet(9, (index) => full(index, "without: [live-chat, resolve-cases],")),
    fleet(9, (index) => full(index, ["", NARROW, "without: [live-chat, resolve-cases],"][index % 3] ?? "")),
  );
  expect(report).toMatch(/^## People gain access in 6 of 9 environments\n\n\| environment /);
  expect(report).toContain("| 3: team-1, team-4, team-7 | everyone in 1 channel each | **resolve-cases** |  |");
  expect(report).toContain(
    "| 3: team-3, team-6, team-9 | everyone in 1 channel each | **resolve-cases, live-chat** |  |",
  );
  expect(report).toMatch(
    /<details><summary>The environments that are alike, with account, region and channel<\/summary>\n\n\| environment \| account \| region \| channel \| gains \| loses \|\n[\s\S]*\| team-4 \| 900000000004 \| us-east-1 \| everyone in `#oncall-4` \| \*\*resolve-cases\*\* \| {2}\|/,
  );
  expect(report).toMatch(/\n3 environments are unchanged\n$/);
});

test("the report of less, and of settings, says what is lost and each setting before and after", () => {
  const notify = (severity: string, events: string) => `, notify: { severity: ${severity}, events: [${events}] }`;
  const report = reportBetween(
    file([
      environment(1, `full: { ${channel(1)} }`),
      environment(2, `full: { ${channel(2, notify("high", "case-created"))} }`),
    ]),
    file([
      environment(1, `full: { without: [resolve-cases], until: 2027-01-31, role-name: Payments, ${channel(1)} }`),
      environment(2, `full: { ${channel(2, notify("all", "case-created, reply-added"))} }`),
    ]),
  );
  expect(report).toBe(`## People lose access in 1 of 2 environments, settings change in 2

| environment | who | gains | loses |
| --- | --- | --- | --- |
| team-1 (900000000001, us-east-1) | everyone in \`#oncall-1\` |  | resolve-cases; everything ends 2027-01-31 |

| environment | setting | before | after |
| --- | --- | --- | --- |
| team-1 (900000000001, us-east-1) | role-name (full) | \`AWSSupportAppFullRole\` | \`Payments\` |
| team-2 (900000000002, us-east-1) | notify of \`#oncall-2\` | \`severity: high, events: [case-created]\` | \`severity: all, events: [case-created, reply-added]\` |

New names or paths of roles: \`Payments\`. Channels that somebody configured by hand with such a role get its access, too.

0 environments are unchanged
`);
});

test("the report of something that environments.yaml doesn't say begins with it", () => {
  const base = file([environment(1, `full: { ${channel(1)} }`), environment(2, "full: {}")]);
  const [name, stack] = [...base][0] ?? [];
  if (!name || !stack) throw new Error("There is no environment.");
  const head = new Map(base).set(
    name,
    edited(stack, (draft) => {
      set(draft, "resource aws_iam_role_policy extra", { name: "extra", policy: "x".repeat(300) });
      set(draft, "resource aws_iam_role full assume_role_policy", "{}");
    }),
  );
  const report = reportBetween(base, head);
  expect(report).toMatch(
    /^## Read this yourself: 1 of 2 environments has more than environments\.yaml says\n\n\*\*team-1\*\* \(900000000001, us-east-1\), written beside or instead of what environments\.yaml gives:\n\n\| where \| what is there \|/,
  );
  expect(report).toContain(
    "| `aws_iam_role.full, assume_role_policy` | expected `${data.aws_iam_policy_document.full_trust.json}`, is `{}` |",
  );
  expect(report).toMatch(
    /\| `aws_iam_role_policy\.extra` \| added: <details><summary>\d+ characters<\/summary>`\{"name":"extra","policy":"x{300}"\}`<\/details> \|/,
  );
  expect(report).toContain(
    "\nNobody can say what this gives. Below is what environments.yaml alone says.\n\n### Without it: nobody's access changes\n",
  );
  expect(reportBetween(head, head)).toBe("## Nobody's access changes\n\n2 environments are unchanged\n");
});

test("the report of what is taken over, moved, new and removed has a line for each", () => {
  const report = reportBetween(
    file([environment(1, `full: { ${channel(1)} }`), environment(2, `full: { ${channel(2)} }`)]),
    file([
      environment(1, `full: { ${channel(1)} }`).replace("900000000001", "111122223333"),
      environment(3, `read-only: { adopt: true, role-name: ByHand, policy-name: ByHandPolicy, ${channel(3)} }`),
    ]),
  );
  expect(report).toMatch(
    /^## People gain access in 2 of 3 environments, what exists is taken over in 1, 1 moves, 1 is removed from the file, 1 is new\n/,
  );
  expect(report).toContain(
    "| **new: team-3** (900000000003, us-east-1) | everyone in `#oncall-3` (`C03X` of `T01`) | **view-cases** |  |",
  );
  expect(report).toContain(`
- team-1 moves from account 900000000001 to 111122223333: access in 900000000001 stays until it is retired there.
- team-2 is removed from the file: its role \`AWSSupportAppFullRole\` and \`#oncall-2\` stay in 900000000002 unless its retirement was deployed.
- team-3 imports the role \`ByHand\` and the policy \`arn:aws:iam::900000000003:policy/ByHandPolicy\`: its content is replaced, for every role and user that it is attached to.
`);
  expect(report).toMatch(
    /<details><summary>Other settings of what is new<\/summary>[\s\S]*\| role \(read-only\) \| none \| `ByHand` \|/,
  );
});

test("each part of a report for which there is no space is named", () => {
  const entries = (full: string, keys = "", place = "us-east-1") =>
    environment(1, `full: { ${full} ${channel(1)} }${keys}`).replace("us-east-1", place);
  const base = file([entries("", ", backend: { type: s3, bucket: states, region: us-east-1 }")]);
  const after = entries("source-account-condition: false, role-name: other, tags: { a: b },", "", "eu-west-1");
  const review = reviewBetween(base, file([after, environment(2, `full: { ${channel(2)} }`)]));
  const plan = { changes: [], byHand: [{ address: "aws_iam_role.full", messages: [] }] };
  const environments = review.environments.map((change) => ({ ...change, plan }));
  const report = reportOf({ ...review, environments });
  const text = fittingMarkdown(report, { size: 0, sizeOf: ({ length }) => length, rest: "in the log" });
  expect(text.match(/Left out: (.*)\. All of it/)?.[1]?.split("; ")).toEqual([
    ...["the table of people", "what is taken over, moved or removed", "the table of what decides access"],
    ...["the table of settings", "what a new name means", "what this means"],
    ...["the table of other settings of what is new", "what Terraform wouldn't change"],
    ...["the table of what was changed by hand", "the last line"],
  ]);
});

test("states in one place, and what the rules didn't allow before, are a line each", () => {
  const changed = change(stackOf("read-only: {}"), stackOf("read-only: {}, full: {}"));
  if (!changed) throw new Error("Nothing changes.");
  const breaches = ["full: received full, expected only read-only, as all.access-levels in rules.yaml says"];
  const review = reviewOf({
    total: 3,
    planFailures: [],
    sharedStates: [["paid", "other"]],
    environments: [{ ...changed, breaches }],
  });
  const report = markdownOf(reportOf(review));
  expect(report).toContain(
    "- paid and other keep their state in one place, before or after this change: a deploy of one destroys",
  );
  expect(report).toContain(
    "- rules.yaml: paid would not have been allowed before: `full: received full, expected only read-only,",
  );
});

describe("with four environments or more, the last of which is production, each is named", () => {
  const NAMES = ["a-dev", "b-dev", "c-dev", "z-prod"];
  const entries = (keys: string) =>
    file(NAMES.map((name, index) => environment(index, `full: { ${keys} }`).replace(/^[\w-]+/, name)));
  const withTopic = (stacks: ReturnType<typeof file>) =>
    new Map(
      [...stacks].map(([name, stack]) => [
        name,
        edited(stack, (draft) => set(draft, "resource aws_sns_topic extra", { name: "extra" })),
      ]),
    );
  const changed = reviewBetween(entries(NARROW), entries(""));
  const breaches = ["full: received live-chat, expected none, as all.capabilities in rules.yaml says"];
  const environments = changed.environments.map((change) => ({
    ...change,
    people: [],
    settings: [],
    breaches,
    plan: { changes: [], byHand: [] },
  }));
  const report = (part: Partial<(typeof environments)[number]>, remarks = {}) =>
    markdownOf(reportOf({ ...changed, environments: environments.map((change) => ({ ...change, ...part })) }, remarks));
  const row = (subject: string) => `| z-prod | 900000000003 | us-east-1 |${subject} `;

  test.each([
    [
      "gains something",
      reportBetween(entries(NARROW), entries("")),
      " whoever uses the role `AWSSupportAppFullRole` |",
    ],
    ["has something to read yourself", reportBetween(entries(""), withTopic(entries(""))), ""],
    ["would not have been allowed", report({ plan: undefined }), ` \`${breaches[0]}\` |`],
    ["is written differently", report({ plan: undefined, breaches: [] }), ""],
    ["would not change", report({ kind: "unchanged", breaches: [] }), ""],
    ["is being planned", report({ kind: "unchanged", plan: undefined, breaches: [] }, { awaited: NAMES }), ""],
  ])("an environment that %s is in a fold", (_, text, subject) => {
    expect(text).toContain("4: a-dev, b-dev, c-dev …");
    expect(text).toContain(`<summary>The environments that are alike, with account`);
    expect(`${text} `).toMatch(
      new RegExp(
        `^${row(subject)
          .trimEnd()
          .replace(/[|.*+?()[\]\\]/g, "\\$&")}$`,
        "m",
      ),
    );
  });
});

test("a report names the code of a change: all of it in a fold, and that there is more if the forge lists only some", () => {
  const unchanged = reviewOf({ total: 0, environments: [], sharedStates: [], planFailures: [] });
  const textOf = (paths: readonly string[], areAll: boolean) =>
    markdownOf(reportOf(unchanged, { changedFiles: { paths, areAll } }));
  const paths = Array.from({ length: 12 }, (_, index) => `${index + 10}|.ts`);
  const report = textOf(paths, true);
  expect(report).toContain("**This change also has code:** `10|.ts`, `11|.ts`, ");
  expect(report).toContain("`19|.ts` and 2 more. Code writes");
  expect(report).toMatch(
    /<details><summary>The files that may be code<\/summary>[\s\S]*\n\| `21\\\|\.ts` \|\n\n<\/details>/,
  );
  expect(textOf(["main.ts"], false)).toContain("code:** `main.ts`, and files that aren't listed. Code");
  expect(textOf([], false)).toContain("**This change may also have code,** in files that aren't listed. Code");
});

describe("plans", () => {
  const changed = change(stackOf("full: {}"), stackOf("full: { without: [live-chat] }"));
  if (!changed) throw new Error("Nothing changes.");
  const planned = (
    changes: NonNullable<typeof changed.plan>["changes"],
    byHand: NonNullable<typeof changed.plan>["byHand"] = [],
  ) =>
    reviewOf({
      total: 1,
      sharedStates: [],
      planFailures: [],
      environments: [{ ...changed, plan: { changes, byHand } }],
    });

  test("what Terraform would do is a table, in words for what is ours", () => {
    const action = { action: "create", address: "aws_cloudcontrolapi_resource.channel_T01_C01" } as const;
    const report = markdownOf(
      reportOf(
        planned([{ ...action, words: "channel #oncall: full role, notifications high", attributes: [], removed: [] }]),
      ),
    );
    expect(report).toContain(`### What Terraform would do

| environment | action | address | what |
| --- | --- | --- | --- |
| paid | creates | \`aws_cloudcontrolapi_resource.channel_T01_C01\` | \`channel #oncall: full role, notifications high\` |
`);
    expect(markdownOf(reportOf(planned([])))).toContain("Terraform would change nothing in paid.");
  });

  test("what was changed by hand is a table, with what is in AWS and what the file says", () => {
    const report = markdownOf(
      reportOf(
        planned(
          [],
          [
            { address: "aws_iam_role.full", attribute: "path", live: "/a/", file: "/", messages: [] },
            { address: "check.channel", messages: ["The channel has another role."] },
          ],
        ),
      ),
    );
    expect(report).toMatch(/^## People lose access in 1 of 1 environment, AWS was changed by hand in 1\n/);
    expect(report).toContain("| environment | where | in AWS | as the file says |");
    expect(report).toContain("| paid | `aws_iam_role.full, path` | `/a/` | `/` |");
    expect(report).toContain("| paid | `check.channel` | `The channel has another role.` |  |");
  });

  test("the report names plans that are missing and plans that are running, and says how many can't run", () => {
    const review = { ...planned([]), planFailures: [{ environment: "a", reason: ["No job wrote it."] }] };
    const report = markdownOf(reportOf(review, { reviewed: "Reviewed: 0123abcd", awaited: ["a", "b"], unplanned: 2 }));
    expect(report).toContain("There is no plan of a:\n\n    No job wrote it.\n");
    expect(report).toContain("**Plans are running** for 2: a, b. This comment is then written again");
    expect(report).toContain("2 more environments could be planned: CI accepts no more jobs in one matrix.");
    expect(report).toContain("\nReviewed: 0123abcd · 0 environments are unchanged\n");
  });
});

test.each([isThorough ? ([5_000, 64_000] as const) : ([12, 4_000] as const)])(
  "the report of %d environments fits a comment of %d characters, in little time",
  (count, size) => {
    const keys = (index: number) => `read-only: { tags: { number: "${index}" }, ${channel(index)} }`;
    const review = reviewBetween(
      fleet(count, keys),
      fleet(count, (index) => `${keys(index + 1_000)}, full: {}`),
    );
    let comment = "";
    const writing = () => {
      comment = fittingMarkdown(reportOf(review), { size, sizeOf: ({ length }) => length, rest: "moved" });
    };
    expect(cpuTime(writing, 1) / count).toBeLessThan(50_000); // microseconds for each
    expect(comment.length).toBeLessThanOrEqual(size);
    expect(comment).toContain("is too long for this place");
    expect(comment).toMatch(new RegExp(`^## .* in ${count} of ${count} environments`));
    expect(comment.split("<details>").length).toBe(comment.split("</details>").length);
    for (const table of comment.match(/(?:^\|.*\n)+/gm) ?? []) expect(table).toMatch(/^\|.*\|\n\|[-| ]+\|\n/);
  },
);

test("where an environment can't be read, nobody's access is said to stay: all of the other one is gained, or it is unknown", () => {
  const [readable] = [...file([environment(1, `full: { ${channel(1)} }`)])];
  if (!readable) throw new Error("There is no environment.");
  const [name, stack] = readable;
  const unreadable = new Map([[name, { ...stack, environmentFile: { formatVersion: 0 } }]]);
  const gained = reportBetween(unreadable, new Map([readable]));
  expect(gained).toContain(
    "### Without it: what environments.yaml changes is unknown in 1 of 1 environment, people gain access in 1",
  );
  expect(gained).toContain("| everyone in `#oncall-1` (`C01X` of `T01`) | **view-cases, ");
  const unreadableBefore = new Map([[name, { ...stack, environmentFile: { formatVersion: 0 }, terraform: {} }]]);
  for (const before of [new Map([readable]), unreadableBefore])
    expect(reportBetween(before, unreadable)).toContain(
      "### Without it: what environments.yaml changes is unknown in 1 of 1 environment\n",
    );
});

describe("a channel is who its ID says", () => {
  const levelOf = (level: string, ...channels: readonly string[]) => {
    const entries = channels.map((channel) => `{ name: ${channel.replace(" ", ", workspace: T01, channel: ")} }`);
    return `${level}: { channels: [${entries.join(", ")}] }`;
  };
  const fileWith = (...levels: readonly string[]) => file([environment(1, levels.join(", "))]);
  const rowsBetween = (base: ReturnType<typeof file>, head: ReturnType<typeof file>) =>
    reportBetween(base, head).match(/(?<=\| )(?:everyone in|\w+ of) .*?(?= \|)/g);

  test("two channels whose names are exchanged have their IDs beside them, and who gains is the one with the ID that gains", () => {
    const base = fileWith(levelOf("full", "oncall C01"), levelOf("read-only", "devs C02"));
    const head = fileWith(levelOf("full", "oncall C02"), levelOf("read-only", "devs C01"));
    const report = reportBetween(base, head);
    expect(report).toMatch(/\| everyone in `#oncall` \(`C02` of `T01`\) \| \*\*create-cases,.*\*\* \| {2}\|/);
    expect(report).toMatch(/\| everyone in `#devs` \(`C01` of `T01`\) \| {2}\| create-cases,/);
    expect(report).toContain("| name of `#oncall` (`C02` of `T01`) | `devs` | `oncall` |");
  });

  test.each([
    ["is new", ["oncall C01"], ["oncall C01", "devs C02"], ["everyone in `#devs` (`C02` of `T01`)"]],
    [
      "has another's name",
      ["oncall C01"],
      ["oncall C02"],
      ["everyone in `#oncall` (`C02` of `T01`)", "everyone in `#oncall` (`C01` of `T01`)"],
    ],
    ["has a new name", ["oncall C01"], ["general C01"], ["name of `#general` (`C01` of `T01`)"]],
    ["shares its name", ["a C01", "a C02"], ["a C01"], ["everyone in `#a` (`C02` of `T01`)"]],
    ["has a name that looks like another", ["\u043encall C01"], [], ["everyone in `#\u043encall` (`C01` of `T01`)"]],
    ["is known by its name", ["oncall C01"], [], ["everyone in `#oncall`"]],
  ])("a channel that %s has its ID beside its name unless the name says which one it is", (_, before, after, rows) => {
    expect(rowsBetween(fileWith(levelOf("full", ...before)), fileWith(levelOf("full", ...after)))).toEqual(
      expect.arrayContaining(rows),
    );
  });

  test("a channel of an environment that is new, or in another account, has its ID beside its name", () => {
    const head = fileWith(levelOf("full", "oncall C01"));
    const otherAccount = file([environment(1, levelOf("full", "oncall C01")).replace("900000000001", "111122223333")]);
    for (const base of [new Map(), otherAccount])
      expect(rowsBetween(base, head)).toContain("everyone in `#oncall` (`C01` of `T01`)");
  });
});

const paid = (keys: string, place = 'account: "111122223333", region: us-east-1') => `paid: { ${place}, ${keys} }`;
const ELSEWHERE = 'account: "444455556666", region: eu-west-1';
const ADOPTED = "channels: [{ name: oncall, workspace: T01, channel: C01, adopt: true }]";
test.each<[string, string, string]>([
  [
    paid("full: {}"),
    paid(`full: { ${ADOPTED} }`),
    "paid takes over the configuration of `#oncall` (`C01` of `T01`), which was made by hand.",
  ],
  [
    paid("full: {}"),
    paid("full: { adopt: true, role-name: a, policy-name: b }"),
    "paid imports the role `a` and the policy `arn:aws:iam::111122223333:policy/b`: its content is replaced, for every role and user that it is attached to.",
  ],
  [
    paid("read-only: {}"),
    paid("read-only: { adopt: true, policy: aws-managed, role-name: a }"),
    "paid imports the role `a`.",
  ],
  [
    paid("full: {}"),
    paid("full: {}", ELSEWHERE),
    "paid moves from account 111122223333 (us-east-1) to 444455556666 (eu-west-1): access in 111122223333 (us-east-1) stays until it is retired there.",
  ],
  [
    paid("full: {}"),
    paid("full: {}", 'account: "111122223333", region: eu-west-1'),
    "paid moves from us-east-1 to eu-west-1: access in us-east-1 stays until it is retired there.",
  ],
  [
    paid("full: {}"),
    paid("full: {}, retired: true"),
    "paid is retired: a deploy removes everything except the Service Quotas role.",
  ],
  [paid("full: {}, retired: true"), paid("full: {}"), "paid is no longer retired: a deploy creates everything."],
  [
    paid("full: {}, retired: true"),
    "",
    "paid is removed from the file: it was retired, and has nothing in 111122223333 if its retirement was deployed.",
  ],
  [
    paid("full: { role-name: a }"),
    "",
    "paid is removed from the file: its role `a` stays in 111122223333 unless its retirement was deployed.",
  ],
])("what an environment takes over, leaves or gives up is a line: from %s to %s", (before, after, line) => {
  const [base, head] = [before, after].map((entry) => (entry === "" ? new Map() : file([entry])));
  const report = markdownOf(reportOf(reviewBetween(base ?? new Map(), head ?? new Map())));
  expect(report.match(/^- paid .*/gm)).toEqual([`- ${line}`]);
});
