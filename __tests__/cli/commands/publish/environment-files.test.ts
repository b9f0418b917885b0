import { publishedEnvironment } from "../../../../cli/commands/publish/access-document";
import { environmentFiles } from "../../../../cli/commands/publish/environment-files";
import { portableEnvironment } from "../../../../stacks/portable/portable";
import type { BackendChoice } from "../../../../stacks/portable/root-choices";
import type { Terraform } from "../../../../stacks/written-stack";
import { environmentOf } from "../../../support/live-account";
import { withWordLists } from "../../../support/word-lists";

/** The files of an environment, from what stands below its account. */
function filesOf(yaml: string): Readonly<Record<string, string>> {
  const environment = environmentOf(yaml);
  const access = publishedEnvironment(environment);
  return Object.fromEntries(environmentFiles(environment, portableEnvironment(environment), access));
}

/** The notes below the tables of its README. */
const notesOf = (yaml: string) => filesOf(yaml)["README.md"]?.match(/^- .*$/gm) ?? [];

const WATCH = "channels: [{ name: support-watch, workspace: T01, channel: C01 }]";
const ONCALL = "channels: [{ name: support-oncall, workspace: T01, channel: C02 }]";

test("a root module has its provider and resources in main.tf, and no backend", () => {
  const files = filesOf(`read-only: { ${WATCH} }`);
  expect(Object.keys(files)).toEqual(["main.tf", "outputs.tf", "versions.tf", "README.md"]);
  expect(files["main.tf"]).toMatch(
    /^provider "aws" \{\n {2}allowed_account_ids = \["111122223333"\]\n {2}region .*\n\}\n/,
  );
  expect(new Set(files["outputs.tf"]?.match(/^\w+/gm))).toEqual(new Set(["output"]));
  expect(files["versions.tf"]?.match(/^\w+/gm)).toEqual(["terraform"]);
  expect(
    Object.values(files)
      .join("")
      .match(/^ *backend .*/gm),
  ).toEqual(['  backend "s3" {']); // in the README
});

test("a root module without a provider block has an override file that keeps another file's in the account and region", () => {
  const environment = environmentOf("deploy-role: 'arn:aws:iam::111122223333:role/deploy', read-only: {}");
  const files = environmentFiles(
    environment,
    portableEnvironment(environment, "none", "none"),
    publishedEnvironment(environment),
    "none",
  );
  expect([...files.keys()]).toEqual(["main.tf", "provider_override.tf", "outputs.tf", "versions.tf", "README.md"]);
  expect(files.get("main.tf")).not.toMatch(/^provider /m);
  expect(files.get("provider_override.tf")).toBe(`provider "aws" {
  # Terraform merges this into the provider block of another file here, and then refuses other accounts.
  allowed_account_ids = ["111122223333"]
  region              = "us-east-1"
}
`);
  expect(files.get("versions.tf")).toContain("required_providers {");
  expect(files.get("README.md")).toContain(
    "\n\nIt has no provider block: configure one in a file of its own, such as provider.tf. `provider_override.tf` sets the region us-east-1 in it, and refuses credentials of any account but 111122223333. The block has to assume `arn:aws:iam::111122223333:role/deploy`.\n\nIt has no backend:",
  );
});

