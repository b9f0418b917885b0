import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { entriesIn } from "../../../../cli/terraform/entries";
import { canonical } from "../../../../common/canonical";
import { zipByKey } from "../../../../common/zip-by-key";
import { OPTIONAL_CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { change, type Draft, edited, set, stackOf } from "../../../support/edited-stack";

const TEAMS = ["payments", "oncall", "data", "watch"] as const;
type Team = (typeof TEAMS)[number];

/** Four teams in one account, beside both access levels, each with a channel; some with other keys. */
const fourTeams = (keys: Partial<Record<Team, string>> = {}, names: readonly Team[] = TEAMS) => {
  const teams = names.map((team) => {
    const access = `access: ${team === "watch" ? "read-only" : "full"}, without: [attach-files]`;
    const channels = `channels: [{ name: ${team}, workspace: T01, channel: C0${TEAMS.indexOf(team)} }]`;
    return `${team}: { ${keys[team] ?? (team === "watch" ? "access: read-only" : access)}, ${channels} }`;
  });
  return stackOf(`read-only: {}, full: {}, ${teams.length > 0 ? `teams: { ${teams.join(", ")} }` : ""}`);
};
const FOUR = fourTeams();

const reportOf = (environmentChange: ReturnType<typeof change>) => markdown(reviewOf([environmentChange]));

/** The addresses at which two stacks differ. */
function differing(base: typeof FOUR, head: typeof FOUR): string[] {
  const [before, after] = [base, head].map(({ terraform }) => entriesIn(terraform));
  return zipByKey(before ?? new Map(), after ?? new Map()).flatMap(([, entry, entryAfter]) =>
    canonical(entry?.value ?? null) === canonical(entryAfter?.value ?? null)
      ? []
      : [(entryAfter ?? entry)?.address ?? ""],
  );
}

describe("four teams in one account", () => {
  test.each(OPTIONAL_CAPABILITIES)("a team that gains %s, and no other one, is in the report", (capability) => {
    const [narrow, wide] = [`access: full, without: [${capability}]`, "access: full"];
    const broadening = change(fourTeams({ data: narrow }), fourTeams({ data: wide }));
    expect(broadening).toMatchObject({ verdict: "broadened", unreadable: [], violations: [], state: [] });
    expect(
      broadening.access.channels
        .filter(({ verdict }) => verdict !== "unchanged")
        .map(({ channel, gained }) => [channel, gained]),
    ).toEqual([["C02", [capability]]]);
    expect(reportOf(broadening)).toContain(`- People in \`#data\` (\`C02\`) **gain**:\n  - ${capability}: `);
    expect(reportOf(broadening)).not.toMatch(/payments|oncall|watch/i);
    const narrowing = change(fourTeams({ data: wide }), fourTeams({ data: narrow }));
    expect(narrowing).toMatchObject({ verdict: "narrowed", unreadable: [], violations: [], plannable: "always" });
    expect(reportOf(narrowing)).toContain(`- People in \`#data\` (\`C02\`) **lose**:\n  - ${capability}: `);
    expect(reportOf(narrowing)).not.toMatch(/payments|oncall|watch/i);
  });

  test("narrowing one team changes nothing at any other address", () => {
    const narrowed = fourTeams({ oncall: "access: full, without: [attach-files, live-chat]" });
    expect(differing(FOUR, narrowed)).toEqual([
      "data.aws_iam_policy_document.team_oncall",
      "output.team_oncall_capabilities",
    ]);
  });

  test("removing one team removes its addresses and its channel, and changes nothing else", () => {
    const removed = fourTeams({}, ["payments", "oncall", "watch"]);
    for (const address of differing(FOUR, removed))
      expect(address).toMatch(/\.team_data|channel_T01_C02|support_app_differences/);
    const environmentChange = change(FOUR, removed);
    expect(environmentChange).toMatchObject({ verdict: "narrowed", unreadable: [], violations: [] });
    expect(environmentChange.dropped).toMatchObject({
      roles: ["AWSSupportAppDataRole"],
      channels: [{ channel: "C02" }],
    });
  });

  test("adding a team asks for an approval, and gives nobody else anything", () => {
    const environmentChange = change(fourTeams({}, ["payments"]), fourTeams({}, ["payments", "data"]));
    expect(environmentChange).toMatchObject({ verdict: "broadened", violations: [] });
    expect(
      environmentChange.access.roles.filter(({ verdict }) => verdict !== "unchanged").map(({ role }) => role),
    ).toEqual(["team_data"]);
  });
});

describe("a read-only team", () => {
  const POLICY = "data aws_iam_policy_document team_watch statement 0 actions";
  const WRITING = ["support:CreateCase"];

  test("a read-only team whose Terraform writes is refused, whatever was approved", () => {
    const head = edited(FOUR, (draft) => set(draft, POLICY, WRITING));
    const { violations, plannable } = change(FOUR, head);
    expect(plannable).toBe("never");
    expect(violations).toMatchObject([{ kind: "read-only-unreadable", role: "AWSSupportAppWatchRole" }]);
  });

  test.each<[what: string, path: string, value: unknown]>([
    ["names its trust", "data aws_iam_policy_document team_watch_trust statement 0 actions", ["sts:*"]],
    ["names its address", "resource aws_iam_user_policy_attachment a", { user: "${aws_iam_role.team_watch.name}" }],
    ["names it in IAM", "resource aws_iam_user_policy_attachment a", { user: "awssupportappwatchrole" }],
    ["may be any request to AWS", "resource aws_cloudcontrolapi_resource a", { type_name: "a" }],
  ])("something unreadable that %s is refused", (_, path, value) => {
    const base = stackOf("full: {}, teams: { watch: { access: read-only } }");
    const { violations } = change(
      base,
      edited(base, (draft) => set(draft, path, value)),
    );
    expect(violations).toContainEqual(
      expect.objectContaining({ kind: "read-only-unreadable", role: "AWSSupportAppWatchRole" }),
    );
  });

  test("something unreadable about a full team is only unknown, even if its name begins with a read-only team's", () => {
    const base = stackOf(
      "teams: { watch: { access: read-only, role-name: Watching }, watchers: { access: full, role-name: Other } }",
    );
    const head = edited(base, (draft) =>
      set(draft, "data aws_iam_policy_document team_watchers statement 0 actions", WRITING),
    );
    expect(change(base, head)).toMatchObject({ verdict: "unknown", violations: [], plannable: "approved" });
  });

  test("a stack of which nothing is known is refused where it has a team, which may be read-only", () => {
    const unknown = ({ terraform }: typeof FOUR) => ({ terraform });
    const base = stackOf("teams: { watch: { access: read-only } }");
    const head = edited(base, (draft) => set(draft, POLICY, WRITING));
    const ofFull = stackOf("full: {}");
    expect(change(base, unknown(head)).violations).not.toEqual([]);
    expect(change(unknown(base), unknown(head)).violations).not.toEqual([]);
    expect(change(unknown(ofFull), unknown(stackOf("full: { path: /a/ }"))).violations).toEqual([]);
  });

  const team = (name: string, access: string, keys = "") => `${name}: { access: ${access}${keys && `, ${keys}`} }`;
  const NAMED = "role-name: Watching, policy-name: Watching";

  test("a read-only team that gets full access needs an approval, even if nobody gains anything yet", () => {
    const base = stackOf(`teams: { ${team("watch", "read-only")} }`);
    const [harmless, full] = [`without: [${OPTIONAL_CAPABILITIES.join(", ")}]`, ""].map((keys) =>
      change(base, stackOf(`teams: { ${team("watch", "full", keys)} }`)),
    );
    const LEVEL = { kind: "read-only-level", verdict: "unknown", role: "AWSSupportAppWatchRole" };
    expect(harmless).toMatchObject({ verdict: "unknown", state: [LEVEL], violations: [] });
    expect(full).toMatchObject({ verdict: "unknown", state: [LEVEL], violations: [] });
    expect(full && reportOf(full)).toContain(
      "The team of the read-only role `AWSSupportAppWatchRole` gets full access. From then on, nothing stops the role from writing.",
    );
    // An approval of one isn't an approval of the other one, nor of staying read-only.
    const readOnly = change(base, stackOf(`teams: { ${team("watch", "read-only", "until: 2098-12-31")} }`));
    expect(new Set([harmless, full, readOnly].map((environmentChange) => environmentChange?.approved)).size).toBe(3);
  });

  test("a read-only team can't get full access in environment.json alone, where the Terraform stays", () => {
    const base = stackOf(`teams: { ${team("watch", "read-only")} }`);
    const environmentFile = structuredClone(base.environmentFile) as Draft;
    Object.assign(environmentFile.environment.teams.watch, { access: "full", without: OPTIONAL_CAPABILITIES });
    const environmentChange = change(base, { ...base, environmentFile });
    expect(environmentChange).toMatchObject({ verdict: "unknown" });
    expect(environmentChange.state.map(({ kind }) => kind)).toEqual(["read-only-level"]);
  });

  test.each<[what: string, base: string, head: string]>([
    ["a full team", `teams: { ${team("watch", "read-only", NAMED)} }`, `teams: { ${team("other", "full", NAMED)} }`],
    ["the full level", `teams: { ${team("watch", "read-only", NAMED)} }`, `full: { ${NAMED} }`],
    ["a full team, of the read-only level", `read-only: { ${NAMED} }`, `teams: { ${team("watch", "full", NAMED)} }`],
    [
      "a full team that swaps names with it",
      `teams: { ${team("watch", "read-only", NAMED)}, ${team("pay", "full", "role-name: Paying, policy-name: Paying")} }`,
      `teams: { ${team("watch", "read-only", "role-name: Paying, policy-name: Paying")}, ${team("pay", "full", NAMED)} }`,
    ],
    [
      "a full team that swaps levels and names with it",
      `teams: { ${team("watch", "read-only", NAMED)}, ${team("pay", "full", "role-name: Paying, policy-name: Paying")} }`,
      `teams: { ${team("watch", "full", "role-name: Paying, policy-name: Paying")}, ${team("pay", "full", NAMED)} }`,
    ],
  ])(
    "the name of a read-only role isn't taken by %s: channels that were configured by hand keep it",
    (_, base, head) => {
      const { violations, plannable } = change(stackOf(base), stackOf(head));
      expect(plannable).toBe("never");
      expect(violations).toContainEqual(expect.objectContaining({ kind: "read-only-writes", role: "Watching" }));
    },
  );

  test("teams that swap their levels need an approval, which names who gains: both roles keep their names", () => {
    const teams = (first: string, second: string) => stackOf(`teams: { ${team("a", first)}, ${team("b", second)} }`);
    const environmentChange = change(teams("read-only", "full"), teams("full", "read-only"));
    expect(environmentChange).toMatchObject({ verdict: "unknown", violations: [] });
    expect(reportOf(environmentChange)).toContain(
      "People with the role `AWSSupportAppARole`, such as in a channel configured by hand, **gain**:",
    );
  });

  test("a team may take over the read-only level's role, and stays read-only", () => {
    const environmentChange = change(
      stackOf(`read-only: { ${NAMED} }`),
      stackOf(`teams: { ${team("watch", "read-only", NAMED)} }`),
    );
    expect(environmentChange.violations).toEqual([]);
    expect(environmentChange.state.map(({ kind }) => kind)).toEqual(["readdressed", "readdressed"]);
  });

  test("a read-only role whose team is another one that writes nothing needs an approval", () => {
    const keys = `${NAMED}, without: [${OPTIONAL_CAPABILITIES.join(", ")}]`;
    const environmentChange = change(
      stackOf(`teams: { ${team("watch", "read-only", NAMED)} }`),
      stackOf(`teams: { ${team("other", "full", keys)} }`),
    );
    expect(environmentChange).toMatchObject({ verdict: "unknown", violations: [] });
    expect(environmentChange.state).toContainEqual({ kind: "read-only-address", verdict: "unknown", role: "Watching" });
  });
});
