import { GetOpenIDConnectProviderCommand, IAMClient } from "@aws-sdk/client-iam";
import { canonical } from "../../../common/canonical";
import { formatList } from "../../../common/format-list";
import type { Environment } from "../../../stacks/environments/environment";
import { adviceText } from "../../aws/advice";
import type { Connection } from "../../aws/connection";
import { otherAccountWords, signIn } from "../../aws/identity";
import { type LiveRights, policyInWords, readDocuments, readRights } from "../../aws/live-role";
import { type LookupFailure, lookUpIfAny } from "../../aws/lookup";
import type { TokenIssuer } from "../../forge/bootstrap";
import { difference, type Shortfall, unknown } from "../../forge/shortfall";
import { compare } from "../../iam/compare";
import { normalizeStatements } from "../../iam/normalize";
import { readPolicy } from "../../iam/policy";
import { audiencesOf, type JobRole, providerArnOf } from "./roles";

/** Compares an environment's account with what bootstrap writes for it. Empty: it has all of that. Nothing is changed. */
export async function checkAccount(
  connection: Connection,
  environment: Environment,
  roles: readonly JobRole[],
  issuer: TokenIssuer,
): Promise<Shortfall[]> {
  const clientConfig = connection.configFor(environment);
  const signedIn = await signIn(clientConfig, undefined, "support-app-bootstrap");
  if ("unknown" in signedIn) return [unread(signedIn.unknown, clientConfig.profile)];
  if (signedIn.known.account !== environment.account) {
    const { received, expected, use } = otherAccountWords(signedIn.known, environment.account, clientConfig.profile);
    return [unknown(`received ${received}, expected ${expected}`, use)];
  }
  const iam = new IAMClient(signedIn.known.config);
  const shortfalls = await Promise.all([
    checkProvider(iam, providerArnOf(environment.account, issuer), audiencesOf(roles, issuer)),
    ...roles.map((role) => checkRole(iam, role)),
  ]);
  return shortfalls.flat();
}

const unread = (failure: LookupFailure, profile?: string) =>
  unknown(failure.message, adviceText(failure, "bootstrap", profile));

async function checkProvider(iam: IAMClient, arn: string, audiences: readonly string[]): Promise<Shortfall[]> {
  const provider = await lookUpIfAny("iam:GetOpenIDConnectProvider", () =>
    iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })),
  );
  if ("unknown" in provider) return [unread(provider.unknown)];
  if (provider.known === undefined) return [difference(`the identity provider ${arn} is missing`)];
  const { ClientIDList: liveAudiences = [] } = provider.known;
  const gaps = audiences.filter((audience) => !liveAudiences.includes(audience));
  if (gaps.length === 0) return [];
  const words = `${gaps.length === 1 ? "audience" : "audiences"} ${formatList(gaps)}`;
  return [difference(`the identity provider ${arn} lacks the ${words}`)];
}

async function checkRole(iam: IAMClient, { arn, name, trust, permissions }: JobRole): Promise<Shortfall[]> {
  const { role, policies, boundary } = await readRights(iam, name);
  if ("unknown" in role) return [unread(role.unknown)];
  if (role.known === undefined) return [difference(`the role ${arn} is missing`)];
  const shortfalls: Shortfall[] = [];
  if (role.known.arn !== arn) shortfalls.push(difference(`the role ${arn} has another path: ${role.known.arn}`));
  const { policy: liveTrust } = role.known.trust;
  if (liveTrust.unreadable.length > 0 || !isAlike(liveTrust.statements, statementsIn(trust)))
    shortfalls.push(difference(`the role ${arn} has another trust policy`));
  const { documents, unread: failure } = readDocuments(policies);
  if (failure !== undefined) return [...shortfalls, unread(failure)];
  const live = documents.flatMap(({ policy }) => policy.statements);
  const { gained, lost, undecided } = compare(statementsIn(permissions), live);
  if (lost.length > 0) shortfalls.push(difference(`the role ${arn} lacks rights of its policy`));
  if (gained.length > 0) shortfalls.push(difference(`the role ${arn} may do more than its policy says`));
  if (undecided.length > 0 || documents.some(({ policy }) => policy.unreadable.length > 0))
    shortfalls.push(unknown(`what the role ${arn} may do can't be compared with its policy`));
  return [...shortfalls, ...checkBoundary(arn, statementsIn(permissions), boundary)];
}

/** A boundary is somebody else's, and fine if it takes nothing away. */
function checkBoundary(
  arn: string,
  statements: ReturnType<typeof statementsIn>,
  boundary: LiveRights["boundary"],
): Shortfall[] {
  if ("unknown" in boundary) return [unread(boundary.unknown)];
  if (boundary.known === undefined) return [];
  const { name, policy } = boundary.known;
  const words = policyInWords(name);
  const { lost, undecided } = compare(statements, policy.statements);
  const isRead = policy.unreadable.length === 0;
  if (isRead && lost.length > 0)
    return [difference(`the role ${arn} has a permissions boundary that takes rights of its policy away: ${words}`)];
  if (isRead && undecided.length === 0) return [];
  const doubt = `what the permissions boundary of the role ${arn} allows can't be compared with its policy`;
  return [unknown(`${doubt}: ${words}`)];
}

function statementsIn(document: object) {
  return readPolicy(JSON.stringify(document)).statements;
}

function isAlike(...sides: readonly Parameters<typeof normalizeStatements>[0][]): boolean {
  return new Set(sides.map((statements) => canonical(normalizeStatements(statements)))).size === 1;
}
