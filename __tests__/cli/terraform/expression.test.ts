import { elsewhereIn, KNOWN_DATA_SOURCES, referenceOf } from "../../../cli/terraform/expression";
import type { Verdict } from "../../../cli/terraform/verdict";
import { CHANNEL, change, changed, type Draft, digest, FULL, GET_OBJECT } from "../../support/edited-stack";

test.each([
  ["${aws_iam_role.full.arn}", "aws_iam_role.full", "arn"],
  ["${aws_iam_role.read-Only_2.name}", "aws_iam_role.read-Only_2", "name"],
  ["${data.aws_iam_policy_document.full.json}", "data.aws_iam_policy_document.full", "json"],
  ["${aws2_role._a.unique_id}", "aws2_role._a", "unique_id"],
])("%s refers to %s", (text, address, attribute) => {
  expect(referenceOf(text)).toEqual({ address, attribute });
});

test.each([
  ["nothing", undefined],
  ["a list of one reference", ["${aws_iam_role.full.arn}"]],
  ["an ARN", "arn:aws:iam::111122223333:role/full"],
  ["text before a reference", "a${aws_iam_role.full.arn}"],
  ["text after a reference", "${aws_iam_role.full.arn}/a"],
  ["a role without an attribute", "${aws_iam_role.full}"],
  ["an attribute within an attribute", "${aws_iam_role.full.tags.a}"],
  ["one of several", "${aws_iam_role.full[0].arn}"],
  ["a name that starts with a digit", "${aws_iam_role.1.arn}"],
  ["a call", "${lower(aws_iam_role.full.arn)}"],
])("%s is no reference", (_, value) => {
  expect(referenceOf(value)).toBeUndefined();
});

test("the data sources that depend only on the Terraform, and on who runs it where", () => {
  expect(KNOWN_DATA_SOURCES).toEqual(["aws_iam_policy_document", "aws_caller_identity", "aws_partition", "aws_region"]);
});

describe("an expression that gives the same every time", () => {
  const PURE_FUNCTIONS = `abs ceil floor max min parseint pow signum chomp endswith format formatlist indent join lower regex regexall
    replace split startswith strcontains strrev substr title trim trimprefix trimspace trimsuffix upper alltrue anytrue chunklist
    coalesce coalescelist compact concat contains distinct element flatten index keys length lookup merge one range reverse
    setintersection setproduct setsubtract setunion slice sort sum transpose values zipmap base64decode base64encode jsondecode
    jsonencode urlencode yamldecode yamlencode base64sha256 base64sha512 md5 sha1 sha256 sha512 uuidv5 can try tobool tolist tomap
    tonumber toset tostring type sensitive nonsensitive`;

  test.each(PURE_FUNCTIONS.split(/\s+/))("calls %s", (name) => {
    expect(elsewhereIn(`\${${name}(local.a)}`)).toBeUndefined();
  });

  test.each([
    ["calls it with a space", "${lower (local.a)}"],
    ["calls nothing", "${(1 + 2) * local.a}"],
    ["refers to a data source of this stack", "${data.aws_region.here.name}"],
    ["refers to something whose name ends like a variable", "${aws_iam_role.myvar.arn}"],
    ["has a remark without a call", "${local.a /* see # 7 */ // b\n}"],
    ["is none, though it looks like one", "timestamp() of var.a"],
  ])("%s", (_, text) => {
    expect(elsewhereIn(text)).toBeUndefined();
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["a flag", true],
    ["an empty list", []],
  ])("%s", (_, value) => {
    expect(elsewhereIn(value)).toBeUndefined();
  });
});

