import { type Conflict, conflictsInside, repetitions } from "./conflict";

/** The severity of the cases that a channel is notified of. */
export type NotifySeverity = "none" | "high" | "all";

/** Every severity setting. */
export const NOTIFY_SEVERITIES = ["none", "high", "all"] as const satisfies readonly NotifySeverity[];

/** An event that a channel is notified of: a case created or reopened, a reply added, a case resolved. */
export type NotifyEvent = "case-created" | "reply-added" | "case-resolved";

/** The AWS flag behind each event. */
export const NOTIFY_FLAGS = {
  "case-created": "NotifyOnCreateOrReopenCase",
  "reply-added": "NotifyOnAddCorrespondenceToCase",
  "case-resolved": "NotifyOnResolveCase",
} as const satisfies Record<NotifyEvent, string>;

/** Every event. */
export const NOTIFY_EVENTS = Object.keys(NOTIFY_FLAGS) as readonly NotifyEvent[];

/** What a channel is notified of. */
export interface Notify {
  /** The severity of the cases. */
  readonly severity: NotifySeverity;

  /**
   * The events: at least one with `high` or `all`, none with `none`.
   *
   * @default - no events
   */
  readonly events?: readonly NotifyEvent[];
}

/** The default: no notifications. */
export const NOTIFY_OF_NOTHING: Notify = { severity: "none" };

/** The properties for AWS. Always all of them: AWS keeps the previous value of a property that is left out. */
export function notifyProperties({ severity, events = [] }: Notify): Record<string, string | boolean> {
  return notifySettings(severity, (event) => events.includes(event));
}

/** The same, with values that Terraform may know only later. */
export function notifySettings<Flag>(
  severity: string,
  flagOf: (event: NotifyEvent) => Flag,
): Record<string, string | Flag> {
  return {
    NotifyOnCaseSeverity: severity,
    ...Object.fromEntries(NOTIFY_EVENTS.map((event) => [NOTIFY_FLAGS[event], flagOf(event)])),
  };
}

/**
 * Conflicts between values that are valid on their own; the caller passes `undefined` for invalid ones. AWS's schema
 * doesn't state that severity and events belong together.
 *
 * Source: AWS Support App API Reference, CreateSlackChannelConfiguration, notifyOnCaseSeverity.
 */
export function notifyConflicts(notify: Partial<Notify>): Conflict[] {
  const { severity, events: notifyEvents = [] } = notify;
  const repeatedEvents = repetitions(notifyEvents, "event");
  if (repeatedEvents.length > 0) return conflictsInside(["events"], repeatedEvents);
  if (severity === undefined || ("events" in notify && notify.events === undefined)) return [];
  const events = notifyEvents.filter(Boolean);
  if (severity === "none" && events.length > 0) {
    return [{ kind: "events-without-severity", path: ["events"], events }];
  }
  if (severity !== "none" && notifyEvents.length === 0) {
    return [{ kind: "severity-without-event", path: ["severity"], severity }];
  }
  return [];
}
