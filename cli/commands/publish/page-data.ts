import { jsonText } from "../../../common/json";
import { printable } from "../../../common/printable";
import { isSameOwner, labelOfOwner } from "../../../modules/support-app/model/team";
import { endWords, NOTICE_MS } from "../../iam/until-words";
import { countsInWords } from "../../reports/reported-channel";
import type { AccessDocument, PublishedAccess, PublishedEnvironment } from "./access-document";
import type { PageEnvironment, PageRole } from "./page/data";

/** Placeholder for the environment's own account in shared data. No printable text contains it. */
const ACCOUNT = "\u0000";

/** The data of access.html as JSON, one environment per line. */
export function pageData({ environments }: AccessDocument): string {
  const roles = new Map<string, number>();
  const policies = new Map<string, number>();
  const lines = environments.map((environment) => JSON.stringify(pageEnvironment(environment, roles, policies)));
  return `{"environments":[
${lines.join(",\n")}
],"roles":[
${[...roles.keys()].join(",\n")}
],"policies":${JSON.stringify([...policies.keys()])},"noticeMs":${NOTICE_MS}}`;
}

function pageEnvironment(
  { name, account, region, accountAlias, accesses, channels }: PublishedEnvironment,
  roles: Map<string, number>,
  policies: Map<string, number>,
): PageEnvironment {
  const ownAccount = printable(account);
  const accountText = (text: string) => printable(text).replaceAll(ownAccount, ACCOUNT);
  const policy = (document: PublishedAccess["policy"]) =>
    indexIn(policies, jsonText(document).split("\n").map(accountText).join("\n"));
  return {
    name: printable(name),
    account: ownAccount,
    region: printable(region),
    alias: accountAlias === undefined ? undefined : printable(accountAlias),
    roles: accesses.map((access): number => {
      const role: PageRole = {
        access: labelOfOwner(access).replace(" ", ":"),
        arn: accountText(access.roleArn),
        can: access.capabilities,
        until:
          access.until &&
          Object.fromEntries(
            Object.entries(access.until).map(([capability, end]) => [capability, [end, endWords(end)]]),
          ),
        isAwsManaged: access.policySource === "aws-managed",
        boundary: access.permissionsBoundary === undefined ? undefined : accountText(access.permissionsBoundary),
        permissions: policy(access.policy),
        trust: policy(access.trust),
      };
      return indexIn(roles, JSON.stringify(role));
    }),
    channels: accesses.flatMap((access, role) =>
      channels
        .filter((channel) => isSameOwner(channel, access))
        .map((channel) => {
          const cells = [
            printable(channel.name),
            printable(channel.workspace),
            printable(channel.channel),
            role,
          ] as const;
          return channel.people === undefined ? cells : ([...cells, countsInWords(channel.people)] as const);
        }),
    ),
  };
}

/** The index of a text, which is added if it is new. */
function indexIn(texts: Map<string, number>, text: string): number {
  const index = texts.get(text) ?? texts.size;
  texts.set(text, index);
  return index;
}
