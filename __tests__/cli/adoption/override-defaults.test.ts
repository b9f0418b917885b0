import { overrideDefaults } from "../../../cli/adoption/override-defaults";
import { CommandError } from "../../../cli/terminal/command-error";
import type { AccessEntry, Defaults, EnvironmentEntry } from "../../../stacks/environments/environments-schema";

const ABOUT = { account: "111122223333", region: "us-east-1" } as const;
const FULL: EnvironmentEntry = { ...ABOUT, full: { adopt: true } };

test.each<[AccessEntry, AccessEntry]>([
  [{ without: ["live-chat"] }, { without: [] }],
  [{ policy: "aws-managed" }, { policy: "customer-managed" }],
  [{ temporarily: [{ capability: "live-chat", until: "2026-12-31" }] }, { temporarily: [] }],
  [{ "service-quotas-role": "create" }, { "service-quotas-role": "on-demand" }],
  [{ "role-name": "oncall" }, { "role-name": "AWSSupportAppFullRole" }],
  [{ "policy-name": "oncall" }, { "policy-name": "AWSSupportAppFullRolePolicy" }],
  [{ path: "/team/" }, { path: "/" }],
  [{ "max-session-duration": 7200 }, { "max-session-duration": 3600 }],
  [{ "source-account-condition": true }, { "source-account-condition": false }],
])("where the defaults say %j, the environment says %j", (said, unset) => {
  expect(overrideDefaults(FULL, { full: said })).toEqual({ ...ABOUT, full: { adopt: true, ...unset } });
});

test("a default of adopt is overridden, too, and names are those of the access level", () => {
  expect(overrideDefaults({ ...ABOUT, "read-only": {} }, { "read-only": { adopt: true, "role-name": "a" } })).toEqual({
    ...ABOUT,
    "read-only": { adopt: false, "role-name": "AWSSupportAppReadOnlyRole" },
  });
});

test.each<[string, Defaults]>([
  ["nothing", {}],
  ["something of what the environment says itself", { full: { adopt: false } }],
  ["something of an access level that it doesn't have", { "read-only": { path: "/team/", until: "2026-12-31" } }],
  ["tags, which are merged", { tags: { Owner: "platform" }, full: { tags: { Team: "oncall" } } }],
  ["something outside of access levels", { region: "eu-west-1", profile: "platform" }],
])("where the defaults say %s, the environment stays as it is", (_, defaults) => {
  expect(overrideDefaults(FULL, defaults)).toEqual(FULL);
});

test.each([
  ["until", "2026-12-31"],
  ["permissions-boundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
  ["description", "For Slack."],
  ["policy-description", "For Slack."],
])("a default that can't be unset is an error: %s", (key, value) => {
  expect(() => overrideDefaults(FULL, { full: { [key]: value } })).toThrow(
    new CommandError(
      `Received defaults with ${key} of full, which the role doesn't have and an environment can't unset, expected defaults that leave the account as it is. Nothing was written. Move ${key} from the defaults into the environments that have it.`,
    ),
  );
});
