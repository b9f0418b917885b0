import type { AccessLevel } from "../../modules/support-app/access-level";
import type { Capability } from "../../modules/support-app/capability";
import { printable } from "../../modules/support-app/printable";
import { jsonText } from "../json";
import { countsInWords } from "../people-report";
import { endWords } from "../until-words";
import type { AccessDocument, PublishedAccess, PublishedEnvironment } from "./access-document";

/** Placeholder for the environment's own account in shared data. No printable text contains it. */
const ACCOUNT = "\u0000";

/**
 * The data of access.html. Texts are printable. Data that environments share is stored once and referred to by index.
 */
export interface PageData {
  readonly environments: readonly PageEnvironment[];
  /** With \u0000 instead of the environment's account. */
  readonly roles: readonly PageRole[];
  /** Policies as indented JSON, with \u0000 instead of the environment's account. */
  readonly policies: readonly string[];
}

export interface PageEnvironment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly alias?: string;
  /** Indexes. */
  readonly roles: readonly number[];
  /**
   * Sorted by role. `role` is an index into the environment's own `roles`; `people` are the counts in words, if known.
   */
  readonly channels: readonly (readonly [
    name: string,
    workspace: string,
    channel: string,
    role: number,
    people?: string,
  ])[];
}

export interface PageRole {
  readonly access: AccessLevel;
  readonly arn: string;
  readonly can: readonly Capability[];
  /** For capabilities that end, the first second without them, and the end in words. */
  readonly until?: Readonly<Partial<Record<Capability, readonly [end: string, words: string]>>>;
  readonly isAwsManaged: boolean;
  /** ARN of the permissions boundary. */
  readonly boundary?: string;
  /** Indexes. */
  readonly permissions: number;
  readonly trust: number;
}

/** The data of access.html as JSON, one environment per line. */
export function pageData({ environments }: AccessDocument): string {
  const roles = new Map<string, number>();
  const policies = new Map<string, number>();
  const lines = environments.map((environment) => JSON.stringify(pageEnvironment(environment, roles, policies)));
  return `{"environments":[
${lines.join(",\n")}
],"roles":[
${[...roles.keys()].join(",\n")}
],"policies":${JSON.stringify([...policies.keys()])}}`;
}

function pageEnvironment(
  { name, account, region, accountAlias, accesses, channels }: PublishedEnvironment,
  roles: Map<string, number>,
  policies: Map<string, number>,
): PageEnvironment {
  const own = printable(account);
  const shared = (text: string) => printable(text).replaceAll(own, ACCOUNT);
  const policy = (document: PublishedAccess["policy"]) =>
    indexIn(policies, jsonText(document).split("\n").map(shared).join("\n"));
  return {
    name: printable(name),
    account: own,
    region: printable(region),
    alias: accountAlias === undefined ? undefined : printable(accountAlias),
    roles: accesses.map((access): number => {
      const role: PageRole = {
        access: access.access,
        arn: shared(access.roleArn),
        can: access.capabilities,
        until: access.until && untilOf(access.until),
        isAwsManaged: access.policySource === "aws-managed",
        boundary: access.permissionsBoundary === undefined ? undefined : shared(access.permissionsBoundary),
        permissions: policy(access.policy),
        trust: policy(access.trust),
      };
      return indexIn(roles, JSON.stringify(role));
    }),
    channels: accesses.flatMap(({ access }, role) =>
      channels
        .filter((channel) => channel.access === access)
        .map((one) => {
          const about = [printable(one.name), printable(one.workspace), printable(one.channel), role] as const;
          return one.people === undefined ? about : ([...about, countsInWords(one.people)] as const);
        }),
    ),
  };
}

function untilOf(until: NonNullable<PublishedAccess["until"]>): PageRole["until"] {
  return Object.fromEntries(Object.entries(until).map(([capability, end]) => [capability, [end, endWords(end)]]));
}

/** The index of a text, which is added if it is new. */
function indexIn(texts: Map<string, number>, text: string): number {
  const index = texts.get(text) ?? texts.size;
  texts.set(text, index);
  return index;
}
