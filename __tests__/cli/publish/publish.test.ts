import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { basename, join } from "node:path";
import tty from "node:tty";
import { format } from "@cdktf/hcl-tools";
import { runSupportApp } from "../../../cli/program";
import { accessPage } from "../../../cli/publish/access-page";
import { fleetDocument } from "../../support/fleet";
import { printedInTests } from "../../support/printed";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "support-app-publish-")));
afterAll(() => rmSync(scratch, { recursive: true }));

const printed = printedInTests();
afterEach(() => {
  delete process.env.SUPPORT_APP_ENVIRONMENTS;
  delete process.env.TZ;
});

const YAML = `environments:
  production:
    account: "444455556666"
    region: us-east-1
    account-alias: Payments
    read-only: { policy: aws-managed, channels: [{ name: support-watch, workspace: T01, channel: C01 }] }
    full:
      without: [resolve-cases]
      permissions-boundary: arn:aws:iam::444455556666:policy/boundary
      channels: [{ name: support-oncall, workspace: T01, channel: C02 }]
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
`;

async function publish(yaml: string, ...args: string[]): Promise<{ status: number; output: string }> {
  const file = join(scratch, "environments.yaml");
  writeFileSync(file, yaml);
  process.env.SUPPORT_APP_ENVIRONMENTS = file;
  const status = await runSupportApp(["publish", ...args]);
  return { status, output: printed.splice(0).join("\n") };
}

let folders = 0;
const newFolder = () => join(scratch, `folder-${folders++}`);

/** A published folder. */
async function published(yaml = YAML, ...args: string[]): Promise<string> {
  const folder = newFolder();
  expect(await publish(yaml, "--out", folder, "--version", "1.2.0", ...args)).toMatchObject({ status: 0 });
  return folder;
}

function filesOf(folder: string, below = ""): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(folder, below), { withFileTypes: true })
      .flatMap((entry) => {
        const path = join(below, entry.name);
        return entry.isDirectory()
          ? Object.entries(filesOf(folder, path))
          : [[path, readFileSync(join(folder, path), "utf8")]];
      })
      .sort(),
  );
}

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

