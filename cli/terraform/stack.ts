import { canonical } from "../../common/canonical";
import { isFields } from "../../common/fields";
import { fieldsIn } from "../../common/json";
import { packageJson } from "../../common/package-files";
import { zipByKey } from "../../common/zip-by-key";
import type { Environment } from "../../stacks/environments/environment";
import { ENVIRONMENT_FILE, readEnvironmentFile } from "../../stacks/output/environment-file";
import { DIGEST_OUTPUT } from "../../stacks/output/stack-digest";
import { isHarmless, withoutLabels } from "./additions";
import { elsewhereInEntry, elsewhereInStack } from "./elsewhere";
import { type Block, blocksIn, type Entries, type Entry, entriesIn, withoutDigest } from "./entries";
import { type EnvironmentAccess, environmentAccess, NO_ACCESS } from "./environment-access";
import type { SynthesizedStack, TerraformJson } from "./synthesized-folder";
import type { Unreadable } from "./unreadable";

/** A synthesized stack: what it was written from, and whatever isn't as the constructs write it from that. */
export interface Stack {
  readonly terraform: TerraformJson;
  /** Its resources and data sources, by address. */
  readonly blocks: ReadonlyMap<string, Block>;
  /** Undefined: none is beside it in the form that this version writes. */
  readonly environment?: Environment;
  /** What its environment gives. Without an environment, nothing is known. */
  readonly access: EnvironmentAccess;
  /** Empty: the stack is what its environment says, and whatever stands beside that gives nobody anything. */
  readonly unreadable: readonly Unreadable[];
}

/** Reads a stack, and lets the constructs write it again. */
export function readStack(name: string, { terraform, environmentFile }: SynthesizedStack): Stack {
  const { source, writtenBy } = readEnvironmentFile(name, environmentFile);
  const entries = entriesOf(terraform);
  const blocks = blocksIn(entries);
  if (!source) {
    const missing: Unreadable = { reason: "no-environment", address: ENVIRONMENT_FILE, source: environmentFile };
    const unreadable = [...ofOtherVersion(writtenBy), missing, ...elsewhereInStack(terraform)];
    return { terraform, blocks, access: NO_ACCESS, unreadable };
  }
  const { writtenStack }: typeof import("../../stacks/written-stack") = require("../../stacks/written-stack"); // the framework is loaded only for what changes
  const unreadable = differences(entriesIn(writtenStack(source)), entries);
  const { environment } = source;
  const explanation = unreadable.length > 0 ? ofOtherVersion(writtenBy) : [];
  return {
    terraform,
    blocks,
    environment,
    access: environmentAccess(environment),
    unreadable: [...explanation, ...unreadable],
  };
}

/** That another version wrote a stack, which may write everything otherwise. */
function ofOtherVersion(writtenBy: string | undefined): Unreadable[] {
  const { version: thisVersion } = packageJson();
  if (writtenBy === undefined || writtenBy === thisVersion) return [];
  return [{ reason: "other-version", address: ENVIRONMENT_FILE, source: { writtenBy, thisVersion } }];
}

/** What a stack has, without a digest that is right. */
export function entriesOf(terraform: TerraformJson): Entries {
  return entriesIn(withoutDigest(terraform));
}

/** What one of two stacks has and the other one hasn't, or has otherwise. */
export function changedEntries(before: TerraformJson = {}, after: TerraformJson = {}): Unreadable[] {
  const [from, to] = [before, after].map(entriesOf) as [Entries, Entries];
  return zipByKey(from, to).flatMap(([, entry, entryAfter]): Unreadable[] => {
    if (canonical(entry?.value ?? null) === canonical(entryAfter?.value ?? null)) return [];
    const { address } = (entryAfter ?? entry) as Entry;
    return [{ reason: "changed", address, source: entryAfter?.value }];
  });
}

/** Where a stack isn't what the constructs write, or has more that may affect access. */
export function differences(writtenEntries: Entries, entries: Entries): Unreadable[] {
  const addresses = new Set([...entries.values()].map(({ address }) => address));
  return [
    ...[...writtenEntries].flatMap(([key, { address }]): Unreadable[] =>
      entries.has(key) ? [] : [{ reason: "missing", address }],
    ),
    ...[...entries].flatMap(([key, entry]) => {
      const expected = writtenEntries.get(key);
      if (expected && canonical(withoutLabels(expected)) === canonical(withoutLabels(entry))) return [];
      return elsewhereInEntry(entry) ?? (expected ? differing(entry, expected) : additional(entry, addresses));
    }),
  ];
}

/** An entry that isn't as it is written, with those of its arguments that differ. */
function differing({ address, value }: Entry, expected: Entry): Unreadable {
  if (!isFields(value)) return { reason: "differs", address, source: value };
  const before = fieldsIn(expected.value);
  const names = Object.keys({ ...before, ...value }).filter(
    (name) => canonical(value[name] ?? null) !== canonical(before[name] ?? null),
  );
  const source = names.length === 0 ? value : Object.fromEntries(names.map((name) => [name, value[name] ?? null]));
  return { reason: "differs", address, source };
}

function additional(entry: Entry, addresses: ReadonlySet<string>): Unreadable | [] {
  const { address, value } = entry;
  if (address === `output.${DIGEST_OUTPUT}`) return { reason: "wrong-digest", address, source: value }; // a right one was left out before
  return isHarmless(entry, addresses) ? [] : { reason: "unknown-addition", address, source: value };
}
