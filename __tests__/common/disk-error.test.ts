import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { attempt, diskAdvice, diskReason, errorCode, failureReason, ignoring } from "../../common/disk-error";

function thrownBy(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("Received no error, expected one.");
}

const missing = thrownBy(() => readFileSync("/no/such/file"));
const systemError = (code: string, errno = 0) => Object.assign(new Error(code), { code, errno, syscall: "open" });

test("an error of the operating system has a code, and no other error", () => {
  expect(errorCode(missing)).toBe("ENOENT");
  for (const value of [Object.assign(new Error("a"), { code: "ERR_INVALID_ARG_TYPE" }), undefined, null, "ENOENT", 2]) {
    expect(errorCode(value)).toBeUndefined();
  }
});

test("why a folder can't be written is in words, with the folder instead of Node.js's path", () => {
  expect(diskReason(missing, "/out\u0007")).toBe('no such file or directory, in "/out\\u0007"');
});

test.each([
  ["ENOENT", "there is no such file or folder"],
  ["EISDIR", "it is a folder"],
  ["ENOTDIR", "a part of its path is not a folder"],
  ["EACCES", "permission denied"],
  ["ENOSPC", "no space left on device"],
] as const)("the reason of the error %s is in words, without its code and Node.js's path", (code, words) => {
  expect(failureReason(systemError(code, -constants.errno[code]))).toBe(words);
});

test("the reason of any other error is its escaped message", () => {
  expect(failureReason(new SyntaxError("it is no\u0007 JSON"))).toBe("it is no\\u{0007} JSON");
});

test("an error with a number that Node.js doesn't know has its code", () => {
  expect(diskReason(systemError("EODD", -99_999), "/out")).toBe(`the system answered EODD, in "/out"`);
  expect(diskReason({ syscall: "open", code: "EODD" }, "/out")).toBe(`the system answered EODD, in "/out"`);
});

describe("what to do if a folder can't be written", () => {
  const space = "Free some space, or choose another folder.";
  const inIt = "It is a mount point, or on another disk: choose a folder in it.";
  const moveAdvice = "Something else is there: move it away, or choose another folder.";
  const writable = "Make it writable, or choose another folder.";
  test.each([
    ["ENOSPC", space],
    ["EDQUOT", space],
    ["EBUSY", inIt],
    ["EXDEV", inIt],
    ["EEXIST", moveAdvice],
    ["ENOTDIR", moveAdvice],
    ["EACCES", writable],
  ])("after the error %s, the advice is: %s", (code, advice) => expect(diskAdvice(systemError(code))).toBe(advice));

  test("another error has the same advice", () => expect(diskAdvice(new Error("a"))).toBe(writable));
});

test("a system call may fail with the expected codes, and with no other error", () => {
  const fails = (error: unknown) => () => {
    throw error;
  };
  const otherError = new Error("a");
  const call = jest.fn();
  expect(ignoring(["ENOENT"], call)).toBe(true);
  expect(call).toHaveBeenCalledTimes(1);
  expect(ignoring(["EEXIST", "ENOENT"], fails(missing))).toBe(false);
  expect(thrownBy(() => ignoring(["EEXIST"], fails(missing)))).toBe(missing);
  expect(thrownBy(() => ignoring(["ENOENT"], fails(otherError)))).toBe(otherError);
});

test("a step that the next run repeats may fail with anything", () => {
  const step = jest.fn(() => {
    throw missing;
  });
  attempt(step);
  expect(step).toHaveBeenCalledTimes(1);
});
