import fs from "node:fs";
import tty from "node:tty";
import { print, printError } from "../../../cli/terminal/print";
import { startProgress } from "../../../cli/terminal/progress";

const ERASE = "\r\u001b[2K";
const before = process.env;
let output: string;
let milliseconds: number;

beforeEach(() => {
  process.env = { ...before, TERM: "xterm" };
  delete process.env.CI;
  output = "";
  milliseconds = 0;
  jest.spyOn(Date, "now").mockImplementation(() => milliseconds);
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  jest.spyOn(fs, "writeSync").mockImplementation(((_: number, text: Buffer) => {
    output += String(text);
    return text.length;
  }) as typeof fs.writeSync);
});
afterEach(() => {
  process.env = before;
  jest.restoreAllMocks();
});

test("a terminal has one line with what is done, which is written again at most ten times a second", () => {
  const { step, end } = startProgress(300, "environments");
  for (milliseconds = 1; milliseconds <= 250; milliseconds++) step();
  end();
  expect(output).toBe(
    `0 of 300 environments …${ERASE}100 of 300 environments …${ERASE}200 of 300 environments …${ERASE}`,
  );
});

test("a step has no line of its own on a terminal, whatever its words", () => {
  const { step, end } = startProgress(40, "accounts");
  milliseconds = 100;
  step("111122223333 has 1 finding.");
  end();
  expect(output).toBe(`0 of 40 accounts …${ERASE}1 of 40 accounts …${ERASE}`);
});

test("what is printed meanwhile stands above that line", () => {
  const { end } = startProgress(2, "environments");
  print("a is healthy.");
  printError("b is unknown.");
  end();
  print("done");
  const line = "0 of 2 environments …";
  expect(output).toBe(`${line}${ERASE}a is healthy.\n${line}${ERASE}b is unknown.\n${line}${ERASE}done\n`);
});

test.each<[what: string, total: number, isTerminal: boolean, variables: Record<string, string>]>([
  ["one environment", 1, true, {}],
  ["a file", 9, false, {}],
  ["CI", 9, true, { CI: "true" }],
  ["a terminal that can't erase", 9, true, { TERM: "dumb" }],
])("%s has no such line, but a line for each step that has words", (_, total, isTerminal, variables) => {
  jest.spyOn(tty, "isatty").mockReturnValue(isTerminal);
  Object.assign(process.env, variables);
  milliseconds = 1000;
  const { step, end } = startProgress(total, "environments");
  step();
  step("staging is healthy.");
  end();
  expect(output).toBe(`2 of ${total}: staging is healthy.\n`);
});
