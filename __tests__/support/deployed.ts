import { backendIn, stateLocation } from "../../cli/commands/review/state-changes";
import { capabilitiesOfRole } from "../../cli/terraform/capability-changes";
import type { SynthesizedStack, TerraformJson } from "../../cli/terraform/synthesized-folder";
import type { Fields } from "../../common/fields";
import { fieldsIn } from "../../common/json";
import { accessIn } from "./terraform-access";

/** A merged version of the Terraform, by environment. */
export type Version = ReadonlyMap<string, SynthesizedStack>;

/** What Terraform creates for an environment, by keys that are unique in AWS. A channel knows its role by the ARN alone. */
interface Resources {
  readonly account: string;
  readonly region: string;
  /** What each role may do, by its ARN. IAM ignores the case of names. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  /** The ARN of each channel's role, by the channel. */
  readonly channels: ReadonlyMap<string, string>;
}

/** What somebody can do, by who it is. */
export type Rights = ReadonlyMap<string, ReadonlySet<string>>;

/** The worst that deploying versions one after the other leaves in AWS: nothing refuses a move. */
export class DeployedAws {
  private readonly roles = new Map<string, readonly string[]>();
  private readonly channels = new Map<string, string>();
  /** What Terraform remembers, by the place of the state. */
  private readonly states = new Map<string | undefined, Resources>();

  /** Deploys the environments of a version. Terraform reaches nothing in an account or region that isn't the environment's. */
  deploy(version: Version): void {
    for (const [name, stack] of version) {
      const place = stateLocation(backendIn(stack.terraform), name);
      const [before, after] = [this.states.get(place), resourcesOf(stack)];
      if (before?.account === after.account) {
        for (const role of before.roles.keys()) this.roles.delete(role);
        if (before.region === after.region)
          for (const channel of before.channels.keys()) this.channels.delete(inRegion(before, channel));
      }
      for (const [role, capabilities] of after.roles) this.roles.set(role, capabilities);
      for (const [channel, role] of after.channels) this.channels.set(inRegion(after, channel), role);
      this.states.set(place, after);
    }
  }

  /** What people can do, also in channels configured by hand with any of those roles. */
  rights(byHand: Iterable<string>): Rights {
    const held = [
      ...[...this.channels].map(([channel, role]) => [channel.replace(/^\S+ /, ""), role] as const),
      ...[...byHand].map((role) => [`by hand ${role}`, role] as const),
    ];
    return united(held.map(([principal, role]) => [principal, this.roles.get(role) ?? []]));
  }
}

/** What the code of a version gives to the people in its channels. */
export function rightsIn(version: Version): Rights {
  return united(
    [...version.values()].flatMap((stack) => {
      const { roles, channels } = resourcesOf(stack);
      return [...channels].map(([channel, role]) => [channel, roles.get(role) ?? []] as const);
    }),
  );
}

/** The ARNs of the roles in a version. */
export function rolesIn(version: Version): string[] {
  return [...version.values()].flatMap((stack) => [...resourcesOf(stack).roles.keys()]);
}

const cache = new WeakMap<SynthesizedStack, Resources>();

function resourcesOf(stack: SynthesizedStack): Resources {
  const resources = cache.get(stack) ?? readResources(stack.terraform);
  cache.set(stack, resources);
  return resources;
}

function readResources(terraform: TerraformJson): Resources {
  const { roles, channels } = accessIn(terraform);
  const [{ allowed_account_ids, region }] = fieldsIn(terraform.provider).aws as [Fields];
  const [account = ""] = allowed_account_ids as string[];
  const arnOf = (role: string) => {
    const { path, name } = roles.get(role) ?? { path: "/", name: "" };
    return `arn:aws:iam::${account}:role${path}${name.toLowerCase()}`;
  };
  return {
    ...{ account, region: String(region) },
    roles: new Map([...roles].map(([role, access]) => [arnOf(role), capabilitiesOfRole(access)])),
    channels: new Map(
      channels.map(({ workspace, channel, role }) => [`${account} ${workspace} ${channel}`, arnOf(role)]),
    ),
  };
}

function inRegion({ region }: Resources, channel: string): string {
  return `${region} ${channel}`;
}

function united(rights: readonly (readonly [who: string, capabilities: readonly string[]])[]): Rights {
  const union = new Map<string, Set<string>>();
  for (const [principal, capabilities] of rights)
    union.set(principal, new Set([...(union.get(principal) ?? []), ...capabilities]));
  return union;
}
