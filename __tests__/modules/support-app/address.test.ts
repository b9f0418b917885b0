import { addressProblems, clashOf, clashProblems, named, nameOf } from "../../../modules/support-app/address";
import { DataAwsIamPolicyDocument, IamRole } from "../../../modules/support-app/aws-bindings";
import { Construct, TerraformOutput, TerraformStack } from "../../../modules/support-app/framework";
import { FRAMEWORK } from "../../../modules/support-app/library";
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
  return named(name, new IamRole(scope, id, { assumeRolePolicy: "{}" }));
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
  const other = FRAMEWORK === "cdktf" ? "cdktn" : "cdktf";
  expect(addressProblems(new Construct(foreignStack(other), "watch"))).toEqual([
    {
      path: ["scope"],
      message: `received a stack of ${other}, expected one of ${FRAMEWORK}, which ${FRAMEWORK}-support-app-access supports. Install ${other}-support-app-access and import that instead, or create the stack with ${FRAMEWORK}.`,
    },
  ]);
  expect(addressProblems(new Construct(foreignStack(FRAMEWORK), "watch"))).toEqual([]);
});

describe("Terraform would merge two elements of one address", () => {
  test("which the second one's error names, with its path", () => {
    const stack = newStack();
    const [ours, theirs] = [new Construct(new Construct(stack, "team"), "on-call"), new Construct(stack, "theirs")];
    role(ours, "role", "team_on_call");
    expect(clashProblems(ours)).toEqual([]);
    role(theirs, "role", "team_on_call");
    expect(clashProblems(ours)).toEqual([
      {
        path: ["id"],
        message:
          'received "team/on-call", expected an id whose Terraform addresses are unused: "stack/theirs/role" already has aws_iam_role.team_on_call. Choose another id.',
      },
    ]);
  });

  /** The clash as text. */
  function clashIn(construct: Construct): string | undefined {
    const clash = clashOf(construct);
    return clash && `${clash.address} of ${clash.twin.node.path}`;
  }

  test("whichever of the two came first", () => {
    const stack = newStack();
    const first = new Construct(stack, "a");
    const second = new Construct(stack, "b");
    const third = new Construct(stack, "c");
    role(first, "role", "watch");
    role(second, "role", "watch");
    role(third, "role", "other");
    expect(clashIn(first)).toBe("aws_iam_role.watch of stack/b/role");
    expect(clashIn(second)).toBe("aws_iam_role.watch of stack/a/role");
    expect(clashIn(third)).toBeUndefined();
  });

  test("but not a resource and a data source of one name, nor an output", () => {
    const stack = newStack();
    const access = new Construct(stack, "watch");
    role(access, "role", "watch");
    named("watch", new DataAwsIamPolicyDocument(access, "document", {}));
    named("watch", new TerraformOutput(access, "output", { value: "" }));
    named("watch", new TerraformOutput(stack, "output", { value: "" }));
    expect(clashIn(access)).toBeUndefined();
    named("watch", new DataAwsIamPolicyDocument(stack, "document", {}));
    expect(clashIn(access)).toBe("data.aws_iam_policy_document.watch of stack/document");
  });
});
