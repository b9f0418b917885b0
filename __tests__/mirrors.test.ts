import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";

const INIT_FILES = join("cli", "commands", "init", "files") + sep; // which init copies into another repository

/** What no test file can say anything about, and what proves it instead. */
const WITHOUT: Readonly<Record<string, string>> = {
  "cli/aws/orphans.ts": "look.integration.test.ts and doctor/command.integration.test.ts have what it finds",
  "cli/commands/audit/checks.ts": "audited-account.test.ts has each kind",
  "cli/commands/audit/read-account.ts": "command.integration.test.ts has what it reads, and each failure",
  "cli/commands/bootstrap/account-template.ts": "command.integration.test.ts has all that it writes",
  "cli/commands/bootstrap/roles.ts": "command.integration.test.ts evaluates each trust policy, and has what is refused",
  "cli/commands/deploy/corrected-state.ts": "change.integration.test.ts has what is pushed, and restored",
  "cli/commands/deploy/leftovers.ts": "look.integration.test.ts has what it finds in IAM",
  "cli/commands/deploy/live-state.ts": "look.integration.test.ts has what it finds of the Support App",
  "cli/commands/deploy/look-words.ts": "change.integration.test.ts has each sentence",
  "cli/commands/deploy/plan-and-apply.ts": "change.integration.test.ts has each plan, and what is asked",
  "cli/commands/deploy/terraform-run.ts": "change.integration.test.ts has each command, and each failure",
  "cli/commands/doctor/checks/retired.ts": "command.integration.test.ts has what is left in each section",
  "cli/commands/init/git.ts": "command.integration.test.ts has what it asks Git",
  "cli/commands/publish/access-rows.ts": "access-page.test.ts and environment-files.test.ts have its words",
  "cli/commands/publish/stack-set.ts": "command.integration.test.ts has what it refuses",
  "cli/commands/review/access-pairs.ts": "property-changes.test.ts and random-changes.test.ts have what is one role",
  "cli/commands/review/channel-names.ts": "report/report.test.ts has each channel that needs its ID",
  "cli/commands/review/plans-folder.ts": "command.integration.test.ts has each plan of a workflow",
  "cli/findings/orphan-words.ts": "look.integration.test.ts and doctor/command.integration.test.ts have each sentence",
  "cli/forge/bootstrap.ts": "types",
  "cli/forge/forge.ts": "types; environments/command.test.ts has the names that are refused",
  "cli/forge/forges.ts": "the help of each command has its options",
  "cli/forge/github/bootstrap.ts": "bootstrap/command.integration.test.ts has its steps and what it refuses",
  "cli/forge/github/github.ts": "review, environments, summary and deploy work with it",
  "cli/forge/github/run-jobs.ts": "review/command.integration.test.ts has the jobs of a workflow",
  "cli/forge/github/trust.ts": "bootstrap/command.integration.test.ts evaluates each trust policy",
  "cli/forge/gitlab/api.ts": "the tests beside it have each request, and what is refused",
  "cli/forge/gitlab/bootstrap.ts": "bootstrap/command.integration.test.ts has its steps and what it refuses",
  "cli/forge/gitlab/gitlab.ts": "review, environments, summary and deploy work with it",
  "cli/forge/rest-api.ts": "github/api.integration.test.ts has each failure",
  "cli/forge/variables.ts": "bad-inputs/github.yaml and bad-inputs/gitlab.yaml have each error",
  "cli/permissions/state-statements.ts": "deployer-policy.test.ts and reader-policy.test.ts have both uses",
  "cli/permissions/statement.ts": "deployer-policy.test.ts and reader-policy.test.ts have each statement",
  "cli/terraform/resource-words.ts": "deploy/plan-summary.test.ts has the words of each resource",
  "common/broken-answer.ts": "a class",
  "common/fields.ts": "hcl.test.ts and stack-digest.test.ts have each kind of value",
  "common/input-error.ts": "a class with one field",
  "modules/support-app/account-alias.ts": "cloud-control.test.ts, with the other resources of Cloud Control",
  "modules/support-app/aws-bindings.ts":
    "it exports the bindings again; rooms.test.ts proves that nothing else names them",
  "modules/support-app/format-problem.ts": "bad-inputs/constructs.yaml has its sentences, check-props.test.ts the rest",
  "modules/support-app/framework.ts": "it exports the framework again; rooms.test.ts proves that nothing else names it",
  "modules/support-app/index.ts": "framework-name.test.ts has what the package exports",
  "modules/support-app/model/access.ts": "types and a list",
  "modules/support-app/model/conflict.ts": "types; the tests of who looks for conflicts have what is repeated",
  "modules/support-app/neighbours.ts":
    "cloud-control.test.ts has the neighbours of an alias, in its stack and outside it",
  "modules/support-app/peers.ts": "build.integration.test.ts has what a project without the framework reads",
  "modules/support-app/slack-channel.ts": "cloud-control.test.ts, with the other resources of Cloud Control",
  "modules/support-app/slack-workspace.ts": "cloud-control.test.ts, with the other resources of Cloud Control",
  "packaging/acceptance-questions.ts": "aws-facts.test.ts has each question's fact",
  "packaging/browser.ts": "page.e2e.ts opens pages in it",
  "packaging/terraform/account-module.ts": "modules.test.ts has all that it makes, in each module",
  "packaging/terraform/channels.ts": "modules.test.ts has all that it makes, in each module",
  "packaging/terraform/guardrail-module.ts": "modules.test.ts has all that it makes, in each module",
  "packaging/terraform/level-module.ts": "modules.test.ts has all that it makes, in each module",
  "packaging/terraform/level-variables.ts": "modules.test.ts has all that it makes, in each module",
  "packaging/terraform/module.ts": "modules.test.ts has all that it makes, in each module",
  "packaging/terraform/root-module.ts": "modules.test.ts has all that it makes, in each module",
  "packaging/terraform/variable.ts": "modules.test.ts has all that it makes, in each module",
  "stacks/backend.ts": "support-app-stack.test.ts has each backend in its stack",
  "stacks/cdktf/forgotten-tokens.ts": "app.test.ts, with everything else that is patched",
  "stacks/environments/yaml/property-schemas.ts":
    "environments-schema.test.ts and rules-schema.test.ts have each kind of property",
  "stacks/environments/yaml/schema-values.ts":
    "bad-inputs/environments.yaml and bad-inputs/rules.yaml have each message",
  "stacks/index.ts": "synthesize.test.ts has what the package exports",
  "stacks/portable/root-choices.ts": "portable.test.ts has each kind of choice",
};

test("every source file has a test file in its mirror, or a reason for having none", () => {
  const sources = ["common", "modules", "stacks", "cli", "packaging"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(folder, path))
      .filter((path) => !path.startsWith(INIT_FILES)),
  );
  const without = sources.filter((path) =>
    ["test.ts", "integration.test.ts"].every((suffix) => !existsSync(join("__tests__", path.replace(/ts$/, suffix)))),
  );
  expect(without.map((path) => path.split(sep).join("/")).sort()).toEqual(Object.keys(WITHOUT));
});
