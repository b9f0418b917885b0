import { pathInWords } from "../../../../common/problem";
import type { Access } from "../../../../modules/support-app/model/access";
import { consistencyProblems, tagSetProblems } from "../../../../modules/support-app/model/access-consistency";

/** Properties as untyped JavaScript would pass them. */
type Untyped = Record<string, unknown>;

/** Temporary capabilities, each with its end. */
const temporarily = (...entries: [capability: string | undefined, until: string | undefined][]) =>
  entries.map(([capability, until]) => ({ capability, until }));

describe("values between themselves", () => {
  const ALREADY_GRANTED =
    "expected a capability that is also in without: any other is already granted without an end. Add it to without, or remove it here.";
  const ENDS_ANYWAY =
    "expected an earlier end than until (2026-12-31), when everything ends. Set an earlier one, or remove the capability from without and from here.";
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
  ])("values that fit together have no problem: %s", (_, props) => {
    expect(consistencyProblems({ access: "full", ...props } as Access)).toEqual([]);
  });

  // The other sentences are in bad-inputs/constructs.yaml.
  test.each<[string, Untyped, ...problems: string[]]>([
    [
      "a capability that isn't left out doesn't end",
      { without: ["resolve-cases"], temporarily: temporarily(CHAT) },
      `temporarily[0].capability: received "live-chat", ${ALREADY_GRANTED}`,
    ],
    [
      "each ends once",
      { without: ["live-chat"], temporarily: temporarily(CHAT, ["live-chat", "2027-12-31"]) },
      'temporarily[1].capability: received "live-chat" a second time, expected each capability once.',
    ],
    [
      "none ends with or after everything",
      {
        until,
        without: ["live-chat", "resolve-cases"],
        temporarily: temporarily(CHAT, ["resolve-cases", "2027-01-01T00:00:01Z"]),
      },
      `temporarily[0].until: received "2026-12-31", ${ENDS_ANYWAY}`,
      `temporarily[1].until: received "2027-01-01T00:00:01Z", ${ENDS_ANYWAY}`,
    ],
    [
      "read-only has nothing to leave out or to grant temporarily, and what isn't valid isn't repeated",
      {
        access: "read-only",
        without: [undefined, "live-chat"],
        temporarily: [undefined, ...temporarily(CHAT, [undefined, until])],
      },
      `without: received "live-chat", expected nothing: read-only has only view-cases. Remove without.`,
      `temporarily: received "live-chat", expected nothing: read-only has only view-cases. Remove temporarily.`,
    ],
    [
      "AWS's managed policy neither ends nor leaves anything to grant temporarily",
      {
        policy: "aws-managed",
        serviceQuotasRole: "on-demand",
        until,
        temporarily: temporarily(CHAT, ["resolve-cases", "2026-12-30"]),
      },
      `until: received "2026-12-31", expected nothing: AWS's managed policy can't be changed. Set policy to customer-managed, or remove until.`,
      `temporarily: received "live-chat, resolve-cases", expected nothing: AWS's managed policy can't be changed. Set policy to customer-managed, or remove temporarily.`,
    ],
    [
      "without quota increases, even for a time, there is no Service Quotas role",
      {
        serviceQuotasRole: "create",
        without: ["live-chat", "request-quota-increases"],
        temporarily: [...temporarily(CHAT), undefined],
      },
      'serviceQuotasRole: received "create", expected nothing: this access has no request-quota-increases, so it needs no Service Quotas role. Remove serviceQuotasRole.',
    ],
  ])("%s", (_, props, ...expected) => {
    const problems = consistencyProblems({ access: "full", ...props } as Access);
    expect(problems.map(({ path, message }) => `${pathInWords(path)}: ${message}`)).toEqual(expected);
  });

  test("a message names the properties as its reader knows them", () => {
    const messagesOf = (props: Untyped) =>
      consistencyProblems({ access: "full", ...props } as Access, (property) => `<${property}>`)
        .map(({ message }) => message.match(/(Remove|Set|Add|expected an earlier|for) .*/)?.[0])
        .join(" ");
    const chat = temporarily(["live-chat", "2026-12-31"]);
    const managed = { policy: "aws-managed", without: ["live-chat"], until: "2026-12-31", temporarily: chat };
    expect(messagesOf({ ...managed, serviceQuotasRole: "adopt", policyName: "p", adopt: true })).toBe(
      [
        ...["without", "until", "temporarily", "serviceQuotasRole", "policyName"].map(
          (property) => `Set <policy> to customer-managed, or remove <${property}>.`,
        ),
        "for <serviceQuotasRole>.",
      ].join(" "),
    );
    expect(messagesOf({ until: "2026-12-31", temporarily: chat, adopt: true, sourceAccountCondition: true })).toBe(
      "Add it to <without>, or remove it here. expected an earlier end than <until> (2026-12-31), when everything ends. Set an earlier one, or remove the capability from <without> and from here. for <adopt> and <sourceAccountCondition>.",
    );
    expect(
      messagesOf({ access: "read-only", without: ["live-chat"], temporarily: chat, serviceQuotasRole: "create" }),
    ).toBe("Remove <without>. Remove <temporarily>. Remove <serviceQuotasRole>.");
  });
});

test("tag keys that differ only in case are reported at each but the first", () => {
  const twins = (key: string) =>
    `received the tag keys "Owner" and "${key}", expected keys that differ in more than case, which IAM ignores.`;
  expect(tagSetProblems({ Owner: "a", Team: "b", owner: "c", OWNER: "d" })).toEqual(
    ["owner", "OWNER"].map((key) => ({ path: [key], message: twins(key) })),
  );
});
