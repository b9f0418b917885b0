import { type Check, type Finding, manualFix, unknownFinding } from "../check";

/** Without it, no check can look at anything in Slack. */
export const slackToken: Check = {
  name: "slack-token",
  sentence: "Slack accepts the token, and it belongs to the workspace of each channel.",
  examine: ({ environment, slack }) => {
    if (!slack) return { findings: [] };
    const { token } = slack;
    if ("unknown" in token) {
      const of = { subject: "SLACK_BOT_TOKEN", about: ["workspace"] };
      return { findings: [unknownFinding(of, "a Slack token", token.unknown)] };
    }
    const { workspace } = token.known;
    const otherWorkspaces = new Set(environment.channels.map((channel) => channel.workspace));
    otherWorkspaces.delete(workspace);
    return {
      findings: [...otherWorkspaces].map(
        (other): Finding => ({
          answer: "unknown",
          subject: `Slack workspace ${other}`,
          about: ["workspace", other],
          expected: `a token of ${other}`,
          found: `a token of ${workspace}, which says nothing about channels of ${other}`,
          fix: manualFix(
            `Install the Slack app to ${other}, too, and run this again with SLACK_BOT_TOKEN set to its token there.`,
          ),
        }),
      ),
    };
  },
};
