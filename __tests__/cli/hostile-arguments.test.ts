import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../cli/program";
import { environmentsJsonSchema } from "../../stacks/environments/environments-schema";
import { EVERY_FIELD } from "../support/every-field";
import { EVERY_RULE } from "../support/every-rule";
import { sharedFolder } from "../support/folder";
import { HOSTILE, hostileCopies, hostileThroughout, obeyedIn } from "../support/hostile";
import { printedInTests } from "../support/printed";
import { thoroughTest } from "../support/thorough";

const scratch = sharedFolder();

function environmentsFile(content: unknown, name = "environments.yaml"): string {
  const file = join(mkdtempSync(join(scratch, "environments-")), name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const printed = printedInTests();
const before = { ...process.env };
beforeEach(() => {
  process.env = { ...before, SUPPORT_APP_ENVIRONMENTS: environmentsFile(EVERY_FIELD) };
});
afterEach(() => {
  process.env = { ...before };
});

/** Runs the command, and checks that nothing in its output is obeyed. */
async function run(...args: string[]): Promise<{ status: number; output: string }> {
  const status = await runSupportApp(args);
  const output = printed.splice(0).join("\n");
  expect([args, obeyedIn(output)]).toEqual([args, []]);
  return { status, output };
}

/** What help names: every option that takes a value, and every command. */
async function namedByHelp(pattern: RegExp, ...command: string[]): Promise<string[]> {
  const { output } = await run(...command, "--help");
  return [...output.matchAll(pattern)].map(([, name = ""]) => name);
}

test("no argument becomes a line, a command or an invisible character: each option of each command", async () => {
  const required: Readonly<Record<string, readonly string[]>> = {
    review: ["--base", scratch, "--head", scratch],
    publish: ["--check", "--out", scratch],
    environments: ["--for", "doctor"],
    bootstrap: ["--repository", "acme/slack-access", "--out", scratch],
    summary: ["--for", "drift", "--reports", join(scratch, "none")],
  };
  let count = 0;
  for (const command of await namedByHelp(/^ {2}([a-z-]+)(?= [[<])/gm)) {
    const args = required[command] ?? ["staging"];
    for (const option of command === "help" ? [] : await namedByHelp(/^ {2}(--[a-z-]+) </gm, command)) {
      const { status, output } = await run(command, ...args, option, HOSTILE);
      expect([option, [0, 1, 2, 5].includes(status), output !== ""]).toEqual([option, true, true]);
      count++;
    }
    const unknown = await run(command, ...args, `--${HOSTILE}`);
    if (command !== "help") expect(unknown.output).toMatch(/^error: unknown option '--::error/);
    await run(command, ...args, HOSTILE);
  }
  expect(count).toBeGreaterThanOrEqual(12);
});

test.each([
  ["is no YAML", `${HOSTILE}: [`],
  ["has an alias without an anchor", `a: *${HOSTILE.replaceAll(/[\s,[\]{}]/g, "")}`],
  ["has environments without the right names", { environments: { [HOSTILE]: {}, [`a${HOSTILE}`]: { full: {} } } }],
])("the file of SUPPORT_APP_ENVIRONMENTS %s, and has a hostile name", async (_, content) => {
  process.env.SUPPORT_APP_ENVIRONMENTS = environmentsFile(content, HOSTILE.replaceAll("/", ""));
  const { status, output } = await run("permissions", "deploy", "staging");
  expect(status).toBe(1);
  const [first, ...otherLines] = output.split("\n");
  expect(first).toMatch(/ has (an error|\d+ errors)\. Nothing was written\.$/);
  expect(otherLines.length).toBeGreaterThan(0);
});

test("the environment file with every field has every field of the schema", () => {
  const fields: string[] = [];
  JSON.stringify(environmentsJsonSchema(), (key, value) => {
    if (key === "properties") fields.push(...Object.keys(value));
    return value;
  });
  const json = JSON.stringify(EVERY_FIELD);
  // A tier needs a rules.yaml that has it.
  expect(fields.filter((field) => !json.includes(`"${field}":`))).toEqual(["tier"]);
});

/** Expects each copy of the rules or the environments to be refused, with lines that say where, and counts the lines. */
async function refusedLines(copies: readonly (readonly [name: string, copy: unknown])[]): Promise<number> {
  const file = environmentsFile(EVERY_FIELD);
  process.env.SUPPORT_APP_ENVIRONMENTS = file;
  let count = 0;
  for (const [name, copy] of copies) {
    const path = join(file, "..", name);
    writeFileSync(file, JSON.stringify(EVERY_FIELD));
    writeFileSync(path, JSON.stringify(copy));
    const { status, output } = await run("permissions", "deploy", "staging");
    expect([copy, status]).toEqual([copy, 1]);
    const lines = output.split("\n").slice(1);
    for (const line of lines)
      expect(line).toMatch(
        /(rules|environments)\.yaml:( and \d+ more\.$|\d+:\d+: .*received .*, (expected|which) .*[.?]$)/,
      );
    count += lines.length;
    if (path !== file) rmSync(path);
  }
  return count;
}

const copiesOf = (copiesIn: (value: unknown) => Iterable<unknown>) => [
  ...[...copiesIn(EVERY_RULE)].map((copy) => ["rules.yaml", copy] as const),
  ...[...copiesIn(EVERY_FIELD)].map((copy) => ["environments.yaml", copy] as const),
];

test("whatever stands everywhere in environments.yaml or rules.yaml, nothing of an error is obeyed, and each line says where", async () => {
  expect(await refusedLines(copiesOf((value) => hostileThroughout(value)))).toBeGreaterThan(100);
});

thoroughTest(
  "whatever stands in any one place of environments.yaml or rules.yaml, nothing of an error is obeyed",
  async () => {
    const copies = copiesOf((value) => hostileCopies(value));
    expect(copies.length).toBeGreaterThan(140);
    await refusedLines(copies);
  },
);
