import fs, { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import tty from "node:tty";
import { runSupportApp } from "../../../cli/program";
import { hasColors, print, printError } from "../../../cli/terminal/print";
import { HOSTILE, obeyedIn } from "../../support/hostile";
import { printedInTests } from "../../support/printed";

test("on a full disk, help is an error, in one sentence", async () => {
  const { writeSync } = fs;
  const told: string[] = [];
  const full = Object.assign(new Error("ENOSPC: …"), {
    code: "ENOSPC",
    errno: -constants.errno.ENOSPC,
    syscall: "write",
  });
  jest.spyOn(fs, "writeSync").mockImplementation(((descriptor: number, ...rest: [Buffer]) => {
    if (descriptor === 1) throw full;
    return descriptor === 2 ? told.push(String(rest[0])) && rest[0].length : writeSync(descriptor, ...rest);
  }) as typeof writeSync);
  try {
    expect(await runSupportApp(["--help"])).toBe(1);
  } finally {
    jest.restoreAllMocks();
  }
  expect(told.join("")).toBe(
    "Can't write to standard output: no space left on device. Free some space, or choose another output.\n",
  );
});

describe("a reader", () => {
  const failing = (code: string) => () => {
    throw Object.assign(new Error(code), { code, syscall: "write" });
  };
  afterEach(() => jest.restoreAllMocks());

  test("a reader that has left, and a closed standard error, are no error", () => {
    jest.spyOn(fs, "writeSync").mockImplementation(failing("EPIPE"));
    print("a");
    jest.spyOn(fs, "writeSync").mockImplementation(failing("EIO"));
    printError("a");
    expect(() => print("a")).toThrow("Can't write to standard output: the system answered EIO. Free");
  });

  test("a reader gets everything, in order, even through partial writes", () => {
    const chunks: string[] = [];
    let isBusy = false;
    jest.spyOn(fs, "writeSync").mockImplementation(((_: number, rest: Buffer) => {
      isBusy = !isBusy;
      if (isBusy) throw Object.assign(new Error("EAGAIN"), { code: "EAGAIN", syscall: "write" });
      chunks.push(String(rest.subarray(0, 2)));
      return Math.min(2, rest.length);
    }) as typeof fs.writeSync);
    print("abcde");
    expect(chunks).toEqual(["ab", "cd", "e\n"]);
  });
});

test.each([
  [[1, 2], undefined, "xterm", true],
  [[1, 2], "", "xterm", true],
  [[1, 2], "1", "xterm", false],
  [[1, 2], undefined, "dumb", false],
  [[1], undefined, "xterm", false],
  [[2], undefined, "xterm", false],
])("if %j are terminals, NO_COLOR is %j and TERM %s, output has colors: %s", (terminals, noColor, term, has) => {
  const before = { ...process.env };
  jest.spyOn(tty, "isatty").mockImplementation((descriptor) => terminals.includes(descriptor));
  if (noColor === undefined) delete process.env.NO_COLOR;
  else process.env.NO_COLOR = noColor;
  process.env.TERM = term;
  expect(hasColors()).toBe(has);
  process.env = before;
  jest.restoreAllMocks();
});

describe("printed text", () => {
  const printed = printedInTests();

  test("printed text keeps its lines, and contains nothing else that a terminal or a log obeys", () => {
    for (const write of [print, printError]) write(["one", HOSTILE]);
    expect(printed.map((text) => text.split("\n").length)).toEqual([2, 2]);
    expect(obeyedIn(printed.join("\n"))).toEqual([]);
  });
});

/** The project's files that contain something. */
function filesWith(pattern: RegExp): string[] {
  return ["common", "cli", "modules", "stacks"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((name) => name.endsWith(".ts") && pattern.test(readFileSync(name, "utf8")))
    .sort();
}

test("everything is printed by print and printError", () => {
  expect(filesWith(/\bconsole\.\w+\(|\bprocess\.std(out|err)\b|\bwriteSync\b/)).toEqual([
    "cli/terminal/print.ts",
    "stacks/synthesize.ts", // which doesn't import cli/, and prints what is printable
  ]);
});

test("JSON is only parsed with a limited depth", () => {
  expect(filesWith(/JSON\.parse\b/)).toEqual([
    "common/json.ts",
    "common/package-files.ts", // this package's own package.json
  ]);
});
