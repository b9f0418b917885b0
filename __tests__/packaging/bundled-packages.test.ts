import type { Metafile } from "esbuild";
import { packagesIn } from "../../packaging/bundled-packages";

const bundleOf = (files: Readonly<Record<string, number>>) =>
  ({
    outputs: {
      "dist/a.js": {
        inputs: Object.fromEntries(
          Object.entries(files).map(([file, bytesInOutput]) => [file, { bytesInOutput }] as const),
        ),
      },
    },
  }) as unknown as Metafile;

const locked = (license?: string) => ({ version: "1.2.3", integrity: "sha512-AAAA", license });
const lockOf = (packages: object) => JSON.stringify({ packages });

test("the packages of a bundle are those of which something is in it, also inside another package", () => {
  const bundle = bundleOf({
    "cli/program.ts": 10,
    "node_modules/@a/b/index.js": 10,
    "node_modules/@a/b/more.js": 10,
    "node_modules/@a/b/node_modules/c/index.js": 10,
    "node_modules/removed/index.js": 0,
  });
  const lock = lockOf({
    "node_modules/@a/b": locked("MIT"),
    "node_modules/@a/b/node_modules/c": locked("Apache-2.0"),
  });
  const packages = packagesIn([bundle], lock);
  expect(packages.map(({ name, license }) => [name, license])).toEqual([
    ["@a/b", "MIT"],
    ["c", "Apache-2.0"],
  ]);
});

test.each<[license: string | undefined, received: string]>([
  ["GPL-3.0-only", "GPL-3.0-only"],
  ["(MIT OR AGPL-3.0)", "(MIT OR AGPL-3.0)"],
  [undefined, "undefined"],
])("a package with the licence %s isn't bundled", (license, received) => {
  const bundle = bundleOf({ "node_modules/a/index.js": 1 });
  expect(() => packagesIn([bundle], lockOf({ "node_modules/a": locked(license) }))).toThrow(
    `Can't bundle a 1.2.3: its licence is ${received}, expected 0BSD, Apache-2.0, BSD-2-Clause, BSD-3-Clause, ISC, MIT. Replace the package.`,
  );
});

test("a package that the lock file doesn't have isn't bundled", () => {
  const bundle = bundleOf({ "node_modules/a/index.js": 1 });
  expect(() => packagesIn([bundle], lockOf({}))).toThrow("node_modules/a isn't in package-lock.json");
});
