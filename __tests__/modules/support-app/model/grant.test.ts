import { CAPABILITIES, type Capability } from "../../../../modules/support-app/model/capability";
import { capabilitiesAt, endsOf, grantedCapabilities, grantsOf } from "../../../../modules/support-app/model/grant";

const LEFT_OUT = ["resolve-cases", "live-chat", "attach-files"] as const;

/** Live chat and resolving cases during June, attaching files during the first half of the year. */
const TEMPORARY = [
  { capability: "live-chat", until: "2026-06-30" },
  { capability: "attach-files", until: "2026-06-15T12:00:00+02:00" },
  { capability: "resolve-cases", until: "2026-07-01T02:00:00+02:00" }, // the same time, in another zone
] as const;

const LEFT_OUT_SET: ReadonlySet<Capability> = new Set(LEFT_OUT);
const LASTING = CAPABILITIES.filter((capability) => !LEFT_OUT_SET.has(capability));

describe("what an access grants", () => {
  test("an access until a day is granted until that day ends", () => {
    expect(grantsOf({ access: "read-only", until: "2026-12-31" })).toEqual([
      { capabilities: ["view-cases"], end: "2027-01-01T00:00:00Z" },
    ]);
  });

  test("temporary capabilities come after the others, by their end, together where they end at the same time", () => {
    expect(grantsOf({ access: "full", without: [...LEFT_OUT], temporarily: TEMPORARY })).toEqual([
      { capabilities: LASTING, end: undefined },
      { capabilities: ["attach-files"], end: "2026-06-15T10:00:00Z" },
      { capabilities: ["live-chat", "resolve-cases"], end: "2026-07-01T00:00:00Z" },
    ]);
  });

  test("the capabilities that an access grants are in the usual order, including what ends or has ended", () => {
    expect(grantedCapabilities({ access: "full", without: [...LEFT_OUT], temporarily: TEMPORARY })).toEqual(
      CAPABILITIES,
    );
    expect(grantedCapabilities({ access: "full", without: [...LEFT_OUT], until: "2001-01-01" })).toEqual(LASTING);
  });
});

describe("what an access grants at a given time", () => {
  test.each([
    ["2026-06-15T09:59:59.999Z", ["attach-files", "resolve-cases", "live-chat"]],
    ["2026-06-15T10:00:00.000Z", ["resolve-cases", "live-chat"]],
    ["2026-06-30T23:59:59.999Z", ["resolve-cases", "live-chat"]],
    ["2026-07-01T00:00:00.000Z", []],
  ])("at %s, an access grants %j of its temporary capabilities", (time, temporary) => {
    const access = { access: "full", without: [...LEFT_OUT], temporarily: TEMPORARY } as const;
    const capabilities = capabilitiesAt(access, new Date(time));
    expect(capabilities.filter((capability) => LASTING.includes(capability))).toEqual(LASTING);
    expect(capabilities.filter((capability) => !LASTING.includes(capability))).toEqual(temporary);
  });
});

test("each granted capability has its end, also if it has passed", () => {
  const ends = endsOf({
    access: "full",
    without: ["live-chat", "resolve-cases"],
    until: "2099-12-31",
    temporarily: [{ capability: "live-chat", until: "2020-12-31" }],
  });
  expect(ends.get("live-chat")).toBe("2021-01-01T00:00:00Z");
  expect(ends.get("view-cases")).toBe("2100-01-01T00:00:00Z");
  expect(ends.has("resolve-cases")).toBe(false);
  expect(endsOf({ access: "read-only" })).toEqual(new Map([["view-cases", undefined]]));
});
