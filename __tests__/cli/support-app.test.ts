import { printedInTests } from "../support/printed";

const printed = printedInTests();
const { argv } = process;
afterEach(() => {
  process.argv = argv;
  jest.dontMock("../../cli/program");
});

/** The exit status of the command with a program, which its file makes. */
function exitOf(program: () => object): Promise<number> {
  process.argv = ["node", "support-app", "doctor", "--all"];
  jest.doMock("../../cli/program", program);
  return new Promise((ended) => {
    jest.spyOn(process, "exit").mockImplementation(((status: number) => ended(status)) as never);
    jest.isolateModules(() => require("../../cli/support-app"));
  });
}

test("the command passes its arguments on, and ends with the program's status", async () => {
  const runSupportApp = jest.fn(async () => 6);
  expect(await exitOf(() => ({ runSupportApp }))).toBe(6);
  expect(runSupportApp).toHaveBeenCalledWith(["doctor", "--all"]);
  expect(printed).toEqual([]);
});

const STACK = "Error: no stack\n::error::x";
const failure = () => Object.assign(new Error("no stack"), { stack: STACK });

test.each<[string, () => object]>([
  [
    "a missing package",
    () => {
      throw failure();
    },
  ],
  ["a bug", () => ({ runSupportApp: () => Promise.reject(failure()) })],
])("%s is printed whole, no line of it is a workflow's command, and the command ends with 1", async (_, program) => {
  expect(await exitOf(program)).toBe(1);
  expect(printed).toEqual(["Error: no stack\n\\u{003a}:error::x"]);
});

test("what isn't an error is printed, too", async () => {
  expect(await exitOf(() => ({ runSupportApp: () => Promise.reject("gone") }))).toBe(1);
  expect(printed).toEqual(["gone"]);
});
