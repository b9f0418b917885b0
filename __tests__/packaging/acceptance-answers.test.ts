import { readdirSync, writeFileSync } from "node:fs";
import { type Answers, readAnswers, writeAnswers } from "../../packaging/acceptance-answers";
import { folderInTests } from "../support/folder";

const folder = folderInTests();

const answers = (overrides: Partial<Answers> = {}): Answers => ({
  schemaVersion: 1,
  date: "2026-12-01",
  emulated: false,
  region: "eu-west-1",
  versions: { package: "0.1.0", node: "v22.0.0", terraform: "1.11.4", providers: ["5.100.0", "6.30.0"] },
  answers: { "workspace-again": { answer: { status: "FAILED", errorCode: "AlreadyExists" }, confirms: null } },
  ...overrides,
});

const TODAY = "2027-01-01";

test("the answers of AWS are read as they were written, and an emulator's don't count", () => {
  expect(writeAnswers(folder(), answers())).toBe(folder("2026-12-01.json"));
  expect(readAnswers(folder(), TODAY)).toEqual([answers()]);
  expect(writeAnswers(folder(), answers({ emulated: true }))).toBe(folder("2026-12-01-emulated.json"));
  expect(readAnswers(folder(), TODAY)).toEqual([answers()]);
});

test("a second run on a day leaves the answers of the first", () => {
  writeAnswers(folder(), answers());
  const second = answers({ region: "us-east-1" });
  expect(writeAnswers(folder(), second)).toBe(folder("2026-12-01-2.json"));
  expect(readAnswers(folder(), TODAY)).toHaveLength(2);
});

test("the newest answers are those of the newest day, whatever their file is called", () => {
  writeAnswers(folder(), answers({ date: "2026-12-05" }));
  writeFileSync(folder("z.json"), JSON.stringify(answers()));
  expect(readAnswers(folder(), TODAY).map(({ date }) => date)).toEqual(["2026-12-01", "2026-12-05"]);
});

test.each([
  ["no JSON", "{", /^Received .*x\.json, expected what an acceptance run writes: /],
  ["another fact", JSON.stringify({ ...answers(), answers: { "plan-needed": {} } }), /x\.json, expected what/],
  ["a day to come", JSON.stringify(answers({ date: "9999-12-31" })), /^Received the date 9999-12-31 in .*x\.json/],
])("a contributed file with %s is refused by its name", (_, text, message) => {
  writeFileSync(folder("x.json"), text);
  expect(() => readAnswers(folder(), TODAY)).toThrow(message);
});

test.each([
  "arn:aws:iam::111122223333:role/SupportAppAcceptanceFull",
  "T012ABCDEFG",
  "C01234A5BCD",
  "E01234A5BCD",
  "c01234a5bcd",
  "x_C01234A5BCD",
  "o-a1b2c3d4e5",
  "ou-ab12-abcdefgh",
  "AROAIOSFODNN7EXAMPLE",
  "AIDAIOSFODNN7EXAMPLE",
  "OurAuditRole",
  "User: someone is not authorized (Service: Iam)",
])("answers that identify somebody's account by %s aren't written", (identifying) => {
  for (const answer of [[identifying], { [identifying]: true }]) {
    const session = { session: { answer, confirms: null } };
    expect(() => writeAnswers(folder(), answers({ answers: session }), ["ourauditrole"])).toThrow(
      /identify the account/,
    );
    expect(readdirSync(folder())).toEqual([]);
  }
});

test("the names, codes and numbers that a run answers are written", () => {
  const answer = {
    "/awssupport search": [
      "support:DescribeCases",
      "AWSSupportAppFullAccess v2",
      "us-east-1",
      "EntityAlreadyExistsException",
    ],
  };
  writeAnswers(folder(), answers({ answers: { "command-actions": { answer, confirms: null } } }));
});
