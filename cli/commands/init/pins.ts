import { basename } from "node:path";
import semver from "semver";
import { groupByKey } from "../../../common/group-by-key";

/** Three texts of a file, or pins: as it was written, as somebody changed it here, and as this version writes it. */
export type Texts = Readonly<Record<"base" | "ours" | "theirs", string>>;

/** An action of GitHub, and the commit it is pinned to, with the comment that names the version. */
const USES = /(?<=^ *(?:- )?uses: )([\w.-]+\/[\w./-]+)@(\S+(?: +#.*)?)$/gm;

/** The version of Terraform that a step installs. */
const TERRAFORM = /^ *terraform_version: *["']?(.*?)["']? *(?: #.*)?$/gm;

/**
 * Gives each action the same pin in all three texts, so that pins are merged by themselves: whichever side has changed
 * it, and the newer one if both have. What isn't clear stays, and is a conflict: an action with several pins in one
 * text, an older one that was chosen here, a version that isn't written beside it.
 */
export function alignPins(texts: Texts): Texts {
  const pins = { base: pinsIn(texts.base), ours: pinsIn(texts.ours), theirs: pinsIn(texts.theirs) };
  const agreedPins = new Map<string, string>();
  for (const [action, basePins] of pins.base) {
    // An action that one side has removed is unchanged there, so that the other side's bump is no conflict.
    const sides = [basePins, pins.ours.get(action) ?? basePins, pins.theirs.get(action) ?? basePins];
    if (sides.some(({ size }) => size > 1)) continue;
    const [base = "", ours = "", theirs = ""] = sides.flatMap((side) => [...side]);
    const pin = mergedPin({ base, ours, theirs });
    if (pin !== undefined) agreedPins.set(action, pin);
  }
  const align = (text: string) =>
    text.replace(USES, (uses: string, action: string) => {
      const pin = agreedPins.get(action);
      return pin === undefined ? uses : `${action}@${pin}`;
    });
  return { base: align(texts.base), ours: align(texts.ours), theirs: align(texts.theirs) };
}

/** The pins in a text of actions that this version pins otherwise, each once. Whether a commit is of the version beside it isn't known. */
export function unknownPins(text: string, files: Iterable<string>): string[] {
  const knownPins = pinsIn([...files].join("\n"));
  return [...pinsIn(text)].flatMap(([action, pins]) => {
    const releases = knownPins.get(action);
    return releases === undefined ? [] : [...pins].filter((pin) => !releases.has(pin)).map((pin) => `${action}@${pin}`);
  });
}

/** The versions of Terraform that workflows install, if there are several: each with the names of the files. */
export function severalTerraforms(texts: ReadonlyMap<string, string>): (readonly [version: string, names: string[]])[] {
  const versions = [...texts].flatMap(([path, text]) =>
    [...text.matchAll(TERRAFORM)].map(([, version = ""]) => ({ version, name: basename(path) })),
  );
  const byVersion = groupByKey(versions, ({ version }) => version);
  if (byVersion.size < 2) return [];
  return [...byVersion].map(([version, uses]) => [version, [...new Set(uses.map(({ name }) => name))]]);
}

function pinsIn(text: string): Map<string, Set<string>> {
  const pins = new Map<string, Set<string>>();
  for (const [, action = "", pin = ""] of text.matchAll(USES)) {
    pins.set(action, (pins.get(action) ?? new Set()).add(pin));
  }
  return pins;
}

function mergedPin({ base, ours, theirs }: Texts): string | undefined {
  if (ours === base) return theirs;
  if (theirs === base || theirs === ours) return ours;
  const versions = [base, ours, theirs].flatMap((pin) => versionOf(pin) ?? []);
  const [baseVersion, ourVersion, theirVersion] = versions;
  if (baseVersion === undefined || ourVersion === undefined || theirVersion === undefined) return undefined;
  if (semver.lt(ourVersion, baseVersion) || semver.eq(ourVersion, theirVersion)) return undefined;
  return semver.gt(ourVersion, theirVersion) ? ours : theirs;
}

/** The version in a pin's comment, or the tag that it is. */
function versionOf(pin: string): semver.SemVer | null {
  const [ref = "", comment = ref] = pin.split(/ +# */);
  return /^v?\d+(?:\.\d+){0,2}$/.test(comment) ? semver.coerce(comment) : null;
}
