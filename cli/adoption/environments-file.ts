import { existsSync } from "node:fs";
import { isFields } from "../../common/fields";
import type { Environment } from "../../stacks/environments/environment";
import { environmentsFile, parseEnvironments, readEnvironments } from "../../stacks/environments/environments";
import type { Defaults, EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { type Rules, readRules } from "../../stacks/rules/rules";
import { YamlFileError } from "../../stacks/yaml/yaml-file-error";
import { YamlSource } from "../../stacks/yaml/yaml-source";
import { CommandError } from "../terminal/command-error";
import { printError } from "../terminal/print";
import { replaceFile } from "../terminal/replace-file";
import { insertEnvironments, markRetired, replaceEntries } from "./edit-environments";

export interface EditableEnvironments {
  readonly name: string;
  readonly text: string;
  readonly defaults: Defaults;
  /** All environments of the file, regardless of SUPPORT_APP_ONLY. */
  readonly environments: readonly Environment[];
  /** The rules in rules.yaml beside it. Undefined: there is none. */
  readonly rules?: Rules;
}

/**
 * Reads the environment file, which is required only for writing. It may have no environments yet.
 *
 * @throws YamlFileError where something is wrong with it, or with the rules; not where it breaks one
 */
export function readEditableEnvironments(isToWrite: boolean): EditableEnvironments {
  const name = environmentsFile();
  const rules = readRules(name);
  if (!isToWrite && !existsSync(name)) return { name, text: "", defaults: {}, environments: [], rules };
  const text = readEnvironments(name);
  const { errors, value } = new YamlSource(text);
  const { environments, defaults } = isFields(value) ? value : {};
  const isEmpty = errors.length === 0 && isFields(environments) && Object.keys(environments).length === 0;
  return {
    name,
    text,
    environments: isEmpty ? [] : parseEnvironments(text, name, "unchecked"),
    defaults: isFields(defaults) ? defaults : {},
    rules,
  };
}

/** A change of an environment file. */
export interface FileChange {
  readonly added: Readonly<Record<string, EnvironmentEntry>>;
  /** Instead of environments of the same names. */
  readonly replaced?: Readonly<Record<string, EnvironmentEntry>>;
  /** Names of environments that get `retired: true`. */
  readonly retired?: readonly string[];
}

/** The text of the file with a change. */
export function changedText(
  { name, text }: EditableEnvironments,
  { added, replaced = {}, retired = [] }: FileChange,
): string {
  const longer = Object.keys(added).length === 0 ? text : insertEnvironments(text, added);
  const replacedText = longer === undefined ? undefined : replaceEntries(longer, replaced);
  const changed = replacedText === undefined ? undefined : markRetired(replacedText, retired);
  if (changed !== undefined) return changed;
  throw new CommandError(
    `Can't change ${name} without changing anything else in it. Nothing was written. Leave --write out, and make the printed changes by hand.`,
  );
}

/**
 * Replaces the text of the file.
 *
 * @throws YamlFileError where the new text is wrong
 */
export function replaceEnvironments({ name, text: before }: EditableEnvironments, text: string): void {
  parseEnvironments(text, name, "unchecked");
  replaceFile({ file: name, text, before, command: "the same command" });
}

/** Prints the rules that an environment file breaks. It is no error: either the account or the rules are to be changed. */
export function showBrokenRules(text: string, file: string, rules: Rules | undefined): void {
  if (rules === undefined) return;
  try {
    parseEnvironments(text, file, rules);
  } catch (error) {
    if (!(error instanceof YamlFileError)) throw error;
    printError([
      `This breaks rules, so synthesizing refuses it. Change it, or have ${rules.file} changed:`,
      ...error.shown,
    ]);
  }
}
