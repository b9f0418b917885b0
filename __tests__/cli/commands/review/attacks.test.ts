import type { EnvironmentChange } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { differences, entriesOf } from "../../../../cli/terraform/stack";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { needsApproval } from "../../../../cli/terraform/verdict";
import { packageJson } from "../../../../common/package-files";
import { DIGEST_OUTPUT, digestOutput } from "../../../../stacks/output/stack-digest";
import { CHANNEL, change, type Draft, edited, ONCALL, set, stackOf } from "../../../support/edited-stack";
import { thoroughTest } from "../../../support/thorough";

const FULL = `permissions-boundary: "arn:aws:iam::111122223333:policy/b", source-account-condition: true, tags: { Owner: a }, ${ONCALL}`;

/** An environment with all that a change could hide something in. */
const attacked = (full: string) =>
  stackOf(
    `backend: { type: s3, bucket: states, region: us-east-1 }, full: { ${full} }, read-only: {},
    slack-workspaces: [T01], account-alias: Payments`,
  );
const ATTACKED = attacked(FULL);

const withEdit = (path: string, value: unknown, stack = ATTACKED) => edited(stack, (draft) => set(draft, path, value));

/** Whether a change goes through without anybody's approval. */
function passes({ verdict, violations }: EnvironmentChange): boolean {
  return !needsApproval(verdict) && violations.length === 0;
}

const ROLE = "resource aws_iam_role full";
const GUARD = "resource terraform_data support_app_place";
const FILE = '${file("x")}';
const PROVISIONER = [{ "local-exec": { command: "true" } }];
/** What can't become a text. */
const NO_TEXT = { toString: 1 };
const TOPIC = "resource aws_sns_topic more";

describe("an addition needs an approval or is refused", () => {
  test.each<[string, string, unknown]>([
    ["encryption that runs a program in OpenTofu", "terraform encryption", { key_provider: { external: { a: {} } } }],
    ["a provider of another name", "terraform required_providers evil", { source: "evil/evil", version: "1.0.0" }],
    ["a provider that assumes a role by a token", "provider aws 0 assume_role_with_web_identity", [{ role_arn: "x" }]],
    ["an import", "import", [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }]],
    ["a move", "moved", [{ from: "aws_iam_role.read_only", to: "aws_iam_role.full" }]],
    ["a removal", "removed", [{ from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: true } }]],
    ["a check of something else", "check more assert", [{ condition: "${1 == 1}", error_message: "a" }]],
    ["an output that discloses the runner's secrets", "output more value", '${filebase64("/proc/self/environ")}'],
    ["a document nobody refers to", "data aws_iam_policy_document more statement", [{ sid: FILE, actions: ["a:b"] }]],
    ["a user", "resource aws_iam_user more", { name: "more" }],
    [
      "a second role linked to Service Quotas",
      "resource aws_iam_service_linked_role more",
      { aws_service_name: "servicequotas.amazonaws.com", lifecycle: { prevent_destroy: true } },
    ],
    ["a type of Cloud Control that is no text", `resource aws_cloudcontrolapi_resource ${CHANNEL} type_name`, NO_TEXT],
    ["a topic that anybody may publish to", TOPIC, { name: "a", policy: "{}" }],
  ])("an addition needs an approval or is refused: %s", (_, path, value) => {
    expect(passes(change(ATTACKED, withEdit(path, value)))).toBe(false);
  });

  test.each<[string, string, unknown]>([
    ["CDKTF's remarks", `${ROLE} //`, { metadata: { path: "a" } }],
    ["tags of everything", "provider aws 0 default_tags", [{ tags: { Owner: "a" } }]],
    ["tags that an aspect adds, also to the read-only role", "resource aws_iam_role read_only tags", { Owner: "a" }],
    ["another description", `${ROLE} description`, "a"],
    ["a right digest", `output ${DIGEST_OUTPUT}`, digestOutput(ATTACKED.terraform)],
    ["an output of what it has", "output more", { value: "${aws_iam_role.full.arn}", description: "a" }],
    ["a topic", TOPIC, { name: "a", tags: { b: "c" } }],
  ])("an addition of %s passes", (_, path, value) => {
    const environmentChange = change(ATTACKED, withEdit(path, value));
    expect(environmentChange).toMatchObject({ unreadable: [], violations: [] });
    expect(passes(environmentChange)).toBe(true);
  });
});

