import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import { CHOICE, ONLY } from "../../stacks/chosen-environments";
import { PROVIDER_LOCK, readProviderLock } from "../../stacks/provider-lock";
import { RULES, type RulesRecord, readRulesRecord } from "../../stacks/rules-record";
import { CommandError } from "../command-error";
import { type Fields, isFields, parseAllOfJson } from "../json";
import { readJsonFile } from "../json-file";

/** Terraform in JSON, as it is written. */
export type Terraform = Fields;

/** What `cdktf synth` writes. */
const MANIFEST = "manifest.json";
const STACKS = "stacks";
const STACK_FILE = "cdk.tf.json";

/** What is in the folder itself. */
const TOP: Expected = { [MANIFEST]: "file", [STACKS]: "folder" };

/** What is in the folder of a stack. */
const IN_STACK: Expected = { [STACK_FILE]: "file", [PROVIDER_LOCK]: "file" };

type Expected = Readonly<Record<string, "file" | "folder">>;

type Parse = (text: string) => unknown;

/** What `npm run synth` has written. */
export interface Synthesized {
  /** The environments' Terraform, by name. */
  readonly stacks: ReadonlyMap<string, Terraform>;
  /** The provider lock file that is beside each of them. Undefined: beside none. */
  readonly lock?: string;
  /** The rules that the environments have kept. Undefined: there are none, or an earlier version has written the folder. */
  readonly rules?: RulesRecord;
}

/**
 * What is in a folder that `npm run synth` has written.
 *
 * @param parse of a stack's text, such as one that remembers what it has parsed
 * @throws CommandError for anything in it that synthesizing doesn't write, since Terraform and OpenTofu take many files, and for a choice of
 * environments
 */
export function readSynthesized(folder: string, parse: Parse = parseStack): Synthesized {
  if (filesIn(folder)?.includes(MANIFEST)) expectOnly(folder, TOP); // before anything is read, such as through a link
  const { names, isChosen, rules } = readManifest(folder);
  if (isChosen) {
    throw new CommandError(
      `Received ${describePath(folder)}, which has chosen environments alone (${names.join(", ")}), such as by ${ONLY} or for support-app deploy or diff, expected all of them: those that are missing would count as removed. Synthesize again, without ${ONLY}.`,
    );
  }
  expectOnly(join(folder, STACKS), Object.fromEntries(names.map((name) => [name, "folder"])));
  for (const name of names) expectOnly(join(folder, STACKS, name), IN_STACK);
  return { stacks: terraformOf(folder, names, parse), lock: readLocks(folder, names), rules };
}

/**
 * The environments' Terraform by name, of a folder in which Terraform may have run since: what it has put there is left alone.
 *
 * @throws CommandError where there is none in JSON
 */
export function readStacks(folder: string): ReadonlyMap<string, Terraform> {
  return terraformOf(folder, readManifest(folder).names, parseStack);
}

interface FoundManifest {
  readonly names: string[];
  /** Whether the names are a choice of all. */
  readonly isChosen: boolean;
  readonly rules?: RulesRecord;
}

function readManifest(folder: string): FoundManifest {
  const manifest = readJson(join(folder, MANIFEST), () =>
    filesIn(folder) === undefined
      ? `Received the folder ${describePath(folder)}, expected one that exists. Check the name, or run \`npm run synth\` first.`
      : `Received the folder ${describePath(folder)}, expected one that \`npm run synth\` has written, with ${MANIFEST} in it. Run \`npm run synth -- --output FOLDER\`.`,
  );
  if (!isFields(manifest) || !isFields(manifest.stacks)) {
    throw new CommandError(
      `Received ${describePath(join(folder, MANIFEST))} without stacks, expected what \`npm run synth\` writes. Synthesize again.`,
    );
  }
  const stacks = Object.entries(manifest.stacks);
  for (const [name, stack] of stacks) {
    // The plan is made where the manifest doesn't say, so both must be the same.
    const path = `${STACKS}/${name}/${STACK_FILE}`;
    const { synthesizedStackPath, workingDirectory = `${STACKS}/${name}` } = isFields(stack) ? stack : {};
    if (synthesizedStackPath !== path || workingDirectory !== `${STACKS}/${name}` || !/^[\w-]+$/.test(name)) {
      throw new CommandError(
        `Received the stack ${describePath(name)} at ${describePath(synthesizedStackPath)}, to be run in ${describePath(workingDirectory)}, in ${describePath(folder)}, expected it at ${describePath(path)}, to be run in that folder. Synthesize again, without --hcl.`,
      );
    }
  }
  const names = stacks.map(([name]) => name);
  return { names, isChosen: manifest[CHOICE] !== undefined, rules: rulesIn(folder, manifest, names) };
}

