import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const ENTRY = "room.ts";

/** The files of tests in a folder, and in those below it that have no entry of their own. */
function testsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return existsSync(join(path, ENTRY)) ? [] : testsIn(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

/** Jest loads the libraries again for every file: for it, a room is one. What a file's tests set in the environment, spy on or stop the clock for ends with them. */
export function loadTests(folder: string): void {
  const paths = testsIn(folder).sort();
  // Mutation testing tries the tests of the one folder that it changes.
  const changed = paths.filter((path) => path.includes(`/__tests__/${process.env.MUTATION_FOLDER}/`));
  const cwd = process.cwd();
  for (const path of changed.length > 0 ? changed : paths) {
    describe(relative("__tests__", path), () => {
      const { env } = process;
      beforeAll(() => {
        process.env = { ...env };
      });
      require(path);
      afterAll(() => {
        process.env = env;
        jest.restoreAllMocks();
        jest.useRealTimers();
        const leftFolder = process.cwd();
        process.chdir(cwd); // so that the next files don't fail, too
        expect(leftFolder).toBe(cwd);
      });
    });
  }
}