describe("a value from outside the Terraform is refused, whatever was approved: one approval would cover what it becomes later", () => {
  const POLICY = "resource aws_iam_policy full policy";
  test.each<[string, string, unknown]>([
    ["a file by a template", POLICY, '${templatefile("a", {})}'],
    ["a directive", `${ROLE} description`, '%{ if fileexists("a") }a%{ endif }'],
    ["a key", `${ROLE} tags`, { [FILE]: "b" }],
    ["a module", "module a", { source: "git::https://evil.example/a" }],
    ["a program", "data external a", { program: ["sh"] }],
    ["a resource of another provider", "resource null_resource a", {}],
    ["a call in a check", `check ${CHANNEL} assert 0 condition`, '${length(file("x")) == 0}'],
    ["a program in a check", "check a", { data: { external: { a: { program: ["sh"] } } } }],
    ["a program in a resource", `${ROLE} provisioner`, PROVISIONER],
    ["a program in the guard", `${GUARD} provisioner`, PROVISIONER],
    ["what Terraform remembers under another name", "resource terraform_data a", {}],
  ])("a value from outside the Terraform is refused, whatever was approved: %s", (_, path, value) => {
    const head = withEdit(path, value);
    const environmentChange = change(ATTACKED, head);
    expect(environmentChange.violations.map(({ kind }) => kind)).toContain("reads-elsewhere");
    expect(environmentChange.plannable).toBe("never");
    // Nor is it passed over once it is there: the same code may read something else today.
    expect(passes(change(head, structuredClone(head)))).toBe(false);
  });
});

