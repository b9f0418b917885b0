import { spawnSync } from "node:child_process";
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../cli/program";
import { print, printError } from "../../../cli/terminal/print";
import { compiled } from "../../support/compiled";
import { HOSTILE, obeyedIn } from "../../support/hostile";
import { printedInTests } from "../../support/printed";
import { thoroughTest } from "../../support/thorough";

const scratch = mkdtempSync(join(tmpdir(), "support-app-print-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs a program in a POSIX shell that sends its output somewhere. */
function inShell(script: string, ...program: string[]) {
  const command = ["-c", script, "sh", process.execPath, ...program];
  const { status, stdout, stderr } = spawnSync("sh", command, { encoding: "utf8" });
  return { status, stdout, stderr };
}

/** The command as people run it, and the printing functions alone, which start faster. */
const SUPPORT_APP = [compiled("cli/support-app.ts"), "doctor", "--policy"];
const PRINT = [
  "--eval",
  `require(${JSON.stringify(compiled("cli/terminal/print.ts"))}).print(Array(1000).fill("a line"))`,
];

describe("a standard output that can't take everything is an error, in one sentence", () => {
  const sentence = (code: string) =>
    new RegExp(`^Can't write to standard output: ${code}: .*\\. Free some space, or choose another output\\.\\n$`);

  test("a full device", () => {
    const { status, stderr } = inShell('"$@" > /dev/full', ...SUPPORT_APP);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(sentence("ENOSPC")) });
  });

  test("a disk that takes only a part", () => {
    const file = join(scratch, "part");
    const { status, stderr } = inShell(`ulimit -f 1; "$@" > '${file}'`, ...PRINT);
    expect(status).toBe(1);
    expect(stderr).toContain("Can't write to standard output: EFBIG: ");
    expect(readFileSync(file, "utf8")).toMatch(/^a line\na line\n/);
  });

  test.each([
    ["help", ["--help"]],
    ["the help of a command", ["review", "--help"]],
    ["a policy", ["deployer-policy", "staging"]],
    ["doctor's policy", ["doctor", "--policy"]],
  ])("%s", async (_, args) => {
    const { writeSync } = fs;
    const told: string[] = [];
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    jest.spyOn(fs, "writeSync").mockImplementation(((descriptor: number, ...rest: [Buffer]) => {
      if (descriptor === 1) throw full;
      return descriptor === 2 ? told.push(String(rest[0])) && rest[0].length : writeSync(descriptor, ...rest);
    }) as typeof writeSync);
    try {
      expect(await runSupportApp(args)).toBe(1);
    } finally {
      jest.restoreAllMocks();
    }
    expect(told.join("")).toMatch(sentence("ENOSPC"));
  });
});

test("a reader may stop reading", () => {
  expect(inShell('{ "$@"; echo "$?" >&2; } | true', ...PRINT)).toMatchObject({ status: 0, stderr: "0\n" });
});

thoroughTest("a standard error that is full or closed changes nothing", () => {
  for (const stderr of ["2>&1", "2>&-"]) {
    expect(inShell(`"$@" > /dev/full ${stderr}`, ...PRINT)).toEqual({ status: 1, stdout: "", stderr: "" });
  }
});

describe("a reader", () => {
  const failing = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };
  afterEach(() => jest.restoreAllMocks());

  test("that has left, and a closed standard error, are no error", () => {
    jest.spyOn(fs, "writeSync").mockImplementation(failing("EPIPE"));
    print("a");
    jest.spyOn(fs, "writeSync").mockImplementation(failing("EIO"));
    printError("a");
    expect(() => print("a")).toThrow("Can't write to standard output: EIO. Free");
  });

  test("gets everything, in order, even through partial writes", () => {
    const taken: string[] = [];
    let isBusy = false;
    jest.spyOn(fs, "writeSync").mockImplementation(((_: number, rest: Buffer) => {
      isBusy = !isBusy;
      if (isBusy) throw Object.assign(new Error("EAGAIN"), { code: "EAGAIN" });
      taken.push(String(rest.subarray(0, 2)));
      return Math.min(2, rest.length);
    }) as typeof fs.writeSync);
    print("abcde");
    expect(taken).toEqual(["ab", "cd", "e\n"]);
  });
});

describe("printed text", () => {
  const printed = printedInTests();

  test("keeps its lines, and contains nothing else that a terminal or a log obeys", () => {
    for (const write of [print, printError]) write(["one", HOSTILE, " ::error::two"]);
    expect(printed).toHaveLength(2);
    for (const text of printed) {
      expect(text.split("\n")).toEqual(["one", expect.stringContaining("::error::b"), " \\u{003a}:error::two"]);
      expect(obeyedIn(text)).toEqual([]);
    }
  });
});

/** The project's lines that contain something, by file, except in the file where it belongs. */
function linesWith(pattern: RegExp, home: string): [file: string, line: string][] {
  return ["cli", "modules", "stacks"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((name) => name.endsWith(".ts") && name !== home)
    .sort()
    .flatMap((name) =>
      readFileSync(name, "utf8")
        .split("\n")
        .flatMap((line): [string, string][] => (pattern.test(line) ? [[name, line.trim()]] : [])),
    );
}

const filesOf = (lines: readonly [file: string, line: string][]) => [...new Set(lines.map(([file]) => file))];

test("everything is printed by print and tell", () => {
  expect(linesWith(/\bconsole\.\w+\(|\bprocess\.std(out|err)\b|\bwriteSync\b/, "cli/terminal/print.ts")).toEqual([
    // This doesn't import cli/, and what it prints is printable.
    [
      "stacks/synthesize.ts",
      "console.error(`Wrote the Terraform of ${count} to ${describePath(outputFolder())}.${removal}`);",
    ],
    ["stacks/synthesize.ts", "console.error(error.message);"],
  ]);
});

test("messages of foreign errors are read with messageOf", () => {
  /** Any message but that of a problem, a failed lookup or a schema's issue, which are data that becomes a line later. */
  const reading = /(?<!\b(unknown|problem|issue|issues\[0\]\?|data\?))\??\.message\b|\bmessage\b.*\} = .*\berror\b/;
  expect(filesOf(linesWith(reading, "modules/support-app/model/printable.ts"))).toEqual([
    "cli/aws/broken-answer.ts", // a schema's issue, which becomes a line later
    "cli/aws/lookup.ts", // AWS's words are sorted there, and printed as everything is
    "cli/commands/deploy/fleet.ts", // our own, whose lines are printable
    "cli/commands/review/github.ts", // likewise
    "cli/commands/watch/keep-issues.ts", // our own
    "cli/commands/watch/reports.ts", // our own
    "cli/github/api.ts", // GitHub's words, which are described
    "cli/program.ts", // our own, whose lines are printable
    "stacks/synthesize.ts", // our own, whose lines are printable
    "stacks/yaml/schema-problems.ts", // a schema's issue, likewise
    "stacks/yaml/yaml-source.ts", // the YAML parser's, as lines of an EnvironmentsError
  ]);
});

test("JSON is only parsed with a limited depth", () => {
  expect(linesWith(/JSON\.parse\b/, "cli/terminal/json.ts")).toEqual([
    ["cli/commands/publish/page/script.ts", 'const data: PageData = JSON.parse(byId("data").textContent);'], // in a browser, what the page itself has
  ]);
});

test("JSON for people is only written with unprintable characters escaped", () => {
  expect(linesWith(/JSON\.stringify\(.*, null, 2\)/, "cli/terminal/json.ts")).toEqual([]);
});
