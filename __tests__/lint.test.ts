import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

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

test("the linter refuses the framework and the bindings anywhere else", () => {
  const names = ["cdktf", "cdktf/lib/app", "cdktn", "constructs", "@cdktf/provider-aws", "@cdktn/provider-aws/lib/vpc"];
  const folder = mkdtempSync(join(tmpdir(), "support-app-lint-"));
  try {
    for (const file of ["biome.json", ".gitignore"]) cpSync(file, join(folder, file));
    for (const [index, name] of names.entries()) {
      writeFileSync(join(folder, `${index}.ts`), `import { one } from "${name}";\n\none();\n`);
    }
    const biome = resolve("node_modules/.bin/biome");
    const { stdout, status } = spawnSync(biome, ["lint", "--reporter=github"], { cwd: folder, encoding: "utf8" });
    expect(status).toBe(1);
    const refused = stdout.split("\n").filter((line) => line.includes("Import it from modules/support-app/framework"));
    expect(refused.map((line) => line.match(/(\d\.ts),/)?.[1]).sort()).toEqual(names.map((_, index) => `${index}.ts`));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
