import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

test("the types hold, and neither the linter nor the formatter has anything to say", () => {
  expect(spawnSync("npm", ["run", "--silent", "lint"], { encoding: "utf8" })).toMatchObject({ status: 0 });
});

test("one file imports the framework, and one beside it the AWS provider's bindings", () => {
  const sources = ["modules", "stacks", "cli"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  );
  const naming = (name: RegExp) =>
    sources.filter((path) => path.endsWith(".ts") && name.test(readFileSync(path, "utf8")));
  expect(naming(/(from|import|require|resolve)\W{1,2}(cdkt[fn]|constructs)["'/]/)).toEqual([
    "modules/support-app/framework.ts",
  ]);
  expect(naming(/@cdkt[fn]\//)).toEqual(["modules/support-app/aws-bindings.ts"]);
});
