import { CommandError } from "../../terminal/command-error";
import { healedState } from "./summary";
import type { IssueLink, WatchReport } from "./watch-report";

const HOSTS = ["hooks.slack.com", "hooks.slack-gov.com"];

const TIMEOUT_MS = 30_000;

/** Maximum number of findings that a message names. */
const MAX_NAMED = 20;

/**
 * The webhook of SLACK_WEBHOOK_URL. Undefined: none is set. Its value is never repeated: anyone who has it can write into the channel.
 *
 * @throws CommandError if it isn't one
 */
export function slackWebhook(): URL | undefined {
  const { SLACK_WEBHOOK_URL: webhookUrl } = process.env;
  if (!webhookUrl) return undefined;
  const url = URL.canParse(webhookUrl) ? new URL(webhookUrl) : undefined;
  const isSlack = url?.protocol === "https:" && HOSTS.includes(url.host);
  if (isSlack && url.username === "" && url.password === "") return url;
  throw new CommandError(
    `Received an invalid value in SLACK_WEBHOOK_URL, expected the URL of a Slack incoming webhook, such as https://${HOSTS[0]}/services/…. Copy it from the app's page "Incoming Webhooks", or unset it.`,
  );
}

/** The message of a run. Undefined: nothing is new or healed. */
export function slackMessage({ findings, healed }: WatchReport): string | undefined {
  const isNew = findings.filter(({ change, silenced }) => change === "new" && !silenced);
  const restCount = findings.length - isNew.length;
  if (isNew.length + healed.length === 0) return undefined;
  const namedLines = [
    ...isNew.map((finding) => `• new: ${link(finding)}`),
    ...healed.map((healedFinding) => `• ${healedState(healedFinding)}: ${link(healedFinding)}`),
  ];
  const moreLines = namedLines.length > MAX_NAMED ? [`and ${namedLines.length - MAX_NAMED} more`] : [];
  const counts = `${isNew.length} new, ${healed.length} healed or closed, ${restCount} others`;
  return [`AWS Support App access: ${counts}`, ...namedLines.slice(0, MAX_NAMED), ...moreLines].join("\n");
}

/** No character of a title has a meaning in Slack. */
function link({ title, issue }: { readonly title: string; readonly issue?: IssueLink }): string {
  return issue ? `<${issue.url}|${title}>` : title;
}

/**
 * Sends a message.
 *
 * @throws CommandError if Slack refuses it, without the URL
 */
export async function sendToSlack(webhook: URL, text: string): Promise<void> {
  const response = await fetch(webhook, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text, unfurl_links: false, unfurl_media: false }),
    redirect: "manual", // a redirect would send the message elsewhere
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined); // an error may have the URL in it
  if (response?.status === 200) return;
  const reason = response ? `status ${response.status}` : "no answer";
  throw new CommandError(
    `Can't send the message to SLACK_WEBHOOK_URL: ${reason}. Everything else is done. Check whether the webhook still exists.`,
  );
}
