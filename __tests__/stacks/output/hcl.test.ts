import { format } from "@cdktf/hcl-tools";
import { parse } from "@cdktf/hcl2json";
import { newApp } from "../../../stacks/cdktf/app";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { toHcl } from "../../../stacks/output/hcl";
import { portableEnvironment, type Terraform } from "../../../stacks/portable/portable";
import { publishedAccountModule } from "../../../stacks/portable/published-account-module";
import { publishedGuardrailModule } from "../../../stacks/portable/published-guardrail-module";
import { publishedModule } from "../../../stacks/portable/published-module";
import { publishedRoot } from "../../../stacks/portable/published-root";
import { SupportAppStack } from "../../../stacks/support-app-stack";
import { S3Bucket } from "../../support/framework";
import { synthesize } from "../../support/synthesize";

/** Arguments whose strings are references, which HCL writes without quotes. */
const REFERENCES = [
  ...[
    "from",
    "to",
    "type",
    "depends_on",
    "ignore_changes",
    "replace_triggered_by",
    "provider",
    "providers",
    "when",
    "iterator",
  ],
];

/** What hcl2json and CDKTF write differently with the same meaning: lists around a single block, and references in quotes. */
function settled(value: unknown, isReference = false): unknown {
  if (Array.isArray(value)) {
    const [only] = value;
    return value.length === 1 && typeof only === "object"
      ? settled(only, isReference)
      : value.map((item) => settled(item, isReference));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, inside]) => [
        name,
        settled(
          inside,
          isReference || ((name !== "provider" || typeof inside === "string") && REFERENCES.includes(name)),
        ),
      ]),
    );
  }
  if (typeof value !== "string") return value;
  return (isReference ? value.replace(/^\$\{(.*)\}$/s, "$1") : value).replace(/\s+/g, "");
}

async function expectSame(terraform: Terraform): Promise<string> {
  const hcl = toHcl(terraform);
  expect(await format(hcl)).toBe(hcl); // as terraform fmt has it
  expect(settled(await parse("main.tf", hcl))).toEqual(settled(terraform));
  return hcl;
}

const YAML = `environments:
  adopted:
    account: "111122223333"
    region: us-east-1
    deploy-role: arn:aws:iam::111122223333:role/deploy
    slack-workspaces: [T012ABCDEFG]
    account-alias: "Payments - 1"
    tags: { Owner: a, "cost center": "x:y" }
    full:
      adopt: true
      service-quotas-role: adopt
      description: 'they said "hello" & <b>'
      channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]
    read-only: { policy: aws-managed }
`;

test("an environment in HCL means the same as in JSON", async () => {
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const hcl = await expectSame(portableEnvironment(environment));
  expect(hcl).toContain('description        = "they said \\"hello\\" & <b>"');
});

test("an environment's root is what CDKTF synthesizes, except for the backend and the digest", () => {
  const left = (key: string, value: unknown) => (["//", "support_app_digest"].includes(key) ? undefined : value);
  const withoutRemarks = (text: string) => JSON.parse(text, left);
  const { terraform, ...rest } = withoutRemarks(synthesize(YAML).adopted ?? "");
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const root = portableEnvironment(environment);
  expect(JSON.parse(JSON.stringify({ ...root, terraform: undefined }))).toEqual(rest);
  expect(root.terraform).toEqual({ required_version: ">= 1.7", required_providers: terraform.required_providers });
});

