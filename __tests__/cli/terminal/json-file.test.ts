import { writeFileSync } from "node:fs";
import * as z from "zod";
import { CommandError } from "../../../cli/terminal/command-error";
import { readFormOfJson, readJsonFile, wrongPart } from "../../../cli/terminal/json-file";
import { parseAllOfJson } from "../../../common/json";
import { folderInTests } from "../../support/folder";

let file: string;
const folder = folderInTests();
beforeEach(() => {
  file = folder("a.json");
});

const readFile = (parse?: (text: string) => unknown) =>
  readJsonFile(
    file,
    (reason) => `Missing: ${reason}.`,
    (reason) => `Broken: ${reason}.`,
    parse,
  );

test("a file is read as JSON, or as something stricter", () => {
  writeFileSync(file, '{ "a": 1, "a": 2 }');
  expect(readFile()).toEqual({ a: 2 });
  expect(() => readFile(parseAllOfJson)).toThrow(
    new CommandError("Broken: a key stands twice, or something is written in an unusual way."),
  );
});

test("a file that can't be read and one that is no JSON are different errors, each with its reason", () => {
  expect(readFile).toThrow(new CommandError("Missing: there is no such file or folder."));
  writeFileSync(file, `${"[".repeat(201)}${"]".repeat(201)}`);
  expect(readFile).toThrow(new CommandError("Broken: it is nested more than 200 deep."));
});

test("a file of a known form is read, or an error says why it isn't one", () => {
  const number = () =>
    readFormOfJson(file, z.object({ a: z.number() }), { name: "it", expected: "a number", next: "Write one." });
  expect(number).toThrow(new CommandError("Can't read it: there is no such file or folder. Write one."));
  writeFileSync(file, "{");
  expect(number).toThrow(/^Received it that is not JSON \(.+\), expected a number\. Write one\.$/);
  writeFileSync(file, '{ "a": "b" }');
  expect(number).toThrow(new CommandError("Received it in another form, expected a number. Write one."));
  writeFileSync(file, '{ "a": 1 }');
  expect(number()).toEqual({ a: 1 });
});

test("the part of a value that isn't as expected is named with its place", () => {
  const nested = z.object({ a: z.array(z.object({ name: z.string() })) });
  const { error } = nested.safeParse({ a: [null] });
  expect(wrongPart({ a: [null] }, error as z.ZodError)).toBe("nothing for a[0]");
});
