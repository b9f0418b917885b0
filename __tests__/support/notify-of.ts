import { NOTIFY_EVENTS, NOTIFY_FLAGS, NOTIFY_SEVERITIES, type Notify } from "../../modules/support-app/model/notify";

/** What a channel is notified of, from its properties for AWS. Undefined: a property is missing or unknown. */
export function notifyOf(properties: Readonly<Record<string, unknown>>): Notify | undefined {
  const { NotifyOnCaseSeverity, ...flags } = properties;
  const severity = NOTIFY_SEVERITIES.find((candidate) => candidate === NotifyOnCaseSeverity);
  const flagNames = Object.values(NOTIFY_FLAGS);
  const isAll =
    Object.keys(flags).length === flagNames.length && flagNames.every((flag) => typeof flags[flag] === "boolean");
  if (severity === undefined || !isAll) return undefined;
  return { severity, events: NOTIFY_EVENTS.filter((event) => flags[NOTIFY_FLAGS[event]] === true) };
}
