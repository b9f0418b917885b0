import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { failureReason } from "../../common/disk-error";
import { type Fields, isFields } from "../../common/fields";
import { parseAllOfJson, parseJsonIfAny } from "../../common/json";
import { describePath } from "../../common/problem";
import { CHOICE, ONLY } from "../../stacks/environments/chosen-environments";
import { RULES, type RulesRecord, readRulesRecord } from "../../stacks/environments/rules/rules-record";
import { ENVIRONMENT_FILE } from "../../stacks/output/environment-file";
import { PROVIDER_LOCK } from "../../stacks/output/provider-lock";
import { CommandError } from "../terminal/command-error";
import { readJsonFile } from "../terminal/json-file";

/** Terraform in JSON, as it is written. */
export type TerraformJson = Fields;

/** What `cdktf synth` writes. */
const MANIFEST = "manifest.json";
const STACKS = "stacks";
const STACK_FILE = "cdk.tf.json";

/** A stack as it was synthesized. */
export interface SynthesizedStack {
  readonly terraform: TerraformJson;
  /** What is beside it about its environment. Undefined: nothing. */
  readonly environmentFile?: unknown;
}

/** The environments' stacks, by name: a map, or a folder in which each is read when it is asked for, so that thousands needn't be in memory. */
export type Stacks = Pick<ReadonlyMap<string, SynthesizedStack>, "get" | "keys">;

/** What `npm run synth` has written. */
export interface SynthesizedFolder {
  /** @throws CommandError where one is read that isn't as synthesizing writes it */
  readonly stacks: Stacks;
  /** The rules that the environments comply with. Undefined: there are none. */
  readonly rules?: RulesRecord;
}

/**
 * What is in a folder that `npm run synth` has written.
 *
 * @throws CommandError for anything in it that synthesizing doesn't write, since Terraform and OpenTofu read many files, if
 * it has only some of the environments, and if a link leads to it
 */
export function readSynthesized(path: string): SynthesizedFolder {
  const folder = withoutLinks(path);
  if (filesIn(folder)?.includes(MANIFEST)) expectOnly(folder, { [MANIFEST]: "file", [STACKS]: "folder" }); // before anything is read, such as through a link
  const { names, isChosen, rules } = readManifest(folder);
  if (isChosen) {
    throw new CommandError(
      `Received ${describePath(folder)}, which has only some of the environments (${names.join(", ")}), as ${ONLY}, support-app deploy and support-app diff write them, expected all of them: a missing one would count as removed. Synthesize again, without ${ONLY}.`,
    );
  }
  expectOnly(join(folder, STACKS), Object.fromEntries(names.map((name) => [name, "folder"])));
  const files = { [STACK_FILE]: "file", [ENVIRONMENT_FILE]: "file", [PROVIDER_LOCK]: "file" } as const;
  for (const name of names) expectOnly(join(folder, STACKS, name), files);
  const knownNames = new Set(names);
  const stacks: Stacks = {
    keys: () => knownNames.keys(),
    get: (name) => (knownNames.has(name) ? readStackFile(folder, name) : undefined),
  };
  return { stacks, rules };
}

/**
 * The environments' Terraform by name. Terraform may have run in the folder since: its files are ignored.
 *
 * @throws CommandError if there is none in JSON
 */
export function readStacks(folder: string): ReadonlyMap<string, TerraformJson> {
  return new Map(readManifest(folder).names.map((name) => [name, readTerraform(folder, name)]));
}

/** The names of the environments in a folder, whether they are a choice of all, and their rules. */
function readManifest(folder: string): { names: string[]; isChosen: boolean; rules: RulesRecord | undefined } {
  const manifest = readJson(
    join(folder, MANIFEST),
    () =>
      `Received the folder ${describePath(folder)}, expected a folder that \`npm run synth\` has written, with ${MANIFEST} in it. Check the name, or run \`npm run synth -- --output FOLDER\`.`,
  );
  if (!isFields(manifest.stacks)) throw notWritten(join(folder, MANIFEST), "no stacks are in it");
  const stacks = Object.entries(manifest.stacks);
  for (const [name, stack] of stacks) {
    // Plans ignore the manifest and run in the folder of that name, so both must agree.
    const path = `${STACKS}/${name}/${STACK_FILE}`;
    const { synthesizedStackPath, workingDirectory = `${STACKS}/${name}` } = isFields(stack) ? stack : {};
    if (synthesizedStackPath !== path || workingDirectory !== `${STACKS}/${name}` || !/^[\w-]+$/.test(name)) {
      throw new CommandError(
        `Received the stack ${describePath(name)} in ${describePath(folder)} at ${describePath(synthesizedStackPath)} with the working directory ${describePath(workingDirectory)}, expected it at ${describePath(path)} with the working directory ${describePath(`${STACKS}/${name}`)}. Synthesize again, without --hcl.`,
      );
    }
  }
  const names = stacks.map(([name]) => name);
  const hasRules = Object.hasOwn(manifest, RULES);
  const rules = hasRules ? readRulesRecord(manifest[RULES], names) : undefined;
  if (hasRules && !rules) throw notWritten(join(folder, MANIFEST), `${RULES} is in another form`);
  return { names, isChosen: manifest[CHOICE] !== undefined, rules };
}

