import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironments, parseEnvironments } from "../../stacks/environments";
import { parseRules } from "../../stacks/rules";
import { synthesize as runSynthesize } from "../../stacks/synthesize";
import { CHANNEL, errorsWith, file } from "./ruled-environments";

describe("what is required in Slack", () => {
  const channelsWith = (rules: string, channel: string) =>
    parseEnvironments(
      file(`tier: t, read-only: { channels: [{ ${CHANNEL}${channel} }] }`),
      "e.yaml",
      parseRules(rules, "rules.yaml"),
    ).flatMap(({ channels }) => channels);

  test("is the strictest of what the channel, its tier and all require", () => {
    const rules =
      "{ all: { private: required, members: { at-most: 25 } }, tiers: { t: { guests: refused, members: { at-most: 20 } } } }";
    expect(channelsWith(rules, "")).toEqual([
      {
        ...{ name: "oncall", workspace: "T1", channel: "C1", access: "read-only" },
        ...{ private: "required", guests: "refused", members: { "at-most": 20 } },
      },
    ]);
    expect(channelsWith(rules, ", shared: refused, members: { at-most: 5 }")).toMatchObject([
      { private: "required", guests: "refused", shared: "refused", members: { "at-most": 5 } },
    ]);
  });

  test("is what the channel says if there are no rules", () => {
    const [plain] = channelsWith("tiers: { t: {} }", ", shared: refused");
    expect(plain).toEqual({ name: "oncall", workspace: "T1", channel: "C1", shared: "refused", access: "read-only" });
  });
});

describe("what is synthesized", () => {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-rules-"));
  afterAll(() => rmSync(scratch, { recursive: true }));
  const environments = join(scratch, "environments.yaml");
  const before = { env: { ...process.env }, argv: process.argv };
  let told: jest.SpyInstance;
  beforeEach(() => {
    told = jest.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => {
    process.env = { ...before.env };
    process.argv = before.argv;
    process.exitCode = undefined;
  });

  /** Synthesizes as main.ts does. */
  function synthesized(
    rules: string | undefined,
    text: string,
    only?: string,
  ): { status: unknown; manifest: Record<string, unknown> } {
    const out = mkdtempSync(join(scratch, "out-"));
    writeFileSync(environments, text);
    rmSync(join(scratch, "rules.yaml"), { force: true });
    if (rules !== undefined) writeFileSync(join(scratch, "rules.yaml"), rules);
    process.env.SUPPORT_APP_ENVIRONMENTS = environments;
    process.env.CDKTF_OUTDIR = out;
    if (only === undefined) delete process.env.SUPPORT_APP_ONLY;
    else process.env.SUPPORT_APP_ONLY = only;
    process.argv = process.argv.slice(0, 2);
    process.exitCode = undefined;
    runSynthesize();
    const status = process.exitCode;
    return {
      status,
      manifest: status === undefined ? JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) : {},
    };
  }
  const two = (levels: string) =>
    `environments:\n${["a", "b"].map((name, index) => `  ${name}: { account: "${111122223333 + index}", region: us-east-1, ${levels} }\n`).join("")}`;

  test("is nothing if a rule is broken, and the exit status is 1", () => {
    expect(synthesized("all: { access-levels: [full] }", two("read-only: {}")).status).toBe(1);
    expect(told.mock.calls.join()).toContain("as all.access-levels in ");
  });

  test("records in the manifest which rules were kept, and nothing if there are none", () => {
    const keys = ["stacks", "version"];
    expect(Object.keys(synthesized(undefined, two("read-only: {}")).manifest).sort()).toEqual(keys);
    const { manifest } = synthesized("tiers: { t: { path: / } }", two("tier: t, read-only: {}"));
    expect(Object.keys(manifest).sort()).toEqual([...keys, "supportAppRules"].sort());
    expect(manifest.supportAppRules).toEqual({ rules: { tiers: { t: { path: "/" } } }, tiers: { a: "t", b: "t" } });
    const chosen = synthesized("tiers: { t: {} }", two("tier: t, read-only: {}"), "b").manifest;
    expect(chosen).toMatchObject({ supportAppOnly: ["b"], supportAppRules: { tiers: { b: "t" } } });
  });

  test("is the same Terraform with rules and without", () => {
    const folder = (rules: string | undefined, levels: string) => {
      synthesized(rules, two(levels));
      return readFileSync(join(process.env.CDKTF_OUTDIR ?? "", "stacks", "a", "cdk.tf.json"), "utf8");
    };
    const channels = `read-only: { channels: [{ ${CHANNEL} }] }`;
    const ruled = folder("all: { private: required }\ntiers: { t: {} }", `tier: t, ${channels}`);
    expect(ruled).toBe(folder(undefined, channels));
  });

  test("follows the rules beside the file that is read, and unreadable rules are an error", () => {
    synthesized("all: { access-levels: [full] }", two("full: {}"));
    expect(() => loadEnvironments(environments)).not.toThrow();
    writeFileSync(join(scratch, "rules.yaml"), "");
    expect(() => loadEnvironments(environments)).toThrow(
      `${join(scratch, "rules.yaml")} has an error. Nothing was written.\n${join(scratch, "rules.yaml")}:1:1: the file: received nothing, expected a mapping with all, tiers or both.`,
    );
  });
});

describe("docs/rules.md", () => {
  const page = readFileSync("docs/rules.md", "utf8");
  const [rules = "", environments = ""] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text);
  const [, shown = ""] = page.match(/```text\n(.*?)\n```/s) ?? [];

  test("has an example whose environments keep its rules", () => {
    expect(errorsWith(rules, environments)).toEqual([]);
  });

  test("shows the errors of the change that it names", () => {
    const changed = environments.replace("  playground:", "    full: {}\n  playground:");
    expect(changed).not.toBe(environments);
    expect(errorsWith(rules, changed)).toEqual(shown.split("\n").slice(1));
  });

  test("names every rule", () => {
    const { properties } = JSON.parse(readFileSync("stacks/rules.schema.json", "utf8")).properties.all;
    const [, table = ""] = page.match(/\n(\| rule .*?\n)\n/s) ?? [];
    const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(.*?)`/g)].map(([, key]) => key),
    );
    expect(named.sort()).toEqual(Object.keys(properties).sort());
  });
});
