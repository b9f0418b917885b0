import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { AccountAlias, SlackChannel, SlackWorkspace, SupportAppAccess } from "../../modules/support-app";
import { TerraformStack } from "../../modules/support-app/framework";
import { newApp } from "../support/new-app";
import { printedInTests } from "../support/printed";
import { sample } from "../support/thorough";
import { type BadInput, removeSynthesized, run } from "./run";

const CONSTRUCTS = { SupportAppAccess, SlackChannel, SlackWorkspace, AccountAlias };

/** Bad properties of a construct, and the error that it throws. */
interface BadProperties {
  readonly what: string;
  readonly construct: keyof typeof CONSTRUCTS;
  readonly props: Readonly<Record<string, unknown>>;
  readonly says: string;
}

function table<T>(name: string): T[] {
  return parse(readFileSync(join(__dirname, `${name}.yaml`), "utf8"));
}

/** What no output may contain: a stack trace, or something that a terminal or a log takes for a command. */
function expectPlain(text: string): void {
  expect(text).not.toMatch(/^\s+at .*[:(]/m);
  expect(text).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
  expect(text).not.toMatch(/^\s*::|##\[/m);
}

const printed = printedInTests();
afterAll(removeSynthesized);

const TABLES = ["environments", "rules", "commands", "files", "variables", "github", "aws"];

describe.each(TABLES)("%s", (name) => {
  test.each(sample(table<BadInput>(name), 4, 1))("$what", async (input) => {
    const ended = await run(input, printed);
    expectPlain(ended.printed);
    expect(ended).toEqual({ status: input.status, printed: input.says, changed: input.changes ?? [] });
  });
});

describe("constructs", () => {
  test.each(table<BadProperties>("constructs"))("$construct: $what", ({ construct, props, says }) => {
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

test("there are at least 300, and every one of a command is refused", () => {
  const rows = TABLES.flatMap((name) => table<BadInput>(name));
  expect(rows.length + table("constructs").length).toBeGreaterThanOrEqual(300);
  expect(rows.filter(({ status }) => ![1, 2, 5].includes(status))).toEqual([]);
  expect(new Set(rows.map(({ what }) => what)).size).toBe(rows.length);
});
