import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { supportAppProgram } from "../../cli/program";
import { scripts } from "../../package.json";
import { codeSpans, PAGES, shellCommands } from "./pages";

/** Each command of a page, and what runs it. */
const RUN: Readonly<Record<string, readonly [file: string, words: string]>> = parse(
  readFileSync("__tests__/docs/commands.yaml", "utf8"),
);
/** Options of other programs, of `npm run synth` and of `npm run acceptance`. */
const OTHER_OPTIONS = [
  "--workspace",
  "--clean",
  "--hcl",
  "--output",
  "--skip-provider-lock",
  "--parallelism",
  "--provider-cache",
  "--no-color",
];

/** What follows the name of our command. Undefined: it is another command, or only its name. */
function ourArguments(command: string): string[] | undefined {
  const match = command.match(
    /(?:^|\s)(?:npx )?(?:support-app(?: --)?|\.\S*\/TARBALL|cdkt[fn]-support-app-access(?:@latest)?) ([a-z-].*)$/,
  );
  return match?.[1]?.split(/\s+/);
}

/** A program that takes commands, does nothing, and remembers options. */
function newProgram() {
  const program = supportAppProgram(() => {}, { writeOut: () => {}, writeErr: () => {} });
  for (const command of program.commands) command.action(() => {});
  return program;
}

/** The commands of a line of a shell. */
const commandsIn = (line: string) => line.split(" && ").map((command) => command.replace(/ > \S+$/, ""));
const inBlocks = [...new Set(PAGES.flatMap(shellCommands).flatMap(commandsIn))];
const inText = [...new Set(PAGES.flatMap(codeSpans))];

test("every command in a block of a page is run by a test, and each in the table stands in a page", () => {
  expect(Object.keys(RUN).sort()).toEqual(inBlocks.sort());
  const notRun = Object.entries(RUN).filter(([, [file, words]]) => !readFileSync(file, "utf8").includes(words));
  expect(notRun).toEqual([]);
});

test("the program takes every command of ours in a block of a page", async () => {
  const ours = inBlocks.flatMap((command) => {
    const args = ourArguments(command);
    return args ? [args] : [];
  });
  expect(ours.length).toBeGreaterThan(10);
  const program = newProgram();
  for (const args of ours) await program.parseAsync(args, { from: "user" });
});

test("every command of ours in a sentence has options that are there", () => {
  const { commands } = newProgram();
  const usages = new Set(commands.map((command) => `support-app ${command.name()} ${command.usage()}`));
  const wrong = inText.flatMap(commandsIn).filter((span) => {
    const [name, ...args] = usages.has(span) ? [] : (ourArguments(span) ?? []);
    if (name === undefined || name.startsWith("--")) return false;
    const command = commands.find((candidate) => candidate.name() === name);
    return command === undefined || command.parseOptions(args).unknown.length > 0;
  });
  expect(wrong).toEqual([]);
});

test("every option that a sentence names by itself is one of some command", () => {
  const options = newProgram().commands.flatMap((command) => command.options.map(({ long }) => long));
  const knownOptions = new Set([...options, ...OTHER_OPTIONS, "--version", "--help"]);
  const optionNames = inText.flatMap((span) => span.match(/^--[a-z-]+/) ?? []);
  expect(optionNames.length).toBeGreaterThan(10);
  expect(optionNames.filter((option) => !knownOptions.has(option))).toEqual([]);
});

test("every npm script that a page names is there", () => {
  const scriptNames = [...inBlocks, ...inText].flatMap(
    (text) => text.match(/(?<=\bnpm run (?:-s )?)[a-z][\w:-]*/g) ?? [],
  );
  expect(scriptNames.length).toBeGreaterThan(5);
  expect(scriptNames.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
