import { posix } from "node:path";
import { canonical } from "../../../common/canonical";
import { type Fields, isFields } from "../../../common/fields";
import { fieldsIn, list, textOf } from "../../../common/json";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { addressOfOwner } from "../../../modules/support-app/model/team";
import { type AssumedRole, type Environment, withoutRetired } from "../../../stacks/environments/environment";
import type { EnvironmentAccess } from "../../terraform/environment-access";
import type { Stack } from "../../terraform/stack";
import type { TerraformJson } from "../../terraform/synthesized-folder";
import type { Verdict } from "../../terraform/verdict";

/** Where the state is. */
export interface Backend {
  /** Such as `local`, `s3` or `cloud`. */
  readonly type: string;
  /** All but the profile. */
  readonly settings: Fields;
}

/** Whose credentials Terraform acts with, and where. */
export interface AwsProvider {
  readonly region: string;
  /** AWS profile of the credentials. Undefined: Terraform finds credentials without a profile. */
  readonly profile?: string;
  /** The role that Terraform acts as. */
  readonly deployRole?: AssumedRole;
  /** The role that Terraform acts as when it only plans. Undefined: the deploy-role. */
  readonly planRole?: AssumedRole;
}

/** What changes around the access: where Terraform acts, with what, and what it takes over. */
export type StateChange = { readonly verdict: Verdict } & (
  | { readonly kind: "account"; readonly before: string; readonly after: string; readonly from: MovedFrom }
  | { readonly kind: "backend"; readonly before?: Backend; readonly after?: Backend }
  /** `from`: undefined if the region stays. */
  | { readonly kind: "provider"; readonly before?: AwsProvider; readonly after: AwsProvider; readonly from?: MovedFrom }
  /** A role, by its name in IAM, is imported. `isTakenOver`: it had another name here before, or none, and may have users of its own. */
  | { readonly kind: "adopted"; readonly role: string; readonly isTakenOver: boolean }
  /** The role, by its name in IAM, takes the name of a role of another environment in the same account. */
  | { readonly kind: "name-of-other"; readonly role: string; readonly environment: string }
  /** Terraform deletes a role or policy at one address and creates the same at another one. */
  | { readonly kind: "readdressed"; readonly from: string; readonly to: string }
  /** The role, by its name in IAM, leaves the address at which writing is forbidden. */
  | { readonly kind: "read-only-address"; readonly role: string }
  /** The team of the role, by its name in IAM, is no longer read-only. */
  | { readonly kind: "read-only-level"; readonly role: string }
);

/**
 * How an environment leaves an account or region.
 *
 * - `in-use`: the deploy refuses it, since it would leave everything behind
 * - `retiring`: it is retired at the same time, so only `support-app deploy` refuses it
 * - `retired`: it was retired before, and leaves nothing if that was deployed
 */
export type MovedFrom = "in-use" | "retiring" | "retired";

/** A mapping, which Terraform also takes as a list of one. */
function onlyIn(value: unknown): Fields {
  const [onlyValue, ...rest] = list(value);
  return rest.length === 0 ? fieldsIn(onlyValue) : {};
}

/** What is around the access of a new stack: where its state is, where Terraform acts, and what it takes over. */
export function newState({ terraform, environment }: Stack): StateChange[] {
  const verdict = "settings"; // a new environment needs an approval in any case
  const backend = backendIn(terraform);
  return [
    ...(backend ? [{ kind: "backend", verdict, after: backend } as const] : []),
    ...(environment ? [{ kind: "provider", verdict, after: providerOf(environment) } as const] : []),
    ...adoptedRoles(environment).map(([, role]) => ({ kind: "adopted", verdict, role, isTakenOver: true }) as const),
  ];
}

/** What changes around the access between two versions of a stack. Without both environments, only its backend is known. */
export function stateChanges(base: Stack, head: Stack): StateChange[] {
  const changes: StateChange[] = [];
  const add = (change: StateChange & { before?: unknown; after?: unknown }) => {
    if (canonical(change.before ?? null) !== canonical(change.after ?? null)) changes.push(change);
  };
  // The state decides what is destroyed, and which providers are installed and run.
  add({ kind: "backend", verdict: "unknown", before: backendIn(base.terraform), after: backendIn(head.terraform) });
  if (!base.environment || !head.environment) return changes;
  const from = base.environment.retired ? "retired" : head.environment.retired ? "retiring" : "in-use";
  const [{ account: accountBefore }, { account }] = [base.environment, head.environment];
  add({ kind: "account", verdict: "unknown", before: accountBefore, after: account, from });
  const [before, after] = [providerOf(base.environment), providerOf(head.environment)];
  // What is registered in a region stays there, even if the code before has it no longer, or is retired: no deploy may have removed it. A new role may do more than the old one.
  const isMoved = before.region !== after.region;
  // Another profile has other credentials of the same account, if any.
  const hasOtherRole =
    canonical([before.deployRole, before.planRole]) !== canonical([after.deployRole, after.planRole]);
  const verdict = isMoved || hasOtherRole ? "unknown" : "settings";
  add({ kind: "provider", verdict, before, after, ...(isMoved && { from }) });
  const adoptedBefore = new Set(adoptedRoles(base.environment).map(canonical));
  for (const adoptedRole of adoptedRoles(head.environment)) {
    if (adoptedBefore.has(canonical(adoptedRole))) continue;
    const [address, role] = adoptedRole;
    const isTakenOver = base.access.roles.get(address)?.name !== role;
    changes.push({ kind: "adopted", verdict: isTakenOver ? "unknown" : "settings", role, isTakenOver });
  }
  return changes;
}

