import { type EnvironmentChange, environmentChanges } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { withoutDigest } from "../../../../cli/terraform/stack";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import { NOW } from "../../../support/now";
import { synthesize } from "../../../support/synthesize";

const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";

function terraformOf(levels: string): Terraform {
  const text = `environments: { paid: { account: "111122223333", region: us-east-1, ${levels} } }`;
  return withoutDigest(JSON.parse(synthesize(text).paid ?? ""));
}

/** A change of full access, of which its channel stays the same. */
function change(base: string, head: string, now = NOW): EnvironmentChange {
  const [before, after] = [base, head].map((access) => terraformOf(`full: { ${access}${access && ", "}${ONCALL} }`));
  const sides = [before, after].map((terraform) => new Map(terraform ? [["paid", terraform]] : []));
  const [found] = environmentChanges(sides[0] ?? new Map(), sides[1] ?? new Map(), now);
  if (!found) throw new Error("Received no environment, expected one.");
  return found;
}

function report(...found: readonly EnvironmentChange[]): string[] {
  return markdown(reviewOf(found)).split("\n");
}

const chat = (until: string) => `without: [live-chat], temporarily: [{ capability: live-chat, until: ${until} }]`;
const WITHOUT = "without: [live-chat]";
const CHAT =
  "live-chat: start a live chat with AWS, in a thread of the channel or in a new private channel that gets the same access (`support:InitiateChatForCase`)";
const PEOPLE = "- People in `#oncall` (`C01`)";
const DECEMBER = "until the end of 2026-12-31 (UTC)";
const JANUARY = "until the end of 2027-01-31 (UTC)";

describe("a review reports ends, and whether they are later", () => {
  test.each<[string, string, string, EnvironmentChange["verdict"], string, string, string]>([
    ["a gain", WITHOUT, chat("2026-12-31"), "broadened", "**gain**", `, ${DECEMBER}`, `| ${DECEMBER} |`],
    [
      "a longer time",
      chat("2026-12-31"),
      chat("2027-01-31"),
      "broadened",
      "**gain**",
      `, ${JANUARY}; before: ${DECEMBER}`,
      `| ${DECEMBER} → ${JANUARY} |`,
    ],
    [
      "a shorter time",
      chat("2027-01-31"),
      chat("2026-12-31"),
      "narrowed",
      "**keep for a shorter time** than before",
      `, ${DECEMBER}; before: ${JANUARY}`,
      `| ${JANUARY} → ${DECEMBER} |`,
    ],
    [
      "an end where there was none",
      "",
      chat("2026-12-31"),
      "narrowed",
      "**keep for a shorter time** than before",
      `, ${DECEMBER}`,
      `| always → ${DECEMBER} |`,
    ],
    [
      "an end that is removed",
      chat("2026-12-31"),
      "",
      "broadened",
      "**gain**",
      `, without an end; before: ${DECEMBER}`,
      `| ${DECEMBER} → always |`,
    ],
    ["a loss", chat("2026-12-31"), WITHOUT, "narrowed", "**lose**", `, before: ${DECEMBER}`, `| ${DECEMBER} |`],
    [
      "a time of a day",
      WITHOUT,
      chat("2026-12-31T18:00:00+01:00"),
      "broadened",
      "**gain**",
      ", until 2026-12-31T17:00:00Z",
      "| until 2026-12-31T17:00:00Z |",
    ],
  ])("%s", (_, base, head, verdict, what, end, when) => {
    const found = change(base, head);
    const lines = report(found);
    expect(found.verdict).toBe(verdict);
    expect(found.violations).toEqual([]);
    expect(lines).toContain(`${PEOPLE} ${what}:`);
    expect(lines).toContain(`  - ${CHAT}${end}`);
    expect(lines.filter((line) => line.includes("`support:InitiateChatForCase` | everything"))).toEqual([
      expect.stringContaining(when),
    ]);
  });

  test("of everything that a new level gives", () => {
    const only = (levels: string) => new Map([["paid", terraformOf(levels)]]);
    const [found] = environmentChanges(only("full: {}"), only("full: {}, read-only: { until: 2026-12-31 }"), NOW);
    const lines = report(found as EnvironmentChange);
    const gains = lines.filter((line) => line.startsWith("| gains | whoever uses the role"));
    expect(gains).toHaveLength(2);
    for (const line of gains) expect(line).toContain(`| ${DECEMBER} |`);
  });

  test("a read-only role with an end is still one that only reads", () => {
    const only = (levels: string) => new Map([["paid", terraformOf(levels)]]);
    const [found] = environmentChanges(only("read-only: {}"), only("read-only: { until: 2026-12-31 }"), NOW);
    expect(found).toMatchObject({ verdict: "narrowed", violations: [] });
  });
});

