import type { Problem } from "../../common/problem";
import { addressProblems, clashProblems, nameOf, withName } from "./address";
import {
  DataAwsIamPolicyDocument,
  IamPolicy,
  IamRole,
  IamRolePoliciesExclusive,
  IamRolePolicyAttachment,
  IamRolePolicyAttachmentsExclusive,
  IamServiceLinkedRole,
} from "./aws-bindings";
import { ACCESS_CHECKS, type ProviderProps, propProblems, providerOf } from "./check-props";
import { problemOf } from "./conflict-words";
import { assertNoProblems, describeProp, isToken, validateInStack } from "./format-problem";
import { Construct, type ITerraformDependable } from "./framework";
import type { FullAccess, ReadOnlyAccess } from "./model/access";
import { accessConflicts } from "./model/access-consistency";
import { ACCESS_LEVELS } from "./model/access-level";
import type { Capability } from "./model/capability";
import { grantedCapabilities } from "./model/grant";
import { type IamNames, iamNamesOf, policyArnOf } from "./model/iam-names";
import { accessPermissions, accessTrust } from "./model/policy-statements";
import { argumentsOf } from "./model/properties";
import {
  managesServiceQuotasRole,
  SERVICE_QUOTAS_ROLE_ID,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasModeOf,
  serviceQuotasRoleArn,
} from "./model/service-quotas-role";
import { neighbours } from "./neighbours";

/**
 * People in the channel can see support cases and nothing else. The properties are those of {@link FullAccessProps},
 * except `without`, `temporarily` and `serviceQuotasRole`, and `access` is `"read-only"`.
 */
export type ReadOnlyAccessProps = ReadOnlyAccess & ProviderProps;

/** People in the channel can do everything that isn't left out. */
export interface FullAccessProps extends FullAccess, ProviderProps {}

/** What people in a Slack channel may do, and the settings of the role and policy behind it. */
export type SupportAppAccessProps = ReadOnlyAccessProps | FullAccessProps;

/** The arguments that values become as they are, by their names in CDKTF. */
function argumentsIn(...input: Parameters<typeof argumentsOf>): Record<string, never> {
  const argumentEntries = Object.entries(argumentsOf(...input)).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(argumentEntries);
}

/** The new role or policy is created before the old one is destroyed; if that fails, the old one stays. */
const REPLACED_WITHOUT_A_GAP = { createBeforeDestroy: true };

/**
 * What everyone in a Slack channel may do in the AWS Support App, with or without an AWS account: the IAM role that the
 * channel uses, its policy and, if asked for, the service-linked role of Service Quotas.
 *
 * @hideconstructor
 */
export class SupportAppAccess extends Construct {
  /** What people in the channel can do, including what ends. */
  readonly capabilities: readonly Capability[];

  /** The channel's role. */
  readonly role: IamRole;

  /** ARN of the channel's role. */
  readonly roleArn: string;

  /** The customer managed policy. Undefined when the policy is AWS managed. */
  readonly policy?: IamPolicy;

  /** ARN of the role's policy, customer or AWS managed. */
  readonly policyArn: string;

  /** The attachment of the policy to the role. */
  readonly policyAttachment: IamRolePolicyAttachment;

  /** The resources that attach the policy and keep all others out. Everything that uses the role depends on them. */
  readonly attachments: readonly ITerraformDependable[];

  /** The service-linked role of Service Quotas. Undefined unless its mode is `create` or `adopt`. */
  readonly serviceQuotasRole?: IamServiceLinkedRole;

  /** The name in Terraform addresses. */
  readonly address: string;

  private readonly iamNames: IamNames;

