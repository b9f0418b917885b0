import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { GetPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { addressOfLevel } from "../../../modules/support-app/model/access-level";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../modules/support-app/model/notify";
import {
  SERVICE_QUOTAS_ROLE_ADDRESS,
  serviceQuotasModeOf,
  serviceQuotasRoleArn,
} from "../../../modules/support-app/model/service-quotas-role";
import type { Channel, Environment } from "../../../stacks/environments/environment";
import { promised } from "../../aws/broken-answer";
import type { ClientConfig } from "../../aws/connection";
import { withSignedIn } from "../../aws/identity";
import { readChannel } from "../../aws/live-channel";
import { readRole } from "../../aws/live-role";
import { knownOf, lookUpIfAny } from "../../aws/lookup";
import { canonical } from "../../terminal/json";

/** What Terraform imports by an ID if the account has it: the address of a role or policy, and of what is imported with it. */
type Importable = readonly [id: string, address: string, ...others: string[]];

/** The addresses that the constructs give what a plan compares with AWS. */
const IN_IAM = /^aws_iam_(policy|role\w*)\.(full|read_only)$|^aws_iam_service_linked_role\.service_quotas$/;

/** The addresses of channels: of the file, of an earlier one, or of a user's own code. */
const CHANNEL = /^aws_cloudcontrolapi_resource\.channel_/;

/**
 * Whether a deploy keeps a tainted resource: what a plan compares with AWS, the file's channels, and its workspaces, of
 * which nothing can differ. Not the alias, which a plan doesn't compare.
 */
export function isKept({ channels, slackWorkspaces }: Environment, address: string): boolean {
  return (
    IN_IAM.test(address) ||
    channels.some((channel) => channelAddress(channel) === address) ||
    slackWorkspaces.some((workspace) => `aws_cloudcontrolapi_resource.workspace_${workspace}` === address)
  );
}

/**
 * Looks in the account for roles and policies that a deploy should create. What can't be looked up counts as missing.
 *
 * @param missing addresses
 * @returns the IDs by which Terraform imports them, by address
 */
export async function findLeftovers(
  environment: Environment,
  missing: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = importableOf(environment).filter(([, address]) => missing.includes(address));
  if (wanted.length === 0) return new Map();
  return inAccount(environment, new Map(), async (config) => {
    const iam = new IAMClient(config);
    const found = wanted.map(async ([id, ...addresses]) => {
      const name = id.split("/").at(-1) ?? "";
      const found = id.includes(":policy/") ? await readPolicy(iam, id) : await readRole(iam, name);
      const isThere = knownOf<unknown>(found) !== undefined;
      return isThere ? addresses.flatMap((one) => (missing.includes(one) ? [[one, id] as const] : [])) : [];
    });
    return new Map((await Promise.all(found)).flat());
  });
}

/**
 * The address of a tainted channel that somebody else may have configured: AWS has other settings than the file, or can't be
 * asked, or the file doesn't have the channel.
 *
 * @param tainted addresses
 */
export async function otherChannel(environment: Environment, tainted: readonly string[]): Promise<string | undefined> {
  const channels = tainted.filter((address) => CHANNEL.test(address));
  const known = environment.channels.filter((one) => channels.includes(channelAddress(one)));
  if (known.length === 0) return channels[0];
  const own = await inAccount<readonly string[]>(environment, [], async (config) => {
    const client = new CloudControlClient(config);
    const looked = known.map(async (one) => ((await isOwn(client, environment, one)) ? [channelAddress(one)] : []));
    return (await Promise.all(looked)).flat();
  });
  return channels.find((address) => !own.includes(address));
}

/** Runs something as the deployer. Returns `otherwise` if the account can't be reached. */
function inAccount<T>(environment: Environment, otherwise: T, run: (config: ClientConfig) => Promise<T>): Promise<T> {
  return withSignedIn(environment, environment.deployRole, "support-app-deploy", async (signedIn) => {
    const { config, account } = knownOf(signedIn) ?? {};
    return config === undefined || account !== environment.account ? otherwise : run(config);
  });
}

function importableOf({ account, accesses }: Environment): Importable[] {
  return accesses.flatMap((props): Importable[] => {
    const { roleName, policyName } = iamNamesOf(props);
    const at = (type: string) => `${type}.${addressOfLevel(props.access)}`;
    // The lists show in the plan what else the role has.
    const lists = [at("aws_iam_role_policy_attachments_exclusive"), at("aws_iam_role_policies_exclusive")];
    const role: Importable = [roleName, at("aws_iam_role"), ...lists];
    const policy: Importable = [policyArnOf(props), at("aws_iam_policy")];
    const quotas: Importable = [serviceQuotasRoleArn(account), SERVICE_QUOTAS_ROLE_ADDRESS];
    return [
      ...(props.adopt ? [] : [role, ...(policyName === undefined ? [] : [policy])]), // its stack imports what is adopted
      ...(serviceQuotasModeOf(props) === "create" ? [quotas] : []),
    ];
  });
}

function readPolicy(iam: IAMClient, PolicyArn: string) {
  return lookUpIfAny("iam:GetPolicy", async () =>
    promised(await iam.send(new GetPolicyCommand({ PolicyArn })), "Policy"),
  );
}

/** Whether AWS has a channel as the file has it, or doesn't have it. */
async function isOwn(client: CloudControlClient, { accesses }: Environment, given: Channel): Promise<boolean> {
  const { workspace, channel, name, access, notify } = given;
  const found = await readChannel(client, `${workspace}|${channel}`);
  if ("unknown" in found) return false;
  const role = accesses.find((props) => props.access === access);
  const expected = {
    ...{ TeamId: workspace, ChannelId: channel, ChannelName: name },
    ...{ ChannelRoleArn: role && roleArnOf(role), ...notifyProperties(notify ?? NOTIFY_OF_NOTHING) },
  };
  // AWS may leave out a flag that is off.
  const live = { ...notifyProperties(NOTIFY_OF_NOTHING), ...found.known };
  return found.known === undefined || canonical(live) === canonical(expected);
}

function channelAddress({ workspace, channel }: Channel): string {
  return `aws_cloudcontrolapi_resource.channel_${workspace}_${channel}`;
}
