import type { Files } from "./committed-repository";

/** Whoever has a part in a change. */
export type Person = "alice" | "bob" | "bot";

/** A change that is proposed to main, and how its review ends, whatever the forge. */
export interface ReviewScenario {
  /** What follows "a pull request" or "a merge request". */
  readonly title: string;
  readonly base?: Files;
  readonly change: Files;
  readonly isFork?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  /** Who approves it after a first run. */
  readonly approver?: Person;
  /** Who opened it, if not alice, and who pushed its branch, if not its author. */
  readonly author?: Person;
  readonly pusher?: Person;
  readonly jobs: Readonly<Record<string, string>>;
  /** What the report has. */
  readonly report: RegExp;
  readonly isLabeled?: boolean;
}

const CHANNELS = "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]";
export const NARROW = `full: { without: [live-chat], ${CHANNELS} }`;
export const BROAD = `full: { ${CHANNELS} }`;
export const ACCESS = { synth: "success", access: "success" };
export const REFUSED = { synth: "success", access: "failure" };

/** An environments.yaml: of each environment its keys, its account and the bucket of its state. */
export function environmentsYaml(
  settings: Readonly<Record<string, string>>,
  accountOf: (environment: string) => string | undefined = () => undefined,
  bucketOf: (environment: string) => string | undefined = () => undefined,
): string {
  const entries = Object.entries(settings).map(([name, text]) => {
    const number = name.replace(/\D/g, "") || [...name].map((letter) => letter.charCodeAt(0) % 10).join("");
    const account = accountOf(name) ?? `9${number.padStart(11, "0").slice(-11)}`;
    const backend = `backend: { type: s3, bucket: ${bucketOf(name) ?? "state"}, region: us-east-1 }`;
    return `  ${name}:\n    account: "${account}"\n    region: us-east-1\n    ${backend}\n    ${text}\n`;
  });
  return `environments:\n${entries.join("")}`;
}

/** An environments.yaml in which accounts and buckets are nobody's, as of a repository that begins with this. */
export const withEnvironments = (settings: Readonly<Record<string, string>>): Files => ({
  "environments.yaml": environmentsYaml(settings),
});

/** Many environments, all with the same settings. */
const fleet = (size: number, text: string) =>
  Object.fromEntries(Array.from({ length: size }, (_, index) => [`team-${index + 1}`, text]));

/** Changes to an environment `paid` with narrow access. */
export const REVIEW_SCENARIOS: readonly ReviewScenario[] = [
  {
    title: "that changes a page of docs passes, and the report says that nobody's access changes",
    change: { "docs/page.md": "Words.\n" },
    jobs: ACCESS,
    report: /Nobody's access changes/,
  },
  {
    title: "that takes access passes, and the report says what people lose",
    base: withEnvironments({ paid: BROAD }),
    change: withEnvironments({ paid: NARROW }),
    jobs: ACCESS,
    report: /`paid`: access is narrowed[\s\S]*\*\*lose\*\*:\n {2}- live-chat/,
  },
  {
    title: "that gives access fails until somebody approves it, and is labeled",
    change: withEnvironments({ paid: BROAD }),
    jobs: REFUSED,
    report: /`paid`: access is broadened[\s\S]*\*\*gain\*\*:\n {2}- live-chat/,
    isLabeled: true,
  },
  {
    title: "that somebody else approves passes",
    change: withEnvironments({ paid: BROAD }),
    approver: "bob",
    jobs: ACCESS,
    report: /This change \*\*is approved\*\*/,
    isLabeled: true,
  },
  {
    title: "that its author approves fails",
    change: withEnvironments({ paid: BROAD }),
    approver: "alice",
    jobs: REFUSED,
    report: /`alice` at .*, doesn't approve it: that is the author of the (pull|merge) request/,
    isLabeled: true,
  },
  {
    title: "that somebody approves who has pushed to it fails",
    change: withEnvironments({ paid: BROAD }),
    approver: "bob",
    pusher: "bob",
    jobs: REFUSED,
    report: /`bob` at .*, doesn't approve it: that person pushed to its branch/,
    isLabeled: true,
  },
  {
    title: "of a bot that somebody approves who has pushed to it fails",
    change: withEnvironments({ paid: BROAD }),
    author: "bot",
    approver: "bob",
    pusher: "bob",
    jobs: REFUSED,
    report: /`bob` at .*, doesn't approve it: that person pushed to its branch/,
    isLabeled: true,
  },
  {
    title: "that breaks environments.yaml fails, and the report says that its access is unknown",
    change: { "environments.yaml": "environments: [" },
    jobs: { synth: "failure", access: "failure" },
    report: /It is unknown what access this (pull|merge) request gives or takes[\s\S]*environments.yaml:1:/,
  },
  {
    title: "that can't be synthesized is planned by nobody, also with plans switched on",
    change: {
      "environments.yaml": environmentsYaml({ paid: BROAD }).replace("channel: C01", "channel: 1"),
    },
    variables: { SUPPORT_APP_PLAN: "true" },
    jobs: { synth: "failure", access: "failure" },
    report: /It is unknown what access this (pull|merge) request gives or takes[\s\S]*environments.yaml:\d+:/,
  },
  {
    title: "that adds an environment fails until somebody approves it",
    change: withEnvironments({ paid: NARROW, free: "read-only: {}" }),
    jobs: REFUSED,
    report: /`free`: access is broadened/,
    isLabeled: true,
  },
  {
    title: "that retires an environment passes, and the report says what people lose",
    change: withEnvironments({ paid: `retired: true\n    ${NARROW}` }),
    jobs: ACCESS,
    report: /`paid`: access is narrowed[\s\S]*\*\*lose\*\*/,
  },
  {
    title: "that renames an environment fails until somebody approves it",
    base: withEnvironments({ free: NARROW }),
    change: { "environments.yaml": environmentsYaml({ free: NARROW }).replace("  free:", "  renamed:") },
    jobs: REFUSED,
    report: /renamed/,
    isLabeled: true,
  },
  {
    title: "that changes thirty environments has one comment about all of them",
    base: withEnvironments(fleet(30, BROAD)),
    change: withEnvironments(fleet(30, NARROW)),
    jobs: ACCESS,
    report: /30 environments?/,
  },
];
