import { ask } from "../../../../cli/commands/deploy/question";
import { printedInTests } from "../../../support/printed";
import { typedInTests } from "../../../support/typed";

const printed = printedInTests();
const typed = typedInTests();
let stop: AbortController;
beforeEach(() => {
  stop = new AbortController();
});

test("the answer is the first line that is typed", async () => {
  const answer = ask("Deploy this?", stop.signal);
  expect(printed).toEqual(["Deploy this?"]);
  typed.keys.write("yes\nno\n");
  expect(await answer).toBe("yes");
});

test("an empty line is an answer, and the end of the input is none", async () => {
  const empty = ask("Deploy this?", stop.signal);
  typed.keys.write("\n");
  expect(await empty).toBe("");
  const none = ask("Deploy this?", stop.signal);
  typed.keys.end();
  expect(await none).toBeUndefined();
});

test("a signal ends the question without an answer", async () => {
  const answer = ask("Deploy this?", stop.signal);
  stop.abort("SIGINT");
  expect(await answer).toBeUndefined();
});

test("afterwards, nothing waits for another line, or for a signal", async () => {
  const [added, removed] = [
    jest.spyOn(stop.signal, "addEventListener"),
    jest.spyOn(stop.signal, "removeEventListener"),
  ];
  const answer = ask("Deploy this?", stop.signal);
  typed.keys.write("yes\n");
  await answer;
  expect(added.mock.calls).toEqual([["abort", expect.any(Function)]]);
  expect(removed.mock.calls).toEqual(added.mock.calls);
  expect(typed.keys.isPaused()).toBe(true);
});
