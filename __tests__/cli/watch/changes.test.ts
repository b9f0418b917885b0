import { type ChangedFinding, changesSince } from "../../../cli/watch/changes";
import type { Fate, Found, Night } from "../../../cli/watch/night";

const finding = (id: string): ChangedFinding => ({ id, environment: "production", check: "trust", about: [id] });

/** A night that finds those, and in which earlier findings have such a fate. */
function nightWith(found: readonly string[], fates: Readonly<Record<string, Fate>> = {}): Night {
  return {
    environments: [],
    found: found.map((id): Found => ({ ...finding(id), answer: "unhealthy", lines: [] })),
    fateOf: ({ about: [id = ""] }) => fates[id] ?? "found",
    unknownChecks: () => undefined,
  };
}

test("what wasn't there before is new, and what still is stays", () => {
  expect(changesSince([finding("a"), finding("b")], nightWith(["a", "b", "c"]))).toEqual({
    isNew: new Set(["c"]),
    unseen: [],
    healed: [],
  });
});

test("without an earlier night, everything is new", () => {
  expect(changesSince([], nightWith(["a", "b"])).isNew).toEqual(new Set(["a", "b"]));
});

test("what couldn't be looked at isn't healed", () => {
  const fate = "not-looked-at";
  expect(changesSince([finding("a")], nightWith([], { a: fate }))).toEqual({
    isNew: new Set(),
    unseen: [{ ...finding("a"), fate }],
    healed: [],
  });
});

test.each<Fate>(["healed", "environment-removed", "check-removed"])("what is gone has its reason: %s", (fate) => {
  const { healed, unseen } = changesSince([finding("a")], nightWith([], { a: fate }));
  expect(healed).toEqual([{ ...finding("a"), fate }]);
  expect(unseen).toEqual([]);
});
