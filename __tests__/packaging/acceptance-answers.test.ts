import { mkdtempSync, readdirSync, rmSync } from "node:fs";
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

test("the answers of AWS are read as they were written, and an emulator's don't count", () => {
  const file = writeAnswers(folder, answers());
  expect(file).toBe(join(folder, "2026-12-01.json"));
  expect(readAnswers(folder)).toEqual([answers()]);
  writeAnswers(folder, answers({ emulated: true }));
  expect(readAnswers(folder)).toEqual([]);
});

test.each([
  "arn:aws:iam::111122223333:role/SupportAppAcceptanceFull",
  "T012ABCDEFG",
  "C01234A5BCD",
  "o-a1b2c3d4e5",
  "AROAIOSFODNN7EXAMPLE",
])("answers that identify somebody's account by %s aren't written", (identifying) => {
  const empty = mkdtempSync(join(folder, "identifying-"));
  const answer = { session: { answer: [identifying], confirms: null } };
  expect(() => writeAnswers(empty, answers({ answers: answer }))).toThrow(/identifies the account/);
  expect(readdirSync(empty)).toEqual([]);
});
