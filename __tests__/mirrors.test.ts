import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";

const INIT_FILES = join("cli", "commands", "init", "files") + sep; // which init copies into another repository

/** What no test file can say anything about, and what proves it instead. */
const WITHOUT: Readonly<Record<string, string>> = {
  "cli/commands/publish/page/data.ts": "types",
  "cli/commands/publish/page/script.ts": "a browser runs it in e2e/page.e2e.ts",
  "cli/github/jobs.ts": "three constants",
  "cli/terraform/unreadable.ts": "types, and their words, which report/phrases.test.ts prints some of",
  "modules/support-app/aws-bindings.ts":
    "it exports the bindings again; cli/rooms.test.ts proves that nothing else names them",
  "modules/support-app/framework.ts":
    "it exports the framework again; cli/rooms.test.ts proves that nothing else names it",
  "modules/support-app/model/access.ts": "types",
  "packaging/commands-reference.ts": "docs/commands.md, with which references.test.ts compares all of it",
  "stacks/input-error.ts": "a class with one field",
  "stacks/portable/channel-variables.ts": "published-module.test.ts and published-root.test.ts have all that it makes",
  "stacks/portable/module-parts.ts": "the tests of the modules, beside it, have all that it makes",
  "stacks/portable/module-variable.ts": "the tests of the modules, beside it, have all that it makes",
  "stacks/portable/module-variables.ts": "published-module.test.ts has all that it makes",
};

test("every source file has a test file in its mirror, or a reason for having none", () => {
  const sources = ["modules", "stacks", "cli", "packaging"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(folder, path))
      .filter((path) => !path.startsWith(INIT_FILES)),
  );
  const without = sources.filter((path) =>
    ["test.ts", "integration.test.ts"].every((suffix) => !existsSync(join("__tests__", path.replace(/ts$/, suffix)))),
  );
  expect(without.map((path) => path.split(sep).join("/")).sort()).toEqual(Object.keys(WITHOUT));
});
