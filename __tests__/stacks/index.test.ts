import * as stacks from "../../stacks";

test("the package exports what a main.ts needs, with the errors that it may catch, and nothing else", () => {
  expect(Object.keys(stacks).sort()).toEqual([
    "ChoiceError",
    "EnvironmentsError",
    "SupportAppStack",
    "loadEnvironments",
    "synthesize",
  ]);
});
