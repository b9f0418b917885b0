import type { Access } from "../../../../modules/support-app/model/access";
import { accessConflicts, tagSetConflicts } from "../../../../modules/support-app/model/access-consistency";
import type { Conflict, NoEffect } from "../../../../modules/support-app/model/conflict";

/** Properties as untyped JavaScript would pass them. */
type Untyped = Record<string, unknown>;

/** Temporary capabilities, each with its end. */
const temporarily = (...entries: [capability: string | undefined, until: string | undefined][]) =>
  entries.map(([capability, until]) => ({ capability, until }));

describe("values between themselves", () => {
  const until = "2026-12-31";
  const CHAT: [string, string] = ["live-chat", until];
  const ACCOUNT = { account: "111122223333" };

  test.each<[string, Untyped]>([
    [
      "a capability that is left out may be granted temporarily, before everything ends",
      { until, without: ["live-chat"], temporarily: temporarily(["live-chat", "2026-12-31T23:59:59Z"]) },
    ],
    ["and at any time where the rest doesn't end", { without: ["live-chat"], temporarily: temporarily(CHAT) }],
    [
      "what isn't valid on its own isn't compared",
      {
        until,
        without: ["live-chat", undefined, undefined],
        temporarily: [
          undefined,
          ...temporarily([undefined, "2026-01-01"], [undefined, undefined], ["resolve-cases", undefined]),
        ],
      },
    ],
    ["nothing granted is nothing to remove", { access: "read-only", policy: "aws-managed", temporarily: [] }],
    [
      "quota increases that are granted temporarily need the Service Quotas role",
      {
        serviceQuotasRole: "create",
        without: ["live-chat", "request-quota-increases"],
        temporarily: [...temporarily(CHAT, ["request-quota-increases", until]), undefined],
      },
    ],
    ["AWS's managed policy lets a channel create that role", { policy: "aws-managed", serviceQuotasRole: "on-demand" }],
    ["a boundary of its account", { ...ACCOUNT, permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary" }],
    ["or AWS's", { ...ACCOUNT, permissionsBoundary: "arn:aws:iam::aws:policy/arn:aws:iam::444455556666:/boundary" }],
    ["or of an account that isn't known", { permissionsBoundary: "arn:aws:iam::444455556666:policy/boundary" }],
  ])("values that fit together have no conflict: %s", (_, props) => {
    expect(accessConflicts({ access: "full", ...props } as Access)).toEqual([]);
  });

  const noEffect = (property: keyof Access, value: string, reason: NoEffect): Conflict => ({
    kind: "no-effect",
    path: [property],
    property,
    value,
    reason,
  });

  // The others are in bad-inputs/constructs.yaml, as sentences.
  test.each<[string, Untyped, ...conflicts: Conflict[]]>([
    [
      "a capability that isn't left out doesn't end",
      { without: ["resolve-cases"], temporarily: temporarily(CHAT) },
      { kind: "granted-anyway", path: ["temporarily", 0, "capability"], capability: "live-chat" },
    ],
    [
      "each ends once",
      { without: ["live-chat"], temporarily: temporarily(CHAT, ["live-chat", "2027-12-31"]) },
      { kind: "repeated", path: ["temporarily", 1, "capability"], item: "live-chat", of: "capability" },
    ],
    [
      "none ends with or after everything",
      {
        until,
        without: ["live-chat", "resolve-cases"],
        temporarily: temporarily(CHAT, ["resolve-cases", "2027-01-01T00:00:01Z"]),
      },
      { kind: "ends-too-late", path: ["temporarily", 0, "until"], until, all: until },
      { kind: "ends-too-late", path: ["temporarily", 1, "until"], until: "2027-01-01T00:00:01Z", all: until },
    ],
    [
      "read-only has nothing to leave out or to grant temporarily, and what isn't valid isn't repeated",
      {
        access: "read-only",
        without: [undefined, "live-chat"],
        temporarily: [undefined, ...temporarily(CHAT, [undefined, until])],
      },
      noEffect("without", "live-chat", "read-only"),
      noEffect("temporarily", "live-chat", "read-only"),
    ],
    [
      "AWS's managed policy neither ends nor leaves anything to grant temporarily",
      {
        policy: "aws-managed",
        serviceQuotasRole: "on-demand",
        until,
        temporarily: temporarily(CHAT, ["resolve-cases", "2026-12-30"]),
      },
      noEffect("until", until, "aws-managed"),
      noEffect("temporarily", "live-chat, resolve-cases", "aws-managed"),
    ],
    [
      "without quota increases, even for a time, there is no Service Quotas role",
      {
        serviceQuotasRole: "create",
        without: ["live-chat", "request-quota-increases"],
        temporarily: [...temporarily(CHAT), undefined],
      },
      noEffect("serviceQuotasRole", "create", "no-quota-increases"),
    ],
  ])("%s", (_, props, ...expected) => {
    expect(accessConflicts({ access: "full", ...props } as Access)).toEqual(expected);
  });
});

test("tag keys that differ only in case are reported at each but the first", () => {
  expect(tagSetConflicts({ Owner: "a", Team: "b", owner: "c", OWNER: "d" })).toEqual(
    ["owner", "OWNER"].map((key) => ({ kind: "same-tag", path: [key], keys: ["Owner", key] })),
  );
});
