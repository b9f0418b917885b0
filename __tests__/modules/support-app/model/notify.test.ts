import type { Conflict } from "../../../../modules/support-app/model/conflict";
import {
  NOTIFY_EVENTS,
  NOTIFY_FLAGS,
  NOTIFY_OF_NOTHING,
  type Notify,
  notifyConflicts,
  notifyProperties,
} from "../../../../modules/support-app/model/notify";
import { notifyOf } from "../../../support/notify-of";

/** The flags of AWS, all false. */
const OFF = Object.fromEntries(Object.values(NOTIFY_FLAGS).map((flag) => [flag, false]));

describe("the settings for AWS", () => {
  test("the settings for AWS have every property, since AWS would keep a property that is left out", () => {
    expect(notifyProperties(NOTIFY_OF_NOTHING)).toEqual({ NotifyOnCaseSeverity: "none", ...OFF });
    expect(notifyProperties({ severity: "high", events: ["reply-added"] })).toEqual({
      NotifyOnCaseSeverity: "high",
      ...OFF,
      NotifyOnAddCorrespondenceToCase: true,
    });
    const twoEvents = { ...OFF, NotifyOnCreateOrReopenCase: true, NotifyOnResolveCase: true };
    expect(notifyProperties({ severity: "all", events: ["case-resolved", "case-created"] })).toEqual({
      NotifyOnCaseSeverity: "all",
      ...twoEvents,
    });
  });

  test.each<Notify>([
    { severity: "none", events: [] },
    { severity: "all", events: ["reply-added", "case-resolved"] },
    { severity: "all", events: NOTIFY_EVENTS },
  ])("the settings for AWS are read back as they were written: %j", (notify) => {
    expect(notifyOf(notifyProperties(notify))).toEqual(notify);
  });
});

describe("severity and events belong together", () => {
  test.each<[Partial<Notify>, Notify["events"] | string]>([
    [{ severity: "none" }, "no severity, no event"],
    [{ severity: "none", events: [] }, "no severity, no event"],
    [{ severity: "high", events: ["reply-added"] }, "a severity and an event"],
    [{ events: ["reply-added"] }, "a severity that isn't valid, which is reported elsewhere"],
    [{ events: [] }, "the same without an event"],
    [{ severity: "high", events: undefined }, "events that aren't valid, which is reported elsewhere"],
    [{ severity: "high", events: [undefined, undefined] as never }, "the same, each"],
    [{ severity: "none", events: [undefined] as never }, "the same with the severity none"],
  ])("the notification setting %j is valid: it has %s", (notify) => {
    expect(notifyConflicts(notify)).toEqual([]);
  });

  test.each<[Partial<Notify>, Conflict]>([
    [
      { severity: "none", events: [undefined, "case-created", "reply-added"] as never },
      { kind: "events-without-severity", path: ["events"], events: ["case-created", "reply-added"] },
    ],
    [{ severity: "high" }, { kind: "severity-without-event", path: ["severity"], severity: "high" }],
    [
      { severity: "none", events: ["reply-added", "case-created", "reply-added"] },
      { kind: "repeated", path: ["events", 2], item: "reply-added", of: "event" },
    ],
  ])("the notification setting %j is refused", (notify, conflict) => {
    expect(notifyConflicts(notify)).toEqual([conflict]);
  });
});
