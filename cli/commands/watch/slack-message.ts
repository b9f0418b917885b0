import { CommandError } from "../../terminal/command-error";
import { endOf } from "./summary";
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
  const { SLACK_WEBHOOK_URL: given } = process.env;
  if (!given) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isSlack = url?.protocol === "https:" && HOSTS.includes(url.host);
  if (isSlack && url.username === "" && url.password === "") return url;
  throw new CommandError(
    `Received an invalid value in SLACK_WEBHOOK_URL, expected the URL of a Slack incoming webhook, such as https://${HOSTS[0]}/services/…. Copy it from the app's page "Incoming Webhooks", or unset it.`,
  );
}

/** The message of a run. Undefined: nothing is new or healed. */
export function slackMessage({ findings, healed }: WatchReport): string | undefined {
  const isNew = findings.filter(({ change, silenced }) => change === "new" && !silenced);
  const rest = findings.length - isNew.length;
  if (isNew.length + healed.length === 0) return undefined;
  const named = [
    ...isNew.map((one) => `• new: ${linked(one)}`),
    ...healed.map((one) => `• ${endOf(one)}: ${linked(one)}`),
  ];
  const more = named.length > MAX_NAMED ? [`and ${named.length - MAX_NAMED} more`] : [];
  const counts = `${isNew.length} new, ${healed.length} healed or closed, ${rest} others`;
  return [`AWS Support App access: ${counts}`, ...named.slice(0, MAX_NAMED), ...more].join("\n");
}

/** No character of a title has a meaning in Slack. */
function linked({ title, issue }: { readonly title: string; readonly issue?: IssueLink }): string {
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
  const why = response ? `status ${response.status}` : "no answer";
  throw new CommandError(
    `Can't send the message to SLACK_WEBHOOK_URL: ${why}. Everything else is done. Check whether the webhook still exists.`,
  );
}
