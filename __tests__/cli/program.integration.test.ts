import { readFileSync } from "node:fs";
import { runSupportApp } from "../../cli/program";
import { printedInTests } from "../support/printed";

const printed = printedInTests();
const before = { ...process.env };
beforeEach(() => {
  delete process.env.COLUMNS;
});
afterEach(() => {
  process.env = { ...before }; // --no-color sets NO_COLOR
});

async function helpOf(...args: string[]): Promise<string> {
  expect(await runSupportApp([...args, "--help"])).toBe(0);
  return printed.splice(0).join("\n");
}

test("help names every command and how to choose a file", async () => {
  expect(`${await helpOf()}\n`).toMatchSnapshot();
});

test("the page of commands has those of help, and no other", async () => {
  const page = readFileSync("docs/commands.md", "utf8");
  const [, commands = ""] = (await helpOf()).split("\nCommands:\n");
  const inPage = [...page.matchAll(/^\| \[?`([a-z-]+)`/gm)].map(([, name]) => name);
  const inHelp = [...commands.matchAll(/^ {2}([a-z-]+)(?: [[<]| {2})/gm)].map(([, name]) => name);
  expect(inPage).toEqual(inHelp.filter((name) => name !== "help"));
});

test("the file help has every command but Terraform's own, in the words of its summary", async () => {
  const [, commands = ""] = readFileSync("help", "utf8").split("support-app -- COMMAND\n");
  const [, listing = ""] = (await helpOf()).split("\nCommands:\n");
  const inHelp = [...commands.matchAll(/^ {4}([a-z-]+)(?: [A-Z]+)*(?:\.\.\.)? {2,}(.*)$/gm)].map(([, ...row]) => row);
  const summaries = [...listing.matchAll(/^ {2}([a-z-]+)(?: [[<].*?)? {2,}(.)(.*)$/gm)].map(
    ([, name, first = "", rest]) => [name, `${first.toUpperCase()}${rest}`],
  );
  const throughTerraform = ["diff", "deploy", "destroy", "help"];
  expect(inHelp).toEqual(summaries.filter(([name = ""]) => !throughTerraform.includes(name)));
});

test.each(["synth", "validate", "plan", "apply", "import", "drift", "policy", "upgrade", "version"])(
  "a command of another program, %s, is an error that names ours",
  async (name) => {
    expect(await runSupportApp([name, "staging"])).toBe(2);
    expect(printed.join("")).toMatch(
      new RegExp(`^Received the command ${name}, expected \`(support-app|npm run) .*\\.$`),
    );
    const [, command = ""] = printed.join("").match(/`support-app (\w+)/) ?? [];
    if (command !== "") expect(await helpOf()).toContain(`\n  ${command} `);
  },
);

test("help of a command that isn't there is an error that names it", async () => {
  expect(await runSupportApp(["help", "deplyo"])).toBe(2);
  expect(printed.join("\n")).toContain("error: unknown command 'deplyo'\n(Did you mean deploy?)");
});

test("help marks what is required, and no other option", async () => {
  const options = (await helpOf("publish")).split(/\n(?= {2}-)/).slice(1);
  const required = options.filter((text) => text.includes("(required)")).map((text) => text.match(/--[\w-]+/)?.[0]);
  expect(required).toEqual(["--out"]);
});

test("help is as wide as COLUMNS says where there is no terminal", async () => {
  const widest = async (columns?: string) => {
    if (columns === undefined) delete process.env.COLUMNS;
    else process.env.COLUMNS = columns;
    const lines = (await helpOf("review")).split("\n").filter((line) => line.startsWith("  --"));
    return Math.max(...lines.map(({ length }) => length));
  };
  const [byDefault, narrow, wide, wrong] = [
    await widest(),
    await widest("100"),
    await widest("200"),
    await widest("0"),
  ];
  expect(narrow).toBeGreaterThan(80);
  expect(narrow).toBeLessThanOrEqual(100);
  expect(wide).toBeGreaterThan(100);
  expect([byDefault <= 80, wrong]).toEqual([true, byDefault]);
});

const POLICY = "arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole";

test.each([
  [["permissions", "deploy", "staging"], 0, POLICY],
  [["--no-color", "permissions", "deploy", "staging"], 0, POLICY],
  [["permissions", "deploy", "staging", "--no-color"], 0, POLICY],
  [["permissions", "deploy", "--", "--no-color"], 1, 'Received the environment "--no-color", expected one of'],
])("support-app %j ends with %d and says what", async (args, status, message) => {
  expect(await runSupportApp(args)).toBe(status);
  expect(printed.join("")).toContain(message);
  expect(process.env.NO_COLOR).toBe(args.includes("--no-color") && !args.includes("--") ? "1" : undefined);
});
