import { groupIdentical } from "../../../../../cli/commands/review/group-identical";
import { overviewSections, tableSections } from "../../../../../cli/commands/review/report/overview-lines";
import { channel, environment, environmentsNamed, gaining, NO_CHANGES, names, oncall, right, role } from "./reported";

/** An environment in which people in a channel of another name and ID each gain what another one's do. */
const gainingIn = (name: string, index: number) => {
  const changed = channel({
    ...{ channel: `C0${index}`, verdict: "broadened", gained: ["resolve-cases"], lost: [] },
    ...{
      before: oncall({ name: `ops-${name}`, channel: `C0${index}` }),
      after: oncall({ name: `ops-${name}`, channel: `C0${index}` }),
    },
  });
  const account = `${100_000_000_000 + index}`;
  return environment({
    environment: name,
    account,
    verdict: "broadened",
    access: { ...NO_CHANGES, channels: [changed] },
  });
};

const rowsOf = (...args: Parameters<typeof overviewSections>) =>
  overviewSections(...args).flatMap(({ lines }) => lines.filter((line) => line.startsWith("| ")).slice(1));

test("an environment alone needs no table", () => {
  expect(overviewSections([environment()])).toEqual([]);
});

test("environments with the same change of access share a row, whatever their channels' names and accounts are", () => {
  expect(rowsOf(names(7).map(gainingIn))).toEqual([
    "| **7**: `e0`, `e1`, `e2` and 4 more | access is broadened | **in 1 channel each: resolve-cases** |  |  |",
  ]);
});

test("the worst comes first, and what is forbidden before that", () => {
  const forbidden = { kind: "shared-state", environment: "x" } as const;
  const [quiet, narrowed] = environmentsNamed(["a", "b"], { verdict: "narrowed" });
  const rows = rowsOf([
    { ...environment({ environment: "q", verdict: "cosmetic" }) },
    {
      ...(quiet ?? environment()),
      access: {
        ...NO_CHANGES,
        channels: [
          channel({
            verdict: "narrowed",
            lost: ["live-chat"],
            shortened: ["view-cases"],
            ends: { before: {}, after: { "view-cases": "2027-01-01T00:00:00Z" } },
          }),
        ],
      },
    },
    narrowed ?? environment(),
    environment({ environment: "u", verdict: "unknown", unreadable: [{ reason: "reads-elsewhere", address: "a.b" }] }),
    environment({ environment: "f", verdict: "cosmetic", violations: [forbidden] }),
    environment({
      environment: "n",
      verdict: "broadened",
      isNew: true,
      access: { ...NO_CHANGES, roles: [role({ permissions: gaining(right()), trust: gaining(right()) })] },
    }),
  ]);
  expect(rows).toEqual([
    "| `f` | ⛔ **forbidden** |  |  |  |",
    "| `u` | access is unknown |  |  | something unsupported |",
    "| `n` (`111122223333`) | access is broadened |  |  | new environment, single actions, who may use the role |",
    "| `a` | access is narrowed |  | in 1 channel: live-chat, for a shorter time view-cases (until the end of 2026-12-31 (UTC)) |  |",
    "| `b` | access is narrowed |  |  |  |",
    "| `q` | changed in form only |  |  |  |",
  ]);
});

test("a table that is long becomes several, each with its header", () => {
  const rows = Array.from({ length: 500 }, (_, index) => `| ${index} ${"x".repeat(90)} |`);
  const tables = tableSections(["| a |", "|---|"], rows, (from, to) => `${from} to ${to}`);
  expect(tables.map(({ title }) => title)).toEqual(["1 to 164", "165 to 327", "328 to 490", "491 to 500"]);
  expect(tables.flatMap(({ lines }) => lines.slice(3, -1))).toEqual(rows);
});

test("environments whose change differs in their own channels alone are one group, and others aren't", () => {
  const [a, b] = [gainingIn("a", 1), gainingIn("b", 2)];
  const registeredWith = (name: string) =>
    ({ ...b, access: { ...b.access, registrations: [{ kind: "workspace", after: name }] } }) as typeof b;
  const sizes = (...environments: readonly (typeof a)[]) => groupIdentical(environments).map(({ length }) => length);
  expect(sizes(a, b)).toEqual([2]);
  expect(sizes(a, registeredWith("C02"))).toEqual([1, 1]);
  const renamed = channel({
    channel: "C02",
    verdict: "broadened",
    gained: ["resolve-cases"],
    before: oncall({ channel: "C02" }),
    after: oncall({ channel: "C02", name: "x" }),
  });
  expect(sizes(a, { ...b, access: { ...b.access, channels: [renamed] } })).toEqual([1, 1]);
  expect(sizes(a, { ...b, access: { ...b.access, channels: [...b.access.channels, renamed] } })).toEqual([1, 1]);
});
