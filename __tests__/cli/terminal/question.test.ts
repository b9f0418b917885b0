import { ask } from "../../../cli/terminal/question";
import { printedInTests } from "../../support/printed";
import { typedInTests } from "../../support/typed";

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

test.each<[string, () => void, string | undefined]>([
  ["an empty line", () => typed.keys.write("\n"), ""],
  ["the end of the input", () => typed.keys.end(), undefined],
  ["a signal", () => stop.abort("SIGINT"), undefined],
])("%s ends the question, and nothing waits afterwards", async (_, act, answer) => {
  const removed = jest.spyOn(stop.signal, "removeEventListener");
  const reply = ask("Deploy this?", stop.signal);
  act();
  expect(await reply).toBe(answer);
  expect(removed).toHaveBeenCalledWith("abort", expect.any(Function));
  expect(typed.keys.isPaused()).toBe(true);
});
