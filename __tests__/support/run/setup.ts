import { accessSync, constants, mkdirSync, mkdtempSync, statfsSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What a caller may have set for something else. */
const FOREIGN = /^((AWS|CDKTF|GITHUB|SUPPORT_APP|SYNTH|TF)_|(NO|FORCE)_COLOR$|CI$)/;

/** A folder in memory, where there is enough: the tests write and remove thousands of files. */
function memory(): string | undefined {
  const folder = "/dev/shm";
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > 1e9 ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Every run has a temporary folder of its own: what a test leaves there is seen, and its path is an awkward one. */
export default function setup(): void {
  for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
  process.env.NODE_DISABLE_COMPILE_CACHE = "1"; // of TypeScript and npm, which would be in the temporary folder
  // Tests read this file, and never the one of the project, which is somebody's own.
  process.env.SUPPORT_APP_ENVIRONMENTS = resolve("__tests__/fixtures/environments.yaml");
  const folder = mkdtempSync(join(process.env.TMPDIR ?? memory() ?? tmpdir(), "support-app-tests-"));
  mkdirSync(join(folder, "ein Ordner für Tests"));
  process.env.COMPILED_SOURCES = join(folder, "compiled"); // there once a test needs them
  symlinkSync("ein Ordner für Tests", join(folder, "link to it"));
  process.env.TMPDIR = join(folder, "link to it");
}
