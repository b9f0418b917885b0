import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { format } from "@cdktf/hcl-tools";
import { filesOf, publishingInTests, YAML } from "./publishing";

const { scratch, publish, newFolder, published } = publishingInTests();

describe("what is published", () => {
  test("is Terraform in the style of terraform fmt", async () => {
    const terraform = Object.entries(filesOf(await published())).filter(([path]) => /\.(tf|hcl)$/.test(path));
    expect(terraform.length).toBeGreaterThan(20);
    for (const [path, text] of terraform) expect({ path, text }).toEqual({ path, text: await format(text) });
  });

  test("is modules, roots, and who can do what where", async () => {
    const files = filesOf(await published());
    expect(Object.keys(files)).toMatchSnapshot();
    expect(JSON.parse(files["access.json"] ?? "")).toMatchObject({
      schemaVersion: 1,
      version: "1.2.0",
      environments: [{ name: "production" }, { name: "staging" }],
    });
  });

  test("is the same, wherever and whenever it is generated", async () => {
    process.env.TZ = "Pacific/Kiritimati";
    const first = filesOf(await published());
    process.env.TZ = "America/Anchorage";
    const reordered = `${YAML.split("  staging:")[0]}`.replace("environments:\n", "");
    const staging = YAML.slice(YAML.indexOf("  staging:"));
    const second = filesOf(await published(`environments:\n${staging}${reordered}`));
    expect(second).toEqual(first);
  });

  test("has the checksums of its files", async () => {
    const { SHA256SUMS = "", ...files } = filesOf(await published());
    const sums = Object.fromEntries(
      SHA256SUMS.trim()
        .split("\n")
        .map((line) => line.split("  ").reverse()),
    );
    const sumOf = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(sums).toEqual(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sumOf(text)])));
  });

  test("contains nothing about the machine, no time, and no comment from CDKTF", async () => {
    const all = Object.values(filesOf(await published())).join("\n");
    for (const trace of [
      scratch,
      process.cwd(),
      hostname(),
      `/${userInfo().username}/`,
      '"//"',
      new Date().toISOString().slice(0, 10),
    ]) {
      expect(all).not.toContain(trace);
    }
    expect(all).not.toMatch(/\d{2}:\d{2}:\d{2}/);
  });

  test("has modules without a provider and a backend, and roots without a backend", async () => {
    const files = filesOf(await published());
    for (const [path, text] of Object.entries(files)) {
      if (!path.endsWith(".tf")) continue;
      expect(text).not.toMatch(/^\s*backend /m);
      expect({ path, hasProvider: /^provider /m.test(text) }).toEqual({
        path,
        hasProvider: path.includes("examples/") || /^environments\/\w+\/main\.tf$/.test(path),
      });
    }
    for (const module of ["", "modules/support-app-full/", "modules/support-app-account/"]) {
      expect(files[`${module}versions.tf`]).toContain('version = ">= 5.100.0"');
      expect(files[`${module}LICENSE`]).toContain("Apache License");
    }
    expect(files["environments/staging/main.tf"]).toContain('allowed_account_ids = ["111122223333"]');
  });

  test("has the package's version by default", async () => {
    const folder = newFolder();
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 0 });
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))).toMatchObject({ version });
  });
});

describe("a retired environment", () => {
  const oneRetired = YAML.replace("read-only: {} }", "read-only: {}, retired: true }");

  test("isn't published: there is no root for it, and nobody can do anything there", async () => {
    const files = filesOf(await published(oneRetired));
    expect(Object.keys(files).filter((path) => path.includes("staging"))).toEqual([]);
    for (const file of ["access.json", "manifest.json"]) {
      expect(files[file]).toContain("production");
      expect(files[file]).not.toContain("staging");
    }
    expect(files["access.html"]).not.toContain("111122223333");
  });

  test("counts as access that is taken, compared with an earlier publication", async () => {
    const folder = await published(oneRetired, "--since", await published());
    expect(readFileSync(join(folder, "access.html"), "utf8")).toContain(
      '<li class="takes"><b>staging</b>: The role AWSSupportAppReadOnlyRole is removed.</li>',
    );
  });

  test("may be the last one: the modules and an empty list are published", async () => {
    const last = "environments: { old: { account: '111122223333', region: us-east-1, full: {}, retired: true } }";
    const files = filesOf(await published(last));
    expect(JSON.parse(files["access.json"] ?? "").environments).toEqual([]);
    expect(JSON.parse(files["manifest.json"] ?? "").environments).toEqual([]);
    expect(Object.keys(files).filter((path) => path.startsWith("environments"))).toEqual([]);
    expect(files["modules/support-app-full/main.tf"]).toBeDefined();
  });
});