describe("the change since an earlier publication", () => {
  const since = async (before: string, after: string) => {
    const folder = await published(after, "--since", await published(before));
    const page = readFileSync(join(folder, "access.html"), "utf8");
    return [...page.matchAll(/<li class="(gives|takes)"><b>([^<]*)<\/b>: ([^<]*)<\/li>/g)].map(
      ([, which, environment, text]) =>
        `${which} ${environment}: ${text?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))}`,
    );
  };

  test("is described in each module's README, for the given version", async () => {
    const earlier = await published();
    const files = filesOf(await published(YAML, "--version", "2.0.0", "--since", earlier));
    const readmes = Object.entries(files).filter(([path]) => path.endsWith("README.md") && !path.startsWith("env"));
    expect(readmes.map(([path]) => path)).toHaveLength(5);
    for (const [, readme] of readmes) {
      expect(readme).toContain("Version 2.0.0. ");
      expect(readme).toContain("From version `1.2.0` to 2.0.0, nothing in the modules needs your attention.");
    }
    const manifest = join(earlier, "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/ {2}"generatorVersion": .*\n/, ""));
    const unknown = await published(YAML, "--version", "2.0.0", "--since", earlier);
    expect(readFileSync(join(unknown, "README.md"), "utf8")).toContain(
      "From version `1.2.0` to 2.0.0:\n\n- The first version.\n",
    );
  });

  test("is empty if nothing changed", async () => {
    const folder = await published(YAML, "--since", await published());
    expect(readFileSync(join(folder, "access.html"), "utf8")).toContain("<p>Nobody's access has changed.</p>");
  });

  test.each<[string, string, string, string[]]>([
    [
      "a capability",
      "[resolve-cases]",
      "[live-chat]",
      [
        "gives production: Channels that were configured by hand with AWSSupportAppFullRole gain resolve-cases.",
        "takes production: Channels that were configured by hand with AWSSupportAppFullRole lose live-chat.",
        "gives production: People in #support-oncall gain resolve-cases.",
        "takes production: People in #support-oncall lose live-chat.",
      ],
    ],
    [
      "a channel that is added and one that is removed",
      "channel: C02",
      "channel: C03",
      [
        "takes production: #support-oncall is removed.",
        "gives production: #support-oncall is added, with view-cases, create-cases, reply-to-cases, attach-files, live-chat, request-quota-increases.",
      ],
    ],
    [
      "a channel's name",
      "name: support-watch",
      "name: watch",
      ["takes production: #support-watch is now called #watch."],
    ],
    [
      "the first channel of a role",
      "read-only: {} }",
      "read-only: { channels: [{ name: a, workspace: T01, channel: C09 }] } }",
      ["gives staging: #a is added, with view-cases."],
    ],
    [
      "an environment",
      "  staging: {",
      "  qa: {",
      [
        "gives qa: The role AWSSupportAppReadOnlyRole is added, with view-cases.",
        "takes staging: The role AWSSupportAppReadOnlyRole is removed.",
      ],
    ],
    [
      "the account",
      "111122223333",
      "999999999999",
      [
        "gives staging: The account changes: 111122223333 → 999999999999.",
        "gives staging: The role arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole is replaced by arn:aws:iam::999999999999:role/AWSSupportAppReadOnlyRole. A channel that was configured by hand keeps the old one, which is removed.",
      ],
    ],
    [
      "an AWS managed policy instead",
      "policy: aws-managed, ",
      "",
      ["gives production: The role AWSSupportAppReadOnlyRole has a customer managed policy now, instead of AWS's own."],
    ],
    [
      "a boundary that is removed",
      "      permissions-boundary: arn:aws:iam::444455556666:policy/boundary\n",
      "",
      [
        "gives production: The role AWSSupportAppFullRole has a different permissions boundary: arn:aws:iam::444455556666:policy/boundary → none.",
      ],
    ],
    [
      "a boundary that is added",
      "read-only: {} }",
      "read-only: { permissions-boundary: arn:aws:iam::111122223333:policy/b } }",
      [
        "takes staging: The role AWSSupportAppReadOnlyRole has a different permissions boundary: none → arn:aws:iam::111122223333:policy/b.",
      ],
    ],
    [
      "a condition in the trust",
      "read-only: {} }",
      "read-only: { source-account-condition: true } }",
      [
        "takes staging: The role AWSSupportAppReadOnlyRole may be assumed in fewer cases: the Support App may no longer work with it.",
      ],
    ],
    [
      "a change within the same capabilities",
      "without: [resolve-cases]",
      "without: [resolve-cases]\n      service-quotas-role: existing",
      ["takes production: The role AWSSupportAppFullRole has a different policy with the same capabilities."],
    ],
    [
      "a temporary capability",
      "without: [resolve-cases]",
      "without: [resolve-cases]\n      temporarily: [{ capability: resolve-cases, until: 2026-12-31 }]",
      [
        "gives production: Channels that were configured by hand with AWSSupportAppFullRole gain resolve-cases (until the end of 2026-12-31 (UTC)).",
        "gives production: People in #support-oncall gain resolve-cases (until the end of 2026-12-31 (UTC)).",
      ],
    ],
    [
      "an end of everything",
      "read-only: {} }",
      "read-only: { until: 2026-12-31 } }",
      [
        "takes staging: Channels that were configured by hand with AWSSupportAppReadOnlyRole keep for a shorter time than before view-cases (until the end of 2026-12-31 (UTC)).",
      ],
    ],
  ])("is reported: %s", async (_, from, to, expected) => {
    expect(YAML).toContain(from);
    expect(await since(YAML, YAML.replace(from, to))).toEqual(expected);
  });

  test("says when an end becomes later or earlier, and that something new has an end", async () => {
    const until = (day: string) => YAML.replace("read-only: {} }", `read-only: { until: ${day} } }`);
    const who = "Channels that were configured by hand with AWSSupportAppReadOnlyRole";
    const [december, january] = ["2026-12-31", "2027-01-31"].map((day) => `until the end of ${day} (UTC)`);
    expect(await since(until("2026-12-31"), until("2027-01-31"))).toEqual([
      `gives staging: ${who} gain view-cases (${january}; before: ${december}).`,
    ]);
    expect(await since(until("2027-01-31"), until("2026-12-31"))).toEqual([
      `takes staging: ${who} keep for a shorter time than before view-cases (${december}; before: ${january}).`,
    ]);
    expect(await since(until("2026-12-31"), YAML)).toEqual([
      `gives staging: ${who} gain view-cases (without an end; before: ${december}).`,
    ]);
    const qa = until("2026-12-31").replace("  staging: {", "  qa: {");
    expect(await since(YAML, qa)).toContain(
      `gives qa: The role AWSSupportAppReadOnlyRole is added, with view-cases (${december}).`,
    );
  });

  test("is also reported in the other direction", async () => {
    const other = YAML.replace("read-only: {} }", "read-only: { source-account-condition: true } }")
      .replace("without: [resolve-cases]", "without: [resolve-cases]\n      service-quotas-role: existing")
      .replace("policy: aws-managed, ", "");
    expect(await since(other, YAML)).toEqual(
      [
        "gives production: The role AWSSupportAppReadOnlyRole has an AWS managed policy now, which AWS may change.",
        "gives production: The role AWSSupportAppFullRole has a different policy with the same capabilities.",
        "gives staging: The role AWSSupportAppReadOnlyRole may be assumed in more cases.",
      ].sort(
        (a, b) =>
          (a.includes("staging") ? 1 : 0) - (b.includes("staging") ? 1 : 0) || (a.includes("FullRole") ? -1 : 1),
      ),
    );
  });
});

test("a change that many environments share is listed once, with all their names in one place", () => {
  const document = { schemaVersion: 1, version: "1.1.0", environments: [] } as const;
  const change = (environment: string, text: string) => ({ environment, text, gives: true });
  const many = Array.from({ length: 11 }, (_, index) => change(`env-${index}`, "#oncall is added."));
  const few = Array.from({ length: 10 }, (_, index) => change(`env-${index}`, "#watch is added."));
  const items = (changes: typeof many) => {
    const page = accessPage({ ...document, environments: [] }, { version: "1.0.0", changes });
    const said = [...page.matchAll(/<li class="gives"><b>(.*)<\/b>: (.*)<\/li>/g)].map(([, where, text]) => [
      where,
      text,
    ]);
    return { said, names: /<dt>(.*)<\/dt><dd>(.*)<\/dd>/.exec(page)?.slice(1) };
  };
  expect(items(few)).toEqual({ said: few.map(({ environment, text }) => [environment, text]), names: undefined });
  expect(items([...few, ...many])).toEqual({
    said: [["11 environments", "#oncall is added."], ...few.map(({ environment, text }) => [environment, text])],
    names: ["#oncall is added.", many.map(({ environment }) => environment).join(", ")],
  });
});

test("the page of 5,000 environments with two channels each is at most 5 MB, and has every policy once", () => {
  const page = accessPage(fleetDocument(5000));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(5e6);
  expect(page.split("support:DescribeCases")).toHaveLength(3); // one of each access level
});

describe("progress", () => {
  const fifty = Array.from({ length: 50 }, (_, index) => {
    return `  env-${index}: { account: "${100_000_000_000 + index}", region: us-east-1, full: {} }\n`;
  });
  const yaml = `environments:\n${fifty.join("")}`;

  test("is one line at the start and one at the end without a terminal", async () => {
    const folder = newFolder();
    const { output } = await publish(yaml, "--out", folder);
    expect(output.split("\n")).toEqual([
      "Making environments: 50 …",
      expect.stringMatching(/^Wrote \d+ files to .*\.$/),
    ]);
  });

  test("is one updated line on a terminal, and is erased before anything else is printed", async () => {
    jest.spyOn(tty, "isatty").mockReturnValue(true);
    const environment = jest.replaceProperty(process, "env", { ...process.env, TERM: "xterm" });
    const { output } = await publish(yaml, "--out", newFolder());
    environment.restore();
    const moves = output.split("\r\u001b[K");
    expect(moves.slice(0, 2)).toEqual(["", "Making environments: 1 of 50 …\n"]);
    expect(moves.at(-1)).toMatch(/^\nWrote \d+ files to .*\.$/);
    expect(moves.slice(1, -1).filter((move) => !/^Making environments: \d+ of 50 …\n$/.test(move))).toEqual([]);
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

test("no part of a value becomes HTML", async () => {
  const evil = `<img src=x> "a" & 'b'`;
  const folder = await published();
  const earlier = JSON.parse(readFileSync(join(folder, "access.json"), "utf8"));
  earlier.environments[0].channels[0].name = evil;
  earlier.version = evil;
  writeFileSync(join(folder, "access.json"), JSON.stringify(earlier));
  const page = readFileSync(join(await published(YAML, "--since", folder), "access.html"), "utf8");
  expect(page).toContain("&#60;img src=x&#62; &#34;a&#34; &#38; &#39;b&#39;");
  expect(page).not.toContain("<img");
  expect(page).toContain("default-src 'none'; style-src 'sha256-");
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

describe("--check", () => {
  test("says whether a folder is what would be written", async () => {
    const folder = await published();
    expect(await publish(YAML, "--check", folder)).toEqual({
      status: 0,
      output: expect.stringContaining(`${folder} is what publish would write.`),
    });
    const { status, output } = await publish(YAML.replace("[resolve-cases]", "[live-chat]"), "--check", folder);
    expect(status).toBe(1);
    expect(output).toContain(
      "is not what publish would write. Publish again.\ndiffers: access.html\ndiffers: access.json\ndiffers: environments/production/README.md\n",
    );
    writeFileSync(join(folder, "extra.tf"), "");
    rmSync(join(folder, "access.html"));
    const { output: broken } = await publish(YAML, "--check", folder);
    expect(broken).toContain("missing: access.html");
    expect(broken).toContain("not ours: extra.tf");
  });

  test("of a folder that was published with --since needs the same", async () => {
    const earlier = await published();
    const folder = await published(YAML.replace("[resolve-cases]", "[live-chat]"), "--since", earlier);
    const args = [YAML.replace("[resolve-cases]", "[live-chat]"), "--check", folder] as const;
    expect(await publish(...args, "--since", earlier)).toMatchObject({ status: 0 });
    const { status, output } = await publish(...args);
    expect(status).toBe(2);
    expect(output).toContain(
      "alone, expected --since with the publication of 1.2.0 as well: its page compares with that.",
    );
  });
});

describe("a folder", () => {
  test("that publish has written is replaced as a whole", async () => {
    const folder = await published();
    expect(await publish(YAML.slice(0, YAML.indexOf("  staging:")), "--out", folder)).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, "environments/staging"))).toBe(false);
    expect(readdirSync(scratch).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test.each<[string, (folder: string, left: string) => void]>([
    [
      "between taking the old one away and putting the new one there",
      (folder, left) => {
        mkdirSync(join(left, "new"), { recursive: true });
        renameSync(folder, join(left, "old"));
      },
    ],
    ["while it wrote", (_, left) => mkdirSync(join(left, "new"), { recursive: true })],
  ])("of a run that was killed %s is healed, before anything else can fail", async (_, leave) => {
    const { pid } = spawnSync("true"); // which has ended
    for (const place of [
      `/${pid}-${Date.now()}-00-${hostname()}`, // it holds the folder
      `/1-${Date.now() - 11 * 60_000}-00-elsewhere`, // nobody knows whether it has ended, but it is old
      `-${pid}-${Date.now()}-00-${hostname()}`, // another run has taken over
    ]) {
      const folder = await published();
      leave(folder, join(scratch, `.${basename(folder)}.publishing${place}`));
      const { status } = await publish(YAML.replace("[resolve-cases]", "[resolve-case]"), "--out", folder);
      expect(status).toBe(1); // an error, before anything is written
      expect(existsSync(join(folder, "SHA256SUMS"))).toBe(true);
      expect(readdirSync(scratch).filter((name) => name.startsWith("."))).toEqual([]);
    }
  });

  test.each([
    ["on this machine", hostname(), 0],
    ["on another machine", "elsewhere", 9 * 60_000],
  ])("that another run publishes to %s is left unchanged", async (_, host, age) => {
    const folder = await published();
    const lock = join(scratch, `.${basename(folder)}.publishing`);
    const since = new Date(Date.now() - age);
    mkdirSync(join(lock, `${process.pid}-${since.getTime()}-00-${host}`), { recursive: true });
    expect(await publish(YAML, "--out", folder, "--version", "9.9.9")).toEqual({
      status: 1,
      output: `Received --out "${folder}", expected a folder that nobody else is publishing to: process ${process.pid} on "${host}" has been publishing to it since ${since.toISOString()}. Nothing was changed. Wait for it to end, then publish again. If it isn't running any more, remove "${lock}" first.`,
    });
    expect(readFileSync(join(folder, "manifest.json"), "utf8")).toContain("1.2.0");
    rmSync(lock, { recursive: true });
  });

  test("may be below folders that don't exist, which are then created", async () => {
    const folder = join(newFolder(), "a", "b");
    expect(await publish("environments: {}\n", "--out", folder)).toMatchObject({ status: 1 });
    expect(existsSync(join(folder, "../.."))).toBe(false);
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 0 });
  });

  test("is published without a temporary folder", async () => {
    const { TMPDIR = tmpdir() } = process.env;
    process.env.TMPDIR = "/dev/null";
    expect(await publish(YAML, "--out", newFolder())).toMatchObject({ status: 0 });
    process.env.TMPDIR = TMPDIR;
  });

  test("behind a link is replaced, not the link", async () => {
    const folder = await published();
    const link = newFolder();
    symlinkSync(folder, link);
    expect(await publish(YAML, "--out", link, "--version", "2.0.0")).toMatchObject({ status: 0 });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "manifest.json"), "utf8")).toContain("2.0.0");
  });

  test("behind a link is healed behind the link", async () => {
    const folder = await published();
    const link = newFolder();
    symlinkSync(folder, link);
    const left = join(scratch, `.${basename(folder)}.publishing-0-0-00-elsewhere`);
    mkdirSync(join(left, "new"), { recursive: true });
    renameSync(folder, join(left, "old"));
    expect(await publish(YAML, "--out", link, "--version", "2.0.0")).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, "manifest.json"), "utf8")).toContain("2.0.0");
  });

  test("behind a link that leads nowhere is refused", async () => {
    const link = newFolder();
    symlinkSync("nowhere", link);
    expect(await publish(YAML, "--out", link)).toEqual({
      status: 1,
      output: `Received --out "${link}", which is a link to "${join(scratch, "nowhere")}", expected one to a folder that exists. Make that folder, or remove the link.`,
    });
    expect(readdirSync(scratch).filter((name) => name.includes("nowhere"))).toEqual([]);
  });

  test("that contains the current or the home folder is refused", async () => {
    for (const out of [".", "..", "/"]) {
      const { status, output } = await publish(YAML, "--out", out);
      expect(status).toBe(1);
      expect(output).toContain("expected a dedicated folder, since it is replaced as a whole.");
    }
  });

  test("that is empty is accepted", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    expect(await publish(YAML, "--out", folder)).toMatchObject({ status: 0 });
  });

  test.each<[string, (folder: string) => void]>([
    ["that publish didn't write", (folder) => writeFileSync(join(folder, "precious.txt"), "")],
    [
      "that has checksums of its own",
      (folder) => {
        writeFileSync(join(folder, "precious.txt"), "");
        writeFileSync(join(folder, "SHA256SUMS"), `${createHash("sha256").update("").digest("hex")}  precious.txt\n`);
      },
    ],
    ["with a link that leads nowhere", (folder) => symlinkSync("nowhere", join(folder, "precious.txt"))],
    [
      "with something added by hand",
      (folder) => {
        cpSync(PUBLISHED, folder, { recursive: true });
        writeFileSync(join(folder, "environments/precious.txt"), "");
      },
    ],
    [
      "with something changed by hand",
      (folder) => {
        cpSync(PUBLISHED, folder, { recursive: true });
        writeFileSync(join(folder, "access.html"), "changed");
      },
    ],
  ])("%s is left unchanged", async (_, fill) => {
    PUBLISHED ||= await published();
    const folder = newFolder();
    mkdirSync(folder);
    fill(folder);
    const before = readdirSync(folder, { recursive: true });
    const { status, output } = await publish(YAML, "--out", folder);
    expect(status).toBe(1);
    expect(output).toMatch(
      /^Received --out ".*", expected a new or empty folder, or an unchanged one that publish has written: this one has ".*(precious\.txt|access\.html)" in it, which would be lost\. Choose another folder, or move that away\.$/,
    );
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
  let PUBLISHED = "";

  test("that is a file, or below one, is refused", async () => {
    const file = join(scratch, "file");
    writeFileSync(file, "");
    for (const out of [file, join(file, "below")]) {
      const { status, output } = await publish(YAML, "--out", out);
      expect(status).toBe(1);
      expect(output).toMatch(/^Received (--out )?".*", expected a (readable|writable) folder, but: ENOTDIR/);
    }
  });
});

