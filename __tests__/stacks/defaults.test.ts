import { parseEnvironments } from "../../stacks/environments/environments";
import { errorsOf } from "../support/errors";

/** Defaults from line 2 on, and environments, each in one line. */
function file(defaults: string, ...environments: string[]): string {
  const lines = environments.map(
    (entry, index) => `  e${index}: { account: "${100_000_000_000 + index}", ${entry} }\n`,
  );
  return `defaults:\n  region: us-east-1\n  ${defaults}\nenvironments:\n${lines.join("")}`;
}

function accessesOf(yaml: string) {
  return parseEnvironments(yaml, "environments.yaml").map(({ accesses }) => accesses);
}

describe("defaults of an access level", () => {
  test("apply to an environment, and its own keys replace them", () => {
    const defaults = "full: { without: [live-chat, resolve-cases], max-session-duration: 7200, role-name: support }";
    expect(
      accessesOf(file(defaults, "full: {}", "full: { without: [attach-files] }", "full: { without: [], path: /a/ }")),
    ).toMatchObject([
      [{ without: ["live-chat", "resolve-cases"], maxSessionDuration: 7200, roleName: "support" }],
      [{ without: ["attach-files"], maxSessionDuration: 7200, roleName: "support" }],
      [{ without: [], maxSessionDuration: 7200, roleName: "support", path: "/a/" }],
    ]);
  });

  test("don't give an environment a level that it doesn't ask for", () => {
    const defaults = "full: { without: [live-chat] }\n  read-only: {}";
    expect(accessesOf(file(defaults, "read-only: {}"))).toMatchObject([[{ access: "read-only" }]]);
    expect(errorsOf(file(defaults, "tags: {}"))).toEqual([
      expect.stringContaining("environments.e0: received no access level, expected read-only, full or both."),
    ]);
  });

  test("have tags that add up, the environment's after them", () => {
    const defaults = "tags: { A: file, B: file, C: file, D: file }\n  full: { tags: { B: level, C: level, D: level } }";
    const yaml = file(defaults, "tags: { C: environment, D: environment }, full: { tags: { D: own } }, read-only: {}");
    expect(accessesOf(yaml)).toMatchObject([
      [
        { access: "read-only", tags: { A: "file", B: "file", C: "environment", D: "environment" } },
        { access: "full", tags: { A: "file", B: "level", C: "environment", D: "own" } },
      ],
    ]);
  });

  test("are left out if they contradict the environment's keys, since it couldn't unset them", () => {
    const defaults = "full: { service-quotas-role: create, policy-name: support, policy-description: ours }";
    const [[narrow] = [], [managed] = []] = accessesOf(
      file(
        defaults,
        "full: { without: [request-quota-increases] }",
        "full: { policy: aws-managed, service-quotas-role: on-demand }",
      ),
    );
    expect(narrow).toMatchObject({ policyName: "support" });
    expect(narrow).not.toHaveProperty("serviceQuotasRole");
    for (const key of ["policyName", "policyDescription"]) expect(managed).not.toHaveProperty(key);
  });

  test("have no channels, so that no new account opens its cases to a channel by accident", () => {
    expect(errorsOf(file("full: { channels: [] }", "full: {}"))).toEqual([
      expect.stringMatching(/^environments\.yaml:3:11: defaults\.full\.channels: received the unknown key "channels"/),
    ]);
  });
});

describe("a mistake in the defaults is reported once, there", () => {
  test.each<[name: string, defaults: string, environments: string[], error: string]>([
    [
      "an invalid value",
      "full: { path: a }",
      ["full: {}", "full: {}"],
      '3:17: defaults.full.path: received "a", expected a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes.',
    ],
    [
      "narrowing a policy that can't be narrowed, in the environments that set the policy",
      "full: { without: [live-chat] }",
      ["full: { policy: aws-managed }", "full: {}", "full: { policy: aws-managed, without: [] }"],
      "3:11: defaults.full.without: received live-chat, expected nothing to leave out: AWS's managed policy can't be narrowed. Remove without, or set policy to customer-managed. 1 environment inherits it from the defaults, and can override it: e0.",
    ],
    [
      "a boundary of one account in all others",
      "full: { permissions-boundary: 'arn:aws:iam::100000000000:policy/b' }",
      Array.from({ length: 8 }, () => "full: {}"),
      "3:33: defaults.full.permissions-boundary: received a policy of the account 100000000000, expected one of 100000000001 or an AWS managed policy, since IAM accepts no other boundary. 7 environments inherit it from the defaults, and can override it: e1, e2, e3, e4, e5 and 2 more.",
    ],
    [
      "a name that both levels have",
      "full: { role-name: support }\n  read-only: { role-name: Support }",
      ["full: {}, read-only: {}", "full: {}", "read-only: {}", "full: {}, read-only: { role-name: other }"],
      '3:22: defaults.full.role-name: received "support", expected a unique name: read-only already has this one, and IAM ignores case. Set another role-name. 1 environment inherits it from the defaults, and can override it: e0.',
    ],
    [
      "too many tags together with the tags of the file",
      `tags: { ${Array.from({ length: 30 }, (_, n) => `a${n}: a`).join(", ")} }\n  full: { tags: { ${Array.from({ length: 30 }, (_, n) => `b${n}: a`).join(", ")} } }`,
      ["full: {}", "full: {}", "read-only: {}"],
      "4:11: defaults.full.tags: received 60 tags, expected at most 50, the IAM limit for a role or a policy.",
    ],
  ])("%s", (_, defaults, environments, error) => {
    expect(errorsOf(file(defaults, ...environments))).toEqual([`environments.yaml:${error}`]);
  });

  test("a mistake in an environment is reported there", () => {
    expect(errorsOf(file("full: { policy: aws-managed }", "full: { without: [live-chat] }"))).toEqual([
      expect.stringMatching(/^environments\.yaml:5:42: environments\.e0\.full\.without: received live-chat/),
    ]);
  });
});