describe("a date that has passed", () => {
  const PAST = "2026-05-31"; // its end is NOW

  test("is forbidden if it is new, whatever was approved, from its first second without access", () => {
    const aSecondBefore = new Date(NOW.getTime() - 1000);
    expect(change(WITHOUT, chat(PAST), aSecondBefore).violations).toEqual([]);
    const found = change(WITHOUT, chat(PAST));
    expect(found.violations).toEqual([
      {
        kind: "ended",
        role: "AWSSupportAppFullRole",
        actions: { not: false, patterns: ["support:initiatechatforcase"] },
        end: "2026-06-01T00:00:00Z",
        level: "full",
        capabilities: ["live-chat"],
      },
    ]);
    expect(reviewOf([found])).toMatchObject({ refused: true });
    expect(found.plannable).toBe("never");
    const lines = report(found);
    expect(lines[0]).toBe("## ⛔ A date has passed: no approval allows this change");
    expect(lines).toContain(
      "- ⛔ The role `AWSSupportAppFullRole` is given `support:InitiateChatForCase` until the end of 2026-05-31 (UTC), which has passed: it would give nobody anything. Set a later date, or remove `live-chat` from `temporarily` of the access level `full`.",
    );
  });

  test.each<[string, string, string]>([
    ["in place of a later one", chat("2026-12-31"), chat(PAST)],
    ["in place of none", "", `until: ${PAST}`],
    [
      "of one more capability",
      chat(PAST),
      `without: [live-chat, resolve-cases], temporarily: [{ capability: live-chat, until: ${PAST} }, { capability: resolve-cases, until: ${PAST} }]`,
    ],
  ])("is forbidden %s", (_, base, head) => {
    expect(change(base, head).violations).toMatchObject([{ kind: "ended" }]);
  });

  test.each<[string, string, string]>([
    ["that stays, beside another change", `${chat(PAST)}, description: a`, `${chat(PAST)}, description: b`],
    ["that stays, under another name of the role", chat(PAST), `${chat(PAST)}, role-name: other`],
    ["that is removed", chat(PAST), WITHOUT],
    ["that is postponed", chat(PAST), chat("2026-12-31")],
  ])("isn't forbidden %s", (_, base, head) => {
    expect(change(base, head).violations).toEqual([]);
  });

  test("in another role is still new", () => {
    const side = (levels: string) => new Map([["paid", terraformOf(levels)]]);
    const full = `full: { until: ${PAST} }`;
    const [found] = environmentChanges(side(full), side(`${full}, read-only: { until: ${PAST} }`), NOW);
    expect(found?.violations).toMatchObject([{ kind: "ended", role: "AWSSupportAppReadOnlyRole" }]);
  });

  test("isn't forbidden in a role that is imported with its policy, which may have it, but in one that is there already", () => {
    const side = (levels: string) => new Map([["paid", terraformOf(levels)]]);
    const adopting = side(`full: { adopt: true, ${chat(PAST)} }`);
    const violations = (base: ReturnType<typeof side>) =>
      environmentChanges(base, adopting, NOW).flatMap((one) => one.violations.map(({ kind }) => kind));
    expect(violations(new Map())).toEqual([]);
    expect(violations(side("read-only: {}"))).toEqual([]);
    expect(violations(side(`full: { ${WITHOUT} }`))).toEqual(["ended"]);
  });
});

/** A review of environments in one account. */
function reviewed(base: Readonly<Record<string, string>>, head: Readonly<Record<string, string>>, now = NOW) {
  const [before, after] = [base, head].map(
    (side) => new Map(Object.entries(side).map(([name, levels]) => [name, terraformOf(levels)])),
  ) as [Map<string, Terraform>, Map<string, Terraform>];
  const changes = environmentChanges(before, after, now);
  return { changes, lines: report(...changes) };
}

const channel = (id: string) => `{ name: ${id.toLowerCase()}, workspace: T01, channel: ${id} }`;
const levelsOf = (readOnly: string, full: string) =>
  `slack-workspaces: [T01], read-only: { ${readOnly} }, full: { ${full} }`;
const C1 = `channels: [${channel("C1")}]`;

