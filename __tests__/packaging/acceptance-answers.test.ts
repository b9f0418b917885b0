import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answers, readAnswers, writeAnswers } from "../../packaging/acceptance-answers";

const folder = mkdtempSync(join(tmpdir(), "answers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const answers = (overrides: Partial<Answers> = {}): Answers => ({
  ...{ schemaVersion: 1, date: "2026-12-01", emulated: false, region: "eu-west-1" },
  versions: { package: "0.1.0", node: "v22.0.0", terraform: "1.11.4", providers: ["5.100.0", "6.30.0"] },
  answers: { "workspace-again": { answer: { status: "FAILED", errorCode: "AlreadyExists" }, confirms: null } },
  ...overrides,
});

const emptyFolder = () => mkdtempSync(join(folder, "empty-"));
const TODAY = "2027-01-01";

test("the answers of AWS are read as they were written, and an emulator's don't count", () => {
  const place = emptyFolder();
  expect(writeAnswers(place, answers())).toBe(join(place, "2026-12-01.json"));
  expect(readAnswers(place, TODAY)).toEqual([answers()]);
  expect(writeAnswers(place, answers({ emulated: true }))).toBe(join(place, "2026-12-01-emulated.json"));
  expect(readAnswers(place, TODAY)).toEqual([answers()]);
});

test("a second run on a day leaves the answers of the first", () => {
  const place = emptyFolder();
  writeAnswers(place, answers());
  const second = answers({ region: "us-east-1" });
  expect(writeAnswers(place, second)).toBe(join(place, "2026-12-01-2.json"));
  expect(readAnswers(place, TODAY)).toHaveLength(2);
});

test("the newest answers are those of the newest day, whatever their file is called", () => {
  const place = emptyFolder();
  writeAnswers(place, answers({ date: "2026-12-05" }));
  writeFileSync(join(place, "z.json"), JSON.stringify(answers()));
  expect(readAnswers(place, TODAY).map(({ date }) => date)).toEqual(["2026-12-01", "2026-12-05"]);
});

test.each([
  ["no JSON", "{", /^Received .*x\.json, expected what an acceptance run writes: /],
  ["another fact", JSON.stringify({ ...answers(), answers: { "plan-needed": {} } }), /x\.json, expected what/],
  ["a day to come", JSON.stringify(answers({ date: "9999-12-31" })), /^Received the date 9999-12-31 in .*x\.json/],
])("a contributed file with %s is refused by its name", (_, text, message) => {
  const place = emptyFolder();
  writeFileSync(join(place, "x.json"), text);
  expect(() => readAnswers(place, TODAY)).toThrow(message);
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
    const empty = emptyFolder();
    const session = { session: { answer, confirms: null } };
    expect(() => writeAnswers(empty, answers({ answers: session }), ["ourauditrole"])).toThrow(/identify the account/);
    expect(readdirSync(empty)).toEqual([]);
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
  writeAnswers(emptyFolder(), answers({ answers: { "command-actions": { answer, confirms: null } } }));
});
