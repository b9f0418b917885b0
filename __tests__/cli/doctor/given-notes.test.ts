import { givenNotes } from "../../../cli/doctor/given-notes";
import { parseEnvironments } from "../../../stacks/environments";

const NOW = new Date("2026-06-01T00:00:00Z");

function notes(access: string, settings: string): string[] {
  const channels = "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C09876Z5YXW }]";
  const [environment] = parseEnvironments(
    `environments: { one: { account: "111122223333", region: us-east-1, ${access}: { ${settings}${channels} } } }`,
    "environments.yaml",
  );
  if (!environment) throw new Error("Received no environment, expected one.");
  return givenNotes(environment, NOW);
}

test.each<[what: string, access: string, settings: string, note: string]>([
  [
    "read-only access",
    "read-only",
    "",
    "view-cases, but not create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases",
  ],
  [
    "full access",
    "full",
    "",
    "view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases",
  ],
  [
    "full access without creating and resolving cases",
    "full",
    "without: [create-cases, resolve-cases], ",
    "view-cases, reply-to-cases, attach-files, live-chat, request-quota-increases, but not create-cases, resolve-cases",
  ],
  [
    "a capability until later, and one that has ended",
    "full",
    "without: [resolve-cases, live-chat], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: resolve-cases, until: 2026-01-31 }], ",
    "view-cases, create-cases, reply-to-cases, attach-files, live-chat, request-quota-increases, but not resolve-cases",
  ],
  ["access that has ended", "full", "until: 2026-01-31, ", "nothing"],
])("a channel's note has what it may do, and what it may not: %s", (_, access, settings, note) => {
  expect(notes(access, settings)).toEqual([`environments.yaml gives #oncall ${note}.`]);
});