test.each<[string[], number, string]>([
  [
    ["--out", "x", "--version", "1.2"],
    2,
    'Received --version "1.2", expected one like 1.2.0 (Semantic Versioning, without a v).',
  ],
  [["--out", "x", "--version", "v1.2.0"], 2, 'Received --version "v1.2.0"'],
  [[], 2, "Received neither --out nor --check, expected one of them. Name the folder to write, or the one to check."],
  [["--out", "x", "--check", "y"], 2, "Received both --out and --check"],
  [["--out", ""], 2, "Received an empty folder name, expected the name of a folder. Is a variable not set?"],
  [["--check", ""], 2, "Received an empty folder name"],
  [
    ["--check", "nowhere"],
    1,
    'Received --check "nowhere", expected a folder that publish has written, with manifest.json of schema version 1 in it.',
  ],
  [
    ["--out", "x", "--since", "nowhere"],
    1,
    'Received --since "nowhere", expected a folder that publish has written, with access.json of schema version 1 in it.',
  ],
])("publish %j ends with %d and says what", async (args, status, message) => {
  const { status: ended, output } = await publish(YAML, ...args);
  expect(output).toContain(message);
  expect(ended).toBe(status);
  expect(existsSync("x")).toBe(false);
});

test("the documented commands put a publication into a clone, without anything of the one before", async () => {
  const [, script = ""] = readFileSync("docs/publishing.md", "utf8").match(/```sh\n(git -C .*?)```/s) ?? [];
  const folder = await published();
  const clone = newFolder();
  const run = (command: string) => execFileSync("sh", ["-e", "-c", command], { cwd: clone, encoding: "utf8" });
  mkdirSync(clone);
  run("git init --quiet . && mkdir old && echo > old/main.tf && echo > README.md && git add .");
  run("git -c user.name=alice -c user.email=alice@example.com commit --quiet --message before");
  run(script.replaceAll("terraform-aws-support-app", `'${clone}'`).replaceAll("FOLDER", `'${folder}'`));
  expect(Object.fromEntries(Object.entries(filesOf(clone)).filter(([path]) => !path.startsWith(".git/")))).toEqual(
    filesOf(folder),
  );
});

