import { readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleFiles, moduleNames } from "../../../../cli/commands/publish/module-files";
import { filesOf } from "../../../docs/pages";

test("a publication has every file of the folder terraform as it is, and the license in each module", () => {
  const files = moduleFiles();
  const inRepository = filesOf("terraform").map((path) => path.slice("terraform/".length));
  const licenses = ["", ...moduleNames().map((name) => `modules/${name}/`)].map((folder) => `${folder}LICENSE`);
  expect([...files.keys()].sort()).toEqual([...inRepository, ...licenses].sort());
  for (const path of inRepository) expect(files.get(path)).toBe(readFileSync(join("terraform", path), "utf8"));
  expect(files.get("modules/support-app-account/LICENSE")).toBe(readFileSync("LICENSE", "utf8"));
});
