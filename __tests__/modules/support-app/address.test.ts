import { addressProblems, clashProblems, nameOf, withName } from "../../../modules/support-app/address";
import { DataAwsIamPolicyDocument, IamRole } from "../../../modules/support-app/aws-bindings";
import { Construct, TerraformOutput, TerraformStack } from "../../../modules/support-app/framework";
import { FRAMEWORK } from "../../../modules/support-app/framework-name";
import { newApp } from "../../support/new-app";

function newStack(): TerraformStack {
  return new TerraformStack(newApp(), "stack");
}

/** A stack of the other framework: its class isn't ours, but it marks its stacks in the same way. */
function foreignStack(framework: string): Construct {
  const stack = new (class TerraformStack extends Construct {})(undefined as unknown as Construct, "");
  for (const mark of Object.getOwnPropertySymbols(newStack())) Object.defineProperty(stack, mark, { value: true });
  Object.defineProperty(stack.constructor, Symbol.for("jsii.rtti"), { value: { fqn: `${framework}.TerraformStack` } });
  return stack;
}

/** A role of that Terraform name. */
function role(scope: Construct, id: string, name: string): IamRole {
  return withName(name, new IamRole(scope, id, { assumeRolePolicy: "{}" }));
}

test("a name is the path below the stack, with _ for what Terraform rejects", () => {
  const team = new Construct(newStack(), "payments-team");
  expect(nameOf(new Construct(team, "on.call"))).toBe("payments_team_on_call");
  expect(addressProblems(new Construct(team, "on-call 2"))).toEqual([]);
});

test("a name begins with a letter", () => {
  expect(addressProblems(new Construct(new Construct(newStack(), "24x7"), "Watch"))).toEqual([
    {
      path: ["id"],
      message:
        'received "24x7/Watch", expected a path in the stack that begins with a letter, since it becomes a Terraform name.',
    },
  ]);
  expect(addressProblems(new Construct(newStack(), "Watch"))).toEqual([]);
});

test("a stack of the other framework is refused, with the package that supports it", () => {
  const otherFramework = FRAMEWORK === "cdktf" ? "cdktn" : "cdktf";
  expect(addressProblems(new Construct(foreignStack(otherFramework), "watch"))).toEqual([
    {
      path: ["scope"],
      message: `received a stack of ${otherFramework}, expected one of ${FRAMEWORK}, which ${FRAMEWORK}-support-app-access supports. Install ${otherFramework}-support-app-access and import that instead, or create the stack with ${FRAMEWORK}.`,
    },
  ]);
  expect(addressProblems(new Construct(foreignStack(FRAMEWORK), "watch"))).toEqual([]);
});

describe("Terraform would merge two elements of one address", () => {
  const addressIn = (construct: Construct) =>
    clashProblems(construct).map(({ message }) => message.match(/stack has: (.*)\. Choose another id/)?.[1]);

  test("two elements of one address have an error that names both, whichever came first", () => {
    const stack = newStack();
    const [ours, theirs] = [new Construct(new Construct(stack, "team"), "on-call"), new Construct(stack, "theirs")];
    role(ours, "role", "team_on_call");
    expect(clashProblems(ours)).toEqual([]);
    role(theirs, "role", "team_on_call");
    role(new Construct(stack, "third"), "role", "other");
    expect(clashProblems(ours)).toEqual([
      {
        path: ["id"],
        message:
          'received "team/on-call", expected Terraform addresses that nothing else in the stack has: "stack/theirs/role" already has aws_iam_role.team_on_call. Choose another id or, where it is the account\'s Service Quotas role, set serviceQuotasRole to existing.',
      },
    ]);
    expect(addressIn(theirs)).toEqual(['"stack/team/on-call/role" already has aws_iam_role.team_on_call']);
  });

  test("a resource, a data source and an output may have one name, and so may elements of two stacks", () => {
    const stack = newStack();
    const access = new Construct(stack, "watch");
    role(access, "role", "watch");
    role(new TerraformStack(stack, "nested"), "role", "watch");
    withName("watch", new DataAwsIamPolicyDocument(access, "document", {}));
    withName("watch", new TerraformOutput(access, "output", { value: "" }));
    withName("watch", new TerraformOutput(stack, "output", { value: "" }));
    expect(addressIn(access)).toEqual([]);
    withName("watch", new DataAwsIamPolicyDocument(stack, "document", {}));
    expect(addressIn(access)).toEqual(['"stack/document" already has data.aws_iam_policy_document.watch']);
  });

  test("an element that somebody adds inside an access can clash, too", () => {
    const access = new Construct(newStack(), "watch");
    for (const id of ["document", "more"]) withName("watch", new DataAwsIamPolicyDocument(access, id, {}));
    expect(addressIn(access)).toEqual(['"stack/watch/more" already has data.aws_iam_policy_document.watch']);
  });
});
