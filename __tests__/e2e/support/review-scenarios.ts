import type { Files } from "./committed-repository";

/** A change that is proposed to main, and how its review ends, whatever the forge. */
export interface ReviewScenario {
  /** What follows "a pull request" or "a merge request". */
  readonly title: string;
  readonly base?: Files;
  readonly change: Files;
  readonly isFork?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, string>>;
  /** What the report has. */
  readonly report: RegExp;
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
    report: /## People lose access in 1 of 1 environment[\s\S]*\| everyone in `#oncall` \| {2}\| live-chat \|/,
  },
  {
    title: "that gives access passes, and the report says what people gain",
    change: withEnvironments({ paid: BROAD }),
    jobs: ACCESS,
    report: /## People gain access in 1 of 1 environment[\s\S]*\| everyone in `#oncall` \| \*\*live-chat\*\* \|/,
  },
  {
    title: "that adopts a policy passes, and the report names it",
    change: withEnvironments({ paid: NARROW.replace("full: {", "full: { adopt: true, policy-name: Guardrail,") }),
    jobs: ACCESS,
    report:
      /## What exists is taken over in 1 of 1 environment[\s\S]*the policy `arn:aws:iam::\d+:policy\/Guardrail`: its content is replaced, for every role and user that it is attached to/,
  },
  {
    title: "that breaks environments.yaml fails, and the report says that its access is unknown",
    change: { "environments.yaml": "environments: [" },
    jobs: { synth: "failure", access: "failure" },
    report:
      /## This can't be synthesized\n\n[\s\S]*environments.yaml:1:[\s\S]*It is unknown what access this (pull|merge) request gives/,
  },
  {
    title: "that can't be synthesized is planned by nobody, also with plans switched on",
    change: {
      "environments.yaml": environmentsYaml({ paid: BROAD }).replace("channel: C01", "channel: 1"),
    },
    variables: { SUPPORT_APP_PLAN: "true" },
    jobs: { synth: "failure", access: "failure" },
    report:
      /## This can't be synthesized\n\n[\s\S]*environments.yaml:\d+:[\s\S]*It is unknown what access this (pull|merge) request gives/,
  },
  {
    title: "that adds an environment passes, and the report says that it is new",
    change: withEnvironments({ paid: NARROW, free: "read-only: {}" }),
    jobs: ACCESS,
    report: /\*\*new: free\*\*/,
  },
  {
    title: "that retires an environment passes, and the report says what people lose",
    change: withEnvironments({ paid: `retired: true\n    ${NARROW}` }),
    jobs: ACCESS,
    report: /people lose access in 1[\s\S]*- paid is retired/i,
  },
  {
    title: "that renames an environment passes, and the report says what stays of the first",
    base: withEnvironments({ free: NARROW }),
    change: { "environments.yaml": environmentsYaml({ free: NARROW }).replace("  free:", "  renamed:") },
    jobs: ACCESS,
    report: /\*\*new: renamed\*\*[\s\S]*- free is removed from the file/,
  },
  {
    title: "that changes thirty environments has one comment about all of them",
    base: withEnvironments(fleet(30, BROAD)),
    change: withEnvironments(fleet(30, NARROW)),
    jobs: ACCESS,
    report: /People lose access in 30 of 30 environments[\s\S]*\| 30: team-1, /,
  },
];
