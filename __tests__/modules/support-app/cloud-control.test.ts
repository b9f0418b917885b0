import { AccountAlias, SlackWorkspace } from "../../../modules/support-app";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { cloudControlResource } from "../../../modules/support-app/cloud-control";
import { Construct, TerraformStack } from "../../../modules/support-app/framework";
import {
  ACCOUNT_ALIAS_TYPE,
  CLOUD_CONTROL_SCHEMAS,
  SLACK_WORKSPACE_TYPE,
} from "../../../modules/support-app/model/cloud-control-types";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";

let stack: TerraformStack;
beforeEach(() => {
  stack = new TerraformStack(newApp(), "stack");
});

const problemsOf = (constructs: readonly Construct[]) => constructs.flatMap(({ node }) => node.validate());

test("an alias and a registration are all that AWS gets, with their types' schemas, their provider and what they wait for", () => {
  const provider = new AwsProvider(stack, "payments", { alias: "payments" });
  const alias = new AccountAlias(stack, "alias", { alias: "Payments EU", provider });
  new SlackWorkspace(stack, "acme", { workspace: "T012ABCDEFG" });
  cloudControlResource(new Construct(stack, "on-call"), SLACK_WORKSPACE_TYPE, {}, { dependsOn: [alias.resource] });
  const resources = JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource;
  expect(resources).toMatchObject({
    alias: {
      type_name: "AWS::SupportApp::AccountAlias",
      desired_state: '${jsonencode({"AccountAlias" = "Payments EU"})}',
      schema: CLOUD_CONTROL_SCHEMAS[ACCOUNT_ALIAS_TYPE],
      provider: "aws.payments",
    },
    acme: {
      type_name: "AWS::SupportApp::SlackWorkspaceConfiguration",
      desired_state: '${jsonencode({"TeamId" = "T012ABCDEFG"})}',
      schema: CLOUD_CONTROL_SCHEMAS[SLACK_WORKSPACE_TYPE],
    },
    on_call: { depends_on: ["aws_cloudcontrolapi_resource.alias"] },
  });
  expect(resources.acme.provider).toBeUndefined();
});

test("a construct that can't have a Terraform name throws; an address that is taken is reported at synthesis", () => {
  expect(() => cloudControlResource(new Construct(stack, "1st"), ACCOUNT_ALIAS_TYPE, {})).toThrow(
    new Error(
      'Construct "stack/1st", id: received "1st", expected a path in the stack that begins with a letter, since it becomes a Terraform name.',
    ),
  );
  const [one, other] = [new Construct(stack, "on-call"), new Construct(stack, "on_call")];
  for (const construct of [one, other]) cloudControlResource(construct, ACCOUNT_ALIAS_TYPE, {});
  expect(problemsOf([other])).toEqual([
    'Construct "stack/on_call", id: received "on_call", expected Terraform addresses that nothing else in the stack has: "stack/on-call/resource" already has aws_cloudcontrolapi_resource.on_call. Choose another id or, where it is the account\'s Service Quotas role, set serviceQuotasRole to existing.',
  ]);
});

test("an account, which is a stack's provider, named or not, has one alias: every further one names the first", () => {
  new SlackWorkspace(stack, "workspace", { workspace: "T1" });
  const aliasIn = (scope: Construct, id: string, provider?: AwsProvider) =>
    new AccountAlias(scope, id, { alias: `${id} alias`, provider });
  const first = aliasIn(stack, "first");
  const others = [
    aliasIn(stack, "payments", new AwsProvider(stack, "aws-payments", { alias: "payments" })),
    aliasIn(new TerraformStack(stack, "nested"), "own"),
  ];
  const again = [
    aliasIn(new Construct(stack, "team"), "again"),
    aliasIn(stack, "named", new AwsProvider(stack, "aws")),
  ];
  expect(problemsOf([first, ...others])).toEqual([]);
  expect(problemsOf(again)).toEqual([
    'AccountAlias "stack/team/again", alias: received "again alias", expected one alias per account: "stack/first" already sets it.',
    'AccountAlias "stack/named", alias: received "named alias", expected one alias per account: "stack/first" already sets it.',
  ]);
});

test("at most 5 workspaces are allowed, each once", () => {
  const ids = [1, 2, 3, 4, 5, 6, 1].map((number, index) => [`w${index + 1}`, `T${number}`] as const);
  expect(problemsOf(ids.map(([id, workspace]) => new SlackWorkspace(stack, id, { workspace })))).toEqual([
    'SlackWorkspace "stack/w6", workspace: received 7 workspaces, expected at most 5, the AWS limit for an account.',
    'SlackWorkspace "stack/w7", workspace: received "T1" a second time, expected each workspace once: "stack/w1" has it already.',
  ]);
});