describe("environment.json", () => {
  const DATA = "data aws_iam_policy_document full statement 0 actions 0";
  const MORE = attacked(`${FULL}, without: [live-chat]`);
  const described = (stack: SynthesizedStack, edit: (file: Draft) => void): SynthesizedStack => {
    const environmentFile = structuredClone(stack.environmentFile);
    edit(environmentFile);
    return { ...stack, environmentFile };
  };

  test("an environment.json that stops describing Terraform needs an approval, even if the Terraform doesn't change", () => {
    for (const environmentFile of [undefined, null, MORE.environmentFile, "x"])
      expect(passes(change(ATTACKED, { ...ATTACKED, environmentFile }))).toBe(false);
    const otherVersion = described(ATTACKED, (file) => (file.writtenBy = "9.9.9"));
    expect(change(ATTACKED, otherVersion)).toMatchObject({ verdict: "unchanged", unreadable: [], violations: [] });
    const wrong = { ...ATTACKED, environmentFile: MORE.environmentFile };
    expect(change(wrong, MORE)).toMatchObject({ verdict: "unknown", plannable: "approved" });
    expect(change(wrong, ATTACKED)).toMatchObject({ verdict: "unchanged" });
    expect(change(ATTACKED, { ...MORE, environmentFile: ATTACKED.environmentFile }).verdict).toBe("unknown");
    // Once it is missing, what changes is refused and listed, and nobody is said to lose or gain anything.
    const [base, head] = [ATTACKED, withEdit("resource aws_iam_role read_only permissions_boundary", "x")].map(
      ({ terraform }) => ({ terraform }),
    );
    expect(change(base, head)).toMatchObject({
      ...{ plannable: "never", access: { roles: [], channels: [] } },
      unreadable: expect.arrayContaining([
        expect.objectContaining({ reason: "changed", address: "aws_iam_role.read_only" }),
      ]),
    });
  });

  test.each(['${file("a")}', "#{TfToken[TOKEN.0]}", "a\nb", "%{ if true }a%{ endif }"])(
    "an environment.json with the path %j of the state, which Terraform might not take as it is, isn't read",
    (path) => {
      const stack = stackOf("full: {}");
      const head = edited(
        described(stack, (file) => (file.statePath = path)),
        ({ terraform }) => (terraform.backend.local.path = path),
      );
      expect(passes(change(stack, head))).toBe(false);
    },
  );

  test("an environment.json of another environment doesn't explain the Terraform", () => {
    const otherStack = stackOf(`account-alias: Other, full: { ${ONCALL} }, read-only: {}`, "other");
    const head = { ...withEdit(`${ROLE} description`, "a"), environmentFile: otherStack.environmentFile };
    expect(passes(change(ATTACKED, head))).toBe(false);
    // Nor does its own, with the Terraform of another one.
    expect(passes(change(ATTACKED, { ...ATTACKED, terraform: otherStack.terraform }))).toBe(false);
  });

  test("an environment.json that is edited together with the Terraform is another environment, which is judged by what it gives", () => {
    expect(change(MORE, ATTACKED)).toMatchObject({
      ...{ verdict: "broadened", unreadable: [], violations: [], access: { channels: [{ gained: ["live-chat"] }] } },
    });
    expect(change(ATTACKED, MORE)).toMatchObject({ verdict: "narrowed", unreadable: [], violations: [] });
  });

  test("an environment.json that another version wrote needs an approval where this version writes something else, and says so", () => {
    const { version } = packageJson();
    const claiming = (stack: SynthesizedStack) => described(stack, (file) => (file.writtenBy = "9.9.9"));
    const environmentChange = change(ATTACKED, claiming(withEdit(DATA, "support:*")));
    expect(environmentChange).toMatchObject({
      ...{ verdict: "unknown", plannable: "approved", violations: [] },
      unreadable: [
        { reason: "other-version", source: { writtenBy: "9.9.9", thisVersion: version } },
        { reason: "differs", address: "data.aws_iam_policy_document.full" },
      ],
    });
    const report = markdown(reviewOf([environmentChange]));
    expect(report).toContain(`{"thisVersion":"${version}","writtenBy":"9.9.9"}`);
    const endless = described(withEdit(DATA, "support:*"), (file) => (file.writtenBy = `9.9.9-${"x".repeat(500)}`));
    expect(change(ATTACKED, endless).plannable).toBe("never"); // such a text could hide everything else
    // What this version would write as well is what it says, whoever wrote it.
    expect(change(ATTACKED, claiming(MORE))).toMatchObject({ verdict: "narrowed", unreadable: [] });
    const reading = change(ATTACKED, claiming(withEdit(`${ROLE} description`, FILE)));
    expect(reading.violations).toMatchObject([{ kind: "reads-elsewhere" }]);
  });

  test("a missing environment.json is refused where there is a read-only role, and needs an approval elsewhere", () => {
    const without = (stack: SynthesizedStack) => ({ terraform: stack.terraform });
    expect(change(ATTACKED, without(MORE))).toMatchObject({
      ...{ verdict: "unknown", plannable: "never" },
      violations: [{ kind: "read-only-unreadable", unreadable: { reason: "no-environment" } }],
    });
    const created = change(undefined, without(MORE));
    expect(created).toMatchObject({ violations: [{ kind: "read-only-unreadable", role: "read_only" }] });
    const [base, head] = ["a", "b"].map((alias) => stackOf(`account-alias: ${alias}, full: {}`));
    const environmentChange = change(base, without(head as SynthesizedStack));
    expect(environmentChange).toMatchObject({ verdict: "unknown", plannable: "approved", violations: [] });
    expect(environmentChange.unreadable.map(({ reason, address }) => [reason, address])).toEqual([
      ["no-environment", "environment.json"],
      ["changed", "aws_cloudcontrolapi_resource.account_alias"],
    ]);
  });
});