describe("--people", () => {
  const READ_AT = "2026-11-26T18:40:11.000Z";
  const file = join(scratch, "people.json");
  const report = (channels: readonly object[], readAt = READ_AT) => {
    const about = { workspace: "T01", channel: "C02", name: "support-oncall", access: "full", unknown: [] };
    const environment = {
      name: "production",
      account: "444455556666",
      channels: channels.map((one) => ({ ...about, ...one })),
    };
    writeFileSync(file, JSON.stringify({ schemaVersion: 1, readAt, environments: [environment] }));
    return file;
  };
  const counts = { members: 12, guests: 2, strangers: 1, bots: 3, unseen: 0 };

  test("shows the counts of each channel, if known, and their date", async () => {
    const folder = await published(YAML, "--people", report([{ counts }]));
    const access = JSON.parse(readFileSync(join(folder, "access.json"), "utf8"));
    expect(access.peopleReadAt).toBe(READ_AT);
    const [watch, oncall] = access.environments[0].channels;
    expect(watch).not.toHaveProperty("people");
    expect(oncall.people).toEqual(counts);
    const page = readFileSync(join(folder, "access.html"), "utf8");
    expect(page).toContain("Member counts: Slack, 2026-11-26.");
    expect(page).toContain("<td>#support-oncall T01 C02: 12 people (2 guests, 1 of other organizations), 3 bots<td>");
    expect(page).toContain('["support-oncall","T01","C02",1,"12 people (2 guests, 1 of other organizations), 3 bots"]');
    expect(page).toContain('["support-watch","T01","C01",0]');
  });

  test("changes nothing else, and leaves no trace without it", async () => {
    const [plain, counted] = [
      filesOf(await published()),
      filesOf(await published(YAML, "--people", report([{ counts }]))),
    ];
    const changed = Object.keys(plain).filter((path) => plain[path] !== counted[path]);
    expect(changed).toEqual(["SHA256SUMS", "access.html", "access.json", "manifest.json"]);
    expect(plain["access.html"]).not.toMatch(/Member counts|make\("small", \{\}, people\)/);
    expect(plain["manifest.json"]).not.toContain("people");
  });

  test("with --check needs the same report", async () => {
    const folder = await published(YAML, "--people", report([{ counts }]));
    expect(await publish(YAML, "--check", folder, "--people", file)).toMatchObject({ status: 0 });
    const { status, output } = await publish(YAML, "--check", folder);
    expect(status).toBe(2);
    expect(output).toContain(
      `alone, expected --people with the report of ${READ_AT} as well: its page has its counts from that.`,
    );
    report([{ counts }], "2026-11-27T00:00:00.000Z");
    expect(await publish(YAML, "--check", folder, "--people", file)).toMatchObject({ status: 1 });
  });

  test("with names is refused, and nothing is written", async () => {
    const people = [{ id: "U1", name: "Jane Roe", is: "guest" }];
    const folder = newFolder();
    const { status, output } = await publish(YAML, "--out", folder, "--people", report([{ counts, people }]));
    expect(status).toBe(1);
    expect(output).toContain("with people's names in it, expected only counts");
    expect(output).not.toContain("Jane Roe");
    expect(existsSync(folder)).toBe(false);
  });

  test("says how many channels have no count", async () => {
    const folder = newFolder();
    const { status, output } = await publish(YAML, "--out", folder, "--people", report([{ counts }]));
    expect(status).toBe(0);
    expect(output).toMatch(/^Channels without a member count in ".*people\.json": 1 of 2\.$/m);
    const all = report([{ counts }, { counts, channel: "C01" }]);
    expect((await publish(YAML, "--check", folder, "--people", all)).output).not.toContain("Channels without");
    const none = report([{ unknown: ["Slack doesn't show it."] }]);
    expect((await publish(YAML, "--out", folder, "--people", none)).output).toMatch(/: 2 of 2\.$/m);
  });

  test.each<[string, readonly object[]]>([
    ["no channel", []],
    ["other channels", [{ counts, channel: "C99" }]],
    ["a channel of another workspace", [{ counts, workspace: "T99" }]],
  ])("a report of %s is refused, and nothing is written", async (_, channels) => {
    const folder = newFolder();
    const { status, output } = await publish(YAML, "--out", folder, "--people", report(channels));
    expect(status).toBe(1);
    expect(output).toContain(
      `Received --people ${JSON.stringify(file)} about no published channel, expected the output of support-app people --all --format json for the same environments.yaml. Run that again, and give its output.`,
    );
    expect(existsSync(folder)).toBe(false);
  });

  test("a later publication is compared with it like with any other", async () => {
    const earlier = await published(YAML, "--people", report([{ counts }]));
    const page = readFileSync(join(await published(YAML, "--since", earlier), "access.html"), "utf8");
    expect(page).toContain("<p>Nobody's access has changed.</p>");
  });
});