function rulesIn(folder: string, manifest: Fields, names: readonly string[]): RulesRecord | undefined {
  if (!Object.hasOwn(manifest, RULES)) return undefined;
  const record = readRulesRecord(manifest[RULES], names);
  if (record !== undefined) return record;
  throw new CommandError(
    `Received ${describePath(join(folder, MANIFEST))} with ${RULES} in another form, expected the rules that each of its environments has kept, as \`npm run synth\` of this version writes them. Synthesize again.`,
  );
}

function terraformOf(folder: string, names: readonly string[], parse: Parse): ReadonlyMap<string, Terraform> {
  return new Map(names.map((name) => [name, readStack(folder, name, parse)]));
}

function readStack(folder: string, name: string, parse: Parse): Terraform {
  const path = join(STACKS, name, STACK_FILE);
  const terraform = readJson(
    join(folder, path),
    () =>
      `Received no ${describePath(path)} in ${describePath(folder)}, expected the Terraform of ${name} as JSON. Synthesize again, without --hcl.`,
    parse,
  );
  if (isFields(terraform)) return terraform;
  throw new CommandError(
    `Received ${describePath(join(folder, path))} that is no mapping, expected Terraform. Synthesize again.`,
  );
}

/** Synthesizing writes the same lock file beside each stack, or none. */
function readLocks(folder: string, names: readonly string[]): string | undefined {
  const paths = names.map((name) => join(folder, STACKS, name, PROVIDER_LOCK));
  const [first, ...others] = paths.map((path) => readProviderLock(path));
  for (const [index, other] of others.entries()) {
    if (first === undefined ? other === undefined : other?.equals(first)) continue;
    const [one, another] = [paths[0], paths[index + 1]].map(describePath);
    throw new CommandError(
      `Received ${one} and ${another}, of which one is missing or says something else, expected the same provider lock file beside each stack, or none. Synthesize into a new folder.`,
    );
  }
  return first?.toString("latin1"); // no two files as the same text
}

/** Refuses what else is in a folder, and what is there as a link or another kind of file. */
function expectOnly(folder: string, expected: Expected): void {
  for (const name of filesIn(folder) ?? []) {
    const kind = Object.hasOwn(expected, name) ? expected[name] : undefined;
    const status = lstatSync(join(folder, name));
    if (kind === "file" ? status.isFile() : kind === "folder" && status.isDirectory()) continue;
    throw new CommandError(
      `Received ${describePath(join(folder, name))}, expected nothing but what \`npm run synth\` writes: Terraform or OpenTofu might take it. Synthesize into a new folder.`,
    );
  }
}

function readJson(file: string, missing: () => string, parse: Parse = parseStack): unknown {
  const broken = (why: string) =>
    `Received ${describePath(file)} that is not JSON (${why}), expected what \`npm run synth\` writes in JSON. Synthesize again, without --hcl.`;
  return readJsonFile(file, missing, broken, parse);
}

/**
 * Parses what synthesizing writes. Terraform normalizes all texts (NFC): one that changes by that is another than it seems.
 *
 * @throws SyntaxError for what is no JSON that synthesizing writes
 */
export function parseStack(text: string): unknown {
  const value = parseAllOfJson(text);
  const written = JSON.stringify(value);
  if (written === written.normalize("NFC")) return value;
  throw new SyntaxError("a text isn't in Unicode's form NFC, in which synthesizing writes all of them");
}

function filesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new CommandError(
      `Received the folder ${describePath(folder)}, expected one that can be read, but: ${messageOf(error)}. Check its permissions.`,
    );
  }
}