test("a root module has the checks of its channels and its alias, and the local values that they and its outputs refer to", () => {
  const files = filesOf(`account-alias: Payments, read-only: { ${WATCH} }, full: { ${ONCALL} }`);
  const names = ["account_alias", "channel_T01_C01", "channel_T01_C02"];
  const main = files["main.tf"] ?? "";
  expect([...main.matchAll(/^check "(\w+)" \{$/gm)].map(([, name]) => name).sort()).toEqual(names);
  for (const name of names) expect(main).toMatch(new RegExp(`^  ${name}_differences +=`, "m"));
  const referring = Object.values(files)
    .join("")
    .match(/\blocal\.\w+/g);
  expect([...new Set(referring)].sort()).toEqual(names.map((name) => `local.${name}_differences`));
  expect(files["outputs.tf"]).toContain('output "support_app_differences" {');
  expect(main).toContain('resource "terraform_data" "support_app_place" {');
});

test("checkov is told why the policy of people who may write has no resource, and nothing about other policies", () => {
  const { "main.tf": main = "" } = filesOf(`read-only: { ${WATCH} }, full: { ${ONCALL} }`);
  const reason =
    "AWS Support's actions take no resource, and people may ask to increase any quota, as with AWSSupportAppFullAccess.";
  const remarks = ["CKV_AWS_111", "CKV_AWS_356"].map((id) => `  # checkov:skip=${id}: ${reason}\n`).join("");
  expect(main).toContain(`\ndata "aws_iam_policy_document" "full" {\n${remarks}  statement {\n`);
  expect(main.split("checkov:skip")).toHaveLength(3);
  expect(filesOf("full: { policy: aws-managed }")["main.tf"]).not.toContain("checkov");
  const { "main.tf": teams = "" } = filesOf("teams: { pay: { access: full }, watch: { access: read-only } }");
  expect(teams).toContain(`\ndata "aws_iam_policy_document" "team_pay" {\n${remarks}  statement {\n`);
  expect(teams.split("checkov:skip")).toHaveLength(3);
});

test("what moves in the state of a user moves in a root module, too", () => {
  const environment = environmentOf("read-only: {}");
  const moved = [{ from: "aws_iam_role.old", to: "aws_iam_role.read_only" }] as unknown as Terraform[string];
  const files = environmentFiles(environment, { moved }, publishedEnvironment(environment));
  expect(files.get("main.tf")).toContain("moved {\n  from = aws_iam_role.old\n  to   = aws_iam_role.read_only\n}\n");
});

test("the README says who can do what, and how to deploy it", () => {
  const { "README.md": readme = "" } = filesOf(
    `read-only: { policy: aws-managed, ${WATCH} }, full: { without: [resolve-cases], ${ONCALL} }`,
  );
  const placeholder = "<capabilities but resolve-cases>";
  expect(readme.replaceAll(withWordLists(placeholder), placeholder)).toMatchSnapshot();
});

test.each<[string, BackendChoice, string]>([
  [
    "backend: { type: s3, bucket: state, region: us-east-1 }",
    "environment",
    "It keeps its state where environments.yaml says: see versions.tf.",
  ],
  [
    "backend: { type: cloud, organization: acme }",
    "environment",
    "It keeps its state where environments.yaml says: see versions.tf.",
  ],
  [
    "backend: { type: http, address: https://gitlab.com/api/v4/projects/42/terraform/state }",
    "environment",
    "It keeps its state where environments.yaml says: see versions.tf.",
  ],
  [
    "read-only: {}",
    "http",
    "Its backend `http` has no settings: give them to `terraform init`, such as with `-backend-config=FILE`.",
  ],
  [
    "read-only: {}",
    "cloud",
    "It runs in HCP Terraform or Terraform Enterprise: set `TF_CLOUD_ORGANIZATION` and `TF_WORKSPACE`.",
  ],
  [
    "backend: { type: s3, bucket: state, region: us-east-1 }",
    "none",
    "It has no backend: configure one in a file of its own, such as backend.tf.",
  ],
])("the README of %s, published with the backend %s, says where its state is", (yaml, backend, words) => {
  const environment = environmentOf(yaml.startsWith("read-only") ? yaml : `${yaml}, read-only: {}`);
  const files = environmentFiles(
    environment,
    portableEnvironment(environment, backend),
    publishedEnvironment(environment),
  );
  expect(files.get("README.md")).toContain(`\n\n${words}`);
  const isLocked = backend === "environment" && yaml.includes("s3");
  expect(files.get("README.md")).toContain(`Needs Terraform ${isLocked ? "1.10" : "1.7"} or OpenTofu 1.10.`);
});

test("the README names teams", () => {
  const boundary = 'permissions-boundary: "arn:aws:iam::111122223333:policy/b"';
  const { "README.md": readme = "" } = filesOf(
    `full: { policy: aws-managed }, teams: { on-call: { access: read-only, policy: aws-managed, ${boundary}, ${WATCH} } }`,
  );
  const role = "`arn:aws:iam::111122223333:role/AWSSupportAppOnCallRole`";
  const limits =
    "less what the boundary `arn:aws:iam::111122223333:policy/b` takes away; AWS's own policy, which AWS may change";
  expect(readme).toContain(
    `| \`#support-watch\` (\`C01\` of \`T01\`) | team on-call | view-cases | ${role}; ${limits} |`,
  );
});

const ENDS =
  "A capability with an end is granted only up to that end. IAM enforces that, whether or not somebody applies this again.";
const ADOPTS =
  "The first `apply` imports the handmade roles and policies. Read the plan first: it shows the roles' other policies, which are removed.";
const PROTECTED =
  "The Service Quotas role is never destroyed: `terraform destroy` stops there (`prevent_destroy`). A later publication without it hands it back to the account with `terraform apply`.";

test.each<[string, string, string[]]>([
  ["nothing special", "full: {}", []],
  ["an end of everything", "full: { until: 2026-12-31 }", [ENDS]],
  ["a role to adopt", "read-only: {}, full: { adopt: true }", [ADOPTS]],
  ["the Service Quotas role", "full: { service-quotas-role: create }", [PROTECTED]],
])("the README of an environment with %s has exactly the notes on it", (_, yaml, notes) => {
  expect(notesOf(yaml)).toEqual(notes.map((note) => `- ${note}`));
});

test("what ends is apart, with its end; without ends nothing mentions them", () => {
  const ends = "temporarily: [{ capability: resolve-cases, until: 2026-12-31T18:00:00+01:00 }]";
  const { "README.md": readme } = filesOf(`full: { without: [resolve-cases], ${ends}, ${ONCALL} }`);
  expect(readme).toMatch(/ \| full \| view-cases, .*; until 2026-12-31T17:00:00Z: resolve-cases \| /);
  expect(filesOf(`full: { ${ONCALL} }`)["README.md"]).not.toContain("until");
});

test("an environment that adopts has import blocks, and says how to remove everything but the Service Quotas role", () => {
  const files = filesOf(
    "full: { adopt: true, service-quotas-role: adopt }, deploy-role: 'arn:aws:iam::111122223333:role/deploy'",
  );
  expect(files["main.tf"]?.match(/^import \{$/gm)).toHaveLength(6);
  expect(files["main.tf"]).not.toMatch(/^removed /m);
  expect(notesOf("full: { adopt: true, service-quotas-role: adopt }")).toEqual([`- ${ADOPTS}`, `- ${PROTECTED}`]);
  // e2e/retired.e2e.ts does what it says.
  expect(files["README.md"]).toMatch(
    /with credentials that may assume `arn:aws:iam::111122223333:role\/deploy`\.\n\n## Removing everything\n.*```hcl\nremoved \{\n {2}from = aws_iam_service_linked_role\.service_quotas\n\n {2}lifecycle \{\n {4}destroy = false\n {2}\}\n\}\n```\n$/s,
  );
});

test("without channels in code and without the Service Quotas role, the first are explained, the other is handed back", () => {
  const { "README.md": readme, "main.tf": main } = filesOf("read-only: {}");
  expect(readme).toContain(
    "A channel that was configured by hand has the access of its role.\n\n| channel | access | people can | role |\n| --- | --- | --- | --- |\n| none in code | read-only |",
  );
  expect(main).toContain("\nremoved {\n  from = aws_iam_service_linked_role.service_quotas\n");
  expect(readme).not.toContain("Service Quotas role");
});
