import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  countsInWords,
  type PeopleCounts,
  peopleReportSchema,
  readPeopleReport,
} from "../../../cli/reports/people-report";
import { CommandError } from "../../../cli/terminal/command-error";
import { sharedFolder } from "../../support/folder";

const NOBODY: PeopleCounts = { members: 0, guests: 0, strangers: 0, bots: 0, unseen: 0 };

test.each<[Partial<PeopleCounts>, string]>([
  [{}, "0 people, 0 bots"],
  [{ members: 1, bots: 1 }, "1 person, 1 bot"],
  [{ members: 12, guests: 2, bots: 3 }, "12 people (2 guests), 3 bots"],
  [{ members: 2, guests: 1 }, "2 people (1 guest), 0 bots"],
  [{ members: 2, strangers: 1 }, "2 people (1 of other organizations), 0 bots"],
  [{ members: 9, guests: 3, strangers: 2 }, "9 people (3 guests, 2 of other organizations), 0 bots"],
  [{ members: 500, unseen: 2 }, "500 people, 0 bots, and 2 unknown"],
])("the counts %j are %s in words", (counts, words) => {
  expect(countsInWords({ ...NOBODY, ...counts })).toBe(words);
});

describe("a report that is read", () => {
  const folder = sharedFolder();
  const file = join(folder, "people.json");

  const CHANNEL = { workspace: "T1", channel: "C1", name: "oncall", access: "full", unknown: [], counts: NOBODY };
  const reportWith = (channel: object, overrides: object = {}) => ({
    ...{ schemaVersion: 1, readAt: "2026-11-26T18:40:11Z", ...overrides },
    environments: [{ name: "production", account: "444455556666", channels: [channel] }],
  });
  const readText = (text: string) => {
    writeFileSync(file, text);
    return readPeopleReport(file);
  };

  test("a report of people is read as it was printed, if it has only counts", () => {
    expect(readText(JSON.stringify(reportWith(CHANNEL)))).toEqual(reportWith(CHANNEL));
  });

  test.each([[[{ id: "U1", name: "Jane Roe", is: "person" }]], [[]]])(
    "a report with --members, such as %j, is refused without a name, wherever it is: the page has many readers",
    (people) => {
      const { environments, ...rest } = reportWith({ ...CHANNEL, people });
      const [environment] = environments;
      const environmentList = [
        { ...environment, channels: [CHANNEL, ...(environment?.channels ?? [])] },
        { ...environment, channels: [CHANNEL] },
      ];
      expect(() => readText(JSON.stringify({ ...rest, environments: environmentList }))).toThrow(
        new CommandError(
          `Received --people "${file}" in another form, expected the output of support-app people --all --format json without --members, since a published page has many readers. Run that again, and give its output.`,
        ),
      );
    },
  );
});

test("docs/people-report.schema.json is the schema of the report of people", () => {
  const documented = JSON.parse(readFileSync("docs/people-report.schema.json", "utf8"));
  expect(z.toJSONSchema(peopleReportSchema)).toEqual(documented);
});
