import { type AwsRole, accountAws, roleArn } from "./account-aws";
import type { Answer, Answers } from "./answering-aws";
import { ACCOUNT, environmentOf, ownStatements } from "./live-account";

/** An environment with one channel, in an account in which others configure channels, too. */
export const sharedEnvironment = environmentOf(
  "other-channels: true, read-only: { channels: [{ name: watch, workspace: T1, channel: C1 }] }",
);

/** What an account has beside what {@link sharedEnvironment} says. */
export interface HandMade {
  readonly roles?: Readonly<Record<string, AwsRole>>;
  /** By region, the role of each channel, by their names. */
  readonly channels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What AWS answers in place of that. */
  readonly instead?: Answers | ((...call: Parameters<Answers>) => Answer | undefined);
}

const OWN_ROLE = "AWSSupportAppReadOnlyRole";
/** ARN of the policy of its role. */
export const MANAGED_POLICY = `arn:aws:iam::${ACCOUNT}:policy/${OWN_ROLE}Policy`;

/** AWS as it answers about that account. */
export function handMadeAws({ roles, channels = {}, instead: override }: HandMade): Answers {
  const regions: typeof channels = { ...channels, "us-east-1": { C1: OWN_ROLE, ...channels["us-east-1"] } };
  return accountAws({
    roles: { [OWN_ROLE]: { policies: { [MANAGED_POLICY]: ownStatements(sharedEnvironment) } }, ...roles },
    channels: (region) =>
      Object.fromEntries(
        Object.entries(regions[region] ?? {}).map(([ChannelId, role]) => [
          `T1|${ChannelId}`,
          {
            TeamId: "T1",
            ChannelId,
            ChannelName: "watch",
            NotifyOnCaseSeverity: "none",
            ChannelRoleArn: role.startsWith("arn:") ? role : roleArn(role),
          },
        ]),
      ),
    instead: (...call) =>
      override?.(...call) ??
      (call[0] === "SimulatePrincipalPolicy" ? { status: 403, code: "AccessDenied" } : undefined),
  });
}
