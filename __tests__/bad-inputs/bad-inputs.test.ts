import { AccountAlias, SlackChannel, SlackWorkspace, SupportAppAccess } from "../../modules/support-app";
import { TerraformStack } from "../../modules/support-app/framework";
import { newApp } from "../support/new-app";
import { printedInTests } from "../support/printed";
import { type BadInput, removeSynthesized, run } from "./run";
import { expectPlain, table } from "./table";

const CONSTRUCTS = { SupportAppAccess, SlackChannel, SlackWorkspace, AccountAlias };

/** Bad properties of a construct, and the error that it throws. */
interface BadProperties {
  readonly what: string;
  readonly construct: keyof typeof CONSTRUCTS;
  readonly props: Readonly<Record<string, unknown>>;
  readonly says: string;
}

const printed = printedInTests();
beforeEach(() => jest.spyOn(Math, "random").mockReturnValue(0)); // the SDK's pauses
afterAll(removeSynthesized);

// What environments.yaml and rules.yaml can't have is tried with the functions that read them, in __tests__/stacks.
const TABLES = ["commands", "files", "variables", "github", "gitlab", "aws"];

describe.each(TABLES)("%s", (name) => {
  test.each(table<BadInput>(name))("a bad input ends as expected: $what", async (input) => {
    const result = await run(input, printed);
    expectPlain(result.printed);
    expect(result).toEqual({ status: input.status ?? 1, printed: input.says, changed: input.changes ?? [] });
  });
});

describe("constructs", () => {
  test.each(table<BadProperties>("constructs"))("$construct refuses this: $what", ({ construct, props, says }) => {
    const stack = new TerraformStack(newApp(), "stack");
    let thrown: unknown;
    try {
      new CONSTRUCTS[construct](stack, "bad", props as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Error);
    expectPlain((thrown as Error).message);
    expect((thrown as Error).message).toBe(says);
  });
});