/** Each file is read where it is needed: most stacks don't change, and where a state is, the file beside the Terraform says. */
function readStackFile(folder: string, name: string): SynthesizedStack {
  let terraform: TerraformJson | undefined;
  return {
    get terraform() {
      terraform ??= readTerraform(folder, name);
      return terraform;
    },
    get environmentFile() {
      return readEnvironment(folder, name);
    },
  };
}

/** Undefined: there is none. What isn't JSON stays a text. */
function readEnvironment(folder: string, name: string): unknown {
  const path = join(folder, STACKS, name, ENVIRONMENT_FILE);
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8");
  return parseJsonIfAny(text, parseStack) ?? text;
}

function readTerraform(folder: string, name: string): TerraformJson {
  const path = join(STACKS, name, STACK_FILE);
  return readJson(
    join(folder, path),
    () =>
      `Received no ${describePath(path)} in ${describePath(folder)}, expected the Terraform of ${name} as JSON. Synthesize again, without --hcl.`,
  );
}

/** The normalized path of a folder that no link leads to. Links directly below the root are the system's, such as macOS's /tmp. */
function withoutLinks(folder: string): string {
  for (let place = resolve(folder); dirname(place) !== "/"; place = dirname(place)) {
    if (readIfAny(place, lstatSync)?.isSymbolicLink()) {
      throw new CommandError(
        `Received ${describePath(folder)}, expected a path without symbolic links, but ${describePath(place)} is one: it could lead to what the change is compared with. Synthesize into a new folder or, if the link is yours, give the path that it leads to.`,
      );
    }
  }
  return normalize(folder);
}

/** Refuses anything else in a folder, and links or other kinds of files. */
function expectOnly(folder: string, expected: Readonly<Record<string, "file" | "folder">>): void {
  for (const name of filesIn(folder) ?? []) {
    const kind = Object.hasOwn(expected, name) ? expected[name] : undefined;
    const status = lstatSync(join(folder, name));
    if (kind === "file" ? status.isFile() : kind === "folder" && status.isDirectory()) continue;
    throw new CommandError(
      `Received ${describePath(join(folder, name))}, expected nothing but what the last \`npm run synth\` wrote: Terraform or OpenTofu might read it. Synthesize into a new folder.`,
    );
  }
}

function readJson(file: string, missing: () => string): Fields {
  const content = readJsonFile(file, missing, (reason) => notWritten(file, reason).message, parseStack);
  if (isFields(content)) return content;
  throw notWritten(file, "it is not a mapping");
}

function notWritten(file: string, reason: string): CommandError {
  return new CommandError(
    `Received ${describePath(file)}, expected JSON as this version's \`npm run synth\` writes it (${reason}). Synthesize again, without --hcl.`,
  );
}

/** Most texts are the same before and after a change. */
let lastParsed: { readonly text: string; readonly value: unknown } | undefined;

/**
 * Parses what synthesizing writes. Terraform normalizes all texts (NFC): a text that this changes isn't what it seems.
 *
 * @throws SyntaxError for anything but JSON that synthesizing writes
 */
export function parseStack(text: string): unknown {
  if (lastParsed?.text === text) return lastParsed.value;
  const value = parseAllOfJson(text);
  const printableText = text.includes("\\u") ? JSON.stringify(value) : text;
  if (printableText !== printableText.normalize("NFC"))
    throw new SyntaxError("a text isn't in the Unicode normalization form NFC, in which synthesizing writes all texts");
  lastParsed = { text, value };
  return value;
}

function filesIn(folder: string): string[] | undefined {
  return readIfAny(folder, (path) => readdirSync(path));
}

function readIfAny<T>(folder: string, reader: (path: string) => T): T | undefined {
  try {
    return reader(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new CommandError(
      `Can't read the folder ${describePath(folder)}: ${failureReason(error)}. Check its permissions.`,
    );
  }
}