/** The roles that an environment imports, by their names in Terraform and in IAM. */
function adoptedRoles(environment: Environment | undefined) {
  return (environment ? withoutRetired(environment).accesses : []).flatMap((props) =>
    props.adopt ? [[addressOfOwner(props), iamNamesOf(props).roleName] as const] : [],
  );
}

/** Where a stack's state is, as Terraform reads it. Undefined: it says nothing. */
export function backendIn({ terraform }: TerraformJson): Backend | undefined {
  const { backend, cloud } = onlyIn(terraform);
  if (isFields(cloud)) {
    const { workspaces, ...settings } = cloud;
    return { type: "cloud", settings: { ...settings, workspace: fieldsIn(workspaces).name } };
  }
  const [[type, backendSettings] = [undefined, undefined]] = Object.entries(onlyIn(backend));
  const { profile: _, ...settings } = onlyIn(backendSettings);
  return type === undefined ? undefined : { type, settings };
}

function providerOf({ region, profile, deployRole, planRole }: Environment): AwsProvider {
  return { region, profile, deployRole, planRole };
}

/**
 * The roles and policies that Terraform deletes at one address although another one creates the same: it may delete what it
 * has just created, or fail to create it first.
 */
export function readdressings(base: EnvironmentAccess, head: EnvironmentAccess): StateChange[] {
  const after = new Map(namedIn(head));
  return namedIn(base).flatMap(([identity, from]): StateChange[] => {
    const to = after.get(identity);
    return to === undefined || to === from ? [] : [{ kind: "readdressed", verdict: "narrowed", from, to }];
  });
}

/** The addresses of roles and policies, by what they are in IAM, which ignores case. */
function namedIn({ roles }: EnvironmentAccess): (readonly [identity: string, address: string])[] {
  return [...roles].flatMap(([name, { name: role, policy }]) => [
    [canonical(["role", role.toLowerCase()]), `aws_iam_role.${name}`] as const,
    ...(policy === undefined
      ? []
      : [[canonical(["policy", posix.basename(policy).toLowerCase()]), `aws_iam_policy.${name}`] as const]),
  ]);
}

/** The place of an environment's state, as a key: only what locates it. Source: Terraform, the backends local, s3, cloud and http. */
export function stateLocation(backend: Backend | undefined, environment: string): string | undefined {
  const {
    path,
    bucket,
    key,
    address,
    organization,
    workspace,
    hostname = "app.terraform.io",
  } = backend?.settings ?? {};
  switch (backend?.type) {
    case "local":
      return canonical([localPath(textOf(path ?? "terraform.tfstate"), environment)]);
    case "s3":
      return canonical([bucket, textOf(key).replace(/^\/+/, "")]);
    case "http":
      return canonical([normalizeAddress(textOf(address))]);
    case "cloud":
      return canonical([normalizeHost(textOf(hostname)), organization, workspace]);
    default:
      return undefined;
  }
}

/** A path from the synthesized folder, where Terraform runs in the environment's own folder. Where that is, nobody knows: an absolute path stays one. */
function localPath(path: string, environment: string): string {
  return posix.isAbsolute(path) ? posix.normalize(path) : posix.join("stacks", environment, path);
}

/** An address without credentials, which don't say where something is. */
function normalizeAddress(address: string): string {
  if (!URL.canParse(address)) return address;
  const { origin, pathname, search } = new URL(address);
  return origin + pathname + search;
}

/** A host as Terraform compares hosts: case, the root's dot and the port of HTTPS make no difference. */
function normalizeHost(hostname: string): string {
  const [name = "", ...port] = hostname.toLowerCase().split(":");
  return [name.replace(/\.$/, ""), ...port.filter((number) => number !== "443")].join(":");
}
