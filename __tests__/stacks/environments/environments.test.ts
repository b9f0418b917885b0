import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EnvironmentsError,
  environmentsFile,
  loadEnvironments,
  loadRuledEnvironments,
  parseEnvironments,
  readEnvironments,
} from "../../../stacks/environments/environments";
import { errorsOf } from "../../support/errors";
import { environment, expectErrors } from "../environment-errors/expected";

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
    ["an empty file", "", "1:1: the file: received nothing, expected a mapping with environments."],
    ["a list", "- a", "1:1: the file: received a list, expected a mapping with environments."],
    [
      "no environments",
      "defaults: { region: us-east-1 }",
      "1:1: environments: received nothing, expected a mapping of environment names to environments.",
    ],
    [
      "empty environments",
      "environments: {}",
      "1:1: environments: received an empty mapping, expected at least one environment.",
    ],
    [
      "environments as a list",
      "environments: []",
      "1:1: environments: received an empty list, expected a mapping of environment names to environments.",
    ],
  ])("%s", (_, yaml, ...errors) => expectErrors(yaml, errors));

  test("all errors of a file are shown at once, in the order of the file", () => {
    const yaml = `
defaults: { regoin: us-east-1 }
environments:
  Bad:
    account: 1
    read-only: { policy: aws-managed, policy-name: x }
  good:
    account: "1"
    full: { adopt: 1, without: [chat], max-session-duration: 1 }`;
    const places = errorsOf(yaml).map((error) => error.split(": ").slice(0, 2).join(" "));
    expect(places).toEqual([
      "environments.yaml:2:13 defaults.regoin",
      "environments.yaml:4:3 environments.Bad",
      "environments.yaml:5:14 environments.Bad.account",
      "environments.yaml:6:52 environments.Bad.read-only.policy-name",
      "environments.yaml:8:14 environments.good.account",
      "environments.yaml:9:20 environments.good.full.adopt",
      "environments.yaml:9:33 environments.good.full.without[0]",
      "environments.yaml:9:62 environments.good.full.max-session-duration",
    ]);
  });

  test("the heading counts them and says that nothing was written", () => {
    expect(() => parseEnvironments("", "e.yaml")).toThrow(
      /^e\.yaml has an error\. Nothing was written\.\ne\.yaml:1:1: /,
    );
    expect(() => parseEnvironments("a: 1\nb: 2", "e.yaml")).toThrow(/^e\.yaml has 3 errors\. Nothing was written\.\n/);
  });
});

describe("a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "support-app-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("that doesn't exist", () => {
    expect(() => loadEnvironments("no/such.yaml")).toThrow(
      new EnvironmentsError("no/such.yaml", [
        "no/such.yaml: expected a readable YAML file in UTF-8, but: ENOENT: no such file or directory, open 'no/such.yaml'. Check the name, or give another in SUPPORT_APP_ENVIRONMENTS.",
      ]),
    );
  });

  test("that is not UTF-8", () => {
    const file = join(folder, "latin.yaml");
    writeFileSync(file, Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    expect(() => loadEnvironments(file)).toThrow(
      /expected a readable YAML file in UTF-8, but: The encoded data was not valid/,
    );
  });

  test("keeps its byte order mark, and has the rules beside it", () => {
    const file = join(folder, "marked.yaml");
    writeFileSync(file, "\ufeffenvironments: { a: { account: '111122223333', region: us-east-1, full: {} } }");
    expect(readEnvironments(file).charCodeAt(0)).toBe(0xfeff);
    expect(loadRuledEnvironments(file)).toMatchObject({ environments: [{ name: "a" }], rules: undefined });
    writeFileSync(join(folder, "rules.yaml"), "all: { path: / }");
    expect(loadRuledEnvironments(file).rules?.value).toEqual({ all: { path: "/" } });
  });

  test("is the file that SUPPORT_APP_ENVIRONMENTS names, or environments.yaml", () => {
    const before = process.env.SUPPORT_APP_ENVIRONMENTS;
    try {
      process.env.SUPPORT_APP_ENVIRONMENTS = "teams/payments.yaml";
      expect(environmentsFile()).toBe("teams/payments.yaml");
      for (const unset of [
        () => (process.env.SUPPORT_APP_ENVIRONMENTS = ""),
        () => delete process.env.SUPPORT_APP_ENVIRONMENTS,
      ]) {
        unset();
        expect(environmentsFile()).toBe("environments.yaml");
      }
    } finally {
      process.env.SUPPORT_APP_ENVIRONMENTS = before;
    }
  });

  test("with a byte order mark and Windows line endings", () => {
    const file = join(folder, "windows.yaml");
    writeFileSync(file, `\ufeff${environment("read-only: {}").replaceAll("\n", "\r\n")}\r\n`);
    expect(loadEnvironments(file)).toMatchObject([{ name: "test", account: "111122223333" }]);
  });
});

