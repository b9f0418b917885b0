import { setTimeout as sleep } from "node:timers/promises";
import { paginateLookupEvents } from "@aws-sdk/client-cloudtrail";
import { printError } from "../../cli/terminal/print";
import { isConfirmed } from "../../cli/terminal/question";
import { PROPAGATION } from "./aws";
import { interruption } from "./interruption";
import type { Run } from "./life";

/** What is read of an event of CloudTrail. Source: CloudTrail User Guide, CloudTrail record contents. */
export interface TrailEvent {
  readonly eventSource?: string;
  readonly eventName?: string;
  readonly errorCode?: string;
  readonly userIdentity?: {
    readonly invokedBy?: string;
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } };
  };
  readonly requestParameters?: { readonly roleArn?: string; readonly durationSeconds?: number } | null;
}

/** What the Support App did with a role. */
export interface AppCalls {
  /** How it ended when it assumed the role: once for each time, `assumed` or an error of AWS. */
  readonly assumed: readonly string[];
  /** The lengths of the sessions that it asked for, in seconds. Null: the default. */
  readonly sessions: readonly (number | null)[];
  /** What it then called, as IAM names it. */
  readonly actions: readonly string[];
}

/** The calls of the Support App with a role, of all that CloudTrail has. */
export function appCalls(events: readonly TrailEvent[], role: string): AppCalls {
  const assuming = events.filter(
    ({ eventName, userIdentity, requestParameters }) =>
      eventName === "AssumeRole" &&
      userIdentity?.invokedBy === "supportapp.amazonaws.com" &&
      requestParameters?.roleArn === role,
  );
  const calling = events.filter(({ userIdentity }) => userIdentity?.sessionContext?.sessionIssuer?.arn === role);
  const sorted = <T>(values: readonly T[]) => [...new Set(values)].sort();
  return {
    assumed: sorted(assuming.map(({ errorCode }) => errorCode ?? "assumed")),
    sessions: sorted(assuming.map(({ requestParameters }) => requestParameters?.durationSeconds ?? null)),
    actions: sorted(
      calling.map(({ eventSource, eventName }) => `${eventSource?.replace(".amazonaws.com", "")}:${eventName}`),
    ),
  };
}

/** CloudTrail has an event within this time, in milliseconds. Source: CloudTrail User Guide, Viewing events with CloudTrail event history. */
const DELAY = 15 * 60_000;

/** The command that people are asked to type: it changes nothing. */
const COMMAND = "/awssupport search";

/**
 * Has somebody type a command in the channel with a trust policy that requires aws:SourceAccount and, if AWS refuses
 * that, once more without it. Reads from CloudTrail what the Support App did.
 *
 * @param deploy deploys the full access with that condition or without it
 */
export async function askPeople(run: Run, role: string, deploy: (condition: boolean) => Promise<void>): Promise<void> {
  await deploy(true);
  const conditional = await callsAfterCommand(run, role);
  const accepts = conditional.assumed.includes("assumed");
  if (conditional.assumed.length > 0)
    run.answer("source-account", { answer: [...conditional.assumed], confirms: accepts });
  await deploy(false);
  const calls = accepts ? conditional : await callsAfterCommand(run, role);
  if (!calls.assumed.includes("assumed")) return;
  run.answer("session", { answer: [...calls.sessions], confirms: null });
  run.answer("command-actions", { answer: { [COMMAND]: [...calls.actions] }, confirms: null });
}

async function callsAfterCommand(run: Run, role: string): Promise<AppCalls> {
  // What IAM knew before may still hold, and would answer for what was deployed now.
  printError(`Waiting ${PROPAGATION / 60_000} minutes until IAM has the change everywhere …`);
  await pause(PROPAGATION);
  const since = new Date();
  const question = `In the Slack channel ${run.channel?.channel}, type: ${COMMAND}\nDid Slack answer, with cases, without, or with an error?`;
  if (!(await isConfirmed(question, interruption.signal))) return { assumed: [], sessions: [], actions: [] };
  printError("Waiting for CloudTrail, 15 minutes at most …");
  for (;;) {
    const calls = appCalls(await eventsSince(run, since), role);
    const isComplete = calls.actions.length > 0 || calls.assumed.some((end) => end !== "assumed");
    if (isComplete || Date.now() - since.getTime() > DELAY) return calls;
    await pause(30_000);
    if (interruption.signal.aborted) return calls;
  }
}

/** Waits, but not after Ctrl-C. */
const pause = (time: number) => sleep(time, undefined, { signal: interruption.signal }).catch(() => undefined);

/** The events of the region and of us-east-1, where global services have theirs. */
async function eventsSince({ aws, region }: Run, StartTime: Date): Promise<TrailEvent[]> {
  const events: TrailEvent[] = [];
  for (const place of new Set([region, "us-east-1"])) {
    for await (const { Events = [] } of paginateLookupEvents({ client: aws.cloudTrailIn(place) }, { StartTime }))
      events.push(...Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent)));
  }
  return events;
}
