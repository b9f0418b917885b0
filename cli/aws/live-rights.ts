import type { IAMClient } from "@aws-sdk/client-iam";
import pLimit from "p-limit";
import type { NamedPolicy } from "../iam/authorize";
import type { LiveDocument } from "./live-document";
import {
  type ListedRole,
  type LivePolicy,
  type LiveRole,
  type PolicyId,
  policyIdOf,
  readAttached,
  readInline,
  readManaged,
  readRole,
} from "./live-role";
import { type Lookup, type LookupFailure, mapped } from "./lookup";

/** A role, and everything that decides what it may do. */
export interface LiveRights {
  /** Known and undefined: there is no role of that name. */
  readonly role: Lookup<LiveRole | undefined>;
  /** All policies of the role, attached and inline. */
  readonly policies: Lookup<readonly LivePolicy[]>;
  /** The policy behind the role's permissions boundary. Known and undefined: it has none. */
  readonly boundary: Lookup<NamedPolicy<PolicyId> | undefined>;
}

/** A role in the list of all roles, and what it may do. */
export interface RoleWithRights extends ListedRole {
  readonly rights: LiveRights;
}

/** How many roles to read in parallel: IAM throttles an account that asks too much at once, and the SDK then drops calls. */
const PARALLEL_ROLES = 10;

/** Reads what decides what each of these roles may do. */
export function readAllRights(iam: IAMClient, roles: readonly ListedRole[]): Promise<RoleWithRights[]> {
  const limit = pLimit(PARALLEL_ROLES);
  const reading = roles.map((role) =>
    limit(async () => ({ ...role, rights: await readRights(iam, role.name, await readRole(iam, role.name)) })),
  );
  return Promise.all(reading);
}

/** Reads what decides what a role may do. */
export async function readRights(iam: IAMClient, RoleName: string, role: LiveRights["role"]): Promise<LiveRights> {
  const [attached, inline, boundary] = await Promise.all([
    readAttached(iam, RoleName),
    readInline(iam, RoleName),
    readBoundary(iam, role),
  ]);
  const policies = "unknown" in attached ? attached : mapped(inline, (more) => [...attached.known, ...more]);
  return { role, policies, boundary };
}

async function readBoundary(iam: IAMClient, role: LiveRights["role"]): Promise<LiveRights["boundary"]> {
  if ("unknown" in role) return role;
  const arn = role.known?.boundary;
  if (arn === undefined) return { known: undefined };
  return mapped(await readManaged(iam, arn), ({ policy }) => ({ name: policyIdOf(arn), policy }));
}

/** The policies that could be read, and why not all of them could. */
export function readDocuments(policies: LiveRights["policies"]): {
  readonly documents: readonly (PolicyId & LiveDocument)[];
  readonly unread?: LookupFailure;
} {
  if ("unknown" in policies) return { documents: [], unread: policies.unknown };
  const documents = policies.known.flatMap(({ document, ...id }) =>
    "known" in document ? [{ ...id, ...document.known }] : [],
  );
  const unread = policies.known.flatMap(({ document }) => ("unknown" in document ? [document.unknown] : []))[0];
  return { documents, unread };
}
