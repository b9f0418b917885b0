import { writeFileSync } from "node:fs";
import {
  environmentsFile,
  loadRuledEnvironments,
  parseEnvironments,
  readEnvironments,
} from "../../../stacks/environments/environments";
import { expectPlain, table } from "../../bad-inputs/table";
import { errorsOf } from "../../support/errors";
import { folderInTests } from "../../support/folder";
import { isThorough } from "../../support/thorough";
import { file } from "../ruled-environments";

/** A bad environment file, or what is wrong in its only environment. */
interface BadEnvironments {
  readonly what: string;
  readonly yaml?: string;
  readonly a?: string;
  /** A line each, without the file's name. */
  readonly errors: string;
}

/** A valid environment, to which a case adds lines. */
function environment(...lines: string[]): string {
  const entries = ['account: "111122223333"', "region: us-east-1", ...lines];
  return ["environments:", "  test:", ...entries.map((line) => `    ${line}`)].join("\n");
}

test.each(table<BadEnvironments>("environments"))("a wrong file has these errors: $what", ({ yaml, a, errors }) => {
  const actual = errorsOf(yaml ?? file(a ?? "")).join("\n");
  expectPlain(actual);
  expect(`${actual}\n`).toBe(errors.replace(/^/gm, "environments.yaml:").replace(/environments.yaml:$/, ""));
});

describe("a file", () => {
  const folder = folderInTests();

  test("an environment file keeps its byte order mark, and has the rules beside it", () => {
    const file = folder("marked.yaml");
    writeFileSync(file, "\ufeffenvironments: { a: { account: '111122223333', region: us-east-1, full: {} } }");
    expect(readEnvironments(file).charCodeAt(0)).toBe(0xfeff);
    expect(loadRuledEnvironments(file)).toMatchObject({ environments: [{ name: "a" }], rules: undefined });
    writeFileSync(folder("rules.yaml"), "all: { path: / }");
    expect(loadRuledEnvironments(file).rules?.value).toEqual({ all: { path: "/" } });
  });

  test("the environment file is the file that SUPPORT_APP_ENVIRONMENTS names, or environments.yaml", () => {
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
});

const LINKS = isThorough ? 4000 : 20;
test(`a chain of ${LINKS} environments of which each merges the one before is read`, () => {
  const link = (index: number) =>
    `  e${index}: &e${index} { <<: *e${index - 1}, account: "${100_000_000_000 + index}" }`;
  const first = 'defaults: { region: us-east-1 }\nenvironments:\n  e0: &e0 { account: "100000000000", full: {} }';
  const yaml = [first, ...Array.from({ length: LINKS }, (_, index) => link(index + 1))].join("\n");
  expect(parseEnvironments(yaml, "environments.yaml")).toHaveLength(LINKS + 1);
  expect(errorsOf(yaml.replace("full: {}", "full: 5"))).toEqual([
    expect.stringMatching(new RegExp(`environments\\.e0\\.full: .* It also affects e1, .* and ${LINKS - 5} more\\.$`)),
  ]);
});

test("a retired environment keeps its other keys, so that only one line changes", () => {
  const entries = ["full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }", "account-alias: a"];
  const [before] = parseEnvironments(environment(...entries), "e.yaml");
  const [after] = parseEnvironments(environment(...entries, "retired: true"), "e.yaml");
  expect(before?.retired).toBe(false);
  expect(after).toEqual({ ...before, retired: true });
});

test("a file that is changed before it is synthesized may break rules, but not the schema", () => {
  expect(parseEnvironments(environment("tier: production", "full: {}"), "e.yaml", "unchecked")).toMatchObject([
    { tier: "production" },
  ]);
  expect(() => parseEnvironments(environment("tier: production", "full: {}"), "e.yaml")).toThrow("expected no tier");
  expect(() => parseEnvironments(environment("full: 1"), "e.yaml", "unchecked")).toThrow("received the number 1");
});

test("rules judge only a file whose values are all valid", () => {
  expect(() => parseEnvironments(environment("tier: production", "full: 1"), "e.yaml")).toThrow("e.yaml has an error.");
});
