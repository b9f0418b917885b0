import { parse } from "@cdktf/hcl2json";
import { toHcl } from "../../../cli/publish/hcl";
import { parseEnvironments } from "../../../stacks/environments";
import { portableEnvironment, type Terraform } from "../../../stacks/portable";
import { publishedAccountModule } from "../../../stacks/published-account-module";
import { publishedModule } from "../../../stacks/published-module";
import { publishedRoot } from "../../../stacks/published-root";
import { synthesize } from "../../support/synthesize";

/** What hcl2json and CDKTF write differently of the same: lists around a single block, and references in quotes. */
function settled(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) {
    const [only] = value;
    return value.length === 1 && typeof only === "object"
      ? settled(only, key)
      : value.map((item) => settled(item, key));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, settled(inside, name)]));
  }
  if (typeof value !== "string") return value;
  const bare = ["from", "to", "type", "depends_on", "ignore_changes"].includes(key ?? "")
    ? value.replace(/^\$\{(.*)\}$/s, "$1")
    : value;
  return bare.replace(/\s+/g, "");
}

async function expectSame(terraform: Terraform): Promise<string> {
  const hcl = await toHcl(terraform);
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

test("an environment in HCL says what it says in JSON", async () => {
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const hcl = await expectSame(portableEnvironment(environment));
  expect(hcl).toMatchSnapshot();
  expect(hcl).toContain('description        = "they said \\"hello\\" & <b>"');
});

test("an environment's root is what CDKTF synthesizes, but for the backend", () => {
  const withoutRemarks = (text: string) => JSON.parse(text, (key, value) => (key === "//" ? undefined : value));
  const { terraform, ...rest } = withoutRemarks(synthesize(YAML).adopted ?? "");
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const root = portableEnvironment(environment);
  expect(JSON.parse(JSON.stringify({ ...root, terraform: undefined }))).toEqual(rest);
  expect(root.terraform).toEqual({ required_version: ">= 1.7", required_providers: terraform.required_providers });
});

test("an environment's root has no backend, and so needs no Terraform for the lock file of one", () => {
  const s3 = YAML.replace("  adopted:\n", "  adopted:\n    backend: { type: s3, bucket: states, region: us-east-1 }\n");
  const [environment] = parseEnvironments(s3, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  expect(portableEnvironment(environment).terraform).toEqual({
    required_version: ">= 1.7",
    required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
  });
});

test("an environment without the Service Quotas role hands back one that it had, by a reference and a block", async () => {
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

test.each(["full", "read-only"] as const)("the module %s in HCL says what it says in JSON", async (access) => {
  expect(await expectSame(publishedModule(access))).toMatchSnapshot();
});

test.each([
  ["of what an account has once", publishedAccountModule],
  ["of an account", publishedRoot],
])("the module %s in HCL says what it says in JSON", async (_, published) => {
  expect(await expectSame(published())).toMatchSnapshot();
});

test("texts, templates and expressions", async () => {
  const hcl = await toHcl({
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
