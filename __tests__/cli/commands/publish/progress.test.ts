import tty from "node:tty";
import { publishingInTests } from "./publishing";

const { publish, newFolder } = publishingInTests();

describe("progress", () => {
  const fifty = Array.from({ length: 50 }, (_, index) => {
    return `  env-${index}: { account: "${100_000_000_000 + index}", region: us-east-1, full: {} }\n`;
  });
  const yaml = `environments:\n${fifty.join("")}`;

  test("is one line at the start and one at the end without a terminal", async () => {
    const folder = newFolder();
    const { output } = await publish(yaml, "--out", folder);
    expect(output.split("\n")).toEqual([
      "Making environments: 50 …",
      expect.stringMatching(/^Wrote \d+ files to .*\.$/),
    ]);
  });

  test("is one updated line on a terminal, and is erased before anything else is printed", async () => {
    jest.spyOn(tty, "isatty").mockReturnValue(true);
    const environment = jest.replaceProperty(process, "env", { ...process.env, TERM: "xterm" });
    const { output } = await publish(yaml, "--out", newFolder());
    environment.restore();
    const moves = output.split("\r\u001b[K");
    expect(moves.slice(0, 2)).toEqual(["", "Making environments: 1 of 50 …\n"]);
    expect(moves.at(-1)).toMatch(/^\nWrote \d+ files to .*\.$/);
    expect(moves.slice(1, -1).filter((move) => !/^Making environments: \d+ of 50 …\n$/.test(move))).toEqual([]);
  });
});
