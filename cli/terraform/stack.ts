import { canonical } from "../../common/canonical";
import { isFields } from "../../common/fields";
import { packageJson } from "../../common/package-files";
import { zipByKey } from "../../common/zip-by-key";
import { ENVIRONMENT_FILE, readEnvironmentFile, type StackSource } from "../../stacks/output/environment-file";
import { type Block, blocksIn, type Entries, entriesIn, withoutDigest } from "./entries";
import type { SynthesizedStack, TerraformJson } from "./synthesized-folder";

/** A synthesized stack: what it was written from, and every place where it isn't what the constructs write from that. */
export interface Stack {
  readonly terraform: TerraformJson;
  /** Its resources and data sources, by address. */
  readonly blocks: ReadonlyMap<string, Block>;
  /** Undefined: none is beside it in the form that this version writes. */
  readonly source?: StackSource;
  /** Empty: the stack is proven. */
  readonly unproven: readonly StackPlace[];
}

/** A place in a stack, with what was expected there and what is there. */
export interface StackPlace {
  /** Such as `aws_iam_role.full`, `terraform.backend` or `environment.json`. */
  readonly address: string;
  /** Undefined: the whole of it. */
  readonly attribute?: string;
  /** Undefined: nothing. */
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** Reads a stack, and lets the constructs write it again. */
export function readStack(name: string, { terraform, environmentFile }: SynthesizedStack): Stack {
  const { source, writtenBy } = readEnvironmentFile(name, environmentFile);
  const entries = entriesOf(terraform);
  const blocks = blocksIn(entries);
  const unproven = source ? differencesIn(writtenAgain(source), entries) : [unreadableFile(environmentFile)];
  if (unproven.length > 0) unproven.unshift(...otherVersion(writtenBy));
  return { terraform, blocks, source, unproven };
}

function writtenAgain(source: StackSource): Entries {
  const { writtenStack }: typeof import("../../stacks/written-stack") = require("../../stacks/written-stack"); // the framework is loaded only for a review
  return entriesIn(writtenStack(source));
}

function unreadableFile(actual: unknown): StackPlace {
  return { address: ENVIRONMENT_FILE, expected: "the environment, in the form that this version writes", actual };
}

/** Another version may write everything otherwise. */
function otherVersion(writtenBy: string | undefined): StackPlace[] {
  const { version } = packageJson();
  if (writtenBy === undefined || writtenBy === version) return [];
  return [{ address: ENVIRONMENT_FILE, attribute: "writtenBy", expected: version, actual: writtenBy }];
}

/** Where one of two versions of a stack has something that the other hasn't, or has otherwise. */
export function changedPlaces(before: TerraformJson = {}, after: TerraformJson = {}): StackPlace[] {
  return differencesIn(entriesOf(before), entriesOf(after));
}

/** What a stack has, without a digest that is right. */
function entriesOf(terraform: TerraformJson): Entries {
  return entriesIn(withoutDigest(terraform));
}

function differencesIn(expectedEntries: Entries, entries: Entries): StackPlace[] {
  return zipByKey(expectedEntries, entries).flatMap(([, { address, value: expected } = {}, entry]): StackPlace[] => {
    const { value: actual } = entry ?? {};
    if (!isFields(expected) || !isFields(actual)) {
      return isSame(expected, actual) ? [] : [{ address: String(entry?.address ?? address), expected, actual }];
    }
    const names = Object.keys({ ...expected, ...actual });
    return names.flatMap((attribute) =>
      isSame(expected[attribute], actual[attribute])
        ? []
        : [{ address: String(address), attribute, expected: expected[attribute], actual: actual[attribute] }],
    );
  });
}

function isSame(value: unknown, otherValue: unknown): boolean {
  return canonical(value) === canonical(otherValue);
}