test("an environment's root has no backend, so it doesn't need the Terraform version for a backend's lock file", () => {
  const s3 = YAML.replace("  adopted:\n", "  adopted:\n    backend: { type: s3, bucket: states, region: us-east-1 }\n");
  const [environment] = parseEnvironments(s3, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  expect(portableEnvironment(environment).terraform).toEqual({
    required_version: ">= 1.7",
    required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
  });
});

test("an environment without the Service Quotas role hands back one that it had, with a reference and a block", async () => {
  const [environment] = parseEnvironments(
    YAML.replace("adopt\n      desc", "existing\n      desc"),
    "environments.yaml",
  );
  if (!environment) throw new Error("Received no environment, expected one.");
  expect(await expectSame(portableEnvironment(environment))).toContain(`
removed {
  from = aws_iam_service_linked_role.service_quotas

  lifecycle {
    destroy = false
  }
}
`);
});

test.each(["full", "read-only"] as const)("the module %s in HCL means the same as in JSON", async (access) => {
  await expectSame(publishedModule(access));
});

test.each([
  ["with what an account has once", publishedAccountModule],
  ["of a guardrail", publishedGuardrailModule],
  ["of an account", publishedRoot],
])("the module %s in HCL means the same as in JSON", async (_, published) => {
  await expectSame(published());
});

test("texts, templates and expressions", async () => {
  const hcl = toHcl({
    locals: {
      text: 'a "quoted" \\ one\n$',
      template: 'a ${var.a["x}"]} "b"',
      whole: '${var.a ? "{" : "}"}',
      two: "${var.a}${var.b}",
      astral: "𠮷野家",
      empty: [[], {}, null, true, 1.5],
      keys: { a: 1, "not a name": 2, "x:y": 3 },
    },
  });
  expect(hcl).toBe(`locals {
  text     = "a \\"quoted\\" \\\\ one\\n$"
  template = "a \${var.a["x}"]} \\"b\\""
  whole    = var.a ? "{" : "}"
  two      = "\${var.a}\${var.b}"
  astral   = "𠮷野家"
  empty = [
    [],
    {},
    null,
    true,
    1.5,
  ]
  keys = {
    a            = 1
    "not a name" = 2
    "x:y"        = 3
  }
}
`);
});

test("strings that seem to end a template early are read to their end", () => {
  const hcl = toHcl({
    locals: {
      nested: '${join("}", ["a${b ? "}" : "{"}"])} "and" $${not} %%{not} %{if a == "x"}y%{endif}',
      mapping: '${jsonencode({"a" = {"b" = "{c}"}, "d" = {}})}',
      control: "\b\f\u0001\u2028",
    },
  });
  expect(hcl).toBe(`locals {
  nested  = "\${join("}", ["a\${b ? "}" : "{"}"])} \\"and\\" $\${not} %%{not} %{if a == "x"}y%{endif}"
  mapping = jsonencode({ "a" = { "b" = "{c}" }, "d" = {} })
  control = "\\u0008\\u000c\\u0001\u2028"
}
`);
});

test("an unknown section is refused, not ignored", () => {
  expect(() => toHcl({ resources: {} })).toThrow(
    'Received the section "resources", expected one of terraform, provider, variable, locals',
  );
});

test("resources of a user's own are refused, with every type that there is: their blocks look like arguments in JSON", () => {
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const stack = new SupportAppStack(newApp(), environment);
  new S3Bucket(stack, "own");
  expect(() => stack.toHclTerraform()).toThrow(
    'Received the type "aws_s3_bucket", expected one of aws_cloudcontrolapi_resource, aws_iam_policy, aws_iam_policy_document, aws_iam_role, aws_iam_role_policies_exclusive, aws_iam_role_policy_attachment, aws_iam_role_policy_attachments_exclusive, aws_iam_service_linked_role, aws_organizations_policy, aws_organizations_policy_attachment: only these are written as HCL. Synthesize JSON, without --hcl.',
  );
});

test("blocks of a user's own in our resources are refused", () => {
  expect(() => toHcl({ resource: { aws_iam_role: { own: { inline_policy: [{ name: "a" }] } } } })).toThrow(
    'Received "inline_policy" in resource "aws_iam_role" "own", expected a key that this package writes: HCL writes blocks differently from arguments. Leave it out, or synthesize JSON.',
  );
});

test("an expression of several lines, one that strips spaces, and a key named for stay as they are", async () => {
  const locals = { sum: "${\n1\n+ 1 }", trimmed: "${~ 1 ~}", keys: { for: 1, forward: 2 } };
  const hcl = toHcl({ locals });
  expect(hcl).toBe(`locals {
  sum = (1
  + 1)
  trimmed = "\${~ 1 ~}"
  keys = {
    "for"   = 1
    forward = 2
  }
}
`);
  expect(settled(await parse("main.tf", hcl))).toMatchObject({ locals: { keys: { for: 1, forward: 2 } } });
});

test.each([
  ["a carriage return, after which JSON has no templates", "a\r${var.a}"],
  ["a byte order mark, which JSON doesn't keep", "\ufeffa"],
  ["a comment with a brace", '${1 /* } */ + length("a")}'],
  ["a heredoc", "${<<EOT\n}\nEOT\n}"],
])("a string that may mean something else in HCL is refused: %s", (_, value) => {
  expect(() => toHcl({ output: { own: { value } } })).toThrow(
    /^Received the text ".*" in output "own", expected (a text|an expression) without /,
  );
});

test("carriage returns of a Windows text stay", () => {
  expect(toHcl({ locals: { own: "a\r\n${var.a}", alone: "a\rb" } })).toContain('"a\\r\\n${var.a}"');
});
