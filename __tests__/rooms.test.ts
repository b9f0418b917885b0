import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as ts from "typescript";
import { FORGE_NAMES } from "../cli/forge/forge";

/*
 * docs/contributing/architecture.md says which room of the source may know which, and by which doors. Every import is checked against it.
 */

const PAGE = "docs/contributing/architecture.md";

/** A room: a folder of the source, and what it may know. */
interface Room {
  /** Such as `cli/aws`, or `cli/commands/<command>` for each command. */
  readonly folder: string;
  /** The last part of its folder, by which other rows name it. */
  readonly name: string;
  /** Its row, without the formatter's alignment. */
  readonly row: string;
  /** Names of the rooms that it may know. */
  readonly lowerRooms: readonly string[];
}

/** The doors of a room that hides something: the files that other rooms import, by their paths in it. */
interface Doors {
  readonly row: string;
  readonly files: readonly string[];
}

const EVERY_ROOM = "every room above";

/** The rows of the table below a heading, each with its cells. */
function tableBelow(heading: string): { readonly row: string; readonly cells: readonly string[] }[] {
  const [, section = ""] = readFileSync(PAGE, "utf8").split(`\n## ${heading}\n`);
  const [table = ""] = section.match(/(?:^\|.*\n)+/m) ?? [];
  const rows = table.trimEnd().split("\n").slice(2);
  return rows.map((line) => ({ row: line.replace(/ +/g, " "), cells: line.split("|").slice(1, -1) }));
}

function namesIn(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/** Of a whole folder, too: `cdktf` alone would be another word in the package for its successor. */
function lastPart(folder: string): string {
  return folder.replace("/<command>", "").split("/").at(-1) ?? "";
}

/** The rooms, in the order of the page: each may know only rooms above it. */
const ROOMS = tableBelow("Folders").map(({ row, cells: [folderCell, , lowerCell = ""] }, index, rows): Room => {
  const [folder = ""] = namesIn(folderCell);
  const upperRooms = rows.slice(0, index).map(({ cells }) => lastPart(namesIn(cells[0])[0] ?? ""));
  return {
    folder,
    name: lastPart(folder),
    row,
    lowerRooms: lowerCell.includes(EVERY_ROOM) ? upperRooms : namesIn(lowerCell).map(lastPart),
  };
});

const DOORS: ReadonlyMap<string, Doors> = new Map(
  tableBelow("Doors").map(({ row, cells: [folderCell, cell = ""] }) => {
    return [namesIn(folderCell)[0] ?? "", { row, files: namesIn(cell) }];
  }),
);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(".ts") && !name.startsWith("cli/commands/init/files/"))
    .sort();
}

/** What the packages have. */
const PACKAGED = ["common", "cli", "modules", "stacks"].flatMap(filesIn);
const SOURCE = [...PACKAGED, ...filesIn("packaging")];

/** Where a file is: its room, and the folder of that, which for a command is its own. */
interface Place {
  readonly room: Room;
  readonly folder: string;
}

/** Undefined: the file is in a folder that the page doesn't have. A room's folder may have others in it, unless those are rooms. */
function placeOf(file: string): Place | undefined {
  const places = ROOMS.flatMap((room) => {
    const [folder] = file.match(new RegExp(`^${room.folder.replace("<command>", "[^/]+")}(?=/)`)) ?? [];
    return folder === undefined ? [] : [{ room, folder }];
  });
  const [nearest] = places.sort((a, b) => b.folder.length - a.folder.length);
  const isHouse = ROOMS.some(({ folder }) => folder.startsWith(`${nearest?.folder}/`));
  return isHouse && dirname(file) !== nearest?.folder ? undefined : nearest;
}

/** The module that an import, an export, a type or a call of `import` or `require` names. Undefined: the node is none of them. */
function moduleNamedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return node.argument;
  if (!ts.isCallExpression(node)) return undefined;
  return ["import", "require", "require.resolve"].includes(node.expression.getText()) ? node.arguments[0] : undefined;
}

