import { alignPins } from "../../../../cli/commands/init/pins";

const step = (pin: string) => `steps:\n  - uses: actions/checkout@${pin}\n    with:\n      depth: 1\n`;
const pinOf = (version: string) => `${version.at(-1)?.repeat(40)} # v${version}`;
const [OLD, MIDDLE, NEW] = [pinOf("4.2.1"), pinOf("4.2.2"), pinOf("5.0.3")];

test.each([
  ["only this version has changed", OLD, OLD, NEW, NEW],
  ["only somebody here has changed, to a newer version", OLD, NEW, OLD, NEW],
  ["only somebody here has changed, to an older version", MIDDLE, OLD, MIDDLE, OLD],
  ["both have changed alike", OLD, NEW, NEW, NEW],
  ["both have changed, to a newer version here", OLD, NEW, MIDDLE, NEW],
  ["both have changed, to an older version here", OLD, MIDDLE, NEW, NEW],
  ["both have changed, as tags", "v4", "v5", "v6", "v6"],
])("a pin that %s is the same in all texts", (_, base, ours, theirs, pin) => {
  const texts = alignPins({ base: step(base), ours: step(ours), theirs: step(theirs) });
  expect(texts).toEqual({ base: step(pin), ours: step(pin), theirs: step(pin) });
});

test.each([
  ["was changed here to an older version", MIDDLE, OLD, NEW],
  ["is of the same version, but of another commit", OLD, pinOf("5.0.4").replace(/v.*/, "v5.0.3"), NEW],
  ["names no version", OLD, "main", NEW],
  ["names something else", OLD, `${"b".repeat(40)} # v5 or so`, NEW],
])("a pin that both have changed, and that %s, stays a conflict", (_, base, ours, theirs) => {
  const texts = { base: step(base), ours: step(ours), theirs: step(theirs) };
  expect(alignPins(texts)).toEqual(texts);
});

test("an action with several pins in one text stays as it is", () => {
  const texts = { base: step(OLD) + step(OLD), ours: step(OLD) + step(MIDDLE), theirs: step(NEW) + step(NEW) };
  expect(alignPins(texts)).toEqual(texts);
});

test("a bump is no conflict with the removal of the action, on either side", () => {
  expect(alignPins({ base: step(OLD), ours: step(NEW), theirs: "" })).toEqual({
    base: step(NEW),
    ours: step(NEW),
    theirs: "",
  });
  expect(alignPins({ base: step(OLD), ours: "", theirs: step(NEW) })).toEqual({
    base: step(NEW),
    ours: "",
    theirs: step(NEW),
  });
});

test("each action has a pin of its own, and text that only looks like one stays", () => {
  const text = (checkout: string, node: string) =>
    `- &node\n  uses: a/node@${node}\n- uses: a/checkout@${checkout}\n- run: uses a/node@v1\n# uses: a/node@v1\n- uses: ./local\n`;
  const aligned = alignPins({ base: text("v1", "v1"), ours: text("v2", "v1"), theirs: text("v1", "v3") });
  expect(aligned.ours).toBe(text("v2", "v3"));
});