describe("every section, every place and every odd value", () => {
  const EXPRESSIONS = [
    '${filebase64("/proc/self/environ")}',
    "${var.a}",
    "${data.external.a.result}",
    "a${aws_iam_role.full.arn}",
    "%{ if true }x%{ endif }",
  ];
  const VALUES: readonly unknown[] = [null, 7, "*", {}, [[]], { toString: 1 }, "constructor"];
  const ARGUMENTS = ["provisioner", "count", "for_each", "dynamic", "provider", "connection", "more", "constructor"];
  const SECTIONS = ["check", "ephemeral", "action", "module", "locals", "variable", "query", "constructor", "toString"];

  /** Every place in a value, as the keys that lead there. */
  function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== "object" || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, child]) => placesIn(child, [...path, key]))];
  }
  const valueAt = (draft: Draft, path: readonly string[]): Draft => path.reduce((node, key) => node[key], draft);
  const PLACES = placesIn(ATTACKED.terraform).filter((path) => path.length > 0);
  /** Where a value does something: another tag passes, as above. */
  const EFFECTIVE = PLACES.filter((path) => !path.includes("tags"));

  type Case = readonly [path: readonly string[], value: unknown];
  const cases = (paths: readonly (readonly string[])[], values: readonly unknown[]): Case[] =>
    paths.flatMap((path) => values.map((value): Case => [path, value]));
  /** Undefined as a value: what is there is removed. */
  const headOf = ([path, value]: Case) =>
    edited(ATTACKED, (draft) => {
      const [parent, key] = [valueAt(draft, path.slice(0, -1)), path.at(-1) ?? ""];
      if (value === undefined && Array.isArray(parent)) parent.splice(Number(key), 1);
      else if (value === undefined) delete parent[key];
      else Object.defineProperty(parent, key, { value, enumerable: true });
    });
  const attackedEntries = entriesOf(ATTACKED.terraform);
  /** The cases in which nothing is reported of the stack itself: with such a report, none passes. */
  const readable = (candidates: readonly Case[]) =>
    candidates.filter((candidate) => differences(attackedEntries, entriesOf(headOf(candidate).terraform)).length === 0);
  /** The cases that nobody has to approve, each with a report. */
  const passing = (candidates: readonly Case[]) =>
    candidates.flatMap(([path, value]) => {
      const head = headOf([path, value]);
      const environmentChange = change(ATTACKED, head);
      markdown(reviewOf([environmentChange]));
      return passes(environmentChange) && environmentChange.verdict !== "unchanged"
        ? [[path.join("."), environmentChange.verdict, value]]
        : [];
    });

  test("no expression passes, wherever it stands", () => {
    expect(PLACES.length).toBeGreaterThan(150);
    const candidates = PLACES.map((path, index): Case => [path, EXPRESSIONS[index % EXPRESSIONS.length]]);
    expect(passing(readable(candidates))).toEqual([]);
  });

  thoroughTest("no expression, no value and no removal ends in a stack trace or passes", () => {
    expect(passing([...cases(PLACES, EXPRESSIONS), ...cases(EFFECTIVE, [undefined, ...VALUES])])).toEqual([]);
  });

  test("no unknown argument and no unknown section passes", () => {
    const blocks = EFFECTIVE.filter((path) => {
      const value = valueAt(ATTACKED.terraform, path);
      return path[0] !== "output" && path.length > 2 && typeof value === "object" && !Array.isArray(value);
    });
    expect(blocks.length).toBeGreaterThan(25);
    const argumentPaths = blocks.map((path, index) => [...path, ARGUMENTS[index % ARGUMENTS.length] ?? ""]);
    expect(passing(readable(cases(argumentPaths, [[{ a: "b" }]])))).toEqual([]);
    const sections = SECTIONS.map((section) => [section]);
    expect(passing(readable(cases(sections, [{ a: { b: { c: "d" } } }])))).toEqual([]);
  });

  test("nothing is removed unseen", () => {
    expect(passing(readable(cases(EFFECTIVE, [undefined])))).toEqual([]);
  });
});
