import { tableSections } from "../../../../../cli/commands/review/report/tables";
import { reportBetween, stacksOf } from "../../../../support/edited-stack";

const file = (keysOf: (account: string, index: number) => string) =>
  stacksOf(
    `environments: { ${[1, 2].map((index) => `team-${index}: { account: "11112222333${index}", region: us-east-1, ${keysOf(`11112222333${index}`, index)} }`).join(", ")} }`,
  );

test("settings that differ only in the environments' own accounts are one row", () => {
  const boundary = (account: string) => `full: { permissions-boundary: "arn:aws:iam::${account}:policy/boundary" }`;
  expect(
    reportBetween(
      file(() => "full: {}"),
      file(boundary),
    ),
  ).toContain("| 2: team-1, team-2 | permissions-boundary (full) | none | `arn:aws:iam::ACCOUNT:policy/boundary` |");
});

test("settings of channels with other names are one row, and of a channel in several accounts it is named", () => {
  const channel = (index: number, keys: string) =>
    `full: { channels: [{ name: c${index}, workspace: T01, channel: C0${index}${keys} }] }`;
  const report = (nameOf: (index: number) => number) =>
    reportBetween(
      file((_, index) => channel(nameOf(index), "")),
      file((_, index) => channel(nameOf(index), ", private: true")),
    );
  expect(report((index) => index)).toContain("| 2: team-1, team-2 | private of 1 channel each | none | `true` |");
  expect(report(() => 1)).toContain("| 2: team-1, team-2 | private of `#c1` | none | `true` |");
});

test("whoever else uses a role is named if no channel of it gains the same", () => {
  const report = reportBetween(
    file(() => "full: { without: [live-chat] }"),
    file(() => "full: {}"),
  );
  expect(report).toContain("| 2: team-1, team-2 | whoever uses the role `AWSSupportAppFullRole` | **live-chat** |");
});

test("a long table is several, each of which has its header", () => {
  const tables = tableSections(
    ["a"],
    Array.from({ length: 3 }, () => `| ${"x".repeat(9_000)} |`),
    "letters",
  );
  expect(tables.map(({ title, lines }) => [title, lines.slice(0, 2)])).toEqual(
    [1, 2, 3].map((part) => [`part ${part} of the table of letters`, ["| a |", "| --- |"]]),
  );
});
