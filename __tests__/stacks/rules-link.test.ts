import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironments } from "../../stacks/environments/environments";
import { file } from "./ruled-environments";

describe("an environment file that is a link", () => {
  const FREE = file("full: {}");
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), "rules-link-"));
    for (const name of ["given", "real"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "real/environments.yaml"), FREE);
    symlinkSync("../real/environments.yaml", join(folder, "given/environments.yaml"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const load = () => loadEnvironments(join(folder, "given/environments.yaml"));
  const rule = (path: string, rules: string) => writeFileSync(join(folder, path), rules);

  test("keeps the rules in the folder of its name", () => {
    expect(load).not.toThrow();
    rule("given/rules.yaml", "all: { access-levels: [read-only] }");
    expect(load).toThrow("environments.a.full: received full, expected only read-only");
  });

  test.each([
    ["none", undefined],
    ["others", "all: {}"],
  ])("can't lead away from rules to %s", (_, rules) => {
    rule("real/rules.yaml", "all: { access-levels: [read-only] }");
    if (rules !== undefined) rule("given/rules.yaml", rules);
    const at = (path: string) => join(folder, path);
    expect(load).toThrow(
      `${at("given/environments.yaml")} has an error. Nothing was written.\n${at("given/environments.yaml")}: received a link to ${at("real/environments.yaml")}, beside which there are other rules, expected no rules but ${at("given/rules.yaml")}. Set SUPPORT_APP_ENVIRONMENTS to ${at("real/environments.yaml")}, or make ${at("given/rules.yaml")} a link to ${at("real/rules.yaml")}.`,
    );
  });

  test("can't lead away from rules with a name that nothing reads, or through a folder's parent", () => {
    rule("real/rules.yml", "all: {}");
    expect(load).toThrow("beside which there are other rules");
    rmSync(join(folder, "real/rules.yml"));
    rule("real/rules.yaml", "all: {}");
    mkdirSync(join(folder, "real/inner"));
    symlinkSync("../real/inner", join(folder, "given/inner"));
    // The system goes to real, and the name to given.
    expect(() => loadEnvironments(`${folder}/given/inner/../environments.yaml`)).toThrow(
      "beside which there are other rules",
    );
  });

  test("has the rules of the file if they are a link, too, or the whole folder is one", () => {
    rule("real/rules.yaml", "all: { access-levels: [read-only] }");
    symlinkSync("../real/rules.yaml", join(folder, "given/rules.yaml"));
    symlinkSync("real", join(folder, "folder"));
    for (const given of ["given", "folder"]) {
      expect(() => loadEnvironments(join(folder, given, "environments.yaml"))).toThrow(
        "environments.a.full: received full, expected only read-only",
      );
    }
  });

  test("may lead to another name in its own folder", () => {
    rule("real/rules.yaml", "all: { access-levels: [full] }");
    symlinkSync("environments.yaml", join(folder, "real/other.yaml"));
    expect(() => loadEnvironments(join(folder, "real/other.yaml"))).not.toThrow();
  });
});
