import { posix } from "node:path";
import { AWS_PROVIDER } from "../../../stacks/required-versions";
import { canonical, textOf } from "../../terminal/json";
import { readDesiredState } from "../../terraform/expression";
import type { AwsProvider, Backend, Block, Import, Move, Stack } from "../../terraform/stack";
import type { Unreadable } from "../../terraform/unreadable";
import type { Verdict } from "../../terraform/verdict";

/** What changes around the access: where Terraform acts, with what, and what it takes over. */
export type StateChange = { readonly verdict: Verdict } & (
  | { readonly kind: "account"; readonly before?: string; readonly after?: string; readonly from: MovedFrom }
  | { readonly kind: "backend"; readonly before?: Backend; readonly after?: Backend }
  /** `from`: undefined if the region stays. */
  | { readonly kind: "provider"; readonly before?: AwsProvider; readonly after: AwsProvider; readonly from?: MovedFrom }
  | { readonly kind: "provider-version"; readonly before?: string; readonly after?: string }
  | { readonly kind: "terraform-version"; readonly before?: string; readonly after?: string }
  /** `isTakenOver`: what is imported had another name here before, or none, and may have users of its own. */
  | ({ readonly kind: "import"; readonly isTakenOver: boolean } & Import)
  | ({ readonly kind: "move" } & Move)
  /** The role, by its name in IAM, takes the name of a role of another environment in the same account. */
  | { readonly kind: "name-of-other"; readonly role: string; readonly environment: string }
  /** Terraform deletes something at one address and creates the same at another one. */
  | { readonly kind: "readdressed"; readonly from: string; readonly to: string }
  /** The role, by its name in IAM, leaves the address at which writing is forbidden. */
  | { readonly kind: "read-only-address"; readonly role: string }
);

/**
 * How an environment leaves an account or region.
 *
 * - `in-use`: the deploy refuses it, since it would leave everything behind
 * - `retiring`: it is retired at the same time, so only `support-app deploy` refuses it
 * - `retired`: it was retired before, and leaves nothing if that was deployed
 */
export type MovedFrom = "in-use" | "retiring" | "retired";

/** What is around the access of a new stack: where its state is, where Terraform acts, and what it takes over. */
export function newState({ backend, provider: { account: _, ...after }, imports }: Stack): StateChange[] {
  const verdict = "settings"; // a new environment needs an approval in any case
  const changes: StateChange[] = backend ? [{ kind: "backend", verdict, after: backend }] : [];
  changes.push({ kind: "provider", verdict, after });
  for (const one of imports) changes.push({ kind: "import", verdict, isTakenOver: isNamed(one.to), ...one });
  return changes;
}

/** What changes around the access between two versions of a stack. */
export function stateChanges(base: Stack, head: Stack): StateChange[] {
  const { account: accountBefore, ...before } = base.provider;
  const { account, ...after } = head.provider;
  const changes: StateChange[] = [];
  const add = (change: StateChange & { before?: unknown; after?: unknown }) => {
    if (canonical(change.before) !== canonical(change.after)) changes.push(change);
  };
  const from = isRetired(base) ? "retired" : isRetired(head) ? "retiring" : "in-use";
  add({ kind: "account", verdict: "unknown", before: accountBefore, after: account, from });
  // With a fixed account, other profiles are other credentials of the same account, if any. Whoever has them decides whose.
  const ofCredentials = account === undefined ? "unknown" : "settings";
  // The state decides what is destroyed, and which providers are installed and run.
  const placed = ({ backend }: Stack) => canonical(backend && { ...backend, profile: undefined });
  const ofBackend = placed(base) === placed(head) ? ofCredentials : "unknown";
  add({ kind: "backend", verdict: ofBackend, before: base.backend, after: head.backend });
  // What is registered in a region stays there, even if the code before has it no longer, or is retired: no deploy may have removed it. A new role may do more than the old one.
  const isMoved = before.region !== after.region;
  const isRisky = isMoved || before.assumeRole !== after.assumeRole;
  const verdict = isRisky ? "unknown" : ofCredentials;
  add({ kind: "provider", verdict, before, after, ...(isMoved && { from }) });
  const ofVersion = head.providerVersion === AWS_PROVIDER.version ? "settings" : "unknown";
  add({ kind: "provider-version", verdict: ofVersion, before: base.providerVersion, after: head.providerVersion });
  add({ kind: "terraform-version", verdict: "settings", before: base.requiredVersion, after: head.requiredVersion });
  for (const one of newOf(base.imports, head.imports)) {
    const isOtherName = base.blocks.get(one.to)?.body.name !== head.blocks.get(one.to)?.body.name;
    const isTakenOver = isNamed(one.to) && isOtherName;
    changes.push({ kind: "import", verdict: isTakenOver ? "unknown" : "settings", isTakenOver, ...one });
  }
  for (const one of newOf(base.moves, head.moves)) {
    if (isOwnMove(one, base, head)) changes.push({ kind: "move", verdict: "settings", ...one });
  }
  return changes;
}

