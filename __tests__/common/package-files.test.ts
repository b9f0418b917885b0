import { tmpdir } from "node:os";
import { packageJson, readPackageFile } from "../../common/package-files";
import * as manifest from "../../package.json";

const ROOT = process.cwd();
afterEach(() => process.chdir(ROOT));

test("files of this package are found from any folder, and package.json is this package's own", () => {
  process.chdir(tmpdir());
  const { name, version, peerDependencies, devDependencies } = manifest;
  expect(packageJson()).toMatchObject({ name, version, peerDependencies, devDependencies });
  expect(JSON.parse(readPackageFile("package.json"))).toEqual(packageJson());
  expect(readPackageFile("stacks/environments.schema.json")).toMatch(/^\{\n/);
});

test("a file that the package doesn't have is a bug, and isn't hidden", () => {
  expect(() => readPackageFile("nothing.json")).toThrow("ENOENT");
});
