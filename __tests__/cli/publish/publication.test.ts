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
    expect(files["README.md"]).toMatchSnapshot();
    expect(files["modules/support-app-account/README.md"]).toMatchSnapshot();
    expect(files["modules/support-app-full/README.md"]).toMatchSnapshot();
    expect(files["environments/production/README.md"]).toMatchSnapshot();
    const access = JSON.parse(files["access.json"] ?? "");
    expect(access).toMatchObject({ schemaVersion: 1, version: "1.2.0" });
    const [production] = access.environments;
    expect(production.channels).toEqual([
      { workspace: "T01", channel: "C01", name: "support-watch", access: "read-only", capabilities: ["view-cases"] },
      {
        workspace: "T01",
        channel: "C02",
        name: "support-oncall",
        access: "full",
        capabilities: [
          "view-cases",
          "create-cases",
          "reply-to-cases",
          "attach-files",
          "live-chat",
          "request-quota-increases",
        ],
      },
    ]);
    expect(production.accesses[1]).toMatchObject({
      roleArn: "arn:aws:iam::444455556666:role/AWSSupportAppFullRole",
      permissionsBoundary: "arn:aws:iam::444455556666:policy/boundary",
      trust: { Statement: [{ Principal: { Service: ["supportapp.amazonaws.com"] }, Action: ["sts:AssumeRole"] }] },
    });
    expect(production.accesses[1].policy.Statement[1]).toEqual({
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: ["*"],
      Condition: { StringEquals: { "iam:AWSServiceName": ["servicequotas.amazonaws.com"] } },
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

test("an end is in access.json, on the page and in the README, and without ends nothing mentions them", async () => {
  const plain = await published();
  const folder = await published(
    YAML.replace(
      "without: [resolve-cases]",
      "without: [resolve-cases]\n      temporarily: [{ capability: resolve-cases, until: 2026-12-31T18:00:00+01:00 }]",
    ),
  );
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const [production, staging] = JSON.parse(read("access.json")).environments;
  const given = {
    capabilities: expect.arrayContaining(["resolve-cases"]),
    until: { "resolve-cases": "2026-12-31T17:00:00Z" },
  };
  expect(production.accesses[1]).toMatchObject(given);
  expect(production.channels).toContainEqual(expect.objectContaining({ ...given, name: "support-oncall" }));
  expect(production.accesses[1].policy.Statement).toContainEqual(
    expect.objectContaining({ Condition: { DateLessThan: { "aws:CurrentTime": ["2026-12-31T17:00:00Z"] } } }),
  );
  expect(JSON.stringify(staging)).not.toContain("until");
  expect(read("access.html")).toContain("resolve cases (until 2026-12-31T17:00:00Z)");
  expect(read("access.html")).toContain('"until":{"resolve-cases":["2026-12-31T17:00:00Z","2026-12-31T17:00:00Z"]}');
  expect(read("environments/production/README.md")).toContain("resolve-cases (until 2026-12-31T17:00:00Z)");
  expect(read("environments/production/README.md")).toContain("IAM enforces that");
  for (const name of ["access.json", "environments/production/README.md"]) {
    expect(readFileSync(join(plain, name), "utf8")).not.toMatch(/until|DateLessThan/);
  }
});

test("an environment that adopts has import blocks, and its README says what happens", async () => {
  const yaml = YAML.replace(
    "read-only: {} }",
    "full: { adopt: true, service-quotas-role: adopt }, deploy-role: 'arn:aws:iam::111122223333:role/deploy' }",
  );
  const folder = await published(yaml);
  const read = (file: string) => readFileSync(join(folder, "environments/staging", file), "utf8");
  expect(read("main.tf").match(/^import \{$/gm)).toHaveLength(6);
  expect(read("README.md")).toContain("The first `apply` imports the handmade roles and policies.");
  expect(read("README.md")).toContain("The Service Quotas role is never destroyed");
  expect(read("README.md")).toContain("\nremoved {\n  from = aws_iam_service_linked_role.service_quotas\n");
  expect(read("main.tf")).not.toMatch(/^removed /m);
  expect(read("README.md")).toContain("with credentials that may assume `arn:aws:iam::111122223333:role/deploy`.");
});

test("an environment that doesn't manage the Service Quotas role hands back one that it had, without a word in the README", async () => {
  const folder = await published();
  const read = (file: string) => readFileSync(join(folder, "environments/staging", file), "utf8");
  expect(read("main.tf")).toContain("\nremoved {\n  from = aws_iam_service_linked_role.service_quotas\n");
  expect(read("README.md")).not.toContain("Service Quotas role");
  for (const module of ["full", "read-only"]) {
    expect(readFileSync(join(folder, `modules/support-app-${module}/main.tf`), "utf8")).not.toMatch(/^removed /m);
  }
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
