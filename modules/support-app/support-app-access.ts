import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePoliciesExclusive } from "@cdktf/provider-aws/lib/iam-role-policies-exclusive";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { IamRolePolicyAttachmentsExclusive } from "@cdktf/provider-aws/lib/iam-role-policy-attachments-exclusive";
import type { IamServiceLinkedRole } from "@cdktf/provider-aws/lib/iam-service-linked-role";
import { type TerraformElement, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { ACCESS_LEVELS } from "./access-level";
import type { Capability } from "./capability";
import { permissionStatements, trustStatements } from "./policy-documents";
import { createServiceQuotasRole, managesServiceQuotasRole } from "./service-quotas-role";
import type { SupportAppAccessProps } from "./support-app-access-props";
import { describe, type Problem, ruleProblems, valueProblems } from "./validation";

/**
 * What people in a Slack channel may do in the AWS Support App: the IAM role that the channel uses, its policy and, if
 * asked for, the service-linked role of Service Quotas.
 *
 * Everyone in the channel gets this access, with or without an AWS account, and so does everyone in the live-chat
 * channels made from it.
 *
 * Terraform addresses are made of the construct's path in the stack, with `_` for every other character: the access
 * `new SupportAppAccess(stack, "watch", …)` is `aws_iam_role.watch`, `aws_iam_policy.watch`,
 * `aws_iam_role_policy_attachment.watch`, `data.aws_iam_policy_document.watch` and `….watch_trust`; the service-linked
 * role is `aws_iam_service_linked_role.service_quotas`.
 *
 * Source: AWS Support User Guide, Managing access to the AWS Support App.
 *
 * @throws Error when a value is outside AWS's limits, or when the address or the service-linked role is taken already
 * in the stack. What is wrong between values shows when the stack is synthesized.
 */
export class SupportAppAccess extends Construct {
  /** What people in the channel can do. */
  readonly capabilities: readonly Capability[];

  /** The role to choose for the channel. */
  readonly role: IamRole;

  /** The customer managed policy. Undefined when the policy is AWS managed. */
  readonly policy?: IamPolicy;

  /** ARN of the role's policy, customer or AWS managed. */
  readonly policyArn: string;

  /** What ties the policy to the role. */
  readonly policyAttachment: IamRolePolicyAttachment;

  /** The service-linked role of Service Quotas. Undefined unless its mode is `create` or `adopt`. */
  readonly serviceQuotasRole?: IamServiceLinkedRole;

  /** First part of the names in Terraform addresses. */
  readonly address: string;

  constructor(scope: Construct, id: string, props: SupportAppAccessProps) {
    super(scope, id);
    this.node.addValidation({ validate: () => ruleProblems(props).map((problem) => this.sentence(problem)) });
    this.throwIfAny(valueProblems(props));
    this.address = this.claimAddress();

    const level = ACCESS_LEVELS[props.access];
    const serviceQuotasRole = props.serviceQuotasRole ?? "on-demand";
    const roleName = props.roleName ?? level.roleName;
    const policyName = props.policyName ?? level.policyName;
    const without: readonly Capability[] = props.without ?? [];
    this.capabilities = level.capabilities.filter((capability) => !without.includes(capability));

    const trust = at(
      trustAddress(this.address),
      new DataAwsIamPolicyDocument(this, "trust", {
        statement: trustStatements(props.sourceAccountCondition ? props.account : undefined),
      }),
    );
    this.role = at(
      this.address,
      new IamRole(this, "role", {
        name: roleName,
        description: props.description,
        path: props.path,
        assumeRolePolicy: trust.json,
        permissionsBoundary: props.permissionsBoundary,
        maxSessionDuration: props.maxSessionDuration,
        tags: props.tags,
        lifecycle: { createBeforeDestroy: true },
      }),
    );

    if (props.policy === "aws-managed") {
      this.policyArn = level.awsManagedPolicyArn;
    } else {
      const permissions = at(
        this.address,
        new DataAwsIamPolicyDocument(this, "permissions", {
          statement: permissionStatements(this.capabilities, serviceQuotasRole),
        }),
      );
      this.policy = at(
        this.address,
        new IamPolicy(this, "policy", {
          name: policyName,
          description: props.policyDescription,
          path: props.path,
          policy: permissions.json,
          tags: props.tags,
          lifecycle: { createBeforeDestroy: true },
        }),
      );
      this.policyArn = this.policy.arn;
    }

    this.policyAttachment = at(
      this.address,
      new IamRolePolicyAttachment(this, "attachment", { role: this.role.name, policyArn: this.policyArn }),
    );
    // A policy that somebody attaches to the role or writes into it by hand shows in the plan, and goes.
    at(
      this.address,
      new IamRolePolicyAttachmentsExclusive(this, "attachments-exclusive", {
        roleName: this.policyAttachment.role, // and so after the attachment
        policyArns: [this.policyArn],
      }),
    );
    at(
      this.address,
      new IamRolePoliciesExclusive(this, "inline-exclusive", { roleName: this.role.name, policyNames: [] }),
    );

    if (managesServiceQuotasRole(serviceQuotasRole)) {
      this.throwIfServiceQuotasRoleIsTaken();
      this.serviceQuotasRole = createServiceQuotasRole(this, {
        tags: props.tags,
        adoptFromAccount: serviceQuotasRole === "adopt" ? props.account : undefined,
      });
    }

    if (props.adopt && props.account !== undefined) {
      const policyArn = this.policy
        ? `arn:aws:iam::${props.account}:policy${props.path ?? "/"}${policyName}`
        : this.policyArn;
      this.role.importFrom(roleName);
      this.policy?.importFrom(policyArn);
      this.policyAttachment.importFrom(`${roleName}/${policyArn}`);
    }
  }

  /** ARN of the role to choose for the channel. */
  get roleArn(): string {
    return this.role.arn;
  }

  /** The address made of the path. Two elements of one address would silently become one in Terraform. */
  private claimAddress(): string {
    const path = this.node.scopes.slice(TerraformStack.of(this).node.scopes.length).map((scope) => scope.node.id);
    const address = path.join("_").replace(/\W/g, "_");
    const received = describe(path.join("/"));
    if (/^\d/.test(address)) {
      this.throwIfAny([
        {
          path: ["id"],
          message: `received ${received}, expected an id that begins with a letter, since it becomes a Terraform name.`,
        },
      ]);
    }
    const twin = this.others().find(
      (other) =>
        address === other.address || address === trustAddress(other.address) || other.address === trustAddress(address),
    );
    if (twin) {
      this.throwIfAny([
        {
          path: ["id"],
          message: `received ${received}, expected an id whose Terraform names are free: ${describe(twin.node.path)} has the same. Choose another id.`,
        },
      ]);
    }
    return address;
  }

  private throwIfServiceQuotasRoleIsTaken(): void {
    const twin = this.others().find((other) => other.serviceQuotasRole);
    if (!twin) return;
    this.throwIfAny([
      {
        path: ["serviceQuotasRole"],
        message: `received a second access that manages the Service Quotas role, expected one: an account has one such role, and ${describe(twin.node.path)} manages it. Set existing here.`,
      },
    ]);
  }

  private others(): SupportAppAccess[] {
    return TerraformStack.of(this)
      .node.findAll()
      .filter((construct) => construct instanceof SupportAppAccess && construct !== this) as SupportAppAccess[];
  }

  private sentence({ path, message }: Problem): string {
    return `SupportAppAccess ${describe(this.node.path)}, ${path.join(".")}: ${message}`;
  }

  private throwIfAny(problems: readonly Problem[]): void {
    if (problems.length > 0) throw new Error(problems.map((problem) => this.sentence(problem)).join("\n"));
  }
}

/** Gives an element its readable address. */
function at<Element extends TerraformElement>(address: string, element: Element): Element {
  element.overrideLogicalId(address);
  return element;
}

function trustAddress(address: string): string {
  return `${address}_trust`;
}
