import { type Command, Option } from "commander";
import { supportAppProgram } from "../../cli/program";
import { commandsInHelp } from "../../packaging/commands-reference";

const commandsOf = () => commandsInHelp(supportAppProgram(() => {}, { writeErr: () => {} }));
const optionsOf = (commands: readonly Command[]) =>
  commands.flatMap((command) => command.options.map((option) => ({ command, option })));

/** What an option takes, be it one or several: nothing, or a value of some kind. A file and a folder are both a path. */
function formOf({ flags }: Option): string {
  const [, value = "nothing"] = flags.match(/<(.*?)(?:\.\.\.)?>$/) ?? [];
  return value.replace(/^(file|folder)$/, "path");
}

/** Options with different forms, as `--check: nothing, path`. */
function ambiguousOptions(options: readonly Option[]): string[] {
  const forms = new Map<string, Set<string>>();
  for (const option of options) {
    const flag = option.long ?? "";
    forms.set(flag, (forms.get(flag) ?? new Set()).add(formOf(option)));
  }
  return [...forms].flatMap(([flag, set]) => (set.size > 1 ? [`${flag}: ${[...set].join(", ")}`] : []));
}

test("an option has one form, whichever command takes it", () => {
  const options = optionsOf(commandsOf()).map(({ option }) => option);
  expect(options.length).toBeGreaterThan(50);
  expect(ambiguousOptions(options)).toEqual([]);
  const wrong = [new Option("--assume <role-arn>", ""), new Option("--account <ids>", "")];
  expect(ambiguousOptions([...options, ...wrong])).toEqual(["--account: id, ids", "--assume: nothing, role-arn"]);
});

/** Two values of each option that takes several. */
const VALUES: Readonly<Record<string, readonly [string, string]>> = {
  "--account": ["111122223333", "444455556666"],
  "--region": ["us-east-1", "eu-west-1"],
  "--tag": ["Team=payments", "Stage=live"],
  "--plan": ["a=a.json", "b=b.json"],
  "--deployer": ["arn:aws:iam::111122223333:role/a,b", "arn:aws:iam::111122223333:user/c"],
};

test("an option that takes several takes them separated by spaces or repeated, and refuses commas", () => {
  const lists = optionsOf(commandsOf()).filter(({ option }) => option.variadic);
  expect(lists.map(({ option }) => option.long).sort()).toEqual(Object.keys(VALUES).sort());
  for (const { command, option } of lists) {
    const { long: flag = "" } = option;
    const [first, second] = VALUES[flag] as readonly [string, string];
    const error = `Expected values separated by spaces: ${first} ${second}.`;
    expect(() => command.parseOptions([flag, `${first},${second}`])).toThrow(error);
    command.parseOptions([flag, first, second, flag, first]);
    expect([flag, command.opts()[option.attributeName()].length]).toEqual([flag, 3]);
  }
});

test("names of environments are arguments everywhere, and nothing is a list of another syntax", () => {
  const commands = commandsOf();
  const lists = commands.flatMap(({ registeredArguments }) =>
    registeredArguments.filter((argument) => argument.variadic),
  );
  expect(new Set(lists.map((argument) => argument.name()))).toEqual(new Set(["environments"]));
  const texts = [
    ...optionsOf(commands).map(({ option }) => `${option.flags} ${option.description}`),
    ...commands.flatMap(({ registeredArguments }) => registeredArguments.map(({ description }) => description)),
  ];
  expect(texts.filter((text) => /\bcommas?\b|\brepeat/i.test(text))).toEqual([]);
});
