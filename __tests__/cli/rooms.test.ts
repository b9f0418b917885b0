import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The commands. They share everything else in cli/. */
const COMMANDS = readdirSync("cli/commands");

/** The shared folders, and the ones that each may import. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  adoption: ["adoption", "aws", "github", "iam", "terminal"],
  aws: ["aws", "iam", "terminal"],
  findings: ["aws", "findings", "iam"],
  github: ["github", "terminal"],
  iam: ["iam", "terminal"],
  reports: ["findings", "reports", "terminal"],
  slack: ["aws", "reports", "slack", "terminal"],
  terminal: ["terminal"],
  terraform: ["iam", "terminal", "terraform"],
};

/** Maximum number of files directly in a folder of source. */
const MAX_FILES = 20;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(".ts") && !name.startsWith("cli/commands/init/files/"))
    .sort();
}

/** What a file imports: packages, and files of the project as paths from its root. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import\(|require\() ?"([^"]+)"/g)].map(([, name = ""]) =>
    name.startsWith(".") ? relative(".", join(dirname(file), name)) : name,
  );
}

/** The shared folder of a file in cli/, or its command, as `commands/name`. Undefined: it is in neither. */
function roomOf(file: string): string | undefined {
  const [top, room, command, ...rest] = file.split("/");
  if (top !== "cli" || command === undefined) return undefined;
  return room === "commands" && rest.length > 0 ? `commands/${command}` : room;
}

const ALL = ["cli", "modules", "stacks"].flatMap(filesIn);

test("every folder of cli/ is a command or a room", () => {
  const folders = new Set(filesIn("cli").flatMap((file) => roomOf(file) ?? []));
  expect([...folders].sort()).toEqual(
    [...COMMANDS.map((command) => `commands/${command}`), ...Object.keys(ROOMS)].sort(),
  );
});

test("no folder has more files than can be seen at once", () => {
  const count = new Map<string, number>();
  for (const file of [...ALL, ...filesIn("packaging")]) count.set(dirname(file), (count.get(dirname(file)) ?? 0) + 1);
  expect([...count].filter(([, files]) => files > MAX_FILES)).toEqual([]);
});

test("no command imports another, and no room imports a command", () => {
  const wrong = filesIn("cli").flatMap((file) => {
    const room = roomOf(file);
    if (room === undefined) return [];
    const allowed = [...(ROOMS[room] ?? [room, ...Object.keys(ROOMS)]), undefined];
    return importsOf(file)
      .filter((path) => path.startsWith("cli/") && !allowed.includes(roomOf(path)))
      .map((path) => `${file} imports ${path}`);
  });
  expect(wrong).toEqual([]);
});

test("modules don't import stacks, and neither imports cli", () => {
  const wrong = ALL.filter((file) => !file.startsWith("cli/")).flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith("cli/") || (file.startsWith("modules/") && path.startsWith("stacks/")))
      .map((path) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test("the model imports nothing but itself: no framework, no file, no network", () => {
  const model = "modules/support-app/model/";
  const wrong = ALL.filter((file) => file.startsWith(model)).flatMap((file) =>
    importsOf(file)
      .filter((path) => !path.startsWith(model))
      .map((path) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test("only what makes Terraform loads the framework: nothing that reads files, and no command before it does", () => {
  const framework = ["modules/support-app/framework", "modules/support-app/aws-bindings"];
  const loading = new Map<string, boolean>();
  const loads = (path: string): boolean => {
    const known = loading.get(path);
    if (known !== undefined) return known;
    if (framework.includes(path)) return true;
    loading.set(path, false);
    const file = [`${path}.ts`, `${path}/index.ts`].find(existsSync);
    const text = file === undefined ? "" : readFileSync(file, "utf8");
    const loaded = [...text.matchAll(/^(?:import|export) (?!type )(?:[^;]*? from )?"(\.[^"]+)";/gm)].map(
      ([, name = ""]) => relative(".", join(dirname(`${path}.ts`), name)),
    );
    const result = loaded.some(loads);
    loading.set(path, result);
    return result;
  };
  expect(loads("stacks/synthesize")).toBe(true);
  const reading = ["modules/support-app/model/", "stacks/environments/", "stacks/rules/", "stacks/yaml/", "cli/iam/"];
  const free = ALL.filter((file) => [...reading, "cli/terraform/"].some((folder) => file.startsWith(folder)));
  const commands = COMMANDS.map((command) => `cli/commands/${command}/command`);
  expect([...free.map((file) => file.replace(/\.ts$/, "")), "cli/program", ...commands].filter(loads)).toEqual([]);
});

test("one file imports the framework, and one beside it the AWS provider's bindings", () => {
  const naming = (name: RegExp) => ALL.filter((file) => name.test(readFileSync(file, "utf8")));
  expect(naming(/(from|import|require|resolve)\W{1,2}(cdkt[fn]|constructs)["'/]/)).toEqual([
    "modules/support-app/framework.ts",
  ]);
  expect(naming(/@cdkt[fn]\//)).toEqual(["modules/support-app/aws-bindings.ts"]);
});
