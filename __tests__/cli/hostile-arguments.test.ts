import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../cli/program";
import { EVERY_FIELD } from "../support/every-field";
import { EVERY_RULE } from "../support/every-rule";
import { HOSTILE, hostileCopies, obeyedIn } from "../support/hostile";
import { printedInTests } from "../support/printed";
import { synthesize } from "../support/synthesize";

const scratch = mkdtempSync(join(tmpdir(), "support-app-hostile-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let folders = 0;
function environmentsFile(content: unknown, name = "environments.yaml"): string {
  const folder = join(scratch, `environments-${folders++}`);
  mkdirSync(folder);
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** A synthesized folder. */
function synthesized(): string {
  const folder = join(scratch, `synthesized-${folders++}`);
  const stacks = Object.entries(synthesize(JSON.stringify(EVERY_FIELD)));
  for (const [name, text] of stacks) {
    mkdirSync(join(folder, "stacks", name), { recursive: true });
    writeFileSync(join(folder, "stacks", name, "cdk.tf.json"), text);
  }
  const paths = stacks.map(([name]) => [name, { synthesizedStackPath: `stacks/${name}/cdk.tf.json` }]);
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ stacks: Object.fromEntries(paths) }));
  return folder;
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
  const folder = synthesized();
  const required: Readonly<Record<string, readonly string[]>> = {
    review: ["--base", folder, "--head", folder],
    publish: ["--check", folder],
    doctor: ["staging"],
    people: ["staging"],
    import: ["new", "--account", "111122223333", "--region", "us-east-1"],
    "deployer-policy": ["staging"],
    guardrail: ["production"],
    environments: ["--for", "doctor"],
    init: [folder],
    lock: [folder],
    diff: ["staging"],
    deploy: ["staging"],
    destroy: ["staging"],
    summary: ["--for", "drift", "--reports", folder],
    watch: ["--reports", folder],
  };
  const takesMore = ["diff", "deploy", "destroy", "guardrail"]; // to which it is the name of an environment
  const commands = await namedByHelp(/^ {2}([a-z-]+)(?= [[<])/gm);
  expect(commands.toSorted()).toEqual([...Object.keys(required), "help"].sort());
  let count = 0;
  for (const command of Object.keys(required)) {
    for (const option of await namedByHelp(/^ {2}(--[a-z-]+) </gm, command)) {
      const { status, output } = await run(command, ...(required[command] ?? []), option, HOSTILE);
      // A digest that nobody asked for approves nothing, and a folder or a report before that isn't there has none.
      const isTaken = ["--approved", "--reports", ...(command === "watch" ? ["--since"] : [])].includes(option);
      expect([option, status]).toEqual([option, isTaken ? (command === "watch" ? 5 : 0) : status === 2 ? 2 : 1]);
      if (!isTaken) expect(output).toMatch(status === 2 ? /^(Received .*\.$|error: .*)/ : /^(Received|Can't) .*\.$/);
      expect(await run(command, ...(required[command] ?? []), `${option}=${HOSTILE}`)).toEqual({ status, output });
      count++;
    }
    const unknown = await run(command, ...(required[command] ?? []), `--${HOSTILE}`);
    expect(unknown).toMatchObject({ status: 2, output: expect.stringMatching(/^error: unknown option '--::error/) });
    expect(await run(command, ...(required[command] ?? []), HOSTILE)).toMatchObject({
      status: takesMore.includes(command) ? 1 : 2,
    });
  }
  expect(count).toBeGreaterThanOrEqual(12);
});

test("the suggestion for a hostile name is still one line", async () => {
  const { status, output } = await run("docto\n::error::r");
  expect({ status, output: output.split("\n")[0] }).toEqual({
    status: 2,
    output: "error: unknown command 'docto\\u{000a}::error::r'",
  });
  expect(await run("doctr")).toMatchObject({
    status: 2,
    output: expect.stringMatching(/^error: unknown command 'doctr'\n\(Did you mean doctor\?\)\n/),
  });
});

test.each(["doctor", "deployer-policy"])("the environment that %s is asked for", async (command) => {
  const { status, output } = await run(command, HOSTILE);
  expect(status).toBe(1);
  expect(output).toMatch(/^Received the environment ".*…" \(\d+ characters\), expected one of other, staging\.$/);
});

describe("the file of SUPPORT_APP_ENVIRONMENTS", () => {
  test.each([
    ["isn't there", HOSTILE.replaceAll("/", ""), "expected a readable YAML file in UTF-8, but: ENOENT"],
    ["is a folder", scratch, "expected a readable YAML file in UTF-8, but: EISDIR"],
  ])("%s", async (_, file, sentence) => {
    process.env.SUPPORT_APP_ENVIRONMENTS = file;
    const { status, output } = await run("deployer-policy", "staging");
    expect(status).toBe(1);
    expect(output.split("\n")).toHaveLength(2);
    expect(output).toContain(sentence);
  });

  test.each([
    ["is no YAML", `${HOSTILE}: [`],
    ["has an alias without an anchor", `a: *${HOSTILE.replaceAll(/[\s,[\]{}]/g, "")}`],
    ["has environments without the right names", { environments: { [HOSTILE]: {}, [`a${HOSTILE}`]: { full: {} } } }],
    [
      "has environments without a region",
      { environments: { [HOSTILE]: { account: "111122223333", full: {} }, b: { account: "111122223333", full: {} } } },
    ],
  ])("%s, and has a hostile name", async (_, content) => {
    process.env.SUPPORT_APP_ENVIRONMENTS = environmentsFile(content, HOSTILE.replaceAll("/", ""));
    const { status, output } = await run("deployer-policy", "staging");
    expect(status).toBe(1);
    const [first, ...others] = output.split("\n");
    expect(first).toMatch(/ has (an error|\d+ errors)\. Nothing was written\.$/);
    expect(others.length).toBeGreaterThan(0);
    for (const line of others) expect(line).toMatch(/: .*(received|expected|and \d+ more).*[.?]$/);
  });

  test("each value and each key", async () => {
    let count = 0;
    for (const copy of hostileCopies(EVERY_FIELD)) {
      process.env.SUPPORT_APP_ENVIRONMENTS = environmentsFile(copy);
      const { status, output } = await run("deployer-policy", "staging");
      expect([copy, status]).toEqual([copy, 1]);
      const lines = output.split("\n").slice(1);
      for (const line of lines) {
        expect(line).toMatch(/environments\.yaml:\d+:\d+: .*received .*, (expected|which) .*[.?]$/);
      }
      count++;
    }
    expect(count).toBeGreaterThan(100);
  });
});

test("whatever stands in any place of a rules.yaml, nothing of an error is obeyed, and each line says where", async () => {
  const file = environmentsFile(EVERY_FIELD);
  let count = 0;
  for (const copy of hostileCopies(EVERY_RULE)) {
    writeFileSync(join(file, "..", "rules.yaml"), JSON.stringify(copy));
    process.env.SUPPORT_APP_ENVIRONMENTS = file;
    const { status, output } = await run("deployer-policy", "staging");
    expect([copy, status]).toEqual([copy, 1]);
    const [first = "", ...lines] = output.split("\n");
    expect(first).toMatch(/(rules|environments)\.yaml has (an error|\d+ errors)\. Nothing was written\.$/);
    for (const line of lines) {
      expect(line).toMatch(/(rules|environments)\.yaml:\d+:\d+: .*received .*, (expected|which) .*[.?]$/);
    }
    count++;
  }
  expect(count).toBeGreaterThan(40);
});
