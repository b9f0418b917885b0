import { errorsOf } from "../../support/errors";

export const ENVIRONMENT_KEYS =
  "one of account, region, backend, profile, tags, deploy-role, read-only, full, slack-workspaces, other-channels, account-alias, tier, canary, retired";

export const CAN_BE_LEFT_OUT =
  "one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases can't be left out, since every other capability starts from viewing a case";

export const ENVIRONMENT_NAME =
  "an environment name of 1 to 63 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen and other than `constructor`";

/** A valid environment, to which a case adds one thing. It begins in line 3. */
export function environment(...lines: string[]): string {
  return [
    "environments:",
    "  test:",
    '    account: "111122223333"',
    "    region: us-east-1",
    ...lines.map((line) => `    ${line}`),
  ].join("\n");
}

/** Expects those errors and no others. A path of an environment may begin with the environment's name. */
export function expectErrors(yaml: string, errors: readonly string[]): void {
  const full = errors.map((error) =>
    error.replace(/^(\d+:\d+: )((?:test|prod|Test|"a+…" \(64 characters\))(?=[.:]))/, "$1environments.$2"),
  );
  expect(errorsOf(yaml)).toEqual(full.map((error) => `environments.yaml:${error}`));
}
