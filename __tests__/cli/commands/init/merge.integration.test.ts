import childProcess from "node:child_process";
import fc from "fast-check";
import { mergeTexts } from "../../../../cli/commands/init/merge";
import { CommandError } from "../../../../cli/terminal/command-error";
import { propertyRuns } from "../../../support/thorough";

const BASE = "a\nb\nc\nd\ne\n";
const LINES = "1\n2\n3\n4\n";

test("what both sides have changed in different places, or in the same way, is merged", () => {
  const merge = mergeTexts({ base: BASE, ours: "A\nb\nc\nd\nE\n", theirs: "a\nb\nC\nd\nE\n" });
  expect(merge).toEqual({ text: "A\nb\nC\nd\nE\n", conflicts: [] });
});

test.each<[string, string, string, string[][]]>([
  ["differently", "a\nB\nc\nd\ne\n", "a\nX\nc\nd\ne\n", [["-B", "+X"]]],
  ["where one side has removed them", "a\nc\nd\ne\n", "a\nX\nc\nd\ne\n", [["+X"]]],
  ["in a text without a line break at its end", "a\nb\nc\nd\n1", "a\nb\nc\nd\n2", [["-1", "+2"]]],
  ["in a text with line breaks of Windows", "a\r\nb\r\n", "x\n", [["-a\r", "-b\r", "+x"]]],
  ["with lines like a conflict's", "<<<<<<< 1\n=======\n", "x\n", [["-<<<<<<< 1", "-=======", "+x"]]],
])("lines that both sides have changed %s are a conflict", (_, ours, theirs, conflicts) => {
  expect(mergeTexts({ base: BASE, ours, theirs }).conflicts).toEqual(conflicts);
});

test("each place that both sides have changed is a conflict of its own", () => {
  const merge = mergeTexts({ base: `a\n${LINES}b\n`, ours: `A\n${LINES}B\n`, theirs: `x\n${LINES}y\n` });
  expect(merge.conflicts).toEqual([
    ["-A", "+x"],
    ["-B", "+y"],
  ]);
});

test("a side that has changed nothing gets the other side, whatever the texts are", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "", "<<<<<<<", "=======", "a\r"), { maxLength: 6 });
  const text = lines.map((parts) => parts.join("\n"));
  fc.assert(
    fc.property(text, text, (base, changed) => {
      expect(mergeTexts({ base, ours: base, theirs: changed })).toEqual({ text: changed, conflicts: [] });
      expect(mergeTexts({ base, ours: changed, theirs: base })).toEqual({ text: changed, conflicts: [] });
    }),
    propertyRuns(400),
  );
});

test("without Git, nothing is merged, and the message says so", () => {
  const error = new Error("spawnSync git ENOENT");
  const result = { error, status: null, signal: null, pid: 0, output: [], stdout: null, stderr: null } as never;
  jest.spyOn(childProcess, "spawnSync").mockReturnValueOnce(result);
  expect(() => mergeTexts({ base: BASE, ours: BASE, theirs: BASE })).toThrow(
    new CommandError(
      "Can't merge files with git merge-file: spawnSync git ENOENT. Nothing was written. Install Git, then run the same command again.",
    ),
  );
});
