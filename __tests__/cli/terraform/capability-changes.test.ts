import { capabilitiesOfRole, capabilityChanges, endsOfRole } from "../../../cli/terraform/capability-changes";
import { allow, roleOf, SECURE, until } from "./small-access";

const CHAT = ["support:InitiateChatForCase"];
const [JUNE, JULY] = ["2030-06-01T00:00:00Z", "2030-07-01T00:00:00Z"];

const NEVER = roleOf([]);
const ALWAYS = roleOf([allow(CHAT)]);
const SOMETIMES = roleOf([allow(CHAT, SECURE)]);
const UNTIL_JUNE = roleOf([allow(CHAT, until(JUNE))]);
const UNTIL_JULY = roleOf([allow(CHAT, until(JULY))]);

const NOTHING = { gained: [], lost: [], limited: [] };
const ends = (was?: string, is?: string) => ({
  ends: { before: was ? { "live-chat": was } : {}, after: is ? { "live-chat": is } : {} },
});
const chat = ["live-chat"];

test.each([
  ["never, as before", NEVER, NEVER, NOTHING],
  ["always, as before", ALWAYS, ALWAYS, NOTHING],
  ["under a condition, as before", SOMETIMES, SOMETIMES, NOTHING],
  ["until June, as before", UNTIL_JUNE, UNTIL_JUNE, { ...NOTHING, ...ends(JUNE, JUNE) }],
  ["never → always", NEVER, ALWAYS, { ...NOTHING, gained: chat }],
  ["never → under a condition", NEVER, SOMETIMES, { ...NOTHING, limited: chat }],
  ["never → until June", NEVER, UNTIL_JUNE, { ...NOTHING, gained: chat, ...ends(undefined, JUNE) }],
  ["always → never", ALWAYS, NEVER, { ...NOTHING, lost: chat }],
  ["always → under a condition", ALWAYS, SOMETIMES, { ...NOTHING, limited: chat }],
  ["always → until June", ALWAYS, UNTIL_JUNE, { ...NOTHING, shortened: chat, ...ends(undefined, JUNE) }],
  ["under a condition → always", SOMETIMES, ALWAYS, { ...NOTHING, gained: chat }],
  ["under a condition → never", SOMETIMES, NEVER, { ...NOTHING, lost: chat }],
  ["under a condition → until June", SOMETIMES, UNTIL_JUNE, { ...NOTHING, gained: chat, ...ends(undefined, JUNE) }],
  ["until June → always", UNTIL_JUNE, ALWAYS, { ...NOTHING, gained: chat, ...ends(JUNE) }],
  ["until June → never", UNTIL_JUNE, NEVER, { ...NOTHING, lost: chat, ...ends(JUNE) }],
  ["until June → under a condition", UNTIL_JUNE, SOMETIMES, { ...NOTHING, limited: chat, ...ends(JUNE) }],
  ["until June → until July", UNTIL_JUNE, UNTIL_JULY, { ...NOTHING, gained: chat, ...ends(JUNE, JULY) }],
  ["until July → until June", UNTIL_JULY, UNTIL_JUNE, { ...NOTHING, shortened: chat, ...ends(JULY, JUNE) }],
])("people gain and lose a live chat when their role changes: %s", (_, before, after, expected) => {
  expect(capabilityChanges(before, after)).toStrictEqual(expected);
});

test("a role allows its capabilities without a condition, each until it ends", () => {
  const role = roleOf([
    allow(["support:DescribeCases", "support:DescribeCommunications"]),
    allow(["support:ResolveCase"], until(JUNE)),
    allow(["support:AddAttachmentsToSet"], SECURE),
    allow(["support:CreateCase"]),
  ]);
  expect(capabilitiesOfRole(role)).toEqual(["view-cases", "resolve-cases"]);
  expect(endsOfRole(role)).toEqual({ "resolve-cases": JUNE });
  expect(capabilitiesOfRole(NEVER)).toEqual([]);
  expect(endsOfRole(ALWAYS)).toEqual({});
});