/** Whether a stack has nothing but what only its state has: deploying it removes the environment from AWS. */
export function isRetired({ blocks, unreadable }: Stack): boolean {
  return unreadable.length === 0 && [...blocks.values()].every(({ type }) => type === "terraform_data");
}

/**
 * What Terraform deletes at one address although another one creates the same: it may delete what it has just created, or
 * fail to create it first.
 */
export function readdressed(base: Stack, head: Stack): StateChange[] {
  const moved = new Map(head.moves.map(({ from, to }) => [from, to]));
  const after = new Map([...head.blocks.values()].map((block) => [identityOf(block, head), block.address]));
  return [...base.blocks.values()].flatMap((block): StateChange[] => {
    const identity = identityOf(block, base);
    const [from, to] = [block.address, identity === undefined ? undefined : after.get(identity)];
    if (to === undefined || to === (moved.get(from) ?? from)) return [];
    return [{ kind: "readdressed", verdict: "narrowed", from, to }];
  });
}

/** What a block is in AWS. Undefined: nothing that exists only once and that people's access depends on. */
function identityOf({ isData, type, name, body }: Block, { blocks }: Stack): string | undefined {
  if (isData) return undefined;
  const nameOf = (kind: string) => blocks.get(`${kind}.${name}`)?.body.name;
  switch (type) {
    case "aws_iam_role":
    case "aws_iam_policy":
      return canonical([type, textOf(body.name).toLowerCase()]);
    case "aws_iam_role_policy_attachment":
      return canonical([type, nameOf("aws_iam_role"), nameOf("aws_iam_policy") ?? body.policy_arn]);
    case "aws_cloudcontrolapi_resource": {
      const { TeamId, ChannelId, AccountAlias } = readDesiredState(body.desired_state) ?? {};
      return canonical([body.type_name, TeamId, ChannelId, AccountAlias]);
    }
    default:
      return undefined;
  }
}

/** The place of an environment's state, as a key: only what locates it. Source: Terraform, the backends local, s3 and cloud. */
export function stateLocation(backend: Backend | undefined, environment: string): string | undefined {
  const { path, bucket, key, organization, workspace, hostname = "app.terraform.io" } = backend?.settings ?? {};
  switch (backend?.type) {
    case "local":
      return canonical([localPath(textOf(path ?? "terraform.tfstate"), environment)]);
    case "s3":
      return canonical([bucket, textOf(key).replace(/^\/+/, "")]);
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

/** A host as Terraform compares hosts: case, the root's dot and the port of HTTPS make no difference. */
function normalizeHost(hostname: string): string {
  const [name = "", ...port] = hostname.toLowerCase().split(":");
  return [name.replace(/\.$/, ""), ...port.filter((number) => number !== "443")].join(":");
}

/** Moves of anything but what the stack had before and has after: Terraform would take over something else. */
export function foreignMoves(base: Stack | undefined, head: Stack): Unreadable[] {
  const foreign = newOf(base?.moves ?? [], head.moves).filter((one) => !base || !isOwnMove(one, base, head));
  return foreign.map((source) => ({ reason: "foreign-move", address: `moved.${source.to}`, source }));
}

function isOwnMove({ from, to }: Move, base: Stack, head: Stack): boolean {
  const [left, taken] = [base.blocks.get(from), head.blocks.get(to)];
  return left !== undefined && left.type === taken?.type && !head.blocks.has(from) && !base.blocks.has(to);
}

function newOf<T>(before: readonly T[], after: readonly T[]): T[] {
  const known = new Set(before.map(canonical));
  return after.filter((one) => !known.has(canonical(one)));
}

/** Whether what stands at an address has a name of its own in IAM. */
function isNamed(address: string): boolean {
  return /^aws_iam_(role|policy)\./.test(address);
}