test.each([
  ["a variable", "${var.a}"],
  ["the workspace", "${terraform.workspace}"],
  ["a folder", "${path.module}"],
  ["a directive on a variable", "%{ if var.a }b%{ endif }"],
  ["a data source that may find something else", "${data.aws_iam_roles.all.names}"],
  ["one such data source among others", "${data.aws_region.a.name}${data.external.b.result}"],
  ["the time", "${timestamp()}"],
  ["a file", '${file("a")}'],
  ["a file within a pure call", '${lower(file("a"))}'],
  ["a call with a space", "${timestamp ()}"],
  ["a provider's function", "${provider::aws::lower(local.a)}"],
  ["a function whose name ends like a pure one", "${x-lower(local.a)}"],
  ["a call that a remark may hide", "${lower /* a */ (local.a)}"],
  ["a call beside a remark", "${lower(local.a) // a\n}"],
  ["a call beside a remark with a number sign", "${lower(local.a) # a\n}"],
])("%s decides a value from outside of the Terraform", (_, text) => {
  expect(elsewhereIn(text)).toEqual({ path: [], source: text });
});

test("where the first such value is, among mappings, lists and keys", () => {
  expect(elsewhereIn({ a: "${local.a}", b: [null, { c: "${var.b}" }], d: "${var.d}" })).toEqual({
    path: ["b", "1", "c"],
    source: "${var.b}",
  });
  expect(elsewhereIn({ tags: { "${local.a}": "b", "${var.key}": "a" } })).toEqual({
    path: ["tags", "${var.key}"],
    source: "${var.key}",
  });
  expect(elsewhereIn({ "var.a": "var.b", "${lower(local.a)}": 1 })).toBeUndefined();
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "an expression within a document",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = GET_OBJECT.replace("s3:GetObject", "%{ if true }s3:*%{ endif }");
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test("a value behind an expression", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy.full.policy = "${local.policy}";
    base.locals = { policy: '{"Statement":[]}' };
    const head = structuredClone(base);
    head.locals.policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
    expect(change(base, head).verdict).toBe("unknown");
  });

  test.each([
    [
      "a boundary",
      (draft: Draft) => Object.assign(draft.resource.aws_iam_role.full, { permissions_boundary: "${var.b}" }),
    ],
    ["the account", (draft: Draft) => Object.assign(draft.provider.aws[0], { allowed_account_ids: ["${var.b}"] })],
    [
      "a directive",
      (draft: Draft) => Object.assign(draft.resource.aws_iam_role.full, { name: "a%{ if var.b == 1 }b%{ endif }" }),
    ],
  ])("%s behind a variable", (_, edit) => {
    const base = structuredClone(FULL) as Draft;
    edit(base);
    base.variable = { b: { default: "1" } };
    const head = structuredClone(base);
    head.variable.b.default = "2";
    expect(change(base, head).verdict).toBe("unknown");
  });

  const POLICY = '{"Version" = "2012-10-17", "Statement" = local.s}';

  test.each<[string, (draft: Draft) => void]>([
    ["a policy", (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: `\${jsonencode(${POLICY})}` })],
    [
      "a trust",
      (draft) => Object.assign(draft.resource.aws_iam_role.full, { assume_role_policy: `\${jsonencode(${POLICY})}` }),
    ],
    [
      "a channel",
      (draft) => {
        const channel = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        channel.desired_state = channel.desired_state.replace("aws_iam_role.full.arn", "local.s");
      },
    ],
  ])("%s within jsonencode, of which a local changes", (_, edit) => {
    const base = structuredClone(FULL) as Draft;
    edit(base);
    base.locals = { s: [{ Effect: "Allow", Action: "support:DescribeCases", Resource: "*" }] };
    const head = structuredClone(base);
    head.locals.s[0].Action = "*";
    expect(change(base, head).verdict).toBe("unknown");
    expect(digest(change(FULL, base))).not.toBe(digest(change(FULL, head)));
  });
});

test("a long text is read in time in proportion to its length", () => {
  for (const repeated of [" ", "a", "(", "a (", ":-"]) {
    const started = process.cpuUsage();
    elsewhereIn(`\${${repeated.repeat(300_000)}`);
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  }
});