/** What a file imports, wherever it does: packages, and files of the project as paths from its root. */
function importsOf(file: string): string[] {
  const imports: string[] = [];
  const visit = (node: ts.Node) => {
    const [quote = "", name = ""] =
      moduleNamedBy(node)
        ?.getText()
        .match(/^(["'`])(.*)\1$/)
        ?.slice(1) ?? [];
    if (quote === "" && moduleNamedBy(node) !== undefined) throw new Error(`${file}: can't follow ${node.getText()}`);
    if (name !== "") imports.push(name.startsWith(".") ? fileOf(relative(".", join(dirname(file), name))) : name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true));
  return imports;
}

function fileOf(path: string): string {
  return [`${path}.ts`, `${path}/index.ts`].find(existsSync) ?? path;
}

const COMMAND_FILES = readdirSync("cli/commands").map((command) => `cli/commands/${command}/command`);

/** Every import of a file that is in another room, or in none, such as a test. main.ts imports, too. */
const CROSSINGS = ["main.ts", ...SOURCE].flatMap((file) =>
  importsOf(file).flatMap((imported) => {
    const [from, to] = [placeOf(file), placeOf(imported)];
    const isCrossing = to === undefined ? existsSync(imported) : to.folder !== from?.folder; // a package isn't there
    return isCrossing ? [{ file, imported, from, to }] : [];
  }),
);

test("every folder of the source is a room of the page, and every room of the page is there", () => {
  expect(SOURCE.filter((file) => placeOf(file) === undefined)).toEqual([]);
  const usedRooms = new Set(SOURCE.map((file) => placeOf(file)?.room));
  expect(ROOMS.filter((room) => !usedRooms.has(room)).map(({ row }) => row)).toEqual([]);
  expect([...DOORS.keys()]).toEqual(ROOMS.map(({ folder }) => folder).filter((folder) => DOORS.has(folder)));
});

test("a room knows only rooms above it", () => {
  const wrong = ROOMS.flatMap(({ lowerRooms, row }, index) => {
    const upperRooms = ROOMS.slice(0, index).map(({ name }) => name);
    return lowerRooms.filter((name) => !upperRooms.includes(name)).map((name) => `${name} isn't above ${row}`);
  });
  expect(wrong).toEqual([]);
});

test("a file imports only from rooms that its own room knows", () => {
  const wrong = CROSSINGS.filter(
    ({ from, to }) => from !== undefined && !from.room.lowerRooms.includes(to?.room.name ?? ""),
  );
  expect(wrong.map(({ file, imported, from }) => `${file} imports ${imported}, in spite of ${from?.room.row}`)).toEqual(
    [],
  );
});

test("a room knows no room that nothing in it imports", () => {
  const wrong = ROOMS.filter(({ row }) => !row.includes(EVERY_ROOM)).flatMap((room) => {
    const imported = new Set(CROSSINGS.filter(({ from }) => from?.room === room).map(({ to }) => to?.room.name));
    return room.lowerRooms
      .filter((name) => !imported.has(name))
      .map((name) => `nothing imports ${name} in ${room.row}`);
  });
  expect(wrong).toEqual([]);
});

/** Maximum number of doors of a room that hides something. */
const MAX_DOORS = 3;

/** One row for the rooms of all commands. */
const COMMANDS = "cli/commands/<command>";

test("a room that hides something is entered by at most three doors, and each of them is used", () => {
  const usedDoors = new Set<string>();
  const wrong = CROSSINGS.flatMap(({ file, imported, to }) => {
    if (to === undefined) return [];
    const doors = DOORS.get(to.room.folder);
    const door = relative(to.room.folder.replace("/<command>", ""), imported)
      .replace(/\.ts$/, "")
      .replace(/^[^/]+(?=\/command$)/, "<command>");
    usedDoors.add(`${to.room.folder} ${door}`);
    return doors?.files.includes(door) === false
      ? [`${file} imports ${imported}, which isn't a door in ${doors.row}`]
      : [];
  });
  const unused = [...DOORS].flatMap(([folder, { files, row }]) =>
    files.filter((door) => !usedDoors.has(`${folder} ${door}`)).map((door) => `nothing enters by ${door} in ${row}`),
  );
  const crowded = [...DOORS].filter(([folder, { files }]) => folder !== COMMANDS && files.length > MAX_DOORS);
  expect(crowded).toEqual([]);
  expect([...wrong, ...unused]).toEqual([]);
});

test("common needs no package, and the model nothing but common: no framework, no file, no network", () => {
  const packagesOf = (room: string) =>
    SOURCE.filter((file) => placeOf(file)?.room.name === room)
      .flatMap(importsOf)
      .filter((imported) => placeOf(imported) === undefined);
  expect(new Set(packagesOf("common"))).toEqual(new Set(["node:crypto", "node:fs", "node:path", "node:util"]));
  expect(packagesOf("model")).toEqual([]);
});

/** Whether a file loads the framework, sooner or, where it calls `require`, later. */
function loadsFramework(path: string, isLater: boolean, visits = new Set<string>()): boolean {
  if (/^modules\/support-app\/(framework|aws-bindings)$/.test(path)) return true;
  if (visits.has(path)) return false;
  visits.add(path);
  const file = fileOf(path);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const imports = [...text.matchAll(/^(?:import|export) (?!type )(?:[^;]*? from )?"(\.[^"]+)";/gm)];
  const calls = isLater ? [...text.matchAll(/ require\("(\.[^"]+)"\)/g)] : [];
  const loaded = [...imports, ...calls].map(([, name = ""]) => relative(".", join(dirname(file), name)));
  return loaded.some((name) => loadsFramework(name, isLater, visits));
}

test("only what makes Terraform loads the framework: nothing that reads files, and no command before it does", () => {
  expect(loadsFramework("stacks/synthesize", false)).toBe(true);
  const reading = [
    "common/",
    "modules/support-app/model/",
    "stacks/environments/",
    "stacks/environments/rules/",
    "stacks/environments/yaml/",
    "cli/iam/",
  ];
  const free = PACKAGED.filter((file) => [...reading, "cli/terraform/"].some((folder) => file.startsWith(folder)));
  const files = [...free.map((file) => file.replace(/\.ts$/, "")), "cli/program", ...COMMAND_FILES];
  expect(files.filter((file) => loadsFramework(file, false))).toEqual([]);
});

// Jobs of CI that run others install without the framework.
test("of the commands, only publish and review load the framework", () => {
  const loading = COMMAND_FILES.filter((file) => loadsFramework(file, true));
  expect(loading).toEqual(["publish", "review"].map((command) => `cli/commands/${command}/command`));
});

test("one file imports the framework, and one beside it the AWS provider's bindings", () => {
  const naming = (name: RegExp) => PACKAGED.filter((file) => name.test(readFileSync(file, "utf8")));
  expect(naming(/(from|import|require|resolve)\W{1,2}(cdkt[fn]|constructs)["'/]/)).toEqual([
    "modules/support-app/framework.ts",
  ]);
  expect(naming(/@cdkt[fn]\//)).toEqual(["modules/support-app/aws-bindings.ts"]);
});

test("only the forge's room and what init writes for it name a forge", () => {
  const outside = PACKAGED.filter((file) => file.startsWith("cli/") && !/^cli\/(forge|commands\/init)\//.test(file));
  const naming = outside.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => FORGE_NAMES.some((name) => line.toLowerCase().includes(name)))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(naming).toEqual([]);
});

test("within the forge's room, only the list of forges names more than one of them", () => {
  const names = (file: string) => FORGE_NAMES.filter((name) => readFileSync(file, "utf8").includes(`/${name}`));
  const files = PACKAGED.filter((file) => file.startsWith("cli/forge/"));
  expect(files.filter((file) => names(file).length > 1)).toEqual(["cli/forge/forges.ts"]);
});