test.each<[string, unknown]>([
  ["nothing else", { schemaVersion: 1 }],
  ["environments of another form", { schemaVersion: 1, version: "1.0.0", environments: {} }],
  ["a version of another form", { schemaVersion: 1, version: 5, environments: [] }],
])("--since with %s in the publication is an error in one sentence", async (_, content) => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, "access.json"), JSON.stringify(content));
  const { status, output } = await publish(YAML, "--out", newFolder(), "--since", folder);
  expect(status).toBe(1);
  expect(output).toMatch(
    /^Received --since ".*whose access\.json is not in the form that publish writes \(.*\), expected an earlier publication\. Check the name\.$/,
  );
});

test("nothing is written outside the folder", async () => {
  const before = readdirSync(".");
  await published();
  expect(readdirSync(".")).toEqual(before);
});

test("an error in environments.yaml leaves everything unchanged", async () => {
  const folder = newFolder();
  expect(await publish("environments: {}\n", "--out", folder)).toMatchObject({ status: 1 });
  expect(existsSync(folder)).toBe(false);
});

test("a choice of environments isn't published: the others would be removed", async () => {
  const before = { ...process.env };
  process.env.SUPPORT_APP_ONLY = "production";
  try {
    for (const option of ["--out", "--check"]) {
      expect(await runSupportApp(["publish", option, join(scratch, "only")])).toBe(2);
    }
    expect(existsSync(join(scratch, "only"))).toBe(false);
  } finally {
    process.env = before;
  }
});