  constructor(scope: Construct, id: string, props: SupportAppAccessProps) {
    super(scope, id);
    assertNoProblems(this, propProblems(props ?? {}, { ...ACCESS_CHECKS, provider: providerOf(this) }));
    assertNoProblems(
      this,
      accessConflicts(props).map((conflict) => problemOf(conflict, { describeValue: describeProp })),
    );
    this.address = nameOf(this);
    assertNoProblems(this, addressProblems(this));
    validateInStack(this, () => [...clashProblems(this), ...this.iamNameProblems()]);

    const serviceQuotasRole = serviceQuotasModeOf(props);
    const { provider } = props;
    const meta = { provider, lifecycle: REPLACED_WITHOUT_A_GAP };
    this.capabilities = grantedCapabilities(props);
    this.iamNames = iamNamesOf(props);
    const { roleName, policyName } = this.iamNames;
    const values = { ...props, ...this.iamNames };

    const trust = withName(
      `${this.address}_trust`,
      new DataAwsIamPolicyDocument(this, "trust", {
        statement: accessTrust(props),
        provider,
      }),
    );
    this.role = withName(
      this.address,
      new IamRole(this, "role", {
        ...argumentsIn("aws_iam_role", values),
        assumeRolePolicy: trust.json,
        ...meta,
      }),
    );

    this.roleArn = this.role.arn;

    if (policyName === undefined) {
      this.policyArn = ACCESS_LEVELS[props.access].awsManagedPolicyArn;
    } else {
      const permissions = withName(
        this.address,
        new DataAwsIamPolicyDocument(this, "permissions", {
          statement: accessPermissions(props),
          provider,
        }),
      );
      this.policy = withName(
        this.address,
        new IamPolicy(this, "policy", {
          ...argumentsIn("aws_iam_policy", values),
          policy: permissions.json,
          ...meta,
        }),
      );
      this.policyArn = this.policy.arn;
      this.role.dependsOn = [`aws_iam_policy.${this.address}`]; // a boundary is removed after what it kept away
    }

    this.policyAttachment = withName(
      this.address,
      new IamRolePolicyAttachment(this, "attachment", {
        role: this.role.name,
        policyArn: this.policyArn,
        ...meta,
      }),
    );
    // A policy that somebody attaches to the role or adds inline by hand shows in the plan, and is removed.
    const onlyAttachment = withName(
      this.address,
      new IamRolePolicyAttachmentsExclusive(this, "attachments-exclusive", {
        roleName: this.policyAttachment.role, // and so after the attachment
        policyArns: [this.policyArn],
        ...meta,
      }),
    );
    const noInlinePolicy = withName(
      this.address,
      new IamRolePoliciesExclusive(this, "inline-exclusive", {
        roleName: onlyAttachment.roleName, // and so last: what it removes may be a Deny
        policyNames: [],
        ...meta,
      }),
    );

    this.attachments = [this.policyAttachment, onlyAttachment, noInlinePolicy];

    if (managesServiceQuotasRole(serviceQuotasRole)) {
      const suffix = provider?.alias === undefined ? "" : `_${provider.alias}`; // each account has a role of its own
      this.serviceQuotasRole = withName(
        `${SERVICE_QUOTAS_ROLE_ID}${suffix}`,
        new IamServiceLinkedRole(this, "service-quotas-role", {
          awsServiceName: SERVICE_QUOTAS_SERVICE,
          ...argumentsIn("aws_iam_service_linked_role", values),
          provider,
          // Others in the account may depend on it, and AWS writes the description.
          lifecycle: { preventDestroy: true, ignoreChanges: ["description"] },
        }),
      );
      if (serviceQuotasRole === "adopt")
        this.serviceQuotasRole.importFrom(serviceQuotasRoleArn(props.account), provider);
    }

    if (props.adopt) {
      const policyArn = policyArnOf(props);
      this.role.importFrom(roleName, provider);
      this.policy?.importFrom(policyArn, provider);
      this.policyAttachment.importFrom(`${roleName}/${policyArn}`, provider);
      // Imported, these show the role's other policies in the plan; created, they would remove them unseen.
      onlyAttachment.importFrom(roleName, provider);
      noInlinePolicy.importFrom(roleName, provider);
    }
  }

  private iamNameProblems(): Problem[] {
    const accesses = neighbours(this.role, SupportAppAccess, ({ role }) => role);
    const earlierAccesses = accesses.slice(0, accesses.indexOf(this)); // so that each clash is reported once
    return (Object.keys(this.iamNames) as (keyof IamNames)[]).flatMap((property) => {
      const name = this.iamNames[property];
      if (name === undefined || isToken(name)) return [];
      const twin = earlierAccesses.find(
        (access) => String(access.iamNames[property]).toLowerCase() === name.toLowerCase(),
      );
      if (!twin) return [];
      const message = `received ${describeProp(name)}, expected a unique name: ${describeProp(twin)} already has this one, and IAM ignores case. Set another ${property}.`;
      return [{ path: [property], message }];
    });
  }
}
