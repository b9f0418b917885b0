import { type Fields, isFields } from "../common/fields";
import { AccountAlias, SlackChannel, SlackWorkspace, SupportAppAccess } from "../modules/support-app";
import { AwsProvider } from "../modules/support-app/aws-bindings";
import {
  App,
  type Construct,
  TerraformElement,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
} from "../modules/support-app/framework";
import { serviceQuotasRoleRemoved } from "../modules/support-app/model/service-quotas-role";
import { accessWords, addressOfOwner, constructIdOf } from "../modules/support-app/model/team";
import { addBackend } from "./backend";
import { ACCOUNT_ALIAS_ID, channelId, workspaceId } from "./construct-ids";
import { type AssumedRole, type Environment, withoutRetired } from "./environments/environment";
import { localStatePath } from "./environments/state-location";
import { toHcl } from "./output/hcl";
import { DIGEST_OUTPUT, digestOutput } from "./output/stack-digest";
import { AWS_PROVIDER, REQUIRED_VERSION } from "./required-versions";
import { DIFFERENCES_OUTPUT, differencesOutput, PLACE, PLACE_ADDRESS, placeGuard } from "./self-checks";

/** A role as the AWS provider assumes it. */
function providerRole({ arn, externalId, sessionName }: AssumedRole) {
  return { roleArn: arn, externalId, sessionName };
}

/**
 * The stack of one environment: provider, backend, accesses, channels and outputs. A retired environment has only its
 * provider, backend and digest, so that a deploy removes everything else. `new SupportAppStack(scope, environment)` also
 * takes the path of local state, relative to the stack's folder.
 *
 * @hideconstructor
 */
export class SupportAppStack extends TerraformStack {
  /** One access for each access level and each team of the environment. */
  readonly accesses: readonly SupportAppAccess[];

  constructor(
    scope: Construct,
    environment: Environment,
    statePath = localStatePath(App.of(scope).outdir, environment.name),
  ) {
    super(scope, environment.name);
    this.addOverride("terraform.required_version", REQUIRED_VERSION); // a backend may require a later one
    this.addOverride("terraform.required_providers.aws", { ...AWS_PROVIDER }); // a later override would change the object
    addBackend(this, environment, statePath);
    new AwsProvider(this, "aws", {
      profile: environment.profile,
      region: environment.region,
      allowedAccountIds: [environment.account],
      assumeRole: environment.deployRole && [providerRole(environment.deployRole)],
    });
    if (!environment.retired) this.addOverride(`resource.${PLACE.type}.${PLACE.name}`, placeGuard(environment));
    const { accesses, channels, slackWorkspaces, accountAlias } = withoutRetired(environment);
    this.accesses = accesses.map(({ team, ...props }) => {
      const owner = { access: props.access, team };
      const access = new SupportAppAccess(this, constructIdOf(owner), props);
      const output = (name: string, description: string, value: unknown) =>
        new TerraformOutput(this, `${access.address}_${name}`, { description, value });
      output("role_arn", `ARN of the role to choose for a channel with ${accessWords(owner)}.`, access.roleArn);
      output("capabilities", `What people in a channel with ${accessWords(owner)} can do.`, access.capabilities);
      return access;
    });

    const accessOf = new Map(accesses.map((owner, index) => [addressOfOwner(owner), this.accesses[index]]));
    const registrations = slackWorkspaces.map(
      (workspace) => new SlackWorkspace(this, workspaceId(workspace), { workspace }),
    );
    for (const { access, team, name, workspace, channel, notify } of channels) {
      new SlackChannel(this, channelId({ workspace, channel }), {
        access: accessOf.get(addressOfOwner({ access, team })) as SupportAppAccess, // the construct checks it
        name,
        workspace,
        channel,
        notify,
        registration: registrations.find((slackWorkspace) => slackWorkspace.workspace === workspace),
      });
    }
    if (accountAlias !== undefined) new AccountAlias(this, ACCOUNT_ALIAS_ID, { alias: accountAlias });
    // The guard is destroyed last: as long as anything is left, the state knows where.
    for (const resource of this.node.findAll().filter(TerraformResource.isTerraformResource))
      resource.dependsOn = [...(resource.dependsOn ?? []), PLACE_ADDRESS];
    // In every stack without the service-linked role, since a stack can't know whether it ever had it.
    if (this.accesses.every(({ serviceQuotasRole }) => serviceQuotasRole === undefined))
      this.addOverride("removed", serviceQuotasRoleRemoved());
  }

  /**
   * Its Terraform in JSON, without the digest.
   *
   * @internal
   */
  toTerraformWithoutDigest(): ReturnType<TerraformStack["toTerraform"]> {
    const terraform = super.toTerraform();
    for (const name of [DIGEST_OUTPUT, DIFFERENCES_OUTPUT]) expectFree(this, terraform, name);
    const differences = differencesOutput(terraform);
    if (differences === undefined) return terraform;
    return { ...terraform, output: { ...(terraform.output as Fields), [DIFFERENCES_OUTPUT]: differences } };
  }

  /**
   * Its Terraform in JSON, with the output `support_app_digest`: a digest of everything else in it.
   *
   * @internal
   */
  override toTerraform(): ReturnType<TerraformStack["toTerraform"]> {
    const terraform = this.toTerraformWithoutDigest();
    return { ...terraform, output: { ...(terraform.output as Fields), [DIGEST_OUTPUT]: digestOutput(terraform) } };
  }

  /**
   * CDKTF's own HCL leaves out `removed`, puts quotes around references, which Terraform warns about, and isn't formatted.
   *
   * @internal
   */
  override toHclTerraform(): ReturnType<TerraformStack["toHclTerraform"]> {
    const { metadata } = super.toHclTerraform();
    return { hcl: toHcl(this.toTerraform()), metadata };
  }

  /**
   * Runs only our constructs' rules. CDKTF's own would start a Terraform binary, which synthesizing doesn't need.
   *
   * @internal
   */
  override runAllValidations(): void {
    const problems = this.node.children
      .filter((child) => !TerraformElement.isTerraformElement(child))
      .flatMap((child) => child.node.validate());
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }
}

/** A deploy reads these outputs. */
function expectFree(stack: SupportAppStack, { output }: Fields, name: string): void {
  if (!isFields(output) || !Object.hasOwn(output, name)) return;
  throw new Error(
    `Received the output ${name} in the stack ${stack.node.id}, expected outputs with other names: a deploy reads it to know what was applied. Rename it.`,
  );
}