test("what an environment doesn't set comes from the defaults", () => {
  const yaml = `
defaults: { region: eu-west-1, backend: { type: cloud, organization: acme } }
environments:
  a: { account: "111122223333", read-only: {} }
  b: { account: "444455556666", read-only: {}, region: us-east-1, backend: { type: local } }`;
  expect(parseEnvironments(yaml, "e.yaml")).toMatchObject([
    { name: "a", region: "eu-west-1", backend: { type: "cloud", organization: "acme" } },
    { name: "b", region: "us-east-1", backend: { type: "local" } },
  ]);
});

test("a retired environment keeps its other keys, so that only one line changes", () => {
  const entries = ["full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }", "account-alias: a"];
  const [before] = parseEnvironments(environment(...entries), "e.yaml");
  const [after] = parseEnvironments(environment(...entries, "retired: true"), "e.yaml");
  expect(before?.retired).toBe(false);
  expect(after).toEqual({ ...before, retired: true });
});

test("every key of an access level reaches the construct", () => {
  const yaml = environment(
    "full:",
    "  without: [live-chat]",
    "  policy: customer-managed",
    "  service-quotas-role: existing",
    "  role-name: r",
    "  policy-name: p",
    "  description: d",
    "  policy-description: pd",
    "  path: /x/",
    "  permissions-boundary: arn:aws:iam::aws:policy/PowerUserAccess",
    "  max-session-duration: 7200",
    "  tags: { A: b }",
    "  adopt: true",
    "  source-account-condition: true",
  );
  expect(parseEnvironments(yaml, "e.yaml")[0]?.accesses).toEqual([
    {
      access: "full",
      account: "111122223333",
      without: ["live-chat"],
      policy: "customer-managed",
      serviceQuotasRole: "existing",
      roleName: "r",
      policyName: "p",
      description: "d",
      policyDescription: "pd",
      path: "/x/",
      permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess",
      maxSessionDuration: 7200,
      tags: { A: "b" },
      adopt: true,
      sourceAccountCondition: true,
    },
  ]);
});

test("a file that is changed before it is synthesized may break rules, but not the schema", () => {
  expect(parseEnvironments(environment("tier: production", "full: {}"), "e.yaml", "unchecked")).toMatchObject([
    { tier: "production" },
  ]);
  expect(() => parseEnvironments(environment("tier: production", "full: {}"), "e.yaml")).toThrow("expected no tier");
  expect(() => parseEnvironments(environment("full: 1"), "e.yaml", "unchecked")).toThrow("received the number 1");
});

test("an invalid value isn't judged by a rule, and neither is what was misspelled", () => {
  expectErrors(environment("full: { policy: aws-managed, without: [chat] }"), [
    '5:44: test.full.without[0]: received "chat", expected one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases can\'t be left out, since every other capability starts from viewing a case.',
  ]);
  expect(errorsOf("environments: { a: { acount: '111122223333', region: us-east-1, ful: {} } }")).toEqual([
    expect.stringContaining("environments.a.acount: received the unknown key"),
    expect.stringContaining("environments.a.ful: received the unknown key"),
  ]);
});

test("an invalid key isn't judged by a rule either: these two differ only in case, too", () => {
  expect(errorsOf(environment('full: { tags: { "aws:A": x, "aws:a": y } }'))).toEqual([
    expect.stringContaining('tags."aws:A": received "aws:A", expected a tag key'),
    expect.stringContaining('tags."aws:a": received "aws:a", expected a tag key'),
  ]);
});