describe("ended access counts as none", () => {
  const ENDED = "until: 2020-01-01";
  const STALE = chat("2020-01-01");
  const isGained = (lines: readonly string[]) =>
    lines.some((line) => /\*\*gain\*\*|\| (may )?gains? \||2020/.test(line));

  test("a channel that moves to a level that has ended loses all that it had", () => {
    const { changes, lines } = reviewed({ paid: levelsOf(ENDED, C1) }, { paid: levelsOf(`${ENDED}, ${C1}`, "") });
    expect(changes).toMatchObject([{ verdict: "narrowed", violations: [] }]);
    expect(changes[0]?.access.channels[0]).toMatchObject({ gained: [], lost: expect.arrayContaining(["view-cases"]) });
    expect(changes[0]?.access.channels[0]).not.toHaveProperty("shortened");
    expect(isGained(lines)).toBe(false);
    expect(lines).toContain(
      "- `#c1` (`C1`): the role `AWSSupportAppReadOnlyRole` gives no access. If it had an end, that has passed.",
    );
  });

  test("a channel that moves from read-only to full access that has ended gains nothing and can no longer view cases", () => {
    const { changes, lines } = reviewed({ paid: levelsOf(C1, ENDED) }, { paid: levelsOf("", `${ENDED}, ${C1}`) });
    expect(changes).toMatchObject([{ verdict: "narrowed", violations: [] }]);
    expect(changes[0]?.access.channels[0]).toMatchObject({ gained: [], lost: ["view-cases"] });
    expect(isGained(lines)).toBe(false);
  });

  test("a second channel of a level that has ended gains nothing, and is approved like every new channel", () => {
    const { changes, lines } = reviewed(
      { paid: levelsOf("", `${ENDED}, ${C1}`) },
      { paid: levelsOf("", `${ENDED}, channels: [${channel("C1")}, ${channel("C2")}]`) },
    );
    expect(changes).toMatchObject([{ verdict: "broadened", violations: [] }]);
    expect(isGained(lines)).toBe(false);
    expect(lines).toContain(
      "- `#c2` (`C2`): the role `AWSSupportAppFullRole` gives no access. If it had an end, that has passed.",
    );
  });

  test("a second channel of a level with an ended line gains everything but that", () => {
    const { changes, lines } = reviewed(
      { paid: levelsOf("", `${STALE}, ${C1}`) },
      { paid: levelsOf("", `${STALE}, channels: [${channel("C1")}, ${channel("C2")}]`) },
    );
    const gained = changes[0]?.access.channels.find((one) => one.channel === "C2")?.gained;
    expect(changes).toMatchObject([{ verdict: "broadened", violations: [] }]);
    expect(gained).toContain("create-cases");
    expect(gained).not.toContain("live-chat");
    expect(lines.filter((line) => line.includes("2020"))).toEqual([]);
  });

  test("access that ends within a day, or ended minutes ago by this clock, still counts and needs an approval", () => {
    const ends = Date.parse("2020-01-02T00:00:00Z");
    const from = { paid: levelsOf(C1, ENDED) };
    const to = { paid: levelsOf("", `${ENDED}, ${C1}`) };
    for (const minutes of [-24 * 60, -1, 0, 14]) {
      const { changes } = reviewed(from, to, new Date(ends + minutes * 60_000));
      expect([minutes, changes[0]?.verdict]).toEqual([minutes, "broadened"]);
    }
    expect(reviewed(from, to, new Date(ends + 15 * 60_000)).changes[0]?.verdict).toBe("narrowed");
  });

  test("giving it again, with a later end or without one, gives everything", () => {
    for (const again of ["until: 2026-12-31", "description: again"]) {
      const { changes } = reviewed(
        { paid: levelsOf("", `${ENDED}, ${C1}`) },
        { paid: levelsOf("", `${again}, ${C1}`) },
      );
      expect(changes[0]).toMatchObject({ verdict: "broadened", violations: [] });
      expect(changes[0]?.access.channels[0]?.gained).toContain("view-cases");
    }
  });
});

describe("the fix for a date that has passed", () => {
  test("of a whole level never gives it without an end", () => {
    const [, ...lines] = reviewed({}, { paid: "full: { until: 2020-01-01 }" }).lines;
    const [advice] = lines.filter((line) => line.startsWith("- ⛔"));
    expect(advice).toContain(
      "Set a later date, or remove the access level `full`. Don't just remove `until`: everything would be given without an end.",
    );
  });

  test("of a line is to remove that line, even if the level ends later", () => {
    const { lines } = reviewed({}, { paid: `full: { until: 2026-12-31, ${chat("2020-01-01")} }` });
    expect(lines.filter((line) => line.startsWith("- ⛔"))).toEqual([
      expect.stringContaining("Set a later date, or remove `live-chat` from `temporarily` of the access level `full`."),
    ]);
  });

  test("an unrelated change of what the line gives isn't refused", () => {
    const quotas =
      "without: [request-quota-increases], temporarily: [{ capability: request-quota-increases, until: 2020-01-01 }]";
    const { changes } = reviewed(
      { paid: `full: { ${quotas}, service-quotas-role: existing, ${ONCALL} }` },
      { paid: `full: { ${quotas}, ${ONCALL} }` },
    );
    expect(changes).toMatchObject([{ verdict: "cosmetic", violations: [] }]);
  });

  test("another name of the environment isn't refused, but another account is, and so is another line", () => {
    const stale = `full: { ${chat("2020-01-01")} }`;
    const violations = (head: string, account = "111122223333") => {
      const after = terraformOf(head);
      const moved = JSON.parse(JSON.stringify(after).replaceAll("111122223333", account));
      const changes = environmentChanges(new Map([["paid", terraformOf(stale)]]), new Map([["renamed", moved]]), NOW);
      return changes.flatMap((one) => one.violations.map(({ kind }) => kind));
    };
    expect(violations(stale)).toEqual([]);
    expect(violations(stale, "444455556666")).toEqual(["ended"]);
    expect(violations(`full: { ${chat("2021-01-01")} }`)).toEqual(["ended"]);
  });
});
